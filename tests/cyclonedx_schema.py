"""CycloneDX's own JSON Schema, as its Python library ships it: our bills are held to it."""

from importlib import resources
from typing import Any

import orjson
from jsonschema import Draft7Validator
from referencing import Registry, Resource

_FOLDER = resources.files("cyclonedx") / "schema" / "_res"


def _schema(name: str) -> Any:
    return orjson.loads((_FOLDER / f"{name}.SNAPSHOT.schema.json").read_bytes())


_BOM = _schema("bom-1.6")
_PARTS: "Registry[Any]" = Registry().with_resources(
    (part["$id"], Resource.from_contents(part)) for part in map(_schema, ("spdx", "jsf-0.82"))
)
_VALIDATOR = Draft7Validator(_BOM, registry=_PARTS)


def violations(data: bytes) -> list[str]:
    """Return what is wrong with a bill; nothing where it is valid."""
    found = _VALIDATOR.iter_errors(orjson.loads(data))
    return [f"{error.json_path}: {error.message}" for error in found]
