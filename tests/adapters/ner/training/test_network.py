"""What is trained with PyTorch is what NumPy computes."""

from pathlib import Path

import pytest

from with_torch import run


@pytest.mark.engine
@pytest.mark.parametrize("seed", [1, 2])
def test_the_tagger_computes_what_the_network_learnt(seed: int) -> None:
    said = run(Path(__file__).with_name("program_network.py"), str(seed))

    ours, theirs = said["shapes"]
    assert ours == theirs
    assert said["words"] > 150
    assert said["difference"] < 1e-5
    # The numbers agree on something: every label's probability varies from word to word.
    assert said["spread"] > 0.01
    assert said["labels"] > 3
