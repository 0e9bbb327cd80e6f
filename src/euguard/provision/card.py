"""Whether the cards of a host can serve a model: findings on driver, memory, faults and power.

Sources: NVIDIA, CUDA Compatibility, table 1 (driver of each CUDA family); vLLM, installation on
GPUs (compute capability 7.5), and its refusal of bf16 below 8.0; NVML API reference (ECC counts
since the driver was loaded; row remapping).
"""

from collections.abc import Iterator

from euguard.errors import ConfigurationError
from euguard.provision.facts import Engine, Gpu, HostFacts, Nvidia
from euguard.provision.finding import Finding, Mark, Rule
from euguard.provision.quantity import dotted, gib, numbers
from euguard.provision.wanted import needs_fp8, plan_on, reserve_bytes
from euguard.serving.profile import Profile

DRIVER_OF_CUDA = {12: 525, 13: 580}
"""CUDA family → first driver branch that serves it (CUDA Compatibility, table 1)."""
NEWEST_CUDA = max(DRIVER_OF_CUDA)
"""Taken where no engine is installed yet: its driver serves the older families too."""
CAPABILITY = (8, 0)
CAPABILITY_FP8 = (8, 9)
POWER_SHARE = 0.9
"""Of the card's default: below, it is noticeably slower."""
ENGINE_UNIT = "euguard-engine.service"
FAKE = "FAKE"
"""What the cards of euguard's own tests have in their UUID."""

PRESENT = Rule("gpu", Mark.FAILURE, "There is a card of NVIDIA, and its driver tells of it.")
NODES = Rule(
    "gpu-nodes",
    Mark.FAILURE,
    "The device nodes of the driver are there: the engine's unit may open them and make none.",
)
TOOL = Rule("gpu-tool", Mark.WARNING, "`nvidia-smi` is there, for whoever looks after the card.")
LIBRARY = Rule(
    "gpu-library",
    Mark.FAILURE,
    "The driver in the kernel and its libraries have one version.",
)
DRIVER = Rule(
    "gpu-driver",
    Mark.FAILURE,
    "The driver serves the CUDA of the engine: 580 or later for CUDA 13, 525 for CUDA 12; 580 "
    "where no engine is installed yet.",
)
FAKED = Rule("gpu-fake", Mark.WARNING, "The card is none of those that euguard's tests make up.")
CAPABLE = Rule(
    "gpu-capability",
    Mark.FAILURE,
    "Compute capability 8.0 or more for bf16; below 8.9 what is stored in 8 bits is slower.",
)
FITS = Rule(
    "gpu-memory",
    Mark.FAILURE,
    "The model file's memory plan, computed for this card, has room for one full context.",
)
FREE = Rule(
    "gpu-free",
    Mark.FAILURE,
    "As much of the card is free as vLLM takes at its start (gpu-memory-utilization).",
)
MIG = Rule("gpu-mig", Mark.FAILURE, "MIG is off: the plan is for a whole card, not for a slice.")
ECC = Rule(
    "gpu-ecc",
    Mark.FAILURE,
    "The memory corrects errors: without, an answer may be wrong and nobody notices.",
)
ERRORS = Rule(
    "gpu-errors",
    Mark.FAILURE,
    "No uncorrected error since the driver was loaded, and no row of memory beyond repair.",
)
POWER = Rule(
    "gpu-power", Mark.WARNING, "The power limit is nine tenths of the card's default or more."
)
PERSISTENCE = Rule(
    "gpu-persistence",
    Mark.WARNING,
    "Persistence is on: else the driver unloads when nobody uses it, and every start waits.",
)

RULES: tuple[Rule, ...] = (
    *(PRESENT, FAKED, NODES, TOOL, LIBRARY, DRIVER, CAPABLE, FITS, FREE, MIG, ECC, ERRORS),
    *(POWER, PERSISTENCE),
)


def judge(facts: HostFacts, profile: Profile) -> Iterator[Finding]:
    """Yield the findings on the cards for a model that needs one."""
    it = facts.nvidia
    if it is None:
        fix = "run `nvidia-smi`; if it hangs, reload the driver or restart the machine"
        yield PRESENT.fails("whether there is a card is unknown", fix=fix)
        return
    yield _present(it)
    yield from _nodes(it)
    yield from _driver(it, facts.engine)
    for gpu in it.gpus:
        yield from _card(gpu, profile)


# ------------------------------------------------------------------ the driver


