#!/usr/bin/env python3
"""Verify an export of a euguard audit log. Needs Python 3.9 or later and nothing else.

    python3 verify.py EXPORT.zip [--key KEY] [--since CHECKPOINT] [--note NOTE] [--json]

KEY is the log's public key, one line, or a file that holds it. Have it from somebody else than
the one who gave you the export. CHECKPOINT is the file `checkpoint` of an export you had before.

Ends with 0 if all is well, 4 if the bytes are what was signed but something needs an
explanation, 5 if the export is not what was signed, 2 if a file cannot be read.

This file is the list of SPEC.md section 8, written as a program: one function for each step,
in order, after the five tools that they use (Ed25519, notes, Merkle trees, ZIP, JSON). It shares
no code with euguard. Read it from the end: `verify` is the plan.
"""

# ruff: noqa: EM101, EM102, TRY003, PLR2004, PTH110, PTH123  read aloud: messages and sizes
# stand where they are used, and a file is known by its name

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import struct
import sys
import urllib.parse
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, BinaryIO, NamedTuple

FORMAT = "euguard export v1"
STEPS = {
    1: "the note signs this file, byte for byte",
    2: "the ZIP file is in the one form it may have",
    3: "the manifest states name, size and SHA-256 of every member",
    4: "a trusted key has signed the checkpoint",
    5: "the records are leaves of the checkpoint's tree",
    6: "every record is canonical and of a known kind",
    7: "every writer's records follow one another",
    8: "every exchange that was opened has ended, once",
    9: "the earlier checkpoint is a beginning of this log",
}


CONCLUSIONS = {
    "verified": "VERIFIED. Not a bit of this export differs from what was signed.",
    "findings": "VERIFIED, WITH FINDINGS. The bytes are what was signed; ask what these mean.",
    "failed": "FAILED. This export is not what was signed, or was never what it says.",
}


class InvalidError(Exception):
    """Something is not as it must be: what, and where if that is known."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where


def require(condition: object, message: str, where: str = "") -> None:
    """Go on if the condition holds."""
    if not condition:
        raise InvalidError(message, where)


# ------------------------------------------------------------------ tool 1: Ed25519
#
# Signatures after RFC 8032 section 5.1.7, without the cofactor, as OpenSSL checks them. A point
# is (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z. Two spellings that some programs accept and
# others refuse are refused here: keys that are not the one encoding of their point, or are of
# small order (under such a key one signature fits many texts), and numbers S beyond the order.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """Add two points (RFC 8032 section 5.1.4)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number: int, point: Point) -> Point:
    """Add a point to itself so many times."""
    result = NEUTRAL
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def same_point(p: Point, q: Point) -> bool:
    """Compare x = X/Z and y = Y/Z."""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def encode_point(p: Point) -> bytes:
    """Write y, and the lowest bit of x in the highest bit (section 5.1.2)."""
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode_point(data: bytes) -> Point | None:
    """Read what `encode_point` writes; None for anything else (section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL


def key_is_sound(public: bytes) -> bool:
    """Tell whether the bytes are a point that is not of small order."""
    point = decode_point(public) if len(public) == 32 else None
    return point is not None and not same_point(multiply(8, point), NEUTRAL)


def signature_is_valid(public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether the key made the signature over the text."""
    point = decode_point(public)
    if point is None or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    digest = hashlib.sha512(r + public + text).digest()
    minus = (P - point[0], point[1], point[2], P - point[3])
    h = int.from_bytes(digest, "little") % ORDER
    # R is compared in bytes, so that it too has one spelling.
    return encode_point(add(multiply(s, BASE), multiply(h, minus))) == r


# ------------------------------------------------------------------ tool 2: C2SP notes

MAX_NOTE = 1_000_000
INTEGER = re.compile(r"0|[1-9][0-9]{0,18}")


class Key(NamedTuple):
    """A public key, as it stands in one line: name+ID+base64."""

    name: str
    identifier: str
    public: bytes
    line: str


class Checkpoint(NamedTuple):
    """Size and root of a log's tree, and who signed them."""

    origin: str
    size: int
    root: bytes
    signers: list[Key]


def from_base64(text: str) -> bytes | None:
    """Read base64 in its one spelling: the unused bits at the end are zero."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def from_decimal(text: str) -> int | None:
    """Read a number from 0 to 2**63-1 without sign, space or leading zero."""
    if not INTEGER.fullmatch(text) or int(text) >= 2**63:
        return None
    return int(text)


def name_is_good(name: str) -> bool:
    """Tell whether a key may be called so: no space, plus, control or half character."""
    bad = any(c.isspace() or c == "+" or c < " " or "\ud800" <= c <= "\udfff" for c in name)
    return bool(name) and not bad


def read_key(line: str) -> Key:
    """Read name+ID+base64 of 0x01 and the Ed25519 key."""
    parts = line.split("+", 2)
    require(len(parts) == 3, "the key is not of the form name+ID+key")
    name, identifier, encoded = parts
    typed = from_base64(encoded)
    require(name_is_good(name), "the key has no name, or one with a space")
    require(typed and len(typed) == 33 and typed[0] == 1, "the key is not an Ed25519 key")
    public = (typed or b"")[1:]
    # A key under another's ID would have its signatures looked up in the other's name.
    digest = hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest()
    require(digest[:8] == identifier, "the key's ID is not that of its name and bytes")
    require(key_is_sound(public), "the key is not a point that can hold a private key")
    return Key(name, identifier, public, line)


def split_note(data: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note, and name and decoded bytes of each line with a signature."""
    require(len(data) <= MAX_NOTE, "the note is too long")
    head, blank, tail = data.rpartition(b"\n\n")
    require(blank and head and tail.endswith(b"\n"), "not a text, a blank line and signatures")
    signed = head + b"\n"
    require(not any(byte < 32 and byte != 10 for byte in signed), "a control character")
    try:
        text, lines = signed.decode(), tail.decode().split("\n")[:-1]
    except UnicodeDecodeError:
        raise InvalidError("the note is not UTF-8") from None
    require(len(lines) <= 100, "more than 100 signatures")
    signatures = []
    for line in lines:
        parts = line.split(" ")
        require(len(parts) == 3 and parts[0] == "\u2014", "not a line with a signature")
        _, name, encoded = parts
        decoded = from_base64(encoded) or b""
        require(name_is_good(name) and len(decoded) > 4, "not a line with a signature")
        signatures.append((name, decoded))
    return text, signatures


