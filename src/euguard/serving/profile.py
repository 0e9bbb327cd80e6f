"""How one model is served: the `serving` section of its file as a frozen value.

One shape for the 24B model on a GPU and for the demo's engine on a CPU: `command.command` makes
the exact `vllm serve` of either from it, `Profile.plan` says what fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Self

from euguard.errors import ConfigurationError
from euguard.serving.memory import Device, Memory, MemoryPlan, Precision, plan_cpu, plan_gpu
from euguard.serving.options import Value, read_arguments, read_environment
from euguard.serving.reading import Section
from euguard.serving.version import Floor
from euguard.terms import ModelId

_KEY_VALUE = "VLLM_CPU_KVCACHE_SPACE"


@dataclass(frozen=True, slots=True)
class Profile:
    """How one model is served."""

    model: ModelId
    """The one name under which it is served."""
    floor: Floor
    pins: Mapping[str, str]
    """Distribution → exact version that must be installed beside vLLM."""
    memory: Memory
    arguments: Mapping[str, Value]
    """Options of `vllm serve` without their dashes; see `options.ARGUMENTS`."""
    environment: Mapping[str, str]

    @classmethod
    def from_mapping(cls, model: ModelId, serving: Mapping[str, object]) -> Self:
        """Return the profile in the `serving` section of the file of `model`.

        Raises:
            ConfigurationError: a key is missing, unknown or of another type; names its place.

        """
        section = Section(serving, f"{model}: serving")
        with section.nothing_else():
            pins = section.section("pins")
            profile = cls(
                model=model,
                floor=Floor.read(section.section("version")),
                pins=MappingProxyType({name: pins.text(name) for name in pins.names()}),
                memory=Memory.read(section.section("memory")),
                arguments=read_arguments(section.section("arguments")),
                environment=read_environment(section.section("environment")),
            )
        profile._require()
        return profile

    @property
    def max_model_len(self) -> int:
        """Tokens of prompt and answer together, at most."""
        return _count(self.arguments["max-model-len"])

    def plan(self) -> MemoryPlan:
        """Return what fits; `MemoryPlan.require(profile.max_model_len)` insists."""
        if self.memory.device is Device.CPU:
            return plan_cpu(
                self.memory,
                key_value_gib=int(self.environment[_KEY_VALUE]),
                key_value=self._key_value(),
            )
        utilisation = Decimal(str(self.arguments["gpu-memory-utilization"]))
        return plan_gpu(self.memory, utilisation=utilisation, key_value=self._key_value())

    def _key_value(self) -> Precision:
        dtype = str(self.arguments.get("kv-cache-dtype", "auto"))
        if dtype.startswith("fp8"):
            return Precision.FP8
        full = self.memory.weights is Precision.FP32
        return Precision.FP32 if full else Precision.BF16

    def _require(self) -> None:
        """Check what no single key shows."""
        needed = {Device.GPU: "gpu-memory-utilization", Device.CPU: _KEY_VALUE}
        place = f"{self.model}: serving"
        if "max-model-len" not in self.arguments:
            msg = f"{place}.arguments.max-model-len: missing"
            raise ConfigurationError(msg)
        key = needed[self.memory.device]
        if key not in self.arguments and key not in self.environment:
            msg = f"{place}: a model on a {self.memory.device} needs {key}"
            raise ConfigurationError(msg)
        if _KEY_VALUE in self.environment:
            gib = self.environment[_KEY_VALUE]
            if not (gib.isascii() and gib.isdigit() and int(gib) > 0):
                msg = f"{place}.environment.{_KEY_VALUE}: whole GiB from 1 are expected"
                raise ConfigurationError(msg)


def _count(value: Value) -> int:
    assert isinstance(value, int)
    return value
