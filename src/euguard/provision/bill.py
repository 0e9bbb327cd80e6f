"""Bills of materials in CycloneDX: of the software, and of the model.

The same inputs give the same bytes: times come from the bundle, and a bill's serial number is a
UUID over its content. What is not known is left out; nothing is guessed.

Source: CycloneDX 1.6 (ECMA-424), JSON; package URLs: ECMA-427; UUID: RFC 9562 §5.5.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import orjson

from euguard.provision.manifest import File
from euguard.provision.wheel import Licence

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/euguard/euguard/bundle")
_LIMIT = "known limit"
"""Facts of this name are limitations of the model."""


UNKNOWN_LICENCE = Licence(None, ())
"""Of a Debian package, which says it in a file of its own."""


@dataclass(frozen=True, slots=True)
class Component:
    """A package in the bundle."""

    file: File
    name: str
    version: str
    purl: str
    licence: Licence


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody states of the model."""

    name: str
    value: str
    source: str
    url: str | None
    checked: date


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The model file of the policies, as far as a bill says it."""

    id: str
    title: str
    provider: str
    licence: str
    """SPDX identifier."""
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill and what others refer to it by."""

    data: bytes
    serial: str
    """As `urn:uuid:…`."""

    def link(self, reference: str) -> str:
        """Return the BOM-Link of a component of this bill."""
        return f"urn:cdx:{self.serial.removeprefix('urn:uuid:')}/1#{quote(reference, safe='')}"


def purl_of_wheel(distribution: str, version: str) -> str:
    """Return the package URL of a Python distribution."""
    return f"pkg:pypi/{distribution}@{quote(version, safe='.!')}"


def purl_of_deb(package: str, version: str, architecture: str, distribution: str) -> str:
    """Return the package URL of a Debian package; `distribution` is as `debian-12`."""
    vendor = distribution.partition("-")[0]
    return (
        f"pkg:deb/{vendor}/{quote(package, safe='+.')}@{quote(version, safe='.+~')}"
        f"?arch={architecture}&distro={distribution}"
    )


def software(version: str, created: datetime, components: Sequence[Component]) -> Bill:
    """Return the bill of the packages in a bundle with this version of euguard."""
    return render(
        {
            "metadata": _metadata(created, version),
            "components": [_package(component) for component in components],
        }
    )


def model(version: str, created: datetime, card: ModelCard, weights: Sequence[File]) -> Bill:
    """Return the bill of the model: its files with digests, and what is stated of it."""
    limits = [fact for fact in card.facts if fact.name.startswith(_LIMIT)]
    component = {
        "type": "machine-learning-model",
        "bom-ref": f"model/{card.id}",
        "name": card.title,
        "supplier": {"name": card.provider},
        "licenses": [{"expression": card.licence}],
        "externalReferences": _references(card.facts),
        "modelCard": {
            "considerations": {
                "technicalLimitations": [_stated(fact) for fact in limits],
            },
            "properties": [
                {"name": f"euguard:stated:{fact.name}", "value": _stated(fact)}
                for fact in card.facts
                if fact not in limits
            ],
        },
        "components": [_weight(file) for file in weights],
    }
    return render({"metadata": _metadata(created, version), "components": [component]})


def render(content: Mapping[str, Any]) -> Bill:
    """Return a bill with this content, spelt in one way."""
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    serial = uuid.uuid5(_NAMESPACE, hashlib.sha256(_bytes(content)).hexdigest()).urn
    return Bill(_bytes({**head, "serialNumber": serial, **content}), serial)


def timestamp(at: datetime) -> str:
    """Return a time as CycloneDX writes it."""
    return at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _metadata(created: datetime, version: str) -> dict[str, Any]:
    return {
        "timestamp": timestamp(created),
        "component": {
            "type": "application",
            "bom-ref": "euguard",
            "name": "euguard",
            "version": version,
            "licenses": [{"expression": "Apache-2.0"}],
        },
    }


def _package(component: Component) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.file.path,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "hashes": _hashes(component.file),
    }
    licences = _licences(component.licence)
    return {**found, "licenses": licences} if licences else found


def _licences(licence: Licence) -> list[dict[str, Any]]:
    if licence.expression:
        return [{"expression": licence.expression}]
    return [{"license": {"name": name}} for name in licence.names]


def _weight(file: File) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": file.path,
        "name": file.path.rpartition("/")[2],
        "hashes": _hashes(file),
        "properties": [{"name": "euguard:bytes", "value": str(file.size)}],
    }


def _hashes(file: File) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": file.sha256}]


def _stated(fact: Fact) -> str:
    return (
        f"{' '.join(fact.value.split())} [{' '.join(fact.source.split())}, checked {fact.checked}]"
    )


def _references(facts: Sequence[Fact]) -> list[dict[str, str]]:
    urls = {fact.url: fact.source for fact in facts if fact.url}
    return [
        {"type": "documentation", "url": url, "comment": " ".join(source.split())}
        for url, source in sorted(urls.items())
    ]


def _bytes(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
