"""Faults are planted in a host, and the real command finds each, says it, and changes nothing."""

import hashlib
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from euguard.adapters.host.reader import PROBE, Request, read
from euguard.provision import facts
from euguard.provision.finding import Finding, Mark
from euguard.provision.preflight import judge
from planted import CERTIFICATE, ENGINE, PlantedHost, marked

HOST_BOUND = {"disk", "processor", "kernel", "python"}
"""What is told of the machine that runs the tests: no folder fakes it."""


@dataclass(frozen=True)
class Fault:
    """What is planted, and what is to be said of it."""

    plant: Callable[[PlantedHost], None]
    code: str
    what: str
    fix: str
    mark: Mark = Mark.FAILURE


def small_disk(host: PlantedHost) -> None:
    """Let a folder lie on a file system without room: /proc has none."""
    (host.root / "var/lib/euguard-engine").mkdir(parents=True)
    (host.root / "var/lib/euguard-engine/models").symlink_to("/proc")


def taken_port(host: PlantedHost) -> None:
    row = "   0: 00000000:20FB 00000000:0000 0A 0:0 0:0 0 0 0 99999999 1 0 100 0 0 10 0\n"
    host.write("proc/net/tcp", f"  sl  local_address\n{row}")


def old_vllm(host: PlantedHost) -> None:
    host.unpack("vllm")
    host.packages({"vllm": "0.32.0"})


def old_driver(host: PlantedHost) -> None:
    host.card("old-driver")
    host.write("sys/module/nvidia/version", "535.183.01\n")


def no_card(host: PlantedHost) -> None:
    host.card("no-devices")
    host.remove("dev/nvidia0")


def files(*pairs: tuple[str, str]) -> Callable[[PlantedHost], None]:
    """Plant other contents of files."""

    def plant(host: PlantedHost) -> None:
        for name, text in pairs:
            host.write(name, text)

    return plant


def card(profile: str) -> Callable[[PlantedHost], None]:
    return lambda host: host.card(profile)


