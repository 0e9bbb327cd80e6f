"""The wire between a gateway and a detector process: frames on a Unix socket.

A frame::

    version   1 byte, 0x01
    length    4 bytes, big-endian, of the body
    body      JSON, UTF-8

A request ``{"texts": [...]}`` is answered by one reply, in order:
``{"detections": [[language, probability, [[kind, start, end, score, detector], ...]], ...]}``.
A request with no texts asks only whether anybody is there. There is no error reply: a
process that cannot answer ends, and so does the connection.
"""

import asyncio
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from euguard.pii.detect import Detection
from euguard.pii.span import PersonalDataKind, Span
from euguard.pii.special.category import SpecialCategory

VERSION = 1
MOST_BYTES = 16 * 2**20
"""Bytes of a body. A longer one is refused before it is read."""
_HEAD = struct.Struct(">BL")
_LONGEST_NAME = 40
_KINDS = frozenset(kind.value for kind in PersonalDataKind)


class FrameError(Exception):
    """What came is not a frame, or not the one expected. The connection is of no more use."""


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """Return the body of the next frame; None where the peer has closed between frames.

    Raises:
        FrameError: another version, too long, or broken off.

    """
    try:
        head = await reader.readexactly(_HEAD.size)
    except asyncio.IncompleteReadError as broken:
        if not broken.partial:
            return None
        msg = f"frame: broke off after {len(broken.partial)} bytes"
        raise FrameError(msg) from None
    version, length = _HEAD.unpack(head)
    if version != VERSION:
        msg = f"frame: version {version}, not {VERSION}"
        raise FrameError(msg)
    if length > MOST_BYTES:
        msg = f"frame: {length} bytes, more than {MOST_BYTES}"
        raise FrameError(msg)
    try:
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError as broken:
        msg = f"frame: broke off after {len(broken.partial)} of {length} bytes"
        raise FrameError(msg) from None


def frame(body: bytes) -> bytes:
    """Return `body` with its head."""
    if len(body) > MOST_BYTES:
        msg = f"frame: {len(body)} bytes, more than {MOST_BYTES}"
        raise FrameError(msg)
    return _HEAD.pack(VERSION, len(body)) + body


def encode_request(texts: Sequence[str]) -> bytes:
    """Return the body that asks for detection. The texts hold no lone surrogates."""
    return orjson.dumps({"texts": list(texts)})


def parse_request(body: bytes) -> list[str]:
    """Return the texts of a request.

    Raises:
        FrameError: not a request.

    """
    match _json(body):
        case {"texts": list(texts), **rest} if not rest:
            if all(isinstance(item, str) for item in texts):
                return texts
    msg = "frame: not a request"
    raise FrameError(msg)


def encode_reply(detections: Sequence[Detection]) -> bytes:
    """Return the body that answers with `detections`."""
    return orjson.dumps(
        {
            "detections": [
                [
                    found.language,
                    found.probability,
                    [[s.kind.value, s.start, s.end, s.score, s.detector] for s in found.spans],
                    {category.value: number for category, number in found.special.items()},
                ]
                for found in detections
            ]
        }
    )


def parse_reply(body: bytes, texts: Sequence[str]) -> list[Detection]:
    """Return the detections that answer a request for `texts`.

    Raises:
        FrameError: not a reply, not one per text, or a span outside its text.

    """
    match _json(body):
        case {"detections": list(rows), **rest} if not rest and len(rows) == len(texts):
            return [_detection(row, text) for row, text in zip(rows, texts, strict=True)]
    msg = "frame: not a reply to that request"
    raise FrameError(msg)


def _detection(row: Any, text: str) -> Detection:
    match row:
        case [None, 0 | 0.0, list(spans), dict(special)]:
            return Detection(_spans(spans, text), None, 0.0, _special(special))
        case [str(language), float(probability), list(spans), dict(special)] if (
            0 <= probability <= 1 and len(language) == len("en") and language.isalpha()
        ):
            return Detection(_spans(spans, text), language, probability, _special(special))
    msg = "frame: not a detection"
    raise FrameError(msg)


def _special(numbers: Mapping[str, Any]) -> dict[SpecialCategory, int]:
    if not all(type(number) is int and number > 0 for number in numbers.values()):
        msg = "frame: a category without a number"
        raise FrameError(msg)
    try:
        return {SpecialCategory(category): number for category, number in numbers.items()}
    except ValueError:
        msg = "frame: not a special category"
        raise FrameError(msg) from None


def _spans(rows: list[Any], text: str) -> tuple[Span, ...]:
    spans = []
    for row in rows:
        match row:
            case [str(kind), int(start), int(end), float(score), str(detector)] if (
                0 <= start < end <= len(text)
                and bool not in {type(start), type(end)}
                and 0 <= score <= 1
                and kind in _KINDS
                and len(detector) <= _LONGEST_NAME
            ):
                spans.append(Span(PersonalDataKind(kind), start, end, score, detector))
            case _:
                msg = "frame: not a span within its text"
                raise FrameError(msg)
    return tuple(spans)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        msg = "frame: not JSON"
        raise FrameError(msg) from None
