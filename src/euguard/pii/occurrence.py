"""A value found anywhere is replaced everywhere: where else the found values stand.

Detection may see "Katharina Vogelsang" in one sentence and miss "KATHARINA VOGELSANG" in
the next. This module looks for every found value in every text, whatever its case,
spacing or grouping:

- names as whole words;
- e-mail addresses as characters, also inside longer ones;
- IBANs, card and phone numbers as letters and digits, whatever stands between them.

An Aho-Corasick automaton reads each text once, however many values there are. A compiled
alternation would try the values one by one at every character, and `re` would keep the
pattern, that is the personal data, in its cache after the request is gone.

Source: Aho and Corasick, "Efficient string matching", CACM 18 (1975), pp. 333-340.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from euguard.pii.recognise.plain import spellings
from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.spelling import COMPACT_KINDS, Folded, compact, fold, words

SHORTEST_UNBOUNDED = 8
"""Letters and digits that an identifier needs to be found inside longer ones; "112" is a word."""
SHORTEST_FOLDED = 3
"""Characters of a single word that is found in any case; "Li" is found as "Li" only."""
DETECTOR = "occurrence"
"""What a span says that found it here."""

_BETWEEN = r"[\s\-./()_\u00b7]{0,4}|[ \t]{0,3}\r?\n[ \t>]{0,8}"
_GROUPED = re.compile(rf"[^\W_](?:(?:{_BETWEEN})[^\W_])*")
_NOT_SPACE = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Value:
    """A personal datum as somebody wrote it."""

    kind: PersonalDataKind
    surface: str = field(repr=False)
    score: float


_Place: TypeAlias = tuple[int, int, Value]
"""Where it stands in one spelling of a text, [start, end), and what."""


class Occurrences:
    """Finds given values in any number of texts."""

    def __init__(self, values: Iterable[Value]) -> None:
        # The strongest first: of two values with the same letters the first names the kind.
        ordered = sorted(values, key=lambda value: -value.score)
        self._words = _Automaton()
        self._addresses = _Automaton()
        self._compact = _Automaton()
        self._exact: set[str] = set()
        for value in ordered:
            for spelling in spellings(value.surface):
                self._add(value, spelling.text)
        for automaton in (self._words, self._addresses, self._compact):
            automaton.link()

    def _add(self, value: Value, surface: str) -> None:
        folded = fold(surface).text
        if value.kind in COMPACT_KINDS and len(compact(folded)) >= SHORTEST_UNBOUNDED:
            self._compact.add(compact(folded), value)
        elif "@" in folded and not any(map(str.isspace, folded)):
            self._addresses.add(folded, value)
        else:
            self._exact.add(surface)
            self._words.add([word for word, _, _ in words(folded)], value)

    def find(self, text: str) -> list[Span]:
        """Return every place of every value; where several end together, the longest."""
        found: dict[Span, None] = {}
        for spelling in spellings(text):
            for start, end, value in self._places(spelling.text):
                found[_span(value, *spelling.locate(start, end))] = None
        return list(found)

    def _places(self, text: str) -> Iterator[_Place]:
        folded = fold(text)
        yield from self._find_words(text, folded)
        yield from self._find_addresses(folded)
        yield from self._find_compact(text, folded)

    def _find_words(self, text: str, folded: Folded) -> Iterator[_Place]:
        if not self._words:
            return
        found = words(folded.text)
        for first, end, value in self._words.scan([word for word, _, _ in found]):
            start, stop = folded.original(found[first][1], found[end - 1][2])
            alone = end - first == 1 and len(found[first][0]) < SHORTEST_FOLDED
            if alone and text[start:stop] not in self._exact:
                continue
            yield start, stop, value

    def _find_addresses(self, folded: Folded) -> Iterator[_Place]:
        if not self._addresses or "@" not in folded.text:
            return
        for run in _NOT_SPACE.finditer(folded.text):
            if "@" in run[0]:
                for first, end, value in self._addresses.scan(run[0]):
                    at = run.start()
                    yield *folded.original(at + first, at + end), value

    def _find_compact(self, text: str, folded: Folded) -> Iterator[_Place]:
        if not self._compact:
            return
        for run in _GROUPED.finditer(folded.text):
            if sum(map(run[0].count, "0123456789")) < self._compact.fewest_digits:
                continue
            places = [run.start() + i for i, sign in enumerate(run[0]) if sign.isalnum()]
            for first, end, value in self._compact.scan([folded.text[i] for i in places]):
                start, stop = folded.original(places[first], places[end - 1] + 1)
                plus = value.kind is PersonalDataKind.PHONE and text[:start].endswith("+")
                yield start - plus, stop, value


def _span(value: Value, start: int, end: int) -> Span:
    return Span(value.kind, start, end, value.score, DETECTOR)


class _Automaton:
    """Aho-Corasick over any hashable symbols: characters, or whole words."""

    def __init__(self) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._fallback = [0]
        self._longest: list[tuple[int, Value] | None] = [None]
        """Length and value of the longest pattern that ends in this state."""
        self.fewest_digits = 1 << 30

    def __bool__(self) -> bool:
        return len(self._next) > 1

    def add(self, pattern: Sequence[str], value: Value) -> None:
        """Add one pattern; of equal ones the first counts, an empty one is nothing."""
        state = 0
        for symbol in pattern:
            known = self._next[state].get(symbol)
            if known is None:
                known = len(self._next)
                self._next[state][symbol] = known
                self._next.append({})
                self._fallback.append(0)
                self._longest.append(None)
            state = known
        if state and self._longest[state] is None:
            self._longest[state] = (len(pattern), value)
            digits = sum(symbol in "0123456789" for symbol in pattern)
            self.fewest_digits = min(self.fewest_digits, digits)

    def link(self) -> None:
        """Set the fallbacks, nearest states first; call once after the last `add`."""
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for symbol, following in self._next[state].items():
                self._fallback[following] = self._step(self._fallback[state], symbol)
                waiting.append(following)
            if self._longest[state] is None:
                self._longest[state] = self._longest[self._fallback[state]]

    def scan(self, symbols: Sequence[str]) -> Iterator[tuple[int, int, Value]]:
        """Yield (first, one past the last, value) of the longest pattern ending at each symbol."""
        state = 0
        begins = self._next[0]
        for end, symbol in enumerate(symbols, start=1):
            # Most symbols begin nothing: they are passed over without a call.
            state = self._step(state, symbol) if state else begins.get(symbol, 0)
            longest = self._longest[state]
            if longest is not None:
                yield end - longest[0], end, longest[1]

    def _step(self, state: int, symbol: str) -> int:
        while state and symbol not in self._next[state]:
            state = self._fallback[state]
        return self._next[state].get(symbol, 0)
