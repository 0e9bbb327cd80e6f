from dataclasses import replace

import orjson
import pytest
from hypothesis import given

from any_facts import any_facts
from euguard.errors import ConfigurationError
from euguard.provision.facts import FORMAT, HostFacts, parse, to_json
from hosts import SOUND


@given(any_facts())
def test_the_json_form_loses_nothing(facts: HostFacts) -> None:
    assert parse(orjson.dumps(to_json(facts)), "it") == replace(facts)


def test_what_the_doctor_prints_is_taken_too() -> None:
    printed = {"facts": to_json(SOUND), "findings": [], "wanted": {}}

    assert parse(orjson.dumps(printed), "it") == SOUND


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "facts.json: not JSON at line 1, column 1"),
        (b"[]", "not facts of a host in the format"),
        (b'{"format":"euguard-host-facts-2"}', "not facts of a host in the format"),
        (b'{"format":"euguard-host-facts-1","clock":{"now":true}}', "clock.now: Input should be"),
        (b'{"format":"euguard-host-facts-1","colour":1}', "colour: Unexpected keyword argument"),
        (
            b'{"format":"euguard-host-facts-1","disks":[{},{}]}',
            "disks.0.folder: Field required; .* and 5 more",
        ),
    ],
)
def test_a_file_that_is_wrong_is_named_with_the_place(data: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        parse(data, "facts.json")

    assert "euguard doctor --json" in caught.value.fix


def test_facts_of_nothing_are_facts() -> None:
    assert parse(orjson.dumps({"format": FORMAT}), "it") == HostFacts()
