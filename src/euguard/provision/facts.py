"""What a host is: facts that were read there, and nothing that was concluded from them.

    HostFacts
      system        distribution, kernel, cgroups, processor, memory, locale, access control
      systemd       version, features it was built with, whether it is process 1
      clock         the time there, whether something keeps it right, and by how much it is off
      python        version of the interpreter that looked
      disks         free and occupied bytes of each folder that was asked for
      ports         TCP sockets that listen
      certificates  validity of each file that was asked for
      engine        distributions in the engine's virtual environment
      nvidia        cards, driver, device nodes, and who told of them
      broken        parts that could not be read, and why

`None` means "not known", never "no". The JSON form has the same names; the program
`euguard.adapters.host.probe` writes it on a host where nothing of euguard is installed, so that
Ansible can carry it there and bring the facts back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from euguard.errors import ConfigurationError

FORMAT = "euguard-host-facts-1"
_STRICT = ConfigDict(extra="forbid", strict=True)
_SHOWN = 5
"""Errors of one file that are told at once."""


@dataclass(frozen=True, slots=True)
class Processor:
    """The processors of the machine."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    architecture: str
    """As `uname -m` says it: `x86_64`, `aarch64`."""
    model: str | None
    cores: int
    """Logical processors that may be used."""
    flags: tuple[str, ...]
    """Of the instruction sets that matter to an engine on a CPU, as in /proc/cpuinfo."""


@dataclass(frozen=True, slots=True)
class System:
    """The operating system."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    hostname: str
    distribution: str | None
    """`ID` of os-release(5), as `debian`."""
    release: str | None
    """`VERSION_ID` of os-release(5), as `12`."""
    title: str | None
    """`PRETTY_NAME` of os-release(5)."""
    kernel: str
    cgroup: int | None
    """2 where only the unified hierarchy is mounted, else 1."""
    processor: Processor
    memory_bytes: int | None
    memory_available_bytes: int | None
    locale: str | None
    """What services start with: locale.conf(5), else /etc/default/locale, else the environment."""
    selinux: str | None
    """`enforcing`, `permissive`, or `disabled` where the kernel has none."""
    apparmor: bool | None


@dataclass(frozen=True, slots=True)
class Systemd:
    """The service manager."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    version: int
    features: tuple[str, ...]
    """As `systemctl --version` has them: `+SECCOMP`, `-BPF_FRAMEWORK`."""
    booted: bool
    """Whether it is process 1 (sd_booted(3))."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time on the host when it was looked at."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    now: int
    """Seconds since 1970-01-01 UTC."""
    synchronised: bool | None
    offset_seconds: float | None
    """How far the clock is from the time server's; chrony alone tells."""
    source: str | None
    """Who told: `chrony`, `timedatectl`, `kernel`."""


@dataclass(frozen=True, slots=True)
class Disk:
    """One folder that will be written."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    folder: str
    mount: str
    """Where its file system is mounted; folders with the same one share the free bytes."""
    total_bytes: int
    free_bytes: int
    """Bytes a user other than root can still write."""
    occupied_bytes: int
    """Bytes of the files that lie in the folder already."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One TCP socket that listens."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    address: str
    port: int
    process: str | None
    """Name of the process, where the reader was allowed to see it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The first certificate of one PEM file."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    path: str
    not_before: int | None
    """Seconds since 1970-01-01 UTC."""
    not_after: int | None
    error: str | None
    """Why it could not be read."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine's virtual environment."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    folder: str
    distributions: Mapping[str, str]
    """Distribution → version, of the few that matter."""


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """One process that computes on a card."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    pid: int
    memory_bytes: int | None
    unit: str | None
    """The systemd unit that it belongs to."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One card, as NVML or nvidia-smi describes it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    index: int
    name: str
    uuid: str
    memory_total_bytes: int | None
    memory_free_bytes: int | None
    compute_capability: str | None
    """As `9.0`."""
    ecc: bool | None
    """Whether the memory corrects errors; None on cards that cannot."""
    uncorrected_errors: int | None
    """Since the driver was loaded."""
    remapping_failed: bool | None
    """A faulty row of memory could not be replaced by a spare one."""
    mig: bool | None
    power_limit_watts: float | None
    power_default_watts: float | None
    persistence: bool | None
    processes: tuple[GpuProcess, ...] | None


@dataclass(frozen=True, slots=True)
class Nvidia:
    """The cards of NVIDIA and what drives them."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    pci_cards: int | None
    """Display and 3D controllers of NVIDIA on the PCI bus, driver or not."""
    device_nodes: tuple[str, ...]
    """Paths /dev/nvidia*."""
    kernel_module: str | None
    """Version of the driver in the kernel."""
    tool: bool
    """Whether `nvidia-smi` is there."""
    source: str | None
    """Who told of the cards: `nvml`, `nvidia-smi`."""
    error: str | None
    """What NVML or nvidia-smi said instead of telling of cards."""
    driver: str | None
    """Version of the driver's libraries."""
    cuda: str | None
    """Highest CUDA version that the driver serves, as `13.0`."""
    gpus: tuple[Gpu, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """One part that could not be read."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Everything that was read; a part that was not is None and stands in `broken`."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    system: System | None = None
    systemd: Systemd | None = None
    clock: Clock | None = None
    python: str | None = None
    disks: tuple[Disk, ...] = ()
    ports: tuple[Listener, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    engine: Engine | None = None
    nvidia: Nvidia | None = None
    broken: tuple[Broken, ...] = ()
    format: str = field(default=FORMAT)


_ADAPTER = TypeAdapter(HostFacts)


def parse(data: bytes, where: str) -> HostFacts:
    """Return the facts in a JSON object, or in the `facts` of what `euguard doctor --json` prints.

    Args:
        data: of at most a few megabytes.
        where: the file, as an error names it.

    Raises:
        ConfigurationError: not JSON, another format, or a fact of another type.

    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        msg = f"{where}: not JSON at line {error.lineno}, column {error.colno}"
        raise ConfigurationError(msg, fix=_FIX) from None
    if isinstance(value, dict) and "findings" in value and "facts" in value:
        value = value["facts"]
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        msg = f"{where}: not facts of a host in the format {FORMAT}"
        raise ConfigurationError(msg, fix=_FIX)
    return _typed(value, where)


def to_json(facts: HostFacts) -> dict[str, Any]:
    """Return the JSON form."""
    value: dict[str, Any] = orjson.loads(orjson.dumps(facts))
    return value


_FIX = "write the file with `euguard doctor --json` or with euguard's probe of that same version"


def _typed(value: dict[str, Any], where: str) -> HostFacts:
    try:
        return _ADAPTER.validate_json(orjson.dumps(value))
    except ValidationError as error:
        places = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        ]
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    msg = f"{where}: {'; '.join(places[:_SHOWN])}{more}"
    raise ConfigurationError(msg, fix=_FIX)
