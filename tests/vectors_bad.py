"""Exports that do not verify, or not without a question: each by the attack that it shows.

"Signed" in a comment means that the attacker has the key of the note, as an insider might: then
step 1 sees nothing, and a later step must.
"""

import dataclasses
import json
import struct
from datetime import datetime, timedelta
from pathlib import Path

from euguard import canonical
from euguard.audit.export import key_file
from euguard.audit.record import Outcome
from euguard.audit.selection import OnePurpose, Period
from euguard.tlog import checkpoint, merkle, spelling
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.note import key_id
from forge import (
    Members,
    as_lines,
    content_of,
    data_of,
    exported,
    lines_of,
    put_together,
    replaced,
    restated,
    taken_apart,
)
from logbook import (
    INFORMATION,
    LOG_KEY,
    ORIGIN,
    START,
    Logbook,
    closed,
    exchange_id,
    opened,
    ordinary_log,
    refused,
    weak_key,
)
from vector import Vector, vector

STRANGER = weak_key(ORIGIN, 2)


def _members(folder: Path) -> Members:
    return taken_apart(exported(ordinary_log(), folder))


def _of_lines(folder: Path, lines: list[bytes], counts: dict[str, int] | None = None) -> bytes:
    """Sign an export of other lines under the honest checkpoint."""
    members = replaced(_members(folder), "entries.jsonl", as_lines(lines))

    def count(manifest: dict[str, object]) -> None:
        manifest["records"] = len(lines)
        manifest["indices"] = {"first": 0, "last": len(lines) - 1}
        manifest["counts"] = counts or manifest["counts"]

    return put_together(restated(members, count))


def _honest_but_wrong(folder: Path, lines: list[bytes]) -> bytes:
    """Export a log that really holds these lines, signed by its own key."""
    members = _members(folder)
    root = merkle.root([merkle.leaf_hash(line) for line in lines])
    signed = checkpoint.sign(Checkpoint(ORIGIN, len(lines), root), LOG_KEY)
    members = replaced(members, "checkpoint", signed)
    members = replaced(members, "entries.jsonl", as_lines(lines))
    counts: dict[str, int] = {}
    for line in lines:
        kind = json.loads(line)["kind"]
        counts[kind] = counts.get(kind, 0) + 1

    def state(manifest: dict[str, object]) -> None:
        manifest["checkpoint"] = {"root": root.hex(), "size": len(lines)}
        manifest["counts"] = counts
        manifest["indices"] = {"first": 0, "last": len(lines) - 1}
        manifest["records"] = len(lines)

    return put_together(restated(members, state))


# ------------------------------------------------------------------ step 1: the note


@vector("bad/flipped-bit-in-entry")
def _(folder: Path) -> Vector:
    honest = data_of(ordinary_log(), folder)
    data = honest.replace(b'"characters":301', b'"characters":300')
    about = "one bit of one record: 301 characters became 300"
    return Vector(data, about, 5, (1, 2, 3, 5, 7), note_over=honest)


@vector("bad/flipped-bit-in-readme")
def _(folder: Path) -> Vector:
    honest = data_of(ordinary_log(), folder)
    data = honest.replace(b"AN EXPORT", b"AN EXPOPT", 1)
    return Vector(data, "one bit of what nobody checks", 5, (1, 2, 3), note_over=honest)


@vector("bad/truncated")
def _(folder: Path) -> Vector:
    honest = data_of(ordinary_log(), folder)
    return Vector(honest[:-700], "the end of the file is missing", 5, (1, 2), note_over=honest)


@vector("bad/appended")
def _(folder: Path) -> Vector:
    honest = data_of(ordinary_log(), folder)
    return Vector(honest + b"\0", "one byte more than was signed", 5, (1, 2), note_over=honest)


@vector("bad/signed-by-a-stranger")
def _(folder: Path) -> Vector:
    log = Logbook(STRANGER)
    log.start()
    log.exchange(0)
    about = "all of it fits together, under a key of the same name that is not the reader's"
    return Vector(data_of(log, folder), about, 5, (1, 4), signer=STRANGER)


