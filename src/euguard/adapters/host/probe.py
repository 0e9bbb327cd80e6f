"""A program that prints what this host is, as one JSON object (`euguard-host-facts-1`).

One file, standard library only: Ansible carries it to a host where nothing of euguard is
installed, and `euguard doctor` starts it here. It writes no file and changes no setting.

    python3 probe.py [--folder DIR]... [--certificate FILE]... [--engine DIR] [--root DIR]

Every part is read by a process of its own with a limit of time, because a part can hang where no
timeout reaches it: a folder on a dead file server, a driver that does not answer. A part that
hangs, fails or is killed is named in `broken`, and the others are told nevertheless.

`--root` reads the files of another tree than /: an image that is mounted somewhere.

What the fields mean is said in euguard/provision/facts.py.
"""

import argparse
import binascii
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

FORMAT = "euguard-host-facts-1"
PART_SECONDS = 30.0
"""What one part may take; nvidia-smi wakes a sleeping driver in 5 to 15 seconds."""
TOOL_SECONDS = 20.0
"""What one program that a part asks may take."""
WALK_SECONDS = 5.0
"""How long the files of a folder are counted; then what was counted so far stands."""
MIB = 2**20
_OUTPUT_BYTES = 16 * MIB
_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16")
_DISTRIBUTIONS = (
    "vllm",
    "mistral-common",
    "torch",
    "transformers",
    "nvidia-cuda-runtime",
    "nvidia-cuda-runtime-cu12",
)
_PEM = "-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----"
_NVIDIA_VENDOR = "0x10de"
_DISPLAY_CLASS = "0x03"
"""PCI base class 03: display controllers, of which 3D controllers are a part (PCI Code and ID
Assignment Specification)."""

_TIMEX_BYTES = 512
"""More than `struct timex` of linux/timex.h has."""
_TIME_ERROR = 5
"""What adjtimex(2) returns where the clock is not synchronised."""

Facts = dict[str, Any]


class UnreadableError(Exception):
    """A part could not be read; says why in one sentence."""


# ------------------------------------------------------------------ parts


def system(wanted: argparse.Namespace) -> Facts:
    """Read distribution, kernel, cgroups, processors, memory, locale, access control."""
    root = wanted.root
    release = _assignments(root / "etc/os-release") or _assignments(root / "usr/lib/os-release")
    memory = _sizes(root / "proc/meminfo")
    return {
        "hostname": os.uname().nodename,
        "distribution": release.get("ID"),
        "release": release.get("VERSION_ID"),
        "title": release.get("PRETTY_NAME"),
        "kernel": os.uname().release,
        "cgroup": _cgroup(root),
        "processor": _processor(root),
        "memory_bytes": memory.get("MemTotal"),
        "memory_available_bytes": memory.get("MemAvailable"),
        "locale": _locale(root),
        "selinux": _selinux(root),
        "apparmor": _apparmor(root),
    }


def systemd(wanted: argparse.Namespace) -> Facts:
    """Read the version of systemd and what it was built with."""
    lines = _output("systemctl", "--version").splitlines()
    match = re.match(r"systemd (\d+)", lines[0] if lines else "")
    if match is None:
        msg = "`systemctl --version` tells no version"
        raise UnreadableError(msg)
    return {
        "version": int(match[1]),
        "features": re.findall(r"(?<!\S)[+-][A-Z0-9_]+", " ".join(lines[1:])),
        "booted": (wanted.root / "run/systemd/system").is_dir(),
    }


def clock(wanted: argparse.Namespace) -> Facts:
    """Read the time, and whether something keeps it right."""
    del wanted
    told = _chrony() or _timedatectl() or _kernel_clock()
    return {"now": int(time.time()), "offset_seconds": None, **told}


def disks(wanted: argparse.Namespace) -> list[Facts]:
    """Read the room in each folder, or where it will be made."""
    return [_disk(wanted.root, folder) for folder in wanted.folder]


def ports(wanted: argparse.Namespace) -> list[Facts]:
    """Read the TCP sockets that listen, and whose they are where that may be seen."""
    sockets = [
        one for name in ("tcp", "tcp6") for one in _listening(wanted.root / "proc/net" / name)
    ]
    owners = _owners({inode for _, _, inode in sockets})
    found = {(address, port, owners.get(inode)) for address, port, inode in sockets}
    return [
        {"address": address, "port": port, "process": process}
        for address, port, process in sorted(found, key=lambda one: (one[1], one[0], one[2] or ""))
    ]


