"""The session's engine: one real vLLM on the CPU with the echo model, on a Unix socket."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from deploy.demo.engine.process import Engine, Files

from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.serving.command import UnixSocket, command
from euguard.serving.profile import Profile
from euguard.terms import ModelId

ENGINE = Path(__file__).resolve().parents[1] / ".engine"
VLLM = ENGINE / "venv" / "bin" / "vllm"
ECHO = ENGINE / "models" / "echo"


@dataclass(frozen=True, slots=True)
class Served:
    """The engine as a test meets it."""

    listen: UnixSocket
    profile: Profile
    process: Engine
    log: Path

    @property
    def socket(self) -> Path:
        """Where the gateway finds it."""
        return self.listen.path


def profile(model: str) -> Profile:
    """Return the profile of a model that comes with euguard."""
    found = load(shipped.folder()).models[ModelId(model)]
    return Profile.from_mapping(found.id, found.serving)


def installed(path: Path) -> Path:
    """Return the path, or fail: a test on the real engine is never skipped."""
    if not path.exists():
        pytest.fail(f"{path} is missing; run `make .engine/ready`", pytrace=False)
    return path


@pytest.fixture(scope="session")
def engine() -> Iterator[Served]:
    """Start the engine once; about 20 s on an idle machine."""
    echo = profile("demo-echo")
    # Not tmp_path: a Unix socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="euguard-"))
    try:
        listen = UnixSocket(folder / "vllm.sock")
        made = command(
            echo,
            weights=installed(ECHO),
            listen=listen,
            cache=ENGINE / "cache",
            executable=installed(VLLM),
        )
        files = Files(log=folder / "vllm.log", cache=ENGINE / "cache")
        with Engine(made, listen, files) as process:
            process.wait_until_ready()
            yield Served(listen, echo, process, files.log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
