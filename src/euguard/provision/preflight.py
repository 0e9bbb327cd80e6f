"""Whether a host will do: facts and what is wanted in, an ordered list of findings out.

Pure, and total: whatever the facts say or leave out, there is a finding and no exception. What
was not read is never taken for good.
"""

import math
from collections import defaultdict
from collections.abc import Iterator

from euguard.errors import ConfigurationError
from euguard.provision import card
from euguard.provision.facts import Certificate, Disk, Engine, HostFacts, System
from euguard.provision.finding import Finding, Mark, Rule
from euguard.provision.quantity import dotted, gib, numbers
from euguard.provision.wanted import Wanted
from euguard.serving.acceptance import check_pins
from euguard.serving.memory import Device
from euguard.serving.profile import Profile
from euguard.serving.version import check_version

TESTED = {("debian", "12"), ("ubuntu", "24.04")}
"""Distributions on which the installation is tested."""
KERNEL = (5, 15)
SYSTEMD = 250
"""The first with LoadCredentialEncrypted= (systemd's NEWS of v250)."""
PYTHON = (3, 11)
CORES = 4
CLOCK_SECONDS = 5.0
"""RFC 3161 tokens and certificates are judged by this clock."""
EXPIRY_SECONDS = 30 * 86_400
OLDEST = 1_767_225_600
"""2026-01-01: no host that runs this release is older."""
DISK_MARGIN = 1.1
"""A file system that is nearly full is slow, and root keeps five per cent of ext4."""

PROBE = Rule("probe", Mark.WARNING, "Every part of the host could be read.")
DISTRIBUTION = Rule(
    "distribution",
    Mark.WARNING,
    "Debian 12 or Ubuntu 24.04: the installation is tested on these two.",
)
KERNEL_RULE = Rule(
    "kernel", Mark.WARNING, "Linux 5.15 or later, for the network and device filters of systemd."
)
CGROUP = Rule(
    "cgroup",
    Mark.FAILURE,
    "cgroup v2 alone is mounted: the limits of services and IPAddressDeny= rest on it.",
)
SERVICES = Rule(
    "systemd", Mark.FAILURE, "systemd 250 or later is process 1, for encrypted credentials."
)
BPF = Rule(
    "systemd-bpf",
    Mark.WARNING,
    "systemd is built with BPF_FRAMEWORK: else it ignores SocketBindDeny=, RestrictFileSystems= "
    "and RestrictNetworkInterfaces= without a word.",
)
PROCESSOR = Rule(
    "processor",
    Mark.FAILURE,
    "Four processors or more; an engine without a card needs AVX2 on x86-64.",
)
MEMORY = Rule("memory", Mark.FAILURE, "As much memory as the wanted parts need together.")
DISK = Rule(
    "disk",
    Mark.FAILURE,
    "Room for what each folder will hold and a tenth more; folders on one file system share it.",
)
PORT = Rule("port", Mark.FAILURE, "Nobody else listens on the gateway's port.")
CLOCK = Rule(
    "clock",
    Mark.FAILURE,
    "The clock is right to five seconds, and something keeps it so: records, time stamps and "
    "certificates rest on it.",
)
LOCALE = Rule(
    "locale",
    Mark.WARNING,
    "The locale is one of UTF-8: PostgreSQL makes its databases in the locale's encoding.",
)
ACCESS = Rule(
    "access-control",
    Mark.WARNING,
    "AppArmor is on, or SELinux does not enforce: no SELinux policy comes with euguard.",
)
PYTHON_RULE = Rule("python", Mark.FAILURE, "Python 3.11 or later.")
CERTIFICATE = Rule(
    "certificate",
    Mark.FAILURE,
    "Certificates are valid now and for 30 days more.",
)
VLLM = Rule(
    "vllm",
    Mark.FAILURE,
    "vLLM is not below the floor of the model file, for its advisories; one exact version may be "
    "exempt there, with its reason.",
)
PINS = Rule(
    "engine-pins",
    Mark.FAILURE,
    "Beside vLLM lie the exact versions that the model file pins, as mistral_common.",
)

