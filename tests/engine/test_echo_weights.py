import numpy as np
from deploy.demo.engine.echo_weights import CODE, SIGNS, VOCABULARY, Vision, token_codes, weights


def test_no_two_tokens_are_alike() -> None:
    bits = token_codes()[:, :63] < 0

    # The code is linear, so its least distance is the least weight of a word that is not zero.
    assert not bits[0].any()
    assert bits[1:].sum(axis=1).min() == 21
    sample = np.random.default_rng(1).integers(0, VOCABULARY, (2_000, 2))
    distances = (bits[sample[:, 0]] ^ bits[sample[:, 1]]).sum(axis=1)
    assert distances[sample[:, 0] != sample[:, 1]].min() >= 21


def test_every_code_has_length_one() -> None:
    codes = token_codes()

    assert codes.shape == (VOCABULARY, CODE)
    assert np.allclose((codes**2).sum(axis=1), 1)


def test_the_weights_are_the_same_every_time() -> None:
    signs = dict(zip((5_000, 6_000), SIGNS.values(), strict=True))

    first, second = weights(signs, Vision()), weights(signs, Vision())

    assert sorted(first) == sorted(second)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert {tensor.dtype for tensor in first.values()} == {np.dtype("float32")}
