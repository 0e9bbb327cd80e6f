r"""What looks like a pseudonym in a model's reply, in all spellings that models give it.

::

    <PERSON_7Q3K_M2X>                                as issued
    PERSON_7Q3K  PERSON\_7Q3K  <PERSON_7Q3K          brackets lost, Markdown's escapes
    &lt;PERSON_7Q3K&gt;  \<PERSON_7Q3K\>         as HTML and Markdown have it
    <person_7q3k>  Person-7q3k  <PERSON 7Q3K>        other case, another sign between
    <PERSON_7Q3K:n>  <PERSON_7Q3Kn>                  an ending of grammar inside the brackets
    EMAIL_7Q3K@pseudonym.invalid  ZZ00EUGUARD7Q3K    in the format of its kind

The code itself is never guessed at: each symbol has to be there, in one case or the other.

`pattern` finds whole forms, and at the end of a text the beginning of one, which more text may
complete; `Looks` takes a find apart. In JSON each character may be an escape.

Sources: RFC 8259 §7 (escapes of JSON); CommonMark 0.31 §2.4 (backslash escapes); HTML §13.5
(named character references).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final

import orjson

from euguard.pii.pseudonym import (
    ACCOUNT,
    ALPHABET,
    LONGEST,
    MAILBOX,
    SHORTEST_CODE,
    SHORTEST_TAG,
)
from euguard.pii.span import PersonalDataKind

LONGEST_ENDING: Final = 8
"""Letters of an ending inside brackets."""
LONGEST_FORM: Final = max(map(len, PersonalDataKind)) + 2 * LONGEST + len(MAILBOX) + 32
"""Characters in a form at most, escapes of Markdown and HTML included; in JSON each may be six."""

_BETWEEN = "_\\- \u00a0\u2010\u2011\u2013\u2014\u202f"
"""What stands for the line between kind and code: hyphens, spaces."""
_OPENING = "<\u2039\uff1c"
_CLOSING = ">\u203a\uff1e"
_LESS = ("&lt;", "&#60;", "&#x3c;", "%3c")
_GREATER = ("&gt;", "&#62;", "&#x3e;", "%3e")
"""Brackets as HTML and addresses spell them."""
_LOWER = "a-z\u00df-\u00f6\u00f8-\u00ff\u0101-\u017f\u03ac-\u03ce\u0430-\u045f"


_FIRST = sorted({word[:3] for word in (*map(str, PersonalDataKind), ACCOUNT)})
_LOWER_ESCAPED = (
    "00(?:6[1-9a-f]|7[0-9a]|df|e[0-9a-f]|f[0-689a-f])|01[0-7][0-9a-f]"
    "|03(?:a[c-f]|b[0-9a-f]|c[0-9a-e])|04[345][0-9a-f]"
)
"""The same letters as JSON escapes them."""


def _boundary(*, json: bool) -> str:
    """Return the pattern of where a word begins, also behind an escape of JSON."""
    escaped = r"|(?<=\\u[0-9a-fA-F]{4})" if json else ""
    return rf"(?:(?<![^\W_])|(?<=\\[bfnrt]){escaped})"


def _beginnings(write: Callable[[str], str], escape: str) -> str:
    """Return a pattern for the first letters of a word of a form, or fewer at the end."""
    return "|".join(
        reduce(
            lambda rest, sign: rf"(?:{escape}{write(sign)}(?:{rest}|\Z))",
            reversed(word[:-1]),
            f"(?:{escape}{write(word[-1])})",
        )
        for word in _FIRST
    )


def _begins(*, json: bool) -> str:
    """Return the pattern of what every form begins with: most places are passed over by it."""
    escape = r"\\|" if json else ""
    capital = _beginnings(str, escape)
    either = _beginnings(lambda sign: f"[{sign}{sign.lower()}]", escape)
    return rf"(?=[{_OPENING}&%\\]|{capital}|{_boundary(json=json)}(?:{either}))"


# ------------------------------------------------------------------ building patterns


@dataclass(frozen=True, slots=True)
class _Part:
    """A pattern for a part of a form, and one for what more text can make that part."""

    whole: str
    begun: str = "(?!)"


def _in_order(*parts: _Part) -> _Part:
    begun = reduce(
        lambda rest, part: f"(?:{part.whole}(?:{rest})?|{part.begun})",
        reversed(parts[:-1]),
        parts[-1].begun,
    )
    return _Part("".join(part.whole for part in parts), begun)


def _either(*parts: _Part) -> _Part:
    return _Part(
        f"(?:{'|'.join(part.whole for part in parts)})",
        f"(?:{'|'.join(part.begun for part in parts)})",
    )


def _times(part: _Part, fewest: int, most: int) -> _Part:
    begun = f"(?:{part.whole}){{0,{most}}}(?:{part.begun})?"
    return _Part(f"(?:{part.whole}){{{fewest},{most}}}", begun)


def _perhaps(part: _Part) -> _Part:
    return _Part(f"(?:{part.whole})?", part.begun)


class _Patterns:
    """The patterns of plain text, or those of JSON."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        code = self._sign(ALPHABET + ALPHABET.lower())
        capitals = self._sign(ALPHABET)
        mailbox = _perhaps(_either(*map(self._any_case, (MAILBOX, MAILBOX.replace("@", "%40")))))
        kinds = _either(*map(self._any_case, PersonalDataKind))
        strict = _in_order(
            _either(*map(self._word, PersonalDataKind)),
            self._line("_"),
            *self._symbols(capitals, self._line("_")),
        )
        mailed = _in_order(strict, mailbox)
        near = _in_order(
            _Part(_boundary(json=json)),
            kinds,
            self._line(_BETWEEN),
            *self._symbols(code, self._line(_BETWEEN)),
            mailbox,
        )
        account = _in_order(
            self._word(ACCOUNT, spaced=True),
            _times(self._spaced(ALPHABET), SHORTEST_CODE, 2 * LONGEST),
        )
        inner = (
            kinds,
            self._line(_BETWEEN),
            *self._symbols(code, self._line(_BETWEEN)),
            _perhaps(_in_order(_perhaps(self._sign(":'\u2019\\-")), self._ending())),
        )
        opening, closing = self._bracket(_OPENING, *_LESS), self._bracket(_CLOSING, *_GREATER)
        # A backslash belongs to the form only if Markdown escaped both brackets: C:\\Users\\<…>.
        escaped = (self._escaped("<"), *inner, self._escaped(">"))
        closed = _either(_in_order(opening, *inner, closing), _in_order(*escaped))
        half = _in_order(opening, strict)
        loose = f"{half.whole}(?![\\w>@%])|{mailed.whole}|{near.whole}|{account.whole}"
        begun = "|".join(f"{part.whole}|{part.begun}" for part in (half, mailed, near, account))
        looks = f"(?P<looks>{closed.whole}|{loose})"
        # A whole escape is stepped over, so that the backslash of `\\u003c` begins nothing.
        escape = r"|(?P<escape>\\(?:u[0-9a-fA-F]{4}|[^u]))" if json else ""
        lone = r"|\\(?:u[0-9a-fA-F]{0,3})?" if json else ""
        begins = _begins(json=json)
        unfinished = f"(?P<open>(?:{closed.begun}|{begun}{lone})\\Z)"
        self.found = re.compile(f"{begins}(?:{unfinished}|{looks}{escape})", re.DOTALL)
        self.last = re.compile(f"{begins}(?:{looks}{escape})", re.DOTALL)

    def _sign(self, signs: str) -> _Part:
        """One of `signs`, a class of `re`; in JSON also as its escape."""
        if not self._json:
            return _Part(f"[{signs}]")
        single = signs.replace("\\", "")
        escapes = "|".join(f"{ord(sign):04x}" for sign in single)
        return _Part(rf"(?:[{signs}]|\\u(?i:{escapes}))", r"\\(?:u[0-9a-fA-F]{0,3})?")

    def _spaced(self, signs: str) -> _Part:
        return _in_order(_perhaps(self._sign(" \u00a0")), self._sign(signs))

    def _word(self, word: str, *, spaced: bool = False) -> _Part:
        sign = self._spaced if spaced else self._sign
        first, *others = map(re.escape, word)
        return _in_order(self._sign(first), *map(sign, others))

    def _any_case(self, word: str) -> _Part:
        return _in_order(*map(self._either_case, word))

    def _line(self, signs: str) -> _Part:
        """What stands between kind, code and tag; Markdown may escape it."""
        backslash = _Part(r"\\\\", r"\\") if self._json else _Part(r"\\")
        return _in_order(_perhaps(backslash), self._sign(signs))

    @staticmethod
    def _symbols(symbol: _Part, line: _Part) -> tuple[_Part, _Part]:
        tag = _in_order(line, _times(symbol, SHORTEST_TAG, LONGEST))
        return _times(symbol, SHORTEST_CODE, LONGEST), _perhaps(tag)

    def _ending(self) -> _Part:
        if not self._json:
            return _times(_Part(f"[{_LOWER}]"), 1, LONGEST_ENDING)
        letter = _Part(rf"(?:[{_LOWER}]|\\u(?i:{_LOWER_ESCAPED}))", r"\\(?:u[0-9a-fA-F]{0,3})?")
        return _times(letter, 1, LONGEST_ENDING)

    def _bracket(self, signs: str, *spellings: str) -> _Part:
        words = (_in_order(*(self._either_case(sign) for sign in word)) for word in spellings)
        return _either(self._sign(signs), *words)

    def _escaped(self, sign: str) -> _Part:
        backslash = _Part(r"\\\\", r"\\") if self._json else _Part(r"\\")
        return _in_order(backslash, self._sign(sign))

    def _either_case(self, sign: str) -> _Part:
        return self._sign("".join(map(re.escape, sorted({sign.lower(), sign.upper()}))))


