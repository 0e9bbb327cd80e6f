"""An organisation's own lists: terms that are always replaced, and terms that never are.

`deny.csv` (always) has the columns term and kind, `allow.csv` (never) the column term; both have a
header line and are UTF-8. A term is found as whole words, whatever its case and spacing
(`occurrence.py`). An allowed term saves a find only if it is all of it: "Berlin" allowed does not
let "Anna Berlin" through; and an identifier whose check digits are right only if it is spelt
just so.

Mistakes are named by file, line and column, all at once, and nothing is taken from a wrong file.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from euguard.errors import PolicyFileError
from euguard.pii.occurrence import Occurrences, Value
from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.spelling import fold, words

MOST_BYTES = 32 << 20
"""Of one list: half a million terms."""
_LONGEST = 200
_LISTS = ("allow.csv", "deny.csv")
_SURE = 1.0
_CHECKED = 0.95
"""Score from which a find has right check digits."""
_KINDS = ", ".join(PersonalDataKind)


@dataclass(frozen=True, slots=True)
class Terms:
    """The lists of one installation."""

    deny: Mapping[str, PersonalDataKind] = field(default_factory=dict, repr=False)
    allow: frozenset[str] = field(default=frozenset(), repr=False)


class TermLists:
    """Applies an organisation's lists to what was found."""

    def __init__(self, terms: Terms) -> None:
        self._deny = Occurrences(Value(kind, term, _SURE) for term, kind in terms.deny.items())
        self._has_deny = bool(terms.deny)
        self._exactly = terms.allow
        self._allow = frozenset(map(_plain, terms.allow))

    def apply(self, text: str, spans: Iterable[Span]) -> Iterator[Span]:
        """Yield `spans` without what is allowed, and every denied term in `text`."""
        for span in spans:
            surface = text[span.start : span.end]
            allowed = surface in self._exactly or (
                span.score < _CHECKED and _plain(surface) in self._allow
            )
            if not allowed:
                yield span
        if self._has_deny:
            for span in self._deny.find(text):
                yield Span(span.kind, span.start, span.end, _SURE, "deny-list")


def read(folder: Path) -> Terms:
    """Return the lists in `folder`; none where there are none.

    Raises:
        PolicyFileError: a list is wrong at a line and column; `also` has the other places.

    """
    deny, allow = folder / "deny.csv", folder / "allow.csv"
    mistakes = list(_unread(folder))
    denied: dict[str, PersonalDataKind] = {}
    for row in _rows(deny, ("term", "kind"), mistakes):
        kind = PersonalDataKind(row["kind"])
        if denied.setdefault(row["term"], kind) is not kind:
            reason = f"a term is in the list as {denied[row['term']]} and as {kind}"
            mistakes.append(PolicyFileError(deny, 1, 1, reason, fix="keep one of the two"))
    allowed = frozenset(row["term"] for row in _rows(allow, ("term",), mistakes))
    if mistakes:
        first, *others = mistakes
        raise PolicyFileError(
            first.path, first.line, first.column, first.reason, fix=first.fix, also=tuple(others)
        )
    return Terms(denied, allowed)


def _unread(folder: Path) -> Iterator[PolicyFileError]:
    """Yield what lies in the folder and nobody reads: somebody believes that it protects."""
    for path in sorted(folder.iterdir()):
        read = path.name in _LISTS or path.suffix in {".yaml", ".py"}
        if not read and path.suffix != ".md" and not path.name.startswith((".", "__")):
            fix = f"name it {' or '.join(_LISTS)}, or NAME.yaml or NAME.py, or move it away"
            yield PolicyFileError(path, 1, 1, "nobody reads a file of this name", fix=fix)


def _rows(
    path: Path, columns: tuple[str, ...], mistakes: list[PolicyFileError]
) -> Iterator[Mapping[str, str]]:
    if not path.exists():
        return
    text = _text(path, mistakes)
    reader = csv.reader(StringIO(text), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if header != list(columns):
            fix = f"begin the file with the line {','.join(columns)}"
            mistakes.append(PolicyFileError(path, 1, 1, "the header line is missing", fix=fix))
            return
        for row in reader:
            if not row or row[0].startswith("#"):
                continue
            mistake = _mistake(path, reader.line_num, row, columns)
            if mistake is None:
                yield dict(zip(columns, (cell.strip() for cell in row), strict=True))
            else:
                mistakes.append(mistake)
    except csv.Error as error:
        mistakes.append(
            PolicyFileError(path, reader.line_num, 1, f"not CSV: {error}", fix="close the quotes")
        )


def _text(path: Path, mistakes: list[PolicyFileError]) -> str:
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        fix = f"{MOST_BYTES} bytes are read at most"
        mistakes.append(PolicyFileError(path, 1, 1, f"{len(data)} bytes are too many", fix=fix))
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - before.rfind(b"\n")
        fix = "save it as UTF-8"
        mistakes.append(PolicyFileError(path, line, column, "not UTF-8", fix=fix))
        return ""


def _mistake(
    path: Path, line: int, row: list[str], columns: tuple[str, ...]
) -> PolicyFileError | None:
    """Return what is wrong with a row. No term is quoted: it may be somebody's name."""
    if len(row) != len(columns):
        reason = f"{len(row)} columns instead of {len(columns)}"
        return PolicyFileError(path, line, 1, reason, fix="quote a term that has a comma")
    term = row[0].strip()
    if not any(map(str.isalnum, term)) or len(term) > _LONGEST:
        reason = f"a term needs a letter or digit and has at most {_LONGEST} characters"
        return PolicyFileError(path, line, 1, reason, fix="mend or remove the line")
    if len(columns) > 1 and row[1].strip() not in set(PersonalDataKind):
        return PolicyFileError(
            path, line, len(row[0]) + 2, "no such kind", fix=f"use one of: {_KINDS}"
        )
    return None


def _plain(term: str) -> str:
    return " ".join(word for word, _, _ in words(fold(term).text))
