"""The faults that only a host can show are planted in tests/adapters/host/test_probe.py."""

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_facts import any_facts
from euguard.provision.facts import Broken, Clock, Disk, Engine, HostFacts, Listener, Systemd
from euguard.provision.finding import Finding, Mark, worst
from euguard.provision.preflight import RULES, judge
from euguard.provision.wanted import EVERYTHING, MODELS, Role, Wanted, want
from euguard.serving.memory import GIB
from hosts import NOW, SOUND, with_system
from profiles import SHIPPED

MISTRAL = want(EVERYTHING, SHIPPED["mistral-small-3.2"])
ECHO = want(EVERYTHING, SHIPPED["demo-echo"])
ANYTHING = [
    want(frozenset(roles), profile)
    for roles in chain.from_iterable(combinations(Role, size) for size in (1, 2, 3))
    for profile in (*SHIPPED.values(), None)
    if profile is not None or Role.ENGINE not in roles
]


def found(facts: HostFacts, code: str, wanted: Wanted = MISTRAL) -> list[Finding]:
    return [one for one in judge(facts, wanted) if one.code == code]


def only(facts: HostFacts, code: str, wanted: Wanted = MISTRAL) -> Finding:
    (one,) = found(facts, code, wanted)
    return one


def test_a_sound_host_has_one_line_for_everything_that_is_looked_at() -> None:
    findings = judge(SOUND, MISTRAL)

    assert worst(findings) is Mark.OK
    # `gpu-fake` has a line only where there is one.
    assert [one.code for one in findings] == [r.code for r in RULES if r.code != "gpu-fake"]


@given(any_facts(finite=False), st.sampled_from(ANYTHING))
def test_any_facts_give_findings_that_can_be_read(facts: HostFacts, wanted: Wanted) -> None:
    findings = judge(facts, wanted)

    rules = {rule.code: rule for rule in RULES}
    order = [list(rules).index(one.code) for one in findings]
    marks = list(Mark)
    assert order == sorted(order)
    assert all(one.what and not one.what.endswith(".") for one in findings)
    assert all(one.fix for one in findings if one.mark is not Mark.OK)
    assert all(marks.index(one.mark) <= marks.index(rules[one.code].worst) for one in findings)


@given(st.sampled_from(ANYTHING))
def test_of_a_host_that_told_nothing_nothing_is_taken_for_good(wanted: Wanted) -> None:
    findings = judge(HostFacts(broken=(Broken("system", "x"), Broken("ports", "x"))), wanted)

    well = {one.code for one in findings if one.mark is Mark.OK}
    assert well <= {"vllm"}  # an engine that is not installed yet
    assert worst(findings) is Mark.FAILURE


def test_folders_on_one_file_system_share_its_room_and_what_lies_there_counts() -> None:
    tight = tuple(replace(disk, free_bytes=100 * GIB) for disk in SOUND.disks)
    filled = tuple(
        replace(disk, occupied_bytes=45 * GIB if disk.folder == MODELS else 0) for disk in tight
    )

    assert only(replace(SOUND, disks=tight), "disk").mark is Mark.FAILURE
    assert only(replace(SOUND, disks=filled), "disk").mark is Mark.OK


def test_each_file_system_has_a_line_of_its_own() -> None:
    apart = tuple(
        Disk(disk.folder, f"/disk{place}", GIB, (30 - place) * GIB, 0)
        for place, disk in enumerate(SOUND.disks)
    )

    marks = {one.where: one.mark for one in found(replace(SOUND, disks=apart), "disk")}

    assert len(marks) == 5
    assert marks["/disk2"] is Mark.FAILURE  # the weights' folder


def test_a_folder_of_which_nothing_is_known_fails() -> None:
    findings = found(replace(SOUND, disks=SOUND.disks[1:]), "disk")

    assert [one.mark for one in findings].count(Mark.FAILURE) == 1


@pytest.mark.parametrize(
    "process, mark, said",
    [
        ("euguard", Mark.OK, "euguard listens"),
        ("nginx", Mark.FAILURE, "nginx listens"),
        (None, Mark.FAILURE, "a process of another user listens"),
    ],
)
def test_the_gateways_port_may_be_its_own(process: str | None, mark: Mark, said: str) -> None:
    facts = replace(SOUND, ports=(Listener("0.0.0.0", 8443, process), Listener("::1", 5432, "x")))

    one = only(facts, "port")

    assert (one.mark, one.where) == (mark, "TCP 8443")
    assert said in one.what


