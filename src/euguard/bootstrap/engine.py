"""The model server and its packages, for the commands that describe and check them."""

from collections.abc import Mapping
from pathlib import Path

from euguard.bootstrap.needing import needing
from euguard.exchange.stages import Json


async def describe_model_server(url: str, unix_socket: Path | None) -> tuple[Json, Json]:
    """Return what a model server says of its models and of its version, unchecked.

    Raises:
        ModelUnavailableError: it does not answer.

    """
    with needing("gateway"):
        from euguard.adapters.vllm import Address, Vllm
    path = None if unix_socket is None else str(unix_socket)
    async with Vllm(Address(url=url, unix_socket=path)) as server:
        return await server.described()


def engine_packages(executable: Path) -> Mapping[str, str]:
    """Return distribution → version beside vLLM.

    Raises:
        ConfigurationError: see `adapters.engine.installed`.

    """
    from euguard.adapters import engine

    return engine.installed(executable)