@vector("bad/note-by-a-stranger")
def _(folder: Path) -> Vector:
    return Vector(data_of(ordinary_log(), folder), "a note by another key", 5, (1,), STRANGER)


@vector("bad/without-note")
def _(folder: Path) -> Vector:
    about = "the note was taken away: the records verify, manifest and README are nobody's word"
    return Vector(data_of(ordinary_log(), folder), about, 4, (1,), signer=None)


# ------------------------------------------------------------------ step 2: the container


@vector("bad/name-twice")
def _(folder: Path) -> Vector:
    members = _members(folder)
    other = as_lines(lines_of(members)[:-1])
    position = [name for name, _ in members].index("entries.jsonl")
    members.insert(position, ("entries.jsonl", other))
    about = "two members of one name: one program reads the first, another the second (signed)"
    return Vector(put_together(restated(members)), about, 5, (2,))


@vector("bad/path-that-leaves")
def _(folder: Path) -> Vector:
    members = _members(folder)
    members.insert(1, ("../checkpoint", b"written beside the folder\n"))
    about = "a name that leaves the folder when it is unpacked (signed)"
    return Vector(put_together(restated(members)), about, 5, (2,))


@vector("bad/bytes-between")
def _(folder: Path) -> Vector:
    data = data_of(ordinary_log(), folder)
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    end = bytearray(data[start:])
    struct.pack_into("<I", end, len(end) - 6, start + 5)
    about = "five bytes between the last member and the directory (signed)"
    return Vector(data[:start] + b"extra" + bytes(end), about, 5, (2,))


@vector("bad/comment")
def _(folder: Path) -> Vector:
    data = data_of(ordinary_log(), folder)
    return Vector(data[:-2] + b"\5\0extra", "a comment of the archive (signed)", 5, (2,))


@vector("bad/bomb")
def _(folder: Path) -> Vector:
    data = bytearray(data_of(ordinary_log(), folder))
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    for header, method, size in ((0, 8, 22), (start, 10, 24)):
        struct.pack_into("<H", data, header + method, 8)
        struct.pack_into("<I", data, header + size, 0xFFFFFFF0)
    about = "a member that says it is deflated and unpacks to 4 GiB (signed)"
    return Vector(bytes(data), about, 5, (2,))


@vector("bad/encrypted")
def _(folder: Path) -> Vector:
    data = bytearray(data_of(ordinary_log(), folder))
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    data[6] |= 1
    data[start + 8] |= 1
    return Vector(bytes(data), "a member that says it is encrypted (signed)", 5, (2,))


@vector("bad/member-missing")
def _(folder: Path) -> Vector:
    members = [pair for pair in _members(folder) if not pair[0].startswith("keys/")]
    return Vector(put_together(restated(members)), "no key in it (signed)", 5, (2,))


@vector("bad/out-of-order")
def _(folder: Path) -> Vector:
    members = _members(folder)
    members[0], members[1] = members[1], members[0]
    return Vector(put_together(restated(members)), "members in another order (signed)", 5, (2,))


# ------------------------------------------------------------------ step 3: the manifest


@vector("bad/manifest-digest")
def _(folder: Path) -> Vector:
    members = _members(folder)
    readme = content_of(members, "README.txt") + b"Trust us.\n"
    about = "a README that is not the one of the manifest (signed)"
    return Vector(put_together(replaced(members, "README.txt", readme)), about, 5, (3,))


@vector("bad/manifest-not-canonical")
def _(folder: Path) -> Vector:
    members = _members(folder)
    manifest = json.dumps(json.loads(members[-1][1]))  # noqa: TID251  the wrong spelling is the point
    members[-1] = ("manifest.json", manifest.encode())
    return Vector(put_together(members), "a manifest in another spelling (signed)", 5, (3,))


@vector("bad/manifest-field")
def _(folder: Path) -> Vector:
    members = restated(_members(folder), lambda manifest: manifest.update(verdict="verified"))
    return Vector(put_together(members), "a field that no manifest has (signed)", 5, (3,))


@vector("bad/member-unstated")
def _(folder: Path) -> Vector:
    members = _members(folder)
    line = f"{STRANGER.verifier}\n".encode()
    members.insert(2, (key_file(STRANGER.verifier), line))
    members[2:4] = sorted(members[2:4])
    return Vector(put_together(members), "a key that the manifest does not state (signed)", 5, (3,))


