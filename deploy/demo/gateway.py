"""The gateway as a process of its own, for the time of a block."""

import contextlib
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from deploy.demo.engine.process import Watchdog, healthy, stop_group
from deploy.demo.kit import EUGUARD, DemoError

from euguard.serving.command import Loopback

READY_SECONDS = 60
STOP_SECONDS = 30
_LAST_LINES = 5
_POLL_SECONDS = 0.2


@contextlib.contextmanager
def gateway(config: Path, log: Path) -> Iterator[int]:
    """Run `euguard serve` and yield its port.

    Args:
        config: the settings file.
        log: where it writes.

    Raises:
        DemoError: it did not get ready.

    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [EUGUARD, "serve", "--config", config],
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops the gateway
        )
    watchdog = Watchdog(process.pid)
    try:
        port: int = tomllib.loads(config.read_text(encoding="utf-8"))["port"]
        _await_ready(process, port, log)
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        stop_group(process.pid)
        process.wait()
        watchdog.dismiss()


def _await_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not healthy(Loopback(port), "/readyz"):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
            msg = "the gateway is not ready; its log ends with\n  " + "\n  ".join(tail)
            raise DemoError(msg)
        time.sleep(_POLL_SECONDS)