def open_note(data: bytes, keys: list[Key]) -> tuple[str, list[Key]]:
    """Return the text of a note and the trusted keys that signed it: at least one."""
    text, signatures = split_note(data)
    signed = text.encode()
    signers: list[Key] = []
    for name, decoded in signatures:
        for key in keys:
            # Signatures of keys that we do not know say nothing, for or against.
            if (key.name, key.identifier) == (name, decoded[:4].hex()):
                require(key not in signers, "one key has signed twice")
                valid = signature_is_valid(key.public, signed, decoded[4:])
                require(valid, f"the signature of {key.name} is not over this text")
                signers.append(key)
    require(signers, "no trusted key has signed it")
    return text, signers


def open_checkpoint(data: bytes, keys: list[Key]) -> Checkpoint:
    """Read a checkpoint that a trusted key has signed."""
    text, signers = open_note(data, keys)
    return parse_checkpoint(text)._replace(signers=signers)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint: origin, size and root, one a line."""
    lines = text.split("\n")
    require(len(lines) == 4 and lines[0] and not lines[3], "a checkpoint has three lines")
    size, root = from_decimal(lines[1]), from_base64(lines[2])
    if size is None or root is None or len(root) != 32:
        raise InvalidError("size or root of the checkpoint is not of its form")
    require(size or root == EMPTY, "an empty tree has another root")
    return Checkpoint(lines[0], size, root, [])


# ------------------------------------------------------------------ tool 3: Merkle trees

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a record (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Takes leaf hashes one by one and keeps only the roots of its complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self.subtrees: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf; two subtrees of one height become one of the next."""
        self.subtrees.append(leaf)
        self.size += 1
        size = self.size
        while size & 1 == 0:
            right = self.subtrees.pop()
            self.subtrees.append(node_hash(self.subtrees.pop(), right))
            size >>= 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.subtrees:
            return EMPTY
        result = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            result = node_hash(left, result)
        return result


def included(leaf: bytes, index: int, proof: list[bytes], size: int, root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162 section 2.1.3.2)."""
    if index >= size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def consistent(old: Checkpoint, new: Checkpoint, proof: list[bytes]) -> bool:
    """Check a consistency proof (RFC 9162 section 2.1.4.2)."""
    if old.size > new.size or not all(len(step) == 32 for step in proof):
        return False
    if old.size in (0, new.size):
        return not proof and (old.size == 0 or old.root == new.root)
    if old.size & (old.size - 1) == 0:
        proof = [old.root, *proof]
    if not proof:
        return False
    node, last = old.size - 1, new.size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = proof[0]
    for step in proof[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, step)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old.root and after == new.root


# ------------------------------------------------------------------ tool 4: the ZIP file
#
# Members are stored one behind the other, uncompressed. Reading them from the front gives names,
# sizes and CRCs; from these follows every byte of the directory at the end, which is rebuilt and
# compared. Nothing can hide between, before or behind the members.

CHUNK = 1 << 20
MAX_MEMBER = 64 << 20
NAMES = [
    re.compile(pattern)
    for pattern in (
        r"README\.txt",
        r"checkpoint",
        r"keys/[A-Za-z0-9_.~%-]{1,400}\+[0-9a-f]{8}\.vkey",
        r"entries\.jsonl",
        r"indices\.txt",
        r"proofs/(0|[1-9][0-9]{0,18})\.tlog-proof",
        r"since-checkpoint",
        r"consistency\.txt",
        r"manifest\.json",
    )
]


class Member(NamedTuple):
    """One file inside the export."""

    name: str
    start: int
    size: int
    crc: int


class Archive:
    """The members of a ZIP file in the one form that it may have."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.time = b""
        self.members: dict[str, Member] = {}
        require(self.size < 2**32, "the file is too large for a plain ZIP file", "file")
        require(self.piece(0, 2) == b"PK", "not a ZIP file", "byte 0 of the file")
        offset, entries = 0, []
        while self.piece(offset, 4) == b"PK\x03\x04":
            member = self.read_header(offset)
            require(member.name not in self.members, "two members of one name", member.name)
            self.members[member.name] = member
            entries.append(self.directory_entry(member, offset))
            require(len(entries) < 2**16 - 1, "too many members for a plain ZIP file", "file")
            offset = member.start + member.size
        count, directory = len(entries), b"".join(entries)
        sizes = struct.pack("<4H2IH", 0, 0, count, count, len(directory), offset, 0)
        directory += b"PK\x05\x06" + sizes
        self.compare(offset, self.piece(offset, self.size - offset, MAX_MEMBER), directory)
        self.check_names()

    def piece(self, offset: int, size: int, limit: int = CHUNK) -> bytes:
        """Return a piece of the file."""
        self.file.seek(offset)
        return self.file.read(min(size, limit + 1))

    def compare(self, offset: int, found: bytes, wanted: bytes) -> None:
        """Compare what stands in the file with what must stand there."""
        if found != wanted:
            short = min(len(found), len(wanted))
            byte = next((i for i in range(short) if found[i] != wanted[i]), short)
            raise InvalidError(
                "not the byte that belongs here", f"byte {offset + byte} of the file"
            )

    def read_header(self, offset: int) -> Member:
        """Read the header before a member."""
        header = self.piece(offset, 30)
        where = f"byte {offset} of the file"
        require(len(header) == 30, "the file ends inside a header", where)
        crc, size, length = struct.unpack("<14xI4xIH2x", header)
        self.time = self.time or header[10:14]
        name = self.piece(offset + 30, length)
        sizes = struct.pack("<3I2H", crc, size, size, length, 0)
        wanted = b"PK\x03\x04" + struct.pack("<3H", 20, 0, 0) + self.time + sizes + name
        self.compare(offset, header + name, wanted)
        start = offset + 30 + length
        require(start + size <= self.size, "the member is longer than the file", where)
        text = name.decode("ascii", "replace")
        require(len(name) == length and self.rank(text), "no member may be called this", where)
        return Member(text, start, size, crc)

    def directory_entry(self, member: Member, offset: int) -> bytes:
        """Return what the directory must say of a member."""
        fixed = b"PK\x01\x02" + struct.pack("<4H", 20, 20, 0, 0) + self.time
        sizes = struct.pack("<3IH", member.crc, member.size, member.size, len(member.name))
        return fixed + sizes + struct.pack("<4H2I", 0, 0, 0, 0, 0, offset) + member.name.encode()

    def rank(self, name: str) -> tuple[int, int, str] | None:
        """Return what members are ordered by; None for a name that none may have."""
        for place, pattern in enumerate(NAMES):
            match = pattern.fullmatch(name)
            if match:
                return place, int(match.group(1)) if match.groups() else 0, name
        return None

    def check_names(self) -> None:
        """Check that the members stand in their order, and that none is missing."""
        ranks = [self.rank(name) or (0, 0, "") for name in self.members]
        require(ranks == sorted(ranks), "the members are out of order", "directory")
        kinds = {place for place, _, _ in ranks}
        for place in (0, 1, 2, 3, 8):  # README, checkpoint, a key, entries, manifest
            require(place in kinds, "a member is missing", NAMES[place].pattern.replace("\\", ""))
        for member in self.members.values():
            small = member.size <= MAX_MEMBER or member.name == "entries.jsonl"
            require(small, f"more than {MAX_MEMBER} bytes", member.name)

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Yield a member's content piece by piece."""
        for offset in range(0, member.size, CHUNK):
            yield self.piece(member.start + offset, min(CHUNK, member.size - offset))

    def read(self, name: str) -> bytes | None:
        """Return the content of a small member; None if there is none of this name."""
        member = self.members.get(name)
        return None if member is None else b"".join(self.chunks(member))

    def lines(self, name: str, limit: int) -> Iterator[bytes]:
        """Yield the lines of a member: 1 to `limit` bytes, each ended by a newline."""
        number, rest = 1, b""
        for chunk in self.chunks(self.members[name]):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                require(0 < len(line) <= limit, "not a line", f"{name} line {number}")
                yield line
                number += 1
            require(len(rest) <= limit, "not a line", f"{name} line {number}")
        require(not rest, "the last line does not end", f"{name} line {number}")

    def place(self, member: Member, crc: int) -> str:
        """Say which bit of a member was flipped, if its CRC shows that it was one."""
        byte, bit = flipped_bit(crc ^ member.crc, member.size)
        if byte < 0:
            return member.name
        before = self.piece(member.start, byte, MAX_MEMBER)
        line = 1 + before.count(b"\n")
        return f"{member.name} line {line} (byte {byte}, bit {bit})"


