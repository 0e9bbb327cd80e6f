"""Names out of tokens: what a model says of each token, joined to words and words to names.

A model for token classification labels parts of words, by the scheme that it was trained on:
"B-PER I-PER", "B-private_person E-private_person", or "PER PER". Here a name consists of whole
words, for half a name left in a text is no less personal; and what a model takes for given
name and surname, or for street and town, is one name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from euguard.pii.span import PersonalDataKind

_SAID: Final[Mapping[PersonalDataKind, str]] = {
    PersonalDataKind.PERSON: """per person pers private_person name first_name firstname given_name
        givenname middle_name middlename last_name lastname surname""",
    PersonalDataKind.LOCATION: """loc location gpe fac address private_address street street_name
        city town state county country""",
    PersonalDataKind.ORGANISATION: "org organisation organization corporation company",
}
KINDS: Final[Mapping[str, PersonalDataKind]] = {
    label: kind for kind, said in _SAID.items() for label in said.split()
}
"""What a model's label means here, in small letters and without its prefix."""
_PREFIXED = re.compile(r"([BILEUS])[-_](.+)")
_BEGINS, _ENDS = frozenset("BUS"), frozenset("EUL")


@dataclass(frozen=True, slots=True)
class Label:
    """What a model says of a token that is part of a name."""

    name: str
    kind: PersonalDataKind
    begins: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a text, [start, end) in code points."""

    start: int
    end: int
    label: int
    probability: float


@dataclass(frozen=True, slots=True)
class Found:
    """A word of a name, or all of it; [start, end) in code points."""

    start: int
    end: int
    label: Label
    probability: float


def labels(of: Mapping[int, str]) -> dict[int, Label]:
    """Return those of a model's labels that mean a name, by number."""
    kept: dict[int, Label] = {}
    for number, label in of.items():
        prefixed = _PREFIXED.fullmatch(label)
        prefix, name = prefixed.groups() if prefixed else ("", label)
        kind = KINDS.get(name.lower().replace("-", "_"))
        if kind is not None:
            kept[int(number)] = Label(name, kind, prefix in _BEGINS, prefix in _ENDS)
    return kept


def join(text: str, tokens: Iterable[Token], known: Mapping[int, Label]) -> Iterator[Found]:
    """Yield the names in `text`, given its tokens in order and the `labels` of their model."""
    name: list[Found] = []
    for word in _words(text, tokens, known):
        if name and not (word and _follows(name[-1].label, word.label)):
            yield _name(name)
            name = []
        if word:
            name.append(word)
    if name:
        yield _name(name)


def _name(words: Sequence[Found]) -> Found:
    probability = min(word.probability for word in words)
    return Found(words[0].start, words[-1].end, words[0].label, probability)


def _follows(last: Label, label: Label) -> bool:
    """Tell whether a word with `label` belongs to the same name as the word before it."""
    parted = last.name == label.name and (last.ends or label.begins)
    return last.kind == label.kind and not parted


def _words(
    text: str, tokens: Iterable[Token], known: Mapping[int, Label]
) -> Iterator[Found | None]:
    """Yield the words of `text`, and None for each that is part of no name."""
    word: list[Token] = []
    for token in tokens:
        if word and not _continues(text, word[-1], token):
            yield _word(word, known)
            word = []
        word.append(token)
    if word:
        yield _word(word, known)


def _continues(text: str, last: Token, token: Token) -> bool:
    """Tell whether two tokens are parts of one word, or of one character."""
    touching = token.start == last.end and (text[last.end - 1] + text[token.start]).isalnum()
    return touching or token.start < last.end


def _word(tokens: Sequence[Token], known: Mapping[int, Label]) -> Found | None:
    """Return a word as its first token says that is part of a name.

    Often only the first was trained; where it says nothing, another may still.
    """
    for token in tokens:
        label = known.get(token.label)
        if label is not None:
            return Found(tokens[0].start, tokens[-1].end, label, token.probability)
    return None
