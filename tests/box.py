"""A whole euguard on this machine, as an operator runs it: its own folder, key and process."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import psutil
from deploy.demo.models import permit

from upstream import MODEL

EUGUARD = Path(sys.executable).with_name("euguard")
START_SECONDS = 90


@dataclass
class Box:
    """One installation. `start` and `stop` its gateway as often as needed."""

    folder: Path
    upstream: str
    """URL of the model server, or the path of its Unix socket."""
    database: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    """Further variables for the gateway."""
    purposes: tuple[str, ...] = ("drafting-letters",)
    key: str = ""
    log_key: str = ""
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        self.set_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.stop()

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "euguard.toml"

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    @property
    def log(self) -> Path:
        """What the gateway wrote to stdout and stderr."""
        return self.folder / "gateway.log"

    @property
    def url(self) -> str:
        """Base URL for an OpenAI client."""
        return f"http://127.0.0.1:{self.port}/v1"

    def set_up(self) -> None:
        """Make state, settings and a key."""
        self.port = free_port()
        database = ("--database", self.database) if self.database else ()
        made = self.euguard(
            "init", "--state", str(self.state), "--origin", "box.invalid/euguard",
            "--port", str(self.port), *self._upstream(), *database,
        )  # fmt: skip
        permit(MODEL, self.state / "policies")
        self.log_key = made["log_key"]
        named = [word for purpose in self.purposes for word in ("--purpose", purpose)]
        self.key = self.euguard("keys", "create", "--label", "box", *named)["key"]

    def _upstream(self) -> tuple[str, str]:
        option = "--upstream" if "://" in self.upstream else "--upstream-socket"
        return option, self.upstream

    def start(self, *, wait: bool = True) -> None:
        """Start the gateway; return when it is ready, or at once."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [EUGUARD, "serve", "--config", self.config],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        if wait:
            self.await_ready()

    def await_ready(self, seconds: float = START_SECONDS) -> None:
        """Return when /readyz says 200."""
        deadline = time.monotonic() + seconds
        while not self.ready():
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text()[-2000:]
                msg = f"the gateway is not ready (exit {self.process.poll()}): {tail}"
                raise AssertionError(msg)
            time.sleep(0.05)

    def ready(self) -> bool:
        """Ask /readyz."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as s:
            s.settimeout(10)
            s.sendall(b"GET /readyz HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n")
            return s.recv(64).startswith(b"HTTP/1.1 200")
        return False

    def stop(self) -> int:
        """Stop the gateway as systemd does; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process = None
        return code

    def kill(self) -> None:
        """Kill -9 the gateway process alone, as the OOM killer does."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait(30)
        self.process = None
        psutil.wait_procs(children, timeout=10)

    def euguard(self, *arguments: str) -> dict[str, Any]:
        """Run a command with --json and return what it printed."""
        done = self.command(*arguments)
        assert done.returncode == 0, (arguments[:2], done.returncode, done.stdout, done.stderr)
        value: dict[str, Any] = orjson.loads(done.stdout)
        return value

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a command with --json."""
        return subprocess.run(
            [EUGUARD, *arguments, "--config", self.config, "--json"],
            capture_output=True,
            check=False,
            env={**os.environ, **self.environment},
        )


def exported_records(export: Path) -> list[dict[str, Any]]:
    """Read the records of an export."""
    with zipfile.ZipFile(export) as archive:
        return [orjson.loads(line) for line in archive.read("entries.jsonl").splitlines()]


def free_port() -> int:
    """Return a TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
