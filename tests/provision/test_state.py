"""The state of a host, from what its programs say."""

from euguard.provision.progress import Timed
from euguard.provision.run import Outcome, Run
from euguard.provision.state import Disk, State, read

UNITS = """\
Id=euguard-gateway.service
ActiveState=active
SubState=running

ActiveState=inactive
SubState=dead
Id=euguard-engine.service
"""
DISKS = """\
Mounted on          1B-blocks       Avail
/                270553174016 66566197248
/                270553174016 66566197248
/var/lib              1000000      500000
"""


def test_it_is_read_from_systemd_and_df() -> None:
    said = {"release": "0.2.0", "units": UNITS, "disks": DISKS, "log_bytes": "17"}

    state = read("box", said, [])

    assert state == State(
        release="0.2.0",
        units={
            "euguard-gateway.service": "active running",
            "euguard-engine.service": "inactive dead",
        },
        disks=(
            Disk("/", 270_553_174_016, 66_566_197_248),
            Disk("/var/lib", 1_000_000, 500_000),
        ),
        log_bytes=17,
        last_backup="",
        last_verify="",
    )
    assert state.as_json()["log_bytes"] == 17


def test_a_host_with_nothing_on_it_says_nothing() -> None:
    assert read("box", {}, []) == State("", {}, (), 0, "", "")


def test_it_was_last_verified_by_the_last_whole_run_that_did() -> None:
    tasks = (Timed("Verify what was installed / verify : Ask a question", 1),)
    hosts = {"box": {"ok": 1}}
    runs = [
        Run("1", "install", "site", "2026-01-01", outcome=Outcome.COMPLETED, hosts=hosts),
        Run("2", "install", "site", "2026-01-02", "", Outcome.COMPLETED, hosts=hosts, tasks=tasks),
        Run("3", "install", "site", "2026-01-03", "", Outcome.FAILED, hosts=hosts, tasks=tasks),
        Run("4", "install", "site", "2026-01-04", "", Outcome.COMPLETED, tasks=tasks),
    ]

    assert read("box", {}, runs).last_verify == "2026-01-02"
