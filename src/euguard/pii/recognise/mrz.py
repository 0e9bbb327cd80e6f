"""The machine-readable zone of passports, identity cards and permits.

It holds name, birth, sex, nationality and number at once (Art. 4(1) GDPR).

Format: ICAO Doc 9303: two lines of 44 signs (TD3), two of 36 (TD2) or three of 30 (TD1), of capitals,
digits and "<". Checksum: weights 7 3 1, modulo 10, over number, birth and expiry. Found where one of
these check digits is right; the find is the whole zone.

Source: ICAO Doc 9303, parts 3 to 6.

Fictitious example: the specimen of Utopia, P<UTOERIKSSON<<ANNA<MARIA<<<<….
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.span import PersonalDataKind, Span

_ZONE = re.compile(
    r"(?<![A-Z0-9<])[A-Z0-9<]{30,44}(?:[ \t]?\r?\n[ \t>]{0,8}[A-Z0-9<]{30,44}){1,2}(?![A-Z0-9<])"
)
_WEIGHTS = (7, 3, 1)
# Per length of a line: (line, start, end of what is checked, place of its check digit).
_CHECKS: Final = {
    44: ((1, 0, 9, 9), (1, 13, 19, 19), (1, 21, 27, 27)),
    36: ((1, 0, 9, 9), (1, 13, 19, 19), (1, 21, 27, 27)),
    30: ((0, 5, 14, 14), (1, 0, 6, 6), (1, 8, 14, 14)),
}


class MrzRecogniser:
    """Finds machine-readable zones."""

    kind: Final = PersonalDataKind.PASSPORT
    trigger: Final = "<<"

    def find(self, text: str) -> Iterator[Span]:
        """Yield zones of which a check digit is right."""
        for found in _ZONE.finditer(text):
            lines = [line.strip(" \t>") for line in found[0].splitlines()]
            if "<" in found[0] and any(
                _right(lines[line], start, end, check)
                for line, start, end, check in _CHECKS.get(len(lines[0]), ())
                if line < len(lines) and len(lines[line]) > check
            ):
                yield Span(self.kind, found.start(), found.end(), 1.0, "mrz")


def _right(line: str, start: int, end: int, check: int) -> bool:
    values = [0 if sign == "<" else int(sign, 36) for sign in line[start:end]]
    total = sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values))
    return str(total % 10) == line[check]
