"""The FAKE card says what it is, and gets into no real machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.host.fake_gpu import install

TOOL = Path(install.__file__).with_name("nvidia_smi.py")


@pytest.mark.parametrize("root", ["/", "/proc/self/root", "/nowhere"])
def test_it_is_put_into_no_machine_that_runs(root: str) -> None:
    with pytest.raises(SystemExit, match="refusing"):
        install.install(Path(root), "h100")


def test_it_is_put_into_a_folder_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    (tmp_path / "beside").mkdir()

    install.install(tmp_path / "host", "h100")

    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert written == {
        "host/etc/euguard-FAKE-gpu.conf",
        "host/etc/euguard-FAKE-gpu.json",
        "host/etc/tmpfiles.d/euguard-FAKE-gpu.conf",
        "host/usr/bin/nvidia-smi",
        "host/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
    }


@pytest.mark.parametrize(
    "arguments, code",
    [
        (("-q", "-x"), 0),
        (("-L",), 0),
        (("--version",), 0),
        (("--query-gpu=index,name,memory.free", "--format=csv"), 0),
        (("--query-gpu=index,clocks.sm", "--format=csv,noheader"), 2),
        (("-r",), 2),
        ((), 2),
    ],
)
def test_the_tool_says_that_it_is_fake_and_answers_little(
    arguments: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    install.install(tmp_path, "h100")

    done = subprocess.run(
        [sys.executable, TOOL, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"EUGUARD_FAKE_GPU": str(tmp_path / "etc/euguard-FAKE-gpu.json")},
    )

    assert done.returncode == code
    assert "FAKE nvidia-smi (a test host, no card)" in done.stderr


def test_the_tool_knows_nothing_where_nothing_was_faked() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "-L"],
        capture_output=True,
        text=True,
        check=False,
        env={"EUGUARD_FAKE_GPU": "/nowhere.json"},
    )

    assert done.returncode != 0
    assert done.stdout == ""
