"""Dates as people write them in the languages of the Union.

Numbers ("14.03.1982", "1982-03-14", "23. 9. 1986"), or the name of a month with day and year in
the order of the language: "7 août 1990", "9 de noviembre de 1975", "1974. október 3.", "1980. gada
16. aprīlī", "1979 m. vasario 2 d.", "May 3, 1985"; or a month and a year. Names of months are given
by their stems, for most languages decline them. Only days that exist count.

Source: Unicode CLDR 46, date formats and month names per locale.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

_STEMS: Final = """\
1 january|jan|januar|januari|jänner|jaenner|janvier|janv|enero|ene|janeiro|gennaio|genn|ianuarie
1 ian|stycz|styczeń|led|leden|ledna|lednu|január|siječ|siječanj|sječ|jaanuar|janvār|saus|sausio
1 sausis|janúar|tammi|ιανουαρ|γενάρ|ιαν|януари|яну|eanáir|eanair|jannar
2 february|feb|februar|februari|feber|février|fevrier|févr|febrero|fevereiro|fev|febbraio|febb
2 februarie|febr|lut|luty|lutego|únor|února|unor|február|velj|veljač|veebruar|februār|febrúar|vasar
2 helmi|φεβρουαρ|φλεβάρ|φεβ|февруари|фев|feabhra|frar
3 march|mar|märz|maerz|mrz|maart|mars|mart|marzo|março|marco|martie|marz|marzec|marca|březen
3 března|břez|marec|ožuj|ožujk|märts|marts|kov|kovo|kovas|maalis|március|márc|μαρτί|μάρτ|μαρ
3 март|márta|marzu
4 april|apr|avril|avr|abril|abr|aprile|aprilie|kwie|kwiecień|kwietnia|dub|duben|dubna|apríl
4 travnj|trav|aprill|aprīl|baland|huhti|április|ápr|απριλ|απρ|април|апр|aibreán|aibrean
5 may|mai|mei|maj|maggio|mayo|maio|květen|května|květ|kvě|máj|svib|svibnj|maijs|maij|geguž|touko
5 maí|május|μαΐ|μαϊ|μάι|μάη|май|bealtaine|mejju
6 june|jun|juni|juin|junio|junho|giugno|iunie|czerw|czerwiec|czerwca|júní|červen|června|červn|jún
6 juna|lip|lipnj|juuni|jūnij|birž|kesä|június|ιουνί|ιούν|ιουν|юни|meitheamh|ġunju
7 july|jul|juli|juillet|juil|julio|julho|luglio|iulie|lip|lipiec|lipca|červenec|července|červenc
7 júlí|júl|srp|srpnj|juuli|jūlij|liep|heinä|július|ιουλί|ιούλ|ιουλ|юли|iúil|lulju
8 august|aug|augustus|août|aout|agosto|agost|ago|sierp|sierpień|sierpnia|srpen|srpna|kolovoz|kol
8 ágúst|augusti|augst|rugpjūč|rugpj|elo|augusztus|αυγούστ|αύγουστ|αυγ|август|авг|lúnasa|awwissu
9 september|sep|sept|septembre|septiembre|setembro|settembre|set|septembrie|wrzes|wrzesień
9 września|září|zari|septembra|rujn|rujan|septembr|rugsėj|rugs|syys|szeptember|szept|σεπτεμβρ
9 σεπτέμβρ|σεπ|септември|сеп|meán fómhair|settembru
10 october|oct|oktober|okt|octobre|octubre|outubro|out|ottobre|ott|octombrie|październik|paźdz
10 paź|říjen|října|říj|október|oktobra|listopad|list|oktoober|oktobr|spal|loka|οκτωβρ|οκτώβρ|οκτ
10 октомври|окт|deireadh fómhair|ottubru
11 november|nov|novembre|noviembre|novembro|noiembrie|noi|listopad|listop|listopadu|novembra|nóvember
11 stud|studeni|studenog|studenom|novembr|lapkri|lapkrit|marras|νοεμβρ|νοέμβρ|νοε|ноември|ное|samhain
11 novembru
12 december|dec|dezember|desember|dez|décembre|diciembre|dic|dezembro|dicembre|decembrie|grud|grudzień
12 grudnia|prosinec|prosince|pros|decembra|prosinac|prosinca|detsember|dets|decembr|gruod|joulu
12 δεκεμβρ|δεκέμβρ|δεκ|декември|дек|nollaig|diċembru
"""
_MONTHS: Final = {
    stem: int(line.split(" ", 1)[0])
    for line in reversed(_STEMS.strip().splitlines())
    for stem in line.split(" ", 1)[1].split("|")
}
_STEM = "|".join(re.escape(stem) for stem in sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>{_STEM})[^\W\d_]{{0,7}}"
MONTH: Final = (
    rf"(?:{'|'.join(re.escape(stem) for stem in _MONTHS if len(stem) > 4)})[^\W\d_]{{0,7}}(?!\w)"  # noqa: PLR2004  # shorter ones begin other words
)
"""The name of a month in any of the languages, written out."""
_SHORT = r"\.?"
_ENGLISH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
_DAY = r"(?P<day>[0-3]?[0-9])"
_YEAR = r"(?P<year>(?:1[89]|20)[0-9]{2})"
_NUMBERED = r"(?:\.|st|nd|rd|th|er|ère|º|ª|an|η|ο)?"
_OF = r"(?:[ -](?:of|de|d'|ta[’']|ta|του|mhí))?[ -]?"
_PATTERNS: Final = tuple(
    re.compile(rf"(?<![\w.,/])(?<![0-9]-){pattern}(?![\w/]|-[0-9])", re.IGNORECASE)
    for pattern in (
        (
            rf"{_DAY}{_NUMBERED}{_OF}{_MONTH}{_SHORT}(?:[ ,.-]{{1,2}}(?:de|del|do|του|an|η)?[ ]?){_YEAR}"
            r"(?:[ ]?(?:г\.?|r\.?|g\.?|m\.?|р\.?)(?!\w))?"
        ),
        rf"(?<!\w){_ENGLISH}{_SHORT}[ ](?:the[ ])?{_DAY}(?:st|nd|rd|th)?,?[ ]{_YEAR}",
        rf"{_YEAR}(?:\.|[ ]m\.|\.?[ ]?gada|[ ]?г\.)?,?[ ]{_DAY}\.?[ ]?{_MONTH}",
        rf"{_YEAR}(?:\.|[ ]m\.)?[ ]{_MONTH}{_SHORT}[ ]{_DAY}\.?(?:[ ]?d\.?(?!\w))?",
    )
)
_FIGURES: Final = tuple(
    re.compile(rf"(?<![\w.,/])(?<![0-9]-){pattern}(?![0-9]|[./-][0-9])(?:[ ]?[гr]\.(?!\w))?")
    for pattern in (
        (
            rf"{_DAY}(?P<sign>[./-])[ ]?(?P<figure>[01]?[0-9])(?P=sign)[ ]?"
            r"(?P<year>(?:1[89]|20)[0-9]{2}|[0-9]{2})"
        ),
        rf"{_YEAR}(?P<sign>[./-])[ ]?(?P<figure>[01]?[0-9])(?P=sign)[ ]?{_DAY}\.?",
    )
)
_NAMED = (
    rf"(?P<month>{'|'.join(re.escape(stem) for stem in sorted(_MONTHS, key=len, reverse=True) if len(stem) > 4)})(?:kuu[^\W\d_]{{0,5}}|[^\W\d_]{{0,4}})"  # noqa: PLR2004  # as above
    r"|(?P<short>may|mai|maj|mei|mayo|maio|máj|май|марта?|kovo|kovas|kovą|martā|martam|юни|юли|mars|märz|juni|juli|juin|août|luty|maja|jún|júl|április)"
)
_WITHOUT_DAY: Final = tuple(
    re.compile(rf"(?<!\w)(?<![0-9][ ])(?<![0-9]\.[ ]){pattern}(?![\w/]|[.,-][0-9])", re.IGNORECASE)
    for pattern in (
        rf"(?:{_NAMED})[ ](?:(?:de|del|of|do|του)[ ])?{_YEAR}(?:[ ]г\.)?",
        rf"{_YEAR}(?:\.|[ ]m\.|\.?[ ]?gada)[ ](?:{_NAMED})(?![^\W\d_])",
    )
)
TRIGGER: Final = (
    r"[0-9]{1,2}[./-][ ]?[0-9]{1,2}[./-][ ]?[0-9]{2}|[0-9]{4}[./-][ ]?[0-9]{1,2}[./-]"
    rf"|[0-9][^0-9\n]{{0,14}}(?:{_STEM})|(?:{_STEM})[^0-9\n]{{0,12}}[0-9]"
)
"""Without which a text holds no date, for RE2."""


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text."""

    start: int
    end: int
    day: date
    """The first of the month where none is named."""
    exact: bool
    """Whether a day is named."""


def dates(text: str, start: int = 0, end: int | None = None) -> Iterator[Found]:
    """Yield the dates in text[start:end], each pattern from left to right; they may overlap."""
    stop = len(text) if end is None else end
    for pattern in (*_PATTERNS, *_FIGURES, *_WITHOUT_DAY):
        for found in pattern.finditer(text, start, stop):
            day = _day(found)
            if day is not None:
                yield Found(found.start(), found.end(), day, pattern not in _WITHOUT_DAY)


def _day(found: re.Match[str]) -> date | None:
    groups = found.groupdict()
    name = groups.get("month") or groups.get("short")
    month = _month(name.lower()) if name else int(groups["figure"])
    year = int(groups["year"])
    if year < 100:  # noqa: PLR2004  # two figures: of the last hundred years, roughly
        year += 1900 if year > 30 else 2000  # noqa: PLR2004
    number = int(groups.get("day", 1))
    for first, second in ((month, number), (number, month)):
        try:
            return date(year, first, second)
        except ValueError:
            if name:
                return None
    return None


def _month(name: str) -> int:
    return next(_MONTHS[name[:size]] for size in range(len(name), 0, -1) if name[:size] in _MONTHS)
