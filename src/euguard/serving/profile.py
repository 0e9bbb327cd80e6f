"""How one model is served: the `serving` section of its file as a frozen value.

One shape for the 24B model on a GPU and for the demo's engine on a CPU: `command.command` makes
the exact `vllm serve` of either from it, `Profile.plan` says what fits.

A file may name several profiles, as `bf16`, `fp8` or `long-context`. Each is what the section
says, with the weights and options changed that the profile names::

    default_profile: bf16
    profiles:
      fp8: {title, capability, weights: fp8, arguments: {quantization: fp8_per_channel}, sources}
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from euguard.errors import ConfigurationError
from euguard.serving.memory import Device, Memory, MemoryPlan, Precision, plan_cpu, plan_gpu
from euguard.serving.options import Value, read_arguments, read_environment
from euguard.serving.reading import Section
from euguard.serving.version import Floor
from euguard.serving.working import BATCHED_SEQUENCES, BATCHED_TOKENS, Batch, working
from euguard.terms import ModelId

_KEY_VALUE = "VLLM_CPU_KVCACHE_SPACE"
_UNLIMITED = 999
"""Images in a request where no limit is set: vLLM 0.32.0, config/multimodal.py."""
_ONLY = "default"
"""Name of the one profile of a file that names none."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter that the engine loads at its start; there is no other way to load one."""

    model: ModelId
    """The name under which it is served, and of its folder beside the folder of the weights."""
    rank: int


@dataclass(frozen=True, slots=True)
class Profile:
    """How one model is served."""

    model: ModelId
    """The name under which it is served; adapters have names of their own."""
    floor: Floor
    pins: Mapping[str, str]
    """Distribution → exact version that must be installed beside vLLM."""
    memory: Memory
    arguments: Mapping[str, Value]
    """Options of `vllm serve` without their dashes; see `options.ARGUMENTS`."""
    environment: Mapping[str, str]
    name: str = _ONLY
    title: str = ""
    """What it is for, in a line."""
    capability: Decimal | None = None
    """Lowest compute capability of the card, as 8.9; None where any will do."""
    adapters: tuple[Adapter, ...] = ()
    """The allow-list: these are loaded, and no request can name another."""

    @staticmethod
    def from_mapping(
        model: ModelId, serving: Mapping[str, object], name: str | None = None
    ) -> "Profile":
        """Return one profile in the `serving` section of the file of `model`.

        Args:
            model: id of the model.
            serving: the section.
            name: of the profile; None takes the file's default.

        Raises:
            ConfigurationError: a key is missing, unknown or of another type, and its place; or
                the file has no profile of that name.

        """
        profiles = _read(model, serving)
        if name is None:
            return profiles[0]
        for profile in profiles:
            if profile.name == name:
                return profile
        msg = f"{model}: there is no profile {name[:64]!a}"
        names = ", ".join(profile.name for profile in profiles)
        raise ConfigurationError(msg, fix=f"the model file has: {names}")

    @staticmethod
    def all_from_mapping(model: ModelId, serving: Mapping[str, object]) -> "tuple[Profile, ...]":
        """Return every profile of the section, the default first, then in the file's order.

        Raises:
            ConfigurationError: as `from_mapping`.

        """
        return _read(model, serving)

    @property
    def max_model_len(self) -> int:
        """Tokens of prompt and answer together, at most."""
        return _count(self.arguments["max-model-len"])

    @property
    def served(self) -> tuple[ModelId, ...]:
        """Every name that the engine answers to."""
        return (self.model, *(adapter.model for adapter in self.adapters))

    @property
    def quantised_at_start(self) -> bool:
        """Whether the engine makes the weights smaller itself, from those in 16 bits."""
        return "quantization" in self.arguments

    @property
    def stored_bytes(self) -> int:
        """Bytes of the weights on disk, which may be more than on the card."""
        stored = Precision.BF16 if self.quantised_at_start else self.memory.weights
        return self.memory.shape.weight_bytes(stored)

    @property
    def key_value(self) -> Precision:
        """How keys and values are stored."""
        dtype = str(self.arguments.get("kv-cache-dtype", "auto"))
        if dtype.startswith("fp8"):
            return Precision.FP8
        full = self.memory.weights is Precision.FP32
        return Precision.FP32 if full else Precision.BF16

    def on(self, gib: Decimal) -> "Profile":
        """Return the profile on a card, or a machine, with so many GiB."""
        return replace(self, memory=replace(self.memory, gib=gib))

    def plan(self) -> MemoryPlan:
        """Return what fits; `MemoryPlan.require(profile.max_model_len)` insists."""
        if self.memory.device is Device.CPU:
            return plan_cpu(
                self.memory,
                key_value_gib=int(self.environment[_KEY_VALUE]),
                key_value=self.key_value,
            )
        utilisation = Decimal(str(self.arguments["gpu-memory-utilization"]))
        parts = working(self.memory, self.batch())
        return plan_gpu(
            self.memory, utilisation=utilisation, key_value=self.key_value, working=parts
        )

    def batch(self) -> Batch:
        """Return the largest step that the options allow."""
        limits = self.arguments.get("limit-mm-per-prompt", {})
        images = limits.get("image", _UNLIMITED) if isinstance(limits, Mapping) else _UNLIMITED
        lora = bool(self.arguments.get("enable-lora", False))
        return Batch(
            tokens=_count(self.arguments.get("max-num-batched-tokens", BATCHED_TOKENS)),
            sequences=_count(self.arguments.get("max-num-seqs", BATCHED_SEQUENCES)),
            images=images,
            slots=_count(self.arguments["max-loras"]) if lora else 0,
            rank=_count(self.arguments["max-lora-rank"]) if lora else 0,
            graphs=not self.arguments.get("enforce-eager", False),
        )

    def require(self) -> None:
        """Check what no single key shows.

        Raises:
            ConfigurationError: the place, and what does not go together.

        """
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
        self._require_adapters(f"{place}.profiles.{self.name}")

    def _require_adapters(self, place: str) -> None:
        if not self.arguments.get("enable-lora", False):
            if self.adapters:
                msg = f"{place}.adapters: they need enable-lora"
                raise ConfigurationError(msg)
            return
        for key in ("max-loras", "max-lora-rank"):
            if key not in self.arguments:
                msg = f"{place}.arguments.{key}: missing, and enable-lora needs it"
                raise ConfigurationError(msg)
        slots, rank = self.batch().slots, self.batch().rank
        if len(self.adapters) > slots:
            # An adapter without a slot would be read from disk at the request that names it.
            msg = f"{place}.adapters: {len(self.adapters)}, and max-loras is {slots}"
            raise ConfigurationError(msg, fix="raise max-loras; the memory plan counts each slot")
        if len(set(self.served)) != len(self.served):
            msg = f"{place}.adapters: a name appears twice"
            raise ConfigurationError(msg)
        for adapter in self.adapters:
            if adapter.rank > rank:
                msg = f"{place}.adapters: {adapter.model} has rank {adapter.rank}, and at most "
                raise ConfigurationError(msg + f"{rank} is served", fix="raise max-lora-rank")


