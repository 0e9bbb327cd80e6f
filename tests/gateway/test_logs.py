"""The process log names places and types, never a text."""

import io
import logging

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


def test_uvicorns_loggers_go_through_the_same_formatter() -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    try:
        logs.configure("info", stream)
        logging.getLogger("uvicorn.error").info("started")
        logging.getLogger("uvicorn.access").info("GET /?name=%s", SECRET)
    finally:
        logging.getLogger().handlers[:] = before[0]
        logging.getLogger().setLevel(before[1])
        logging.getLogger("uvicorn.access").disabled = False

    assert orjson.loads(stream.getvalue())["message"] == "started"
