"""The process log names places and types, never a text."""

import asyncio
import gc
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import orjson
import pytest

from euguard.gateway import logs

SECRET = "Katharina Vogelsang"


def fail() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise KeyError(SECRET) from error


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def root(stream: io.StringIO) -> "logging.Logger":
    logger = logging.getLogger("test")
    logger.handlers.clear()
    logger.propagate = False
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.SafeFormatter())
    logger.addHandler(handler)
    return logger


def test_an_exception_is_written_without_its_text(
    root: logging.Logger, stream: io.StringIO
) -> None:
    try:
        fail()
    except KeyError:
        root.exception("an exchange failed")

    line = orjson.loads(stream.getvalue())
    assert SECRET not in stream.getvalue()
    assert line["exception"] == "KeyError"
    assert line["cause"] == "ValueError"
    assert line["places"][-1].startswith("test_logs.py:")


def test_a_line_without_an_exception_is_message_level_and_time(
    root: logging.Logger, stream: io.StringIO
) -> None:
    root.warning("disk is %d %% full", 90)

    line = orjson.loads(stream.getvalue())
    assert (line["level"], line["message"], line["logger"]) == (
        "warning",
        "disk is 90 % full",
        "test",
    )
    assert set(line) == {"at", "level", "logger", "message"}


@pytest.fixture
def configured(stream: io.StringIO) -> Iterator[io.StringIO]:
    """Log as the gateway does, and as before again."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    logs.configure("info", stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logging.getLogger("uvicorn.access").disabled = False
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


def test_uvicorns_loggers_go_through_the_same_formatter(configured: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("started")
    logging.getLogger("uvicorn.access").info("GET /?name=%s", SECRET)

    assert orjson.loads(configured.getvalue())["message"] == "started"


def in_a_task() -> None:
    async def forgotten() -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(failing())
        await asyncio.sleep(0.01)
        del task
        gc.collect()

    async def failing() -> None:
        raise KeyError(SECRET)

    asyncio.run(forgotten())


def in_a_callback() -> None:
    def fails(text: str) -> None:
        raise KeyError(text)

    async def later() -> None:
        asyncio.get_running_loop().call_soon(fails, SECRET)
        await asyncio.sleep(0.01)

    asyncio.run(later())


def in_a_thread() -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def while_it_is_deleted() -> None:
    class Fails:
        def __del__(self) -> None:
            raise KeyError(SECRET)

    Fails()


def in_the_main_thread() -> None:
    try:
        fail()
    except KeyError:
        sys.excepthook(*sys.exc_info())


@pytest.mark.parametrize(
    "fails", [in_a_task, in_a_callback, in_a_thread, while_it_is_deleted, in_the_main_thread]
)
def test_an_error_that_nobody_caught_is_written_without_its_text(
    configured: io.StringIO, capfd: pytest.CaptureFixture[str], fails: Callable[[], None]
) -> None:
    fails()

    written = configured.getvalue()
    assert orjson.loads(written)["exception"] == "KeyError"
    assert SECRET not in written + "".join(capfd.readouterr())


def test_what_asyncio_says_of_an_object_is_not_written(configured: io.StringIO) -> None:
    logging.getLogger("asyncio").error("Unclosed session\nsession: <%s>", SECRET)

    assert orjson.loads(configured.getvalue())["message"] == "Unclosed session"
