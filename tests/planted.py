"""A host that is sound in everything that can be read, to plant faults in; nothing of it is real.

It is a folder: the files that the probe reads (`--root`), and the programs that alone are on its
PATH. Its card is the FAKE of tests/deploy/host/fake_gpu.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.host.fake_gpu.install import install
from euguard.adapters.host.reader import PROBE
from euguard.provision.facts import HostFacts, parse
from euguard.provision.finding import Finding, Mark
from euguard.provision.preflight import judge
from euguard.provision.wanted import EVERYTHING, Wanted, want
from profiles import SHIPPED

ENGINE = "opt/euguard/current/engine"
CERTIFICATE = "etc/euguard/tls/gateway.crt"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
FEATURES = "+PAM +SELINUX +APPARMOR +SECCOMP +BPF_FRAMEWORK default-hierarchy=unified"
FILES = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "etc/default/locale": "LANG=C.UTF-8\n",
    "proc/meminfo": f"MemTotal: {256 * 2**20} kB\nMemAvailable: {250 * 2**20} kB\n",
    "proc/cpuinfo": "model name\t: A sound processor\nflags\t\t: fpu avx2 avx512f\n",
    "proc/net/tcp": "  sl  local_address rem_address   st\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
    "sys/module/apparmor/parameters/enabled": "Y\n",
    "sys/module/nvidia/version": "580.95.05\n",
    "sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
    "sys/bus/pci/devices/0000:01:00.0/class": "0x030200\n",
    "sys/bus/pci/devices/0000:02:00.0/vendor": "0x8086\n",
    "sys/bus/pci/devices/0000:02:00.0/class": "0x020000\n",
    "dev/nvidia0": "",
    "dev/nvidiactl": "",
    "dev/nvidia-uvm": "",
}
PACKAGES = {"vllm": "0.33.0", "mistral_common": "1.12.0", "torch": "2.13.0"}


@dataclass
class PlantedHost:
    """One such host in a folder of its own."""

    root: Path
    gpu: str | None = "h100"
    """Profile of the fake card, None where there is no driver."""
    library: bool = True
    """Whether NVML's library can be loaded; else only nvidia-smi tells of the card."""
    more: dict[str, object] = field(default_factory=dict)
    """Further keys of the fake card: `hang`, `crash`."""

    wanted: Wanted = field(default_factory=lambda: want(EVERYTHING, SHIPPED["mistral-small-3.2"]))

    def __post_init__(self) -> None:
        for name, text in FILES.items():
            self.write(name, text)
        (self.root / "run/systemd/system").mkdir(parents=True)
        self.program("systemctl", f"echo 'systemd 252 (252.38-1)'; echo '{FEATURES}'")
        self.program("chronyc", "echo A,time,2,1795821877.0,0.000012,0,0,0,0,0,0,0,64,Normal")
        self.packages(PACKAGES)
        self.certificate(timedelta(days=200))
        self.card(self.gpu)

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def remove(self, *names: str) -> None:
        for name in names:
            (self.root / name).unlink()

    def program(self, name: str, script: str) -> None:
        self.write(f"usr/bin/{name}", f"#!/bin/sh\n{script}\n")
        (self.root / "usr/bin" / name).chmod(0o755)

    def card(self, profile: str | None) -> None:
        self.gpu = profile
        if profile is not None:
            install(self.root, profile, **self.more)
            tool = self.root / "usr/bin/nvidia-smi"
            tool.write_text(tool.read_text().replace("#!/usr/bin/python3", f"#!{sys.executable}"))

    def packages(self, versions: dict[str, str]) -> None:
        """Lay down the metadata of distributions in the engine's environment."""
        for name, version in versions.items():
            place = f"{ENGINE}/lib/python3.12/site-packages/{name}-{version}.dist-info/METADATA"
            self.write(place, f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    def unpack(self, name: str) -> None:
        """Remove a distribution from the engine's environment."""
        for place in (self.root / ENGINE).glob(f"lib/python3.12/site-packages/{name}-*/METADATA"):
            place.unlink()
            place.parent.rmdir()

    def certificate(self, left: timedelta) -> None:
        """Write a certificate that is valid for `left` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway.test")])
        until = datetime.now(UTC) + left  # noqa: TID251  the doctor judges by the real clock
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - timedelta(days=400))
            .not_valid_after(until)
            .sign(key, hashes.SHA256())
        )
        self.write(CERTIFICATE, made.public_bytes(Encoding.PEM).decode())

    def environment(self) -> dict[str, str]:
        """Return the environment in which nothing but this host's programs is found."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("EUGUARD_", "LD_"))}
        libraries = str(self.root / LIBRARIES) if self.library else ""
        return kept | {
            "PATH": str(self.root / "usr/bin"),
            "LD_LIBRARY_PATH": libraries,
            "EUGUARD_FAKE_GPU": str(self.root / "etc/euguard-FAKE-gpu.json"),
            "EUGUARD_FAKE_NVML": str(self.root / "etc/euguard-FAKE-gpu.conf"),
        }

    def facts(self, *arguments: str) -> HostFacts:
        """Run the real probe."""
        done = subprocess.run(
            [
                *(sys.executable, "-I", PROBE, "--root", self.root, "--engine", f"/{ENGINE}"),
                *(f"--folder={folder}" for folder in self.wanted.disk_bytes),
                *(f"--certificate=/{CERTIFICATE}", *arguments),
            ],
            capture_output=True,
            check=True,
            env=self.environment(),
        )
        return parse(done.stdout, "the probe")

    def findings(self) -> tuple[Finding, ...]:
        """Return what is found in what the real probe reads."""
        return judge(self.facts(), self.wanted)


def marked(findings: Iterable[Finding], mark: Mark) -> set[str]:
    """Return the codes of findings with this mark."""
    return {one.code for one in findings if one.mark is mark}
