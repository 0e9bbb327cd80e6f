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
_STEPS = 16
"""Tokens that all entities are followed side by side. In a text made for the purpose one may
begin at each token and end at none; those are followed one at a time, if at all."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of one text, in code points of it."""

    start: int
    end: int
    label: str


class _Network:
    """The weights that score actions, laid out for whole batches."""

    def __init__(self, lower: Any, upper: Any) -> None:
        # Axes: feature, output, piece, input. Pieces first, so that the best of them is a
        # maximum over whole rows; transposed once, so that products are rows times columns.
        weights = lower.get_param("W").transpose(0, 2, 1, 3)
        self._pieces, width = weights.shape[1], weights.shape[1] * weights.shape[2]
        self.lower = [np.ascontiguousarray(part.reshape(width, -1).T) for part in weights]
        self.bias = lower.get_param("b").T.reshape(width)
        pads = lower.get_param("pad")[0].transpose(0, 2, 1).reshape(_FEATURES, width)
        self.outside = pads[1] + pads[2]
        """What stands for the first token and the token before where no entity is open."""
        self._upper = np.ascontiguousarray(upper.get_param("W").T)
        self._upper_bias = upper.get_param("b")

    def scores(self, hidden: _Floats) -> _Floats:
        """Return one row of scores, one per action, for each row of `hidden`."""
        best = hidden.reshape(len(hidden), self._pieces, -1).max(axis=1)
        scores: _Floats = best @ self._upper + self._upper_bias
        return scores


class _Actions:
    """The actions by name, as "B-PERSON" or "O", and which are allowed when."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        move = np.array([name[0] for name in names])
        labelled = np.array([len(name) > len("U-") for name in names])
        labels = {label: at for at, label in enumerate(sorted({name[2:] for name in names}))}
        label = np.array([labels[name[2:]] for name in names])
        self.begin = (move == "B") & labelled
        self.unit = (move == "U") & labelled
        self.last = (move == "L") & labelled
        self.outside = self.begin | self.unit | (move == "O")
        inside = ((move == "I") | (move == "L")) & labelled
        self.inside = inside[None, :] & (label[None, :] == label[:, None])
        """Row: the action that opened the entity. Column: may this action follow in it?"""
        self.ending = self.inside & self.last[None, :]
        """As `inside`, on the last token of a text."""


class GreedyEntities:
    """The `ner` component of one spaCy pipeline, read-only."""

    def __init__(self, nlp: Language) -> None:
        ner: Any = nlp.get_pipe("ner")
        lower, upper = ner.model.get_ref("lower"), ner.model.get_ref("upper")
        if lower.get_dim("nF") != _FEATURES or ner.cfg.get("beam_width", 1) != 1:
            msg = f"the names model for {nlp.lang} is not of the kind that spaCy 3.8 trains"
            raise ConfigurationError(msg)
        self.vocabulary = nlp.vocab.strings
        """Every word the model knows; what a memory zone adds goes at its end."""
        self._make_doc = nlp.make_doc
        self._vectors = ner.model.get_ref("tok2vec").predict
        self._network = _Network(lower, upper)
        moves = ner.moves
        self._actions = _Actions([moves.get_class_name(at) for at in range(moves.n_moves)])

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
                entities.append(
                    Entity(span.start_char, span.end_char, self._actions.names[action][2:])
                )
                at += 1
            yield entities
            first = last

    def _decide(self, docs: Sequence[Doc], ends: NDArray[Any]) -> Iterator[tuple[int, int, int]]:
        """Yield (first token, one past the last, opening action), counting over all docs."""
        allowed, network = self._actions, self._network
        vectors = self._vectors(docs)
        is_end = np.zeros(len(vectors), dtype=bool)
        is_end[ends[ends > 0] - 1] = True
        is_space = np.array([token.is_space for doc in docs for token in doc])
        hidden = vectors @ network.lower[0]
        hidden += network.bias
        scores = network.scores(hidden + network.outside)
        scores[:, ~allowed.outside] = _NEVER
        scores[np.ix_(is_space, allowed.begin | allowed.unit)] = _NEVER
        scores[np.ix_(is_end, allowed.begin)] = _NEVER
        chosen = scores.argmax(axis=1)
        followed = _Followed(network, allowed, vectors, hidden, is_end, chosen)
        free = 0
        for token in np.flatnonzero((allowed.begin | allowed.unit)[chosen]).tolist():
            if token >= free:
                free = followed.last(token) + 1
                yield token, free, int(chosen[token])


class _Followed:
    """Where the entities that begin in one batch end."""

    def __init__(  # noqa: PLR0913, PLR0917  # one batch's arrays
        self,
        network: _Network,
        allowed: _Actions,
        vectors: _Floats,
        hidden: _Floats,
        is_end: NDArray[np.bool_],
        chosen: NDArray[np.intp],
    ) -> None:
        self._network = network
        self._allowed = allowed
        self._vectors = vectors
        self._hidden = hidden
        self._is_end = is_end
        self._chosen = chosen
        begun = np.flatnonzero(allowed.begin[chosen])
        lasts = self._follow(begun, _STEPS)
        self._lasts = dict(zip(begun.tolist(), lasts.tolist(), strict=True))

    def last(self, token: int) -> int:
        """Return the last token of the entity that begins at `token`."""
        last = self._lasts.get(token, token)
        return last if last >= 0 else int(self._follow(np.array([token]), None)[0])

    def _follow(self, begun: NDArray[np.intp], steps: int | None) -> NDArray[np.intp]:
        """Return the last token of each; -1 for those still open after so many `steps`."""
        network, allowed, lasts = self._network, self._allowed, begun.copy()
        first = self._vectors[begun] @ network.lower[1]
        opened = self._chosen[begun]
        going = np.arange(len(begun))
        while len(going) and steps != 0:
            lasts[going] += 1
            token = lasts[going]
            before = self._vectors[token - 1] @ network.lower[2]
            scores = network.scores(self._hidden[token] + first[going] + before)
            row = opened[going]
            may = np.where(self._is_end[token, None], allowed.ending[row], allowed.inside[row])
            scores[~may] = _NEVER
            going = going[~allowed.last[scores.argmax(axis=1)]]
            steps = None if steps is None else steps - 1
        lasts[going] = -1
        return lasts