_TEXT = _Patterns(json=False)
_JSON = _Patterns(json=True)


def pattern(*, json: bool, last: bool) -> re.Pattern[str]:
    """Return the pattern that finds forms: its group `looks` is one, `open` may become one.

    `last` says that no more text comes, so that nothing is unfinished.
    """
    patterns = _JSON if json else _TEXT
    return patterns.last if last else patterns.found


# ------------------------------------------------------------------ reading a find

_OPEN = rf"(?:\\?[{_OPENING}]|(?i:{'|'.join(map(re.escape, _LESS))}))"
_CLOSE = rf"(?:\\?[{_CLOSING}]|(?i:{'|'.join(map(re.escape, _GREATER))}))"
_GAP = "[ \u00a0]?"
_SYMBOL = f"[{ALPHABET}{ALPHABET.lower()}]"
_READ = re.compile(
    rf"(?P<open>{_OPEN})?"
    rf"(?:(?P<kind>[A-Za-z]+?)(?P<line>\\?[{_BETWEEN}])"
    rf"(?P<code>{_SYMBOL}{{{SHORTEST_CODE},{LONGEST}}})"
    rf"(?:\\?[{_BETWEEN}](?P<tag>{_SYMBOL}{{{SHORTEST_TAG},{LONGEST}}}))?"
    rf"|(?P<account>{_GAP.join(ACCOUNT)}(?:{_GAP}[{ALPHABET}]){{{SHORTEST_CODE},{2 * LONGEST}}}))"
    rf".*?(?P<close>{_CLOSE})?",
    re.DOTALL,
)
_MAILBOX = re.compile(re.escape(MAILBOX).replace("@", "(?:@|%40)"), re.IGNORECASE)
_REST = re.compile(rf"(?P<ending>[:'\u2019-]?[{_LOWER}]{{1,{LONGEST_ENDING}}})?{_CLOSE}")
_UNIT = re.compile(r"\\u[0-9a-fA-F]{4}|\\\\|[^\\]", re.DOTALL)


