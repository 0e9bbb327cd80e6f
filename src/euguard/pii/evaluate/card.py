"""The recall card: how much is found, per language and kind, for the officer who has to decide.

A JSON object, described by policies/schema/recall-card.schema.json; `evidence/recall_card.py`
makes a page of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from euguard.pii.evaluate.measure import Measures, Share, by_kind

FORMAT: Final = "euguard-recall-card-1"
LIMITS: Final = (
    "Detection misses personal data; this card says how much of what is like these texts.",
    "An interval holds with 95 % for texts drawn like these; others can be worse.",
    "Nicknames, descriptions of a person and rare combinations of facts are not looked for.",
    "A sample of the organisation's own texts says more than any set of others.",
)
MAKER: Final = "euguard"
"""Who annotated what comes with the program."""
OWN_LIMIT: Final = (
    "The maker of the program made the built-in sample, from what the program is tested with: "
    "it shows that detection works on this machine, and says least about anybody's texts."
)


@dataclass(frozen=True, slots=True)
class MeasuredSet:
    """One set of annotated texts, and what was found in it."""

    name: str
    authors: str
    """Who annotated it: "others", "the organisation", or "euguard"."""
    measures: Measures
    seconds: float
    """CPU time of detection."""


def card(
    sets: Sequence[MeasuredSet],
    *,
    bias: Mapping[str, Any] | None,
    today: date,
    software: str,
    model: str,
) -> dict[str, Any]:
    """Return the card.

    `bias` is the section of `bias.py`, None where it was not measured; `model` is the SHA-256 of
    the names model's weights.
    """
    return {
        "format": FORMAT,
        "date": today.isoformat(),
        "software": software,
        "model": model,
        "limits": [*([OWN_LIMIT] if any(one.authors == MAKER for one in sets) else []), *LIMITS],
        "sets": [_set(one) for one in sets],
        "bias": bias,
    }


def _set(one: MeasuredSet) -> dict[str, Any]:
    measures = one.measures
    return {
        "name": one.name,
        "authors": one.authors,
        "documents": sum(measures.documents.values()),
        "leaking": Share(measures.leaking.total(), measures.documents.total()).described(),
        "characters": measures.characters,
        "characters_per_cpu_second": round(measures.characters / one.seconds) if one.seconds else 0,
        "covered": measures.recall(measures.covered).described(),
        "typed": measures.recall(measures.typed).described(),
        "precise": Share(
            measures.finds.total() - measures.false_alarms.total(), measures.finds.total()
        ).described(),
        "clean_words": measures.clean_words,
        "false_alarms_per_1000_clean_words": (
            round(1000 * measures.clean_alarms / measures.clean_words, 2)
            if measures.clean_words
            else None
        ),
        "kinds": {
            kind: {"covered": covered.described(), "typed": typed.described()}
            for kind, (covered, typed) in by_kind(measures).items()
        },
        "rows": _rows(measures),
    }


def _rows(measures: Measures) -> list[dict[str, Any]]:
    """Return one row per language and kind."""
    pairs = sorted({(key[0], key[1]) for key in measures.gold})
    return [
        {
            "language": language,
            "kind": kind,
            "covered": measures.recall(measures.covered, language=language, kind=kind).described(),
            "typed": measures.recall(measures.typed, language=language, kind=kind).described(),
        }
        for language, kind in pairs
    ]
