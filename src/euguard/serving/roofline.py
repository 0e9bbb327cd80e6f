"""What a card could do at most, and how much of it was reached.

Writing an answer, every weight is read for each token, so the memory decides::

    tokens/s = requests x bandwidth / (weights read + requests x context x bytes of a token)

Reading a prompt, every weight is multiplied with each token, so the arithmetic decides::

    tokens/s = operations/s / (2 x parameters + attention)

The embedding of the input and the vision encoder are not read for a token of text. No engine
reaches either line; how near one comes tells a card that is throttled, shared or ill from a sound
one. The shares below which a finding is made are our choice, not a standard.

Source of the model: Williams, Waterman, Patterson: Roofline, CACM 52 (4), 2009,
doi:10.1145/1498765.1498785. Of the cards: cards.toml, beside this file.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from euguard.serving.memory import Precision
from euguard.serving.profile import Profile

LEAST_DECODE = 0.4
"""Share of the line that writing one answer should reach."""
LEAST_PREFILL = 0.25
"""Share of the line that reading a long prompt should reach."""

_CARDS = Path(__file__).with_name("cards.toml")
_GIGA, _TERA = 10**9, 10**12


@dataclass(frozen=True, slots=True)
class Card:
    """What a maker states of a card."""

    name: str
    """As NVML calls it."""
    matmul_tflops: float
    """10**12 operations a second on dense matrices in bf16."""
    memory_gb_per_s: float
    """10**9 bytes a second."""
    source: str
    url: str
    checked: date
    fp8_tflops: float | None = None
    """The same in 8 bits; None where the card does not, or where nobody looked it up."""


def cards() -> tuple[Card, ...]:
    """Return the cards whose figures are known."""
    entries = tomllib.loads(_CARDS.read_text(encoding="utf-8"))["card"]
    return tuple(Card(**entry) for entry in entries)


def card(name: str) -> Card | None:
    """Return the figures of the card that NVML calls `name`; None where they are not known."""
    return next((one for one in cards() if one.name == name), None)


def decode_bound(profile: Profile, on: Card, *, requests: int, context: int) -> float:
    """Return the tokens a second that `requests` of `context` tokens can be written at most."""
    plan = profile.plan()
    shape = profile.memory.shape
    rest = 4 if profile.memory.weights is Precision.FP32 else 2
    unread = shape.vision_parameters
    if not shape.tied_embeddings:
        unread += shape.vocabulary * shape.width
    read = plan.weight_bytes - rest * unread + requests * context * plan.token_bytes
    return requests * on.memory_gb_per_s * _GIGA / read


def prefill_bound(profile: Profile, on: Card, *, length: int) -> float:
    """Return the tokens a second that a prompt of `length` tokens can be read at most."""
    shape = profile.memory.shape
    # Each token looks at half of the others on average: a product for the scores, one for the sum.
    attention = 2 * 2 * shape.layers * shape.heads * shape.head_width * length / 2
    in_8_bits = profile.memory.weights is Precision.FP8 and on.fp8_tflops is not None
    peak = on.fp8_tflops if in_8_bits and on.fp8_tflops else on.matmul_tflops
    return peak * _TERA / (2 * shape.linear_parameters + attention)
