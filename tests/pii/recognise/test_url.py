"""Web addresses that name a user."""

import pytest

from euguard.pii.recognise.together import Together
from euguard.pii.recognise.url import UrlRecogniser

TOGETHER = Together([UrlRecogniser()])


def found(text: str) -> set[str]:
    return {text[span.start : span.end] for span in TOGETHER.find(text)}


@pytest.mark.parametrize(
    "url",
    [
        "https://anna:secret@intranet.example/",
        "https://example.org/~anna/cv.html",
        "https://example.eu/users/4821?tab=1",
        "https://www.linkedin.com/in/anna-kowalska",
        "https://shop.example/reset?email=anna%40example.eu",
        "https://example.eu/kunden/anna.berg",
        "linkedin.com/in/anna-kowalska",
    ],
)
def test_one_that_names_somebody_is_found_whole(url: str) -> None:
    assert url in found(f"See {url}.")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.eu/",
        "https://example.eu/law?article=6",
        "https://eur-lex.example/eli/2016/679",
    ],
)
def test_one_that_names_nobody_stays(url: str) -> None:
    assert found(f"See {url}.") == set()
