"""A detector process: what it inherits, what it can reach, and how it ends."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from euguard.adapters.presidio.frame import FrameError, encode_request, parse_reply
from euguard.adapters.presidio.process import ENVIRONMENT, DetectorProcess, ProcessEndedError
from euguard.bootstrap.detector import program

PROGRAM = program(["compact"])
TEXT = "Anna Kowalska, anna@example.eu"


def of_the_kernel(pid: int) -> tuple[str, list[str], set[str]]:
    """Return what the kernel says: limits, network devices, where 0, 1 and 2 go."""
    kernel = Path(f"/proc/{pid}")
    devices = (kernel / "net/dev").read_text(encoding="ascii").splitlines()[2:]
    streams = {str((kernel / f"fd/{stream}").readlink()) for stream in (0, 1, 2)}
    return (kernel / "limits").read_text(encoding="ascii"), devices, streams


def test_a_process_answers_with_nothing_inherited_and_no_network(tmp_path: Path) -> None:
    async def main() -> None:
        process = await DetectorProcess.start(tmp_path / "a.sock", PROGRAM, within=120)
        seen = psutil.Process(process.pid)
        (found,) = parse_reply(await process.ask(encode_request([TEXT])), [TEXT])
        limits, links, streams = of_the_kernel(process.pid)

        assert {TEXT[span.start : span.end] for span in found.spans} == {
            "Anna Kowalska",
            "anna@example.eu",
        }
        assert process.isolated
        assert set(seen.environ()) == set(ENVIRONMENT)
        assert [line.split(":")[0].strip() for line in links] == ["lo"]
        assert stat.S_IMODE((tmp_path / "a.sock").stat().st_mode) == 0o600
        assert "Max core file size        0 " in limits
        assert seen.memory_info().rss < 600 * 2**20
        assert streams == {os.devnull}

        await process.end()
        assert await process.ended() == f"exit code {-signal.SIGKILL}"

    asyncio.run(main())


SHARED = """
import asyncio, pathlib, sys
from euguard.adapters.presidio.process import DetectorProcess
from euguard.bootstrap.detector import program
async def main():
    socket = pathlib.Path(sys.argv[1])
    process = await DetectorProcess.start(socket, program(["compact"]), within=120)
    print(process.isolated)
    await process.end()
asyncio.run(main())
"""


FORBID = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'


@pytest.mark.root
def test_a_process_that_may_not_give_up_the_network_says_so(tmp_path: Path) -> None:
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    without = ("unshare", "--user", "--map-root-user", "sh", "-c", FORBID, "sh")
    command = (sys.executable, "-c", SHARED, str(tmp_path / "a.sock"))

    said = subprocess.run(
        [*as_root, *without, *command], check=True, capture_output=True, text=True
    ).stdout

    assert said == "False\n"


def test_a_process_that_cannot_load_says_where_and_nothing_else(tmp_path: Path) -> None:
    missing = program([f"compact:{tmp_path}/none.npz"])

    with pytest.raises(ProcessEndedError, match=r"^ConfigurationError at weights\.py:\d+$"):
        asyncio.run(DetectorProcess.start(tmp_path / "a.sock", missing, within=120))


def test_a_process_too_slow_to_start_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProcessEndedError, match=r"not ready within 0\.01 s"):
        asyncio.run(DetectorProcess.start(tmp_path / "a.sock", PROGRAM, within=0.01))


def test_a_process_that_ended_has_no_answer(tmp_path: Path) -> None:
    async def main() -> None:
        process = await DetectorProcess.start(tmp_path / "a.sock", PROGRAM, within=120)
        os.kill(process.pid, signal.SIGKILL)
        await process.ended()
        with pytest.raises((FrameError, OSError)):
            await process.ask(encode_request([TEXT]))
        await process.end()

    asyncio.run(main())


PARENT = """
import asyncio, pathlib, sys
from euguard.adapters.presidio.process import DetectorProcess
from euguard.bootstrap.detector import program
async def main():
    socket = pathlib.Path(sys.argv[1])
    process = await DetectorProcess.start(socket, program(["compact"]), within=120)
    print(process.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def test_a_process_dies_with_the_gateway_that_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "a.sock")], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))

        parent.kill()

        gone, _ = psutil.wait_procs([child], timeout=30)
    assert gone == [child]