# ------------------------------------------------------------------ step 4: keys, checkpoint


@vector("bad/signature-tail")
def _(folder: Path) -> Vector:
    members = _members(folder)
    signed = content_of(members, "checkpoint")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = signed[-3:-2].decode()
    flipped = alphabet[alphabet.index(last) ^ 1].encode()
    members = replaced(members, "checkpoint", signed[:-3] + flipped + signed[-2:])
    about = "a bit of the signature's base64 that decoding throws away (signed)"
    return Vector(put_together(restated(members)), about, 5, (4,))


@vector("bad/checkpoint-by-a-stranger")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.signer = STRANGER
    members = replaced(_members(folder), "checkpoint", log.checkpoint())
    about = "the checkpoint is signed by another key of the same name (signed)"
    return Vector(put_together(restated(members)), about, 5, (4,))


@vector("bad/checkpoint-of-another-log")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.origin = "audit.example/other"
    members = replaced(_members(folder), "checkpoint", log.checkpoint())
    about = "the checkpoint of another log that the same key signs for (signed)"
    return Vector(put_together(restated(members)), about, 5, (4,))


@vector("bad/key-under-another-id")
def _(folder: Path) -> Vector:
    members = _members(folder)
    name = key_file(LOG_KEY.verifier)
    encoded = spelling.to_base64(b"\1" + STRANGER.verifier.public)
    line = f"{ORIGIN}+{LOG_KEY.verifier.key_id:08x}+{encoded}\n".encode()
    about = "another key under the name and ID of the log's (signed)"
    return Vector(put_together(restated(replaced(members, name, line))), about, 5, (4,))


@vector("bad/key-of-small-order")
def _(folder: Path) -> Vector:
    members = _members(folder)
    public = bytes([1]) + bytes(31)
    identifier = key_id("easy.example", public)
    line = f"easy.example+{identifier:08x}+{spelling.to_base64(bytes([1]) + public)}\n"
    members.insert(3, (f"keys/easy.example+{identifier:08x}.vkey", line.encode()))
    members[2:4] = sorted(members[2:4])
    about = "a key under which one signature fits every text (signed)"
    return Vector(put_together(restated(members)), about, 5, (4,))


# ------------------------------------------------------------------ step 5: the tree


@vector("bad/changed-entry")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    lines[3] = lines[3].replace(b'"EMAIL":1', b'"EMAIL":9')
    return Vector(_of_lines(folder, lines), "a record was rewritten (signed)", 5, (5, 7))


@vector("bad/swapped-entries")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    lines[3], lines[4] = lines[4], lines[3]
    return Vector(_of_lines(folder, lines), "two records change places (signed)", 5, (5, 7, 8))


@vector("bad/dropped-entry")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines[:-1]
    counts = {"exchange.closed": 4, "exchange.opened": 4, "writer.started": 1}
    about = "the last record, a refusal, was left out (signed)"
    return Vector(_of_lines(folder, lines, counts), about, 5, (5,))


@vector("bad/no-newline")
def _(folder: Path) -> Vector:
    members = _members(folder)
    entries = content_of(members, "entries.jsonl")[:-1]
    members = restated(replaced(members, "entries.jsonl", entries))
    return Vector(put_together(members), "the last line does not end (signed)", 5, (5,))


@vector("bad/proofs-swapped")
def _(folder: Path) -> Vector:
    members = taken_apart(exported(ordinary_log(), folder, OnePurpose(INFORMATION)))
    first, second = "proofs/3.tlog-proof", "proofs/4.tlog-proof"
    one, two = content_of(members, first), content_of(members, second)
    members = replaced(replaced(members, first, two), second, one)
    return Vector(put_together(restated(members)), "a proof for the wrong index (signed)", 5, (5,))


