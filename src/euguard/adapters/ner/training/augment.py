"""Sentences as people type them: in small letters, in capitals, without marks or accents.

Corpora are edited text; a chat is not. Each sentence is changed at random before the model
sees it, anew each time, and its names stay where they are.
"""

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from euguard.adapters.ner.training.corpora import Sentence

_SMALL, _CAPITALS, _SMALL_NAMES, _UNMARKED, _UNACCENTED, _CAPITAL_NAMES = (
    0.10, 0.05, 0.05, 0.06, 0.05, 0.03,
)  # fmt: skip


def joined(sentences: Sequence[Sentence], between: str) -> Sentence:
    """Return the sentences one behind the other."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    for one in sentences:
        text += between if text else ""
        spans += [(start + len(text), end + len(text), label) for start, end, label in one.spans]
        text += one.text
    return Sentence(text, tuple(spans), sentences[0].language)


def varied(sentence: Sentence, chance: random.Random) -> Sentence:
    """Return `sentence` as somebody else might have typed it."""
    drawn = chance.random()
    for share, change in (
        (_SMALL, str.lower),
        (_CAPITALS, str.upper),
        (_UNACCENTED, _unaccented),
    ):
        if drawn < share:
            return _changed(sentence, change(sentence.text))
        drawn -= share
    if drawn < _SMALL_NAMES:
        return _names_changed(sentence, str.lower)
    drawn -= _SMALL_NAMES
    if drawn < _CAPITAL_NAMES:
        return _names_changed(sentence, str.upper)
    drawn -= _CAPITAL_NAMES
    return _unmarked(sentence) if drawn < _UNMARKED else sentence


def renamed(sentence: Sentence, person: Callable[[], str]) -> Sentence:
    """Return `sentence` with another name for everybody who has a given name and a surname.

    In the nominative: half of Europe would decline it, and many who type do not.
    """
    text, spans, at = "", [], 0
    for start, end, label in sentence.spans:
        text += sentence.text[at:start]
        name = sentence.text[start:end]
        if label == "PER" and all(map(str.istitle, name.split(" "))) and name.count(" ") == 1:
            name = person()
        spans.append((len(text), len(text) + len(name), label))
        text += name
        at = end
    return replace(sentence, text=text + sentence.text[at:], spans=tuple(spans))


def _changed(sentence: Sentence, text: str) -> Sentence:
    """Return the sentence with another text of the same length; itself if that differs."""
    return replace(sentence, text=text) if len(text) == len(sentence.text) else sentence


def _names_changed(sentence: Sentence, change: Callable[[str], str]) -> Sentence:
    text = sentence.text
    for start, end, label in sentence.spans:
        if label == "PER":
            text = text[:start] + change(text[start:end]) + text[end:]
    return _changed(sentence, text)


def _unaccented(text: str) -> str:
    """Return `text` without its accents, as on a keyboard that has none."""
    plain = (unicodedata.normalize("NFD", sign)[0] for sign in text)
    return "".join(plain).translate(_STROKES)


_STROKES = str.maketrans("łŁøØđĐħĦıß", "lLoOdDhHis")


def _unmarked(sentence: Sentence) -> Sentence:
    """Blank commas and full stops that end no abbreviation: length and offsets stay."""
    text = sentence.text
    end = text.rstrip()
    if end[-1:] in ".!?;":
        text = end[:-1] + " " * (len(text) - len(end) + 1)
    return replace(sentence, text=text.replace(", ", "  "))
