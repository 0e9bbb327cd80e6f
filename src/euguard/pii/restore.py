r"""The way back: pseudonyms in a reply become values again, however the reply is cut.

A stream is cut anywhere, so a piece may end inside a pseudonym. `feed` gives out all that
no continuation can change and holds back the rest, never more than one pseudonym's length:

    feed("Dear <PERS")  → "Dear "          held: "<PERS"
    feed("ON_7Q3K>, ")  → "Anna Berg, "    held: ""

Only forms issued in this exchange are restored, in the spellings that `pii/looks.py` lists.
A value is written as its place needs it: escaped in JSON and in HTML, percent-encoded in an
address whose host the purpose allows, and not at all in another address (`pii/link.py`).
Everything else passes byte for byte.

Sources: RFC 8259 §7 (escapes); RFC 3986 §2.1 (percent-encoding).
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from html import escape
from urllib.parse import quote

import orjson

from euguard.pii.link import Links, Place
from euguard.pii.looks import Looks, pattern

_BEFORE = 6
"""Characters read that are kept: an escape of JSON before a form."""


class Restorer:
    """Restores one text of a reply, fed in pieces."""

    __slots__ = (
        "_before",
        "_held",
        "_json",
        "_links",
        "_originals",
        "_withhold",
        "restored",
        "unknown",
        "withheld",
    )

    def __init__(
        self,
        originals: Mapping[str, str],
        *,
        json: bool = False,
        links: AbstractSet[str] = frozenset(),
        withhold: bool = False,
    ) -> None:
        """`originals` maps issued forms without brackets to values.

        `json` says that the text is JSON; `links` are the hosts into whose addresses values
        may go, in lower case; `withhold` says that no value may go anywhere.
        """
        self._originals = originals
        self._json = json
        self._links = Links(links, json=json)
        self._withhold = withhold
        self._held = ""
        self._before = ""
        """The last characters that were read and are not held."""
        self.restored = 0
        """Pseudonyms put back into values."""
        self.unknown = 0
        """Pseudonym-looking texts that were never issued, left as they are."""
        self.withheld = 0
        """Pseudonyms left as they are because no value may go there."""

    def feed(self, text: str) -> str:
        """Take the next piece and return what is settled."""
        return self._settle(self._held + text, last=False)

    def finish(self) -> str:
        """Return what was held back: the text ends here."""
        return self._settle(self._held, last=True)

    def _settle(self, text: str, *, last: bool) -> str:
        # What happens at a place depends only on what follows it and on what is right before,
        # and happens when enough is there: this is why cutting makes no difference.
        look = pattern(json=self._json, last=last)
        kept = at = len(self._before)
        text, self._held = self._before + text, ""
        settled: list[str] = []
        while (match := look.search(text, at)) is not None:
            at = match.end()
            if match.lastgroup == "open":
                self._held = match[0]
                text = text[: match.start()]
                break
            if match.lastgroup == "looks":
                passed = text[kept : match.start()]
                self._links.read(passed)
                written, length = self._replace(match[0])
                kept = at = match.start() + length
                settled += (passed, written)
        self._links.read(text[kept:])
        self._before = text[-_BEFORE:]
        return "".join((*settled, text[kept:]))

    def _replace(self, found: str) -> tuple[str, int]:
        """Return what goes out for the beginning of `found`, and how long that beginning is."""
        looks = Looks(found, json=self._json)
        for form, end in looks.forms():
            value = self._originals.get(form)
            if value is None or not looks.spelt(form):
                continue
            rest = looks.rest(end)
            if rest is None:
                break
            ending, whole = rest
            length = looks.written(whole)
            written = self._write(value, html=looks.html, ending=ending)
            return (found[:length] if written is None else written), length
        self.unknown += looks.unknown
        begun = found[: looks.written(looks.kind_ends)]
        self._links.read(begun)
        return begun, len(begun)

    def _write(self, value: str, *, html: bool, ending: str) -> str | None:
        """Return `value` as it is written here; None where it may not go."""
        place = self._links.place
        if self._withhold or place is Place.FORBIDDEN:
            self.withheld += 1
            self._links.read("x")  # the form's brackets do not end the address
            return None
        self.restored += 1
        if place is Place.ALLOWED:
            value = quote(value, safe="")
        elif html:
            value = escape(value)
        written = value + ending
        if self._json:
            written = orjson.dumps(written).decode()[1:-1]
        self._links.read(written)
        return written
