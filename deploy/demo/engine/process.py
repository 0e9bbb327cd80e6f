"""The engine as a process group: start it, wait for it, stop all of it.

vLLM is at least two processes, and the second outlives a killed first with all its memory, so
what is stopped is always the group. A watchdog does the same when the program that started the
engine dies without a word, by SIGKILL too: it holds the other end of a pipe.
"""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from euguard.errors import ConfigurationError, ModelUnavailableError
from euguard.serving.command import Command, Listen, Loopback, UnixSocket

Progress: TypeAlias = Callable[[float], None]
"""Called about once a second while the engine starts, with the seconds since."""

READY_SECONDS = 240.0
"""About 20 s on an idle machine with a warm disk; a busy one needs two minutes."""

PATIENCE_SECONDS = 15.0
"""How long a process may take to end before it is killed."""

_ZOMBIE = "Z"
_LAST_LINES = 15
_POLL_SECONDS = 0.1
_UUID_CHARACTERS = 36
# `kill -TERM -- -1234` is not understood by every sh, `kill -s` is.
_WATCHDOG = 'cat; kill -s TERM -- "-$1"; sleep 10; kill -s KILL -- "-$1"'


@dataclass(frozen=True, slots=True)
class Files:
    """Where the engine writes."""

    log: Path
    cache: Path


class Engine:
    """A running engine. Use it as a context manager: at the end of the block nothing of it runs."""

    def __init__(
        self,
        command: Command,
        listen: Listen,
        files: Files,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Start it.

        Args:
            command: what to execute.
            listen: where the command says that it listens. The folder of a socket should be the
                engine's alone: vLLM puts sockets of its own there.
            files: where it writes.
            patience_seconds: how long its processes may take to end before they are killed.

        Raises:
            ConfigurationError: there is no such program.

        """
        self.listen = listen
        self._log = files.log
        self._patience_seconds = patience_seconds
        _prepare(listen, files)
        self._began = time.monotonic()
        try:
            with files.log.open("wb") as log:
                self._process = subprocess.Popen(
                    command.argv,
                    env=command.environment_within(os.environ),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    umask=0o077,
                )
        except FileNotFoundError:
            msg = f"engine: there is no {command.argv[0]}"
            raise ConfigurationError(msg, fix="install it: make .engine/ready") from None
        self.group = self._process.pid
        """The process group."""
        self._watchdog = Watchdog(self.group)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def wait_until_ready(
        self, *, seconds: float = READY_SECONDS, progress: Progress | None = None
    ) -> float:
        """Return when the engine answers, with the seconds that its start took.

        Raises:
            ModelUnavailableError: it ended, or the seconds are over; shows its last lines, which
                come from before the first request.

        """
        told = 0
        while not healthy(self.listen):
            since = time.monotonic() - self._began
            status = self._process.poll()
            if status is not None:
                what = f"it ended with status {status} after {since:.0f} s"
                raise self._failure(what)
            if since > seconds:
                what = f"it does not answer after {since:.0f} s"
                raise self._failure(what)
            if progress is not None and int(since) > told:
                told = int(since)
                progress(since)
            time.sleep(_POLL_SECONDS)
        return time.monotonic() - self._began

    def stop(self) -> None:
        """Stop the engine and all it started; a second call does nothing."""
        stop_group(self.group, patience_seconds=self._patience_seconds)
        self._process.wait()
        self._watchdog.dismiss()
        _sweep(self.listen)

    def last_lines(self) -> str:
        """Return the end of the log."""
        with self._log.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, maxlen=_LAST_LINES))

    def _failure(self, what: str) -> ModelUnavailableError:
        msg = f"engine: {what}; the end of {self._log}:\n{self.last_lines()}"
        return ModelUnavailableError(msg)


def _prepare(listen: Listen, files: Files) -> None:
    folders = {files.cache, files.log.parent}
    if isinstance(listen, UnixSocket):
        folders.add(listen.path.parent)
        listen.path.unlink(missing_ok=True)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.log.unlink(missing_ok=True)
    files.log.touch(mode=0o600)


def _sweep(listen: Listen) -> None:
    """Remove the sockets: vLLM leaves its own behind, each named by a UUID."""
    if not isinstance(listen, UnixSocket):
        return
    listen.path.unlink(missing_ok=True)
    for path in listen.path.parent.iterdir():
        if len(path.name) == _UUID_CHARACTERS and path.is_socket():
            path.unlink()


class Watchdog:
    """Stops a process group when this program ends, however it ends."""

    def __init__(self, group: int) -> None:
        """Take the group to stop."""
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "engine-watchdog", str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Stop nothing any more: the group has ended."""
        if self._process.poll() is not None:
            return
        # Killed, not released: at the end of its pipe it would signal a group that is gone.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()


def alive(group: int) -> tuple[int, ...]:
    """Return the processes of a group that still run; a zombie does not."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name stands in parentheses and may hold spaces and parentheses itself.
            state, _parent, process_group, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended while we looked
        if int(process_group) == group and state != _ZOMBIE:
            found.append(int(stat.parent.name))
    return tuple(sorted(found))


def stop_group(group: int, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Stop every process of the group: ask, wait, then kill; return when none runs."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, sent)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience_seconds
        while time.monotonic() < deadline:
            if not alive(group):
                return
            time.sleep(_POLL_SECONDS)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def connection(listen: Listen, *, timeout_seconds: float = 5.0) -> http.client.HTTPConnection:
    """Return an HTTP connection to where the engine listens; the first request opens it."""
    match listen:
        case UnixSocket():
            return _UnixConnection(listen.path, timeout_seconds)
        case Loopback():
            return http.client.HTTPConnection(listen.host, listen.port, timeout=timeout_seconds)


def healthy(listen: Listen, path: str = "/health") -> bool:
    """Tell whether the server says at this path that it is well."""
    asked = connection(listen)
    try:
        asked.request("GET", path)
        return asked.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
