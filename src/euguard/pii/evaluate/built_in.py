"""A sample that comes with the program: texts in the 24 official languages, made up.

It is there to see the command work and to notice a broken installation. Its identifiers are the
examples that the declarations are tested with, so nearly all of them are found: whoever has to
decide measures texts of their own.

A file of `texts` has a section for each part of a language's texts, a part a line. In a frame,
"|" begins a new line and `{name}`, `{address}`, `{email}`, `{word}`, `{number}` are filled in.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Final

from euguard.pii.evaluate.origins import GENDERS, Origin, origins
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.recognise.announcing import pattern_of
from euguard.pii.recognise.identifier import Identifier
from euguard.pii.recognise.identifiers import DECLARED
from euguard.pii.span import PersonalDataKind

FILLED: Final = 30
"""Texts with personal data in each language; the clean ones come besides."""
_SLOT = re.compile(r"\{([a-z]+)\}")
_KINDS: Final[Mapping[str, PersonalDataKind]] = {
    "name": PersonalDataKind.PERSON,
    "address": PersonalDataKind.ADDRESS,
    "email": PersonalDataKind.EMAIL,
}
_Sections = Mapping[str, Sequence[str]]
_Number = tuple[str, str, PersonalDataKind]
"""What announces a number, the number, its kind."""


def samples() -> Iterator[Sample]:
    """Yield the texts of all languages, sorted by language, always the same."""
    folder = files("euguard.pii.evaluate") / "texts"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        language = path.name.removesuffix(".txt")
        yield from _texts(language, _sections(path.read_text("utf-8")))


def _sections(text: str) -> _Sections:
    parts = (section.split("]\n", 1) for section in text.removeprefix("[").split("\n["))
    return {heading: tuple(filter(None, lines.splitlines())) for heading, lines in parts}


def _texts(language: str, sections: _Sections) -> Iterator[Sample]:
    (origin,) = (one for one in origins() if one.name == sections["origin"][0])
    names = sections.get("names") or _names(origin)
    numbers = _numbers(sections["countries"], sections["plate"][0])
    used = 0
    for number in range(FILLED):
        frame = sections["frames"][number % len(sections["frames"])]
        word, digits, kind = numbers[used % len(numbers)]
        used += "{number}" in frame
        addresses = sections["addresses"]
        values = {
            "name": names[number % len(names)],
            "address": addresses[(number // len(sections["frames"])) % len(addresses)],
            "email": _email(origin, number),
            "word": word,
            "number": digits,
        }
        yield _filled(frame, values, {**_KINDS, "number": kind}, language)
    for text in sections["clean"]:
        yield Sample(text, language, (), "sentence")


def _names(origin: Origin) -> list[str]:
    return [" ".join(_parts(origin, number)) for number in range(FILLED)]


def _parts(origin: Origin, number: int) -> tuple[str, str]:
    return origin.parts(GENDERS[number % 2], number // 2, 3 * number // 2)


def _email(origin: Origin, number: int) -> str:
    """Return an address at a domain that is nobody's (RFC 2606)."""
    spelt = unicodedata.normalize("NFKD", ".".join(_parts(origin, number)).lower())
    return "".join(one for one in spelt if one.isascii() and one not in " '") + "@example.org"


def _numbers(countries: Sequence[str], plate: str) -> list[_Number]:
    """Return the first examples of what the countries' authorities give out, then the others."""
    own = [one for one in DECLARED if one.name.split("-")[0] in countries]
    most = max(len(one.examples) for one in own)
    return [
        (plate if one.kind is PersonalDataKind.PLATE else _called(one), one.examples[at], one.kind)
        for at in range(most)
        for one in own
        if at < len(one.examples)
    ]


def _called(identifier: Identifier) -> str:
    """Return what people call a number: its title if it is a name that announces it."""
    title = re.split(r" \(|, ", identifier.title)[0]
    if pattern_of(identifier.words).fullmatch(title):
        return title
    whole = (word for word in identifier.words if not word.endswith("*"))
    return next(whole, identifier.words[0].removesuffix("*"))


def _filled(
    frame: str, values: Mapping[str, str], kinds: Mapping[str, PersonalDataKind], language: str
) -> Sample:
    text, entities, at = "", [], 0
    for slot in _SLOT.finditer(frame):
        text += frame[at : slot.start()].replace("|", "\n")
        value, at = values[slot[1]], slot.end()
        if slot[1] in kinds:
            entities.append(Entity(len(text), len(text) + len(value), kinds[slot[1]]))
        text += value
    text += frame[at:].replace("|", "\n")
    return Sample(text, language, tuple(entities), "form" if "\n" in text else "sentence")