def crc_table() -> list[int]:
    """Return the CRC-32 of every byte, without the inversions."""
    table = list(range(256))
    for _ in range(8):
        table = [value >> 1 ^ (0xEDB88320 if value & 1 else 0) for value in table]
    return table


def flipped_bit(difference: int, size: int) -> tuple[int, int]:
    """Return byte and bit of a single flipped bit from the difference of two CRCs; else -1, -1.

    A flipped bit leaves a mark in the CRC that every later byte shifts on; undoing the shifts
    one by one shows how far from the end it was. It is a hint for the reader, not a proof.
    """
    table = crc_table()
    marks = {table[1 << bit]: bit for bit in range(8)}
    undo = {value >> 24: byte for byte, value in enumerate(table)}
    for byte in range(size - 1, max(-1, size - MAX_MEMBER), -1):
        if difference in marks:
            return byte, marks[difference]
        low = undo[difference >> 24]
        difference = ((difference ^ table[low]) << 8 | low) & 0xFFFFFFFF
    return -1, -1


# ------------------------------------------------------------------ tool 5: canonical JSON

MAX_INTEGER = 2**53 - 1
Form = Callable[[Any], bool]


def refuse_number(_: str) -> None:
    """Stand in for fractions, NaN and infinity: there are none here."""
    raise ValueError


def read_json(data: bytes) -> dict[str, Any]:
    """Read an object in its RFC 8785 spelling: sorted keys, no spaces, no second spelling."""
    try:
        value = json.loads(data.decode(), parse_float=refuse_number, parse_constant=refuse_number)
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)  # noqa: TID251  the second opinion on euguard's serialiser
        same = again.encode() == data
    except (ValueError, RecursionError):
        raise InvalidError("not JSON") from None
    require(same, "not in its canonical spelling")
    require(isinstance(value, dict), "not an object")
    return dict(value)


def text(pattern: str) -> Form:
    """Return the form of texts that match the pattern."""
    matches = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def whole(value: Any) -> bool:
    """Tell whether it is a whole number from 0 to 2**53-1; true and false are none."""
    return type(value) is int and 0 <= value <= MAX_INTEGER


def boolean(value: Any) -> bool:
    """Tell whether it is true or false."""
    return isinstance(value, bool)


def or_null(form: Form) -> Form:
    """Return the form of values that may be absent."""
    return lambda value: value is None or form(value)


def many(form: Form) -> Form:
    """Return the form of lists of up to 64."""
    return lambda value: isinstance(value, list) and len(value) <= 64 and all(map(form, value))


def one_of(*values: str) -> Form:
    """Return the form of these words."""
    return lambda value: isinstance(value, str) and value in values


def anything(value: Any) -> bool:
    """Tell whether it is a text."""
    return isinstance(value, str)


TIME_PATTERN = text(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z"
)


