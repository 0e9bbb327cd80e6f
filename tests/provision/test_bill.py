"""The bills follow CycloneDX's own schema, and say what the bundle holds."""

import dataclasses
from datetime import UTC, date, datetime

import orjson
import pytest

from cyclonedx_schema import violations
from euguard.provision.bill import (
    Component,
    Fact,
    ModelCard,
    model,
    purl_of_deb,
    purl_of_wheel,
    software,
)
from euguard.provision.manifest import File, Kind
from euguard.provision.wheel import Licence

CREATED = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
WHEEL = File("wheels/gateway/x-1.0+cpu-py3-none-any.whl", 3, "0d" * 32, Kind.WHEEL)
COMPONENT = Component(WHEEL, "x", "1.0+cpu", purl_of_wheel("x", "1.0+cpu"), Licence("MIT", ()))
CARD = ModelCard(
    id="demo-echo",
    title="Echo",
    provider="the project",
    licence="Apache-2.0",
    facts=(
        Fact("released", "2025-06-20", "a page", "https://example.eu/model", date(2026, 11, 25)),
        Fact("known limit: length", "2,000\n tokens", "a test", None, date(2026, 11, 25)),
    ),
)
WEIGHTS = [File("weights/demo-echo/params.json", 614, "0e" * 32, Kind.WEIGHT)]


@pytest.mark.parametrize(
    "licence, expected",
    [
        (Licence("MIT OR Apache-2.0", ()), [{"expression": "MIT OR Apache-2.0"}]),
        (Licence(None, ("MIT License",)), [{"license": {"name": "MIT License"}}]),
        (Licence(None, ()), None),
    ],
)
def test_the_bill_of_the_software_is_valid(licence: Licence, expected: object) -> None:
    made = software("0.1.0", CREATED, [dataclasses.replace(COMPONENT, licence=licence)])

    assert violations(made.data) == []
    (found,) = orjson.loads(made.data)["components"]
    assert found.get("licenses") == expected
    assert found["purl"] == "pkg:pypi/x@1.0%2Bcpu"
    assert found["hashes"] == [{"alg": "SHA-256", "content": "0d" * 32}]


def test_the_bill_of_the_model_is_valid_and_states_sources() -> None:
    made = model("0.1.0", CREATED, CARD, WEIGHTS)

    assert violations(made.data) == []
    (found,) = orjson.loads(made.data)["components"]
    card = found["modelCard"]
    assert card["considerations"]["technicalLimitations"] == [
        "2,000 tokens [a test, checked 2026-11-25]"
    ]
    assert card["properties"] == [
        {
            "name": "euguard:stated:released",
            "value": "2025-06-20 [a page, checked 2026-11-25]",
        }
    ]
    assert found["components"][0]["hashes"] == [{"alg": "SHA-256", "content": "0e" * 32}]


def test_the_same_content_has_the_same_serial_number_and_no_other() -> None:
    one, again = (software("0.1.0", CREATED, [COMPONENT]) for _ in range(2))
    other = software("0.1.1", CREATED, [COMPONENT])

    assert one == again
    assert one.serial != other.serial
    assert one.link("a/b").startswith(f"urn:cdx:{one.serial.removeprefix('urn:uuid:')}/1#a%2Fb")


def test_a_debian_package_has_its_url() -> None:
    assert purl_of_deb("libc++1", "1:14.0~+rc1", "amd64", "debian-12") == (
        "pkg:deb/debian/libc++1@1%3A14.0~+rc1?arch=amd64&distro=debian-12"
    )


def test_the_schema_would_see_a_mistake() -> None:
    made = software("0.1.0", CREATED, [COMPONENT]).data.replace(b'"SHA-256"', b'"SHA-257"')

    assert violations(made)
