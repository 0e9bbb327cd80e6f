"""Papers as Markdown and HTML: the same facts give the same bytes.

Every value may hold anything that somebody typed into a YAML file. In both formats whatever a
template prints is escaped unless the template itself says otherwise.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from euguard.evidence.document import Document
from euguard.evidence.facts import Fact, Provenance

WORDS: Mapping[Provenance, str] = MappingProxyType(
    {
        Provenance.OBSERVED: "counted in the log, up to the checkpoint named at the end",
        Provenance.CONFIG: "set in a file or a setting that the program obeys",
        Provenance.UPSTREAM: "stated by the law or by the provider of the model",
        Provenance.DECLARED: "stated in the organisation's policies; the program cannot check it",
        Provenance.DERIVED: "follows from other facts, which the source names",
        Provenance.GAP: "nobody has stated it; it is among the open items",
    }
)
"""What each mark means, as papers print it."""

UNAPPROVED = (
    "came with euguard, or were changed since, and nobody of the organisation has approved them"
)
"""What it means that a field is not yet approved, as papers print it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A source at the end of a paper, under its number."""

    number: int
    source: str
    as_of: date
    proof: str
    url: str | None


def to_markdown(document: Document) -> str:
    """Return the paper in Markdown (CommonMark)."""
    return _MARKDOWN.get_template("document.md").render(_context(document))


def to_html(document: Document) -> str:
    """Return the paper as one HTML file: no script, nothing loaded."""
    return _HTML.get_template("document.html").render(_context(document))


def index_html(documents: Sequence[Document]) -> str:
    """Return the page that lists the papers and what is open in each."""
    return _HTML.get_template("index.html").render(documents=documents, stamp=documents[0].stamp)


def _context(document: Document) -> dict[str, Any]:
    numbers: dict[tuple[str, date, str, str | None], int] = {}
    for field in document.fields():
        numbers.setdefault(_key(field.fact), len(numbers) + 1)
    return {
        "document": document,
        "stamp": document.stamp,
        "notes": [Note(number, *key) for key, number in numbers.items()],
        "number": lambda fact: numbers[_key(fact)],
        "words": WORDS,
        "unapproved": UNAPPROVED,
        "total": sum(count for _, count in document.coverage()),
    }


def _key(fact: Fact) -> tuple[str, date, str, str | None]:
    return fact.source, fact.as_of, fact.proof, fact.url


# Characters that change how the text around them is shown: U+202E turns "5 days" around.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~#])")
_ITEM = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")


def plain(value: object) -> str:
    """Return the value in one line, without characters that act instead of being read."""
    text = _BIDI.sub("\N{REPLACEMENT CHARACTER}", str(value))
    text = "".join(" " if unicodedata.category(mark) == "Cc" else mark for mark in text)
    # An empty list item in Markdown would turn the line above it into a heading.
    return " ".join(text.split()) or "(blank)"


def _html(value: object) -> object:
    return value if isinstance(value, Markup) else plain(value)


def _markdown(value: object) -> str:
    if isinstance(value, Markup):
        return str(value)
    text = _MARKUP.sub(r"\\\1", plain(value)).replace("&", "&amp;")
    # A text at the beginning of a line must not begin a list or underline a heading.
    return _ITEM.sub(lambda match: f"{match[1]}\\" if match[1].isdigit() else f"\\{match[1]}", text)


def _link(url: str | None) -> str:
    """Return the address if it is one of the web, with nothing in it that ends a link."""
    if url is None or not url.startswith(("http://", "https://")):
        return ""
    return quote(url, safe=":/?#@!$&'*+,;=%~-._()")


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=autoescape,  # noqa: S701 - Markdown has its own escaping, in `finalize`
        undefined=StrictUndefined,
        finalize=_html if autoescape else _markdown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["link"] = _link
    return environment


_HTML = _environment(autoescape=True)
_MARKDOWN = _environment(autoescape=False)