RULES: tuple[Rule, ...] = (
    *(PROBE, DISTRIBUTION, KERNEL_RULE, CGROUP, SERVICES, BPF, PROCESSOR, MEMORY, DISK, PORT),
    *(CLOCK, LOCALE, ACCESS, PYTHON_RULE, CERTIFICATE, VLLM, PINS, *card.RULES),
)
"""Everything that is looked at, in the order of the page."""


def judge(facts: HostFacts, wanted: Wanted) -> tuple[Finding, ...]:
    """Return a finding for each thing that was looked at, in the order of `RULES`."""
    found = [
        *_probe(facts),
        *_system(facts, wanted),
        *_systemd(facts),
        *_disks(facts, wanted),
        *_ports(facts, wanted),
        *_clock(facts),
        *_python(facts),
        *(_certificate(one, facts) for one in facts.certificates),
    ]
    if wanted.profile is not None:
        found += _engine(facts.engine, wanted.profile)
    if wanted.profile is not None and wanted.gpu:
        found += card.judge(facts, wanted.profile)
    order = {rule.code: place for place, rule in enumerate(RULES)}
    return tuple(sorted(found, key=lambda one: order[one.code]))


# ------------------------------------------------------------------ the machine


def _probe(facts: HostFacts) -> Iterator[Finding]:
    for one in facts.broken:
        fix = "run `euguard doctor` again as root; if it stays, mend what is named"
        yield PROBE.warns(f"could not be read: {one.reason}", one.part, fix=fix)
    if not facts.broken:
        yield PROBE.ok("every part of the host could be read")


def _system(facts: HostFacts, wanted: Wanted) -> Iterator[Finding]:
    system = facts.system
    if system is None:
        return
    yield _distribution(system)
    yield _kernel(system)
    yield _cgroup(system)
    yield _processor(system, wanted)
    yield _memory(system, wanted)
    yield _locale(system)
    yield _access(system)


def _distribution(system: System) -> Finding:
    title = system.title or "an unknown distribution"
    if (system.distribution, system.release) in TESTED:
        return DISTRIBUTION.ok(title)
    what = f"{title} is neither Debian 12 nor Ubuntu 24.04, and untested"
    return DISTRIBUTION.warns(what, fix="install Debian 12 or Ubuntu 24.04, or test it yourself")


def _kernel(system: System) -> Finding:
    if numbers(system.kernel) >= KERNEL:
        return KERNEL_RULE.ok(f"Linux {system.kernel}")
    what = f"Linux {system.kernel} is older than {dotted(KERNEL)}"
    return KERNEL_RULE.warns(what, fix="boot the distribution's present kernel")


def _cgroup(system: System) -> Finding:
    if system.cgroup == 2:  # noqa: PLR2004  the version
        return CGROUP.ok("cgroup v2 is mounted")
    what = "cgroup v1 is mounted" if system.cgroup == 1 else "no cgroups are mounted"
    fix = "boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line"
    return CGROUP.fails(f"{what}, and services can only be confined by v2", fix=fix)


def _processor(system: System, wanted: Wanted) -> Finding:
    it = system.processor
    said = f"{it.cores} processors, {it.model or it.architecture}"
    on_cpu = wanted.profile is not None and wanted.profile.memory.device is Device.CPU
    if on_cpu and it.architecture == "x86_64" and "avx2" not in it.flags:
        fix = "use a machine with AVX2 (Intel since Haswell, AMD since Excavator), or a card"
        return PROCESSOR.fails(f"{said}: without AVX2 vLLM does not run on it", fix=fix)
    if it.cores < CORES:
        fix = f"give the machine {CORES} processors"
        return PROCESSOR.warns(f"{said}: fewer than {CORES} serve slowly", fix=fix)
    return PROCESSOR.ok(said)


def _memory(system: System, wanted: Wanted) -> Finding:
    need, there = wanted.memory_bytes, system.memory_bytes
    if there is None:
        return MEMORY.fails("the size of the memory is unknown", fix="look at /proc/meminfo")
    if there < need:
        what = f"{gib(there)} of memory, and the wanted parts need {gib(need)}"
        return MEMORY.fails(what, fix="add memory, or put fewer parts on this machine")
    return MEMORY.ok(f"{gib(there)} of memory, {gib(need)} are needed")


