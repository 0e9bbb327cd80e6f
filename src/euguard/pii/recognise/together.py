"""Many recognisers, one look at the text.

Hundreds of formats tried one after another would take longer than the model of names. One
automaton (RE2's set of patterns) reads the text once and says which of them can be in it at
all; only those recognisers run. RE2 takes time linear in the text whatever the patterns.

Source: R. Cox, "Regular Expression Matching in the Wild" (2010); google-re2, `Set`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import re2

from euguard.pii.recognise.recogniser import Recogniser
from euguard.pii.span import Span

_MEMORY = 64 << 20
"""Bytes the automaton may take; beyond, it forgets states and builds them anew."""


class Together:
    """All recognisers as one."""

    def __init__(self, recognisers: Sequence[Recogniser]) -> None:
        self._recognisers = tuple(recognisers)
        options = re2.Options()
        options.case_sensitive = False
        options.max_mem = _MEMORY
        options.log_errors = False
        self._triggers: Any = re2.Set.SearchSet(options)
        for recogniser in recognisers:
            self._triggers.Add(recogniser.trigger)
        self._triggers.Compile()

    def find(self, text: str) -> Iterator[Span]:
        """Yield what any of them finds in `text`, one recogniser after the other."""
        # Half a surrogate pair has no bytes; it is part of no identifier.
        triggered = self._triggers.Match(text.encode(errors="replace"))
        for at in sorted(triggered or ()):
            yield from self._recognisers[at].find(text)
