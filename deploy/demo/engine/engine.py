"""The engine as a process group: start it, wait for it, stop all of it.

vLLM is at least two processes, and the second outlives a killed first with all its memory, so
what is stopped is always the group. A watchdog does the same when the program that started the
engine dies without a word, by SIGKILL too: it holds the other end of a pipe.

This file knows nothing of euguard: it runs the argv and the environment that
`euguard model command` prints.
"""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

READY_SECONDS = 240.0
"""About 20 s on an idle machine with a warm disk; a busy one needs two minutes."""

PATIENCE_SECONDS = 15.0
"""How long a process may take to end before it is killed."""

_ZOMBIE = "Z"
_LAST_LINES = 15
_POLL_SECONDS = 0.1
_TELL_SECONDS = 10.0
_UUID_CHARACTERS = 36
# `kill -TERM -- -1234` is not understood by every sh, `kill -s` is.
_WATCHDOG = 'cat; kill -s TERM -- "-$1"; sleep 10; kill -s KILL -- "-$1"'


class EngineError(Exception):
    """The engine did not start; the message shows the end of its log."""


class Engine:
    """One engine: what to run, where it listens, where it writes."""

    def __init__(
        self,
        *,
        argv: Sequence[str],
        environment: Mapping[str, str],
        socket: Path,
        log: Path,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Take the command, the whole environment, and the Unix socket that argv names.

        The socket's folder should be the engine's alone: vLLM puts sockets of its own there.
        """
        self.socket = socket
        self._argv = list(argv)
        self._environment = dict(environment)
        self._log = log
        self._patience_seconds = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(
        self, say: Callable[[str], None], *, ready_seconds: float = READY_SECONDS
    ) -> Iterator[Self]:
        """Run the engine for the time of the block; say now and then how the start goes.

        Raises:
            EngineError: it ended, or does not answer after `ready_seconds`.

        """
        self._start()
        watchdog = _Watchdog(self.group)
        try:
            self._await(say, ready_seconds)
            yield self
        finally:
            stop_group(self.group, patience_seconds=self._patience_seconds)
            self._started().wait()
            watchdog.dismiss()
            self._sweep()

    @property
    def group(self) -> int:
        """The process group."""
        return self._started().pid

    def last_lines(self) -> str:
        """Return the end of the log."""
        with self._log.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, maxlen=_LAST_LINES))

    def _start(self) -> None:
        for folder in (self.socket.parent, self._log.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.unlink(missing_ok=True)
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    self._argv,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    umask=0o077,
                )
        except FileNotFoundError:
            msg = f"engine: there is no {self._argv[0]}; run `make .engine/ready`"
            raise EngineError(msg) from None

    def _await(self, say: Callable[[str], None], ready_seconds: float) -> None:
        began = time.monotonic()
        told = 0.0
        while not healthy(self.socket):
            since = time.monotonic() - began
            status = self._started().poll()
            if status is not None:
                what = f"it ended with status {status} after {since:.0f} s"
                raise self._failure(what)
            if since > ready_seconds:
                what = f"it does not answer after {since:.0f} s"
                raise self._failure(what)
            if since - told >= _TELL_SECONDS:
                told = since
                say(f"the engine is starting, {since:.0f} s")
            time.sleep(_POLL_SECONDS)
        say(f"the engine answers after {time.monotonic() - began:.1f} s")

    def _failure(self, what: str) -> EngineError:
        return EngineError(f"engine: {what}; the end of {self._log}:\n{self.last_lines()}")

    def _started(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "not started"
        return self._process

    def _sweep(self) -> None:
        """Remove the sockets: vLLM leaves its own behind, each named by a UUID."""
        self.socket.unlink(missing_ok=True)
        for path in self.socket.parent.iterdir():
            if len(path.name) == _UUID_CHARACTERS and path.is_socket():
                path.unlink()


class _Watchdog:
    """Stops the group when this program ends, however it ends."""

    def __init__(self, group: int) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "engine-watchdog", str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
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


class Connection(http.client.HTTPConnection):
    """An HTTP connection over a Unix socket."""

    def __init__(self, path: Path, *, timeout_seconds: float = 5.0) -> None:
        """Take the socket; it opens with the first request."""
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def healthy(path: Path) -> bool:
    """Tell whether the engine behind the socket says that it is well."""
    connection = Connection(path)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