@vector("bad/index-moved")
def _(folder: Path) -> Vector:
    members = taken_apart(exported(ordinary_log(), folder, OnePurpose(INFORMATION)))
    members = replaced(members, "indices.txt", b"3\n5\n")
    proof = content_of(members, "proofs/4.tlog-proof").replace(b"index 4", b"index 5")
    members = [
        ("proofs/5.tlog-proof", proof) if name == "proofs/4.tlog-proof" else (name, content)
        for name, content in members
    ]

    def state(manifest: dict[str, object]) -> None:
        manifest["indices"] = {"first": 3, "last": 5}

    about = "a record under an index that is not its own (signed)"
    return Vector(put_together(restated(members, state)), about, 5, (5,))


@vector("bad/proofs-in-the-whole")
def _(folder: Path) -> Vector:
    members = _members(folder)
    members.insert(-1, ("proofs/900.tlog-proof", b"whatever somebody wants to hide here\n"))
    about = "a member that an export of the whole log does not have (signed)"
    return Vector(put_together(restated(members)), about, 5, (5,))


# ------------------------------------------------------------------ step 6: records


@vector("bad/not-canonical")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    lines[-1] = lines[-1].replace(b'"v":1', b'"v": 1')
    about = "the log holds a record in another spelling, and signed it"
    return Vector(_honest_but_wrong(folder, lines), about, 5, (6,))


@vector("bad/field-twice")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    lines[-1] = lines[-1].replace(b'"v":1', b'"v":1,"v":1')
    about = "a field that stands twice: readers differ on which one counts"
    return Vector(_honest_but_wrong(folder, lines), about, 5, (6,))


@vector("bad/unknown-field")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    fields = canonical.decode(lines[-1])
    lines[-1] = canonical.encode({**fields, "user": "k7q3"})
    about = "a field that nobody has agreed on"
    return Vector(_honest_but_wrong(folder, lines), about, 5, (6,))


@vector("bad/unknown-version")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    lines[-1] = lines[-1].replace(b'"v":1', b'"v":2')
    about = "a version that this verifier does not know"
    return Vector(_honest_but_wrong(folder, lines), about, 5, (6,))


@vector("bad/interrupted-without-a-reason")
def _(folder: Path) -> Vector:
    log = Logbook()
    log.start()
    log.write(opened(0))
    log.write(closed(0, Outcome.INTERRUPTED))
    lines = log.lines
    lines[-1] = lines[-1].replace(b'"reason":"model_unavailable"', b'"reason":null')
    about = "an exchange was broken off, and the log does not say why"
    return Vector(_honest_but_wrong(folder, lines), about, 5, (6,))


@vector("bad/counts-of-an-unknown-kind")
def _(folder: Path) -> Vector:
    def state(manifest: dict[str, object]) -> None:
        manifest["counts"] = {**dict(manifest["counts"]), "invented.kind": 0}  # type: ignore[call-overload]

    about = "the manifest counts a kind that there is not (signed)"
    return Vector(put_together(restated(_members(folder), state)), about, 5, (3,))


@vector("bad/counts")
def _(folder: Path) -> Vector:
    def state(manifest: dict[str, object]) -> None:
        manifest["counts"] = {"exchange.refused": 10}

    about = "the manifest counts other records than there are (signed)"
    return Vector(put_together(restated(_members(folder), state)), about, 5, (6,))


# ------------------------------------------------------------------ steps 7 and 8: the order


@vector("bad/writer-chain")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines
    about = "a refusal never reached the tree; the writer's next record names it"
    log = ordinary_log()
    log.exchange(9)
    del log.lines[len(lines) - 1]
    return Vector(_honest_but_wrong(folder, log.lines), about, 5, (7,))


@vector("bad/writer-start")
def _(folder: Path) -> Vector:
    lines = ordinary_log().lines[3:]
    about = "the log begins in the middle of its writer's life"
    return Vector(_honest_but_wrong(folder, lines), about, 5, (7,))


@vector("bad/epoch-twice")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    last = log._ends["gateway-0"]
    log._ends["gateway-0"] = dataclasses.replace(last, epoch=last.epoch - 1)
    log.start()
    return Vector(data_of(log, folder), "two lives of a writer under one number", 5, (7,))


@vector("bad/closed-twice")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.write(closed(0))
    return Vector(data_of(log, folder), "an exchange ends a second time", 5, (8,))


@vector("bad/closed-unopened")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.write(closed(77))
    return Vector(data_of(log, folder), "an exchange ends that never began", 5, (8,))


