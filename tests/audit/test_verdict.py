import dataclasses
import json

import pytest

from euguard.audit.verdict import STEPS, Remark, Report, Verdict
from euguard.errors import ExportInvalidError, ProofInvalidError

FAULT = Remark(5, "entries.jsonl", "not the root")
QUESTION = Remark(8, "index 3", "never closed")


def broken(error: Exception) -> None:
    raise error


def verdict(
    failures: tuple[Remark, ...] = (), findings: tuple[Remark, ...] = (), *, pinned: bool = True
) -> Verdict:
    return Verdict(
        checked=frozenset(range(1, 9)),
        failures=failures,
        findings=findings,
        pinned=pinned,
        signed_by=("audit.example/test+00000000+AQ==",),
        origin="audit.example/test",
        size=10,
        root="ab" * 32,
        records=10,
        counts={"writer.started": 1, "exchange.refused": 9},
        selection={"kind": "all"},
        created="2026-11-25T09:30:00.000000Z",
        since=4,
        still_open=("01980000-0000-7000-8000-000000000001",),
    )


@pytest.mark.parametrize(
    "given, status, exit_code",
    [
        (verdict(), "verified", 0),
        (verdict(findings=(QUESTION,)), "findings", 4),
        (verdict((FAULT,)), "failed", 5),
        (verdict((FAULT,), (QUESTION,)), "failed", 5),
    ],
)
def test_a_failure_outweighs_a_finding(given: Verdict, status: str, exit_code: int) -> None:
    assert (given.status, given.exit_code) == (status, exit_code)


def test_a_step_has_failed_is_in_order_or_was_not_carried_out() -> None:
    given = verdict((FAULT,))

    assert [given.state(step) for step in STEPS] == [*["ok"] * 4, "failed", *["ok"] * 3, "skipped"]


def test_the_json_is_written_for_programs() -> None:
    written = verdict((FAULT,), (QUESTION,)).as_json()

    assert json.loads(json.dumps(written)) == written  # noqa: TID251  as --json prints it
    assert written["checkpoint"] == {
        "origin": "audit.example/test",
        "root": "ab" * 32,
        "size": 10,
    }
    assert written["failures"] == [{"message": "not the root", "step": 5, "where": "entries.jsonl"}]
    assert written["findings"][0]["step"] == 8
    assert written["steps"]["9"] == "skipped"
    assert list(written) == sorted(written)


def test_the_description_is_written_for_people() -> None:
    text = verdict().describe()

    assert text.startswith("1  ok      the note signs this file, byte for byte\n")
    assert "\nlog         audit.example/test\n" in text
    assert "\nrecords     10 (exchange.refused 9, writer.started 1)\n" in text
    assert "\nsince       size 4\n" in text
    assert "\nstill open  01980000-0000-7000-8000-000000000001\n" in text
    assert text.endswith("VERIFIED. Not a bit of this export differs from what was signed.\n")


def test_the_description_says_what_is_wrong_and_what_is_asked() -> None:
    assert "FAILED  step 5, entries.jsonl: not the root\nFAILED. " in verdict((FAULT,)).describe()
    assert (
        "FINDING  step 8, index 3: never closed\nVERIFIED, WITH FINDINGS. "
        in verdict(findings=(QUESTION,)).describe()
    )


def test_where_little_is_known_little_is_said() -> None:
    nothing = dataclasses.replace(
        verdict((FAULT,)),
        origin=None,
        since=None,
        counts={},
        records=0,
        signed_by=(),
        still_open=(),
    )

    assert "\nrecords     0\n\nFAILED" in nothing.describe()
    assert "log " not in nothing.describe()
    assert nothing.as_json()["checkpoint"] is None


@pytest.mark.parametrize(
    "selection, text",
    [
        ({"kind": "exchange", "exchange": "0198"}, "exchange 0198: a part"),
        ({"kind": "purpose", "purpose": "letters"}, "purpose letters: a part"),
        ({"kind": "period", "from": "2026-01", "to": "2026-02"}, "period 2026-01…2026-02: a part"),
    ],
)
def test_a_part_is_called_a_part(selection: dict[str, str], text: str) -> None:
    assert f"\nholds       {text}; that no record" in (
        dataclasses.replace(verdict(), selection=selection).describe()
    )
    assert "holds" not in verdict().describe()


def test_a_step_without_a_checkpoint_to_compare_says_so() -> None:
    assert "9  skipped the earlier checkpoint is a beginning of this log (there" in (
        verdict().describe()
    )


def test_where_no_key_was_of_use_none_is_said_to_have_been() -> None:
    text = dataclasses.replace(verdict(pinned=False), signed_by=()).describe()

    assert text.endswith("\nNo key was given with --key.\n")


def test_a_key_from_inside_is_called_what_it_is() -> None:
    assert "The key came from the export itself" in verdict(pinned=False).describe()


def test_the_first_failure_of_a_step_is_kept() -> None:
    report = Report()
    with report.step(5, "here"):
        broken(ProofInvalidError("first"))
    with report.step(5, "there"):
        broken(ExportInvalidError(5, "elsewhere", "second"))

    assert report.failures == {5: Remark(5, "here", "first")}
    assert report.failed(5)
    assert not report.failed(6)


def test_an_error_that_names_its_own_step_and_place_keeps_them() -> None:
    report = Report()
    with report.step(4, "here"):
        broken(ExportInvalidError(5, "elsewhere", "reason"))

    assert report.failures == {5: Remark(5, "elsewhere", "reason")}
    assert report.checked == {4}


def test_an_error_of_another_kind_is_not_a_verdict() -> None:
    report = Report()
    with pytest.raises(KeyError), report.step(4, "here"):
        broken(KeyError())

    assert report.failures == {}


def test_steps_that_rest_on_nothing_are_withdrawn() -> None:
    report = Report()
    for step in (5, 7, 8):
        with report.step(step, "here"):
            broken(ExportInvalidError(step, "here", "reason"))
        report.find(step, "here", "question")

    report.withdraw(7, 8)

    assert (set(report.failures), report.checked) == ({5}, {5})
    assert report.findings == [Remark(5, "here", "question")]
