"""Booted hosts for the tests of the installation."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from booted import Host, booted, image, unavailable


@pytest.fixture(scope="session")
def pristine() -> Path:
    """The image of a customer's server. In CI its absence is a failure, elsewhere a reason."""
    reason = unavailable()
    if reason is not None and os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    if reason is not None:
        pytest.skip(reason)
    return image()


@pytest.fixture(scope="module")
def host(pristine: Path) -> Iterator[Host]:
    """A pristine booted server, for one module."""
    assert pristine.is_dir()
    with booted() as made:
        yield made