@vector("bad/opened-twice")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.write(opened(5))
    log.write(opened(5))
    return Vector(data_of(log, folder), "an exchange is opened twice", 5, (8,))


@vector("bad/refused-while-open")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.write(opened(5))
    log.write(refused(5))
    return Vector(data_of(log, folder), "refused, and yet sent to the model", 5, (8,))


@vector("bad/never-closed")
def _(folder: Path) -> Vector:
    log = Logbook()
    log.start()
    log.write(opened(0))
    log.start()
    log.exchange(1)
    about = "the writer started anew, served again, and never closed what it had left open"
    return Vector(data_of(log, folder), about, 4, (8,))


@vector("bad/completed-by-the-next-life")
def _(folder: Path) -> Vector:
    log = Logbook()
    log.start()
    log.write(opened(0))
    log.start()
    log.write(closed(0))
    about = "the writer died, and its next life says that the answer was complete"
    return Vector(data_of(log, folder), about, 5, (8,))


@vector("bad/closed-late")
def _(folder: Path) -> Vector:
    log = Logbook()
    log.start()
    log.write(opened(0))
    log.start()
    log.exchange(1)
    log.write(closed(0, Outcome.INTERRUPTED))
    about = "the writer started anew and served again before it closed what it had left open"
    return Vector(data_of(log, folder), about, 4, (8,))


@vector("bad/period-with-a-gap")
def _(folder: Path) -> Vector:
    class Forgetful(Logbook):
        """Says of one record that it was written long ago."""

        def at(self) -> datetime:
            return super().at() - timedelta(days=len(self.lines) == 4)

    log = Forgetful()
    log.start()
    for number in range(3):
        log.exchange(number)
    data = data_of(log, folder, Period(START, START + timedelta(days=1)))
    return Vector(data, "a period in which a record of a writer is missing", 4, (7,))


@vector("bad/outside-the-selection")
def _(folder: Path) -> Vector:
    members = taken_apart(exported(ordinary_log(), folder, OnePurpose(INFORMATION)))

    def state(manifest: dict[str, object]) -> None:
        manifest["selection"] = {"kind": "exchange", "exchange": exchange_id(0)}

    about = "records of another exchange than the manifest says (signed)"
    return Vector(put_together(restated(members, state)), about, 5, (8,))


# ------------------------------------------------------------------ step 9: the past


@vector("bad/forked")
def _(folder: Path) -> Vector:
    other = Logbook()
    other.start()
    other.write(opened(0))
    other.write(closed(0, Outcome.FAILED))
    about = "the reader kept a checkpoint of a history that has since been rewritten"
    return Vector(data_of(ordinary_log(), folder), about, 5, (9,), kept=other.checkpoint())


@vector("bad/rolled-back")
def _(folder: Path) -> Vector:
    kept = ordinary_log(9).checkpoint()
    about = "the log has fewer records than when the reader last looked"
    return Vector(data_of(ordinary_log(), folder), about, 5, (9,), kept=kept)


@vector("bad/since-unproved")
def _(folder: Path) -> Vector:
    kept = ordinary_log(2).checkpoint()
    data = data_of(ordinary_log(), folder, OnePurpose(INFORMATION))
    about = "a part of the log, without the proof that would connect the reader's checkpoint"
    return Vector(data, about, 4, (9,), kept=kept)


@vector("bad/since-of-a-fork")
def _(folder: Path) -> Vector:
    log = ordinary_log(2)
    honest = log.checkpoint()
    log.exchange(7)
    other = ordinary_log(2)
    other.lines[1], other.lines[2] = other.lines[2], other.lines[1]
    members = taken_apart(exported(log, folder, since=honest))
    forked = other.checkpoint()
    root = merkle.root([merkle.leaf_hash(line) for line in other.lines])

    def state(manifest: dict[str, object]) -> None:
        manifest["since"] = {"root": root.hex(), "size": len(other.lines)}

    members = restated(replaced(members, "since-checkpoint", forked), state)
    about = "the export brings a checkpoint that its own proof does not lead to (signed)"
    return Vector(put_together(members), about, 5, (9,))
