"""The recall card as a page: tables and bars, no script, readable in print."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


def to_html(card: Mapping[str, Any]) -> str:
    """Return the page of a card (`pii/evaluate/card.py`)."""
    return _PAGES.get_template("recall_card.html").render(
        card=card, percent=_percent, cells=_cells(card["bias"])
    )


def _cells(bias: Mapping[str, Any] | None) -> dict[tuple[str, str], dict[str, float]]:
    """Return the shares of names found, by origin and gender, then by language of the sentence."""
    cells: dict[tuple[str, str], dict[str, float]] = {}
    for row in bias["rows"] if bias else ():
        shares = cells.setdefault((row["origin"], row["gender"]), {})
        shares[row["language"]] = row["covered"]["value"]
    return cells


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
