"""Frames between a gateway and a detector process."""

import asyncio

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.adapters.presidio.frame import (
    MOST_BYTES,
    FrameError,
    encode_reply,
    encode_request,
    frame,
    parse_reply,
    parse_request,
    read_frame,
)
from euguard.pii.detect import Detection
from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.special.category import SpecialCategory

TEXT = "Write to Anna."
SPAN = ["PERSON", 9, 13, 0.85, "names"]


def read(*pieces: bytes) -> list[bytes | None]:
    async def reading() -> list[bytes | None]:
        reader = asyncio.StreamReader()
        for piece in pieces:
            reader.feed_data(piece)
        reader.feed_eof()
        bodies = [await read_frame(reader)]
        while bodies[-1] is not None:
            bodies.append(await read_frame(reader))
        return bodies

    return asyncio.run(reading())


@given(st.lists(st.binary(max_size=50), max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_cutting_makes_no_difference(bodies: list[bytes], data: st.DataObject) -> None:
    sent = b"".join(map(frame, bodies))
    cut = data.draw(st.integers(0, len(sent)))

    assert read(sent[:cut], sent[cut:]) == [*bodies, None]


@pytest.mark.parametrize(
    "sent,message",
    [
        (b"\x02\x00\x00\x00\x01a", "version 2"),
        (b"\x01\x00\x00", "broke off after 3 bytes"),
        (b"\x01\x00\x00\x00\x05ab", "broke off after 2 of 5"),
        (b"\x01" + (50 * 2**20).to_bytes(4, "big"), "52428800 bytes, more than"),
        (b"GET / HTTP/1.1\r\n", "version 71"),
    ],
)
def test_what_is_no_frame_is_refused_before_more_is_read(sent: bytes, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        read(sent)


def test_a_body_too_long_to_be_read_is_not_sent() -> None:
    with pytest.raises(FrameError, match="more than"):
        frame(bytes(MOST_BYTES + 1))


def test_a_request_comes_back_as_it_went() -> None:
    assert parse_request(encode_request([TEXT, "é\u0000"])) == [TEXT, "é\u0000"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"texts":[1]}', b'{"texts":[null]}', b'{"texts":"a"}',
     b'{"texts":[],"more":1}', b"\xff"],
)  # fmt: skip
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        parse_request(body)


def test_a_reply_comes_back_as_it_went() -> None:
    detections = [
        Detection((Span(PersonalDataKind.PERSON, 9, 13, 0.85, "names"),), "en", 0.97),
        Detection((), None, 0.0, {SpecialCategory.HEALTH: 2}),
    ]

    assert parse_reply(encode_reply(detections), [TEXT, ""]) == detections


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[None, 0.0, [], {}], [None, 0.0, [], {}]],
        [[None, 0.5, [], {}]],
        [["en", 1.5, [], {}]],
        [["en", -0.1, [], {}]],
        [["english", 1.0, [], {}]],
        [[1, 1.0, [], {}]],
        [["en", 1.0, []]],
        [["en", 1.0, {}, {}]],
        [["en", 1.0, [], []]],
        [["en", 1.0, [], {"health": 0}]],
        [["en", 1.0, [], {"health": True}]],
        [["en", 1.0, [], {"health": "1"}]],
        [["en", 1.0, [], {"wealth": 1}]],
        [[None, 0.0, [["PERSON", 9, 15, 0.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", -1, 5, 0.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", 5, 5, 0.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", 9, 13, 1.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", 9, 13, 0.85, "x" * 41]], {}]],
        [[None, 0.0, [["NOBODY", 9, 13, 0.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", "9", 13, 0.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", True, 13, 0.85, "names"]], {}]],
        [[None, 0.0, [["PERSON", 9, 13, 0.85]], {}]],
        [[None, 0.0, ["PERSON"], {}]],
    ],
)
def test_a_reply_that_does_not_fit_its_request_is_refused(rows: list[object]) -> None:
    assert parse_reply(orjson.dumps({"detections": [[None, 0.0, [SPAN], {}]]}), [TEXT])[0].spans

    with pytest.raises(FrameError):
        parse_reply(orjson.dumps({"detections": rows}), [TEXT])


@pytest.mark.parametrize("body", [b"{}", b'{"detections":{}}', b'{"detections":[],"x":1}', b"nul"])
def test_what_is_no_reply_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        parse_reply(body, [])
