"""Facts."""

from datetime import date

import pytest

from euguard.errors import ConfigurationError
from euguard.evidence.facts import Fact, Gap, Provenance, in_words, missing, pick

TODAY = date(2026, 11, 25)
GAP = Gap("data protection officer", "Art. 30(1)(b) GDPR", "Say what for.")


def test_a_gap_has_an_owner_and_nothing_else_has() -> None:
    with pytest.raises(ValueError, match="a GAP has an owner"):
        Fact("a.b", ("x",), Provenance.GAP, "file", TODAY, "")
    with pytest.raises(ValueError, match="a GAP has an owner"):
        Fact("a.b", ("x",), Provenance.DECLARED, "file", TODAY, "", gap=GAP)


def test_no_fact_is_empty() -> None:
    with pytest.raises(ValueError, match="neither a value nor a GAP"):
        Fact("a.b", (), Provenance.DECLARED, "file", TODAY, "")


def test_no_fact_is_without_a_source() -> None:
    with pytest.raises(ValueError, match="no source"):
        Fact("a.b", ("x",), Provenance.DECLARED, "", TODAY, "")


def test_only_what_is_declared_can_wait_for_approval() -> None:
    with pytest.raises(ValueError, match="only what is DECLARED can wait"):
        Fact("a.b", ("x",), Provenance.CONFIG, "file", TODAY, "", approved=False)


def test_what_waits_for_approval_says_so_in_json() -> None:
    waiting = Fact("a.b", ("x",), Provenance.DECLARED, "file", TODAY, "", approved=False)
    said = Fact("a.b", ("x",), Provenance.DECLARED, "file", TODAY, "")

    assert waiting.as_json()["approved"] is False
    assert "approved" not in said.as_json()


def test_a_gap_in_json_says_who_closes_it() -> None:
    fact = missing("a.b", GAP, source="policies/a.yaml", today=TODAY, draft=("perhaps",))

    assert fact.as_json() == {
        "id": "a.b",
        "value": ["perhaps"],
        "provenance": "gap",
        "source": "policies/a.yaml",
        "as_of": "2026-11-25",
        "proof": "",
        "gap": {
            "owner": "data protection officer",
            "article": "Art. 30(1)(b) GDPR",
            "action": "Say what for.",
            "place": "",
        },
    }


def test_an_upstream_fact_in_json_has_its_address() -> None:
    fact = Fact("a.b", ("x",), Provenance.UPSTREAM, "GDPR", TODAY, "", url="http://example.org/")

    assert fact.as_json()["url"] == "http://example.org/"
    assert "gap" not in fact.as_json()


def test_a_fact_that_no_file_states_stops_the_paper() -> None:
    with pytest.raises(
        ConfigurationError, match=r"no policy file states the fact law\.x"
    ) as caught:
        pick({}, "law.x")

    assert "restore policies/law" in caught.value.fix


@pytest.mark.parametrize(
    "day, language, words",
    [
        (date(2026, 11, 25), "fr", "25 novembre 2026"),
        (date(2027, 2, 1), "fr", "1er février 2027"),
        (date(2027, 2, 1), "de", "2027-02-01"),
    ],
)
def test_days_are_written_in_the_language_of_the_text(day: date, language: str, words: str) -> None:
    assert in_words(day, language) == words


def test_days_are_written_alike_in_every_locale() -> None:
    assert in_words(date(2027, 12, 2)) == "2 December 2027"
    assert in_words(date(2018, 5, 25)) == "25 May 2018"
