"""An operation, with a player whose playbooks are lists of events."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from euguard.errors import (
    EuguardError,
    HostUnreachableError,
    IntegrityError,
    PlaybookInvalidError,
    PrivilegeMissingError,
    RunTimedOutError,
    TaskFailedError,
    VariableInvalidError,
)
from euguard.provision.event import Change, Event, Kind
from euguard.provision.operation import (
    COMMANDS,
    Finished,
    Ports,
    Request,
    Seal,
    Status,
    carry_out,
    failure,
    look,
)
from euguard.provision.plan import Statement
from euguard.provision.progress import Progress, Timed, follow
from euguard.provision.run import Outcome, Run
from fakes import FakeBundles, FakeClock, FakePlayer, FakeRuns, FakeWatcher

REQUEST = Request(COMMANDS["install"], Path("hosts.yml"), {"euguard_port": 1}, reason="first")
TASK = Event(Kind.TASK, "", play="p", task="Write")
CHANGED = Event(
    Kind.CHANGED,
    "",
    task="Write",
    host="box",
    changes=(Change("/etc/euguard/euguard.toml", text=("+port = 1",)),),
)
FAILED = Event(
    Kind.FAILED, "", task="Write", host="box", action="ansible.builtin.copy", reason="disk broke"
)
LISTEN = Statement("Record", "Where the gateway listens", "settings.listen", "settings")


class Scene:
    """An operation, and all that it meets."""

    def __init__(self) -> None:
        self.player = FakePlayer()
        self.runs = FakeRuns()
        self.bundles = FakeBundles(Seal("0.2.0", "ab"))
        self.watcher = FakeWatcher()
        self.clock = FakeClock()

    def carry_out(self, request: Request = REQUEST) -> Finished:
        ports = Ports(self.player, self.runs, self.bundles, self.clock, lambda: [LISTEN])
        return carry_out(request, ports, self.watcher)


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.player.script = [[TASK, CHANGED], [TASK, CHANGED]]
    return scene


def test_it_checks_asks_and_plays(scene: Scene) -> None:
    done = scene.carry_out()

    assert done.run.outcome is Outcome.COMPLETED
    assert [job.check for job in scene.player.jobs] == [True, False]
    assert scene.watcher.plans == [done.plan]
    assert scene.runs.events == [TASK, CHANGED]  # those of the check are not what happened
    assert done.run.hosts == {"box": {"changed": 1}}
    assert done.manifest == "manifest"
    assert set(scene.runs.files) == {"plan.json", "facts.json"}
    assert done.plan is not None
    assert [one.statement for one in done.plan.untrue] == [LISTEN]


def test_who_does_not_agree_changes_nothing(scene: Scene) -> None:
    scene.watcher.agrees = False

    done = scene.carry_out()

    assert done.run.outcome is Outcome.DECLINED
    assert [job.check for job in scene.player.jobs] == [True]
    assert done.run.hosts == {}


def test_a_plan_is_all_that_is_made_where_no_more_is_wanted(scene: Scene) -> None:
    done = scene.carry_out(dataclasses.replace(REQUEST, plan_only=True))

    assert done.run.outcome is Outcome.PLANNED
    assert len(scene.player.jobs) == 1


def test_a_bundle_is_verified_first_and_its_version_is_what_is_installed(scene: Scene) -> None:
    done = scene.carry_out(dataclasses.replace(REQUEST, bundle=Path("/b.tar")))

    assert done.run.bundle == {"version": "0.2.0", "sha256": "ab"}
    assert scene.player.jobs[0].variables == {
        "euguard_port": 1,
        "euguard_bundle": "/b.tar",
        "euguard_bundle_manifest_sha256": "ab",
        "euguard_version": "0.2.0",
        "euguard_resuming": False,
    }


def test_a_bundle_that_does_not_verify_ends_it_before_anything_begins(scene: Scene) -> None:
    scene.bundles.error = IntegrityError("wheels/x.whl: not what was signed")

    with pytest.raises(IntegrityError):
        scene.carry_out(dataclasses.replace(REQUEST, bundle=Path("/b.tar")))

    assert scene.player.jobs == []
    assert scene.runs.kept == []


def test_a_failure_in_earnest_is_returned_with_its_run(scene: Scene) -> None:
    scene.player.script = [[TASK, CHANGED], [TASK, FAILED]]
    scene.player.statuses = [Status.SUCCESSFUL, Status.FAILED]

    done = scene.carry_out()

    assert done.run.outcome is Outcome.FAILED
    assert isinstance(done.error, TaskFailedError)
    assert done.run.failures[0]["reason"] == "disk broke"
    assert scene.runs.finished == [done.run]


def test_a_check_that_stumbles_over_what_it_pretended_is_shown_and_asked_about(
    scene: Scene,
) -> None:
    scene.player.script = [[TASK, FAILED], [TASK, CHANGED]]
    scene.player.statuses = [Status.FAILED, Status.SUCCESSFUL]

    done = scene.carry_out()

    assert done.run.outcome is Outcome.COMPLETED
    assert scene.watcher.plans[0].stopped == FAILED


@pytest.mark.parametrize("action", ["assert", "fail", "validate_argument_spec", "setup"])
def test_a_check_that_finds_the_host_or_the_variables_wrong_ends_it(
    scene: Scene, action: str
) -> None:
    wrong = dataclasses.replace(FAILED, action=f"ansible.builtin.{action}")
    scene.player.script = [[TASK, wrong]]
    scene.player.statuses = [Status.FAILED]

    done = scene.carry_out()

    assert done.run.outcome is Outcome.FAILED
    assert done.error is not None
    assert scene.watcher.plans == []


@pytest.mark.parametrize("at", [0, 1])
def test_what_is_interrupted_says_so_and_asks_nothing_more(scene: Scene, at: int) -> None:
    scene.player.statuses = [*[Status.SUCCESSFUL] * at, Status.INTERRUPTED]

    done = scene.carry_out()

    assert done.run.outcome is Outcome.INTERRUPTED
    assert done.error is None
    assert len(scene.player.jobs) == at + 1


@pytest.mark.parametrize(
    "earlier, resuming, follows",
    [
        ([], False, ""),
        ([Outcome.COMPLETED], False, ""),
        ([Outcome.FAILED], True, "0"),
        ([Outcome.INTERRUPTED], True, "0"),
        ([Outcome.INTERRUPTED, Outcome.PLANNED], True, ""),
        ([Outcome.INTERRUPTED, Outcome.COMPLETED], False, ""),
    ],
)
def test_the_run_after_one_that_was_cut_off_tells_the_roles(
    scene: Scene, earlier: list[Outcome], *, resuming: bool, follows: str
) -> None:
    scene.runs.kept = [
        Run(str(number), "install", "site", "", outcome=outcome)
        for number, outcome in enumerate(earlier)
    ]

    done = scene.carry_out()

    assert scene.player.jobs[1].variables["euguard_resuming"] is resuming
    assert done.run.follows == follows


def test_the_time_that_remains_is_told_by_the_last_whole_run_or_else_by_the_check(
    scene: Scene,
) -> None:
    scene.carry_out()
    assert scene.watcher.last[-1] == (Timed("p / Write", 0),)

    tasks = (Timed("p / Write", 70),)
    scene.runs.kept = [Run("0", "install", "site", "", outcome=Outcome.COMPLETED, tasks=tasks)]
    scene.carry_out()
    assert scene.watcher.last[-1] == tasks


def test_to_look_keeps_nothing(scene: Scene) -> None:
    ports = Ports(scene.player, scene.runs, scene.bundles, scene.clock, list)

    done = look(Request(COMMANDS["status"], Path("hosts.yml")), ports)

    assert done.progress.hosts == {"box": {"changed": 1}}
    assert scene.runs.kept == []


# ------------------------------------------------------------------ one clear error


def failing(**fields: Any) -> Progress:
    return follow([dataclasses.replace(FAILED, **fields)])


@pytest.mark.parametrize(
    "progress, kind",
    [
        (failing(), TaskFailedError),
        (failing(kind=Kind.UNREACHABLE), HostUnreachableError),
        (failing(reason="Missing sudo password"), PrivilegeMissingError),
        (failing(action="ansible.builtin.validate_argument_spec"), VariableInvalidError),
        (Progress(words=("[ERROR]: no such group",)), PlaybookInvalidError),
        (Progress(plays=1, ended=True), PlaybookInvalidError),
        (Progress(), PlaybookInvalidError),
    ],
)
def test_each_failure_has_the_error_of_who_must_act(
    progress: Progress, kind: type[EuguardError]
) -> None:
    assert type(failure(Status.FAILED, progress, REQUEST)) is kind


def test_an_error_tells_host_task_place_reason_fix_and_how_to_go_on() -> None:
    placed = dataclasses.replace(FAILED, role="gateway", place="roles/gateway/tasks/main.yml:3")
    others = [dataclasses.replace(placed, host=host) for host in ("b", "c")]

    error = failure(Status.FAILED, follow([placed, *others]), REQUEST)

    assert error is not None
    assert error.message == (
        "box (and 2 more hosts): gateway : Write (roles/gateway/tasks/main.yml:3): disk broke"
    )
    assert error.fix.endswith("; then `euguard install` goes on where it stopped")


def test_what_took_too_long_is_named() -> None:
    error = failure(Status.TIMED_OUT, follow([TASK]), REQUEST)

    assert isinstance(error, RunTimedOutError)
    assert error.message == "stopped after 4:00:00 h at: Write"


def test_what_ansible_does_not_understand_is_named_with_its_place() -> None:
    words = (
        "[WARNING]: something",
        "[ERROR]: YAML parsing failed: no key",
        "Origin: /k/site.yml:2:1",
        "2 x",
    )

    error = failure(Status.FAILED, Progress(words=words), REQUEST)

    assert error is not None
    assert error.message == "/k/site.yml:2:1: YAML parsing failed: no key"


def test_nothing_is_wrong_where_all_went_well() -> None:
    assert failure(Status.SUCCESSFUL, follow([CHANGED]), REQUEST) is None
