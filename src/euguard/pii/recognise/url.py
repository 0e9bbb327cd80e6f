"""Web addresses that name a user.

Format: RFC 3986. Found whole, where a part of it names somebody: credentials before the host, a
page of a social network, a path that goes on behind "users", "~" and the like, a query with a name,
a mail address or a number of a user. Other addresses name nobody and stay. No checksum.

Fictitious examples: https://anna:secret@intranet.example/, https://example.org/~anna/,
https://www.linkedin.com/in/anna-kowalska, https://example.eu/users/4821?tab=1.
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.span import PersonalDataKind, Span

_URL = re.compile(
    r"(?<![\w.])(?:https?|ftps?|sftp|ssh)://[^\s<>\"'`|\\^{}\[\]]{3,2000}", re.IGNORECASE
)
_BARE = re.compile(
    r"(?<![\w./@])(?:www\.)?(?:linkedin\.com/in|facebook\.com|instagram\.com|x\.com|twitter\.com|xing\.com/profile"
    r"|github\.com|t\.me|tiktok\.com/@|youtube\.com/@|mastodon\.social/@)/?[^\s<>\"'`|\\^{}\[\](),;]{2,80}",
    re.IGNORECASE,
)
_NAMES_SOMEBODY = re.compile(
    r"://[^/?#@]{1,200}@"
    r"|/~[\w.-]{2,}"
    r"|/(?:users?|people|person|profiles?|profil|members?|mitglieder|customers?|clients?|kunden|patients?"
    r"|employees?|staff|u|in|benutzer|utilisateurs?|usuarios?|utenti)/[^/?#\s]{1,80}"
    r"|[?&](?:e-?mail|mail|user(?:name|_?id)?|uid|name|login|account|kunde|client|customer|patient|phone|tel"
    r"|token|session|sid|auth|key)=[^&#\s]{2,}"
    r"|(?:linkedin\.com/in|facebook\.com|instagram\.com|(?<![\w.])x\.com|twitter\.com|xing\.com/profile"
    r"|(?<![\w.])t\.me|tiktok\.com/@|youtube\.com/@)/?[\w.@-]{3,}",
    re.IGNORECASE,
)
_BEHIND = ".,;:!?)]}'\""


class UrlRecogniser:
    """Finds web addresses that name a user."""

    kind: Final = PersonalDataKind.URL
    trigger: Final = (
        r"(?:https?|ftps?|sftp|ssh)://|linkedin\.com|facebook\.com|instagram\.com|x\.com/|twitter\.com"
        r"|xing\.com|github\.com|t\.me/|tiktok\.com|youtube\.com/@|mastodon"
    )

    def find(self, text: str) -> Iterator[Span]:
        """Yield addresses, with scheme and without."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for pattern in (_URL, _BARE):
            for found in pattern.finditer(text):
                url = found[0].rstrip(_BEHIND)
                if _NAMES_SOMEBODY.search(url):
                    yield Span(self.kind, found.start(), found.start() + len(url), 0.9, "url")
