from pathlib import Path

import pytest

from euguard.audit import readme
from euguard.audit.export import key_file
from euguard.audit.selection import All, OneExchange, Selection
from euguard.tlog.checkpoint import Checkpoint
from forge import content_of, exported, taken_apart
from logbook import LOG_KEY, ORIGIN, exchange_id, ordinary_log

CHECKPOINT = Checkpoint(ORIGIN, 10, bytes(32))
KEYS = ["keys/a+00000001.vkey", "keys/b+00000002.vkey"]


def test_the_readme_names_the_log_and_every_key() -> None:
    text = readme.write(CHECKPOINT, All(), KEYS)

    assert f"Log:      {ORIGIN}\nRecords:  10 in the log" in text
    assert all(f"    {key}\n" in text for key in KEYS)
    assert "{" not in text


@pytest.mark.parametrize(
    "selection, word",
    [
        (All(), "These are all records that the log held"),
        (OneExchange(exchange_id(1)), "only an export of the whole log can show"),
    ],
)
def test_the_readme_promises_no_more_than_the_export_shows(selection: Selection, word: str) -> None:
    text = readme.write(CHECKPOINT, selection, KEYS)

    assert word in text
    assert "WHAT IT DOES NOT PROVE" in text


def test_the_readme_fits_a_terminal_and_is_ascii() -> None:
    for selection in (All(), OneExchange(exchange_id(1))):
        text = readme.write(CHECKPOINT, selection, KEYS)

        assert text.isascii()
        assert max(map(len, text.splitlines())) <= 100


def test_the_readme_is_in_the_export(tmp_path: Path) -> None:
    members = taken_apart(exported(ordinary_log(), tmp_path))

    assert content_of(members, "README.txt").decode().count(key_file(LOG_KEY.verifier)) == 2
