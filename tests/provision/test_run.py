"""What a run says of itself, there and back."""

import hashlib

import orjson
import pytest

from euguard import canonical
from euguard.errors import MalformedRunError
from euguard.provision.event import Event, Kind
from euguard.provision.progress import Progress, Timed
from euguard.provision.run import Outcome, Run, digest, manifest, parse

RUN = Run(
    id="20261125T093000.000Z-install",
    command="install",
    playbook="site",
    started="2026-11-25T09:30:00Z",
    ended="2026-11-25T09:40:00Z",
    outcome=Outcome.FAILED,
    kit="ab",
    bundle={"version": "0.2.0", "sha256": "cd"},
    versions={"ansible-core": "2.19.14"},
    variables=("euguard_port",),
    reason="first",
    follows="x",
    milliseconds=600_000,
    hosts={"box": {"ok": 3, "changed": 2}},
    tasks=(Timed("p / one", 12),),
    failures=({"kind": "failed", "host": "box"},),
)


def test_what_is_written_is_read_again() -> None:
    assert parse(canonical.encode(RUN.as_json())) == RUN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        canonical.encode(RUN.as_json())[:-1],
        canonical.encode({**RUN.as_json(), "format": "euguard-run-2"}),
        canonical.encode({**RUN.as_json(), "more": 1}),
        canonical.encode({**RUN.as_json(), "outcome": "fine"}),
        canonical.encode({k: v for k, v in RUN.as_json().items() if k != "tasks"}),
    ],
)
def test_nothing_else_is_read(data: bytes) -> None:
    with pytest.raises(MalformedRunError):
        parse(data)


def test_hosts_are_counted_only_where_they_were_changed() -> None:
    progress = Progress(hosts={"box": {"changed": 1}}, failures=(Event(Kind.FAILED, "t"),))

    planned = RUN.with_progress(progress, played=False)

    assert planned.hosts == {}
    assert planned.changed() == 0
    assert planned.failures == ({"kind": "failed", "at": "t"},)
    assert RUN.with_progress(progress, played=True).changed() == 1


def test_a_manifest_names_every_file_with_its_digest() -> None:
    written = orjson.loads(manifest("r", {"b": b"2", "a": b""}))

    assert written == {
        "format": "euguard-run-manifest-1",
        "run": "r",
        "files": [
            {"path": "a", "size": 0, "sha256": hashlib.sha256(b"").hexdigest()},
            {"path": "b", "size": 1, "sha256": hashlib.sha256(b"2").hexdigest()},
        ],
    }


def test_the_digest_of_a_kit_knows_names_and_contents() -> None:
    assert digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"})
    assert digest({"a": b"1"}) != digest({"b": b"1"})
    assert digest({"a": b"1"}) != digest({"a": b"2"})
