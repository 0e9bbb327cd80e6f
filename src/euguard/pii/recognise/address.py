"""Postal addresses: street and number, with postal code and town where they stand beside.

An address leads to those who live there: personal data (Art. 4(1) GDPR).

Formats: a word for a street, glued to the name ("Lindenstraße 27"), behind it ("Kárász utca 12"),
before it ("ul. Długa 14/5"), or behind a number ("12 bis, rue de la Paix"; "14 Main Street"), in
the languages of the Union (`street_words.py`); or a name and a number with a postal code and a
town beside ("Oudegracht 112, 3511 AW Utrecht", "6720 Szeged, Kárász utca 12."); or a post box; or
a postal code whose form is distinct or that is called one. The find is all of it, save a full
stop at its end. There is no checksum.

Source: Universal Postal Union, "Addressing systems" (S42), country sheets.

Not found: a street without a number; a name and a number with no street word and no postal
code; a street word that has other meanings with neither code nor town nor a word such as
"lives"; a farm or house that has a name only; numbers above 9999.

Fictitious examples: "Lindenstraße 27, 50674 Köln", "calle Alfonso X 23, 30008 Murcia",
"Κηφισίας 24, 115 26 Αθήνα", "45, Triq ir-Repubblika, Valletta VLT 1112".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Final

from euguard.pii.recognise import postal, street_words
from euguard.pii.recognise.address_words import (
    ANNOUNCING,
    CODE,
    LEADING,
    LEADING_SMALL,
    NO_PHRASE,
    NO_STREET,
)
from euguard.pii.recognise.calendar import MONTH
from euguard.pii.recognise.house import NUMBER, ROOM, ROOM_BEFORE
from euguard.pii.recognise.letters import CAPITALISED, UPPER
from euguard.pii.recognise.recogniser import Recogniser
from euguard.pii.span import PersonalDataKind, Span

_WITH_TOWN, _STREET, _CODE = 0.95, 0.85, 0.7
_BEFORE, _ANNOUNCED = 60, 40
_QUOTED = r"[\u201e\u201c\u201d\"'«»][^\n\u201c\u201d\"'«»]{1,30}[\u201c\u201d\"'«»]"
_DATED = rf"[0-9]{{1,2}}(?:\.|-[^\W\d_]{{1,3}})?[ ](?i:{MONTH}|maja|mai|mars|juin|août|marca)"
"""Streets are called after days: "ul. 3 Maja", "rue du 8 Mai 1945"."""
_WORD = rf"(?:(?:[\w]{{1,4}}[-'\u2019])?{CAPITALISED}|{_QUOTED})"
_SMALL = r"(?:[^\W\d_][\w'\u2019]{0,9}\.?[ ]){0,2}"
"""Small words within a name between a word for a street and its number: "św.", "kralja"."""
_LINK = (
    r"(?:(?:de|del|della|dei|di|da|do|dos|das|du|des|d'|la|le|les|los|las|l'|van|von|vom|der|den|ten|ter|af"
    r"|von der|na|an|il|ir|is|it|tou|της|του|των|uí|ta')[ ]){0,2}"
)
"""Small words within a name that does not end at a number, or that nothing announces."""
_NAME = rf"(?:{_SMALL}(?:{_WORD}|{_DATED}))(?:[ ](?:{_SMALL}{_WORD}|[IVX]{{1,4}}\b)){{0,3}}"
_NAME_OPEN = rf"{_LINK}(?:{_WORD}|{_DATED}(?:[ ]19[0-9]{{2}})?)(?:[ ]{_LINK}{_WORD}){{0,3}}"
_PERSONAL = r"(?:(?:de|der|den|van|von|van de[nr]?|af|la|di|del|του|της|w|és|the)[ ])?"
_LINKS = frozenset({"de", "der", "den", "van", "von", "af", "la", "di", "del"})
_NAME_ALONE = rf"{_WORD}(?:[ ]{_PERSONAL}{_WORD}){{0,3}}"
_QUALIFIER = (
    r"(?:(?:Alte[rn]?|Neue[rn]?|Große|Kleine|Obere|Untere|Lange|Kurze|Hohe|Innere|Äußere|Vordere|Hintere|Oude|Nieuwe"
    r"|Korte|Grote|Stora|Lilla|Norra|Södra|Östra|Västra|Gamla|Nya|Store|Lille|Gamle|Gl\.|Ny|Van(?: de[nr]?)?"
    r"|Nørre|Søndre|Vestre|Østre|Nedre|Øvre|Sankt|St\.|S:t|Vanha|Uusi|Iso|Pieni|H\.C\."
    rf"|[{UPPER}][^\W\d_]{{2,20}}er)[ ]){{0,2}}"
)


class _Needs(Enum):
    """What must stand beside a street and a number."""

    NOTHING = "nothing"
    TOWN = "a town, a postal code, or an announcing word"
    CODE = "a postal code and a town"


@dataclass(frozen=True)
class _Form:
    """One way to write a street and its number; a `Recogniser`."""

    trigger: str
    pattern: str = field(repr=False)
    needs: _Needs = _Needs.NOTHING
    behind: re.Pattern[str] = field(default=postal.BEHIND, repr=False)
    kind: PersonalDataKind = PersonalDataKind.ADDRESS

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def find(self, text: str) -> Iterator[Span]:
        """Yield addresses in this form."""
        at = 0
        while (found := self._compiled.search(text, at)) is not None:
            span = self._address(text, found, at)
            at = found.start() + 1 if span is None else span.end
            if span is not None:
                yield span

    def _address(self, text: str, found: re.Match[str], last: int) -> Span | None:
        start, end = _without_leading(found), found.end()
        named = found.start("word") if "word" in found.groupdict() else found.start("room")
        if start >= named or _is_none(text[start : found.start("room")].lower()):
            return None
        behind = self.behind.match(text, end)
        before = self._before.search(text, max(last, start - _BEFORE), start)
        town = None if behind else postal.TOWN_ALONE.match(text, end)
        if not self._enough(text, start, with_code=bool(behind or before), with_town=bool(town)):
            return None
        beside = behind or town
        start = before.start() if before else start
        end = beside.end() if beside else end
        while text[end - 1] in ".,- \n":
            end -= 1
        return Span(self.kind, start, end, _WITH_TOWN if behind or before else _STREET, "address")

    @property
    def _before(self) -> re.Pattern[str]:
        return postal.BEFORE_NAME if self.needs is _Needs.CODE else postal.BEFORE

    def _enough(self, text: str, start: int, *, with_code: bool, with_town: bool) -> bool:
        if self.needs is _Needs.NOTHING or with_code:
            return True
        return self.needs is _Needs.TOWN and (
            with_town or ANNOUNCING.search(text, max(0, start - _ANNOUNCED), start) is not None
        )


_VOLUME = re.compile(r"(?<!\w)bd\.? [ivxlc]+(?!\w)")
"""A volume, which German abbreviates like a boulevard."""


def _without_leading(found: re.Match[str]) -> int:
    """Return where the address starts behind words such as "Send" or "Wohnhaft"."""
    start = found.start()
    for word in re.finditer(r"\S+", found[0]):
        plain = word[0].rstrip(".:,")
        if plain.lower() not in LEADING and plain not in LEADING_SMALL | _LINKS:
            return start + word.start()
    return found.end()


def _is_none(street: str) -> bool:
    words = re.findall(r"[^\W\d_]+", street)
    return (
        not words
        or _VOLUME.search(street) is not None
        or not NO_STREET.isdisjoint(words)
        or any(word.endswith((*street_words.NOT_STREETS, "nummer", "number")) for word in words)
        or any(phrase in street for phrase in NO_PHRASE)
    )


# Triggers are RE2's, whose \w knows ASCII only.
_NUMBER_NEAR = r",?[ ]{1,2}[^0-9\n]{0,9}[0-9]"


def _glued(endings: str, needs: _Needs) -> _Form:
    return _Form(
        rf"(?:{endings}){_NUMBER_NEAR}",
        rf"(?<!\w){_QUALIFIER}[{UPPER}][\w.-]{{1,30}}?(?i:{endings}),?[ ]{{1,2}}{NUMBER}(?P<room>{ROOM})",
        needs,
    )


def _following(words: str, needs: _Needs, *, case: str = "") -> _Form:
    return _Form(
        rf"[ -](?:{words}){_NUMBER_NEAR}",
        rf"(?<!\w){_NAME_ALONE}{case}[ -](?P<word>{words}),?[ ]{{1,2}}{NUMBER}(?P<room>{ROOM})",
        needs,
    )


def _prefixed(words: str, needs: _Needs, *, flag: str = "i") -> _Form:
    return _Form(
        rf"(?:{words})[ ]?[^0-9\n]{{0,60}}[0-9]",
        rf"(?<!\w)(?{flag}:{words})(?:[ ]|(?<=[./])){_NAME},?[ ]{{1,2}}{NUMBER}(?P<room>{ROOM})",
        needs,
    )


def _numbered(words: str, needs: _Needs) -> _Form:
    return _Form(
        rf"[0-9][ ]?[a-z]{{0,6}},?[ ](?:{words})[ ]",
        rf"(?<![\w.,/-])(?:{ROOM_BEFORE})?[0-9]{{1,4}}(?:[ ]?(?:bis|ter|quater|[A-Da-d]))?,?[ ]"
        rf"(?i:{words})[ ]{_NAME_OPEN}(?P<room>{ROOM})",
        needs,
    )


def _english(words: str, needs: _Needs) -> _Form:
    return _Form(
        rf"[ ](?:{words})\b",
        rf"(?<![\w.,/-])(?:{ROOM_BEFORE})?[0-9]{{1,4}}[a-zA-Z]?(?:[/-][0-9]{{1,3}})?,?[ ]"
        rf"(?:{CAPITALISED}[ ]){{1,4}}(?:{words})\b\.?(?P<room>{ROOM})",
        needs,
    )


def _box(words: str, needs: _Needs) -> _Form:
    return _Form(
        rf"(?:{words})[ ]?(?:nr|n|č)?[.º°]?[ ]?[0-9]",
        rf"(?<!\w)(?i:{words})[ ]?(?:(?i:nr|n|č)?[.º°]?[ ]?)[0-9]{{1,4}}(?:[ ][0-9]{{2,3}}){{0,2}}(?![0-9])"
        rf"(?P<room>(?:[ ]{CAPITALISED}(?=,))?)",
        needs,
    )


_LOWER = tuple(
    _Form(
        rf"(?:{street_words.LOWER})[ ]",
        rf"(?<![\w.,/-])(?:{street_words.LOWER})[ ](?:[^\W\d_]{{1,16}}[ ]){{1,4}}{NUMBER}(?P<room>{ROOM})"
        if last
        else rf"(?<![\w.,/-])[0-9]{{1,4}},?[ ](?:{street_words.LOWER})[ ]{_LINK}[^\W\d_]{{3,20}}(?!\w)(?P<room>)",
        _Needs.CODE,
        postal.BEHIND_SMALL,
    )
    for last in (True, False)
)
"""Typed without capitals, the number last or first: "7 rue des lilas, 69003 lyon"."""
_SMALL_GLUED = _Form(
    rf"(?:{street_words.ENDING_SURE}){_NUMBER_NEAR}",
    rf"(?<!\w)[\w-]{{2,30}}?(?:{street_words.ENDING_SURE})[ ]{{1,2}}{NUMBER}(?P<room>{ROOM})",
)
_NAMED = _Form(
    postal.TRIGGER,
    # Of three letters at least: "U 30/11" is a case.
    rf"(?<!\w)(?=[^0-9\n]{{0,60}}[^\W\d_]{{3}}){_NAME_ALONE},?[ ]{{1,2}}{NUMBER}(?P<room>{ROOM})",
    _Needs.CODE,
    postal.BEHIND_NAME,
)
_UNCAPITALISED = _Form(
    rf"(?:{street_words.BEFORE_SMALL})[ ]",
    rf"(?<!\w)(?:{street_words.BEFORE_SMALL})[ ](?:[^\W\d_]{{2,16}}\.?[ ]){{1,3}}{NUMBER}(?P<room>{ROOM})",
    _Needs.CODE,
    postal.BEHIND_NAME,
)
_NUMBER_FIRST = _Form(
    postal.TRIGGER,
    rf"(?<![\w.,/-])[0-9]{{1,4}}[a-zA-Z]?,?[ ](?:op der|op dem|am|um|beim|an der|{CAPITALISED})"
    rf"(?:[ ]{CAPITALISED}){{0,3}}(?P<room>)",
    _Needs.CODE,
    postal.BEHIND_DISTINCT,
)


@dataclass(frozen=True)
class _Codes:
    """Postal codes without a street; a `Recogniser`."""

    trigger: str = postal.TRIGGER
    kind: PersonalDataKind = PersonalDataKind.ADDRESS

    def find(self, text: str) -> Iterator[Span]:
        """Yield codes that nothing else looks like, and what is called a code or is a line."""
        for pattern in _CODE_PATTERNS:
            for found in pattern.finditer(text):
                start, end = found.span("code")
                if not _PAGES.search(text, max(0, start - 12), start):
                    yield Span(self.kind, start, end, _CODE, "address")


_PAGES = re.compile(r"(?<!\w)(?:S|pp?|str|s|Seiten?|pages?|Rn|Nr|no|n°)\.?[ ]{1,2}\Z")
"""What stands before pages and running numbers: "S. 63-102 Ausgangslage"."""
_CODE_PATTERNS: Final = (
    re.compile(rf"(?P<code>{postal.ALONE})"),
    re.compile(
        rf"(?<!\w)(?i:{CODE})(?![^\W\d_])[ ]?[:=]?[ ](?:(?i:is|ist|est|es|é|è|to|je)[ ])?"
        rf"(?P<code>{postal.WITH_TOWN}|{postal.ANY}(?![\w]))"
    ),
    re.compile(rf"^[ \t>]{{0,8}}(?P<code>{postal.WITH_TOWN})[ \t]*$", re.MULTILINE),
)
ADDRESSES: Final[tuple[Recogniser, ...]] = (
    _glued(f"{street_words.ENDING_SURE}|{street_words.ENDING}", _Needs.NOTHING),
    _glued(street_words.ENDING_UNSURE, _Needs.TOWN),
    _SMALL_GLUED,
    _following(street_words.BEHIND, _Needs.NOTHING),
    _following(street_words.BEHIND_GENITIVE, _Needs.NOTHING, case="(?<=[soų])"),
    _following(street_words.BEHIND_UNSURE, _Needs.TOWN),
    _prefixed(street_words.BEFORE, _Needs.NOTHING),
    _prefixed(street_words.BEFORE_CAPITAL, _Needs.NOTHING, flag="-i"),
    _prefixed(street_words.BEFORE_UNSURE, _Needs.TOWN),
    _numbered(street_words.NUMBERED, _Needs.NOTHING),
    _numbered(street_words.NUMBERED_UNSURE, _Needs.TOWN),
    _english(street_words.ENGLISH, _Needs.NOTHING),
    _english(street_words.ENGLISH_UNSURE, _Needs.TOWN),
    _box(street_words.BOXES, _Needs.NOTHING),
    _box(street_words.BOXES_UNSURE, _Needs.CODE),
    _NAMED,
    _NUMBER_FIRST,
    _UNCAPITALISED,
    *_LOWER,
    _Codes(),
)
"""All forms, as recognisers."""
