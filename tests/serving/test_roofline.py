"""The lines of one H100, against published sizing tables for this shape, recomputed by hand."""

import pytest

from euguard.serving.roofline import card, cards, decode_bound, prefill_bound
from profiles import SHIPPED, profile

H100 = card("NVIDIA H100 80GB HBM3")
A100 = card("NVIDIA A100-SXM4-80GB")
BF16, FP8 = profile("mistral-small-3.2", "bf16"), profile("mistral-small-3.2", "fp8")


def test_every_card_names_its_source_and_day() -> None:
    assert len({one.name for one in cards()}) == len(cards()) >= 5
    assert all(one.source and one.url.startswith("https://") and one.checked for one in cards())
    assert card("NVIDIA GeForce") is None


def test_one_answer_in_bf16_is_written_at_most_at_73_tokens_a_second() -> None:
    assert H100 is not None
    # 48.02 GB less vision 0.88 and embedding 1.34 are 45.80 GB; 3,350 / 45.80 = 73.1
    assert round(decode_bound(BF16, H100, requests=1, context=1)) == 73
    # fp8: 25.79 - 2.22 = 23.57 GB; 3,350 / 23.57 = 142
    assert round(decode_bound(FP8, H100, requests=1, context=1)) == 142


def test_many_requests_share_the_reading_of_the_weights() -> None:
    assert H100 is not None
    # 8 x 2,048 tokens x 163,840 bytes are 2.68 GB: 8 x 3,350 / 48.48 = 553
    assert round(decode_bound(BF16, H100, requests=8, context=2048)) == 553


def test_a_prompt_is_read_at_most_at_the_rate_of_the_arithmetic() -> None:
    assert H100 is not None
    assert A100 is not None
    # 989e12 / (2 x 22.23e9 + 4 x 40 x 4096 x 8192 / 2 = 2.68e9) = 20,980
    assert prefill_bound(BF16, H100, length=8192) == pytest.approx(20_980, rel=0.001)
    assert prefill_bound(FP8, H100, length=8192) == pytest.approx(
        prefill_bound(BF16, H100, length=8192) * 1979 / 989
    )
    # An A100 computes in no 8 bits, so weights in 8 bits do not read faster.
    assert prefill_bound(FP8, A100, length=8192) == prefill_bound(BF16, A100, length=8192)


def test_an_embedding_that_is_the_output_layer_too_is_read() -> None:
    assert H100 is not None
    tied = SHIPPED["demo-smollm2"]
    # 134,515,008 parameters x 2 bytes, and one token of 23,040 bytes
    assert decode_bound(tied, H100, requests=1, context=1) == pytest.approx(
        3_350e9 / (2 * tied.memory.shape.parameters + 2 * 30 * 3 * 64 * 2)
    )
