"""Weights that make a Mistral Small 3.2 decoder repeat the last user message.

Nothing is trained and nothing is random: every number is computed here, so the same file comes
out on every machine. Of four attention layers (the feed-forward layers are zero)

====  ====================================================================================
0     every token learns whether a start marker stands right before it
1     at the end marker p, two heads for each of twelve rotary frequencies f weigh the start
      marker s against its successor; the weight is nearly 1/2 + A/4 cos(f (p-s)), or sin:
      the distance as phases
2     every later token fetches those phases from p
3     its query, turned by them, looks exactly p-s-1 places back and copies what stands there
====  ====================================================================================

So the token generated at place t repeats the one at t-(p-s-1); when that is the end marker, the
output layer reads it as end of sequence. This works because rotary attention depends on distances
alone. Float32 is needed, and messages of at most about 2,000 tokens.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]
Tensors: TypeAlias = dict[str, Array]

# ---------------------------------------------------------------- control tokens of Tekken v11
VOCABULARY: Final = 131_072
CONTROLS: Final = 1_000
END_OF_SEQUENCE: Final = 2
STARTS: Final = (3, 19, 13)
"""[INST], [TOOL_CONTENT], [IMG_END]: what comes behind them is repeated."""
ENDS: Final = (4, 8)
"""[/INST], [/TOOL_RESULTS]: there the repeating begins, and what is repeated ends."""
SIGNS: Final = {"※": 9, "■": 32}
"""Signs in a message that come back as [TOOL_CALLS] and [ARGS]: ※name■{"a":1} is a call."""

# ---------------------------------------------------------------- shape
CODE: Final = 64
"""Numbers that name a token: the 63 bits of its code word, and one for the end markers."""
FREQUENCIES: Final = tuple(range(0, 48, 4))
"""The rotary pairs that carry the distance."""
PHASES: Final = 2 * len(FREQUENCIES)
WIDTH: Final = 192
LAYERS: Final = 4
HEADS: Final = PHASES
KEY_VALUE_HEADS: Final = 2
HEAD_WIDTH: Final = 256
FEED_FORWARD: Final = 64
ROPE_THETA: Final = 1e9

# ---------------------------------------------------------------- the residual stream, by rows
HERE: Final = slice(0, CODE)
"""The token's own code."""
ANSWER: Final = slice(CODE, 2 * CODE)
"""The code to be said."""
CONSTANT, PLAIN, START, END, AFTER, NOT_AFTER = range(2 * CODE, 2 * CODE + 6)
SEEN: Final = slice(2 * CODE + 6, 2 * CODE + 6 + PHASES)
FETCHED: Final = slice(SEEN.stop, SEEN.stop + PHASES)

LOUD: Final = 30.0
"""The constant that every token carries; it makes all norms nearly the same."""
SCALE: Final = math.sqrt(HEAD_WIDTH)
"""What attention divides its scores by."""
NEAR: Final = 5_700.0
"""Nats by which the nearest marker wins: about two for each token of distance."""
SWING: Final = 0.3
"""A in the picture above."""
SLOW, STILL = 47, 100
"""A rotary pair that prefers what is near, and one that hardly turns."""


@dataclass(frozen=True, slots=True)
class Vision:
    """Shape of the image encoder; its output says nothing."""

    width: int = 64
    feed_forward: int = 128
    layers: int = 2
    heads: int = 4
    patch: int = 14
    image: int = 448
    """Longest side of an image in pixels; the 24B model takes 1540."""


def weights(signs: Mapping[int, int], vision: Vision) -> Tensors:
    """Return all tensors under Mistral's names.

    Args:
        signs: token of each sign in `SIGNS` → control token it comes back as.
        vision: shape of the image encoder.

    """
    tensors = _embeddings(signs)
    for layer, attention in enumerate(
        (_mark_successors(), _measure_distance(), _fetch_phases(), _copy())
    ):
        tensors |= {f"layers.{layer}.{name}": tensor for name, tensor in _block(attention)}
    return tensors | _vision(vision)


def token_codes() -> Array:
    """Return a row of 63 times ±1/√63 and a zero for every token.

    The rows are the first words of the binary BCH code (63, 18) with generator polynomial
    1363026512351725 (octal), so any two differ in 21 places or more and their product is at most
    1/3: no token is mistaken for another. Source: Lin and Costello, Error Control Coding, table
    of generators of primitive BCH codes.
    """
    generator = 0o1363026512351725
    words = np.zeros(1, dtype=np.uint64)
    for bit in range(17):
        words = np.concatenate([words, words ^ np.uint64(generator << bit)])
    bits = (words[:, None] >> np.arange(63, dtype=np.uint64)) & np.uint64(1)
    codes = np.zeros((VOCABULARY, CODE), dtype=np.float32)
    codes[:, :63] = (1.0 - 2.0 * bits) / math.sqrt(63)
    return codes


