"""Characters as a reader takes them, one to one."""

import re
import sys
import unicodedata

import pytest

from euguard.pii.characters import PLAIN, UNDRAWN


@pytest.mark.parametrize(
    "written,read",
    [
        ("\uff10\uff16 \uff21\uff42", "06 Ab"),  # fullwidth
        ("\u0660\u06f6\u096c", "066"),  # Arabic-Indic, Persian, Devanagari
        ("\u00a0\u202f\u2009", "   "),  # no-break and thin spaces
        ("\u2011\u2013\u2212", "---"),  # dashes and the minus sign
        ("\u2215\u2024\u2028", "/.\n"),
        ("m\u00b2", "m\u00b2"),  # a footnote
        ("\ufb01", "\ufb01"),  # a ligature is two letters: not one to one
        ("Grün Å Ω", "Grün Å Ω"),
    ],
)
def test_a_character_is_read_as_what_it_looks_like(written: str, read: str) -> None:
    assert written.translate(PLAIN) == read


def test_every_code_point_maps_to_one_character_that_maps_to_itself() -> None:
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))

    once = everything.translate(PLAIN)

    assert len(once) == len(everything)
    assert once.translate(PLAIN) == once


def test_no_format_character_is_drawn_except_those_that_enclose_numbers() -> None:
    undrawn = re.compile(f"[{UNDRAWN}]")
    drawn = {
        character
        for character in map(chr, range(0x20, sys.maxunicode + 1))
        if unicodedata.category(character) == "Cf" and not undrawn.fullmatch(character)
    }

    # Number signs of Arabic, Syriac and Kaithi, and the joiners of Egyptian hieroglyphs.
    assert all(
        unicodedata.name(sign).startswith(("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"))
        for sign in drawn
    )