def _read(model: ModelId, serving: Mapping[str, object]) -> tuple[Profile, ...]:
    """Return the profiles, the default first."""
    section = Section(serving, f"{model}: serving")
    with section.nothing_else():
        pins = section.section("pins")
        default = section.text("default_profile") if section.has("default_profile") else _ONLY
        named = section.section("profiles") if section.has("profiles") else None
        base = Profile(
            model=model,
            floor=Floor.read(section.section("version")),
            pins=MappingProxyType({name: pins.text(name) for name in pins.names()}),
            memory=Memory.read(section.section("memory")),
            arguments=read_arguments(section.section("arguments")),
            environment=read_environment(section.section("environment")),
        )
    names = named.names() if named else ()
    profiles = tuple(_changed(base, name, named.section(name)) for name in names if named) or (
        base,
    )
    for profile in profiles:
        profile.require()
    first = [profile for profile in profiles if profile.name == default]
    if not first:
        msg = f"{model}: serving.default_profile: there is no profile {default[:64]!a}"
        raise ConfigurationError(msg)
    return (*first, *(profile for profile in profiles if profile.name != default))


def _changed(base: Profile, name: str, section: Section) -> Profile:
    """Return the base with what the profile says."""
    with section.nothing_else():
        section.take("sources")  # for people; the schema insists on title and day
        own = read_arguments(section.section("arguments")) if section.has("arguments") else {}
        memory = base.memory
        if section.has("weights"):
            memory = replace(memory, weights=Precision(section.choice("weights", Precision)))
        return replace(
            base,
            name=name,
            title=section.text("title"),
            capability=section.decimal("capability") if section.has("capability") else None,
            memory=memory,
            arguments=MappingProxyType({**base.arguments, **own}),
            adapters=_adapters(section) if section.has("adapters") else (),
        )


def _adapters(section: Section) -> tuple[Adapter, ...]:
    adapters = []
    for entry in section.sections("adapters"):
        with entry.nothing_else():
            adapters.append(Adapter(ModelId(entry.text("model")), entry.count("rank")))
    return tuple(adapters)


def _count(value: Value) -> int:
    assert isinstance(value, int)
    return value
