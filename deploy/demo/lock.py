"""One demo at a time: two would share the state folder, the engine's socket and its memory."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class DemoRunningError(Exception):
    """Another demo holds the folder; it must be stopped where it runs."""


@contextlib.contextmanager
def alone(state: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets it go when this process ends, however it ends.

    Raises:
        DemoRunningError: another process holds it.

    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "demo.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            msg = f"a demo is running (pid {file.read().strip()}); stop it with Ctrl-C there"
            raise DemoRunningError(msg) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