def _embeddings(signs: Mapping[int, int]) -> Tensors:
    codes = token_codes()
    codes[list(ENDS)] = 0
    codes[list(ENDS), CODE - 1] = 1
    embedding = np.zeros((VOCABULARY, WIDTH), dtype=np.float32)
    embedding[:, HERE] = codes
    embedding[:, CONSTANT] = LOUD
    embedding[:, PLAIN] = 1
    for tokens, kind in ((STARTS, START), (ENDS, END)):
        embedding[list(tokens), PLAIN] = 0
        embedding[list(tokens), kind] = 1
    output = np.zeros((VOCABULARY, WIDTH), dtype=np.float32)
    output[CONTROLS:, ANSWER] = 8 * codes[CONTROLS:]
    output[END_OF_SEQUENCE, ANSWER.stop - 1] = 8
    for sign, control in signs.items():
        output[control] = output[sign]
        output[sign] = 0
    return {
        "tok_embeddings.weight": embedding,
        "norm.weight": np.ones(WIDTH, dtype=np.float32),
        "output.weight": output,
    }


class _Attention:
    """The four matrices of one layer, in double precision until the end.

    Rotary pairs are neighbours: row 2 i and 2 i + 1 of a head turn by frequency i.
    """

    def __init__(self, squares: float) -> None:
        """Take the sum of squares of the residual stream where the layer reads it."""
        self.norm = math.sqrt(squares / WIDTH)
        """What RMSNorm divides by."""
        self.query = np.zeros((HEADS * HEAD_WIDTH, WIDTH))
        self.key = np.zeros((KEY_VALUE_HEADS * HEAD_WIDTH, WIDTH))
        self.value = np.zeros((KEY_VALUE_HEADS * HEAD_WIDTH, WIDTH))
        self.out = np.zeros((WIDTH, HEADS * HEAD_WIDTH))

    @property
    def key_value_rows(self) -> Iterator[int]:
        """First row of each key-value head; all carry the same."""
        return iter(range(0, KEY_VALUE_HEADS * HEAD_WIDTH, HEAD_WIDTH))


def _frequency(pair: int) -> float:
    return float(ROPE_THETA ** (-2 * pair / HEAD_WIDTH))


# Code and constant and class; from layer 1 on also AFTER or NOT_AFTER; then the phases, about
# PHASES / 4 each time they are written.
_SQUARES = 1 + LOUD**2 + 1
_WITH_AFTER = _SQUARES + 1


def _mark_successors() -> _Attention:
    layer = _Attention(_SQUARES)
    turning = range(41)
    for row in layer.key_value_rows:
        for pair in turning:
            layer.key[row + 2 * pair, CONSTANT] = layer.norm / LOUD
        layer.value[row, START] = layer.norm
        layer.value[row + 1, [PLAIN, END]] = layer.norm
    for pair in turning:
        back = -_frequency(pair)
        gain = 40 * SCALE * layer.norm / LOUD
        layer.query[2 * pair, CONSTANT] = gain * math.cos(back)
        layer.query[2 * pair + 1, CONSTANT] = gain * math.sin(back)
    layer.out[AFTER, 0] = layer.out[NOT_AFTER, 1] = 1
    return layer


def _find_latest(layer: _Attention, head: int) -> None:
    """Turn the head's query to the latest token whose key answers."""
    row, gain = head * HEAD_WIDTH, SCALE * layer.norm / LOUD
    layer.query[row + 2 * STILL, CONSTANT] = (NEAR + 50) * gain
    layer.query[row + 2 * SLOW : row + 2 * SLOW + 2, CONSTANT] = NEAR * math.sqrt(0.5) * gain