def _locale(system: System) -> Finding:
    named = system.locale or "none set"
    if "utf8" in named.lower().replace("-", ""):
        return LOCALE.ok(f"locale {named}")
    fix = "update-locale LANG=C.UTF-8, before PostgreSQL is installed"
    return LOCALE.warns(f"locale {named} is not one of UTF-8", fix=fix)


def _access(system: System) -> Finding:
    if system.selinux == "enforcing":
        fix = "write a policy for euguard's services, or set SELinux to permissive for them"
        return ACCESS.warns("SELinux enforces, and euguard brings no policy for it", fix=fix)
    if not system.apparmor:
        fix = "boot with apparmor=1 security=apparmor"
        return ACCESS.warns("AppArmor is off; only systemd confines the services", fix=fix)
    return ACCESS.ok("AppArmor is on")


def _systemd(facts: HostFacts) -> Iterator[Finding]:
    it = facts.systemd
    fix = f"boot a distribution with systemd {SYSTEMD} or later as process 1"
    if it is None:
        yield SERVICES.fails("systemd does not tell its version, or is not there", fix=fix)
        return
    if it.version < SYSTEMD or not it.booted:
        what = "is process 1" if it.booted else "is not process 1"
        yield SERVICES.fails(f"systemd {it.version} {what}", fix=fix)
    else:
        yield SERVICES.ok(f"systemd {it.version} is process 1")
    if "+BPF_FRAMEWORK" in it.features:
        yield BPF.ok("systemd is built with BPF_FRAMEWORK")
        return
    what = (
        "systemd is built without BPF_FRAMEWORK and ignores SocketBindDeny=, "
        "RestrictFileSystems= and RestrictNetworkInterfaces= without a word"
    )
    yield BPF.warns(what, fix="nothing need be done: euguard's units do not count on them")


# ------------------------------------------------------------------ disks, ports, clock


def _disks(facts: HostFacts, wanted: Wanted) -> Iterator[Finding]:
    """Judge each file system once: folders on the same one share its room."""
    looked = {one.folder: one for one in facts.disks}
    mounts: dict[str, list[Disk]] = defaultdict(list)
    for folder in wanted.disk_bytes:
        if folder in looked:
            mounts[looked[folder].mount].append(looked[folder])
        else:
            fix = f"run `df {folder}` on the host"
            yield DISK.fails("the room on disk is unknown", folder, fix=fix)
    for mount, disks in mounts.items():
        yield _room(mount, disks, wanted)


def _room(mount: str, disks: list[Disk], wanted: Wanted) -> Finding:
    missing = sum(max(0, wanted.disk_bytes[one.folder] - one.occupied_bytes) for one in disks)
    need = int(missing * DISK_MARGIN)
    free = min(one.free_bytes for one in disks)
    folders = ", ".join(sorted(one.folder for one in disks))
    if free < need:
        what = f"{gib(free)} are free, and {gib(need)} are needed for {folders}"
        fix = f"free {gib(need - free)} there, or mount larger disks under these folders"
        return DISK.fails(what, mount, fix=fix)
    return DISK.ok(f"{gib(free)} are free, {gib(need)} are needed for {folders}", mount)


def _ports(facts: HostFacts, wanted: Wanted) -> Iterator[Finding]:
    broken = any(one.part == "ports" for one in facts.broken)
    for port in wanted.ports:
        holders = {one.process for one in facts.ports if one.port == port}
        if broken:
            fix = f"run `ss -ltn 'sport = :{port}'` on the host"
            yield PORT.fails("whether it is free is unknown", f"TCP {port}", fix=fix)
        elif not holders:
            yield PORT.ok("free", f"TCP {port}")
        elif holders == {"euguard"}:
            yield PORT.ok("euguard listens", f"TCP {port}")
        else:
            who = ", ".join(sorted(one or "a process of another user" for one in holders))
            fix = f"stop it (`ss -ltnp 'sport = :{port}'` names it), or set another euguard_port"
            yield PORT.fails(f"{who} listens on the gateway's port", f"TCP {port}", fix=fix)


