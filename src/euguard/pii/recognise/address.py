"""Postal addresses: street and number, with postal code and town where they stand beside.

An address leads to those who live there: personal data (Art. 4(1) GDPR).

Formats: a word for a street, glued to the name ("Lindenstraße 27"), behind it ("Kárász utca 12"),
before it ("ul. Długa 14/5"), or behind a number ("12 bis, rue de la Paix"; "14 Main Street"), in
the languages of the Union (`street_words.py`); or a name and a number with a postal code and a
town beside ("Oudegracht 112, 3511 AW Utrecht", "6720 Szeged, Kárász utca 12."); or a post box.
The find is all of it. There is no checksum.

Source: Universal Postal Union, "Addressing systems" (S42), country sheets.

Not found: a street without a number; a name and a number with no street word and no postal
code; a farm or house that has a name only.

Fictitious examples: "Lindenstraße 27, 50674 Köln", "calle Alfonso X 23, 30008 Murcia",
"Κηφισίας 24, 115 26 Αθήνα", "45, Triq ir-Repubblika, Valletta VLT 1112".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from euguard.pii.recognise import postal, street_words
from euguard.pii.recognise.letters import CAPITALISED, UPPER
from euguard.pii.span import PersonalDataKind, Span

_WITH_TOWN, _STREET = 0.95, 0.85
_BEFORE = 60
_NUMBER = (
    r"(?:(?:nr|no|n[°º]|č|č\.p|br|št|num)\.?[ ]?)?"
    r"[0-9]{1,4}(?:[ ]?[a-zA-Zа-яА-Я](?![\w]|[ ][0-9]))?(?:[ ]?[/–-][ ]?[0-9]{1,4}[a-zA-Z]?){0,2}"
    r"(?:[ ](?:bis|ter|quater)\b)?(?![0-9]|[.,][0-9]|[ ]?[%€$£])"
)
_ROOM = (
    r"(?:[ ][A-Z][ ][0-9]{1,3}(?![0-9])"
    r"|,?[ ][0-9]{1,2}\.[ ]?(?:tv|th|mf|sal|em|stock|patro|poschodie|nadstropje|kat|stāvs)\b\.?"
    r"|,?[ ](?:apt|app|appt|apto|flat|unit|whg|wohnung|top|stiege|lgh|lok|kv|bte|boîte|piso|esc|bl"
    r"|sc|et|ap|вх|ет|ап|бл|em|fszt|as|krs)\.?[ ]?[\w]{1,4}(?:\.|/[0-9]{1,3})?(?![\w])){0,4}"
)
_WORD = (
    rf"(?:(?:[\w]{{1,4}}[-'\u2019])?{CAPITALISED}"
    r"|[\u201e\u201c\u201d\"'«»][^\n\u201c\u201d\"'«»]{1,30}[\u201c\u201d\"'«»])"
)
_SMALL = r"(?:[\w.'\u2019-]{1,10}[ ]){0,2}"
"""Small words within a name that a word for a street announces: "de la", "św.", "kralja"."""
_PARTICLE = (
    r"(?:(?:de|del|della|dei|di|da|do|dos|das|du|des|la|le|los|las|van|von|vom|der|den|het|ten|ter"
    r"|na|nad|pod|pri|u|za|af|av|i|og|och|am|an|św|sv|kralja|tou|της|του|των)\.?[ ]){0,2}"
)
"""Small words within a name that nothing announces."""
_NAME = rf"(?:{_SMALL}{_WORD})(?:[ ](?:{_SMALL}{_WORD}|[IVX]{{1,4}}\b)){{0,3}}"
_NAME_ALONE = rf"{_WORD}(?:[ ]{_PARTICLE}{_WORD}){{0,3}}"
_QUALIFIER = (
    r"(?:(?:Alte|Neue|Große|Kleine|Obere|Untere|Lange|Hohe|Innere|Äußere|Vordere|Hintere|Oude|Nieuwe"
    r"|Lange|Korte|Grote|Kleine|Stora|Lilla|Norra|Södra|Östra|Västra|Gamla|Nya|Store|Lille|Gamle"
    r"|Nørre|Søndre|Vestre|Østre|Sankt|St\.|Vanha|Uusi|Iso|Pieni)[ ]){0,2}"
)
_NOT_BEFORE = frozenset(
    """article art artikel artikla artículo artigo articolo članak člen čl § section seite page
    kapitel chapter paragraf paragraph absatz nummer number rechnung invoice facture factura
    faktura účet order bestellung tabelle table figure abbildung version iso din en punkt point
    step schritt teil part volume band model modell typ type windows office version gate platform
    gleis raum room salle saal building gebäude iban konto account tel telefon phone fax""".split()  # noqa: SIM905  # reads as a word list
)


@dataclass(frozen=True)
class _Form:
    """One way to write a street and its number; a `Recogniser`."""

    trigger: str
    pattern: str = field(repr=False)
    flags: int = 0
    needs_town: bool = False
    kind: PersonalDataKind = PersonalDataKind.ADDRESS

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def find(self, text: str) -> Iterator[Span]:
        """Yield addresses in this form."""
        at = 0
        while (found := self._compiled.search(text, at)) is not None:
            span = self._address(text, found)
            at = found.start() + 1 if span is None else span.end
            if span is not None:
                yield span

    def _address(self, text: str, found: re.Match[str]) -> Span | None:
        words = re.findall(r"[^\W\d_]+", found[0].lower())
        if not words or words[0] in _NOT_BEFORE or words[-1] in street_words.NOT_STREETS:
            return None
        if street_words.NOT_STREETS & set(words) or words[0].endswith(("nummer", "number", "nr")):
            return None
        start, end = found.span()
        behind = postal.BEHIND.match(text, end)
        before = postal.BEFORE.search(text, max(0, start - _BEFORE), start)
        if self.needs_town and behind is None and before is None:
            return None
        if behind is not None:
            end = behind.end()
        elif (alone := postal.TOWN_ALONE.match(text, end)) is not None:
            code = postal.CODE_ALONE.match(text, alone.end())
            end = code.end() if code else alone.end()
        if before is not None:
            start = before.start()
        while text[end - 1] in ".,- \n" and end - 1 > start:
            end -= 1
        score = _WITH_TOWN if behind or before else _STREET
        return Span(self.kind, start, end, score, "address")


_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)[ ]"
)
_FROM = r"(?:Von|Aus|Nach|From|At|To|Chez|De|Da|Di|Na|Z|Ze|V|Ve|W|Od|Iz|До|От|В)[ ]"
_DIGIT_NEAR = r"[^0-9\n]{0,40}[0-9]"
_GLUED = _Form(
    rf"(?:{street_words.ENDING}|{street_words.ENDING_SURE})[ ]{{1,2}}(?:nr\.?[ ]?)?[0-9]",
    rf"(?<!\w)(?:{_QUALIFIER}[{UPPER}][\w-]{{2,30}}?(?:{street_words.ENDING})"
    rf"|[\w-]{{2,30}}?(?:{street_words.ENDING_SURE}))[ ]{{1,2}}{_NUMBER}{_ROOM}",
)
_BEHIND = _Form(
    rf"[ -](?:{street_words.BEHIND})[ ]{{1,2}}[0-9]",
    rf"(?<!\w)(?:{_NAME_ALONE})[ -](?:{street_words.BEHIND})[ ]{{1,2}}{_NUMBER}{_ROOM}",
)
_PREFIXED = _Form(
    rf"(?:{street_words.BEFORE})[ ]?{_DIGIT_NEAR}",
    rf"(?<!\w)(?i:{street_words.BEFORE})[ ]?{_NAME},?[ ]{{1,2}}{_NUMBER}{_ROOM}",
)
_NUMBERED = _Form(
    rf"[0-9][ ]?[a-z]{{0,6}},?[ ](?:{street_words.NUMBERED})[ ]",
    rf"(?<![\w.,/-])[0-9]{{1,4}}(?:[ ]?(?:bis|ter|quater|[A-Da-d]))?,?[ ]"
    rf"(?i:{street_words.NUMBERED})[ ](?:{_SMALL}{_WORD})(?:[ ]{_SMALL}{_WORD}){{0,4}}",
)
_ENGLISH = _Form(
    rf"[0-9][a-z]?,?[ ][^0-9\n]{{2,40}}[ ](?:{street_words.ENGLISH})\b",
    rf"(?<![\w.,/-])(?:(?:Flat|Apt\.?|Apartment|Unit)[ ][0-9]{{1,4}}[a-zA-Z]?,[ ])?"
    rf"[0-9]{{1,4}}[a-zA-Z]?,?[ ](?!{_MONTHS})(?:{CAPITALISED}[ ]){{1,4}}(?:{street_words.ENGLISH})\b\.?",
)
_UNNAMED = _Form(
    rf"[0-9][a-z]?(?:[ ]?[/-][ ]?[0-9]+)?[^0-9\n]{{0,12}}\n?[^0-9\n]{{0,8}}{postal.TRIGGER}"
    rf"|[0-9]{{4,6}}[ ][^0-9\n]{{2,60}}[0-9]",
    rf"(?<!\w)(?!{_FROM}){_NAME_ALONE}[ ]{{1,2}}{_NUMBER}{_ROOM}",
    needs_town=True,
)
_BOX = _Form(
    rf"(?:{street_words.BOXES})[ ]?(?:nr\.?[ ]?)?[0-9]",
    rf"(?<!\w)(?i:{street_words.BOXES})[ ]?(?:nr\.?[ ]?)?[0-9]{{1,6}}(?![0-9])",
    needs_town=True,
)
_CODE_AND_TOWN = _Form(
    r"[0-9]{2}-[0-9]{3}[ ]|[0-9]{4}[ ][a-z]{2}[ ]",
    postal.DISTINCT_WITH_TOWN,
)
ADDRESSES: Final = (
    _GLUED, _BEHIND, _PREFIXED, _NUMBERED, _ENGLISH, _UNNAMED, _BOX, _CODE_AND_TOWN,
)  # fmt: skip
"""All forms, as recognisers."""
