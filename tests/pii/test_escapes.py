r"""What escapes say, and where they stand."""

import html
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.pii.escapes import changes


def read(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, said in changes(text):
        assert at <= start < end <= len(text)
        pieces += (text[at:start], said)
        at = end
    return "".join([*pieces, text[at:]])


@pytest.mark.parametrize(
    "written,said",
    [
        ("anna%40example.eu", "anna@example.eu"),
        ("Fran%C3%A7ois Lef%E8vre", "François Lefèvre"),
        ("100% of 50%", "100% of 50%"),
        ("a+b 06+12 +49 C++", "a b 06 12 +49 C++"),
        ("&amp; &#64; &#x40; &commat; &nosuch; AT&T", "& @ @ @ &nosuch; AT&T"),
        ("<b>Anna</b><br/> 1 < 2 > 1", "Anna 1 < 2 > 1"),
        (r"Fran\u00e7ois \\u00e7 \xe7 \ud83d\ude00 \ud83d", "François ç ç \U0001f600 \ufffd"),
        (r"a\nb\\nc\s+d", "a b c d"),
        (r"example\.eu PERSON\_7Q3K \\", r"example.eu PERSON_7Q3K \\"),
    ],
)
def test_an_escape_is_read(written: str, said: str) -> None:
    assert read(written) == said


@given(st.text(st.characters(codec="utf-8", categories=["L", "Nd"]), max_size=20))
def test_what_a_library_escapes_is_read_back(text: str) -> None:
    assert read(quote(text, safe="")) == text
    assert read("".join(f"&#{ord(character)};" for character in text)) == text
    units = text.encode("utf-16-be").hex(" ", 2).split()
    assert read("".join(f"\\u{unit}" for unit in units)) == text


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text)
    read(html.escape(text))
    read(orjson.dumps(text).decode())


@pytest.mark.parametrize("sign", ["%", "&", "\\", "+", "<", "&#", "\\u", "<a", "%4", "\\u00"])
def test_a_page_of_half_escapes_is_passed_quickly(sign: str) -> None:
    """Every repetition is bounded; a pattern that is not would never end on this."""
    assert len(read(sign * 100_000)) <= len(sign) * 100_000
