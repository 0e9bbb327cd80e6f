"""Working memory on a card: what a step of the engine needs beside weights and tokens.

vLLM measures it itself at its start, with the largest batch that it may meet, before it gives
the rest to keys and values; here it is computed from the same batch, so that it is known before::

    activations   tokens x (2 width + 3 feed-forward) x bytes
                  the residual and the input of a layer; gate, up and their product
    sampling      sequences x vocabulary x (bytes + 4 + 4): the output, twice in fp32
    images        the largest images that one step may hold:
                  patches x (2 width + 3 feed-forward) of the encoder, and what it hands on
    adapters      slots x rank x (inputs + outputs) of each linear layer x bytes

The peaks of text and images come one after the other in the engine; the plan adds them up, and
so is on the safe side. The CUDA graphs are an assumption of the model file.

Source: vLLM 0.32.0, v1/worker/gpu_worker.py (determine_available_memory: the peak of a step and
the graphs are taken off before keys and values), config/lora.py and lora/layers (slots).
"""

from dataclasses import dataclass

from euguard.serving.memory import GIB, Memory, Part, Precision, Shape

BATCHED_TOKENS = 8192
"""What vLLM computes in one step by default, as a server on a card of 70 GiB or more that is no
A100: vLLM 0.32.0, engine/arg_utils.py, get_batch_defaults. Shipped profiles say it themselves."""

BATCHED_SEQUENCES = 1024
"""And how many requests; the same place."""

_FP32_BYTES = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """The largest step of the engine."""

    tokens: int
    """--max-num-batched-tokens."""
    sequences: int
    """--max-num-seqs."""
    images: int
    """Most images in one request; 0 where images are not read."""
    slots: int
    """Adapters that one step may mix, --max-loras; 0 without."""
    rank: int
    """Largest rank of an adapter, --max-lora-rank."""
    graphs: bool
    """CUDA graphs are captured: not --enforce-eager."""


def working(memory: Memory, batch: Batch) -> tuple[Part, ...]:
    """Return what the batch needs of the card."""
    shape = memory.shape
    size = _FP32_BYTES if memory.weights is Precision.FP32 else 2
    graphs = int(memory.graphs_gib * GIB) if batch.graphs else 0
    parts = (
        *_adapters(shape, batch, size),
        _activations(shape, batch, size),
        _sampling(shape, batch, size),
        *_images(shape, batch, size),
        Part("CUDA graphs", graphs, "assumed, in the model file"),
    )
    return tuple(part for part in parts if part.bytes)


def adapter_bytes(shape: Shape, rank: int, size: int) -> int:
    """Return the bytes of one slot for an adapter of `rank` at `size` bytes a number.

    vLLM makes a slot for every linear layer of the decoder and for the output layer, whichever
    of them an adapter changes.
    """
    queries, keys = shape.heads * shape.head_width, shape.key_value_heads * shape.head_width
    layers = [(shape.width, queries), (shape.width, keys), (shape.width, keys)]
    layers += [(queries, shape.width), (shape.feed_forward, shape.width)]
    layers += [(shape.width, shape.feed_forward)] * 2
    ends = shape.layers * sum(map(sum, layers)) + shape.width + shape.vocabulary
    return ends * rank * size


def _adapters(shape: Shape, batch: Batch, size: int) -> tuple[Part, ...]:
    if not batch.slots:
        return ()
    one = adapter_bytes(shape, batch.rank, size)
    basis = f"{batch.slots} slots of rank {batch.rank}"
    return (Part("adapters", batch.slots * one, basis),)


def _activations(shape: Shape, batch: Batch, size: int) -> Part:
    numbers = batch.tokens * (2 * shape.width + 3 * shape.feed_forward)
    return Part("activations", numbers * size, f"{batch.tokens:,} tokens in one step")


def _sampling(shape: Shape, batch: Batch, size: int) -> Part:
    numbers = batch.sequences * shape.vocabulary
    return Part("sampling", numbers * (size + 2 * _FP32_BYTES), f"{batch.sequences} requests")


def _images(shape: Shape, batch: Batch, size: int) -> tuple[Part, ...]:
    if shape.vision is None or not batch.images:
        return ()
    one = shape.vision
    # One image is always read whole; more only as far as a step has tokens for them.
    images = min(batch.images * batch.sequences, max(1, batch.tokens // one.tokens))
    encoder = images * one.patches * (2 * one.width + 3 * one.feed_forward)
    handed_on = max(batch.tokens, one.tokens) * shape.width
    basis = f"{images} of {one.side} pixels a side in one step"
    return (Part("images", (encoder + handed_on) * size, basis),)
