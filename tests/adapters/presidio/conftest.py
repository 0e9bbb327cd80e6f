"""The real models, loaded once for all tests of this folder."""

import os

import pytest

# As in a detector process; numpy's threads read it when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def analyser() -> "Analyser":
    return Analyser(CompactNames())


from euguard.adapters.ner.compact import CompactNames  # noqa: E402  # after the setting above
from euguard.adapters.presidio.analyser import Analyser  # noqa: E402  # as above
