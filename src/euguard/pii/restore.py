r"""The way back: pseudonyms in a reply become values again, however the reply is cut.

A stream is cut anywhere, so a piece may end inside a pseudonym. `feed` gives out all that
no continuation can change and holds back the rest, never more than one pseudonym's length:

    feed("Dear <PERS")  → "Dear "          held: "<PERS"
    feed("ON_7Q3K>, ")  → "Anna Berg, "    held: ""

Only forms issued in this exchange are restored. In JSON text the model may spell any
character as an escape (`\u003cPERSON_7Q3K\u003e`), and a value must be escaped where it goes
in; in Markdown it may escape the line between kind and code (`PERSON\_7Q3K`), so that it makes
nothing italic. Everything else passes byte for byte.

Sources: RFC 8259 §7 (escapes).
"""

import re
from collections.abc import Mapping
from functools import reduce

import orjson

from euguard.pii.pseudonym import ALPHABET, LONGEST, SHORTEST_CODE, SHORTEST_TAG
from euguard.pii.span import PersonalDataKind

LONGEST_FORM = max(map(len, PersonalDataKind)) + 2 * LONGEST + 6
"""Characters in a pseudonym at most; in JSON each may be an escape of six."""


class Restorer:
    """Restores one text of a reply, fed in pieces."""

    __slots__ = ("_held", "_json", "_originals", "restored", "unknown")

    def __init__(self, originals: Mapping[str, str], *, json: bool = False) -> None:
        """`originals` maps issued forms to values; `json` says that the text is JSON."""
        self._originals = originals
        self._json = json
        self._held = ""
        self.restored = 0
        """Pseudonyms put back into values."""
        self.unknown = 0
        """Pseudonym-looking texts that were never issued, left as they are."""

    def feed(self, text: str) -> str:
        """Take the next piece and return what is settled."""
        return self._settle(self._held + text, _JSON if self._json else _TEXT)

    def finish(self) -> str:
        """Return what was held back: the text ends here."""
        return self._settle(self._held, _LAST_JSON if self._json else _LAST_TEXT)

    def _settle(self, text: str, pattern: re.Pattern[str]) -> str:
        # What happens at a place depends only on what follows it, and happens when enough of
        # that is there: this is why cutting makes no difference.
        self._held = ""
        settled: list[str] = []
        kept = at = 0
        while (match := pattern.search(text, at)) is not None:
            at = match.end()
            if match.lastgroup == "open":
                self._held = match[0]
                text = text[: match.start()]
            elif match.lastgroup == "looks":
                value, length = self._look_up(match[0])
                if value is None:
                    self.unknown += 1
                    continue
                self.restored += 1
                settled += (text[kept : match.start()], value)
                kept = at = match.start() + length
        return "".join((*settled, text[kept:]))

    def _look_up(self, found: str) -> tuple[str | None, int]:
        """Return the value that begins `found`, ready to go in, and how far its form goes."""
        units = _UNIT.findall(found) if "\\" in found else found
        form = "".join(map(_read, units))
        # Without brackets a code may run into what follows it: PERSON_7Q3K2024.
        for length in range(len(form), 0, -1):
            value = self._originals.get(form[:length])
            if value is not None:
                inserted = orjson.dumps(value).decode()[1:-1] if self._json else value
                return inserted, sum(map(len, units[:length]))
        return None, 0


def _read(unit: str) -> str:
    """Return the character that `unit` stands for."""
    if len(unit) == 1:
        return unit
    character: str = "_" if unit == _MARKDOWN else orjson.loads(f'"{unit}"')
    return character


# ------------------------------------------------------------------ the patterns


def _sign(signs: str, *, json: bool) -> str:
    """A pattern for one of `signs`, in JSON also as its escape."""
    if not json:
        return f"[{signs}]"
    return rf"(?:[{signs}]|\\u(?i:{'|'.join(f'{ord(sign):04x}' for sign in signs)}))"


def _line(*, json: bool) -> str:
    """A pattern for what stands between kind, code and tag."""
    return _sign("_", json=True) if json else r"\\?_"


def _looks(*, json: bool) -> str:
    """A pattern for all that looks like a pseudonym, issued or not."""
    symbol, line = _sign(ALPHABET, json=json), _line(json=json)
    kinds = "|".join(
        "".join(_sign(letter, json=json) for letter in kind) for kind in PersonalDataKind
    )
    bare = (
        f"(?:{kinds}){line}{symbol}{{{SHORTEST_CODE},{LONGEST}}}"
        f"(?:{line}{symbol}{{{SHORTEST_TAG},{LONGEST}}})?"
    )
    return f"{_sign('<', json=json)}{bare}{_sign('>', json=json)}|{bare}"


def _open(*, json: bool) -> str:
    """A pattern for an end of text that more text could make a pseudonym, or a longer one."""
    symbol, line = _sign(ALPHABET, json=json), _line(json=json)
    # In JSON a backslash begins an escape, which is looked for below.
    half = "" if json else r"|\\"
    code = f"{symbol}{{0,{LONGEST}}}(?:{line}{symbol}{{0,{LONGEST}}}{half})?"
    kinds = "|".join(
        # P(?:E(?:R(?:S(?:O(?:N(?:_ code )?)?)?)?)?)?
        reduce(
            lambda rest, sign: f"{sign}(?:{rest})?",
            [_sign(letter, json=json) for letter in reversed(kind)],
            line + code + half,
        )
        for kind in PersonalDataKind
    )
    begun = f"(?:{_sign('<', json=json)}(?:{kinds})?|{kinds})"
    if json:
        escape = r"\\(?:u[0-9a-fA-F]{0,3})?"
        begun = f"(?:{begun}(?:{escape})?|{escape})"
    return rf"{begun}\Z"


_ESCAPE = r"\\(?:u[0-9a-fA-F]{4}|[^u])"
"""A whole escape is stepped over, so that the backslash of `\\\\u003c` begins nothing."""
_MARKDOWN = r"\_"
_UNIT = re.compile(r"\\u[0-9a-fA-F]{4}|\\_|[^\\]")

_TEXT = re.compile(f"(?P<open>{_open(json=False)})|(?P<looks>{_looks(json=False)})")
_JSON = re.compile(
    f"(?P<open>{_open(json=True)})|(?P<looks>{_looks(json=True)})|(?P<escape>{_ESCAPE})",
    re.DOTALL,
)
_LAST_TEXT = re.compile(f"(?P<looks>{_looks(json=False)})")
_LAST_JSON = re.compile(f"(?P<looks>{_looks(json=True)})")
"""For what is held back at the end: there JSON has no other escape."""
