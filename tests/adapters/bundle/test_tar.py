"""The one form of the tar: written, read, and read in no other."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carried import BUILDER, packed, parts, special
from euguard.adapters.bundle import tar
from euguard.errors import IntegrityError
from euguard.provision.bundle import verify

TRUSTED = [BUILDER.verifier]
WHOLE = packed(parts())


def check(data: bytes) -> None:
    verify(tar.members(io.BytesIO(data)), TRUSTED, None)


def test_a_tar_comes_back() -> None:
    read = [(m.path, b"".join(m.chunks)) for m in tar.members(io.BytesIO(WHOLE))]

    assert read == parts()
    check(WHOLE)


def test_every_tar_program_reads_it(tmp_path: Path) -> None:
    (tmp_path / "bundle.tar").write_bytes(WHOLE)

    listed = subprocess.run(
        ["tar", "-tvf", "bundle.tar"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert [line.split()[-1] for line in listed.stdout.splitlines()] == [p for p, _ in parts()]
    assert listed.stderr == ""


@pytest.mark.parametrize("size", [8**11 - 1, 8**11, 50 * 2**30])
def test_a_size_that_a_plain_header_cannot_say_is_said_in_an_extended_one(size: int) -> None:
    made = tar.header("weights/m/consolidated.safetensors", size)

    found = next(tar.members(io.BytesIO(made)))

    assert (found.path, found.size) == ("weights/m/consolidated.safetensors", size)
    assert len(made) == (512 if size < 8**11 else 1536)


@pytest.mark.parametrize("length", [99, 100, 101, 155, 240])
def test_a_long_path_comes_back(length: int) -> None:
    path = ("deploy/" + "a" * length)[:length]

    data = packed([(path, b"x")])

    assert [m.path for m in tar.members(io.BytesIO(data))] == [path]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_flipped_byte_is_believed(place: int, change: int) -> None:
    data = bytearray(WHOLE)
    data[place] ^= change

    with pytest.raises(IntegrityError):
        check(bytes(data))


@pytest.mark.long
def test_no_flipped_bit_is_believed() -> None:
    for place in range(len(WHOLE)):
        for bit in range(8):
            data = bytearray(WHOLE)
            data[place] ^= 1 << bit
            with pytest.raises(IntegrityError):
                check(bytes(data))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_tar_that_breaks_off_is_refused(size: int) -> None:
    with pytest.raises(IntegrityError):
        check(WHOLE[:size])


@pytest.mark.parametrize("more", [b"\0", b"x", bytes(512), WHOLE])
def test_a_tar_with_more_behind_it_is_refused(more: bytes) -> None:
    with pytest.raises(IntegrityError, match="belong to no file"):
        check(WHOLE + more)


@pytest.mark.parametrize("data", [b"", b"x", b"PK\3\4" * 500, bytes(512), bytes(1024)])
def test_what_is_no_tar_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        check(data)


KINDS = [
    (tarfile.SYMTYPE, "a symbolic link"),
    (tarfile.LNKTYPE, "a hard link"),
    (tarfile.DIRTYPE, "a folder"),
    (tarfile.CHRTYPE, "a device"),
    (tarfile.BLKTYPE, "a device"),
    (tarfile.FIFOTYPE, "a pipe"),
    (tarfile.GNUTYPE_SPARSE, "of an unknown kind"),
    (tarfile.XGLTYPE, "of an unknown kind"),
]


@pytest.mark.parametrize("kind, words", KINDS)
def test_a_member_that_is_no_file_is_named(kind: bytes, words: str) -> None:
    front = packed(parts()[:2])[:-1024]

    with pytest.raises(IntegrityError, match=f"^weights/echo/params.json: {words}"):
        check(front + special("weights/echo/params.json", kind, "/etc/shadow"))


def test_a_path_that_leads_out_is_named() -> None:
    given = parts()
    given.insert(2, ("../../etc/cron.d/evil", b"evil"))

    with pytest.raises(IntegrityError, match=r"^\.\./\.\./etc/cron\.d/evil: a path that leads out"):
        check(packed(given))


@pytest.mark.parametrize(
    "field, value", [("mode", 0o4755), ("uid", 1000), ("mtime", 1), ("uname", "root")]
)
def test_another_header_of_the_same_file_is_refused(field: str, value: object) -> None:
    path, data = parts()[0]
    info = tarfile.TarInfo(path)
    info.size, info.mode, info.mtime = len(data), 0o644, 0
    setattr(info, field, value)

    with pytest.raises(IntegrityError, match="not in the one form"):
        check(info.tobuf(tarfile.PAX_FORMAT) + WHOLE[512:])


def test_an_extended_header_that_is_not_needed_is_refused() -> None:
    path, data = parts()[0]
    info = tarfile.TarInfo(path)
    info.size, info.mode, info.mtime = len(data), 0o644, 0
    info.pax_headers = {"path": path}

    with pytest.raises(IntegrityError, match="not in the one form"):
        check(info.tobuf(tarfile.PAX_FORMAT) + WHOLE[512:])


def test_an_extended_header_of_a_gigabyte_is_not_read() -> None:
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 2**30

    with pytest.raises(IntegrityError, match="too large"):
        check(info.tobuf(tarfile.USTAR_FORMAT))


def test_a_file_that_shrinks_while_it_is_written_is_named() -> None:
    with pytest.raises(IntegrityError, match="a: 1 bytes, and 2 were announced"):
        tar.write(io.BytesIO(), [("a", 2, [b"x"])])
