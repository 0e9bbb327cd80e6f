"""Pages as PDF, by the real WeasyPrint, read back by PDFium."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2

from euguard.adapters.pdf import to_pdf
from euguard.evidence.recall_card import to_html
from euguard.pii.detect import Detection
from euguard.pii.evaluate.card import LIMITS, MeasuredSet, card
from euguard.pii.evaluate.measure import measure
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind, Span

SAMPLE = Sample("Anna rang.", "en", (Entity(0, 4, PersonalDataKind.PERSON),))
FOUND = Detection((Span(PersonalDataKind.PERSON, 0, 4, 0.9, "t"),), "en", 1)
MISSED = Detection((), "en", 1)
BAR, REST, REACH = (0x1B, 0x6E, 0x53), (0xD5, 0xDD, 0xD9), (0, 0, 0)


def recall_card() -> str:
    measures = measure([SAMPLE] * 20, [FOUND] * 15 + [MISSED] * 5)
    one = MeasuredSet("Θεσσαλονίκη", "others", measures, 0.5)
    return to_html(
        card([one], bias=None, today=date(2026, 11, 27), software="euguard 0", model="ab" * 32)
    )


@contextmanager
def opened(html: str) -> Iterator[Any]:
    with closing(pypdfium2.PdfDocument(to_pdf(html))) as document:
        yield document


def text(html: str) -> str:
    with opened(html) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join("".join(pages).split())


def colours(html: str) -> set[tuple[int, int, int]]:
    with opened(html) as document:
        pixels = document[0].render(scale=4, rev_byteorder=True).to_numpy()
    return {(int(r), int(g), int(b)) for r, g, b in pixels.reshape(-1, 3)}


def test_the_card_on_paper_says_what_the_page_says() -> None:
    words = text(recall_card())

    assert "PERSON 20 75.0 % 53.1 % \N{EN DASH} 88.8 %" in words
    assert "Θεσσαλονίκη" in words
    assert all(limit in words for limit in LIMITS)
    assert "1 / 1" in words


def test_the_bars_are_printed_in_their_colours() -> None:
    assert {BAR, REST, REACH} <= colours(recall_card())


def test_nothing_is_loaded_not_even_from_this_machine(tmp_path: Path) -> None:
    style = tmp_path / "style.css"
    style.write_text("p::after { content: 'loaded' }")

    with_link = text(f'<link rel="stylesheet" href="{style.as_uri()}"><p>plain</p>')
    with_style = text("<style>p::after { content: ' styled' }</style><p>plain</p>")

    assert with_link == "plain"
    assert with_style == "plain styled"


def test_the_same_page_gives_the_same_bytes() -> None:
    assert to_pdf(recall_card()) == to_pdf(recall_card())