def _present(it: Nvidia) -> Finding:
    if it.gpus and not it.error:
        names = ", ".join(gpu.name for gpu in it.gpus)
        return PRESENT.ok(f"{names}, told by {it.source or 'an unknown source'}")
    if it.pci_cards == 0:
        fix = "put a card in, or pass it through to this virtual machine; or serve on the CPU"
        return PRESENT.fails("there is no card of NVIDIA on the PCI bus", fix=fix)
    if it.error:
        return PRESENT.fails(f"the driver tells of no card: {it.error}", fix=_remedy(it))
    fix = "install NVIDIA's driver of the branch 580 or later with its `nvidia-smi`"
    return PRESENT.fails("neither NVML nor `nvidia-smi` is there to tell of a card", fix=fix)


def _remedy(it: Nvidia) -> str:
    if _mismatch(it):
        return "restart the machine: the driver was updated, and the old one is still loaded"
    return "look at `dmesg | grep -i nvrm`, then reload the driver or restart the machine"


def _mismatch(it: Nvidia) -> bool:
    told = "version mismatch" in (it.error or "").lower()
    both = it.kernel_module is not None and it.driver is not None
    return told or (both and it.kernel_module != it.driver)


def _nodes(it: Nvidia) -> Iterator[Finding]:
    missing = [
        node for node in ("/dev/nvidiactl", "/dev/nvidia-uvm") if node not in it.device_nodes
    ]
    if not any(node.removeprefix("/dev/nvidia").isdigit() for node in it.device_nodes):
        missing.append("/dev/nvidia0")
    if missing and (it.gpus or it.pci_cards):
        what = f"missing: {', '.join(sorted(missing))}"
        fix = "nvidia-modprobe -c 0 -u, and start nvidia-persistenced at boot"
        yield NODES.fails(what, "/dev", fix=fix)
    elif not missing:
        yield NODES.ok("the driver's device nodes are there", "/dev")


def _driver(it: Nvidia, engine: Engine | None) -> Iterator[Finding]:
    if it.tool:
        yield TOOL.ok("`nvidia-smi` is there")
    elif it.gpus:
        fix = "install nvidia-utils, or nvidia-smi, of the driver's own version"
        yield TOOL.warns("`nvidia-smi` is missing, though NVML answers", fix=fix)
    if _mismatch(it):
        loaded = it.kernel_module or "of an unknown version"
        what = f"driver {loaded} is loaded, and its libraries are {it.driver or 'of another'}"
        fix = "restart the machine: the driver was updated, and the old one is still loaded"
        yield LIBRARY.fails(what, fix=fix)
    elif it.driver is not None:
        yield LIBRARY.ok(f"driver and libraries are {it.driver}")
    if it.driver is not None:
        yield _branch(it.driver, engine)


def _branch(driver: str, engine: Engine | None) -> Finding:
    family, why = _cuda(engine)
    least = DRIVER_OF_CUDA.get(family, DRIVER_OF_CUDA[NEWEST_CUDA])
    if numbers(driver)[0] >= least:
        return DRIVER.ok(f"driver {driver} serves CUDA {family}")
    what = f"driver {driver} is too old: CUDA {family} ({why}) needs {least} or later"
    return DRIVER.fails(what, fix=f"install NVIDIA's driver of the branch {least} or later")


def _cuda(engine: Engine | None) -> tuple[int, str]:
    """Return the family of CUDA that the engine brings, and where that was seen."""
    there = engine.distributions if engine else {}
    for name in ("nvidia-cuda-runtime", "nvidia-cuda-runtime-cu12"):
        if name in there:
            return numbers(there[name])[0], f"{name} {there[name]} beside vLLM"
    return NEWEST_CUDA, "the newest that an engine may bring"


# ------------------------------------------------------------------ one card


def _card(gpu: Gpu, profile: Profile) -> Iterator[Finding]:
    where = f"GPU {gpu.index}"
    if FAKE in gpu.uuid:
        fix = "use a host with a card; this one only rehearses an installation"
        yield FAKED.warns("this card is made up by euguard's tests", where, fix=fix)
    yield _capable(gpu, profile, where)
    yield from _memory(gpu, profile, where)
    yield _mig(gpu, where)
    yield _ecc(gpu, where)
    yield _errors(gpu, where)
    yield from _power(gpu, where)


def _capable(gpu: Gpu, profile: Profile, where: str) -> Finding:
    told = gpu.compute_capability
    if told is None:
        fix = f"look {gpu.name} up in NVIDIA's list of compute capabilities"
        return CAPABLE.warns("the compute capability is unknown", where, fix=fix)
    if numbers(told) < CAPABILITY:
        what = f"{gpu.name} has compute capability {told}, and bf16 needs {dotted(CAPABILITY)}"
        return CAPABLE.fails(what, where, fix="use an A100, H100 or later card")
    if needs_fp8(profile) and numbers(told) < CAPABILITY_FP8:
        what = f"{gpu.name} (compute capability {told}) computes nothing in 8 bits"
        fix = "store keys and values as `auto`, or use an H100, L40S or later card"
        return CAPABLE.warns(what, where, fix=fix)
    return CAPABLE.ok(f"compute capability {told}", where)


