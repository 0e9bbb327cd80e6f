"""Pseudonyms: keyed codes that need no table to be the same tomorrow.

::

    <PERSON_7Q3K>          the value as first written
    <PERSON_7Q3K_M2X>      another spelling of the same value, another form of the same name
     PERSON_7Q3K           where brackets are illegal, as in a message's `name`
     EMAIL_7Q3K@pseudonym.invalid, ZZ00EUGUARD7Q3K      where a purpose keeps the format

The code is HMAC-SHA256, under the key of a scope, of (kind, normal form), written in 31
symbols: digits and consonants, so that no code is a word. Four symbols at first; five and
more, drawn anew, where a code

- belongs to another value already (the value that appears later gets the longer one),
- begins another one, or begins with another one: without brackets nobody could tell,
- has digits only: "case 2024" is no pseudonym,
- stands anywhere in the raw request, but as the very pseudonym of that value: then it was given
  out in an earlier turn and came back (a link or a tool that no value may go to has it). So a
  text that somebody typed cannot collide, and pulls nothing out but what its request has.

A tag after the code is keyed from the spelling, and tells spellings of one value apart so
that each comes back exactly. Nothing is kept: the key of the scope makes the same codes
over all turns of a conversation, and the way back lives as long as one exchange.

Sources: GDPR Art. 4(5); RFC 2104 (HMAC); ENISA, "Pseudonymisation techniques and best
practices" (2019) §5 (why a keyed function, and not a counter or a plain hash).
"""

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import Any

from euguard.pii.person import People
from euguard.pii.span import PersonalDataKind
from euguard.pii.spelling import normalise

ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
"""Digits and consonants, 31 symbols: about 4.95 bits each."""
SHORTEST_CODE = 4
SHORTEST_TAG = 3
"""One more than a kind could begin with: no kind is three consonants, so no tag begins one."""
LONGEST = 16
"""Symbols in a code or tag at most; 79 bits, beyond any collision that could lengthen it."""

MAILBOX = "@pseudonym.invalid"
"""What makes a form an e-mail address that no server has (RFC 2606 §2)."""
ACCOUNT = "ZZ00EUGUARD"
"""What makes a code an account that no bank has: no country is ZZ, and no checksum 00."""
FORMATS = frozenset({PersonalDataKind.EMAIL, PersonalDataKind.IBAN})
"""Kinds that have a format of their own beside brackets."""

