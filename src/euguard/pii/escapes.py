r"""Escapes: the same text once more, as the layer reads it that it was written for.

A link says `anna%40example.eu`, an HTML page `Katharina&nbsp;<b>Vogelsang</b>`, a program
that pasted JSON into its prompt `Fran\u00e7ois`, Markdown and patterns `example\.eu`. A
model reads all of that, so recognisers do as well::

    percent-encoding    %40  %C3%A9  +                          RFC 3986 §2.1, URL standard §5
    HTML                &amp;  &#64;  &nbsp;  and tags          HTML standard §13.5
    JSON, Python, C     \u00e7  \xe7  \n                        RFC 8259 §7
    Markdown, patterns  \.  \@  \s+                             CommonMark §2.4

Any number of backslashes counts as one: JSON in JSON doubles them.
"""

import html
import re
from collections.abc import Iterator

_BACKSLASHES = r"\\{1,16}"
# Each branch begins with a sign of its own, so that a search passes quickly over prose.
_ESCAPE = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    rf"|(?P<units>(?:{_BACKSLASHES}(?:u[0-9A-Fa-f]{{4}}|x[0-9A-Fa-f]{{2}}))+)"
    rf"|(?P<space>{_BACKSLASHES}(?:[nrt]|s[+*]?)|\+(?<=[^\W_]\+)(?=[^\W_]))"
    rf"|{_BACKSLASHES}(?P<sign>[!-/:-@\[\]-`{{-~])"
    r"|(?P<tag></?[A-Za-z][^<>]{0,200}>)"
)
_UNIT = re.compile(r"[ux]([0-9A-Fa-f]{2,4})")


def changes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, what it says) for every escape in `text`, in order."""
    for found in _ESCAPE.finditer(text):
        said = _said(found)
        if said != found[0]:
            yield found.start(), found.end(), said


def _said(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "percent":
            return _of_bytes(bytes.fromhex(found[0].replace("%", "")))
        case "entity":
            return html.unescape(found[0])
        case "units":
            units = "".join(chr(int(unit, 16)) for unit in _UNIT.findall(found[0]))
            # Two halves of a surrogate pair are one character; one half is none.
            return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case "space":
            return " "
        case "sign":
            return found["sign"]
        case _:
            return ""


def _of_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
