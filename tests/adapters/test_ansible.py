"""Real ansible-core, real ansible-runner, on this machine."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from euguard.adapters.ansible import OWNER, Ansible
from euguard.errors import PlaybookInvalidError
from euguard.provision.event import Event, Kind
from euguard.provision.operation import COMMANDS, Job, Request, Status
from euguard.provision.progress import follow
from kits import SECRET, WHOLE, Bench, bench


@dataclass
class Played:
    """What two plays of the same kit gave, the first of them watched."""

    ground: Bench
    checked: list[Event]
    first: list[Event]
    second: list[Event]
    modes: set[int]
    """Of the folders that the first play needed, while it needed them."""
    untouched: bool
    """The check left nothing on the host."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    ground = bench(tmp_path_factory.mktemp("bench"))
    result = Played(ground, [], [], [], set(), untouched=False)
    work = ground.runs / ".work"

    def look(event: Event) -> None:
        result.first.append(event)
        folders = [work, *work.glob("play-*")]
        result.modes.update(stat.S_IMODE(path.stat().st_mode) for path in folders)

    one = ansible(ground)
    assert one.play(job(ground, check=True), result.checked.append) is Status.SUCCESSFUL
    result.untouched = not ground.root.exists()
    assert one.play(job(ground, euguard_password=SECRET), look) is Status.SUCCESSFUL
    assert one.play(job(ground, euguard_password=SECRET), result.second.append) is Status.SUCCESSFUL
    return result


@pytest.fixture
def ground(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def job(ground: Bench, *, check: bool = False, seconds: int = 90, **variables: str) -> Job:
    request = Request(COMMANDS["install"], ground.inventory, seconds=seconds)
    return Job("r", "site", request, variables, check=check)


def unwatched(event: Event) -> None:
    """See an event, and do nothing about it."""
    del event


def ansible(ground: Bench) -> Ansible:
    return Ansible(ground.kit, ground.runs / ".work")


def test_a_play_hands_over_every_event_and_leaves_what_the_playbook_says(played: Played) -> None:
    state = follow(played.first)

    assert state.hosts == {"box": {"ok": 2, "changed": 6, "skipped": 1}}
    assert state.ended
    assert played.ground.left() == {**WHOLE, "secret": SECRET}


def test_a_check_changes_nothing_and_says_where_it_would(played: Played) -> None:
    places = [change.where for event in played.checked for change in event.changes]

    assert played.untouched
    assert f"{played.ground.root}/etc/euguard.toml" in places
    assert f"{played.ground.root}/two" in places


def test_a_second_play_changes_nothing(played: Played) -> None:
    assert [event.label for event in played.second if event.kind is Kind.CHANGED] == []


def test_what_a_play_needs_is_for_nobody_else_and_is_gone_afterwards(played: Played) -> None:
    assert played.modes == {0o700}
    assert list((played.ground.runs / ".work").iterdir()) == []


def test_no_event_of_a_play_holds_the_secret_that_it_wrote(played: Played) -> None:
    assert SECRET not in repr([played.checked, played.first, played.second])


def test_no_event_holds_the_secret_of_a_task_that_fails(ground: Bench) -> None:
    events: list[Event] = []
    ground.write(
        "kit/roles/box/tasks/main.yml",
        "- name: Use the secret\n"
        "  ansible.builtin.command: 'sh -c \"echo {{ euguard_password }}; exit 1\"'\n"
        "  no_log: true\n",
    )

    status = ansible(ground).play(job(ground, euguard_password=SECRET), events.append)

    assert status is Status.FAILED
    assert SECRET not in repr(events)
    assert follow(events).failures[0].reason == "hidden: the task handles a secret"


@pytest.mark.parametrize("missing", ["kit/playbooks/site.yml", "hosts.yml"])
def test_what_is_not_there_is_named(ground: Bench, missing: str) -> None:
    (ground.folder / missing).unlink()

    with pytest.raises(PlaybookInvalidError, match=missing):
        ansible(ground).play(job(ground), unwatched)


def sleeping(ground: Bench) -> None:
    """Leave one task in the kit, which takes very long."""
    ground.write("kit/roles/box/tasks/main.yml", "- ansible.builtin.command: sleep 600\n")


def test_a_play_that_takes_too_long_is_stopped(ground: Bench) -> None:
    sleeping(ground)
    began = time.monotonic()

    status = ansible(ground).play(job(ground, seconds=4), unwatched)

    assert status is Status.TIMED_OUT
    assert time.monotonic() - began < 60


def test_ctrl_c_ends_a_play_soon_and_gives_the_key_back(ground: Bench) -> None:
    sleeping(ground)

    def press(event: Event) -> None:
        if event.kind is Kind.TASK:
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()

    status = ansible(ground).play(job(ground), press)

    assert status is Status.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert list((ground.runs / ".work").iterdir()) == []


def test_what_a_killed_play_left_at_work_is_ended_first(ground: Bench) -> None:
    work = ground.runs / ".work"
    (work / "play-killed").mkdir(parents=True)
    ground.write("kit/roles/box/tasks/main.yml", "- ansible.builtin.debug: {msg: nothing}\n")
    orphan = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"],
        stdout=subprocess.PIPE,
        env={**os.environ, OWNER: f"{work}/play-killed"},
    )
    assert orphan.stdout
    orphan.stdout.readline()

    ansible(ground).play(job(ground), unwatched)

    assert orphan.wait(timeout=5) == -signal.SIGTERM
    orphan.stdout.close()
    assert list(work.iterdir()) == []


def test_the_digest_of_a_kit_is_that_of_its_files(ground: Bench) -> None:
    first = ansible(ground).kit()
    ground.write("kit/roles/box/files/x", "more")

    second = ansible(ground).kit()

    assert len(first) == 64
    assert first != second
    (ground.kit / "roles/box/files/x").unlink()
    assert ansible(ground).kit() == first


def test_it_says_what_plays(ground: Bench) -> None:
    assert set(ansible(ground).versions()) == {"ansible-core", "ansible-runner", "python"}
