"""spaCy's named entities, decided for all tokens at once.

spaCy reads a text token by token, and at each token takes the best allowed action: begin an
entity (B), go on in it (I), end it (L), a unit of one token (U), or stay outside (O). What an
action scores depends on the token, on the first token of the open entity and on the token
before; outside an entity on the token alone. So the scores outside are one matrix product
for all tokens, and only the few entities begun are followed step by step, side by side::

    token      Anna   Kowalska   lives   in   Lyon
    outside    B-PER  U-PER      O       O    U-LOC     one product
    from Anna         L-PER                             one step for all that begin

The outcome is spaCy's own (a test holds the two together); the time is a third, because
spaCy takes and drops the interpreter lock at every token.

Source: spaCy 3.8, ml/parser_model.pyx and pipeline/_parser_internals/ner.pyx.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from euguard.errors import ConfigurationError

_Floats = NDArray[np.float32]

_FEATURES = 3  # the token, the first token of the open entity, the token before
_NEVER = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of one text, in code points of it."""

    start: int
    end: int
    label: str


class GreedyEntities:
    """The `ner` component of one spaCy pipeline, read-only."""

    def __init__(self, nlp: Language) -> None:
        ner: Any = nlp.get_pipe("ner")
        lower, upper = ner.model.get_ref("lower"), ner.model.get_ref("upper")
        if lower.get_dim("nF") != _FEATURES or ner.cfg.get("beam_width", 1) != 1:
            msg = f"the names model for {nlp.lang} is not of the kind that spaCy 3.8 trains"
            raise ConfigurationError(msg)
        self._make_doc = nlp.make_doc
        self._vectors = ner.model.get_ref("tok2vec").predict
        weights = lower.get_param("W")
        width = weights.shape[1] * weights.shape[2]
        # Transposed once, so that every product below is row vectors times columns.
        self._lower = [np.ascontiguousarray(part.reshape(width, -1).T) for part in weights]
        self._pads = lower.get_param("pad")[0].reshape(_FEATURES, width)
        self._lower_bias = lower.get_param("b").reshape(width)
        self._pieces = weights.shape[2]
        self._upper = np.ascontiguousarray(upper.get_param("W").T)
        self._upper_bias = upper.get_param("b")
        self._set_actions([ner.moves.get_class_name(i) for i in range(ner.moves.n_moves)])

    def _set_actions(self, names: Sequence[str]) -> None:
        self._names = names
        moves = np.array([name[0] for name in names])
        labelled = np.array([len(name) > 2 for name in names])  # noqa: PLR2004  # not "U-", "O"
        labels = {name: at for at, name in enumerate(sorted({name[2:] for name in names}))}
        label = np.array([labels[name[2:]] for name in names])
        self._is_begin = (moves == "B") & labelled
        self._is_unit = (moves == "U") & labelled
        self._is_last = (moves == "L") & labelled
        self._outside = self._is_begin | self._is_unit | (moves == "O")
        inside = ((moves == "I") | (moves == "L")) & labelled
        # Row: the action that opened the entity. Column: may this action follow inside it?
        self._inside = inside[None, :] & (label[None, :] == label[:, None])
        self._ending = self._inside & self._is_last[None, :]

    def find(self, texts: Sequence[str]) -> Iterator[list[Entity]]:
        """Yield the entities of each text; call within `nlp.memory_zone()`."""
        docs = [self._make_doc(text) for text in texts]
        ends = np.cumsum([len(doc) for doc in docs])
        if not docs or not ends[-1]:
            yield from ([] for _ in docs)
            return
        found = list(self._decide(docs, ends))
        at, first = 0, 0
        for doc, last in zip(docs, ends, strict=True):
            entities = []
            while at < len(found) and found[at][0] < last:
                start, end, action = found[at]
                span = doc[start - first : end - first]
                entities.append(Entity(span.start_char, span.end_char, self._names[action][2:]))
                at += 1
            yield entities
            first = last

    def _decide(self, docs: Sequence[Doc], ends: NDArray[Any]) -> Iterator[tuple[int, int, int]]:
        """Yield (first token, one past the last, opening action), counting over all docs."""
        vectors = self._vectors(docs)
        is_end = np.zeros(len(vectors), dtype=bool)
        is_end[ends[ends > 0] - 1] = True
        is_space = np.array([token.is_space for doc in docs for token in doc])
        hidden = vectors @ self._lower[0]
        hidden += self._lower_bias
        scores = self._scores(hidden + (self._pads[1] + self._pads[2]))
        scores[:, ~self._outside] = _NEVER
        scores[np.ix_(is_space, self._is_begin | self._is_unit)] = _NEVER
        scores[np.ix_(is_end, self._is_begin)] = _NEVER
        actions = scores.argmax(axis=1)
        begun = np.flatnonzero(self._is_begin[actions])
        lasts = dict(
            zip(
                begun.tolist(),
                self._follow(vectors, hidden, is_end, begun, actions[begun]),
                strict=True,
            )
        )
        free = 0
        for token in np.flatnonzero((self._is_begin | self._is_unit)[actions]).tolist():
            if token >= free:
                free = lasts.get(token, token) + 1
                yield token, free, int(actions[token])

    def _follow(
        self,
        vectors: _Floats,
        hidden: _Floats,
        is_end: NDArray[np.bool_],
        begun: NDArray[Any],
        opened: NDArray[Any],
    ) -> list[int]:
        """Return the last token of each entity that begins at `begun` with action `opened`."""
        lasts = begun.copy()
        first = vectors[begun] @ self._lower[1]
        open_ = np.arange(len(begun))
        while len(open_):
            lasts[open_] += 1
            token = lasts[open_]
            before = vectors[token - 1] @ self._lower[2]
            scores = self._scores(hidden[token] + first[open_] + before)
            allowed = np.where(
                is_end[token, None], self._ending[opened[open_]], self._inside[opened[open_]]
            )
            scores[~allowed] = _NEVER
            open_ = open_[~self._is_last[scores.argmax(axis=1)]]
        return [int(last) for last in lasts]

    def _scores(self, hidden: _Floats) -> _Floats:
        best = hidden.reshape(len(hidden), -1, self._pieces).max(axis=2)
        scores: _Floats = best @ self._upper + self._upper_bias
        return scores
