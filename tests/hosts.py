"""Facts of a host that will do: a test states only what differs from them."""

from dataclasses import replace
from typing import Any

from euguard.provision.facts import (
    Certificate,
    Clock,
    Disk,
    Engine,
    Gpu,
    HostFacts,
    Nvidia,
    Processor,
    System,
    Systemd,
)
from euguard.provision.wanted import BACKUPS, MODELS, POSTGRESQL, RELEASES, STATE
from euguard.serving.memory import GIB

NOW = 1_795_824_000
"""2026-11-28 00:00 UTC."""
FOLDERS = (RELEASES, STATE, MODELS, POSTGRESQL, BACKUPS)

SYSTEM = System(
    hostname="gpu-1",
    distribution="debian",
    release="12",
    title="Debian GNU/Linux 12 (bookworm)",
    kernel="6.1.0-41-amd64",
    cgroup=2,
    processor=Processor("x86_64", "AMD EPYC 9354 32-Core Processor", 64, ("avx2", "avx512f")),
    memory_bytes=256 * GIB,
    memory_available_bytes=250 * GIB,
    locale="C.UTF-8",
    selinux="disabled",
    apparmor=True,
)
GPU = Gpu(
    index=0,
    name="NVIDIA H100 80GB HBM3",
    uuid="GPU-5f1c1f5e-0000-4000-8000-000000000001",
    memory_total_bytes=81_559 * 2**20,
    memory_free_bytes=81_055 * 2**20,
    compute_capability="9.0",
    ecc=True,
    uncorrected_errors=0,
    remapping_failed=False,
    mig=False,
    power_limit_watts=700.0,
    power_default_watts=700.0,
    persistence=True,
    processes=(),
)
NVIDIA = Nvidia(
    pci_cards=1,
    device_nodes=("/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidiactl"),
    kernel_module="580.95.05",
    tool=True,
    source="nvml",
    error=None,
    driver="580.95.05",
    cuda="13.0",
    gpus=(GPU,),
)
SOUND = HostFacts(
    system=SYSTEM,
    systemd=Systemd(252, ("+SECCOMP", "+BPF_FRAMEWORK"), booted=True),
    clock=Clock(NOW, synchronised=True, offset_seconds=0.0001, source="chrony"),
    python="3.11.2",
    disks=tuple(Disk(folder, "/", 960 * GIB, 900 * GIB, 0) for folder in FOLDERS),
    certificates=(
        Certificate("/etc/euguard/tls/gateway.crt", NOW - 86_400, NOW + 200 * 86_400, None),
    ),
    engine=Engine("/opt/euguard/current/engine", {"vllm": "0.33.0", "mistral-common": "1.12.0"}),
    nvidia=NVIDIA,
)


def with_system(**more: Any) -> HostFacts:
    """Return the sound host with another operating system."""
    return replace(SOUND, system=replace(SYSTEM, **more))


def with_gpu(**more: Any) -> HostFacts:
    """Return the sound host with another card."""
    return replace(SOUND, nvidia=replace(NVIDIA, gpus=(replace(GPU, **more),)))


def with_nvidia(**more: Any) -> HostFacts:
    """Return the sound host with another driver."""
    return replace(SOUND, nvidia=replace(NVIDIA, **more))
