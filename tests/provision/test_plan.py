"""What would change, and which papers need not be true afterwards."""

import pytest

from euguard.provision.event import Change, Event, Kind
from euguard.provision.plan import Statement, plan

LISTEN = Statement("Record", "Where the gateway listens", "settings.listen", "settings")
NETWORK = Statement("Record", "Addresses outside", "settings.network", "settings")
SOFTWARE = Statement("Inventory", "Software", "settings.software", "settings")
HR = Statement("Record", "Purpose", "purpose.hr.title", "policies/purposes/hr.yaml")
LETTERS = Statement("Record", "Purpose", "purpose.l.title", "policies/purposes/letters.yaml")
ACCESS = Statement("Record", "Access", "security.access", "design, and policies/purposes")
LAW = Statement("Notice", "Duty", "law.x", "Regulation (EU) 2024/1689")
ALL = (LISTEN, NETWORK, SOFTWARE, HR, LETTERS, ACCESS, LAW)


def changing(where: str, *text: str) -> Event:
    return Event(Kind.CHANGED, "", task="t", host="box", changes=(Change(where, text=text),))


def untrue(*events: Event) -> list[tuple[Statement, str]]:
    return [(one.statement, one.because) for one in plan(events, ALL).untrue]


@pytest.mark.parametrize(
    "line, statements",
    [
        ("+port = 9000", [LISTEN]),
        ('-host = "127.0.0.1"', [LISTEN]),
        ('+upstream_socket = "/run/x"', [NETWORK]),
        ("+log_level = 'debug'", []),
        ("+# port = 1", []),
    ],
)
def test_a_setting_touches_the_facts_that_are_read_from_it(
    line: str, statements: list[Statement]
) -> None:
    found = untrue(changing("/etc/euguard/euguard.toml", line))

    assert [statement for statement, _ in found] == statements


def test_it_says_which_setting() -> None:
    assert untrue(changing("/etc/euguard/euguard.toml", "+port = 1")) == [
        (LISTEN, "euguard.toml: port")
    ]


def test_settings_whose_lines_are_hidden_touch_all_that_papers_read() -> None:
    found = untrue(changing("/etc/euguard/euguard.toml"))

    assert [statement for statement, _ in found] == [LISTEN, NETWORK]


def test_a_policy_file_touches_what_it_states_and_what_follows_from_its_folder() -> None:
    found = untrue(changing("/etc/euguard/policies/purposes/hr.yaml"))

    assert found == [
        (HR, "policies/purposes/hr.yaml"),
        (ACCESS, "policies/purposes/hr.yaml"),
    ]


def test_the_whole_folder_of_policies_touches_all_of_them() -> None:
    found = untrue(changing("/etc/euguard/policies"))

    assert [statement for statement, _ in found] == [HR, LETTERS, ACCESS]


def test_another_release_touches_what_is_said_of_the_software() -> None:
    assert untrue(changing("/opt/euguard/current")) == [(SOFTWARE, "the release")]


def test_what_no_paper_speaks_of_touches_none() -> None:
    assert untrue(changing("/etc/nftables.d/euguard.nft", "+port = 1")) == []


def test_commands_are_counted_once_as_not_foreseen() -> None:
    command = "ansible.builtin.command"
    skipped = [
        Event(Kind.SKIPPED, "", action=command, host="box", place="a.yml:1"),
        Event(Kind.SKIPPED, "", action=command, host="box", place="a.yml:1"),
        Event(Kind.SKIPPED, "", action=command, host="other", place="a.yml:1"),
        Event(Kind.SKIPPED, "", action="ansible.builtin.copy", host="box", place="a.yml:2"),
    ]

    assert plan(skipped).unforeseen == 2


def test_the_first_failure_is_where_the_plan_ends() -> None:
    failures = [Event(Kind.FAILED, "", task=name, host="box") for name in ("first", "second")]

    stopped = plan(failures).stopped

    assert stopped is not None
    assert stopped.task == "first"


def test_what_is_written_down_holds_places_and_no_lines() -> None:
    made = plan([changing("/etc/euguard/euguard.toml", "+port = 1", "+token = s3cret")], ALL)

    written = made.as_json()

    assert made.hosts() == {"box": 1}
    assert "s3cret" not in repr(written)
    assert written["untrue"] == [
        {
            "paper": "Record",
            "field": "Where the gateway listens",
            "fact": "settings.listen",
            "because": "euguard.toml: port",
        }
    ]
