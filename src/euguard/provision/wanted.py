"""What a host is wanted for: which parts, which model, and so how much of everything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from euguard.serving.memory import GIB, Device, MemoryPlan, Precision
from euguard.serving.profile import Profile

STATE = "/var/lib/euguard"
RELEASES = "/opt/euguard"
MODELS = "/var/lib/euguard-engine/models"
POSTGRESQL = "/var/lib/postgresql"
BACKUPS = "/var/backups/euguard"
ENGINE = "/opt/euguard/current/engine"
"""The engine's virtual environment."""

GATEWAY_PORT = 8443


class Role(StrEnum):
    """A part of the installation, as the groups of the inventory."""

    GATEWAY = "gateway"
    ENGINE = "engine"
    DATABASE = "database"


EVERYTHING = frozenset(Role)

_DISK_GIB: Mapping[Role, Mapping[str, int]] = {
    Role.GATEWAY: {RELEASES: 4, STATE: 10},
    Role.ENGINE: {RELEASES: 6},
    Role.DATABASE: {POSTGRESQL: 20, BACKUPS: 20},
}
"""Estimates: two releases side by side, and a first year's records; logs and backups grow."""

_CUDA_GIB = 20
"""Two engines side by side with the libraries of CUDA; an estimate, not measured."""

_MEMORY_GIB: Mapping[Role, int] = {Role.GATEWAY: 4, Role.ENGINE: 16, Role.DATABASE: 2}
"""Estimates for a start: workers and detectors, vLLM's processes beside a card, PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a host."""

    roles: frozenset[Role]
    profile: Profile | None
    """Of the model to be served; None where no engine is wanted."""
    disk_bytes: Mapping[str, int]
    """Folder → bytes that will lie in it, those that do already included."""
    memory_bytes: int
    ports: tuple[int, ...]
    """TCP ports that will be listened on."""

    @property
    def gpu(self) -> bool:
        """Whether a card is needed."""
        return self.profile is not None and self.profile.memory.device is Device.GPU


def want(roles: frozenset[Role], profile: Profile | None, *, port: int = GATEWAY_PORT) -> Wanted:
    """Return what these roles ask of one host.

    Args:
        roles: at least one.
        profile: of the model; counts only where an engine is wanted.
        port: of the gateway.

    """
    served = profile if Role.ENGINE in roles else None
    return Wanted(
        roles=roles,
        profile=served,
        disk_bytes=_disk(roles, served),
        memory_bytes=_memory(roles, served),
        ports=(port,) if Role.GATEWAY in roles else (),
    )


def plan_on(profile: Profile, card_bytes: int) -> MemoryPlan:
    """Return the memory plan of a profile on a card that has `card_bytes`."""
    gib = Decimal(card_bytes) / GIB
    return replace(profile, memory=replace(profile.memory, gib=gib)).plan()


def reserve_bytes(profile: Profile, card_bytes: int) -> int:
    """Return what vLLM insists on finding free at its start: its share of the whole card."""
    share = Decimal(str(profile.arguments["gpu-memory-utilization"]))
    return int(share * card_bytes)


def needs_fp8(profile: Profile) -> bool:
    """Tell whether weights, or keys and values, are stored in 8 bits."""
    key_value = str(profile.arguments.get("kv-cache-dtype", "auto"))
    return profile.memory.weights is Precision.FP8 or key_value.startswith("fp8")


def _disk(roles: frozenset[Role], profile: Profile | None) -> dict[str, int]:
    needs: dict[str, int] = {}
    for role in sorted(roles):
        for folder, gib in _DISK_GIB[role].items():
            needs[folder] = needs.get(folder, 0) + gib * GIB
    if profile is not None:
        needs[MODELS] = profile.stored_bytes
        if profile.memory.device is Device.GPU:
            needs[RELEASES] += _CUDA_GIB * GIB
    return needs


def _memory(roles: frozenset[Role], profile: Profile | None) -> int:
    sizes = {role: Decimal(_MEMORY_GIB[role]) for role in roles}
    if profile is not None and profile.memory.device is Device.CPU:
        sizes[Role.ENGINE] = profile.memory.gib
    return int(sum(sizes.values(), Decimal(0)) * GIB)
