import io
import os
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.audit.container import (
    MAX_FILE,
    MAX_MEMBER,
    MAX_MEMBERS,
    Container,
    Writer,
    dos_time,
    flipped_bit,
    rank,
)
from euguard.errors import ConfigurationError, ExportInvalidError
from logbook import START

KEY = "keys/log.example%2Fa+0123abcd.vkey"
ORDINARY = {
    "README.txt": b"read me\n",
    "checkpoint": b"c\n",
    KEY: b"k\n",
    "entries.jsonl": b"{}\n{}\n",
    "indices.txt": b"3\n4\n",
    "proofs/3.tlog-proof": b"p3\n",
    "proofs/20.tlog-proof": b"p20\n",
    "since-checkpoint": b"s\n",
    "consistency.txt": b"old 1\n",
    "manifest.json": b"{}",
}


def packed(members: dict[str, bytes], at: datetime = START) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, at)
    for name, content in members.items():
        writer.add(name, [content[:3], content[3:]])
    writer.finish()
    return file.getvalue()


def opened(folder: Path, data: bytes) -> Container:
    path = folder / "export.zip"
    path.write_bytes(data)
    return Container(path)


def broken(folder: Path, data: bytes, where: str, reason: str = "") -> None:
    with pytest.raises(ExportInvalidError) as caught:
        opened(folder, data)

    assert (caught.value.step, caught.value.where) == (2, where)
    assert reason in caught.value.reason


def directory_of(data: bytes | bytearray) -> int:
    offset: int = struct.unpack_from("<I", data, len(data) - 6)[0]
    return offset


def test_what_is_written_is_read(tmp_path: Path) -> None:
    with opened(tmp_path, packed(ORDINARY)) as container:
        assert {name: container.read(name) for name in container.members} == ORDINARY
        assert container.read("no-such") is None
        assert container.when == dos_time(START)


def test_other_programs_read_it_too() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(ORDINARY))) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == ORDINARY
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 25, 9, 30, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_members_give_the_same_file() -> None:
    assert packed(ORDINARY) == packed(ORDINARY)
    assert packed(ORDINARY) != packed(ORDINARY, datetime(2026, 11, 25, 9, 30, 2, tzinfo=UTC))


def test_the_writer_tells_size_and_digest() -> None:
    writer = Writer(io.BytesIO(), START)
    writer.add("checkpoint", [b"ab", b"", b"c"])

    assert writer.digests == [
        (
            "checkpoint",
            3,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        )
    ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "readme.txt",
        "/checkpoint",
        "../checkpoint",
        "keys/../../x+0123abcd.vkey",
        "keys/a b+0123abcd.vkey",
        "keys/a+0123ABCD.vkey",
        f"keys/{'a' * 401}+0123abcd.vkey",
        "keys\\a+0123abcd.vkey",
        "proofs/01.tlog-proof",
        "proofs/-1.tlog-proof",
        "proofs/٣.tlog-proof",
        "proofs/1.tlog-proof\n",
        "checkpoint/",
        "C:checkpoint",
    ],
)
def test_no_member_may_be_called_this(name: str) -> None:
    assert rank(name) is None


def test_every_origin_that_the_settings_take_may_name_a_key() -> None:
    longest = "a" + "/" * 127  # settings.Settings.origin

    assert rank(f"keys/{quote(longest, safe='')}+0123abcd.vkey") is not None


def test_proofs_are_ordered_by_index() -> None:
    ranks = [rank(f"proofs/{index}.tlog-proof") or (0, 0, "") for index in (0, 3, 20, 100)]

    assert ranks == sorted(ranks)


def test_every_flipped_bit_outside_the_contents_is_found(tmp_path: Path) -> None:
    names = ("README.txt", "checkpoint", KEY, "entries.jsonl", "manifest.json")
    data = packed({name: ORDINARY[name] for name in names})
    with opened(tmp_path, data) as container:
        contents = {
            byte
            for member in container.members.values()
            for byte in range(member.start, member.start + member.size)
        }
    path = tmp_path / "export.zip"
    with path.open("r+b", buffering=0) as file:
        for byte in set(range(len(data))) - contents:
            for bit in range(8):
                os.pwrite(file.fileno(), bytes([data[byte] ^ 1 << bit]), byte)
                with pytest.raises(ExportInvalidError):
                    Container(path)
            os.pwrite(file.fileno(), data[byte : byte + 1], byte)