_BEGINS_ACCOUNT = re.compile("Z(?:Z0{0,2})?$")
_KIND_BEGINS = frozenset(kind[:size] for kind in PersonalDataKind for size in (1, 2, 3))
_LONGEST_BEGIN = 3
_SYMBOLS = ALPHABET + ALPHABET.lower()
_KIND = f"(?P<kind>{'|'.join(f'(?i:{kind})' for kind in PersonalDataKind)})"
_RUN = re.compile(
    rf"(?P<line>[_\-\u2010\u2011\u2013]|(?i:\b(?:{'|'.join(PersonalDataKind)})\s))?"
    rf"(?P<symbols>[{_SYMBOLS}]{{2,}})"
)
_SPACE = "[ \u00a0]"
_SPACES = re.compile(_SPACE)
_GROUPED = re.compile(
    f"{f'{_SPACE}?'.join(ACCOUNT)}"
    rf"(?P<code>(?:{_SPACE}?[{_SYMBOLS}]){{{SHORTEST_CODE},{2 * LONGEST}}})",
    re.IGNORECASE,
)
"""An account in our format, in groups as people write them."""
_PSEUDONYM = re.compile(
    rf"(?<![^\W_]){_KIND}_(?P<code>[{_SYMBOLS}]{{{SHORTEST_CODE},}})"
    rf"(?:_(?P<tag>[{_SYMBOLS}]{{{SHORTEST_TAG},}}))?(?![^\W_])"
)
"""A whole pseudonym, as it was given out or as somebody typed it."""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What stands for one value in one spelling."""

    bare: str
    """As `PERSON_7Q3K`, for places where brackets are illegal."""
    written: str
    """As `<PERSON_7Q3K>`, or in the format of its kind."""


def scope_key(secret: bytes, purpose: str, conversation: str) -> bytes:
    """Return the key under which one value has one code: 32 bytes.

    `secret` belongs to the API key. Another key, purpose or conversation gives unrelated
    codes: nobody can follow a person from one to the other.
    """
    return _mac(secret, "euguard scope 1", purpose, conversation)


def conversation_of(body: Mapping[str, Any]) -> str:
    """Return what stands for the conversation if the client names none: 64 hex digits.

    A digest of the first user message, which stays the same while a conversation grows.
    It goes into `scope_key` only: the digest of a short text says what the text is.
    """
    messages = body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, Mapping) and message.get("role") == "user":
            return _mac(b"", "euguard conversation 1", *_texts(message.get("content"))).hex()
    return _mac(b"", "euguard conversation 1").hex()


class Pseudonyms:
    """Issues the pseudonyms of one request, in order of appearance."""

    def __init__(
        self,
        scope: bytes,
        raw: Iterable[str],
        formats: AbstractSet[PersonalDataKind] = frozenset(),
    ) -> None:
        """`raw` are all strings of the request as it came.

        `formats` are those of `FORMATS` that are written as an e-mail address or an account.
        """
        self._scope = scope
        self._formats = formats
        self._typed = _Typed(raw)
        self._codes: dict[tuple[PersonalDataKind, str], str] = {}
        self._issued: dict[tuple[PersonalDataKind, str], Pseudonym] = {}
        self._taken: dict[str, _PrefixFree] = {}
        self._people = People()

    def issue(self, kind: PersonalDataKind, surface: str) -> Pseudonym:
        """Return the pseudonym of a value as spelt; the same one each time."""
        known = self._issued.get((kind, surface))
        if known is None:
            known = self._new(kind, surface)
            self._issued[kind, surface] = known
        return known

    def originals(self) -> dict[str, str]:
        """Return every form issued so far, without brackets, and its value.

        A model that quotes a pseudonym in a file name drops the brackets, and the code alone
        is as unguessable. An account is there in both forms.
        """
        return {
            form: surface
            for (_, surface), pseudonym in self._issued.items()
            for form in (pseudonym.bare, pseudonym.written)
            if form == pseudonym.bare or form.startswith(ACCOUNT)
        }

    def _new(self, kind: PersonalDataKind, surface: str) -> Pseudonym:
        normal = normalise(kind, surface)
        if kind is PersonalDataKind.PERSON:
            normal = self._people.whose(surface, normal)
        code = self._codes.get((kind, normal))
        if code is None:
            code = self._draw(f"{kind}_", SHORTEST_CODE, "code", normal)
            self._codes[kind, normal] = code
            return self._written(kind, code)
        stem = f"{kind}_{code}_"
        return self._written(kind, code, self._draw(stem, SHORTEST_TAG, "tag", surface))

    def _written(self, kind: PersonalDataKind, *symbols: str) -> Pseudonym:
        bare = "_".join((kind, *symbols))
        if kind not in self._formats:
            return Pseudonym(bare, f"<{bare}>")
        if kind is PersonalDataKind.EMAIL:
            return Pseudonym(bare, bare + MAILBOX)
        return Pseudonym(bare, ACCOUNT + "".join(symbols))

    def _draw(self, stem: str, shortest: int, *of: str) -> str:
        taken = self._taken.setdefault(stem, _PrefixFree(shortest))
        candidates = _candidates(self._scope, shortest, stem, *of)
        drawn = next(filter(partial(self._fits, stem, taken), candidates))
        taken.add(drawn)
        return drawn

    def _fits(self, stem: str, taken: "_PrefixFree", symbols: str) -> bool:
        return (
            taken.fits(symbols)
            and not symbols.isdigit()
            and not self._typed.has(stem, symbols)
            # "PERSON 7Q" typed right before an account: 7Q|ZZ00EUGUARD…
            and not (self._formats and _BEGINS_ACCOUNT.search(symbols))
        )


class _Typed:
    """All that the request holds and that a code could be part of, in either case."""

    def __init__(self, raw: Iterable[str]) -> None:
        # Only runs of a code's symbols can hold one.
        self._runs: set[str] = set()
        self._given: dict[str, set[str]] = {}
        """Stem of a pseudonym in the request → the codes, or tags, that stand behind it."""
        self._cut: set[str] = set()
        """Symbols behind a line or a kind: another pseudonym right behind could go on with them."""
        for text in raw:
            self._read(text)
        self._parts: dict[int, set[str]] = {}

    def _read(self, text: str) -> None:
        for account in _GROUPED.finditer(text):
            self._runs.add(_SPACES.sub("", account["code"]).upper())
        for run in _RUN.finditer(_PSEUDONYM.sub(self._note, text)):
            symbols = run["symbols"].upper()
            self._runs.add(symbols)
            if run["line"]:
                self._cut.add(symbols)

    def _note(self, found: re.Match[str]) -> str:
        """Note a whole pseudonym, and leave a gap in its place."""
        stem = f"{found['kind'].upper()}_"
        self._given.setdefault(stem, set()).add(found["code"].upper())
        if found["tag"]:
            tagged = f"{stem}{found['code'].upper()}_"
            self._given.setdefault(tagged, set()).add(found["tag"].upper())
        return " "

    def has(self, stem: str, symbols: str) -> bool:
        """Tell whether `symbols` stand in the request otherwise than behind `stem`.

        Or could come to stand there, where a pseudonym follows upon symbols that somebody typed.
        """
        return (
            self._in_runs(symbols)
            or any(
                symbols in given and not (own == stem and symbols == given)
                for own, all_given in self._given.items()
                for given in all_given
            )
            or any(
                symbols[:size] in self._cut and symbols[size:] in _KIND_BEGINS
                for size in range(len(symbols) - _LONGEST_BEGIN, len(symbols))
            )
        )

    def _in_runs(self, symbols: str) -> bool:
        size = len(symbols)
        if size not in self._parts:
            # All parts of that length at once: a search per value would take values times text.
            self._parts[size] = {
                run[at : at + size] for run in self._runs for at in range(len(run) - size + 1)
            }
        return symbols in self._parts[size]


class _PrefixFree:
    """Symbols of which none begins another."""

    def __init__(self, shortest: int) -> None:
        self._shortest = shortest
        self._whole: set[str] = set()
        self._beginnings: set[str] = set()

    def fits(self, symbols: str) -> bool:
        return symbols not in self._beginnings and self._whole.isdisjoint(self._parts(symbols))

    def add(self, symbols: str) -> None:
        self._whole.add(symbols)
        self._beginnings.update(self._parts(symbols))

    def _parts(self, symbols: str) -> Iterator[str]:
        return (symbols[:length] for length in range(self._shortest, len(symbols) + 1))


def _candidates(scope: bytes, shortest: int, *of: str) -> Iterator[str]:
    """Yield symbols for `of`, without end: each drawn anew, one symbol longer up to `LONGEST`."""
    attempt = shortest
    while True:
        number = int.from_bytes(_mac(scope, "euguard code 1", str(attempt), *of))
        symbols = []
        for _ in range(min(attempt, LONGEST)):
            number, digit = divmod(number, len(ALPHABET))
            symbols.append(ALPHABET[digit])
        yield "".join(symbols)
        attempt += 1


def _mac(key: bytes, *fields: str) -> bytes:
    """HMAC-SHA256 over the fields, each behind its length so that none can pose as two."""
    message = b"".join(
        # A conversation is digested before it is checked, so half a surrogate may be in it.
        len(data).to_bytes(8) + data
        for data in (field.encode("utf-8", "surrogatepass") for field in fields)
    )
    return hmac.digest(key, message, "sha256")


def _texts(content: object) -> Iterator[str]:
    """Yield the texts of a message's content, whatever shape the client gave it."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            text = part.get("text") if isinstance(part, Mapping) else None
            if isinstance(text, str):
                yield text