FAULTS = {
    "driver too old": Fault(
        old_driver,
        "gpu-driver",
        "535.183.01 is too old: CUDA 13",
        "branch 580",
    ),
    "driver and library differ": Fault(
        card("mismatch"),
        "gpu-library",
        "580.95.05 is loaded, and its libraries are of another",
        "restart the machine",
    ),
    "driver updated under a running module": Fault(
        files(("sys/module/nvidia/version", "570.86.15")),
        "gpu-library",
        "570.86.15 is loaded, and its libraries are 580.95.05",
        "restart the machine",
    ),
    "no device nodes": Fault(
        lambda host: host.remove("dev/nvidia0", "dev/nvidiactl", "dev/nvidia-uvm"),
        "gpu-nodes",
        "/dev/nvidia-uvm, /dev/nvidia0, /dev/nvidiactl",
        "nvidia-modprobe",
    ),
    "nvidia-smi missing": Fault(
        lambda host: host.remove("usr/bin/nvidia-smi"),
        "gpu-tool",
        "missing",
        "install",
        Mark.WARNING,
    ),
    "no card answers": Fault(no_card, "gpu", "No devices were found", "nvrm"),
    "MIG on": Fault(card("h100-mig"), "gpu-mig", "MIG is on", "-mig 0"),
    "ECC off": Fault(card("h100-ecc-off"), "gpu-ecc", "ECC is off", "-e 1"),
    "uncorrected errors": Fault(
        card("h100-uncorrected"), "gpu-errors", "7 uncorrected errors", "replaced"
    ),
    "a row beyond repair": Fault(card("h100-rows"), "gpu-errors", "faulty row", "replaced"),
    "20 GB free only": Fault(
        card("h100-busy"), "gpu-free", "20.4 GiB of 79.6 GiB are free", "nvidia-smi -i 0"
    ),
    "a card of 40 GB": Fault(
        card("a100-40"), "gpu-memory", "GiB are missing (weights 44.7 GiB", "euguard serving plan"
    ),
    "compute capability too low": Fault(
        card("v100"), "gpu-capability", "has compute capability 7.0, and bf16 needs 8.0", "A100"
    ),
    "low power limit": Fault(
        card("h100-low-power"), "gpu-power", "350 W of 700 W", "-pl 700", Mark.WARNING
    ),
    "persistence off": Fault(
        card("h100-persistence-off"), "gpu-persistence", "off", "persistenced", Mark.WARNING
    ),
    "disk too small": Fault(small_disk, "disk", "0.0 GiB are free", "larger disks"),
    "memory too small": Fault(
        files(("proc/meminfo", "MemTotal: 8388608 kB\n")), "memory", "8.0 GiB of memory", "add"
    ),
    "port taken": Fault(taken_port, "port", "listens on the gateway's port", "euguard_port"),
    "clock off": Fault(
        lambda host: host.program("chronyc", "echo A,time,2,1.0,-97.5,0,0,0,0,0,0,0,64,Normal"),
        "clock",
        "off by -97.500 s",
        "makestep",
    ),
    "clock kept by nobody": Fault(
        lambda host: host.program("chronyc", "echo ,,0,0.0,0.0,0,0,0,0,0,0,0,0,Not synchronised"),
        "clock",
        "nothing keeps the clock right",
        "chrony",
        Mark.WARNING,
    ),
    "cgroup v1": Fault(
        lambda host: host.remove("sys/fs/cgroup/cgroup.controllers"),
        "cgroup",
        "cgroup v1 is mounted",
        "unified_cgroup_hierarchy=1",
    ),
    "systemd without BPF_FRAMEWORK": Fault(
        lambda host: host.program(
            "systemctl", "echo 'systemd 252 (x)'; echo '+PAM -BPF_FRAMEWORK'"
        ),
        "systemd-bpf",
        "ignores SocketBindDeny=",
        "do not count on them",
        Mark.WARNING,
    ),
    "systemd too old": Fault(
        lambda host: host.program("systemctl", "echo 'systemd 247 (x)'; echo '+BPF_FRAMEWORK'"),
        "systemd",
        "systemd 247",
        "250 or later",
    ),
    "certificate expired": Fault(
        lambda host: host.certificate(timedelta(days=-9)), "certificate", "expired 9 days", "rotate"
    ),
    "certificate nearly expired": Fault(
        lambda host: host.certificate(timedelta(days=9, hours=1)),
        "certificate",
        "expires in 9 days",
        "rotate",
        Mark.WARNING,
    ),
    "certificate that is none": Fault(
        files((CERTIFICATE, "secret")), "certificate", "no certificate in PEM", "PEM"
    ),
    "vLLM below the floor": Fault(
        old_vllm, "vllm", "0.32.0 may not serve: the floor is 0.33.0", "install vLLM 0.33.0"
    ),
    "mistral_common missing": Fault(
        lambda host: host.unpack("mistral_common"),
        "engine-pins",
        "mistral_common is 'absent', not 1.12.0",
        "mistral_common==1.12.0",
    ),
    "another distribution": Fault(
        files(("etc/os-release", "ID=fedora\nVERSION_ID=43\nPRETTY_NAME=Fedora\n")),
        "distribution",
        "untested",
        "Debian 12",
        Mark.WARNING,
    ),
    "locale of one byte": Fault(
        files(("etc/default/locale", "LANG=C\n")), "locale", "locale C", "C.UTF-8", Mark.WARNING
    ),
    "SELinux enforces": Fault(
        files(("sys/fs/selinux/enforce", "1")),
        "access-control",
        "no policy",
        "policy",
        Mark.WARNING,
    ),
}


FOLLOWS = {
    "driver and library differ": {"gpu"},
    "no card answers": {"gpu", "gpu-nodes"},
    "compute capability too low": {"gpu-memory"},
}
"""What else fails where one fault is planted."""

SMALLER = [
    ("h100-mig", "gpu-mig"),
    ("h100-ecc-off", "gpu-ecc"),
    ("h100-uncorrected", "gpu-errors"),
    ("h100-rows", "gpu-errors"),
    ("h100-busy", "gpu-free"),
    ("a100-40", "gpu-memory"),
    ("v100", "gpu-capability"),
    ("mismatch", "gpu-library"),
]


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, time of change and digest of everything in a folder."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(root.rglob("*"))
        if "/models/" not in str(path)
    }


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finding, ...]:
    return PlantedHost(tmp_path_factory.mktemp("sound")).findings()


