"""Dates of birth, in every official language."""

import pytest

from euguard.pii.detect import merge
from euguard.pii.recognise.birth import BirthRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([BirthRecogniser()])
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
