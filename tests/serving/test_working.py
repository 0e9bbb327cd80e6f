"""What a step needs, by hand; the sums are in the comments."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.serving.memory import GIB
from euguard.serving.working import Batch, adapter_bytes, working
from profiles import EVERY, SHIPPED, profile

MISTRAL = SHIPPED["mistral-small-3.2"].memory
BATCH = Batch(tokens=8192, sequences=64, images=4, slots=0, rank=0, graphs=True)


def needed(batch: Batch) -> dict[str, int]:
    return {part.name: part.bytes for part in working(MISTRAL, batch)}


def test_a_step_of_8192_tokens_by_hand() -> None:
    assert needed(BATCH) == {
        # 8192 x (2 x 5120 + 3 x 32768) x 2 bytes
        "activations": 8192 * (10_240 + 98_304) * 2,
        # 64 x 131072 x (2 + 4 + 4) bytes
        "sampling": 83_886_080,
        # 8192 tokens hold two images of 3,080; 2 x 12,100 patches x (2 x 1024 + 3 x 4096)
        # x 2 bytes, and 8192 x 5120 x 2 bytes for the decoder
        "images": 24_200 * 14_336 * 2 + 83_886_080,
        "CUDA graphs": GIB,
    }


def test_an_eager_engine_has_no_graphs_and_a_blind_one_no_images() -> None:
    found = needed(replace(BATCH, graphs=False, images=0))

    assert set(found) == {"activations", "sampling"}


def test_one_image_is_read_even_where_a_step_has_fewer_tokens() -> None:
    # one image of 12,100 patches; handed on are its 3,080 tokens
    small = needed(replace(BATCH, tokens=1024))

    assert small["images"] == 12_100 * 14_336 * 2 + 3_080 * 5_120 * 2


def test_a_slot_of_rank_32_by_hand() -> None:
    # in + out of each layer: q and o 9216 each, k and v 6144 each, gate, up and down 37888 each:
    # 144,384; of 40 layers 5,775,360; the output layer 5120 + 131072. x 32 x 2 bytes.
    assert adapter_bytes(MISTRAL.shape, rank=32, size=2) == (5_775_360 + 136_192) * 64
    assert needed(replace(BATCH, slots=3, rank=32))["adapters"] == 3 * 5_911_552 * 64


def test_the_batch_is_what_the_options_say() -> None:
    assert profile("mistral-small-3.2", "bf16").batch() == BATCH
    assert profile("mistral-small-3.2", "lora").batch() == replace(BATCH, slots=3, rank=32)
    assert profile("mistral-small-3.2", "many-users").batch() == replace(
        BATCH, sequences=256, images=1
    )
    assert not SHIPPED["demo-echo"].batch().graphs


@pytest.mark.parametrize("shown", EVERY, ids=lambda one: f"{one.model} {one.name}")
@given(length=st.integers(1, 300_000), more=st.integers(0, 300_000))
def test_more_context_never_fits_more_requests(shown: object, length: int, more: int) -> None:
    from euguard.serving.profile import Profile

    assert isinstance(shown, Profile)
    plan = shown.plan()

    assert plan.contexts(length + more) <= plan.contexts(length)
    assert plan.contexts(length) * length <= plan.tokens


@given(
    tokens=st.integers(1, 65_536),
    sequences=st.integers(1, 2_048),
    images=st.integers(0, 99),
    slots=st.integers(0, 9),
    rank=st.integers(1, 512),
)
def test_a_larger_batch_never_needs_less(
    tokens: int, sequences: int, images: int, slots: int, rank: int
) -> None:
    def total(batch: Batch) -> int:
        return sum(part.bytes for part in working(MISTRAL, batch))

    batch = Batch(tokens, sequences, images, slots, rank, graphs=True)

    for larger in (
        replace(batch, tokens=tokens + 1),
        replace(batch, sequences=sequences + 1),
        replace(batch, images=images + 1),
        replace(batch, slots=slots + 1),
        replace(batch, rank=rank + 1),
    ):
        assert total(larger) >= total(batch)
