"""What is kept of an event, and what is not."""

from typing import Any

import pytest

from euguard.provision.event import HIDDEN, LONGEST_REASON, Change, Event, Kind, read

KIT = "/opt/kit"


def raw(event: str, **data: Any) -> dict[str, Any]:
    """Return an event as ansible-runner hands it over."""
    stdout = data.pop("stdout", "")
    return {
        "event": event,
        "created": "2026-11-25T09:30:00.123456+00:00",
        "stdout": stdout,
        "event_data": {
            "play": "Serve",
            "role": "gateway",
            "task": "Write the settings",
            "resolved_action": "ansible.builtin.template",
            "task_path": f"{KIT}/roles/gateway/tasks/main.yml:3",
            "host": "box",
            "duration": 0.4449,
            **data,
        },
    }


def reading(event: str, **data: Any) -> Event:
    found = read(raw(event, **data), KIT)
    assert found is not None
    return found


def test_a_change_says_where_and_how_much() -> None:
    result = {
        "changed": True,
        "diff": [{"before": "port = 1\nhost = 2\n", "after": "port = 3\nhost = 2\n"}],
        "invocation": {"module_args": {"dest": "/etc/euguard/euguard.toml", "content": "all"}},
    }

    event = reading("runner_on_ok", res=result)

    change = Change("/etc/euguard/euguard.toml", 1, 1, ("-port = 1", "+port = 3"))
    assert event.kind is Kind.CHANGED
    assert event.changes == (change,)
    assert event.as_json() == {
        "kind": "changed",
        "at": "2026-11-25T09:30:00Z",
        "play": "Serve",
        "role": "gateway",
        "task": "Write the settings",
        "action": "ansible.builtin.template",
        "host": "box",
        "place": "roles/gateway/tasks/main.yml:3",
        "milliseconds": 445,
        "where": ["/etc/euguard/euguard.toml"],
    }


def test_attributes_of_a_file_are_no_lines() -> None:
    difference = {"before": {"path": "/a", "state": "absent"}, "after": {"path": "/a"}}
    result = {"changed": True, "path": "/a", "diff": difference}

    (change,) = reading("runner_on_ok", res=result).changes

    assert (change.where, change.added, change.removed) == ("/a", 0, 0)
    assert change.text == ("-state = absent",)


def test_a_difference_that_is_prepared_is_taken_as_it_is() -> None:
    prepared = "--- before\n+++ after\n@@ -1 +1 @@\n-old\n+new\n"
    result = {"changed": True, "name": "nginx", "diff": {"prepared": prepared}}

    (change,) = reading("runner_on_ok", res=result).changes

    assert change == Change("nginx", 1, 1, ("-old", "+new"))


def test_a_loop_has_one_change_for_each_item_that_changed() -> None:
    items = [
        {"changed": True, "invocation": {"module_args": {"name": ["a", "b"]}}},
        {"changed": False, "invocation": {"module_args": {"name": "c"}}},
        {"changed": True},
    ]

    event = reading("runner_on_ok", res={"changed": True, "results": items})

    assert [change.where for change in event.changes] == ["a, b", ""]


@pytest.mark.parametrize("stdout, kind", [("changed: [box]", Kind.CHANGED), ("ok: [box]", Kind.OK)])
def test_of_a_secret_only_remains_whether_it_changed(stdout: str, kind: Kind) -> None:
    event = reading("runner_on_ok", res={"censored": "…"}, stdout=stdout)

    assert event.kind is kind
    assert [change.where for change in event.changes] == [HIDDEN] * (kind is Kind.CHANGED)


@pytest.mark.parametrize(
    "result, reason",
    [
        ({"msg": "Task failed: no space\n left"}, "no space left"),
        ({}, "no reason was given"),
        ({"censored": "…"}, HIDDEN),
        ({"msg": "non-zero", "rc": 3, "stderr": "a\nlast\n"}, "non-zero (exit code 3): last"),
        ({"msg": "non-zero", "rc": 3, "stdout": "out"}, "non-zero (exit code 3): out"),
        ({"msg": "non-zero", "rc": 3}, "non-zero (exit code 3)"),
        ({"msg": "items", "results": [{"msg": "x"}, {"failed": True, "msg": "y"}]}, "y"),
        (
            {"argument_errors": ["'port' is str, not int: \"'s3cret'\" cannot", "b, got: s3cret"]},
            "'port' is str, not int; b",
        ),
    ],
)
def test_a_failure_has_one_reason_in_one_line(result: dict[str, Any], reason: str) -> None:
    assert reading("runner_on_failed", res=result).reason == reason


def test_a_reason_is_cut_where_it_is_too_long() -> None:
    reason = reading("runner_on_failed", res={"msg": "x" * 5000}).reason

    assert len(reason) == LONGEST_REASON + 2


def test_a_failure_that_is_ignored_is_none() -> None:
    assert reading("runner_on_failed", res={}, ignore_errors=True).kind is Kind.IGNORED


def test_of_the_facts_only_those_named_are_kept() -> None:
    facts = {
        "ansible_kernel": "6.1",
        "ansible_memtotal_mb": 1.5,
        "ansible_env": {"PASSWORD": "s3cret"},
        "euguard_status": {"units": ["a", None, True], "when": {1: 2}},
    }

    event = reading("runner_on_ok", res={"ansible_facts": facts})

    assert event.facts == {
        "ansible_kernel": "6.1",
        "ansible_memtotal_mb": 2,
        "euguard_status": {"units": ["a", None, True], "when": {"1": 2}},
    }


def test_what_ansible_says_outside_tasks_is_kept_as_words() -> None:
    event = read({"event": "verbose", "stdout": "[ERROR]: no  hosts"}, KIT)

    assert event is not None
    assert (event.kind, event.reason) == (Kind.WORDS, "[ERROR]: no hosts")


@pytest.mark.parametrize(
    "nothing", [{"event": "runner_on_start"}, {"event": "verbose", "stdout": " \n"}, {}]
)
def test_what_says_nothing_is_dropped(nothing: dict[str, Any]) -> None:
    assert read(nothing, KIT) is None