def certificates(wanted: argparse.Namespace) -> list[Facts]:
    """Read from when until when each certificate is valid."""
    paths = [path for named in wanted.certificate for path in _matching(wanted.root, named)]
    return [_certificate(wanted.root, path) for path in paths]


def engine(wanted: argparse.Namespace) -> Facts | None:
    """Read the distributions in the engine's environment; nothing of it is run."""
    if wanted.engine is None:
        return None
    folder = _inside(wanted.root, wanted.engine)
    if not folder.is_dir():
        return None
    there = dict(_distributions(folder))
    return {
        "folder": wanted.engine,
        "distributions": {name: there[name] for name in _DISTRIBUTIONS if name in there},
    }


def nvidia(wanted: argparse.Namespace) -> Facts:
    """Read the cards of NVIDIA: through NVML where its Python binding is, else nvidia-smi."""
    root = wanted.root
    facts: Facts = {
        "pci_cards": _pci_cards(root),
        "device_nodes": [
            f"/dev/{node.name}" for node in sorted((root / "dev").glob("nvidia*")) if node.name
        ],
        "kernel_module": _first_line(root / "sys/module/nvidia/version"),
        "tool": shutil.which("nvidia-smi") is not None,
        "source": None,
        "error": None,
        "driver": None,
        "cuda": None,
        "gpus": [],
    }
    told = _through_nvml()
    if (told is None or told.get("error")) and facts["tool"]:
        second = _through_nvidia_smi()
        told = second if told is None or not second.get("error") else told
    return facts | (told or {})


PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "system": system,
    "systemd": systemd,
    "clock": clock,
    "disks": disks,
    "ports": ports,
    "certificates": certificates,
    "engine": engine,
    "nvidia": nvidia,
}


# ------------------------------------------------------------------ system


def _assignments(path: Path) -> dict[str, str]:
    """Return the variables of a file of shell assignments, as os-release(5)."""
    found = re.findall(r"(?m)^([A-Z_]+)=(.*)$", _text(path))
    return {name: value.strip().strip("\"'") for name, value in found}


def _sizes(path: Path) -> dict[str, int]:
    """Return the sizes in /proc/meminfo, in bytes."""
    found = re.findall(r"(?m)^(\w+): +(\d+) kB$", _text(path))
    return {name: int(size) * 1024 for name, size in found}


def _cgroup(root: Path) -> int | None:
    folder = root / "sys/fs/cgroup"
    if (folder / "cgroup.controllers").is_file():
        return 2
    return 1 if folder.is_dir() else None


def _processor(root: Path) -> Facts:
    text = _text(root / "proc/cpuinfo")
    model = re.search(r"(?m)^model name\s*: (.*)$", text)
    flags = re.search(r"(?m)^(?:flags|Features)\s*: (.*)$", text)
    there = set(flags[1].split()) if flags else set()
    return {
        "architecture": os.uname().machine,
        "model": model[1].strip() if model else None,
        "cores": len(os.sched_getaffinity(0)),
        "flags": [flag for flag in _FLAGS if flag in there],
    }


def _locale(root: Path) -> str | None:
    """Return the locale of services; systemd reads locale.conf, PAM on Debian the other."""
    for path in ("etc/locale.conf", "etc/default/locale"):
        stated = _assignments(root / path)
        for name in ("LC_ALL", "LC_CTYPE", "LANG"):
            if stated.get(name):
                return stated[name]
    return next((os.environ[n] for n in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(n)), None)


def _selinux(root: Path) -> str:
    mode = _first_line(root / "sys/fs/selinux/enforce")
    return {"1": "enforcing", "0": "permissive"}.get(mode or "", "disabled")


def _apparmor(root: Path) -> bool:
    return _first_line(root / "sys/module/apparmor/parameters/enabled") == "Y"


# ------------------------------------------------------------------ clock


def _chrony() -> Facts | None:
    """Ask chrony; its comma-separated report has the offset fifth and the leap status last.

    Source: chronyc(1), `tracking` and option -c.
    """
    if shutil.which("chronyc") is None:
        return None
    try:
        fields = _output("chronyc", "-c", "tracking").strip().split(",")
        offset = float(fields[4])
    except (UnreadableError, ValueError, IndexError):
        return None  # installed, and not running: another may keep the time
    return {
        "synchronised": fields[-1] != "Not synchronised",
        "offset_seconds": offset,
        "source": "chrony",
    }


