"""A whole euguard before a model server that records what it was sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from box import Box
from upstream import Behaviour, Upstream


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        yield server


@pytest.fixture(scope="module")
def box(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder: Path = tmp_path_factory.mktemp("box")
    with Box(folder, upstream.url, environment={"EUGUARD_LOG_LEVEL": "debug"}) as made:
        made.start()
        yield made


@pytest.fixture
def client(box: Box, upstream: Upstream) -> Iterator[OpenAI]:
    upstream.behaviour = Behaviour()
    upstream.bodies.clear()
    with OpenAI(base_url=box.url, api_key=box.key, max_retries=0) as made:
        yield made
