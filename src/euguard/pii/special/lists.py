"""The lists of words by which a special category is recognised, one file per language.

A line names a category and its entries, and a category may have several lines::

    # Danish
    health: diabet* | sygemeld* | kræft
    criminal: *straffeattest* | varetægtsfængsl*

`*` at a word's end stands for any continuation of the word, at its beginning for any
beginning; a word without it is that word only. Several words are a phrase; a dash or an
apostrophe parts words as a space does. Case does not matter, marks on letters do.

Mistakes are named by file, line and column, all at once, and nothing is taken from a wrong
folder.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from euguard.errors import ConfigurationError, PolicyFileError
from euguard.pii.special.category import SpecialCategory

FOLDER = Path(__file__).parent / "words"
"""The lists that euguard comes with."""

_WORD = r"\*?[^\W_]+\*?"
_ENTRY = re.compile(rf"{_WORD}(?:[ '-]+{_WORD})*")
_PARTS = re.compile(r"[*\w]+")
_LEAST = 3
"""Letters of a word that may go on; fewer would be the beginning of anything."""
_CATEGORIES = ", ".join(SpecialCategory)


def read(folder: Path = FOLDER) -> Mapping[SpecialCategory, frozenset[str]]:
    """Return the entries of all languages, folded: small letters, one space between words.

    Raises:
        ConfigurationError: the folder has no list.
        PolicyFileError: a list is wrong at a line and column; `also` has the other places.

    """
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        message = f"{folder}: no list of words"
        raise ConfigurationError(message, fix="install euguard anew")
    mistakes: list[PolicyFileError] = []
    entries: dict[SpecialCategory, set[str]] = {category: set() for category in SpecialCategory}
    for path in paths:
        for category, entry in _entries(path, mistakes):
            entries[category].add(entry)
    if mistakes:
        first, *others = mistakes
        raise PolicyFileError(
            first.path, first.line, first.column, first.reason, fix=first.fix, also=tuple(others)
        )
    return {category: frozenset(of) for category, of in entries.items()}


def folded(text: str) -> str:
    """Return `text`, in plain spelling, as entries and texts are compared: in small letters."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def _entries(path: Path, mistakes: list[PolicyFileError]) -> Iterator[tuple[SpecialCategory, str]]:
    """Yield the categories and folded entries of one file."""
    seen: set[tuple[SpecialCategory, str]] = set()
    for number, line in enumerate(_text(path, mistakes).split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, rest = line.partition(":")
        if not colon or name.strip() not in set(SpecialCategory):
            fix = f"begin the line with one of these and a colon: {_CATEGORIES}"
            mistakes.append(PolicyFileError(path, number, 1, "no such category", fix=fix))
            continue
        category = SpecialCategory(name.strip())
        for column, cell in _cells(rest, len(name) + 2):
            entry = " ".join(folded(cell).split())
            reason, fix = _wrong(entry, repeated=(category, entry) in seen)
            if reason:
                mistakes.append(PolicyFileError(path, number, column, reason, fix=fix))
                continue
            seen.add((category, entry))
            yield category, entry


def _cells(rest: str, column: int) -> Iterator[tuple[int, str]]:
    """Yield what stands between the bars of a line, each with the column of its first letter."""
    for cell in rest.split("|"):
        entry = cell.strip()
        yield column + cell.find(entry), entry
        column += len(cell) + 1


def _wrong(entry: str, *, repeated: bool) -> tuple[str, str]:
    """Return what is wrong with an entry and how to mend it; empty where nothing is."""
    if not _ENTRY.fullmatch(entry):
        fix = "letters and digits, a * only where a word begins or ends, | between entries"
        return "not an entry", fix
    if any("*" in part and len(part.strip("*")) < _LEAST for part in _PARTS.findall(entry)):
        return f"fewer than {_LEAST} letters and a *", "write the whole words"
    if repeated:
        return "the entry stands there twice", "remove one"
    return "", ""


def _text(path: Path, mistakes: list[PolicyFileError]) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        mistakes.append(PolicyFileError(path, line, column, "not UTF-8", fix="save it as UTF-8"))
        return ""
