from dataclasses import asdict, replace

import orjson
import pytest

from euguard.errors import ConfigurationError
from euguard.provision.finding import Mark
from euguard.provision.selftest import FORMAT, Measured, failed, judge, parse, read_peaks

GOOD = Measured(
    format=FORMAT,
    device="cuda",
    name="NVIDIA H100 80GB HBM3",
    torch="2.13.0",
    cuda="13.0",
    matmul_tflops=720.0,
    memory_gb_per_s=2900.0,
    relative_error=0.002,
    repeatable=True,
)


def marks(measured: Measured) -> dict[str, Mark]:
    return {one.code: one.mark for one in judge(measured, read_peaks())}


def test_a_sound_card_reaches_seven_tenths_of_what_its_maker_states() -> None:
    assert set(marks(GOOD).values()) == {Mark.OK}
    assert judge(GOOD, read_peaks())[1].what == "720 TFLOP/s, 73% of 989"


@pytest.mark.parametrize(
    "slow, code",
    [
        (replace(GOOD, matmul_tflops=692.0), "gpu-test-matmul"),
        (replace(GOOD, memory_gb_per_s=2344.0), "gpu-test-memory"),
        (replace(GOOD, memory_gb_per_s=float("nan")), "gpu-test-memory"),
    ],
)
def test_a_slow_card_is_a_warning(slow: Measured, code: str) -> None:
    assert [c for c, mark in marks(slow).items() if mark is Mark.WARNING] == [code]


@pytest.mark.parametrize(
    "sick",
    [
        replace(GOOD, repeatable=False),
        replace(GOOD, relative_error=0.021),
        replace(GOOD, relative_error=float("nan")),
    ],
)
def test_a_card_that_computes_wrongly_fails(sick: Measured) -> None:
    assert marks(sick)["gpu-test"] is Mark.FAILURE


def test_a_card_that_nobody_described_is_measured_and_not_judged() -> None:
    told = judge(replace(GOOD, name="NVIDIA B300"), read_peaks())

    assert [one.mark for one in told] == [Mark.OK, Mark.WARNING, Mark.WARNING]
    assert "no figure of this card is known" in told[1].what


def test_a_test_on_a_cpu_says_that_it_tells_nothing_of_a_card() -> None:
    (one,) = judge(replace(GOOD, device="cpu", name="CPU, no card"), read_peaks())

    assert (one.mark, one.where) == (Mark.FAILURE, "CPU, no card")
    assert "says nothing of a card" in one.what


def test_a_test_that_did_not_run_is_a_finding() -> None:
    assert failed("it did not end").mark is Mark.FAILURE


def test_what_was_printed_is_read() -> None:
    assert parse(orjson.dumps(asdict(GOOD))) == GOOD


@pytest.mark.parametrize(
    "printed", [b"", b"[]", b'{"format":"x"}', orjson.dumps({**asdict(GOOD), "format": "x"})]
)
def test_other_output_is_no_result(printed: bytes) -> None:
    with pytest.raises(ConfigurationError, match="printed no result"):
        parse(printed)


def test_every_peak_names_its_source_and_when_it_was_looked_up() -> None:
    peaks = read_peaks().values()

    assert all(one.source and one.url.startswith("https://") for one in peaks)
    assert min(one.checked.isoformat() for one in peaks) >= "2026-11-27"
    # A figure for sparse matrices is twice as high: it would make every card look slow.
    assert all(one.matmul_tflops < 1000 for one in peaks)