def _memory(gpu: Gpu, profile: Profile, where: str) -> Iterator[Finding]:
    total, free = gpu.memory_total_bytes, gpu.memory_free_bytes
    if total is None or total <= 0:
        fix = "run `nvidia-smi -q -d MEMORY`"
        yield FITS.fails("the card's memory is unknown", where, fix=fix)
        return
    yield _fits(total, profile, where)
    need = reserve_bytes(profile, total)
    if free is None or free >= need:
        yield FREE.ok(f"{gib(total if free is None else free)} are free", where)
        return
    units = {one.unit for one in gpu.processes or ()}
    if units == {ENGINE_UNIT}:
        yield FREE.ok("the engine itself holds it", where)
        return
    held = len(gpu.processes or ())
    who = f"processes on it: {held}" if held else "no process is told to hold it"
    fix = f"end what holds it (`nvidia-smi -i {gpu.index}`), or lower gpu-memory-utilization"
    what = f"{gib(free)} of {gib(total)} are free, and vLLM takes {gib(need)}; {who}"
    yield FREE.fails(what, where, fix=fix)


def _fits(total: int, profile: Profile, where: str) -> Finding:
    plan = plan_on(profile, total)
    try:
        plan.require(profile.max_model_len)
    except ConfigurationError as error:
        finding = error.message.removeprefix("memory: ")
        fix = f"{error.fix}; `euguard serving plan` shows the sum"
        return FITS.fails(f"{profile.model} does not fit: {finding}", where, fix=fix)
    contexts = plan.contexts(profile.max_model_len)
    length = f"{profile.max_model_len:,} tokens"
    return FITS.ok(f"{profile.model} fits, with {contexts} contexts of {length}", where)


def _mig(gpu: Gpu, where: str) -> Finding:
    if gpu.mig:
        fix = f"nvidia-smi -i {gpu.index} -mig 0, then restart what used the card"
        return MIG.fails("MIG is on, and the engine needs the whole card", where, fix=fix)
    return MIG.ok("MIG is off", where)


def _ecc(gpu: Gpu, where: str) -> Finding:
    if gpu.ecc:
        return ECC.ok("ECC is on", where)
    if gpu.ecc is None:
        fix = "use a card for data centres, if answers must not change by chance"
        return ECC.warns("the card does not tell of ECC, or has none", where, fix=fix)
    fix = f"nvidia-smi -i {gpu.index} -e 1, then restart the machine"
    return ECC.fails("ECC is off: errors of its memory go unnoticed", where, fix=fix)


def _errors(gpu: Gpu, where: str) -> Finding:
    if gpu.remapping_failed:
        fix = "have the card replaced"
        return ERRORS.fails("a faulty row of memory could not be replaced", where, fix=fix)
    if gpu.uncorrected_errors:
        what = f"{gpu.uncorrected_errors} uncorrected errors since the driver was loaded"
        fix = f"nvidia-smi -i {gpu.index} -r; if they come back, have the card replaced"
        return ERRORS.fails(what, where, fix=fix)
    if gpu.uncorrected_errors is None and gpu.ecc:
        fix = f"nvidia-smi -i {gpu.index} -q -d ECC"
        return ERRORS.warns("the number of uncorrected errors is unknown", where, fix=fix)
    return ERRORS.ok("no uncorrected errors", where)


def _power(gpu: Gpu, where: str) -> Iterator[Finding]:
    limit, default = gpu.power_limit_watts, gpu.power_default_watts
    if limit is not None and default is not None:
        if limit < POWER_SHARE * default:
            what = f"limited to {limit:.0f} W of {default:.0f} W, and so slower"
            fix = f"nvidia-smi -i {gpu.index} -pl {default:.0f}, if power and cooling allow it"
            yield POWER.warns(what, where, fix=fix)
        else:
            yield POWER.ok(f"limit {limit:.0f} W, default {default:.0f} W", where)
    if gpu.persistence is False:
        fix = "systemctl enable --now nvidia-persistenced"
        yield PERSISTENCE.warns("persistence is off", where, fix=fix)
    elif gpu.persistence:
        yield PERSISTENCE.ok("persistence is on", where)