class Looks:
    """One text that looks like a pseudonym, taken apart."""

    __slots__ = ("_read", "_text", "_units")

    def __init__(self, found: str, *, json: bool) -> None:
        """`found` is a find of `pattern`; `json` says that the text is JSON."""
        escaped = json and "\\" in found
        self._units = _UNIT.findall(found) if escaped else None
        """As the model wrote each character, where it may have written an escape."""
        self._text = "".join(map(_character, self._units)) if self._units else found
        read = _READ.fullmatch(self._text)
        assert read is not None, (
            "both patterns describe the same forms"
        )  # a test holds them together
        self._read = read

    def forms(self) -> Iterator[tuple[str, int]]:
        """Yield each form that may begin here, as issued, and where it ends; longest first.

        Without brackets a code may run into what follows it: PERSON_7Q3K2024.
        """
        read = self._read
        if read["account"]:
            signs = [at for at, sign in enumerate(self._text) if sign.isalnum()]
            form = "".join(self._text[at] for at in signs)
            yield from ((form[:size], signs[size - 1] + 1) for size in range(len(form), 0, -1))
            return
        stem = f"{read['kind']}_{read['code']}".upper()
        if read["tag"]:
            form = f"{stem}_{read['tag'].upper()}"
            for size in range(len(form), len(stem) + 1, -1):
                yield form[:size], read.end("tag") - len(form) + size
        for size in range(len(stem), 0, -1):
            yield stem[:size], read.end("code") - len(stem) + size

    def spelt(self, form: str) -> bool:
        """Tell whether this is near enough to the spelling of `form` to be meant as it.

        In other spellings and without brackets, a code of digits may be a number: "Case 2024".
        """
        number = not form.partition("_")[2].strip("0123456789_")
        return self.strict or self.closed or not number

    def rest(self, end: int) -> tuple[str, int] | None:
        """Return the ending that goes on a form ending at `end`, and where all of it ends.

        None where another code stands in the brackets.
        """
        following = self._text[end:]
        if not self.closed:
            mailbox = _MAILBOX.match(following)
            return "", end + (mailbox.end() if mailbox else 0)
        rest = _REST.fullmatch(following)
        if rest is None:
            return None
        ending: str = rest["ending"] or ""
        small = any(map(str.islower, self._text[self._read.start("code") : end]))
        return None if small and ending[:1].isalpha() else (ending, len(self._text))

    def written(self, end: int) -> int:
        """Return how many characters the model wrote for the first `end` of this."""
        return sum(map(len, self._units[:end])) if self._units else end

    @property
    def kind_ends(self) -> int:
        """Where what may hold another form begins, if this is none."""
        return self._read.end("line") if self._read["kind"] else len(ACCOUNT)

    @property
    def closed(self) -> bool:
        """Whether it stands in brackets."""
        return bool(self._read["open"] and self._read["close"])

    @property
    def strict(self) -> bool:
        """Whether kind and code are spelt as issued, but for an escape of Markdown."""
        read = self._read
        if read["account"]:
            return True
        return bool(read["line"].endswith("_") and (read["kind"] + read["code"]).isupper())

    @property
    def unknown(self) -> bool:
        """Whether this is a pseudonym for certain, if not one of this exchange."""
        line = self._read["line"] or ""
        return self.strict or (self.closed and line.endswith("_"))

    @property
    def html(self) -> bool:
        """Whether a bracket is a reference of HTML, so that a value is to be written as HTML."""
        return "&" in (self._read["open"] or "")


def _character(unit: str) -> str:
    """Return the character that `unit` of JSON stands for."""
    if len(unit) == 1:
        return unit
    character: str = orjson.loads(f'"{unit}"')
    return character