def test_every_flipped_bit_of_a_content_is_found_and_named(tmp_path: Path) -> None:
    data = packed(ORDINARY)
    with opened(tmp_path, data) as container:
        members = container.members
    for member in members.values():
        for position in range(member.size * 8):
            flipped = bytearray(data)
            flipped[member.start + position // 8] ^= 1 << position % 8
            with opened(tmp_path, bytes(flipped)) as container:
                crc, _ = container.sums(member)
                assert crc != member.crc
                where = container.place(member, crc)
                assert f"(byte {position // 8}, bit {position % 8})" in where
                assert where.startswith(f"{member.name} line ")


def test_two_flipped_bits_are_found_and_not_named(tmp_path: Path) -> None:
    data = packed(ORDINARY).replace(b"read me", b"rEAd me", 1)
    with opened(tmp_path, data) as container:
        member = container.members["README.txt"]
        crc, _ = container.sums(member)

        assert crc != member.crc
        assert container.place(member, crc) == "README.txt"


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_flipped_bit_is_found_from_two_crcs(content: bytes, data: st.DataObject) -> None:
    byte = data.draw(st.integers(min_value=0, max_value=len(content) - 1))
    bit = data.draw(st.integers(min_value=0, max_value=7))
    flipped = bytearray(content)
    flipped[byte] ^= 1 << bit

    assert flipped_bit(zlib.crc32(content) ^ zlib.crc32(flipped), len(content)) == (byte, bit)


@pytest.mark.parametrize("cut", [0, 1, 21])
def test_a_file_too_short_for_a_zip_file_is_refused(tmp_path: Path, cut: int) -> None:
    broken(tmp_path, bytes(cut), "byte 0 of the file", f"{cut} bytes cannot be")


def test_a_directory_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed(ORDINARY))
    end = len(data) - 22
    struct.pack_into("<I", data, end + 12, len(data) - end - 1)

    broken(tmp_path, bytes(data), f"byte {end} of the file", "where the end record begins")


def test_bytes_before_between_and_behind_members_are_refused(tmp_path: Path) -> None:
    data = packed(ORDINARY)
    start, end = directory_of(data), len(data) - 22

    def moved(by: int) -> bytes:
        record = bytearray(data[end:])
        struct.pack_into("<I", record, 16, start + by)
        return bytes(record)

    broken(tmp_path, b"x" + data[:end] + moved(1), "byte 0 of the file")
    between = data[:start] + b"x" + data[start:end] + moved(1)
    broken(tmp_path, between, f"byte {start} of the file", "bytes that belong to no member")
    broken(tmp_path, data + b"x", f"byte {end + 1} of the file")


def test_an_entry_too_many_or_too_few_is_refused(tmp_path: Path) -> None:
    data = packed(ORDINARY)
    start, end = directory_of(data), len(data) - 22
    for count in (len(ORDINARY) + 1, len(ORDINARY) - 1):
        record = bytearray(data[end:])
        struct.pack_into("<2H", record, 8, count, count)

        with pytest.raises(ExportInvalidError) as caught:
            opened(tmp_path, data[:end] + bytes(record))

        assert caught.value.where.startswith("byte ")
    cut = data[: start + 20] + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 20, start, 0)
    broken(tmp_path, cut, f"byte {start} of the file", "ends inside an entry")


def test_a_member_that_runs_into_the_directory_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed(ORDINARY))
    start = directory_of(data)
    struct.pack_into("<2I", data, start + 20, len(data), len(data))

    broken(tmp_path, bytes(data), f"byte {start} of the file", "runs into the directory")


def test_names_that_differ_in_front_and_behind_are_refused(tmp_path: Path) -> None:
    data = bytearray(packed(ORDINARY))
    data[data.index(b"checkpoint")] ^= 1

    broken(tmp_path, bytes(data), f"byte {data.index(b'bheckpoint')} of the file")


def test_a_name_that_is_not_ascii_is_refused(tmp_path: Path) -> None:
    data = packed({**ORDINARY, "checkpoint": b"c\n"}).replace(b"checkpoint", b"checkpo\xefnt")

    with pytest.raises(ExportInvalidError):
        opened(tmp_path, data)


def with_members(members: dict[str, bytes], folder: Path, where: str, reason: str) -> None:
    broken(folder, packed(members), where, reason)


def without(name: str) -> dict[str, bytes]:
    return {own: content for own, content in ORDINARY.items() if own != name}


@pytest.mark.parametrize("name", ["README.txt", "checkpoint", "entries.jsonl", "manifest.json"])
def test_some_members_are_always_there(tmp_path: Path, name: str) -> None:
    with_members(without(name), tmp_path, name, "missing")


