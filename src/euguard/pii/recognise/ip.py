"""Addresses of the Internet Protocol.

Personal data where whoever holds it can have the connection's holder named (CJEU C-582/14, Breyer).

Format: IPv4 in dotted decimal, IPv6 as in RFC 4291 §2.2 and RFC 5952; a port or prefix length
is not part of the find. Checked by the standard library. Not found: four numbers behind "version",
"v" or "§", and addresses that lead nowhere: unspecified, loopback, documentation is found.

Fictitious examples: 192.0.2.7, 2001:db8::7.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.span import PersonalDataKind, Span

_FOUR = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:\.[0-9]{1,3}){0,3}(?![\w:])")
_VERSION = re.compile(
    r"(?:version|ver\.?|release|build|firmware|kapitel|section|abschnitt|§|art\.?|\bv)[ .:]{0,3}\Z",
    re.IGNORECASE,
)
_BEFORE = 16
_COLONS = 2


class IpRecogniser:
    """Finds addresses of hosts."""

    kind: Final = PersonalDataKind.IP
    trigger: Final = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f]{0,4}:[0-9a-f]{0,4}:"

    def find(self, text: str) -> Iterator[Span]:
        """Yield addresses, of version 4 and then of version 6."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for found in _FOUR.finditer(text):
            before = text[max(0, found.start() - _BEFORE) : found.start()]
            if _is_address(found[0]) and not _VERSION.search(before):
                yield Span(self.kind, found.start(), found.end(), 0.9, "ip")
        for found in _SIX.finditer(text):
            if found[0].count(":") >= _COLONS and _is_address(found[0]):
                yield Span(self.kind, found.start(), found.end(), 0.9, "ip")


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback)
