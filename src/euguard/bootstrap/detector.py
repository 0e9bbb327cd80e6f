"""Entry point of a detector process.

    python -I -m euguard.bootstrap.detector DETECTION SOCKET PARENT READY_FD

DETECTION is JSON: what to look with (`Detection` below). Before anything is loaded the process
locks itself in: it dies with the gateway that started it, leaves no core file (a core holds the
text), and where the kernel permits gives up the network. What it prints goes nowhere, for
libraries quote text in warnings; it reports in two lines, that it is ready and whether it has a
network, and with what type of error at which place in our code it ended.
"""

import ctypes
import logging
import os
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import orjson

from euguard.adapters.presidio.process import ISOLATED, SHARED

if TYPE_CHECKING:
    from euguard.adapters.presidio.analyser import Analyser

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_ARGUMENTS = 4
MODULE = "euguard.bootstrap.detector"


def program(names: Sequence[str], recognisers: Path | None = None) -> tuple[str, ...]:
    """Return the arguments of Python that start a process.

    `names` are the models of names; `recognisers` is the folder of the organisation's own.
    """
    folder = None if recognisers is None else str(recognisers.absolute())
    detection = orjson.dumps({"names": list(names), "recognisers": folder}).decode()
    return ("-I", "-W", "ignore", "-m", MODULE, detection)


def analyser(names: Sequence[str], recognisers: Path | None = None) -> "Analyser":
    """Load what finds personal data; takes a second, or more with larger models.

    Raises:
        ConfigurationError: a model that is not here, or a recogniser or list that is wrong.

    """
    from euguard.adapters.ner import chosen  # locked in first
    from euguard.adapters.presidio import own  # as above
    from euguard.adapters.presidio.analyser import Analyser  # as above
    from euguard.pii import terms  # as above

    if recognisers is None or not recognisers.is_dir():
        return Analyser(chosen.load(names))

    lists = terms.TermLists(terms.read(recognisers))
    return Analyser(chosen.load(names), own=own.load(recognisers), terms=lists)


def main(arguments: list[str]) -> int:
    """Serve until killed; return the exit code where that fails."""
    if len(arguments) != _ARGUMENTS:
        return 2
    detection, socket_path, parent, ready_fd = arguments
    report = int(ready_fd)
    _silence()
    sys.excepthook = lambda kind, _, trace: _tell(report, kind, trace)
    word = ISOLATED if _lock_in(int(parent)) else SHARED
    from euguard.adapters.presidio.server import serve  # locked in first

    asked = orjson.loads(detection)
    folder = Path(asked["recognisers"]) if asked["recognisers"] else None
    analyse = analyser(asked["names"], folder).analyse
    serve(Path(socket_path), analyse, lambda: _say(report, word))
    return 0


def _lock_in(parent: int) -> bool:
    """Lock this process in; tell whether the kernel let it give up the network."""
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Root may leave the network alone; others need a user namespace to do so. Where neither
    # is permitted the process still dials nobody, but nothing enforces it.
    isolated = any(
        libc.unshare(way) == 0 for way in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    )
    # Last, because a change of namespace clears it.
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be followed
        os._exit(1)
    return isolated


def _silence() -> None:
    logging.disable(logging.CRITICAL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _tell(report: int, kind: type[BaseException], trace: TracebackType | None) -> None:
    """Report type and place of what ended the process, never its message."""
    frames = [
        frame
        for frame in traceback.extract_tb(trace)
        if f"{os.sep}euguard{os.sep}" in frame.filename
    ]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    _say(report, f"{kind.__name__} at {place}")


def _say(report: int, line: str) -> None:
    os.write(report, f"{line}\n".encode("ascii", "replace"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
