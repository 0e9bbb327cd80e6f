"""A purpose that expects data on health is served once detection is known to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import orjson
import pytest
from openai import OpenAI

from box import Box, exported_records
from euguard.bootstrap.detection import names_digest
from upstream import MODEL, Upstream

SPECIAL = """
special_categories:
  categories: [health]
  condition: 9(2)(h)
  reason: Occupational medicine.
  lowest_recall_percent: 90
"""
TEXT = "The patient has diabetes, writes Anna Kowalska of the town office in her long letter to us."


@pytest.fixture
def clinic(upstream: Upstream, tmp_path: Path) -> Iterator[Box]:
    with Box(tmp_path, upstream.url) as box:
        purpose = box.state / "policies" / "purposes" / "drafting-letters.yaml"
        purpose.write_text(purpose.read_text() + SPECIAL)
        yield box


def share(low: float) -> dict[str, Any]:
    return {"part": 95, "whole": 100, "value": 0.95, "low": low, "high": 0.99}


def write_card(box: Box, model: str) -> None:
    """Write a card that says how well names are found in English."""
    row = {"language": "en", "kind": "PERSON", "covered": share(0.93), "typed": share(0.93)}
    one = {
        "name": "letters",
        "authors": "the organisation",
        "documents": 10,
        "leaking": share(0.0),
        "characters": 1000,
        "characters_per_cpu_second": 1000,
        "covered": share(0.93),
        "typed": share(0.93),
        "precise": share(0.93),
        "clean_words": 0,
        "false_alarms_per_1000_clean_words": None,
        "kinds": {},
        "rows": [row],
    }
    card = {
        "format": "euguard-recall-card-1",
        "date": "2026-11-27",
        "software": "euguard 0.1.0",
        "model": model,
        "limits": ["Detection misses personal data."],
        "bias": None,
        "sets": [one],
    }
    (box.state / "policies" / "recall-card.json").write_bytes(orjson.dumps(card))


def ask(box: Box) -> str:
    """Ask, and return the answer, or the code of the refusal."""
    with OpenAI(base_url=box.url, api_key=box.key, max_retries=0) as client:
        try:
            done = client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": TEXT}]
            )
        except openai.PermissionDeniedError as error:
            return str(error.code)
        return str(done.choices[0].message.content)


@pytest.mark.parametrize("model", [None, "0" * 64])
def test_without_a_card_of_this_model_it_is_refused(clinic: Box, model: str | None) -> None:
    if model is not None:
        write_card(clinic, model)
    clinic.start()

    assert ask(clinic) == "purpose_refused"
    assert ("measured another model" in clinic.log.read_text()) is (model is not None)


def test_with_one_it_is_served_and_the_record_counts_the_mention(
    clinic: Box, upstream: Upstream, tmp_path: Path
) -> None:
    write_card(clinic, names_digest())
    clinic.start()

    assert ask(clinic) == TEXT
    assert "Kowalska" not in str(upstream.seen[-1])
    clinic.stop()
    records = exported_records(exported(clinic, tmp_path))
    [opened] = [one for one in records if one["kind"] == "exchange.opened"]
    assert opened["special"]["health"] >= 1
    assert opened["because"][-1] == "language.measured"


def exported(box: Box, folder: Path) -> Path:
    """Write an export of everything, and return where."""
    out = folder / "export.zip"
    box.euguard("audit", "export", str(out))
    return out
