"""How long it takes to export a log and to verify the export, and how much memory.

    make bench-export ARGS="--records 100000"

The log is generated while it is read, so that only the export's own memory shows. Each
verification runs in a process of its own. The bar: 1,000,000 records verified in 60 s, by both
verifiers; with fewer records the last column extrapolates, which is fair: the work per record
is the same, and what grows is the list of ended exchanges. CPU time is the fairer figure on a
machine that others use too. A part (every 20th exchange, with proofs) is exported and verified
as well; its figures are for each record of the log, not of the part.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from euguard.audit.export import export
from euguard.audit.selection import All, OnePurpose, Selection
from euguard.tlog import checkpoint
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.merkle import Frontier, leaf_hash
from logbook import INFORMATION, LETTERS, LOG_KEY, ORIGIN, START, Logbook

PROGRAM = Path(__file__).parents[2] / "audit" / "verify.py"
MILLION = 1_000_000
PEAK = (
    "import atexit, sys; atexit.register(lambda: print(open('/proc/self/status').read()"
    ".split('VmHWM:')[1].split()[0], file=sys.stderr));"
)
VERIFIERS = {
    "euguard": (
        "import sys, pathlib; from euguard.audit.verify import verify_export;"
        "sys.exit(verify_export(pathlib.Path(sys.argv[1])).exit_code)"
    ),
    "verify.py": (
        "import runpy, sys; sys.argv[0] = 'verify.py';"
        f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    ),
}


class LongLog:
    """A log of so many records, made anew each time it is read."""

    def __init__(self, records: int) -> None:
        self.records = records
        self._checkpoint = b""

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        log = Logbook()
        log.start()
        number = 0
        yield log.lines.pop()
        while number < (end - start) // 2:
            # The time in a record counts the lines there are; here they are handed on at once.
            log.exchange(number, INFORMATION if number % 20 == 0 else LETTERS)
            number += 1
            yield from log.lines
            log.lines.clear()

    def checkpoint(self) -> bytes:
        if not self._checkpoint:
            tree = Frontier.empty().extend(map(leaf_hash, self.leaves(0, self.records)))
            point = Checkpoint(ORIGIN, tree.size, tree.root())
            self._checkpoint = checkpoint.sign(point, LOG_KEY)
        return self._checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=100_000)
    log = LongLog(parser.parse_args().records - 1 | 1)  # a start, and then pairs
    began = time.process_time()
    for _ in log.leaves(0, log.records):
        pass
    making = time.process_time() - began
    log.checkpoint()
    heads = ("in the log", "  MB", "  s", "CPU s", "CPU µs each", "MiB", "CPU s a million")
    print(f"{'':27}" + "".join(f"{head:>{len(head) + 3}}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        for name, selection in (("whole", All()), ("part", OnePurpose(INFORMATION))):
            path = Path(folder) / f"{name}.zip"
            _export(log, selection, path, making)
            for verifier in VERIFIERS:
                _verify(verifier, path, log.records)


def _export(log: LongLog, selection: Selection, path: Path, making: float) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    summary = export(
        log,
        origin=ORIGIN,
        trusted=[LOG_KEY.verifier],
        signer=LOG_KEY,
        selection=selection,
        at=START,
        software="euguard benchmark",
        destination=path,
    )
    seconds = time.perf_counter() - began
    used = time.process_time() - cpu - making  # less what it took to make the records up
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _print(f"export {summary.records}", log.records, path, seconds, used, memory)


def _verify(name: str, path: Path, records: int) -> None:
    began, cpu = time.perf_counter(), _children()
    command = [sys.executable, "-c", PEAK + VERIFIERS[name], str(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        peak = process.communicate()[1]
    if process.returncode:
        sys.exit(f"{name} ended with {process.returncode}")
    seconds = time.perf_counter() - began
    used = _children() - cpu
    _print(f"verify with {name}", records, path, seconds, used, int(peak))


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _print(  # noqa: PLR0913, PLR0917  a line has as many columns
    what: str, records: int, path: Path, seconds: float, used: float, kibibytes: int
) -> None:
    each = used / records * 1e6
    size = path.stat().st_size / 1e6
    print(
        f"{path.stem:<6}{what:<21}{records:>13,}{size:>7.0f}{seconds:>6.1f}{used:>8.2f}"
        f"{each:>14.1f}{kibibytes // 1024:>6}{each * MILLION / 1e6:>18.0f}"
    )


if __name__ == "__main__":
    main()
