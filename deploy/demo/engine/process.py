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
from typing import Self

from euguard.errors import ConfigurationError, ModelUnavailableError
from euguard.serving.command import Command, Listen, UnixSocket

Progress = Callable[[float], None]
"""Called about once a second while the engine starts, with the seconds since."""

_ZOMBIE = "Z"
_LAST_LINES = 15
_POLL_SECONDS = 0.1
_WATCHDOG = 'cat; kill -TERM -- "-$1"; sleep 10; kill -KILL -- "-$1"'


@dataclass(frozen=True, slots=True)
class Files:
    """Where the engine writes."""

    log: Path
    cache: Path


def alive(group: int) -> tuple[int, ...]:
    """Return the processes of a group that still run; a zombie does not."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in parentheses may itself hold spaces and parentheses.
            state, _parent, process_group, *_rest = stat.read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue  # gone while we looked
        if int(process_group) == group and state != _ZOMBIE:
            found.append(int(stat.parent.name))
    return tuple(sorted(found))


def stop_group(group: int, *, patience_seconds: float = 15.0) -> None:
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


class Engine:
    """A running engine; use it as a context manager, or call `stop`."""

    def __init__(self, command: Command, listen: Listen, files: Files) -> None:
        """Start it.

        Raises:
            ConfigurationError: there is no such executable.

        """
        self.listen = listen
        self._files = files
        for folder in (files.cache, files.log.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if isinstance(listen, UnixSocket):
            listen.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            listen.path.unlink(missing_ok=True)
        self._started = time.monotonic()
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
            raise ConfigurationError(msg, fix="install the engine: make engine") from None
        self.group = self._process.pid
        self._watchdog: subprocess.Popen[bytes] | None = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "engine-watchdog", str(self.group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def wait_until_ready(self, *, seconds: float, progress: Progress | None = None) -> float:
        """Return the seconds since the start when the engine answers.

        Raises:
            ModelUnavailableError: it ended, or the seconds are over; shows its last words.

        """
        told = 0
        while True:
            since = time.monotonic() - self._started
            if self._process.poll() is not None:
                what = f"ended with status {self._process.returncode} after {since:.0f} s"
                raise self._failure(what)
            if _healthy(self.listen):
                return since
            if since > seconds:
                what = f"does not answer after {since:.0f} s"
                raise self._failure(what)
            if progress is not None and int(since) > told:
                told = int(since)
                progress(since)
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop the engine and everything it started; a second call does nothing."""
        stop_group(self.group)
        self._process.wait()
        self._dismiss_watchdog()
        if isinstance(self.listen, UnixSocket):
            self.listen.path.unlink(missing_ok=True)

    def leave_running(self) -> int:
        """Let the engine outlive this program; return its group, for `stop_group`."""
        self._dismiss_watchdog()
        return self.group

    def last_lines(self) -> str:
        """Return the end of the log."""
        with self._files.log.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, maxlen=_LAST_LINES))

    def _dismiss_watchdog(self) -> None:
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is None:
            return
        # Killed, not released: at the end of its pipe it would look for a group that is gone.
        os.killpg(watchdog.pid, signal.SIGKILL)
        watchdog.wait()
        assert watchdog.stdin is not None
        watchdog.stdin.close()

    def _failure(self, what: str) -> ModelUnavailableError:
        msg = f"engine: {what}; the end of {self._files.log}:\n{self.last_lines()}"
        return ModelUnavailableError(msg)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def connect(listen: Listen, *, timeout: float = 5.0) -> http.client.HTTPConnection:
    """Return an HTTP connection to the engine, not yet open."""
    if isinstance(listen, UnixSocket):
        return _UnixConnection(listen.path, timeout)
    return http.client.HTTPConnection(listen.host, listen.port, timeout=timeout)


def _healthy(listen: Listen) -> bool:
    connection = connect(listen)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
