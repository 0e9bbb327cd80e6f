"""Fixtures that several packages of tests share."""

from collections.abc import Iterator

import pytest

from databases import Postgres, running_postgres
from engine_fixture import engine

__all__ = ["engine", "postgres"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server
