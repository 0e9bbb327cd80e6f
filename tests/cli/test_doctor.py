"""`euguard doctor`: the page, the exit code, and facts that come from elsewhere."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from box import EUGUARD
from commands import as_json, run
from engine_fixture import ENGINE, installed
from euguard.adapters.host.reader import PROBE
from euguard.provision.facts import Broken, Clock, HostFacts, Listener, to_json
from hosts import GPU, NOW, NVIDIA, SOUND, SYSTEM, with_gpu
from planted import PlantedHost

PAGE = Path(__file__).with_name("doctor.txt")
FAULTY = replace(
    SOUND,
    system=replace(SYSTEM, cgroup=1, locale="C"),
    clock=Clock(NOW, synchronised=False, offset_seconds=None, source="kernel"),
    ports=(Listener("0.0.0.0", 8443, "nginx"),),
    nvidia=replace(NVIDIA, gpus=(replace(GPU, mig=True, power_limit_watts=350.0),)),
    broken=(Broken("systemd", "did not answer within 30 s"),),
    systemd=None,
)


def written(facts: HostFacts, folder: Path) -> str:
    path = folder / "facts.json"
    path.write_bytes(orjson.dumps(to_json(facts)))
    return str(path)


def test_the_page_is_80_columns_wide_and_reads_as_it_stands_here(tmp_path: Path) -> None:
    done = run("doctor", "--facts", written(FAULTY, tmp_path))

    assert done.stdout == PAGE.read_text()
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert (done.returncode, done.stderr) == (4, "")


def test_a_host_that_will_do_ends_with_0(tmp_path: Path) -> None:
    done = run("doctor", "--facts", written(SOUND, tmp_path))

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("0 ✗   0 !")


def test_warnings_stop_nothing_unless_one_asks(tmp_path: Path) -> None:
    facts = written(with_gpu(persistence=False), tmp_path)

    assert run("doctor", "--facts", facts).returncode == 0
    assert run("doctor", "--facts", facts, "--strict").returncode == 4


def test_what_the_host_is_wanted_for_decides_what_is_looked_at(tmp_path: Path) -> None:
    facts = written(replace(FAULTY, nvidia=None), tmp_path)

    told = as_json("doctor", "--facts", facts, "--want", "database", cwd=tmp_path)

    assert told["wanted"] == {"roles": ["database"], "model": None}
    assert not {one["code"] for one in told["findings"]} & {"gpu", "port", "vllm"}


def test_a_host_is_read_and_judged_in_one_go_or_in_two(tmp_path: Path) -> None:
    """Ansible carries the probe to the host, and judges on the control node what it brings."""
    host = PlantedHost(tmp_path / "root", gpu="h100-mig")
    environment = host.environment()
    once = subprocess.run(
        [EUGUARD, "doctor", "--json", "--want", "engine", "--root", host.root],
        capture_output=True,
        check=False,
        env=environment,
    )
    folders = [
        f"--folder={folder}" for folder in ("/opt/euguard", "/var/lib/euguard-engine/models")
    ]
    probed = subprocess.run(
        ["/usr/bin/env", "python3", PROBE, "--root", host.root, *folders],
        capture_output=True,
        check=True,
        env=environment | {"PATH": f"{environment['PATH']}:{os.environ['PATH']}"},
    )
    (tmp_path / "facts.json").write_bytes(probed.stdout)

    twice = as_json(
        *("doctor", "--want", "engine", "--facts", str(tmp_path / "facts.json")), cwd=tmp_path
    )

    first = orjson.loads(once.stdout)
    codes = [
        {one["code"] for one in told["findings"] if one["mark"] == "failure"} - {"disk"}
        for told in (first, twice)
    ]
    assert codes == [{"gpu-mig"}, {"gpu-mig"}]
    assert (once.returncode, twice["exit"]) == (4, 4)


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (("--facts", "missing.json"), 3, "cannot read missing.json: No such file"),
        (("--model", "none"), 3, "no such model"),
        (("--want", "kitchen"), 2, "kitchen"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = run("doctor", *arguments, cwd=tmp_path)

    assert done.returncode == code
    assert said in done.stderr


def test_without_a_card_the_self_test_runs_on_the_cpu_and_counts_as_a_failure(
    tmp_path: Path,
) -> None:
    engine = installed(ENGINE / "venv" / "bin" / "python").parent.parent
    told = as_json(
        *("doctor", "--facts", written(SOUND, tmp_path), "--gpu", "--seconds", "0.1"),
        *("--engine", str(engine)),
        cwd=tmp_path,
    )

    last = told["findings"][-1]
    assert (last["code"], last["mark"], last["where"]) == ("gpu-test", "failure", "CPU, no card")
    assert told["measured"]["device"] == "cpu"
    assert told["exit"] == 4


def test_a_self_test_without_an_engine_is_a_finding(tmp_path: Path) -> None:
    told = as_json(
        *("doctor", "--facts", written(SOUND, tmp_path), "--gpu"),
        *("--engine", str(tmp_path / "none")),
        cwd=tmp_path,
    )

    assert told["findings"][-1]["code"] == "gpu-test"
    assert "cannot be started" in told["findings"][-1]["what"]
    assert told["measured"] is None
