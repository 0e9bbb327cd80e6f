"""The exact `vllm serve` of a profile: argument list and environment, for a GPU or a CPU.

What holds for every engine, whatever its model file says:

- it listens on a Unix socket or on loopback, nowhere else, and has no API key: `--api-key` would
  leave /invocations open and would stand in the list of processes; the socket's folder is the key
- it asks nobody: offline, no usage statistics, no plug-ins, no media from a URL
- it writes no prompt: request and access logs off, level WARNING
- it has one name, and one for each adapter of the profile; a request loads none
- it samples with what the request says, not with defaults in the weights' folder
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import orjson

from euguard.errors import ConfigurationError
from euguard.serving.options import Value
from euguard.serving.profile import Profile

_SOCKET_PATH_BYTES = 107
"""Of `sun_path` in sockaddr_un on Linux, without its last NUL: unix(7)."""
_UUID_CHARACTERS = 36
_PORTS = range(1, 2**16)

_ALWAYS = (
    "--generation-config",
    "vllm",
    "--allowed-media-domains",
    "media.invalid",  # RFC 2606 §2: nobody can own it, so no image URL is ever fetched
    "--no-enable-log-requests",
    "--no-enable-log-outputs",
    "--disable-uvicorn-access-log",
    "--disable-fastapi-docs",
)

_QUIET: Mapping[str, str] = MappingProxyType(
    {
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "PYTHONNOUSERSITE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_DO_NOT_TRACK": "1",
        # vLLM looks for its own address by dialling 8.8.8.8 unless it is told one.
        "VLLM_HOST_IP": "127.0.0.1",
        "VLLM_LOGGING_LEVEL": "WARNING",
        "VLLM_MAX_N_SEQUENCES": "4",
        "VLLM_MEDIA_URL_ALLOW_REDIRECTS": "0",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_PLUGINS": "",
    }
)

_INHERITED = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")


@dataclass(frozen=True, slots=True)
class Loopback:
    """A TCP port on 127.0.0.1: every account of this machine can reach it."""

    port: int
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        if self.host not in {"127.0.0.1", "::1"}:
            msg = "engine: only 127.0.0.1 and ::1 are loopback"
            raise ConfigurationError(msg)
        if self.port not in _PORTS:
            msg = f"engine: there is no TCP port {self.port}"
            raise ConfigurationError(msg)


@dataclass(frozen=True, slots=True)
class UnixSocket:
    """A socket in the file system: who may enter its folder may use the model."""

    path: Path
    """Absolute. vLLM's own sockets, named by a UUID, lie in the same folder."""

    def __post_init__(self) -> None:
        if not self.path.is_absolute():
            msg = "engine: the path of the socket is not absolute"
            raise ConfigurationError(msg)
        own = len(bytes(self.path))
        inner = len(bytes(self.path.parent)) + 1 + _UUID_CHARACTERS
        if max(own, inner) > _SOCKET_PATH_BYTES:
            msg = (
                f"engine: the socket's folder makes paths of {max(own, inner)} bytes, "
                f"and a Unix socket may have {_SOCKET_PATH_BYTES}"
            )
            raise ConfigurationError(msg, fix="choose a shorter folder, as /run/euguard")


Listen: TypeAlias = Loopback | UnixSocket
"""Where the engine listens; there is no third way."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to execute."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """What the engine needs set, complete but for what it inherits."""

    def environment_within(self, outer: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of the process: this, and little of the outer one.

        A variable that is not named here stays outside, so that no VLLM_SERVER_DEV_MODE of
        somebody's shell reaches the engine.
        """
        inherited = {name: outer[name] for name in _INHERITED if name in outer}
        return inherited | dict(self.environment)


def command(
    profile: Profile, *, weights: Path, listen: Listen, cache: Path, executable: Path
) -> Command:
    """Return what starts the engine.

    Args:
        profile: of the model.
        weights: folder with the weights.
        listen: where it answers.
        cache: folder that belongs to the engine alone; should have mode 0700.
        executable: `bin/vllm` of the engine's own virtual environment.

    """
    argv = (
        str(executable),
        "serve",
        str(weights),
        "--served-model-name",
        profile.model,
        *_door(listen),
        *(word for name, value in profile.arguments.items() for word in _option(name, value)),
        *_adapters(profile, weights),
        *_ALWAYS,
    )
    environment = {
        **_QUIET,
        "HF_HOME": str(cache / "huggingface"),
        "HOME": str(cache),
        "TORCHINDUCTOR_CACHE_DIR": str(cache / "torchinductor"),
        "TRITON_CACHE_DIR": str(cache / "triton"),
        "VLLM_CACHE_ROOT": str(cache / "vllm"),
        "VLLM_CONFIG_ROOT": str(cache / "config"),
        "XDG_CACHE_HOME": str(cache),
        "XDG_CONFIG_HOME": str(cache / "config"),
        **profile.environment,
    }
    if isinstance(listen, UnixSocket):
        environment["VLLM_RPC_BASE_PATH"] = str(listen.path.parent)
    return Command(argv, MappingProxyType(dict(sorted(environment.items()))))


def _adapters(profile: Profile, weights: Path) -> tuple[str, ...]:
    """Return the allow-list of adapters, which lie beside the weights."""
    if not profile.adapters:
        return ()
    folders = ((adapter.model, weights.parent / adapter.model) for adapter in profile.adapters)
    return ("--lora-modules", *(f"{name}={folder}" for name, folder in folders))


def _door(listen: Listen) -> tuple[str, ...]:
    match listen:
        case UnixSocket():
            return ("--uds", str(listen.path))
        case Loopback():
            return ("--host", listen.host, "--port", str(listen.port))


def _option(name: str, value: Value) -> tuple[str, ...]:
    match value:
        case bool():
            return (f"--{name}",) if value else (f"--no-{name}",)
        case Mapping():
            return (f"--{name}", orjson.dumps(dict(value)).decode())
        case _:
            return (f"--{name}", str(value))
