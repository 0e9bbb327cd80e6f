"""The detector port on real processes, while they die, hang and lie."""

import asyncio
import itertools
import logging
import os
import resource
import signal
import stat
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psutil
import pytest

from euguard.adapters.presidio.pool import DetectorPool
from euguard.bootstrap.detector import program
from euguard.errors import ConfigurationError, DetectionUnavailableError, TextTooLongError
from euguard.pii.detect import Detection

TEXT = "Write to Anna Kowalska at anna@example.eu."
VALUES = {"Anna Kowalska", "anna@example.eu"}
PROGRAM = program(["compact"])


def values(text: str, detection: Detection) -> set[str]:
    return {text[span.start : span.end] for span in detection.spans}


def running(  # noqa: PLR0913  # each is a limit of the pool
    folder: Path,
    scenario: Callable[[DetectorPool], Awaitable[None]],
    *,
    processes: int = 1,
    timeout: float = 60,
    max_queue: int = 256,
    max_characters: int = 500_000,
    program: Sequence[str] = PROGRAM,
) -> None:
    async def main() -> None:
        pool = DetectorPool(
            folder / "detectors",
            processes=processes,
            program=program,
            timeout=timeout,
            max_queue=max_queue,
            max_characters=max_characters,
        )
        await pool.start()
        try:
            await scenario(pool)
        finally:
            await pool.stop()
        assert pool.pids == ()

    asyncio.run(main())


async def recovered(pool: DetectorPool, *, than: tuple[int, ...]) -> None:
    async with asyncio.timeout(120):
        while pool.pids in {(), than}:  # noqa: ASYNC110  # another process comes up
            await asyncio.sleep(0.05)


