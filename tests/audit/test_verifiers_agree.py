"""Two programs that share no code reach the same verdict, whatever was done to an export."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from euguard.audit.container import MAX_MEMBERS
from euguard.audit.selection import All, OneExchange, OnePurpose, Selection
from euguard.audit.verify import verify_export
from forge import (
    Members,
    as_lines,
    exported,
    put_together,
    replaced,
    restated,
    taken_apart,
    written,
)
from judges import JUDGES, alone, essence
from logbook import INFORMATION, LOG_KEY, Logbook, exchange_id, ordinary_log, refused
from mutate import damaged, damaged_bytes

KEY = str(LOG_KEY.verifier)


@dataclass(frozen=True)
class Base:
    """An honest export to be damaged."""

    members: Members
    data: bytes
    kept: bytes


def bases(folder: Path) -> Iterator[Base]:
    log = ordinary_log(2)
    kept = log.checkpoint()
    log.exchange(9)
    selections: tuple[Selection, ...] = (
        All(),
        OnePurpose(INFORMATION),
        OneExchange(exchange_id(9)),
    )
    for number, selection in enumerate(selections):
        place = folder / str(number)
        place.mkdir()
        path = exported(log, place, selection, kept)
        yield Base(taken_apart(path), path.read_bytes(), kept)


def agree(folder: Path, seeds: range) -> tuple[int, set[int]]:
    """Damage as many exports, and return how many failed and the steps that failed first."""
    honest = list(bases(folder))
    path = folder / "export.zip"
    failed, firsts = 0, set()
    for seed in seeds:
        random = Random(seed)
        base = random.choice(honest)
        data, signed = damaged(random, base.members)
        written(path, data if signed else base.data)
        path.write_bytes(data)
        if random.random() < 0.1:
            note = folder / "export.zip.note"
            note.write_bytes(damaged_bytes(random, note.read_bytes()))
        key = KEY if random.random() < 0.7 else None
        kept = base.kept if random.random() < 0.3 else None

        ours, alones = (judge(path, key, kept) for judge in JUDGES)

        assert essence(ours) == essence(alones), f"seed {seed}"
        failed += ours["status"] == "failed"
        firsts |= {remark["step"] for remark in ours["failures"][:1]}
    return failed, firsts


def test_they_agree_on_damaged_exports(tmp_path: Path) -> None:
    failed, firsts = agree(tmp_path, range(400))

    assert failed > 300
    assert firsts >= {1, 2, 3, 4, 5, 6, 9}


@pytest.mark.long
def test_they_agree_on_many_damaged_exports(tmp_path: Path) -> None:
    failed, firsts = agree(tmp_path, range(400, 20_000))

    assert failed > 15_000
    assert firsts == {1, 2, 3, 4, 5, 6, 7, 8, 9}


def small_export(folder: Path) -> Path:
    """Return an export of two records."""
    log = Logbook()
    log.start()
    log.write(refused(1))
    return exported(log, folder)


def flips_found(path: Path, victim: Path, positions: range, *, keep_note: bool) -> None:
    """Flip each bit and have both verifiers find it."""
    honest = victim.read_bytes()
    note = path.with_name("export.zip.note")
    if not keep_note:
        note.unlink()
    for position in positions:
        flipped = bytearray(honest)
        flipped[position // 8] ^= 1 << position % 8
        victim.write_bytes(flipped)

        verdicts = [judge(path, KEY, None) for judge in JUDGES]

        assert [verdict["status"] for verdict in verdicts] == ["failed"] * 2, f"bit {position}"
        assert essence(verdicts[0]) == essence(verdicts[1]), f"bit {position}"
    victim.write_bytes(honest)


def sample(path: Path, step: int) -> range:
    return range(Random(path.stat().st_size).randrange(step), path.stat().st_size * 8, step)


def test_both_find_flipped_bits(tmp_path: Path) -> None:
    path = small_export(tmp_path)

    flips_found(path, path, sample(path, 211), keep_note=True)


def test_both_find_flipped_bits_of_the_note(tmp_path: Path) -> None:
    path = small_export(tmp_path)
    note = path.with_name("export.zip.note")

    flips_found(path, note, sample(note, 11), keep_note=True)


def test_both_find_flipped_bits_where_the_note_was_taken_away(tmp_path: Path) -> None:
    path = small_export(tmp_path)

    flips_found(path, path, sample(path, 223), keep_note=False)


@pytest.mark.long
@pytest.mark.parametrize("keep_note", [True, False])
def test_both_find_every_flipped_bit(tmp_path: Path, *, keep_note: bool) -> None:
    path = small_export(tmp_path)

    flips_found(path, path, range(path.stat().st_size * 8), keep_note=keep_note)


@pytest.mark.long
def test_both_find_every_flipped_bit_of_the_note(tmp_path: Path) -> None:
    path = small_export(tmp_path)
    note = path.with_name("export.zip.note")

    flips_found(path, note, range(note.stat().st_size * 8), keep_note=True)


def test_a_flipped_bit_is_named(tmp_path: Path) -> None:
    path = small_export(tmp_path)
    honest = path.read_bytes()
    start = honest.index(b'{"at"')
    second = honest.index(b'{"at"', start + 1)
    for position in range(second * 8, (second + 300) * 8, 97):
        flipped = bytearray(honest)
        flipped[position // 8] ^= 1 << position % 8
        path.write_bytes(flipped)
        where = f"entries.jsonl line 2 (byte {position // 8 - start}, bit {position % 8})"

        for judge in JUDGES:
            remarks = judge(path, KEY, None)["failures"]

            assert [r["where"] for r in remarks if r["step"] == 2] == [where]


def test_a_key_that_is_given_twice_is_one_key(tmp_path: Path) -> None:
    path = small_export(tmp_path)
    ours = verify_export(path, trusted=[LOG_KEY.verifier] * 2)
    alones = alone.verify(str(path), None, [alone.read_key(KEY)] * 2, None)

    assert (ours.status, alone.as_json(alones)["status"]) == ("verified", "verified")


def test_a_kept_checkpoint_is_compared_whatever_comes_behind_it(tmp_path: Path) -> None:
    log = ordinary_log(2)
    kept = log.checkpoint()
    log.exchange(9)
    members = taken_apart(exported(log, tmp_path))
    entries = as_lines([*log.lines[:-1], b""])
    path = written(
        tmp_path / "cut.zip", put_together(restated(replaced(members, "entries.jsonl", entries)))
    )

    verdicts = [judge(path, KEY, kept) for judge in JUDGES]

    assert [verdict["since"] for verdict in verdicts] == [6, 6]
    assert essence(verdicts[0]) == essence(verdicts[1])


@pytest.mark.parametrize("spare, state", [(1, "ok"), (0, "failed")])
def test_both_count_the_members(tmp_path: Path, spare: int, state: str) -> None:
    members = taken_apart(small_export(tmp_path))
    proofs = [
        (f"proofs/{number}.tlog-proof", b"") for number in range(MAX_MEMBERS - len(members) + 1)
    ]
    crowded = [*members[:-1], *proofs[spare:], members[-1]]
    path = written(tmp_path / "crowded.zip", one_more(put_together(crowded[:-1]), crowded[-1]))

    verdicts = [judge(path, KEY, None) for judge in JUDGES]

    assert len(crowded) == MAX_MEMBERS + 1 - spare
    assert [verdict["steps"]["2"] for verdict in verdicts] == [state] * 2
    assert essence(verdicts[0]) == essence(verdicts[1])


def one_more(data: bytes, member: tuple[str, bytes]) -> bytes:
    """Add a last member, whatever the writer of exports says to the number."""
    single = put_together([member])
    (start,), (alone,) = (struct.unpack_from("<I", one, len(one) - 6) for one in (data, single))
    entry = bytearray(single[alone:-22])
    struct.pack_into("<I", entry, 42, start)
    directory = data[start:-22] + entry
    (count,) = struct.unpack_from("<H", data, len(data) - 12)
    end = (0, 0, count + 1, count + 1, len(directory), start + alone, 0)
    return data[:start] + single[:alone] + directory + struct.pack("<4s4H2IH", b"PK\5\6", *end)


def test_an_honest_export_that_is_put_together_again_is_the_same_file(tmp_path: Path) -> None:
    path = exported(ordinary_log(), tmp_path)

    assert put_together(taken_apart(path)) == path.read_bytes()
