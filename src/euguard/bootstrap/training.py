"""Training the model of names, for the command that does it."""

from collections.abc import Callable
from pathlib import Path

from euguard.bootstrap.needing import needing


def train_names(data: Path, destination: Path, tell: Callable[[str], None]) -> int:
    """Train on the sets in `data` and write the model; return its size in bytes.

    Raises:
        ConfigurationError: a set is missing, or the libraries for training are not installed.

    """
    with needing("train"):
        from euguard.adapters.ner import weights
        from euguard.adapters.ner.training.train import Plan, train
    weights.save(destination, train(data, Plan(), tell))
    return destination.stat().st_size