def _timedatectl() -> Facts | None:
    if shutil.which("timedatectl") is None:
        return None
    try:
        said = _output("timedatectl", "show", "--property=NTPSynchronized", "--value").strip()
    except UnreadableError:
        return None
    if said not in {"yes", "no"}:
        return None
    return {"synchronised": said == "yes", "source": "timedatectl"}


def _kernel_clock() -> Facts:
    """Ask the kernel, which knows whether anybody has set its clock right: adjtimex(2)."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)  # all zero: `modes` 0 changes nothing
    state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    if state < 0:
        return {"synchronised": None, "source": None}
    return {"synchronised": state != _TIME_ERROR, "source": "kernel"}


# ------------------------------------------------------------------ disks and ports


def _disk(root: Path, folder: str) -> Facts:
    wanted = _inside(root, folder)
    there = next(path for path in (wanted, *wanted.parents) if path.exists())
    size = os.statvfs(there)
    return {
        "folder": folder,
        "mount": str(_mount(there)),
        "total_bytes": size.f_blocks * size.f_frsize,
        "free_bytes": size.f_bavail * size.f_frsize,
        "occupied_bytes": _occupied(wanted),
    }


def _mount(path: Path) -> Path:
    there = path.resolve()
    while not there.is_mount() and there != there.parent:
        there = there.parent
    return there


def _occupied(folder: Path) -> int:
    """Count the bytes of the files in a folder, for as long as that may take."""
    end = time.monotonic() + WALK_SECONDS
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_blocks * 512  # noqa: PTH118
            except OSError:
                continue
        if time.monotonic() > end:
            break
    return total


def _listening(path: Path) -> Iterator[tuple[str, int, str]]:
    """Yield address, port and inode of each listening socket; proc_net_tcp of the kernel's docs."""
    for line in _text(path).splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == "0A":  # noqa: PLR2004  st, and inode is the tenth
            address, _, port = fields[1].partition(":")
            yield _address(address), int(port, 16), fields[9]


def _address(text: str) -> str:
    """Return the address in four-byte words of the machine's order."""
    data = bytes.fromhex(text)
    words = [data[at : at + 4] for at in range(0, len(data), 4)]
    ordered = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    if len(ordered) == 4:  # noqa: PLR2004  bytes of an IPv4 address
        return ".".join(map(str, ordered))
    import ipaddress  # noqa: PLC0415  only where there are sockets of IPv6

    return str(ipaddress.IPv6Address(ordered))


def _owners(inodes: set[str]) -> dict[str, str]:
    """Return inode → name of a process that holds the socket, as far as that may be seen."""
    owners: dict[str, str] = {}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue
        inode = target.removeprefix("socket:[").removesuffix("]")
        if target.startswith("socket:[") and inode in inodes:
            owners[inode] = _first_line(link.parent.parent / "comm") or "?"
    return owners


# ------------------------------------------------------------------ certificates


def _matching(root: Path, named: str) -> list[str]:
    """Return what a pattern matches, nothing perhaps; a plain path stands for itself."""
    if not set("*?[") & set(named):
        return [named]
    found = sorted(root.glob(named.lstrip("/")))
    return [f"/{path.relative_to(root)}" for path in found]


def _certificate(root: Path, path: str) -> Facts:
    facts: Facts = {"path": path, "not_before": None, "not_after": None, "error": None}
    try:
        text = _inside(root, path).read_text("ascii")
        pem = re.search(_PEM, text, re.DOTALL)
        if pem is None:
            return facts | {"error": "no certificate in PEM is in it"}
        begin, end = _validity(binascii.a2b_base64(pem[1]))
    except OSError as error:
        return facts | {"error": error.strerror or "cannot be read"}
    except (ValueError, IndexError):
        return facts | {"error": "not an X.509 certificate"}
    return facts | {"not_before": begin, "not_after": end}