def test_texts_are_answered_in_order_and_known_the_second_time(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        texts = [TEXT, "", "Nothing.", TEXT, "half a pair: \ud83d"]

        first = await pool.detect(texts)
        os.kill(pool.pids[0], signal.SIGSTOP)
        second = await pool.detect(texts)

        assert [values(text, found) for text, found in zip(texts, first, strict=True)] == [
            VALUES,
            set(),
            set(),
            VALUES,
            set(),
        ]
        assert second == first
        assert not await pool.ready()

    running(tmp_path, scenario)


def test_the_folder_of_the_sockets_is_for_this_user_alone(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        assert await pool.ready()
        assert stat.S_IMODE((tmp_path / "detectors").stat().st_mode) == 0o700

    running(tmp_path, scenario)


def test_many_ask_at_the_same_time(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        texts = [f"{TEXT} And to Jan Kowalski, room {at}." for at in range(40)]

        answers = await asyncio.gather(*(pool.detect([text]) for text in texts))

        for text, (found,) in zip(texts, answers, strict=True):
            assert values(text, found) >= VALUES

    running(tmp_path, scenario, processes=2)


def test_a_conversation_is_shared_out_among_the_processes(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        texts = [f"{at}. {TEXT * 100}" for at in range(12)]

        found = await pool.detect(texts)

        assert all(values(text, one) >= VALUES for text, one in zip(texts, found, strict=True))

    running(tmp_path, scenario, processes=2)


def test_a_killed_process_fails_what_was_in_flight_and_is_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario(pool: DetectorPool) -> None:
        before = pool.pids
        os.kill(before[0], signal.SIGSTOP)  # so that the request is in flight for certain
        asking = asyncio.ensure_future(pool.detect([TEXT]))
        await asyncio.sleep(0.2)

        os.kill(before[0], signal.SIGKILL)

        with pytest.raises(DetectionUnavailableError):
            await asking
        await recovered(pool, than=before)
        assert values(TEXT, (await pool.detect([TEXT]))[0]) == VALUES

    running(tmp_path, scenario)
    assert "detector 0 ended" in caplog.text
    assert "Anna" not in caplog.text


def test_an_idle_process_that_dies_is_replaced(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        before = pool.pids

        os.kill(before[0], signal.SIGKILL)
        async with asyncio.timeout(30):
            while pool.pids == before:  # noqa: ASYNC110  # another process goes down
                await asyncio.sleep(0.02)

        assert not await pool.ready()
        with pytest.raises(DetectionUnavailableError, match="no process is up"):
            await pool.detect([TEXT])
        await recovered(pool, than=before)
        assert await pool.ready()

    running(tmp_path, scenario)


@contextmanager
def no_more_files() -> Iterator[None]:
    """Let this process open nothing more; what is open stays so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_machine_out_of_files_is_asked_again_until_it_has_some(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(pool: DetectorPool) -> None:
        before = pool.pids

        with no_more_files():
            os.kill(before[0], signal.SIGKILL)
            async with asyncio.timeout(30):
                while "did not start" not in caplog.text:  # noqa: ASYNC110  # the keeper's task
                    await asyncio.sleep(0.02)

        await recovered(pool, than=before)
        assert values(TEXT, (await pool.detect([TEXT]))[0]) == VALUES

    running(tmp_path, scenario)
    assert "detector 0 did not start: cannot be started: Too many open files" in caplog.text


def test_lists_are_read_anew_while_detection_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "recognisers"
    folder.mkdir()
    text = "The project Zephyr begins."

    async def asks(pool: DetectorPool, renewed: asyncio.Event) -> int:
        answered = 0
        while not renewed.is_set():  # a new text each time, so that none is remembered
            await pool.detect([f"Write to Anna {answered}."])
            answered += 1
        return answered

    async def scenario(pool: DetectorPool) -> None:
        before, old = await pool.detect([text]), pool.pids
        (folder / "deny.csv").write_text("term,kind\nZephyr,OTHER\n")
        assert await pool.detect([text]) == before

        renewed = asyncio.Event()
        asking = asyncio.ensure_future(asks(pool, renewed))
        await pool.renew()
        renewed.set()
        assert await asking > 0

        [found] = await pool.detect([text])
        assert "Zephyr" in values(text, found)
        await recovered(pool, than=old)
        assert not set(pool.pids) & set(old)
        assert len(pool.pids) == 2

    running(tmp_path, scenario, processes=2, program=program(["compact"], folder))


def test_lists_that_are_wrong_leave_the_old_ones_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "recognisers"
    folder.mkdir()
    (folder / "deny.csv").write_text("term,kind\nZephyr,OTHER\n")
    text = "The project Zephyr begins."

    async def scenario(pool: DetectorPool) -> None:
        pids = pool.pids
        (folder / "deny.csv").write_text("term,kind\nZephyr,NOTHING\n")
        with pytest.raises(DetectionUnavailableError, match="PolicyFileError") as caught:
            await pool.renew()

        assert "the old goes on" in str(caught.value)
        assert pool.pids == pids
        [found] = await pool.detect([text])
        assert "Zephyr" in values(text, found)

    running(tmp_path, scenario, program=program(["compact"], folder))


def test_a_pool_that_can_start_nothing_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        with (
            no_more_files(),
            pytest.raises(DetectionUnavailableError, match="cannot be started"),
        ):
            await DetectorPool(tmp_path / "detectors", program=PROGRAM).start()

    asyncio.run(main())


def test_an_interrupt_at_the_terminal_is_not_for_the_processes(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        assert os.getpgid(pool.pids[0]) != os.getpgid(0)

    running(tmp_path, scenario)


def test_a_process_that_hangs_is_given_up_and_replaced(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        before = pool.pids
        os.kill(before[0], signal.SIGSTOP)

        with pytest.raises(DetectionUnavailableError):
            await pool.detect([TEXT])

        await recovered(pool, than=before)
        for _ in range(50):
            if await pool.ready():
                break
        assert values(TEXT, (await pool.detect([TEXT]))[0]) == VALUES

    running(tmp_path, scenario, timeout=5)


def test_a_caller_that_leaves_harms_nobody(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        leaving = [asyncio.ensure_future(pool.detect([f"{at} {TEXT}"])) for at in range(10)]
        await asyncio.sleep(0)
        for caller in leaving:
            caller.cancel()

        assert values(TEXT, (await pool.detect([TEXT]))[0]) == VALUES

    running(tmp_path, scenario)


def test_a_full_queue_refuses_at_once(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        os.kill(pool.pids[0], signal.SIGSTOP)
        waiting = [asyncio.ensure_future(pool.detect(["in flight"]))]
        await asyncio.sleep(0.2)
        waiting += [asyncio.ensure_future(pool.detect([text])) for text in ("a", "b")]
        await asyncio.sleep(0.2)

        with pytest.raises(DetectionUnavailableError, match="waiting already"):
            await pool.detect(["one more"])

        assert not await pool.ready()
        os.kill(pool.pids[0], signal.SIGCONT)
        assert len(await asyncio.gather(*waiting)) == len(waiting)

    running(tmp_path, scenario, max_queue=2)


def test_too_long_a_text_is_refused_and_not_skipped(tmp_path: Path) -> None:
    async def scenario(pool: DetectorPool) -> None:
        assert await pool.detect(["x" * 500, "y" * 500])
        with pytest.raises(TextTooLongError, match="1001 characters, more than 1000"):
            await pool.detect(["x" * 500, "z" * 501])

    running(tmp_path, scenario, max_characters=1000)


def test_what_is_in_flight_when_the_pool_stops_fails(tmp_path: Path) -> None:
    async def main() -> None:
        pool = DetectorPool(tmp_path / "detectors", program=PROGRAM)
        await pool.start()
        os.kill(pool.pids[0], signal.SIGSTOP)
        asking = [asyncio.ensure_future(pool.detect([f"{at}"])) for at in range(3)]
        await asyncio.sleep(0.1)

        await pool.stop()

        for one in asking:
            with pytest.raises(DetectionUnavailableError):
                await one

    asyncio.run(main())


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o707])
def test_a_folder_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "detectors"
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(ConfigurationError, match="mode 0700"):
        asyncio.run(DetectorPool(folder, program=PROGRAM).start())


@pytest.mark.parametrize(
    "count", [5_000, pytest.param(200_000, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_a_process_takes_no_more_memory_however_much_it_reads(tmp_path: Path, count: int) -> None:
    async def scenario(pool: DetectorPool) -> None:
        process = psutil.Process(pool.pids[0])

        async def read(texts: Iterable[str]) -> None:
            while batch := list(islice(texts, 50)):
                assert all(found.spans for found in await pool.detect(batch))

        texts = map(met, itertools.count())
        await read(islice(texts, 2_000))
        before = process.memory_info().rss
        await read(islice(texts, count))

        assert pool.pids == (process.pid,)
        assert process.memory_info().rss - before < 16 * 2**20

    running(tmp_path, scenario)


def met(number: int) -> str:
    """Return a short text of words that no other holds."""
    word = f"Zq{number:x}".translate(LETTERS)
    return (
        f"{word} met Anna {word}son of {word} Ltd in {word}ville, {word}@example.eu, "
        f"+44 20 7946 {number % 10_000:04d}, room {number}."
    )


LETTERS = str.maketrans("0123456789", "ghijklmnop")


def test_spacy_stays_out_of_the_gateway() -> None:
    import subprocess
    import sys

    code = "import euguard.adapters.presidio.pool, sys; sys.exit('spacy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
