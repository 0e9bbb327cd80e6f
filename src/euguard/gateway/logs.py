"""The process log: one JSON object a line on stderr, and no personal datum in it.

An exception's text may quote what a request carried, and a traceback shows source lines. So an
exception is written as its type and the places it passed through, and nothing else; also one that
nobody caught, which Python would print itself.
"""

import logging
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import TextIO

import orjson

_Failure = tuple[type[BaseException], BaseException, TracebackType | None]


class SafeFormatter(logging.Formatter):
    """Writes `{"at", "level", "logger", "message", "exception", "places"}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line |= _described(record.exc_info)
        return orjson.dumps(line).decode()


def configure(level: str, stream: TextIO = sys.stderr) -> None:
    """Send every logger of this process to `stream`, at `level` and above."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("alembic").setLevel(logging.WARNING)  # names its plug-ins at every start
    # One line a request, with path and query as the client wrote them: metrics count instead.
    logging.getLogger("uvicorn.access").disabled = True

    sys.excepthook = _uncaught
    sys.unraisablehook = lambda ignored: _uncaught(
        ignored.exc_type, ignored.exc_value, ignored.exc_traceback
    )
    threading.excepthook = lambda ended: _uncaught(
        ended.exc_type, ended.exc_value, ended.exc_traceback
    )


def _message(record: logging.LogRecord) -> str:
    if record.name != "asyncio":
        return record.getMessage()
    if record.exc_info:  # shows the task or callback, and with it the exception and arguments
        return "a task or a callback failed, and nobody waited for it"
    return record.getMessage().partition("\n")[0]  # further lines show objects


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    failure = (kind, error or BaseException(), trace)
    logging.getLogger(__name__).critical("nobody caught an error", exc_info=failure)


def _described(failure: _Failure) -> dict[str, object]:
    kind, error, trace = failure
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(trace)]
    cause = error.__cause__ or error.__context__
    described: dict[str, object] = {"exception": kind.__name__, "places": places[-12:]}
    if cause is not None:
        described["cause"] = type(cause).__name__
    return described