def _validity(der: bytes) -> tuple[int, int]:
    """Return notBefore and notAfter of a certificate; RFC 5280 §4.1.

    Certificate and tbsCertificate are entered; of the latter an explicit version [0], serial
    number, signature and issuer are stepped over.
    """
    _, start, _ = _element(der, 0)
    _, at, _ = _element(der, start)
    if der[at] == 0xA0:  # noqa: PLR2004  [0] EXPLICIT Version
        at = _element(der, at)[2]
    for _ in range(3):
        at = _element(der, at)[2]
    _, at, _ = _element(der, at)
    kind, begin, end = _element(der, at)
    other, begin_other, end_other = _element(der, end)
    return _moment(kind, der[begin:end]), _moment(other, der[begin_other:end_other])


def _element(der: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, start and end of the content of the DER element at an offset (X.690 §8.1)."""
    tag, length, start = der[at], der[at + 1], at + 2
    if length & 0x80:
        width = length & 0x7F
        length = int.from_bytes(der[start : start + width], "big")
        start += width
    if start + length > len(der):
        msg = "cut off"
        raise ValueError(msg)
    return tag, start, start + length


def _moment(tag: int, content: bytes) -> int:
    """Return seconds since 1970 of a UTCTime (23) or GeneralizedTime (24); RFC 5280 §4.1.2.5."""
    text = content.decode("ascii")
    if tag == 23:  # noqa: PLR2004  two digits of the year, 1950 to 2049
        text = ("19" if text[:2] >= "50" else "20") + text
    moment = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)  # noqa: UP017
    return int(moment.timestamp())


# ------------------------------------------------------------------ NVIDIA


def _pci_cards(root: Path) -> int | None:
    bus = root / "sys/bus/pci/devices"
    if not bus.is_dir():
        return None
    return sum(
        _first_line(device / "vendor") == _NVIDIA_VENDOR
        and (_first_line(device / "class") or "").startswith(_DISPLAY_CLASS)
        for device in bus.iterdir()
    )


def _through_nvml() -> Facts | None:
    """Ask NVML; None where its Python binding or its library is not there."""
    try:
        import pynvml  # noqa: PLC0415  optional: a bare host has none
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        missing = getattr(error, "value", None) == pynvml.NVML_ERROR_LIBRARY_NOT_FOUND
        return None if missing else {"source": "nvml", "error": str(error)}
    try:
        return _nvml_facts(pynvml)
    except pynvml.NVMLError as error:
        return {"source": "nvml", "error": str(error)}
    finally:
        pynvml.nvmlShutdown()


def _nvml_facts(nvml: Any) -> Facts:
    version = int(nvml.nvmlSystemGetCudaDriverVersion())
    handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
    return {
        "source": "nvml",
        "error": None if handles else "No devices were found",
        "driver": _word(nvml.nvmlSystemGetDriverVersion()),
        "cuda": f"{version // 1000}.{version % 1000 // 10}",
        "gpus": [_nvml_card(nvml, index, handle) for index, handle in enumerate(handles)],
    }


def _nvml_card(nvml: Any, index: int, handle: Any) -> Facts:
    def ask(call: Callable[..., Any], *more: Any) -> Any:
        """Return what the card answers; None where it cannot: not every card has everything."""
        try:
            return call(handle, *more)
        except nvml.NVMLError:
            return None

    memory = ask(nvml.nvmlDeviceGetMemoryInfo)
    capability = ask(nvml.nvmlDeviceGetCudaComputeCapability)
    ecc = ask(nvml.nvmlDeviceGetEccMode)
    mig = ask(nvml.nvmlDeviceGetMigMode)
    rows = ask(nvml.nvmlDeviceGetRemappedRows)
    persistence = ask(nvml.nvmlDeviceGetPersistenceMode)
    running = ask(nvml.nvmlDeviceGetComputeRunningProcesses)
    return {
        "index": index,
        "name": _word(nvml.nvmlDeviceGetName(handle)),
        "uuid": _word(nvml.nvmlDeviceGetUUID(handle)),
        "memory_total_bytes": memory and int(memory.total),
        "memory_free_bytes": memory and int(memory.free),
        "compute_capability": capability and f"{capability[0]}.{capability[1]}",
        "ecc": None if ecc is None else bool(ecc[0]),
        "uncorrected_errors": ask(
            nvml.nvmlDeviceGetTotalEccErrors,
            nvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED,
            nvml.NVML_VOLATILE_ECC,
        ),
        "remapping_failed": None if rows is None else bool(rows[3]),
        "mig": None if mig is None else bool(mig[0]),
        "power_limit_watts": _watts(ask(nvml.nvmlDeviceGetPowerManagementLimit)),
        "power_default_watts": _watts(ask(nvml.nvmlDeviceGetPowerManagementDefaultLimit)),
        "persistence": None if persistence is None else bool(persistence),
        "processes": None
        if running is None
        else [_process(int(one.pid), one.usedGpuMemory) for one in running],
    }


def _process(pid: int, memory_bytes: int | None) -> Facts:
    """Return one process on a card, with the systemd unit that its control group names."""
    units = re.findall(r"/([^/\n]+\.service)", _text(Path("/proc") / str(pid) / "cgroup"))
    return {"pid": pid, "memory_bytes": memory_bytes, "unit": units[-1] if units else None}


def _watts(milliwatts: Any) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def _word(text: Any) -> str:
    return text.decode() if isinstance(text, bytes) else str(text)


def _through_nvidia_smi() -> Facts:
    """Ask nvidia-smi; its XML has no compute capability, which a second question tells."""
    try:
        log = ET.fromstring(_output("nvidia-smi", "-q", "-x"))  # noqa: S314  the driver's own tool
    except ET.ParseError:
        return {"source": "nvidia-smi", "error": "`nvidia-smi -q -x` prints no XML"}
    except UnreadableError as error:
        return {"source": "nvidia-smi", "error": str(error)}
    capabilities = _capabilities()
    cards = log.findall("gpu")
    return {
        "source": "nvidia-smi",
        "error": None if cards else "No devices were found",
        "driver": _said(log, "driver_version"),
        "cuda": _said(log, "cuda_version"),
        "gpus": [_smi_card(i, card, capabilities.get(i)) for i, card in enumerate(cards)],
    }


def _capabilities() -> dict[int, str]:
    question = ("--query-gpu=index,compute_cap", "--format=csv,noheader")
    try:
        rows = re.findall(r"(?m)^(\d+), (\d+\.\d+)$", _output("nvidia-smi", *question))
    except UnreadableError:
        return {}  # drivers before 510 do not know the field
    return {int(index): capability for index, capability in rows}


def _smi_card(index: int, card: ET.Element, capability: str | None) -> Facts:
    """Return one card of nvidia-smi's XML; power moved to another element with driver 530."""
    errors = [
        _number(one) for one in card.findall("ecc_errors/volatile/*") if "uncorrectable" in one.tag
    ] + [_number(one) for one in card.findall("ecc_errors/volatile/double_bit/total")]
    counted = [int(one) for one in errors if one is not None]
    power = card.find("gpu_power_readings")
    power = card.find("power_readings") if power is None else power
    limit = None if power is None else _either(power, "current_power_limit", "power_limit")
    return {
        "index": index,
        "name": _said(card, "product_name") or "?",
        "uuid": _said(card, "uuid") or "?",
        "memory_total_bytes": _bytes(card.find("fb_memory_usage/total")),
        "memory_free_bytes": _bytes(card.find("fb_memory_usage/free")),
        "compute_capability": capability,
        "ecc": _switch(card, "ecc_mode/current_ecc"),
        "uncorrected_errors": sum(counted) if counted else None,
        "remapping_failed": _switch(card, "remapped_rows/remapped_row_failure"),
        "mig": _switch(card, "mig_mode/current_mig"),
        "power_limit_watts": _number(limit),
        "power_default_watts": None
        if power is None
        else _number(power.find("default_power_limit")),
        "persistence": _switch(card, "persistence_mode"),
        "processes": [
            _process(int(_number(one.find("pid")) or 0), _bytes(one.find("used_memory")))
            for one in card.findall("processes/process_info")
            if "C" in (_said(one, "type") or "")
        ],
    }


def _either(element: ET.Element, *names: str) -> ET.Element | None:
    return next((one for name in names if (one := element.find(name)) is not None), None)


def _said(element: ET.Element, path: str) -> str | None:
    text = (element.findtext(path) or "").strip()
    return None if text in {"", "N/A", "[N/A]"} else text


def _switch(card: ET.Element, path: str) -> bool | None:
    return {"Enabled": True, "Yes": True, "Disabled": False, "No": False}.get(
        _said(card, path) or ""
    )


def _number(element: ET.Element | None) -> float | None:
    match = (
        re.match(r"(\d+(?:\.\d+)?)\b", (element.text or "").strip())
        if element is not None
        else None
    )
    return float(match[1]) if match else None


def _bytes(element: ET.Element | None) -> int | None:
    number = _number(element)
    return None if number is None else int(number) * MIB


# ------------------------------------------------------------------ files and programs


def _inside(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _first_line(path: Path) -> str | None:
    lines = _text(path).splitlines()
    return lines[0].strip() if lines else None


def _distributions(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of what is installed in a virtual environment.

    Source: PyPA specifications, "Recording installed projects": NAME-VERSION.dist-info.
    """
    for place in sorted(folder.glob("lib/python3.*/site-packages/*.dist-info")):
        name, _, version = place.name.removesuffix(".dist-info").partition("-")
        yield _normalised(name), version


def _normalised(name: str) -> str:
    """Return the one spelling of a distribution's name, as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _output(*command: str) -> str:
    """Return what a program prints.

    Raises:
        UnreadableError: it is not there, fails, prints nothing, or does not end in time.

    """
    try:
        code, text = _bounded(command, TOOL_SECONDS, LC_ALL="C", LANGUAGE="C")
    except OSError as error:
        msg = f"`{command[0]}` cannot be started: {error.strerror}"
        raise UnreadableError(msg) from None
    if code is None:
        msg = f"`{' '.join(command)}` did not answer within {TOOL_SECONDS:.0f} s"
        raise UnreadableError(msg)
    if code != 0:
        said = " ".join(text.split())[:200] or f"exit code {code}"
        msg = f"`{' '.join(command)}`: {said}"
        raise UnreadableError(msg)
    return text


def _bounded(command: tuple[str, ...], seconds: float, **more: str) -> tuple[int | None, str]:
    """Run a program; return its exit code, None if it was cut off, and what it printed.

    The output goes to a file and not to a pipe, and a killed program is not waited for: one that
    sleeps in the kernel, as in a driver that hangs, cannot die, and must not keep us.
    """
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(  # noqa: S603  programs of this file, fixed arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **more},
        )
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            os.killpg(process.pid, signal.SIGKILL)
        out.seek(0)
        return code, out.read(_OUTPUT_BYTES).decode("utf-8", errors="replace")


# ------------------------------------------------------------------ the program


def main(arguments: list[str]) -> int:
    """Print the facts, or with --part one part of them."""
    wanted = _parser().parse_args(arguments)
    if wanted.part is not None:
        return _print_part(wanted)
    parts = {name: _asked(name, arguments, wanted.seconds) for name in PARTS}
    broken = [
        {"part": name, "reason": told["broken"]} for name, told in parts.items() if "broken" in told
    ]
    facts = {name: told["value"] for name, told in parts.items() if "value" in told}
    python = ".".join(map(str, sys.version_info[:3]))
    print(json.dumps({"format": FORMAT, "python": python, **facts, "broken": broken}))  # noqa: T201, TID251
    return 0


def _asked(name: str, arguments: list[str], seconds: float) -> Facts:
    """Return `value` of a part that a process of its own reads, or why it is `broken`."""
    command = (sys.executable, "-I", str(Path(__file__)), "--part", name, *arguments)
    code, text = _bounded(command, seconds)
    if code is None:
        return {"broken": f"did not answer within {seconds:.0f} s"}
    try:
        told: Facts = json.loads(text)
    except ValueError:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return {"broken": f"ended with {how}"}
    return told


def _print_part(wanted: argparse.Namespace) -> int:
    try:
        told = {"value": PARTS[wanted.part](wanted)}
    except UnreadableError as error:
        told = {"broken": str(error)}
    except Exception as error:  # noqa: BLE001  whatever a host has in its files, the others are told
        told = {"broken": f"{type(error).__name__} in euguard's probe"}
    print(json.dumps(told))  # noqa: T201, TID251  standard library only, nothing is signed
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="probe.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", action="append", default=[], help="a folder to be written")
    parser.add_argument(
        "--certificate", action="append", default=[], help="a PEM file, or a pattern"
    )
    parser.add_argument("--engine", help="the engine's virtual environment")
    parser.add_argument("--root", type=Path, default=Path("/"), help="the tree to read, else /")
    parser.add_argument("--seconds", type=float, default=PART_SECONDS, help="limit of each part")
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