def time(value: Any) -> bool:
    """Tell whether it is a time in UTC, on a day that there is."""
    if not TIME_PATTERN(value):
        return False
    try:
        date(int(value[:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


LANGUAGES = many(text("[a-z]{2}"))
DATA_KIND = text("[A-Z][A-Z_]{0,31}")
CATEGORY = text("[a-z]{1,32}")


def languages(value: Any) -> bool:
    """Tell whether it is a list of language codes, sorted, each once."""
    return LANGUAGES(value) and value == sorted(set(value))


def counts(name: Form) -> Form:
    """Return the form of an object that says how often each name was found."""

    def form(value: Any) -> bool:
        good = isinstance(value, dict) and len(value) <= 64
        return good and all(name(k) and positive(n) for k, n in value.items())

    return form


def positive(value: Any) -> bool:
    """Tell whether it is a whole number from 1."""
    return whole(value) and value > 0


HEX = text("[0-9a-f]{64}")
UUID7 = text("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
NAME = text(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}")
DECIMAL = text(r"-?[0-9]{1,16}(\.[0-9]{1,24})?(e[+-]?[0-9]{1,3})?")
PATH = text(r"[A-Za-z0-9_$][A-Za-z0-9_$.\[\]-]{0,255}")
BASES = ("6(1)(a)", "6(1)(b)", "6(1)(c)", "6(1)(d)", "6(1)(e)", "6(1)(f)")

PLACE: dict[str, Form] = {
    "at": time,
    "epoch": lambda value: whole(value) and value > 0,
    "kind": anything,
    "previous": HEX,
    "sequence": whole,
    "v": lambda value: type(value) is int and value == 1,
    "writer": text("[a-z0-9-]{1,64}"),
}
KINDS: dict[str, dict[str, Form]] = {
    "exchange.opened": {
        "because": many(NAME),
        "characters": whole,
        "defaults": many(NAME),
        "exchange": UUID7,
        "found": counts(DATA_KIND),
        "ignored": whole,
        "key": NAME,
        "languages": languages,
        "lawful_basis": one_of(*BASES),
        "model": NAME,
        "policy": HEX,
        "purpose": NAME,
        "scope": one_of("conversation", "first_message"),
        "stream": boolean,
        "temperature": or_null(DECIMAL),
    },
    "exchange.closed": {
        "exchange": UUID7,
        "finish": many(NAME),
        "input_tokens": or_null(whole),
        "milliseconds": or_null(whole),
        "outcome": one_of("completed", "failed", "interrupted"),
        "output_tokens": or_null(whole),
        "reason": or_null(NAME),
        "restored": whole,
        "unknown": whole,
    },
    "exchange.refused": {
        "exchange": UUID7,
        "key": NAME,
        "param": or_null(PATH),
        "policy": HEX,
        "purpose": or_null(NAME),
        "reason": NAME,
    },
    "writer.started": {"policy": HEX, "software": text(r"[A-Za-z0-9][A-Za-z0-9._+! -]{0,63}")},
    "export.created": {
        "records": whole,
        "selection": one_of("all", "exchange", "period", "purpose"),
        "size": whole,
    },
}
OPTIONAL: dict[str, dict[str, Form]] = {
    "exchange.opened": {"special": lambda value: bool(value) and counts(CATEGORY)(value)},
    "exchange.closed": {"withheld": positive},
}
TREE: dict[str, Form] = {"root": HEX, "size": whole}
MEMBER: dict[str, Form] = {"name": anything, "sha256": HEX, "size": whole}
SELECTIONS: dict[str, dict[str, Form]] = {
    "all": {"kind": anything},
    "exchange": {"kind": anything, "exchange": anything},
    "period": {"kind": anything, "from": time, "to": time},
    "purpose": {"kind": anything, "purpose": anything},
}


def is_of(value: Any, forms: dict[str, Form]) -> bool:
    """Tell whether an object has exactly these fields, each of its form."""
    good = isinstance(value, dict) and value.keys() == forms.keys()
    return good and all(form(value[name]) for name, form in forms.items())


def selection(value: Any) -> bool:
    """Tell whether it is one of the four selections; a period begins before it ends."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in SELECTIONS:
        return False
    return is_of(value, SELECTIONS[kind]) and (kind != "period" or value["from"] < value["to"])


MANIFEST: dict[str, Form] = {
    "checkpoint": lambda value: is_of(value, TREE),
    "counts": lambda value: (
        isinstance(value, dict)
        and all(kind in KINDS and whole(count) and count > 0 for kind, count in value.items())
    ),
    "created": time,
    "format": one_of(FORMAT),
    "indices": or_null(lambda value: is_of(value, {"first": whole, "last": whole})),
    "members": lambda value: isinstance(value, list) and all(is_of(one, MEMBER) for one in value),
    "origin": anything,
    "records": whole,
    "selection": selection,
    "since": or_null(lambda value: is_of(value, TREE)),
    "software": anything,
}


# ------------------------------------------------------------------ the steps


class Report:
    """What the steps find. The first failure of a step is kept; the first failed step decides."""

    def __init__(self, *, pinned: bool) -> None:
        self.pinned = pinned
        self.keys: list[Key] = []
        self.checked: dict[int, bool] = {}
        self.failures: dict[int, tuple[str, str]] = {}
        self.findings: list[tuple[int, str, str]] = []
        self.note_origin: str | None = None
        self.manifest: dict[str, Any] | None = None
        self.checkpoint: Checkpoint | None = None
        self.records = 0
        self.counts: Counter[str] = Counter()
        self.first: int | None = None
        self.last = -1
        self.root_at_since: bytes | None = None
        self.since: int | None = None
        self.still_open: list[str] = []

    def attempt(self, step: int, where: str, action: Callable[[], Any]) -> Any:
        """Carry out a part of a step; what it refuses is the step's failure."""
        self.checked[step] = True
        try:
            return action()
        except InvalidError as error:
            self.failures.setdefault(step, (error.where or where, error.message))
            return None

    def withdraw(self, *steps: int) -> None:
        """Take back what these steps said: what they rest on does not hold."""
        for step in steps:
            self.checked.pop(step, None)
            self.failures.pop(step, None)

    def state(self, step: int) -> str:
        """Return `ok`, `failed` or `skipped`."""
        if step in self.failures:
            return "failed"
        return "ok" if step in self.checked else "skipped"


def step_1_note(report: Report, path: str, note: str | None) -> None:
    """Compare size and SHA-256 of the file with what the note signs.

    Stops any change to the file, and a file made by somebody without the key.
    """
    if note is None and not os.path.exists(path + ".note"):
        reason = "there is none: nothing vouches for the manifest and the README"
        report.findings.append((1, "note", reason))
        return
    with open(note or path + ".note", "rb") as file:
        data = file.read(MAX_NOTE + 1)
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
            size += len(chunk)

    def check() -> None:
        lines = open_note(data, report.keys)[0].split("\n")
        require(len(lines) == 5 and lines[0] == FORMAT and lines[1], "not a note on an export")
        signed = from_decimal(lines[2])
        require(signed is not None and HEX(lines[3]), "not a size and a SHA-256")
        report.note_origin = lines[1]
        require(size == signed, f"the file has {size} bytes, and {signed} are signed", "file")
        same = digest.hexdigest() == lines[3]
        require(same, "its SHA-256 is not the one that is signed", "file")

    report.attempt(1, "note", check)


def step_2_and_3_members(report: Report, archive: Archive) -> None:
    """Compare every member with its CRC-32, and with the manifest.

    Stops hidden, doubled, exchanged and left out members, paths that write elsewhere, and
    (nothing being compressed) members that grow when they are unpacked.
    """
    report.checked[2] = True  # most of it is done: the archive could be read
    members = []
    for member in archive.members.values():
        crc, digest = 0, hashlib.sha256()
        for chunk in archive.chunks(member):
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
        members.append({"name": member.name, "sha256": digest.hexdigest(), "size": member.size})
        if crc != member.crc and 2 not in report.failures:
            reason = "its CRC-32 is not the one that the directory states"
            report.failures[2] = (archive.place(member, crc), reason)

    def check() -> None:
        manifest = read_json(archive.read("manifest.json") or b"")
        require(is_of(manifest, MANIFEST), "a field is missing, too many or not of its form")
        report.manifest = manifest
        stated = manifest["members"]
        names = [one["name"] for one in stated] == [one["name"] for one in members[:-1]]
        require(names, "it states other members than there are")
        for one, other in zip(stated, members):  # noqa: B905  of one length, as seen above
            require(one == other, "its size or SHA-256 is not as stated", str(other["name"]))
        require(dos_time(manifest["created"]) == archive.time, "created at another time")

    report.attempt(3, "manifest.json", check)


def dos_time(at: str) -> bytes:
    """Return a time as ZIP writes it: two seconds fine."""
    year, month, day = int(at[:4]), int(at[5:7]), int(at[8:10])
    hour, minute, second = int(at[11:13]), int(at[14:16]), int(at[17:19])
    time_of_day = hour << 11 | minute << 5 | second // 2
    days = (year - 1980) << 9 | month << 5 | day
    return struct.pack("<HH", time_of_day, days) if 1980 <= year <= 2107 else b""


def read_key_member(archive: Archive, name: str) -> Key:
    """Read a key of the export, which is named after itself."""
    try:
        line = (archive.read(name) or b"").decode()
    except UnicodeDecodeError:
        raise InvalidError("not UTF-8", name) from None
    require(line.endswith("\n"), "not one line", name)
    key = read_key(line[:-1])
    wanted = f"keys/{urllib.parse.quote(key.name, safe='')}+{key.identifier}.vkey"
    require(wanted == name, "not the key that the member is called after", name)
    return key


def step_4_checkpoint(report: Report, archive: Archive) -> None:
    """Open the checkpoint with a trusted key.

    Stops a log that was made up afterwards, and the history of another log.
    """
    for name in archive.members:
        if name.startswith("keys/"):
            report.attempt(4, name, lambda name=name: read_key_member(archive, name))  # type: ignore[misc]

    def check() -> None:
        checkpoint = open_checkpoint(archive.read("checkpoint") or b"", report.keys)
        report.checkpoint = checkpoint
        same = report.note_origin in (None, checkpoint.origin)
        require(same, "the note is on an export of another log")
        if report.manifest is not None:
            tree = {"root": checkpoint.root.hex(), "size": checkpoint.size}
            same = report.manifest["origin"] == checkpoint.origin
            require(same and report.manifest["checkpoint"] == tree, "the manifest has another one")

    report.attempt(4, "checkpoint", check)


def step_5_tree(report: Report, archive: Archive, since: Checkpoint | None) -> None:
    """Compute the root from all records, or follow the proof of each.

    Stops a record that was changed, added, left out or moved.
    """
    whole_log = "indices.txt" not in archive.members
    reader = Records(report, whole_log=whole_log)

    def check() -> None:
        if whole_log:
            compute_root(report, archive, reader, since)
        else:
            follow_proofs(report, archive, reader)
        if report.manifest is not None:
            kind = report.manifest["selection"]["kind"]
            same = whole_log == (kind == "all")
            require(same, "indices are there if, and only if, it is a part", "indices.txt")

    report.attempt(5, "entries.jsonl", check)
    if report.checkpoint is None:
        report.withdraw(5)
    reader.sum_up()


def compute_root(
    report: Report, archive: Archive, reader: Records, since: Checkpoint | None
) -> None:
    """Step 5 for a whole log: its records give the root."""
    tree = Tree()
    if any(name.startswith("proofs/") for name in archive.members):
        reason = "the whole log has no proofs: its leaves give the root"
        report.failures.setdefault(5, ("proofs/", reason))
    if since is not None and since.size == 0:
        report.root_at_since = EMPTY
    for line in archive.lines("entries.jsonl", MAX_LEAF):
        tree.append(reader.take(tree.size, line))
        if since is not None and since.size == tree.size:
            report.root_at_since = tree.root()
    reader.ended = True
    checkpoint = report.checkpoint
    if checkpoint is not None:
        counted = f"{tree.size} records, and the checkpoint is on {checkpoint.size}"
        require(tree.size == checkpoint.size, counted)
        require(tree.root() == checkpoint.root, "the records do not give the checkpoint's root")


def follow_proofs(report: Report, archive: Archive, reader: Records) -> None:
    """Step 5 for a part: each record has an index, and a proof that leads to the root."""
    indices = archive.lines("indices.txt", 19)
    before = -1
    for line in archive.lines("entries.jsonl", MAX_LEAF):
        number = next(indices, None)
        require(number is not None, "not one index for each record", "indices.txt")
        index = from_decimal((number or b"").decode("ascii", "replace"))
        if index is None or index <= before:
            raise InvalidError("not a number larger than the one before", "indices.txt")
        before = index
        leaf = reader.take(index, line)
        if report.checkpoint is not None:
            name, checkpoint = f"proofs/{index}.tlog-proof", report.checkpoint
            report.attempt(5, name, lambda: follow_proof(archive, checkpoint, index, leaf))  # noqa: B023  called at once
    require(next(indices, None) is None, "not one index for each record", "indices.txt")
    reader.ended = True
    proofs = sum(name.startswith("proofs/") for name in archive.members)
    require(proofs == report.records, f"{proofs} proofs for {report.records} records", "proofs/")


def follow_proof(archive: Archive, checkpoint: Checkpoint, index: int, leaf: bytes) -> None:
    """Check a tlog-proof: its index, its hashes, and this very checkpoint behind them."""
    data = archive.read(f"proofs/{index}.tlog-proof")
    require(data is not None, "the member is missing")
    head, blank, tail = (data or b"").partition(b"\n\n")
    same = blank and tail == archive.read("checkpoint")
    require(same, "a proof to another checkpoint")
    lines = head.decode("ascii", "replace").split("\n")
    require(lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {index}"], "a proof of another index")
    proof = [from_base64(line) or b"" for line in lines[2:]]
    require(all(len(step) == 32 for step in proof), "a hash does not have 32 bytes")
    good = included(leaf, index, proof, checkpoint.size, checkpoint.root)
    require(good, "the proof does not lead to the checkpoint's root")


MAX_LEAF = 16 * 1024


class Records:
    """Steps 6, 7 and 8, record by record, while step 5 reads them."""

    def __init__(self, report: Report, *, whole_log: bool) -> None:
        self.report = report
        self.whole_log = whole_log
        self.ended = False
        self.chains: dict[str, tuple[int, int, bytes, int]] = {}
        self.gap: tuple[int, int] | None = None
        self.open: dict[str, tuple[str, int, int]] = {}
        self.over: dict[str, bool] = {}
        self.late: list[tuple[str, int]] = []
        self.served: dict[str, int] = {}
        self.selected: dict[str, bool] = {}

    def take(self, index: int, line: bytes) -> bytes:
        """Take in the next record and return its leaf hash."""
        report, hashed = self.report, leaf_hash(line)
        report.records += 1
        report.first = index if report.first is None else report.first
        report.last = index
        where = f"entries.jsonl line {report.records} (index {index})"
        record = report.attempt(6, where, lambda: step_6_record(line))
        if record is not None:
            report.counts[record["kind"]] += 1
            where = f"index {index}"
            if 7 not in report.failures:
                report.attempt(7, where, lambda: self.step_7_chain(index, hashed, record))
            if 8 not in report.failures:
                report.attempt(8, where, lambda: self.step_8_exchange(index, record))
        return hashed

    def step_7_chain(self, index: int, hashed: bytes, record: dict[str, Any]) -> None:
        """Compare the record with its writer's record before it.

        Stops records that never reached the tree, and records that were slipped into it.
        """
        epoch, sequence, previous = record["epoch"], record["sequence"], record["previous"]
        starts = record["kind"] == "writer.started"
        begins = "an epoch begins with writer.started, and nothing else does"
        require((sequence == 0) == starts, begins)
        last = self.chains.get(record["writer"])
        self.chains[record["writer"]] = (epoch, sequence, hashed, index)
        if last is None:
            first = sequence == 0 and previous == "0" * 64
            require(first or not self.whole_log, "the writer's first record is not its first")
            return
        follows = (epoch, sequence) == (last[0], last[1] + 1)
        restarts = epoch > last[0] and sequence == 0
        in_order = (follows or restarts) if self.whole_log else (epoch, sequence) > last[:2]
        message = f"the writer's record before it is index {last[3]}: missing or out of order"
        require(in_order, message)
        if previous != last[2].hex():
            message = f"names another hash than that of index {last[3]}, the writer's record before"
            require(not (follows or self.whole_log), message)
            self.gap = self.gap or (last[3], index)

    def step_8_exchange(self, index: int, record: dict[str, Any]) -> None:
        """Open and close exchanges.

        Stops answers that were given without a record, and ends that were made up.
        """
        kind, writer, exchange = record["kind"], record["writer"], record.get("exchange")
        if kind not in ("exchange.closed", "writer.started"):
            self.served[writer] = record["epoch"]
        if exchange is not None:
            require(exchange not in self.over, "the exchange had ended before")
            if kind == "exchange.opened":
                require(exchange not in self.open, "the exchange is open already")
                self.open[exchange] = (writer, record["epoch"], index)
            else:
                opened = self.open.pop(exchange, None)
                if kind == "exchange.refused":
                    require(opened is None, "refuses an exchange that is open")
                elif opened is None:
                    require(not self.whole_log, "closes an exchange that was never opened")
                else:
                    self.check_end(index, record, opened)
                self.over[exchange] = True
        selected = self.report.manifest is None or self.is_selected(record)
        require(selected, "a record that the export's selection does not select")

    def check_end(self, index: int, record: dict[str, Any], opened: tuple[str, int, int]) -> None:
        """Compare the closing record with the opening one.

        Whoever did not serve the exchange cannot know more of it than that it broke off.
        """
        own = (record["writer"], record["epoch"]) == opened[:2]
        outcome = record["outcome"]
        message = f"{outcome}, says another life than the one that opened it"
        require(own or outcome == "interrupted", message)
        if self.forgotten(opened):
            self.late.append((record["exchange"], index))

    def forgotten(self, opened: tuple[str, int, int]) -> bool:
        """Tell whether the writer has started anew and served again.

        It closes what it had left open before it does.
        """
        return self.whole_log and self.served[opened[0]] > opened[1]

    def is_selected(self, record: dict[str, Any]) -> bool:
        """Tell whether the manifest's selection holds this record."""
        wanted = (self.report.manifest or {})["selection"]
        if wanted["kind"] == "all":
            return True
        if wanted["kind"] == "exchange":
            return bool(record.get("exchange") == wanted["exchange"])
        if wanted["kind"] == "period":
            # Times have one width, so that they order as texts.
            return bool(wanted["from"] <= record["at"] < wanted["to"])
        if record["kind"] == "exchange.closed":
            return record["exchange"] in self.selected
        good = "purpose" in record and record["purpose"] == wanted["purpose"]
        if good and record["kind"] == "exchange.opened":
            self.selected[record["exchange"]] = True
        return good

    def sum_up(self) -> None:
        """End the steps 6 to 8 after the last record."""
        report = self.report
        if not self.ended:  # the records behind a broken line were never read
            report.withdraw(6, 7, 8)
            return
        for step in (6, 7, 8):
            report.checked[step] = True
        if report.manifest is not None:
            report.attempt(6, "manifest.json", self.compare_counts)
        if 6 in report.failures:  # the chains have a gap where a record could not be read
            report.withdraw(7, 8)
            return
        for exchange, index in self.late:
            reason = f"{exchange} was closed only after its writer had started anew and served"
            report.findings.append((8, f"index {index}", reason))
        kind = report.manifest["selection"]["kind"] if report.manifest else None
        if self.gap and kind == "period":
            before, after = self.gap
            reason = f"its writer has records after index {before} that the period does not hold"
            report.findings.append((7, f"index {after}", reason))
        for exchange, opened in self.open.items():
            report.still_open.append(exchange)  # it may be under way
            if self.forgotten(opened):
                index = opened[2]
                reason = f"{exchange} was opened; its writer started anew and never closed it"
                report.findings.append((8, f"index {index}", reason))

    def compare_counts(self) -> None:
        """Compare the manifest's numbers with what was read."""
        report = self.report
        stated = report.manifest or {}
        ends = None if report.first is None else {"first": report.first, "last": report.last}
        same = stated["records"] == report.records and stated["indices"] == ends
        require(same and stated["counts"] == report.counts, "it states other numbers of records")


def step_6_record(line: bytes) -> dict[str, Any]:
    """Read one record.

    Stops bytes that two readers read differently, and fields that nobody has agreed on.
    """
    record = read_json(line)
    kind = record.get("kind")
    require(isinstance(kind, str) and kind in KINDS, "the kind is not one of SPEC.md")
    said = {name: form for name, form in OPTIONAL.get(str(kind), {}).items() if name in record}
    forms = KINDS[str(kind)] | said
    require(record.keys() == PLACE.keys() | forms.keys(), "a field is missing or too many")
    for name, value in record.items():
        good = forms[name](value) if name in forms else PLACE[name](value)
        require(good, f"the field {name} is not of its form")
    if kind == "exchange.closed":
        outcome, reason = record["outcome"], record["reason"]
        require(outcome != "completed" or reason is None, "a completed exchange has no reason")
        reasoned = outcome == "completed" or reason is not None
        require(reasoned, "a failed or interrupted exchange has a reason")
    return record


def step_9_since(report: Report, archive: Archive, kept: Checkpoint | None) -> None:
    """Connect earlier checkpoints with this one.

    Stops a log that was rewritten since somebody last looked.
    """
    now = report.checkpoint
    if now is None:
        return
    inside = None
    if "since-checkpoint" in archive.members or "consistency.txt" in archive.members:
        inside = report.attempt(9, "since-checkpoint", lambda: check_inside(report, archive, now))
    if report.manifest is not None and 9 not in report.failures:
        tree = {"root": inside.root.hex(), "size": inside.size} if inside else None
        if tree != report.manifest["since"]:
            report.failures[9] = ("since-checkpoint", "not the one that the manifest states")
    if inside is not None:
        report.since = inside.size
    if kept is not None:
        where = "the reader's checkpoint"
        connected = report.attempt(9, where, lambda: check_kept(report, now, kept, inside))
        if connected:
            report.since = kept.size
        elif connected is False:
            reason = f"nothing here connects it (size {kept.size}): ask for an export since then"
            report.findings.append((9, where, reason))


def check_inside(report: Report, archive: Archive, now: Checkpoint) -> Checkpoint:
    """Check the earlier checkpoint that the export brings, by the proof that it brings."""
    signed, proof = archive.read("since-checkpoint"), archive.read("consistency.txt")
    if signed is None or proof is None:
        raise InvalidError("a checkpoint without a proof, or a proof without a checkpoint")
    earlier = open_checkpoint(signed, report.keys)
    require(earlier.origin == now.origin, "the checkpoint of another log")
    lines = proof.decode("ascii", "replace").split("\n")
    steps = [step for step in map(from_base64, lines[1:-1]) if step is not None]
    good = lines[0] == f"old {earlier.size}" and lines[-1] == "" and len(steps) == len(lines) - 2
    require(good, "not that size and hashes, one a line", "consistency.txt")
    good = consistent(earlier, now, steps)
    require(good, "the proof does not lead from it to this checkpoint")
    return earlier


def check_kept(
    report: Report, now: Checkpoint, kept: Checkpoint, inside: Checkpoint | None
) -> bool:
    """Compare the reader's checkpoint with what is known of the log at that size."""
    message = f"the log had {kept.size} records then and has {now.size} here"
    require(kept.size <= now.size, message)
    known = {now.size: now.root, 0: EMPTY}
    if inside is not None:
        known[inside.size] = inside.root
    if report.root_at_since is not None:  # computed from the records themselves
        known[kept.size] = report.root_at_since
    if kept.size not in known:
        return False
    message = f"at size {kept.size} this log had another root: its history has been rewritten"
    require(known[kept.size] == kept.root, message)
    return True


def open_kept(report: Report, since: bytes) -> Checkpoint | None:
    """Open the checkpoint that the reader has kept."""
    now = report.checkpoint
    if now is None:
        return None

    def check() -> Checkpoint:
        kept = open_checkpoint(since, report.keys)
        require(kept.origin == now.origin, "the checkpoint of another log")
        return kept

    opened: Checkpoint | None = report.attempt(9, "the reader's checkpoint", check)
    return opened


def keys_inside(archive: Archive) -> list[Key]:
    """Return the keys of the export that can be read; step 4 speaks of the others."""
    keys = []
    for name in archive.members:
        if name.startswith("keys/"):
            try:
                keys.append(read_key_member(archive, name))
            except InvalidError:
                continue
    return keys


def verify(path: str, note: str | None, trusted: list[Key], since: bytes | None) -> Report:
    """Carry out all steps. The later ones go on after a failure: they know better where it is."""
    report = Report(pinned=bool(trusted))
    with open(path, "rb") as file:
        archive = report.attempt(2, "file", lambda: Archive(file))
        # The same key given twice is one key: each may sign once.
        report.keys = list(dict.fromkeys(trusted)) or (keys_inside(archive) if archive else [])
        step_1_note(report, path, note)
        if archive is not None:
            step_2_and_3_members(report, archive)
            step_4_checkpoint(report, archive)
            kept = None if since is None else open_kept(report, since)
            step_5_tree(report, archive, kept)  # with 6, 7 and 8 for each record
            step_9_since(report, archive, kept)
    return report


# ------------------------------------------------------------------ the command


def as_json(report: Report) -> dict[str, Any]:
    """Return the one object that --json prints."""
    failures = [(step, *report.failures[step]) for step in sorted(report.failures)]
    status = "failed" if failures else "findings" if report.findings else "verified"
    now, manifest = report.checkpoint, report.manifest
    return {
        "checkpoint": now and {"origin": now.origin, "root": now.root.hex(), "size": now.size},
        "counts": dict(sorted(report.counts.items())),
        "created": manifest and manifest["created"],
        "exit_code": {"verified": 0, "findings": 4, "failed": 5}[status],
        "failures": [{"message": m, "step": s, "where": w} for s, w, m in failures],
        "findings": [{"message": m, "step": s, "where": w} for s, w, m in report.findings],
        "key_pinned": report.pinned,
        "records": report.records,
        "selection": manifest and manifest["selection"],
        "signed_by": [key.line for key in now.signers] if now else [],
        "since": report.since,
        "status": status,
        "steps": {str(step): report.state(step) for step in STEPS},
        "still_open": report.still_open,
    }


def describe(verdict: dict[str, Any]) -> str:
    """Return the report for a reader."""
    lines = [f"{n}  {verdict['steps'][str(n)]:<8}{title}" for n, title in STEPS.items()]
    now, held = verdict["checkpoint"], verdict["selection"]
    if now and verdict["steps"]["9"] == "skipped":
        lines[-1] += " (there is none: see --since)"
    lines.append("")
    if now:
        lines.append(f"log         {now['origin']}")
        lines.append(f"checkpoint  size {now['size']}, root {now['root']}")
    lines += [f"signed by   {key}" for key in verdict["signed_by"]]
    kinds = ", ".join(f"{kind} {count}" for kind, count in verdict["counts"].items())
    lines.append(f"records     {verdict['records']}" + (f" ({kinds})" if kinds else ""))
    if held and held["kind"] != "all":
        names = [name for name in ("exchange", "from", "to", "purpose") if name in held]
        part = f"{held['kind']} {'…'.join(held[name] for name in names)}"
        lines.append(f"holds       {part}: a part; that no record of it is missing is not shown")
    if verdict["since"] is not None:
        lines.append(f"since       size {verdict['since']}")
    lines += [f"still open  {exchange}" for exchange in verdict["still_open"]]
    lines.append("")
    for word, remarks in (("FAILED", verdict["failures"]), ("FINDING", verdict["findings"])):
        lines += [f"{word}  step {r['step']}, {r['where']}: {r['message']}" for r in remarks]
    lines.append(CONCLUSIONS[verdict["status"]])
    if not verdict["key_pinned"] and not verdict["signed_by"]:
        lines.append("No key was given with --key.")
    elif not verdict["key_pinned"]:
        lines.append(
            "The key came from the export itself: this shows that the export fits together,"
        )
        lines.append("not who made it. Get the key from another source and give it with --key.")
    return "\n".join(lines)


def read_key_argument(argument: str) -> Key:
    """Take a key line, or the name of a file that holds one."""
    try:
        if os.path.exists(argument):
            with open(argument, encoding="utf-8") as file:
                argument = file.read().strip()
        return read_key(argument)
    except InvalidError as error:
        raise argparse.ArgumentTypeError(f"no key, and no file with one: {error.message}") from None
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError(f"no key, and no file with one: {argument}") from None


def read_checkpoint_argument(argument: str) -> bytes:
    """Take the name of a file that holds a signed checkpoint, whoever has signed it."""
    try:
        with open(argument, "rb") as file:
            data = file.read(MAX_NOTE + 1)
        parse_checkpoint(split_note(data)[0])
    except InvalidError as error:
        reason = f"not a signed checkpoint: {error.message}"
        raise argparse.ArgumentTypeError(f"{argument}: {reason}") from None
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot read {argument}: {error.strerror}") from None
    return data


def main() -> int:
    """Read the command line, print the verdict."""
    parser = argparse.ArgumentParser(description="Verify an export of a euguard audit log.")
    parser.add_argument("export", help="the ZIP file")
    parser.add_argument("--note", help="its signed note; by default <export>.note")
    parser.add_argument("--key", action="append", type=read_key_argument, default=[])
    since = "file with a checkpoint you had before"
    parser.add_argument("--since", type=read_checkpoint_argument, help=since)
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    options = parser.parse_args()
    try:
        verdict = as_json(verify(options.export, options.note, options.key, options.since))
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(json.dumps(verdict, indent=2) if options.json else describe(verdict))  # noqa: TID251  for people
    return int(verdict["exit_code"])


if __name__ == "__main__":
    sys.exit(main())
