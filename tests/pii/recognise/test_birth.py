"""Dates of birth, in every official language."""

from pathlib import Path

import pytest

from euguard.pii.detect import merge
from euguard.pii.recognise.birth import BirthRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([BirthRecogniser()])
HERE = Path(__file__).parent
# In sentences, by language; between ⟦ and ⟧ stands the date. All are invented.
WRITTEN = [
    line
    for line in (HERE / "births.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
CLEAN = [
    line
    for name in ("clean.txt", "clean_addresses.txt", "clean_births.txt")
    for line in (HERE / name).read_text("utf-8").splitlines()
]
BORN = """
She was born on [3 May 1985] in Cork.|Date of birth: [1985-05-03]|DOB [03/05/1985]|born [May 3, 1985]
geboren am [3.5.1985]|Geburtsdatum: [03.05.85]
geb. [3. Mai 1985]|(*[03.05.1985])|Jahrgang [1985]
née le [3 mai 1985]|date de naissance : [03/05/1985]|nato a Roma il [3 maggio 1985]|nata il [3/5/1985]
nacido el [3 de mayo de 1985]|fecha de nacimiento: [03-05-1985]|nascida a [3 de maio de 1985]
geboren op [3 mei 1985]|geboortedatum [03-05-1985]|urodzona [3 maja 1985 r.]|ur. [3.05.1985]
narozena [3. května 1985]|nar. [3. 5. 1985]|narodený [3. mája 1985]|rojen [3. maja 1985]
rođen [3. svibnja 1985]
роден на [3 май 1985 г.]|născut la [3 mai 1985]|született [1985. május 3.]
sündinud [3. mail 1985]|dzimis [1985. gada 3. maijā]|gimęs [1985 m. gegužės 3 d.]|syntynyt [3.5.1985]
född [3 maj 1985]|født [3. maj 1985]|γεννήθηκε στις [3 Μαΐου 1985]|rugadh í ar [3 Bealtaine 1985]
imwieled fit-[3 ta' Mejju 1985]
"""
OTHER = """
The contract was signed on 3 May 2015.|Sitzung am 3. Mai 2024 im Rathaus|signé le 3 mai 2015
Geboren wurde die Idee 2015.|version 3.5.1985.2|born on 31.02.1985|Faktura z 3.05.2015
Národná banka 3.5.2015|NATO 4.4.1949|She was born in Cork.\n\nSigned on 3 May 2015.
"""


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in merge(TOGETHER.find(text))]


@pytest.mark.parametrize(
    "text", [one for row in BORN.strip().split("\n") for one in row.split("|")]
)
def test_a_date_of_birth_is_found(text: str) -> None:
    date = text[text.index("[") + 1 : text.index("]")]

    assert found(text.replace("[", "").replace("]", "")) == [date]


@pytest.mark.parametrize("text", [one for row in OTHER.strip().split("|") for one in [row.strip()]])
def test_another_date_is_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("marked", WRITTEN)
def test_a_date_of_birth_in_a_sentence_is_found_without_the_word(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")

    assert found(text) == [marked[marked.index("⟦") + 1 : marked.index("⟧")]]


@pytest.mark.parametrize("text", CLEAN)
def test_dates_of_contracts_meetings_and_laws_are_nobodys_birth(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text,years",
    [
        ("The applicants were born in 1932 and 1934, respectively", ["1932", "1934"]),
        ("Der 1965 geborene Kläger ist seit dem 1. September 1986 beschäftigt", ["1965"]),
        ("Geburtsjahr: 1977", ["1977"]),
        ("Miskolcon 1984-ben született", ["1984"]),
        ("Rođen je 1947. u Zadru", ["1947"]),
        ("dzimis 1957. gadā Rīgā", ["1957"]),
        ("roku 2015 narostl zisk", []),
        ("was born here; in 1999 he left", []),
    ],
)
def test_a_year_alone_needs_its_word_beside_it(text: str, years: list[str]) -> None:
    assert found(text) == years


@pytest.mark.parametrize("text", ["born 3 May 1885", "rojen 3. 5. 1799", "née le 31 juin 1985"])
def test_who_is_long_dead_or_was_born_on_no_day_is_not_found(text: str) -> None:
    assert found(text) == []


def test_a_word_belongs_to_the_nearest_date_only() -> None:
    text = "born 3 May 1985, hired 1 June 2015, his son, born 4 July 2016, too"

    assert found(text) == ["3 May 1985", "4 July 2016"]


def test_a_word_cut_by_the_window_is_no_word() -> None:
    assert found("Urteil vom 4. Mai 2017 wird das vorbenannte Urteil bestätigt") == []
    assert found("1952. július 1. óta Falvak Dolgozó Népe néven jelenik meg") == []
