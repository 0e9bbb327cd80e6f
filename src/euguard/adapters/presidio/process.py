"""One detector process, as the gateway sees it."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from euguard.adapters.presidio.frame import FrameError, frame, read_frame

ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        # More threads on matrices this small only wait for each other.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "BLIS_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }
)
"""All of it: the gateway's own environment holds secrets that a detector has no use for."""
ISOLATED, SHARED = "ready isolated", "ready shared"
"""What a process reports when it answers: without a network, or with the machine's."""


class ProcessEndedError(Exception):
    """The process ended, or did not start. The message names type and place, no text."""


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Yield a short name for `path`: an address of a Unix socket has at most 107 bytes."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class DetectorProcess:
    """A running process with one connection to it. Made by `start`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        report: asyncio.StreamReader,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        isolated: bool,
    ) -> None:
        self.isolated = isolated
        """Whether the kernel took the network from it."""
        self._process = process
        self._report = report
        self._reader = reader
        self._writer = writer

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @classmethod
    async def start(
        cls, socket: Path, program: Sequence[str], *, within: float
    ) -> "DetectorProcess":
        """Start a process and connect to it.

        Args:
            socket: where it shall answer.
            program: the arguments of Python that start it; those that every detector process
                takes follow them: the socket, the process id of its parent, and the file
                descriptor to report on.
            within: seconds until it must be ready.

        Raises:
            ProcessEndedError: it could not be started, or was not ready `within` that many
                seconds.

        """
        try:
            report, process = await _spawn(socket, program)
        except OSError as failure:  # no more files or processes: whoever asked may try again
            msg = f"cannot be started: {failure.strerror}"
            raise ProcessEndedError(msg) from None
        try:
            async with asyncio.timeout(within):
                isolated = _isolated(await report.readline())
                with reachable(socket) as address:
                    reader, writer = await asyncio.open_unix_connection(address)
        except BaseException as failure:
            await _end(process)
            if isinstance(failure, TimeoutError | OSError):
                msg = f"not ready within {within:g} s"
                raise ProcessEndedError(msg) from None
            raise
        return cls(process, report, reader, writer, isolated=isolated)

    async def ask(self, body: bytes) -> bytes:
        """Send a request, return the body of its reply.

        Raises:
            FrameError, OSError: the process ended, or talks nonsense; `end` it.

        """
        self._writer.write(frame(body))
        await self._writer.drain()
        answer = await read_frame(self._reader)
        if answer is None:
            msg = "frame: the process closed the connection"
            raise FrameError(msg)
        return answer

    async def ended(self) -> str:
        """Return, once the process has ended, how."""
        if line := await self._report.readline():
            return line.decode("ascii", "replace").strip()
        return f"exit code {await self._process.wait()}"

    async def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._writer.close()
        await _end(self._process)


async def _spawn(
    socket: Path, program: Sequence[str]
) -> tuple[asyncio.StreamReader, asyncio.subprocess.Process]:
    """Start a process; return what it reports, and it."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    try:
        report = await _pipe(reading)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *program,
            *(str(socket), str(os.getpid()), str(writing)),
            env=dict(ENVIRONMENT),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(writing,),
            start_new_session=True,  # Ctrl-C at a terminal is for the gateway, which ends it
        )
    finally:
        os.close(writing)
    return report, process


def _isolated(line: bytes) -> bool:
    """Read the first line of a report."""
    said = line.decode("ascii", "replace").strip()
    if said not in {ISOLATED, SHARED}:
        raise ProcessEndedError(said or "unknown")
    return said == ISOLATED


async def _pipe(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
