"""Passwords, keys and tokens: whoever reads one can act as somebody else.

No personal data by nature, and worse to leak than most (Art. 32 GDPR). Formats: PEM (RFC 7468) private
keys; JSON web tokens (RFC 7519); the prefixes that GitHub, GitLab, AWS, Slack, Stripe, Google, OpenAI
and Hugging Face publish for scanners; credentials in a connection string; and whatever stands
behind "password:" and its like in the official languages. The find is the secret only.

Not found: a secret that looks like a word and that nothing announces.

Fictitious examples: "password: Sommer!2024", "Bearer abc…", "AKIAIOSFODNN7EXAMPLE".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.span import PersonalDataKind, Span

_PEM = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\s:,.-]{0,20000}?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)"
)
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_])(?:eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{5,4000}\.[A-Za-z0-9_-]{5,2000}"
    r"|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}|xox[abprs]-[A-Za-z0-9-]{10,250}|AIza[A-Za-z0-9_-]{35}"
    r"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,250}|sk-(?:proj-)?[A-Za-z0-9_-]{20,250}|hf_[A-Za-z0-9]{30,64}"
    r"|euguard_[A-Za-z0-9_]{20,200}|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64})(?![A-Za-z0-9_])"
)
_CONNECTION = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,100}:([^\s/@]{1,200})@", re.IGNORECASE
)
_BEARER = re.compile(r"(?<!\w)(?:bearer|basic)[ ]+([A-Za-z0-9+/=._~-]{12,4000})", re.IGNORECASE)
_WORDS = (
    r"pass[ -]?word|passwd|pwd|passphrase|passwort|kennwort|mot de passe|mdp|contraseña|clave|palavra-passe"
    r"|senha|password|parola d'ordine|parola|wachtwoord|hasło|heslo|geslo|lozinka|парола|jelszó|parool"
    r"|salasõna|parole|slaptažodis|salasana|lösenord|adgangskode|kodeord|κωδικός πρόσβασης|pasfhocal"
    r"|api[ _-]?key|secret[ _-]?key|access[ _-]?key|client[ _-]?secret|auth[ _-]?token|access[ _-]?token"
    r"|pin|puk|tan|api-schlüssel|zugangscode|clé d'api|clave de api"
)
_ANNOUNCED = re.compile(
    rf"(?<![\w-])(?:{_WORDS})(?:[ ](?:is|ist|est|es|é|è|to|je|on|är|er|lautet|είναι|е))?[ ]?[\"']?[ ]?[:=][ ]?[\"'`]?"
    r"([^\s\"'`<>,;]{4,200})",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:\*+|x+|\.+|-+|\$?\{.*|\[.*|null|none|true|false|required|optional|string|str)\W*\Z",
    re.IGNORECASE,
)


class SecretRecogniser:
    """Finds what opens something."""

    kind: Final = PersonalDataKind.SECRET
    trigger: Final = (
        rf"PRIVATE KEY|eyJ|gh[pousr]_|github_pat|glpat-|AKIA|ASIA|xox|AIza|[rs]k_|sk-|hf_|euguard_|SG\.|://"
        rf"|bearer|basic[ ]|(?:{_WORDS})"
    )

    def find(self, text: str) -> Iterator[Span]:
        """Yield secrets, kind by kind."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for pattern, score in ((_PEM, 1.0), (_SHAPES, 1.0), (_CONNECTION, 0.95), (_BEARER, 0.9)):
            for found in pattern.finditer(text):
                group = pattern.groups
                yield Span(self.kind, found.start(group), found.end(group), score, "secret")
        for found in _ANNOUNCED.finditer(text):
            secret = found[1].rstrip(".)")
            if secret and not _NOTHING.match(secret):
                yield Span(self.kind, found.start(1), found.start(1) + len(secret), 0.85, "secret")