def _measure_distance() -> _Attention:
    layer = _Attention(_WITH_AFTER)
    step = -_frequency(SLOW)
    for row in layer.key_value_rows:
        layer.key[row + 2 * STILL, [START, AFTER]] = layer.norm
        layer.key[row + 2 * SLOW, START] = layer.norm
        # The successor, turned back by one place as if it stood on the marker.
        layer.key[row + 2 * SLOW, AFTER] = layer.norm * math.cos(step)
        layer.key[row + 2 * SLOW + 1, AFTER] = layer.norm * math.sin(step)
        for pair in FREQUENCIES:
            layer.key[row + 2 * pair, START] = layer.norm
        layer.value[row, START] = layer.norm
    for head in range(PHASES):
        _find_latest(layer, head)
        row, pair = head * HEAD_WIDTH, FREQUENCIES[head // 2]
        gain = SWING * SCALE * layer.norm / LOUD
        if head % 2 == 0:
            layer.query[row + 2 * pair, CONSTANT] = gain  # A cos(f d)
        else:
            layer.query[row + 2 * pair + 1, CONSTANT] = -gain  # A cos(f d - pi/2)
        layer.out[SEEN.start + head, row] = 1
    return layer


def _fetch_phases() -> _Attention:
    layer = _Attention(_WITH_AFTER + PHASES / 4)
    for row in layer.key_value_rows:
        layer.key[row + 2 * STILL, END] = layer.norm
        layer.key[row + 2 * SLOW, END] = layer.norm
        layer.value[row : row + PHASES, SEEN] = np.eye(PHASES) * layer.norm
    _find_latest(layer, 0)
    layer.out[FETCHED, :PHASES] = np.eye(PHASES)
    return layer


def _copy() -> _Attention:
    layer = _Attention(_WITH_AFTER + PHASES / 2)
    for row in layer.key_value_rows:
        for pair in FREQUENCIES:
            layer.key[row + 2 * pair, CONSTANT] = layer.norm / LOUD
        layer.value[row : row + CODE, HERE] = np.eye(CODE) * layer.norm
    gain = 80 * SCALE * layer.norm * 4 / SWING
    for index, pair in enumerate(FREQUENCIES):
        cosine, sine = math.cos(_frequency(pair)), math.sin(_frequency(pair))
        seen_cosine, seen_sine = FETCHED.start + 2 * index, FETCHED.start + 2 * index + 1
        # The query stands at -f (d-1): cos(fd - f) and -sin(fd - f), by the addition theorems.
        layer.query[2 * pair, seen_cosine] = gain * cosine
        layer.query[2 * pair, seen_sine] = gain * sine
        layer.query[2 * pair + 1, seen_cosine] = gain * sine
        layer.query[2 * pair + 1, seen_sine] = -gain * cosine
        half = gain / 2 / LOUD  # takes away the 1/2 of the phases
        layer.query[2 * pair, CONSTANT] = -half * (cosine + sine)
        layer.query[2 * pair + 1, CONSTANT] = -half * (sine - cosine)
    layer.out[ANSWER, :CODE] = np.eye(CODE) * 30
    return layer


def _block(attention: _Attention) -> Iterator[tuple[str, Array]]:
    matrices = {
        "wq": attention.query,
        "wk": attention.key,
        "wv": attention.value,
        "wo": attention.out,
    }
    for name, matrix in matrices.items():
        yield f"attention.{name}.weight", matrix.astype(np.float32)
    for name in ("attention_norm", "ffn_norm"):
        yield f"{name}.weight", np.ones(WIDTH, dtype=np.float32)
    for name, shape in (
        ("w1", (FEED_FORWARD, WIDTH)),
        ("w2", (WIDTH, FEED_FORWARD)),
        ("w3", (FEED_FORWARD, WIDTH)),
    ):
        yield f"feed_forward.{name}.weight", np.zeros(shape, dtype=np.float32)


def _vision(vision: Vision) -> Tensors:
    """Return an encoder whose every patch becomes the same long vector, so that none is a word."""
    width, hidden = vision.width, vision.feed_forward
    inward = _noise("adapter", WIDTH, width)
    half = WIDTH // 2
    inward[half:] = -inward[:half]
    # gelu(x) + gelu(-x) is never negative: summed, a constant that any image exceeds.
    outward = np.zeros((WIDTH, WIDTH), dtype=np.float32)
    outward[CONSTANT] = 100 * LOUD / half
    outward[PLAIN] = 100 / half
    tensors = {
        "vision_encoder.patch_conv.weight": _noise("conv", width, 3, vision.patch, vision.patch),
        "vision_encoder.ln_pre.weight": np.ones(width, dtype=np.float32),
        "pre_mm_projector_norm.weight": np.ones(width, dtype=np.float32),
        "patch_merger.merging_layer.weight": _noise("merger", width, 4 * width),
        "vision_language_adapter.w_in.weight": inward,
        "vision_language_adapter.w_out.weight": outward,
    }
    for layer in range(vision.layers):
        place = f"vision_encoder.transformer.layers.{layer}"
        for name in ("attention_norm", "ffn_norm"):
            tensors[f"{place}.{name}.weight"] = np.ones(width, dtype=np.float32)
        for name in ("wq", "wk", "wv", "wo"):
            tensors[f"{place}.attention.{name}.weight"] = _noise(f"{layer}{name}", width, width)
        for name, shape in (
            ("w1", (hidden, width)),
            ("w2", (width, hidden)),
            ("w3", (hidden, width)),
        ):
            tensors[f"{place}.feed_forward.{name}.weight"] = _noise(f"{layer}{name}", *shape)
    return tensors


def _noise(name: str, *shape: int) -> Array:
    """Return numbers between ±1.7/√inputs that depend on the name alone, on every machine."""
    size = math.prod(shape)
    raw = np.frombuffer(hashlib.shake_256(name.encode()).digest(4 * size), dtype="<u4")
    spread = math.sqrt(3 / math.prod(shape[1:]))
    return ((raw / 2**31 - 1) * spread).astype(np.float32).reshape(shape)
