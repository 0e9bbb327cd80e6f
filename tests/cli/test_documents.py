"""`euguard documents` on an installation that nobody has touched yet."""

from pathlib import Path

import orjson

from commands import as_json, run


def test_a_fresh_installation_says_nothing_in_the_organisations_name(home: Path) -> None:
    summary = as_json("documents", "build", "papers", cwd=home)

    assert summary["unapproved"] == summary["coverage"]["declared"] > 0


def test_the_papers_say_which_addresses_outside_are_dialled(home: Path) -> None:
    as_json("documents", "build", "papers", cwd=home)

    facts = orjson.loads((home / "papers" / "facts.json").read_bytes())["facts"]
    network = next(fact for fact in facts if fact["id"] == "settings.network")
    assert network["provenance"] == "config"
    assert network["value"] == ["none: all that is dialled is on this machine"]


def test_every_gap_but_that_of_the_log_names_the_file_and_the_key(home: Path) -> None:
    gaps = as_json("documents", "gaps", cwd=home)["gaps"]

    without = [gap["what"] for gap in gaps if not gap["place"]]
    assert [what.split(" and ")[0] for what in without] in ([], ["Start the gateway"])
    for gap in gaps:
        if gap["place"]:
            file, _, key = gap["place"].partition(": ")
            assert (home / "euguard-state" / file).is_file()
            assert key


def test_a_gap_is_printed_with_the_place_where_it_is_closed(home: Path) -> None:
    text = run("documents", "gaps", cwd=home).stdout

    assert "(owner: information security officer; in policies/organisation.yaml: " in text
    assert "statements.security.encryption)" in text
