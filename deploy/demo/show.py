"""Three columns: what the user wrote, what the model saw, what the user got."""

import re
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

_PSEUDONYM = re.compile(r"<[A-Z]+_[0-9A-Z_]+>|\b[A-Z]+_[0-9BCDFGHJKLMNPQRSTVWXYZ]{4,}\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One exchange."""

    title: str
    wrote: str
    saw: str
    got: str


def columns(rows: list[Row]) -> Table:
    """Return the table, pseudonyms marked."""
    table = Table(show_lines=True, expand=True)
    table.add_column("", width=18, overflow="fold")
    for title in ("what the user wrote", "what the model saw", "what the user got"):
        table.add_column(title, ratio=1, overflow="fold")
    for number, row in enumerate(rows, start=1):
        saw = Text(row.saw)
        saw.highlight_regex(_PSEUDONYM, "bold cyan")
        table.add_row(Text(f"{number}. {row.title}"), Text(row.wrote), saw, Text(row.got))
    return table
