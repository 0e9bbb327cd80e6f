"""`vllm bench serve` of the engine's own environment, and the card it runs on.

The benchmark speaks TCP only. Where the engine listens on a Unix socket, a bridge on loopback
stands between them for as long as the benchmark runs: any account of the machine could use the
model through it meanwhile, and nothing of that would be recorded. So measure before people do.
"""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from euguard.errors import ConfigurationError, ModelUnavailableError

RUN_SECONDS = 1800.0
"""How long one run may take."""
_LAST_LINES = 8
_BUFFER = 64 * 1024
_INHERITED = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")
_QUIET = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_PLUGINS": "",
}


async def run(executable: Path, arguments: Sequence[str]) -> object:
    """Return the JSON that one run wrote.

    Args:
        executable: `bin/vllm` of the engine's environment.
        arguments: what follows `vllm bench serve`, but for where the result goes.

    Raises:
        ConfigurationError: there is no such program.
        ModelUnavailableError: the run failed or did not end; shows its last lines, which hold no
            prompt but chance words.

    """
    with tempfile.TemporaryDirectory(prefix="euguard-bench-") as folder:
        place = ["--result-dir", folder, "--result-filename", "result.json"]
        await _execute([str(executable), "bench", "serve", *arguments, *place], Path(folder))
        return orjson.loads((Path(folder) / "result.json").read_bytes())


async def _execute(argv: list[str], home: Path) -> None:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment = {**inherited, **_QUIET, "HOME": str(home), "XDG_CACHE_HOME": str(home)}
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        msg = f"benchmark: cannot start {argv[0]}: {error.strerror}"
        fix = "give the path of `vllm` in its own environment with --executable"
        raise ConfigurationError(msg, fix=fix) from None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), RUN_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        msg = f"benchmark: one run did not end within {RUN_SECONDS:.0f} s"
        raise ModelUnavailableError(msg, fix="look at the engine's log") from None
    if process.returncode != 0:
        last = "\n".join(output.decode(errors="replace").splitlines()[-_LAST_LINES:])
        msg = (
            f"benchmark: vllm bench serve ended with {process.returncode}; its last lines:\n{last}"
        )
        raise ModelUnavailableError(msg)


@asynccontextmanager
async def bridge(unix_socket: Path) -> AsyncIterator[str]:
    """Yield the URL of a port on loopback that leads to the socket, until the block ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_unix_connection(unix_socket)
        except OSError:
            writer.close()
            return
        async with asyncio.TaskGroup() as pumps:
            pumps.create_task(_pump(reader, inner_writer))
            pumps.create_task(_pump(inner_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_BUFFER):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # the other side hung up
    finally:
        writer.close()


def card_name() -> str | None:
    """Return what nvidia-smi calls the first card; None where there is no card or no driver."""
    argv = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader", "--id=0"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            argv, capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def write(path: Path, value: Mapping[str, object]) -> None:
    """Write the evidence.

    Raises:
        ConfigurationError: it cannot be written.

    """
    try:
        path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}"
        raise ConfigurationError(msg, fix="name another place with --output") from None
