"""Exports that verify."""

from pathlib import Path

from euguard.audit.record import Outcome
from euguard.audit.selection import OneExchange, OnePurpose, Period
from forge import data_of, exported, put_together, replaced, restated, taken_apart
from logbook import (
    INFORMATION,
    START,
    Logbook,
    closed,
    exchange_id,
    opened,
    ordinary_log,
    weak_key,
)
from vector import Vector, vector


@vector("good/whole")
def _(folder: Path) -> Vector:
    return Vector(data_of(ordinary_log(), folder), "a whole small log")


@vector("good/whole-key-from-inside")
def _(folder: Path) -> Vector:
    about = "without a key of the reader's own: it fits together, and nobody vouches for the key"
    return Vector(data_of(ordinary_log(), folder), about, pinned=False)


@vector("good/one-exchange")
def _(folder: Path) -> Vector:
    data = data_of(ordinary_log(), folder, OneExchange(exchange_id(2)))
    return Vector(data, "the two records of one exchange, each with a proof")


@vector("good/one-purpose")
def _(folder: Path) -> Vector:
    return Vector(data_of(ordinary_log(), folder, OnePurpose(INFORMATION)), "one purpose")


@vector("good/a-period")
def _(folder: Path) -> Vector:
    period = Period(START.replace(second=1), START.replace(second=2))
    return Vector(data_of(ordinary_log(), folder, period), "a second that cuts an exchange in two")


@vector("good/nothing-selected")
def _(folder: Path) -> Vector:
    data = data_of(ordinary_log(), folder, OneExchange(exchange_id(999)))
    return Vector(data, "an exchange that the log does not hold: no records, and still an export")


@vector("good/since")
def _(folder: Path) -> Vector:
    log = ordinary_log(2)
    kept = log.checkpoint()
    log.exchange(7)
    return Vector(
        data_of(log, folder, since=kept), "proves the checkpoint that the reader kept", kept=kept
    )


@vector("good/since-in-a-part")
def _(folder: Path) -> Vector:
    log = ordinary_log(2)
    kept = log.checkpoint()
    log.exchange(7)
    data = data_of(log, folder, OneExchange(exchange_id(7)), since=kept)
    return Vector(data, "a part of the log, with the proof since the kept checkpoint", kept=kept)


@vector("good/interrupted")
def _(folder: Path) -> Vector:
    log = Logbook()
    log.start()
    log.exchange(0)
    log.write(opened(1))
    log.start()
    log.write(closed(1, Outcome.INTERRUPTED))
    log.exchange(2)
    return Vector(data_of(log, folder), "the writer died; its next life closed what it left open")


@vector("good/under-way")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    log.write(opened(8))
    return Vector(data_of(log, folder), "one exchange was under way when the log was exported")


@vector("good/two-writers")
def _(folder: Path) -> Vector:
    log = Logbook()
    for writer in ("gateway-0", "gateway-1"):
        log.start(writer)
    for number in range(6):
        log.write(opened(number), f"gateway-{number % 2}")
    for number in reversed(range(6)):
        log.write(closed(number), f"gateway-{number % 2}")
    return Vector(data_of(log, folder), "two writers, their exchanges mixed")


@vector("good/cosigned")
def _(folder: Path) -> Vector:
    log = ordinary_log()
    witness = weak_key("witness.example/w1", 9)
    signed = log.checkpoint()
    line = witness.sign(signed.partition(b"\n\n")[0].decode() + "\n").rpartition(b"\n\n")[2]
    members = taken_apart(exported(log, folder))
    return Vector(
        put_together(restated(replaced(members, "checkpoint", signed + line))),
        "the checkpoint carries a signature of a key that the reader does not know",
    )
