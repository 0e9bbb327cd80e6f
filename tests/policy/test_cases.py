"""Cases beside the rules."""

from pathlib import Path

import pytest

from euguard.errors import PolicyFileError
from euguard.policy import shipped
from euguard.policy.cases import CaseResult, run


def with_case(rules: Path, case: str) -> CaseResult:
    file = rules / "purposes" / "drafting-letters.cases.yaml"
    file.write_text(f"cases:\n{case}")
    return next(one for one in run(rules) if one.path == file)


CASE = """\
  - name: a sentence
    request:
      permitted: [drafting-letters]
      model: mistral-small-3.2
    expect:
"""


def test_every_shipped_case_passes() -> None:
    results = run(shipped.folder())

    assert len(results) == 14
    assert [one.failure for one in results] == [""] * 14


def test_every_shipped_purpose_and_model_has_cases_and_hr_screening_expects_refusals_alone() -> (
    None
):
    results = run(shipped.folder())

    by_file = {one.path.name: one for one in results}
    assert set(by_file) == {
        "demo-echo.cases.yaml",
        "demo-smollm2.cases.yaml",
        "mistral-small-3.1.cases.yaml",
        "mistral-small-3.2.cases.yaml",
        "drafting-letters.cases.yaml",
        "hr-screening.cases.yaml",
        "public-information.cases.yaml",
    }
    screening = [one for one in results if one.path.name == "hr-screening.cases.yaml"]
    assert all(one.expected.startswith("refused") for one in screening)


def test_a_case_that_expects_another_purpose_fails_at_its_line(rules: Path) -> None:
    result = with_case(rules, CASE + "      purpose: public-information\n")

    assert not result.passed
    assert result.line == 2
    assert result.name == "a sentence"
    assert result.failure == (
        "expected public-information; decided drafting-letters because purpose.sole, "
        "purpose.permitted, purpose.allowed, model.permitted, filling in temperature, "
        "system_prompt, at temperature 0.15"
    )


def test_a_case_that_expects_a_refusal_fails_where_it_is_allowed(rules: Path) -> None:
    result = with_case(rules, CASE + "      refused: purpose_refused\n")

    assert result.failure.startswith("expected refused: purpose_refused; decided drafting-letters")


def test_a_case_that_expects_a_decision_fails_where_it_is_refused(rules: Path) -> None:
    case = CASE.replace("mistral-small-3.2", "no-such-model")

    result = with_case(rules, case + "      purpose: drafting-letters\n")

    assert not result.passed
    assert "refused: model_not_found, saying" in result.actual


def test_a_case_may_leave_out_the_rules_that_decided(rules: Path) -> None:
    assert with_case(rules, CASE + "      purpose: drafting-letters\n").passed


def test_other_rules_than_expected_fail_the_case(rules: Path) -> None:
    expected = "      purpose: drafting-letters\n      because: [purpose.declared]\n"

    assert not with_case(rules, CASE + expected).passed


@pytest.mark.parametrize(
    "expected, passed",
    [
        ("defaults: [temperature, system_prompt]", True),
        ("defaults: [temperature]", False),
        ("defaults: []", False),
        ('temperature: "0.15"', True),
        ('temperature: "0.7"', False),
        ("temperature: null", False),
    ],
)
def test_a_case_may_expect_what_the_file_of_the_model_fills_in(
    rules: Path, expected: str, *, passed: bool
) -> None:
    result = with_case(rules, f"{CASE}      purpose: drafting-letters\n      {expected}\n")

    assert result.passed is passed


def test_a_refusal_in_other_words_fails_the_case(rules: Path) -> None:
    case = CASE.replace("mistral-small-3.2", "no-such-model")

    expected = "      refused: model_not_found\n      says: Annex III\n"

    assert not with_case(rules, case + expected).passed


def test_a_mistyped_case_is_shown_at_its_place(rules: Path) -> None:
    file = rules / "purposes" / "drafting-letters.cases.yaml"
    file.write_text(f"cases:\n{CASE}      refusd: purpose_refused\n  - name: b\n")

    with pytest.raises(PolicyFileError) as caught:
        run(rules)

    assert (caught.value.line, caught.value.column) == (6, 5)
    unknown = next(one for one in caught.value.also if one.line == 7)
    assert unknown.fix == "did you mean 'refused'?"
    assert len(caught.value.also) == 3


def test_a_case_cannot_expect_a_decision_and_a_refusal(rules: Path) -> None:
    with pytest.raises(PolicyFileError, match="is not allowed here"):
        with_case(rules, CASE + "      purpose: drafting-letters\n      refused: purpose_refused\n")


def test_a_folder_without_cases_has_no_results(rules: Path) -> None:
    for file in rules.glob("*/*.cases.yaml"):
        file.unlink()

    assert run(rules) == ()
