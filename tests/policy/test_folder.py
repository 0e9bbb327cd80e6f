"""The policies folder: one test for each way in which it can be wrong."""

import hashlib
from pathlib import Path

import pytest

from euguard import canonical
from euguard.errors import ConfigurationError, PolicyFileError
from euguard.policy.folder import read_folder

LETTERS = "purposes/drafting-letters.yaml"


def change(rules: Path, file: str, before: str, after: str) -> int:
    """Replace the text in the file and return the line where it stood."""
    text = (rules / file).read_text()
    assert text.count(before) == 1
    (rules / file).write_text(text.replace(before, after))
    return text[: text.index(before)].count("\n") + 1


def refused(rules: Path) -> PolicyFileError:
    with pytest.raises(PolicyFileError) as caught:
        read_folder(rules)
    return caught.value


def test_the_shipped_rules_are_right(rules: Path) -> None:
    folder = read_folder(rules)

    assert [placed.path.stem for placed in folder.files["purpose"]] == [
        "drafting-letters",
        "hr-screening",
        "public-information",
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no folder at") as caught:
        read_folder(tmp_path / "nowhere")

    assert "organisation.yaml" in caught.value.fix


def test_the_organisation_file_must_be_there(rules: Path) -> None:
    (rules / "organisation.yaml").unlink()

    error = refused(rules)

    assert error.path.name == "organisation.yaml"
    assert "No such file" in error.reason


@pytest.mark.parametrize("kind", ["purposes", "models", "law"])
def test_rules_need_purposes_models_and_law(rules: Path, kind: str) -> None:
    for file in (rules / kind).iterdir():
        file.unlink()

    assert refused(rules).reason == "the folder holds no rules"

    (rules / kind).rmdir()

    assert refused(rules).reason == "the folder is missing"


def test_rules_do_without_notices(rules: Path) -> None:
    for file in (rules / "notices").iterdir():
        file.unlink()
    (rules / "notices").rmdir()

    assert not read_folder(rules).files["notice"]


@pytest.mark.parametrize("name", ["extra.yml", "extra.json", "extra.YAML"])
def test_a_rule_that_nobody_would_read_is_pointed_out(rules: Path, name: str) -> None:
    (rules / "purposes" / name).write_text("id: extra\n")

    error = refused(rules)

    assert error.reason == "the name does not end in .yaml"
    assert error.path.name == name


@pytest.mark.parametrize("name", [".drafting-letters.yaml.swp", "drafting-letters.yaml~", "README"])
def test_what_editors_leave_behind_is_not_read(rules: Path, name: str) -> None:
    before = read_folder(rules).digest()
    (rules / "purposes" / name).write_text("nonsense: [")

    assert read_folder(rules).digest() == before


def test_an_id_is_the_name_of_its_file(rules: Path) -> None:
    line = change(rules, LETTERS, "id: drafting-letters", "id: drafting-letter")

    error = refused(rules)

    assert (error.line, error.column) == (line, 5)
    assert error.reason == "'id' is not the name of its file"
    assert error.fix == "write `id: drafting-letters`, or rename the file"


def test_a_notice_is_named_after_its_language(rules: Path) -> None:
    (rules / "notices" / "fr.yaml").rename(rules / "notices" / "de.yaml")

    assert refused(rules).reason == "'language' is not the name of its file"


def test_a_model_that_does_not_exist_is_shown_where_it_is_named(rules: Path) -> None:
    line = change(
        rules,
        LETTERS,
        "models: [mistral-small-3.2]",
        "models: [mistral-small-3.2, demo-eco]",
    )

    error = refused(rules)

    assert (error.line, error.column) == (line, 29)
    assert error.reason == "there is no model file 'demo-eco'"
    assert error.fix == "did you mean 'demo-echo'?"


def test_a_provision_stands_once_over_all_law_files(rules: Path) -> None:
    change(rules, "law/gdpr.yaml", "id: gdpr.records\n", "id: ai-act.roles\n")

    error = refused(rules)

    assert error.path.name == "gdpr.yaml"
    assert "'ai-act.roles' stands already in" in error.reason


def test_a_refusal_needs_its_article(rules: Path) -> None:
    change(
        rules,
        "purposes/hr-screening.yaml",
        "  article: Art. 6(2) and Annex III, point 4(a), Regulation (EU) 2024/1689\n",
        "",
    )

    error = refused(rules)

    assert error.reason == "refusal lacks the key 'article'"


def test_a_prohibited_purpose_cannot_be_allowed(rules: Path) -> None:
    change(rules, LETTERS, "class: transparency", "class: prohibited")

    assert refused(rules).reason == "the file lacks the key 'refusal'"


def test_an_unsettled_provision_has_two_readings_at_least(rules: Path) -> None:
    text = (rules / "law" / "ai-act.yaml").read_text()
    start = text.index("      - id: assistive\n")
    end = text.index("    source:\n      title", start)
    (rules / "law" / "ai-act.yaml").write_text(text[:start] + text[end:])

    assert "readings is too short: at least 2" in refused(rules).reason


def test_a_statement_needs_the_day_on_which_it_was_checked(rules: Path) -> None:
    text = (rules / LETTERS).read_text()
    (rules / LETTERS).write_text(text.replace("    checked: 2026-11-25\n", "", 1))

    assert refused(rules).reason == "sources[0] lacks the key 'checked'"


def test_a_banner_names_the_system(rules: Path) -> None:
    change(rules, "notices/en.yaml", "  {system} is an artificial", "  This is an artificial")

    assert refused(rules).reason.startswith("banner is not spelt as")


def test_every_place_at_fault_is_named_at_once(rules: Path) -> None:
    first = change(rules, LETTERS, "title: Drafting letters", "titel: Drafting letters")
    change(rules, "purposes/public-information.yaml", "max_characters: 40000", "max_characters: 0")
    (rules / "law" / "gdpr.yaml").write_bytes(b"\xff\xfe")
    (rules / "models" / "extra.yml").write_text("")

    error = refused(rules)

    places = [(one.path.name, one.line) for one in (error, *error.also)]
    assert len(places) == 5
    assert ("drafting-letters.yaml", first) in places
    assert ("gdpr.yaml", 1) in places
    assert ("extra.yml", 1) in places
    assert str(error).count("\n") == 4
    for one in error.also:
        assert str(one) in str(error)


def test_a_file_that_is_wrong_is_not_reported_as_missing_too(rules: Path) -> None:
    (rules / "models" / "demo-echo.yaml").write_text("id: demo-echo\n")

    error = refused(rules)

    assert {one.path.name for one in (error, *error.also)} == {"demo-echo.yaml"}


def test_the_digest_is_that_of_names_and_bytes(rules: Path) -> None:
    folder = read_folder(rules)

    assert folder.digests[LETTERS] == hashlib.sha256((rules / LETTERS).read_bytes()).hexdigest()
    expected = hashlib.sha256(canonical.encode(folder.digests)).hexdigest()
    assert folder.digest() == expected


def test_the_digest_does_not_depend_on_where_the_folder_lies(rules: Path, tmp_path: Path) -> None:
    before = read_folder(rules).digest()

    rules.rename(tmp_path / "elsewhere")

    assert read_folder(tmp_path / "elsewhere").digest() == before


def test_a_comment_changes_the_digest_and_a_case_does_not(rules: Path) -> None:
    before = read_folder(rules).digest()
    cases = rules / "purposes" / "drafting-letters.cases.yaml"

    cases.write_text(cases.read_text() + "# one more\n")
    assert read_folder(rules).digest() == before

    (rules / LETTERS).write_text((rules / LETTERS).read_text() + "# one more\n")
    assert read_folder(rules).digest() != before


def test_the_folder_itself_may_be_a_link(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(rules)

    assert read_folder(tmp_path / "current").digest() == read_folder(rules).digest()


def test_a_name_that_is_not_ascii_is_refused(rules: Path) -> None:
    (rules / "law" / "größe.yaml").write_text((rules / "law" / "gdpr.yaml").read_text())

    error = refused(rules)

    assert error.reason == "the name is not of a-z, 0-9, dots and hyphens"


def test_a_provision_that_no_law_file_has_is_shown_at_its_place(rules: Path) -> None:
    line = change(rules, LETTERS, "    - ai-act.marking\n", "    - ai-act.markings\n")

    error = refused(rules)

    assert (error.path.name, error.line, error.column) == ("drafting-letters.yaml", line, 7)
    assert error.reason == "there is no provision 'ai-act.markings' in law/"
    assert error.fix == "did you mean 'ai-act.marking'?"


@pytest.mark.parametrize(
    "purpose, before, after, hint",
    [
        (
            "drafting-letters",
            "    - ai-act.literacy\n",
            "",
            "Art. 4 binds every provider and deployer: ai-act.literacy",
        ),
        (
            "drafting-letters",
            "  class: transparency\n",
            "  class: high-risk\n",
            (
                "class high-risk: ai-act.high-risk-annex-iii (Art. 6(2)) or "
                "ai-act.high-risk-annex-i (Art. 6(1))"
            ),
        ),
        (
            "hr-screening",
            "  class: high-risk\n",
            "  class: prohibited\n",
            "class prohibited: ai-act.prohibited-practices or ai-act.prohibited-sexual-material",
        ),
    ],
)
def test_a_risk_class_without_its_provision_is_refused(
    rules: Path, purpose: str, before: str, after: str, hint: str
) -> None:
    change(rules, f"purposes/{purpose}.yaml", before, after)

    error = refused(rules)

    assert error.reason == "risk.provisions lacks an entry that it must have"
    assert error.fix == hint
