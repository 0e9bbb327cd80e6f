"""Damages exports, at random and yet the same way for the same seed.

Three kinds of hand at work: one that damages the finished file; one that also holds the key of
the note, and restates manifest and note after the damage; one that holds the log's key, and
signs whatever tree the damaged records give.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from euguard import canonical
from euguard.errors import MalformedRecordError
from euguard.tlog import checkpoint, merkle
from euguard.tlog.checkpoint import Checkpoint
from forge import Members, as_lines, lines_of, put_together, replaced, restated
from logbook import LOG_KEY, ORIGIN

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**53 - 1, "", "0", "x", "exchange.closed", "a b", "é", "\n"),
    *("completed", "failed", [], [0], ["b", "a"], {}, {"A": 0}, {"A": 1}, {"a": 1}, "0" * 64),
    *("2026-02-30T10:00:00.000000Z", "2026-11-25T24:00:00.000000Z", "all", "period"),
)


def damaged(random: Random, members: Members) -> tuple[bytes, bool]:
    """Return a damaged export, and whether its note is to be on the damaged file."""
    hand = random.choice((_file, _restated, _restated, _relogged, _relogged))
    return hand(random, members)


def damaged_bytes(random: Random, data: bytes) -> bytes:
    """Flip, cut, add, double or move some bytes."""
    act: Callable[[Random, bytes], bytes] = random.choice((_flip, _flip, _cut, _grow, _double))
    return act(random, data)


def _file(random: Random, members: Members) -> tuple[bytes, bool]:
    return damaged_bytes(random, put_together(members)), random.random() < 0.3


def _restated(random: Random, members: Members) -> tuple[bytes, bool]:
    members = list(members)
    position = random.randrange(len(members))
    name, content = members[position]
    match random.randrange(8):
        case 0:
            del members[position]
        case 1:
            members.insert(position, members[random.randrange(len(members))])
        case 2:
            members.insert(position, members.pop())
        case 3:
            members[position] = (name + random.choice("/.x"), content)
        case 4:
            members[position] = (name, _lines(random, content))
        case 5 | 6:
            members[position] = (name, damaged_bytes(random, content))
        case _:
            manifest = json.loads(members[-1][1])
            _change(random, manifest)
            members[-1] = ("manifest.json", _spelt(manifest))
    if random.random() < 0.8:
        members = _try_restated(members)
    return put_together(members), True


def _relogged(random: Random, members: Members) -> tuple[bytes, bool]:
    lines = list(lines_of(members))
    for _ in range(random.randint(1, 2)):
        position = random.randrange(len(lines))
        fields = json.loads(lines[position])
        _change(random, fields)
        lines[position] = _spelt(fields) if random.random() < 0.7 else lines[position]
    if random.random() < 0.4:
        lines = _lines(random, as_lines(lines)).split(b"\n")[:-1] or lines
    if random.random() < 0.6:
        lines = _chained(lines)
    root = merkle.root([merkle.leaf_hash(line) for line in lines])
    signed = checkpoint.sign(Checkpoint(ORIGIN, len(lines), root), LOG_KEY)
    members = replaced(members, "checkpoint", signed)
    members = replaced(members, "entries.jsonl", as_lines(lines))

    def state(manifest: dict[str, Any]) -> None:
        manifest["checkpoint"] = {"root": root.hex(), "size": len(lines)}
        manifest["records"] = len(lines)
        manifest["indices"] = {"first": 0, "last": len(lines) - 1}
        kinds = [str(_fields(line).get("kind")) for line in lines]
        manifest["counts"] = {kind: kinds.count(kind) for kind in kinds}

    return put_together(_try_restated(members, state)), True


def _chained(lines: list[bytes]) -> list[bytes]:
    """Let every record name the one before, whatever the records have become."""
    previous, chained = bytes(merkle.HASH_SIZE), []
    for number, line in enumerate(lines):
        fields = _fields(line)
        fields.update(previous=previous.hex(), sequence=number)
        chained.append(_spelt(fields))
        previous = merkle.leaf_hash(chained[-1])
    return chained


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _try_restated(
    members: Members, change: Callable[[dict[str, Any]], None] | None = None
) -> Members:
    try:
        return restated(members, change)
    except (ValueError, TypeError, KeyError, AttributeError, MalformedRecordError):
        return members


def _spelt(fields: dict[str, Any]) -> bytes:
    try:
        return canonical.encode(fields)
    except MalformedRecordError:
        return b"{}"


def _change(random: Random, fields: dict[str, Any]) -> None:
    name = random.choice(sorted(fields))
    match random.randrange(6):
        case 0:
            del fields[name]
        case 1:
            fields["more"] = random.choice(ODD_VALUES)
        case 2 if isinstance(fields[name], int):
            fields[name] = max(0, fields[name] + random.choice((-1, 1)))
        case 3 if isinstance(fields[name], dict) and fields[name]:
            _change(random, fields[name])
        case _:
            fields[name] = random.choice(ODD_VALUES)


def _lines(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")[:-1] or [b""]
    position = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            del lines[position]
        case 1:
            lines.insert(position, random.choice(lines))
        case 2:
            lines.append(lines.pop(position))
        case _:
            lines[position] = damaged_bytes(random, lines[position] or b"x")
    return as_lines(lines)


def _flip(random: Random, data: bytes) -> bytes:
    position = random.randrange(len(data) * 8) if data else 0
    changed = bytearray(data or b"\0")
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)


def _cut(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    return data[:start] if random.random() < 0.5 else data[:start] + data[start + 1 :]


def _grow(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    return data[:start] + random.choice((b"\0", b"\n", b" ", b"A", b"\xff")) + data[start:]


def _double(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((1, 16, 200)))
    return data[:end] + data[start:end] + data[end:]
