"""What the demo prints, at the width of the terminal, and in three columns.

    what the user wrote · what the model saw · what the user got

Text is folded and keeps its indent; a command is never folded, so that it can be pasted. Nothing
is cut at any width.
"""

import contextlib
import re
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_OF_A_FILE = 140
_PSEUDONYM = re.compile(r"<[A-Z]+_[0-9A-Z_]+>|\b[A-Z]+_[0-9BCDFGHJKLMNPQRSTVWXYZ]{4,}\b")


def console() -> Console:
    """Return the console for stdout."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)


class Page:
    """What the demo writes on."""

    def __init__(self, console: Console) -> None:
        """Take the console to write to."""
        self._console = console
        self.steps: list[tuple[str, float]] = []
        """What happened, with the seconds that it took."""

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say what happens now, and remember how long it took."""
        self._line(f"▶ {title}", style="bold")
        began = time.monotonic()
        yield
        self.steps.append((title, time.monotonic() - began))

    def heading(self, title: str) -> None:
        """Begin a part."""
        self._line(f"\n{title}", style="bold")

    def say(self, text: str) -> None:
        """Write lines, indented; a line that is too long keeps its indent when it is folded."""
        for line in text.rstrip().splitlines():
            self._line(
                textwrap.fill(
                    line,
                    width=self._console.width,
                    initial_indent="  ",
                    subsequent_indent="    ",
                    break_on_hyphens=False,
                )
            )

    def command(self, line: str) -> None:
        """Write a command to paste: one line, at the margin."""
        self._line(line)

    def verdict(self, text: str, *, good: bool) -> None:
        """Write the last word."""
        folded = textwrap.fill(text, width=self._console.width, break_on_hyphens=False)
        self._line(f"\n{folded}", style="bold green" if good else "bold red")

    def table(self, rows: "list[Row]") -> None:
        """Write the three columns."""
        self._console.print(columns(rows))

    def _line(self, text: str, style: str = "") -> None:
        # Text, not markup: a program's output may hold brackets. Folded above, or not at all.
        self._console.print(Text(text, style=style), soft_wrap=True)


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
    table.add_column("", width=14, overflow="fold")
    for title in ("what the user wrote", "what the model saw", "what the user got"):
        table.add_column(title, ratio=1, overflow="fold")
    for number, row in enumerate(rows, start=1):
        saw = Text(row.saw)
        saw.highlight_regex(_PSEUDONYM, "bold cyan")
        table.add_row(Text(f"{number}. {row.title}"), Text(row.wrote), saw, Text(row.got))
    return table
