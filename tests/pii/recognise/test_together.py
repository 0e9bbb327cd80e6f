"""All recognisers at once: nothing lost by looking once, nothing found in clean texts, linear time."""

import time
from pathlib import Path

import pytest

from euguard.pii.recognise.identifiers import RECOGNISERS
from euguard.pii.recognise.together import Together
from euguard.pii.span import OPTIONAL_KINDS

TOGETHER = Together(RECOGNISERS)
CLEAN = (Path(__file__).parent / "clean.txt").read_text("utf-8").strip().splitlines()
DIRTY = """
Meine Steuer-ID ist 36 574 261 809, mein Wagen K-AV 3814, ich wohne Lindenstraße 27, 50674 Köln.
Mi DNI es 12345678Z, nací el 9 de noviembre de 1975, mail a@example.eu, IBAN DE89370400440532013000.
PESEL 44051401359, tel. 601 234 567; password: Sommer!2024; 192.0.2.7; application no. 48213/07
Dear Ms Murphy, your card 4111 1111 1111 1111 and VAT ATU13585627.
"""
SHAPES = [
    *("1", "1 ", "a", "A1", "12.", "1-", "Aa ", "@", "a@", "+", "(", "rue ", "Straße 1 ", "1, A"),
    *("password: ", "://a:", "<", "P<", "\n", ":", "né ", "1.1.1 ", "nr. ", "é", "12/34 "),
]


def test_looking_once_finds_what_each_would_find() -> None:
    assert set(TOGETHER.find(DIRTY)) == {
        span for recogniser in RECOGNISERS for span in recogniser.find(DIRTY)
    }


@pytest.mark.parametrize("text", CLEAN)
def test_a_text_about_nobody_stays_as_it_is(text: str) -> None:
    found = [span for span in TOGETHER.find(text) if span.kind not in OPTIONAL_KINDS]

    assert found == []


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_text_and_no_faster(shape: str) -> None:
    def seconds(size: int) -> float:
        text = shape * (size // len(shape))
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            for _span in TOGETHER.find(text):
                pass
            best = min(best, time.process_time() - begun)
        return best

    seconds(2_000)  # patterns are compiled

    assert seconds(80_000) < 12 * max(seconds(20_000), 0.05)  # 16 times were quadratic


def test_half_a_surrogate_pair_hides_nothing() -> None:
    text = "\ud800 write to anna@example.eu"

    assert [text[span.start : span.end] for span in TOGETHER.find(text)] == ["anna@example.eu"]