def test_a_key_is_always_there(tmp_path: Path) -> None:
    with_members(without(KEY), tmp_path, "keys/", "missing")


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    with_members({}, tmp_path, "README.txt", "missing")


def test_a_name_that_none_may_have_is_refused(tmp_path: Path) -> None:
    members = {"README.txt": b"", "../evil": b"", **without("README.txt")}

    with_members(members, tmp_path, "directory", "a name that none may have")


def test_members_out_of_order_are_refused(tmp_path: Path) -> None:
    members = {"checkpoint": b"", **ORDINARY}

    with_members(members, tmp_path, "README.txt", "out of order")


def test_a_name_may_not_stand_twice(tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = Writer(file, START)
    for name in ("README.txt", "README.txt"):
        writer.add(name, [b""])
    writer.finish()

    broken(tmp_path, file.getvalue(), "README.txt", "two members of this name")


def test_a_member_that_is_read_whole_is_small(tmp_path: Path) -> None:
    members = {**ORDINARY, "README.txt": bytes(MAX_MEMBER + 1)}

    with_members(members, tmp_path, "README.txt", "more than")


def test_the_records_may_be_larger(tmp_path: Path) -> None:
    big = (b"x" * 99 + b"\n") * (MAX_MEMBER // 100 + 1)

    with opened(tmp_path, packed({**ORDINARY, "entries.jsonl": big})) as container:
        assert sum(1 for _ in container.lines("entries.jsonl", 99)) == MAX_MEMBER // 100 + 1


@pytest.mark.parametrize(
    "content, lines, place",
    [
        (b"", [], None),
        (b"a\nbb\n", [b"a", b"bb"], None),
        (b"a\nbbbb\nc\n", [b"a"], 2),
        (b"a\n\nc\n", [b"a"], 2),
        (b"\n", [], 1),
        (b"a\nb", [b"a"], 2),
        (b"a\nbbbbbbb", [b"a"], 2),
    ],
)
def test_lines_are_bounded_and_ended(
    tmp_path: Path, content: bytes, lines: list[bytes], place: int | None
) -> None:
    read = []
    with opened(tmp_path, packed({**ORDINARY, "entries.jsonl": content})) as container:
        try:
            for line in container.lines("entries.jsonl", 3):
                read.append(line)  # noqa: PERF402  what was read before the error counts
            failed = None
        except ExportInvalidError as error:
            failed = error.where

    assert read == lines
    assert failed == (None if place is None else f"entries.jsonl line {place}")


def test_lines_go_on_over_the_edges_of_chunks(tmp_path: Path) -> None:
    lines = [b"%07d" % number for number in range(300_000)]

    content = b"".join(line + b"\n" for line in lines)

    with opened(tmp_path, packed({**ORDINARY, "entries.jsonl": content})) as container:
        assert list(container.lines("entries.jsonl", 7)) == lines


def test_a_line_without_an_end_stops_the_reading_early(tmp_path: Path) -> None:
    members = {**ORDINARY, "entries.jsonl": b"x" * 3_000_000}

    with (
        opened(tmp_path, packed(members)) as container,
        pytest.raises(ExportInvalidError, match="1 to 16384 bytes"),
    ):
        list(container.lines("entries.jsonl", 16384))


class FarFile(io.BytesIO):
    """A file that says it is nearly full, so that the limit is reached with few bytes."""

    def __init__(self, ahead: int) -> None:
        super().__init__()
        self._ahead = ahead

    def tell(self) -> int:
        return super().tell() + self._ahead

    def seek(self, offset: int, whence: int = 0) -> int:
        return super().seek(offset - self._ahead, whence)


@pytest.mark.parametrize(
    "file, members", [(FarFile(MAX_FILE - 40), 1), (io.BytesIO(), MAX_MEMBERS + 1)]
)
def test_a_plain_zip_file_holds_so_much_and_no_more(file: BinaryIO, members: int) -> None:
    writer = Writer(file, START)

    for number in range(members - 1):
        writer.add(f"proofs/{number}.tlog-proof", [b"0123456789"])
    with pytest.raises(ConfigurationError, match="more than") as caught:
        writer.add(f"proofs/{members}.tlog-proof", [b"0123456789"])

    assert "--from" in caught.value.fix


def test_the_directory_must_fit_too() -> None:
    writer = Writer(FarFile(MAX_FILE - 100), START)
    writer.add("checkpoint", [b"x"])

    with pytest.raises(ConfigurationError, match="more than"):
        writer.finish()


def test_an_archive_in_a_file_that_is_gone_raises_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Container(tmp_path / "no-such.zip")
