"""Dates, which only some purposes want replaced."""

import pytest

from euguard.pii.detect import merge
from euguard.pii.recognise.dates import DateRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([DateRecogniser()])


@pytest.mark.parametrize(
    "date",
    """14.03.2022|14/03/22|2022-03-14|14. 3. 2022|14 March 2022|March 14, 2022|7 août 2019
    9 de noviembre de 2015|12 maja 2021 r.|5. dubna 2013|15 март 2014 г.|8 decembrie 2017
    2014. október 3.|4. juulil 2015|2010. gada 16. aprīlī|2019 m. vasario 2 d.|3 mars 2011
    12 Ιουλίου 2016|7 Bealtaine 2012|10 ta’ Awwissu 2013|6.12.2013""".replace("\n    ", "|").split(
        "|"
    ),
)
def test_a_date_is_found_in_the_order_of_its_language(date: str) -> None:
    text = f"signed {date} by both"

    assert [text[span.start : span.end] for span in merge(TOGETHER.find(text))] == [date]


@pytest.mark.parametrize("text", ["version 1.2.3", "31.02.2022", "12/2024", "10.0.0.1", "in 2024"])
def test_what_is_no_day_is_not_found(text: str) -> None:
    assert list(TOGETHER.find(text)) == []


@pytest.mark.parametrize(
    "month",
    """March 2022|März 2022|mars 2022|marzo de 2022|марта 2022 г.|listopadu 2022|toukokuussa 2022
    2022. március|2022. gada martā|2022 m. kovo|Μαρτίου 2022|Meán Fómhair 2022""".replace(
        "\n    ", "|"
    ).split("|"),
)
def test_a_month_and_a_year_are_a_date(month: str) -> None:
    text = f"since {month} it rains"

    assert [text[span.start : span.end] for span in merge(TOGETHER.find(text))] == [month]


@pytest.mark.parametrize(
    "text",
    ["5990 studentiem 2000", "Marseille 2022", "out 2022", "set 2019", "1990-1995", "May 20221"],
)
def test_a_word_that_begins_like_a_month_is_none(text: str) -> None:
    assert list(TOGETHER.find(text)) == []
