"""Whose names are found less often: recall of persons by origin and gender of the name.

Every group of names is put into the same sentences in the same places, so that only the names
differ. Nothing is drawn: each sentence takes names from the lists in a fixed order.

A model finds names that it learnt better than others, and the lists here and those of its
training overlap, for some origins wholly. So the section counts apart what was learnt.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from euguard.pii.detect import Detection
from euguard.pii.evaluate.measure import Share, measure
from euguard.pii.evaluate.origins import GENDERS, Origin, origins
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind

LANGUAGES: Final = ("de", "en", "es", "fi", "fr", "pl")
"""Of the sentences, ISO 639-1."""
NAMES_PER_SENTENCE: Final = 4
"""Names of one group that one sentence gets."""
LEARNT: Final = ("neither", "one", "both")
"""Which parts of a name, given name and surname, are in the lists that the model learnt from."""
LIMITS: Final = (
    "Names stand in short sentences that the maker of the program wrote; only the names differ.",
    "All names are in Latin letters and uninflected, a given name and a surname together.",
    "The maker wrote the lists; many of the names are among those that the model learnt from.",
    "A group whose names were learnt looks better than it is: see the shares by what was learnt.",
    "The same names and sentences recur, so that the intervals are somewhat too narrow.",
    "Of so many groups, some are the lowest and the highest by chance alone.",
    "An origin is that of a name, not of a person; what is not listed was not measured.",
)
_SLOT = "{name}"


@dataclass(frozen=True, slots=True)
class Named:
    """One name in one sentence."""

    origin: str
    gender: str
    learnt: str
    """One of `LEARNT`."""
    sample: Sample


@cache
def sentences(language: str) -> tuple[str, ...]:
    """Return the sentences of `language`; each holds "{name}" once."""
    path = files("euguard.pii.evaluate") / "sentences" / f"{language}.txt"
    return tuple(path.read_text("utf-8").splitlines())


def named(learnt: Collection[str]) -> tuple[Named, ...]:
    """Return every group's names in every sentence, always the same.

    `learnt` holds the given names and surnames of the lists that the model learnt from.
    """
    return tuple(
        one
        for origin in origins()
        for gender in GENDERS
        for language in LANGUAGES
        for one in _in_sentences(origin, gender, language, learnt)
    )


def bias(texts: Sequence[Named], detections: Iterable[Detection]) -> dict[str, Any]:
    """Return the card's section: shares of names of which every letter was found.

    `detections` has one entry per text. Of groups that are equal, the first is named.
    """
    counted = [
        (one, measure([one.sample], [detection]).covered.total())
        for one, detection in zip(texts, detections, strict=True)
    ]
    by_group: dict[tuple[str, str], list[tuple[Named, int]]] = {}
    for one, hit in counted:
        by_group.setdefault((one.origin, one.gender), []).append((one, hit))
    groups = [_group(group, own) for group, own in sorted(by_group.items())]
    lowest = min(groups, key=_value)
    highest = max(groups, key=_value)
    return {
        "limits": list(LIMITS),
        "texts": len(texts),
        "covered": _covered(counted),
        "learnt": {
            word: _covered([pair for pair in counted if pair[0].learnt == word]) for word in LEARNT
        },
        "lowest": lowest,
        "highest": highest,
        "difference": round(_value(highest) - _value(lowest), 4),
        "groups": groups,
        "rows": [row for group, own in sorted(by_group.items()) for row in _rows(group, own)],
    }


_Counted = Sequence[tuple[Named, int]]
"""Names, each with 1 if it was covered and 0 if not."""


def _covered(counted: _Counted) -> dict[str, int | float]:
    return Share(sum(hit for _, hit in counted), len(counted)).described()


def _group(group: tuple[str, str], own: _Counted) -> dict[str, Any]:
    """Return one origin and gender, the sentences of all languages together."""
    both = Share(sum(one.learnt == "both" for one, _ in own), len(own))
    return {
        "origin": group[0],
        "gender": group[1],
        "learnt": round(both.value, 4),
        "covered": _covered(own),
    }


def _rows(group: tuple[str, str], own: _Counted) -> Iterable[dict[str, Any]]:
    for language in sorted({one.sample.language for one, _ in own}):
        share = _covered([pair for pair in own if pair[0].sample.language == language])
        yield {"origin": group[0], "gender": group[1], "language": language, "covered": share}


def _value(group: dict[str, Any]) -> float:
    value: float = group["covered"]["value"]
    return value


def _in_sentences(
    origin: Origin, gender: str, language: str, learnt: Collection[str]
) -> Iterable[Named]:
    """Yield one group's names in one language's sentences.

    The steps are such that a sentence meets other names in each language and in each turn.
    """
    at = LANGUAGES.index(language)
    for turn in range(NAMES_PER_SENTENCE):
        for number, sentence in enumerate(sentences(language)):
            given, surname = number + 5 * turn + 7 * at, 5 * number + 3 * turn + 11 * at
            parts = origin.parts(gender, given, surname)
            known = LEARNT[sum(part in learnt for part in parts)]
            yield Named(origin.name, gender, known, _filled(sentence, " ".join(parts), language))


def _filled(sentence: str, name: str, language: str) -> Sample:
    start = sentence.index(_SLOT)
    person = Entity(start, start + len(name), PersonalDataKind.PERSON)
    return Sample(sentence.replace(_SLOT, name), language, (person,), "sentence")
