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
    return _PAGES.get_template("recall_card.html").render(card=card, percent=_percent)


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
