"""`euguard install` and its sisters as an operator types them, on real Ansible."""

import hashlib
import random
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from box import EUGUARD
from commands import run
from euguard.cli.install import state_lines
from euguard.provision.state import Disk, State
from kits import SECRET, WHOLE, Bench, bench

SHORT, LONG = 3, 20
LINES = 42
"""An install of the kit prints about so many, half of them while it only checks."""


@pytest.fixture
def ground(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def install(
    ground: Bench, *arguments: str, command: str = "install"
) -> "subprocess.CompletedProcess[str]":
    places = ("-i", str(ground.inventory), "--kit", str(ground.kit), "--runs", str(ground.runs))
    return run(command, *places, *arguments, cwd=ground.folder)


def steady(text: str, ground: Bench) -> str:
    """Return what a command printed without what differs from run to run."""
    text = text.replace(str(ground.folder), "<folder>")
    text = re.sub(r"\d{8}T\d{6}\.\d{3}Z", "<time>", text)
    text = re.sub(r"[0-9a-f]{64}", "<digest>", text)
    text = re.sub(r"\.yml:\d+\)", ".yml:<line>)", text)
    return re.sub(r"[\d:.]+ (s|min)\b", "<long>", text)


@dataclass
class Installed:
    ground: Bench
    planned: "subprocess.CompletedProcess[str]"
    first: "subprocess.CompletedProcess[str]"
    second: list[dict[str, Any]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    ground = bench(tmp_path_factory.mktemp("bench"))
    planned = install(ground, "--plan")
    assert ground.left() == {}
    first = install(ground, "--yes", "--set", f"euguard_password={SECRET}", "--reason", "first")
    second = install(ground, "--yes", "--set", f"euguard_password={SECRET}", "--json")
    lines = [orjson.loads(line) for line in second.stdout.splitlines()]
    return Installed(ground, planned, first, lines)


def test_the_plan_says_what_would_change_and_ends_with_findings(installed: Installed) -> None:
    done = installed.planned

    assert done.returncode == 4
    assert steady(done.stderr, installed.ground).partition("\n\n")[2] == PLAN
    assert steady(done.stdout, installed.ground) == (
        "install: nothing was changed\n"
        "kept in <folder>/runs/<time>-install\n"
        "manifest SHA-256 <digest>\n"
    )


PLAN = """\
What would change:
box: 6 tasks
  box : Make the folder
    <folder>/root/etc
  box : Write the settings
    <folder>/root/etc/euguard.toml (+2 -0 lines)
  box : Write the secret
    hidden: the task handles a secret
  box : Write the parts
    <folder>/root/one (+1 -0 lines)
    <folder>/root/two (+1 -0 lines)
    <folder>/root/three (+1 -0 lines)
  box : Say that all is there
    <folder>/root/whole (+1 -0 lines)
  box : Restart the gateway
    <folder>/root/restarted (+1 -0 lines)
and what 1 command does: they run only in earnest

"""


def test_an_install_shows_every_task_and_how_it_ended(installed: Installed) -> None:
    done = installed.first
    shown = steady(done.stderr, installed.ground)

    assert done.returncode == 0, done.stderr
    assert shown.partition("install: the hosts are changed now\n")[2] == EARNEST
    assert steady(done.stdout, installed.ground) == (
        "box: ok 2, changed 6, skipped 1\n"
        "install: done in <long>, 6 changes\n"
        "kept in <folder>/runs/<time>-install\n"
        "manifest SHA-256 <digest>\n"
    )
    assert installed.ground.left() == {**WHOLE, "secret": SECRET}


EARNEST = """\
Prepare the host
  · box  box : Validating arguments against arg spec 'main': as it should be, <long>
  ✓ box  box : Make the folder: changed, <long>
  ✓ box  box : Write the settings: changed, <long>
  ✓ box  box : Write the secret: changed, <long>
  ✓ box  box : Write the parts: changed, <long>
  · box  box : Ask a program: as it should be, <long>
  ✓ box  box : Say that all is there: changed, <long>
  ✓ box  box : Restart the gateway: changed, <long>
"""


def test_a_second_install_changes_nothing_and_says_so_to_programs(installed: Installed) -> None:
    *events, last = installed.second

    assert {"phase", "event", "plan"} >= {next(iter(line)) for line in events}
    assert last["result"]["outcome"] == "completed"
    assert last["result"]["changed"] == 0
    estimates = [line["progress"]["remaining_ms"] for line in events if "event" in line]
    assert [one for one in estimates if one is not None][-1] < max(filter(None, estimates))


def test_no_secret_is_shown_or_kept(installed: Installed) -> None:
    shown = installed.first.stdout + installed.first.stderr + repr(installed.second)

    assert SECRET not in shown
    assert SECRET.encode() not in installed.ground.everything_kept()


def test_what_a_run_leaves_is_named_in_its_manifest(installed: Installed) -> None:
    folder = sorted(installed.ground.runs.glob("*-install"))[1]
    written = (folder / "manifest.json").read_bytes()
    manifest = orjson.loads(written)

    assert hashlib.sha256(written).hexdigest() in installed.first.stdout
    assert [one["path"] for one in manifest["files"]] == [
        "events.jsonl",
        "facts.json",
        "plan.json",
        "run.json",
    ]
    for one in manifest["files"]:
        data = (folder / one["path"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    kept = orjson.loads((folder / "run.json").read_bytes())
    assert kept["reason"] == "first"
    assert kept["variables"] == ["euguard_password"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


# ------------------------------------------------------------------ one clear error


def error(done: "subprocess.CompletedProcess[str]", ground: Bench) -> str:
    shown = steady(done.stderr, ground)
    return shown[shown.index("error: ") :]


def test_a_wrong_variable_is_named_without_its_value(ground: Bench) -> None:
    done = install(ground, "--yes", "--set", f"euguard_port={SECRET}")

    assert done.returncode == 3
    assert error(done, ground) == (
        "error: box: box : Validating arguments against arg spec 'main' "
        "(playbooks/site.yml:<line>): "
        "argument 'euguard_port' is of type str and we were unable to convert to int\n"
        "  fix: mend the variable in the inventory (group_vars); the role's README lists each with "
        "its unit, default and reason; then `euguard install` goes on where it stopped\n"
        "  code: variable_invalid\n"
    )
    assert "install: failed after" in done.stdout
    assert "nothing was changed" in done.stdout
    assert SECRET.encode() not in ground.everything_kept()
    assert SECRET not in done.stderr


def test_a_task_that_fails_is_named_with_its_reason(ground: Bench) -> None:
    done = install(ground, "--yes", "--set", "euguard_exit=3")

    assert done.returncode == 6
    assert error(done, ground) == (
        "error: box: box : Ask a program (roles/box/tasks/main.yml:<line>): "
        "non-zero return code (exit code 3): said\n"
        "  fix: see the run folder, and the host's journal at that time; "
        "then `euguard install` goes on where it stopped\n"
        "  code: task_failed\n"
    )
    # The restart that was asked for and did not come any more is made up for.
    assert "restarted" not in ground.left()
    assert install(ground, "--yes").returncode == 0
    assert ground.left() == WHOLE


def test_a_host_that_is_not_there_is_named(ground: Bench) -> None:
    ground.hosts(away={"ansible_host": "127.0.0.1", "ansible_port": 1})

    done = install(ground, "--yes")

    assert done.returncode == 6
    assert "error: away: box : " in error(done, ground) or "error: away: " in error(done, ground)
    assert "Connection refused" in error(done, ground)
    assert "fix: try `ssh` to the host from here" in error(done, ground)
    assert "code: host_unreachable" in error(done, ground)


@pytest.mark.parametrize(
    "file, text, said",
    [
        ("kit/playbooks/site.yml", None, "there is no playbook <folder>/kit/playbooks/site.yml"),
        ("hosts.yml", None, "there is no inventory <folder>/hosts.yml"),
        ("hosts.yml", "all: [", "<folder>/hosts.yml"),
        ("hosts.yml", "all: {hosts: {}}", "no host of the inventory is in the groups"),
        ("kit/playbooks/site.yml", "- hosts: [", "<folder>/kit/playbooks/site.yml:2:1"),
    ],
)
def test_what_ansible_cannot_begin_with_is_named(
    ground: Bench, file: str, text: str | None, said: str
) -> None:
    if text is None:
        (ground.folder / file).unlink()
    else:
        ground.write(file, text)

    done = install(ground, "--yes")

    assert done.returncode == 3, done.stderr
    assert said in error(done, ground)
    assert "code: playbook_invalid" in error(done, ground)


def test_nothing_begins_where_nobody_can_be_asked(ground: Bench) -> None:
    done = install(ground)

    assert done.returncode == 2
    assert "look at the plan with --plan, then give --yes" in done.stderr
    assert not ground.runs.exists()


def test_a_bundle_that_is_not_there_stops_everything(ground: Bench) -> None:
    done = install(ground, "--yes", "--bundle", "nowhere.tar", "--key", "k")

    assert done.returncode == 3
    assert "there is no bundle" in done.stderr
    assert list(ground.runs.glob("*-install")) == []


def test_a_bundle_without_a_key_is_not_even_looked_at(ground: Bench) -> None:
    done = install(ground, "--yes", "--bundle", "nowhere.tar")

    assert done.returncode == 2
    assert "give the builder's public key with --key" in done.stderr


# ------------------------------------------------------------------ interruption


@pytest.mark.parametrize(
    "seed", [*range(SHORT), *(pytest.param(s, marks=pytest.mark.long) for s in range(SHORT, LONG))]
)
def test_an_install_that_is_killed_is_completed_by_the_next(ground: Bench, seed: int) -> None:
    chance = random.Random(seed)
    lines, seconds = chance.randrange(LINES), chance.uniform(0, 0.4)
    places = ("-i", str(ground.inventory), "--kit", str(ground.kit), "--runs", str(ground.runs))
    arguments: list[str | Path] = [EUGUARD, "install", *places, "--yes", "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=ground.folder) as started:
        assert started.stdout
        for _ in range(lines):
            started.stdout.readline()
        time.sleep(seconds)
        started.send_signal(signal.SIGKILL)

    done = install(ground, "--yes")

    assert done.returncode == 0, done.stderr
    assert ground.left() == WHOLE
    outcomes = {
        folder.name: orjson.loads((folder / "run.json").read_bytes())["outcome"]
        for folder in ground.runs.glob("*-install")
    }
    assert set(outcomes.values()) <= {"completed", "interrupted"}
    assert all((ground.runs / name / "manifest.json").exists() for name in outcomes)
    assert list((ground.runs / ".work").iterdir()) == []


def test_ctrl_c_says_how_to_go_on(ground: Bench) -> None:
    places = ("-i", str(ground.inventory), "--kit", str(ground.kit), "--runs", str(ground.runs))
    arguments: list[str | Path] = [
        EUGUARD,
        "install",
        *places,
        "--yes",
        "--json",
        "--set",
        "euguard_seconds=60",
    ]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=ground.folder) as started:
        assert started.stdout
        for line in started.stdout:
            event = orjson.loads(line).get("event", {})
            if event.get("kind") == "task" and event["task"] == "Ask a program":
                if "whole" in ground.left() or "two" not in ground.left():
                    continue  # the check, which skips it
                started.send_signal(signal.SIGINT)
                break
        rest = [orjson.loads(line) for line in started.stdout]

    assert started.returncode == 130
    assert rest[-1]["result"]["outcome"] == "interrupted"
    again = install(ground, "--yes")
    assert again.returncode == 0
    assert ground.left() == WHOLE
    first, second = sorted(ground.runs.glob("*-install"))
    assert orjson.loads((second / "run.json").read_bytes())["follows"] == first.name


# ------------------------------------------------------------------ status


def test_the_state_of_this_machine_is_told(ground: Bench) -> None:
    ground.hosts()
    places = ("-i", str(ground.inventory), "--runs", str(ground.runs))

    done = run("status", *places, "--json", cwd=ground.folder)

    assert done.returncode == 0, done.stderr
    state = orjson.loads(done.stdout)["hosts"]["box"]
    assert set(state) == {
        *("release", "units", "disks", "log_bytes", "last_backup", "last_verify"),
    }
    assert state["disks"][0]["size_bytes"] > state["disks"][0]["free_bytes"] > 0


def test_a_state_is_shown_in_lines() -> None:
    state = State(
        release="0.2.0",
        units={"euguard-gateway.service": "active running"},
        disks=(Disk("/", 250 * 2**30, 62 * 2**30),),
        log_bytes=3 * 2**20,
        last_backup="euguard-20261126.tar",
        last_verify="",
    )

    assert state_lines("box", state) == [
        "box",
        "  release      0.2.0",
        "  euguard-gateway.service  active running",
        "  disk         /: 62.0 GiB free of 250.0 GiB",
        "  log          3.0 MiB",
        "  last backup  euguard-20261126.tar",
        "  last verify  none from here",
    ]