@pytest.mark.parametrize(
    "clock, mark",
    [
        (None, Mark.FAILURE),
        (Clock(0, synchronised=True, offset_seconds=0.0, source="chrony"), Mark.FAILURE),
        (Clock(NOW, synchronised=True, offset_seconds=5.1, source="chrony"), Mark.FAILURE),
        (Clock(NOW, synchronised=True, offset_seconds=float("nan"), source="x"), Mark.FAILURE),
        (Clock(NOW, synchronised=False, offset_seconds=None, source="kernel"), Mark.WARNING),
        (Clock(NOW, synchronised=None, offset_seconds=None, source=None), Mark.WARNING),
        (Clock(NOW, synchronised=True, offset_seconds=None, source="timedatectl"), Mark.OK),
        (Clock(NOW, synchronised=True, offset_seconds=-4.9, source="chrony"), Mark.OK),
    ],
)
def test_the_clock(clock: Clock | None, mark: Mark) -> None:
    assert only(replace(SOUND, clock=clock), "clock").mark is mark


@pytest.mark.parametrize(
    "version, mark",
    [
        ("0.32.9", Mark.FAILURE),
        ("0.33.0rc1", Mark.FAILURE),
        ("0.33.0", Mark.OK),
        ("1.0.0", Mark.OK),
    ],
)
def test_vllm_has_a_floor(version: str, mark: Mark) -> None:
    engine = Engine("/e", {"vllm": version, "mistral-common": "1.12.0"})

    assert only(replace(SOUND, engine=engine), "vllm").mark is mark


def test_the_demos_exemption_is_printed_with_its_reason() -> None:
    engine = Engine("/e", {"vllm": "0.32.0+cpu", "mistral-common": "1.12.0"})

    one = only(replace(SOUND, engine=engine), "vllm", ECHO)

    assert one.mark is Mark.WARNING
    assert "exempt here: it is the newest one built for CPUs" in one.what


def test_an_environment_without_vllm_fails_and_none_at_all_is_to_be_expected() -> None:
    assert only(replace(SOUND, engine=Engine("/e", {})), "vllm").mark is Mark.FAILURE
    assert only(replace(SOUND, engine=None), "vllm").mark is Mark.OK


def test_an_engine_on_a_cpu_needs_avx2_and_no_card() -> None:
    assert SOUND.system is not None
    plain = with_system(processor=replace(SOUND.system.processor, flags=()))

    assert only(plain, "processor", ECHO).mark is Mark.FAILURE
    assert only(plain, "processor", MISTRAL).mark is Mark.OK
    assert not [one for one in judge(plain, ECHO) if one.code.startswith("gpu")]


def test_few_processors_are_slow_and_no_more() -> None:
    assert SOUND.system is not None
    one = only(with_system(processor=replace(SOUND.system.processor, cores=2)), "processor")

    assert (one.mark, one.fix) == (Mark.WARNING, "give the machine 4 processors")


@pytest.mark.parametrize(
    "kernel, mark", [("5.10.0-1", Mark.WARNING), ("x", Mark.WARNING), ("5.15.0", Mark.OK)]
)
def test_the_kernel(kernel: str, mark: Mark) -> None:
    assert only(with_system(kernel=kernel), "kernel").mark is mark


def test_systemd_that_is_not_process_1_fails() -> None:
    facts = replace(SOUND, systemd=Systemd(252, (), booted=False))

    assert only(facts, "systemd").what == "systemd 252 is not process 1"
    assert only(facts, "systemd-bpf").mark is Mark.WARNING


@pytest.mark.parametrize("python, mark", [("3.10.9", Mark.FAILURE), (None, Mark.FAILURE)])
def test_python(python: str | None, mark: Mark) -> None:
    assert only(replace(SOUND, python=python), "python").mark is mark


def test_a_certificate_of_tomorrow_is_not_valid_yet() -> None:
    (one,) = SOUND.certificates
    facts = replace(SOUND, certificates=(replace(one, not_before=NOW + 1),))

    assert only(facts, "certificate").what == "not valid yet"


@pytest.mark.parametrize("selinux, apparmor", [("enforcing", True), ("permissive", False)])
def test_access_control_is_worth_a_word(selinux: str, apparmor: bool) -> None:  # noqa: FBT001
    facts = with_system(selinux=selinux, apparmor=apparmor)

    assert only(facts, "access-control").mark is Mark.WARNING


def test_an_unknown_size_of_memory_fails() -> None:
    assert only(with_system(memory_bytes=None), "memory").mark is Mark.FAILURE


def test_the_codes_are_names_and_each_is_given_once() -> None:
    codes = [rule.code for rule in RULES]

    assert len(set(codes)) == len(codes)
    assert all(code.replace("-", "").isalnum() and code.islower() for code in codes)