def test_a_sound_host_has_no_failure_and_its_card_is_said_to_be_fake(
    sound: tuple[Finding, ...],
) -> None:
    assert marked(sound, Mark.FAILURE) - HOST_BOUND == set()
    assert marked(sound, Mark.WARNING) - HOST_BOUND == {"gpu-fake"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_and_a_fix_is_named(
    name: str, sound: tuple[Finding, ...], tmp_path: Path
) -> None:
    fault = FAULTS[name]
    host = PlantedHost(tmp_path)
    fault.plant(host)
    before = snapshot(tmp_path)

    told = host.findings()

    found = [one for one in told if one.code == fault.code and fault.what in one.what]
    assert [(one.mark, fault.fix in one.fix) for one in found] == [(fault.mark, True)]
    assert snapshot(tmp_path) == before
    others = marked(told, Mark.FAILURE) - marked(sound, Mark.FAILURE) - {fault.code}
    assert others <= FOLLOWS.get(name, set())


@pytest.mark.parametrize("profile, code", SMALLER)
def test_nvidia_smi_tells_the_same_where_nvml_cannot_be_loaded(
    profile: str, code: str, tmp_path: Path
) -> None:
    host = PlantedHost(tmp_path, gpu=profile, library=False)

    told = host.facts()

    assert told.nvidia is not None
    assert told.nvidia.source == "nvidia-smi"
    assert code in marked(judge(told, host.wanted), Mark.FAILURE)


def test_nvml_and_nvidia_smi_tell_the_same_of_two_cards(tmp_path: Path) -> None:
    host = PlantedHost(tmp_path, gpu="h100-two")
    through_nvml = host.facts().nvidia
    host.library = False
    through_tool = host.facts().nvidia

    assert through_nvml is not None
    assert (through_nvml.source, len(through_nvml.gpus)) == ("nvml", 2)
    assert through_tool == replace(through_nvml, source="nvidia-smi")


@pytest.mark.parametrize(
    "how, said", [("hang", "did not answer within 3 s"), ("crash", "signal 6")]
)
def test_a_driver_that_hangs_or_crashes_is_a_finding_and_all_else_is_told(
    how: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = PlantedHost(tmp_path, more={how: True})
    for name, value in host.environment().items():
        monkeypatch.setenv(name, value)

    told = read(Request(root=tmp_path, part_seconds=3))

    assert told.nvidia is None
    assert [(one.part, said in one.reason) for one in told.broken] == [("nvidia", True)]
    assert told.system is not None
    assert told.system.cgroup == 2


def test_a_folder_of_nothing_is_told_without_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    told = read(Request(folders=("/var/lib/euguard",), engine=ENGINE, root=tmp_path))

    assert [one.part for one in told.broken] == ["systemd"]
    assert told.engine is None
    assert told.system is not None
    assert told.system.memory_bytes is None


def test_the_probe_runs_alone_and_prints_facts_that_the_program_reads() -> None:
    python = getattr(sys, "_base_executable", sys.executable)

    done = subprocess.run([python, "-I", "-S", PROBE], capture_output=True, check=True)

    told = facts.parse(done.stdout, "the probe")
    assert told.system is not None
    assert told.broken == () or {one.part for one in told.broken} <= {"systemd"}
    assert set(orjson.loads(done.stdout)) == set(facts.to_json(told))


def test_the_probe_imports_the_standard_library_only() -> None:
    text = PROBE.read_text()
    imported = set(re.findall(r"(?m)^\s*(?:from|import) (\w+)", text))

    assert imported - set(sys.stdlib_module_names) == {"pynvml"}


def test_a_port_that_this_test_listens_on_is_told_with_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = read(Request())

    assert [(one.address, one.process is None) for one in told.ports if one.port == port] == [
        ("127.0.0.1", False)
    ]


def test_what_lies_in_a_folder_already_is_counted(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/weights").write_bytes(b"x" * 2**20)

    told = read(Request(folders=("/models", "/models/later"), root=tmp_path))

    assert [one.occupied_bytes >= 2**20 for one in told.disks] == [True, False]
    assert told.disks[0].mount == told.disks[1].mount