def _clock(facts: HostFacts) -> Iterator[Finding]:
    it = facts.clock
    fix = "install and start chrony with a time server of your network"
    if it is None:
        yield CLOCK.fails("the clock could not be read", fix=fix)
    elif it.now < OLDEST:
        yield CLOCK.fails("the clock is years behind", fix="set it, then " + fix)
    elif it.offset_seconds is not None and not abs(it.offset_seconds) <= CLOCK_SECONDS:
        yield CLOCK.fails(
            f"the clock is off by {_seconds(it.offset_seconds)}", fix="`chronyc makestep`"
        )
    elif it.synchronised is False:
        yield CLOCK.warns(f"nothing keeps the clock right, says {it.source}", fix=fix)
    elif it.synchronised is None:
        yield CLOCK.warns("whether the clock is kept right is unknown", fix=fix)
    else:
        off = "" if it.offset_seconds is None else f", off by {_seconds(it.offset_seconds)}"
        yield CLOCK.ok(f"kept right{off}, says {it.source}")


def _python(facts: HostFacts) -> Iterator[Finding]:
    if facts.python is None or numbers(facts.python) < PYTHON:
        what = f"Python {facts.python or 'was not found'}, and {dotted(PYTHON)} is needed"
        yield PYTHON_RULE.fails(what, fix=f"apt-get install python{dotted(PYTHON)}")
    else:
        yield PYTHON_RULE.ok(f"Python {facts.python}")


def _certificate(one: Certificate, facts: HostFacts) -> Finding:
    if one.error is not None or one.not_after is None:
        fix = "put the PEM file there, readable for root"
        return CERTIFICATE.fails(f"cannot be read: {one.error or 'no dates'}", one.path, fix=fix)
    now = facts.clock.now if facts.clock else 0
    if one.not_before is not None and now < one.not_before:
        return CERTIFICATE.fails("not valid yet", one.path, fix="set the clock, or wait")
    days = (one.not_after - now) / 86_400
    fix = "get a new one from your authority, then `ansible-playbook rotate.yml`"
    if days < 0:
        return CERTIFICATE.fails(f"expired {-days:.0f} days ago", one.path, fix=fix)
    if one.not_after - now < EXPIRY_SECONDS:
        return CERTIFICATE.warns(f"expires in {days:.0f} days", one.path, fix=fix)
    return CERTIFICATE.ok(f"valid for {days:.0f} days more", one.path)


# ------------------------------------------------------------------ the engine


def _engine(engine: Engine | None, profile: Profile) -> Iterator[Finding]:
    if engine is None:
        yield VLLM.ok("not installed yet; the bundle brings it")
        return
    yield _vllm(engine, profile)
    try:
        check_pins(profile, engine.distributions)
    except ConfigurationError as error:
        yield PINS.fails(_clause(error.message), engine.folder, fix=error.fix)
    else:
        pins = ", ".join(f"{name} {version}" for name, version in profile.pins.items())
        yield PINS.ok(pins or "the model file pins nothing", engine.folder)


def _vllm(engine: Engine, profile: Profile) -> Finding:
    version = engine.distributions.get("vllm")
    if version is None:
        fix = f"install vLLM {profile.floor.version} or later there"
        return VLLM.fails("vLLM is not in the engine's environment", engine.folder, fix=fix)
    try:
        permitted = check_version(profile.floor, version)
    except ConfigurationError as error:
        fix = error.fix or f"install vLLM {profile.floor.version} or later"
        return VLLM.fails(error.message, engine.folder, fix=fix)
    if permitted.exempt:
        fix = f"install vLLM {profile.floor.version} or later where it is more than a demo"
        return VLLM.warns(permitted.statement, engine.folder, fix=fix)
    return VLLM.ok(permitted.statement, engine.folder)


# ------------------------------------------------------------------ words


def _seconds(offset: float) -> str:
    return f"{offset:.3f} s" if math.isfinite(offset) else "an unknown time"


def _clause(message: str) -> str:
    return message.removeprefix("engine: ")
