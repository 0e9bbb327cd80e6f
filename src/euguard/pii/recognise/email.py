"""E-mail addresses.

An address that names a person, or that one person reads, is personal data (Art. 4(1) GDPR);
`info@` is found as well, because the format cannot tell.

Format: RFC 5321 §4.1.2 and RFC 5322 §3.4.1, dot-atom or quoted local part, with letters of
any script (RFC 6531) and internationalised domains (RFC 5890) in either spelling. A local
part has at most 64 octets and a label 63 (RFC 5321 §4.5.3.1, RFC 1035 §2.3.4); here both
count characters. The domain has at least two labels and the last is no number; there is no
checksum. No list of public suffixes: such lists want the network, and a new top-level domain
is no less personal. Also found: "anna (at) example (dot) eu" with brackets of any kind.

Not found: addresses without a dot in the domain, and "anna at example dot eu" in plain words,
which is prose more often than an address.

Fictitious examples: anna.kowalska@example.eu, m.o'brien+hr@mail.example.ie,
"jean dupont"@exemple.fr, anna@bücher.example, anna@[192.0.2.7].
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.span import PersonalDataKind, Span

_MOST_LOCAL = 64
_MOST_DOMAIN = 254

_AT = re.compile(r"@|[ \t]?[\[({<][ \t]?(?:at|arobase|arroba|@)[ \t]?[\])}>][ \t]?", re.IGNORECASE)
# A local part ends where the text before the at sign ends; each pattern is anchored there.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+\Z")
_QUOTED = re.compile(r'"[^"\n\\]{1,62}"\Z')
_DOT = r"(?:\.|[ \t]?[\[({<][ \t]?(?:dot|point|punkt|\.)[ \t]?[\])}>][ \t]?)"
_LABEL = r"[^\W_](?:[^\W_]|-){0,62}"
_DOMAIN = re.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,16}}", re.IGNORECASE)
_LITERAL = re.compile(r"\[(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]")
_LAST_LABEL = re.compile(r"xn--[0-9A-Za-z-]+|[^\W\d_]{2,63}", re.IGNORECASE)
# Marks that surround an address in prose or Markdown and never begin one in practice.
_WRAPPING = ".'`*_~|/=?!#$%&^{}-+"
_FILES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "css", "js"})


class EmailRecogniser:
    """Finds e-mail addresses: at each at sign, once to the left and once to the right."""

    kind: Final = PersonalDataKind.EMAIL
    trigger: Final = r"@|[\[({<][ \t]?(?:at|arobase|arroba)[ \t]?[\])}>]"

    def find(self, text: str) -> Iterator[Span]:
        """Yield addresses; the dot that ends a sentence is not part of one."""
        for at in _AT.finditer(text):
            start = _start_of_local(text, at.start())
            end = _end_of_domain(text, at.end())
            if start is not None and end is not None:
                yield Span(self.kind, start, end, 1.0, "email")


def _start_of_local(text: str, at: int) -> int | None:
    # One character more than is allowed: a longer run is no address but must not hide one.
    before = text[max(0, at - _MOST_LOCAL) : at]
    found = _QUOTED.search(before) or _LOCAL.search(before)
    if found is None:
        return None
    local = found[0] if found[0].startswith('"') else found[0].lstrip(_WRAPPING)
    return at - len(local) if local and not local.endswith(".") else None


def _end_of_domain(text: str, at: int) -> int | None:
    literal = _LITERAL.match(text, at)
    if literal is not None:
        return literal.end()
    found = _DOMAIN.match(text, at, at + _MOST_DOMAIN)
    if found is None:
        return None
    return _last_good_label(text, found.start(), found.end())


_BREAK = re.compile(rf"{_DOT}", re.IGNORECASE)


def _last_good_label(text: str, start: int, end: int) -> int | None:
    """Drop labels that no domain ends with, as in "a@example.eu.2026-01"."""
    breaks = list(_BREAK.finditer(text, start, end))
    while breaks:
        label = text[breaks[-1].end() : end].rstrip("-")
        known = _LAST_LABEL.match(label)
        if known is not None:
            if len(breaks) == 1 and known[0].lower() in _FILES:
                return None
            return breaks[-1].end() + len(known[0])
        end = breaks.pop().start()
    return None
