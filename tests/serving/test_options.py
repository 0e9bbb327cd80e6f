import orjson
import pytest

from euguard.policy import shipped
from euguard.serving.options import ARGUMENTS, ENVIRONMENT, Kind, read_arguments, read_environment
from euguard.serving.reading import Section

SCHEMA = orjson.loads((shipped.folder() / "schema" / "model.schema.json").read_bytes())
SERVING = SCHEMA["properties"]["serving"]["properties"]
OPTIONS = SCHEMA["$defs"]["options"]["properties"]


def test_the_schema_of_model_files_knows_the_same_options_and_variables() -> None:
    assert set(OPTIONS) == set(ARGUMENTS)
    assert SERVING["arguments"]["properties"] == {
        name: {"$ref": f"#/$defs/options/properties/{name}"} for name in OPTIONS
    }
    assert set(SERVING["environment"]["properties"]) == ENVIRONMENT


TYPES: dict[Kind, set[str | None]] = {
    Kind.WORD: {"string", None},  # None where the schema lists the words
    Kind.COUNT: {"integer"},
    Kind.DECIMAL: {"string"},
    Kind.SWITCH: {"boolean"},
    Kind.COUNTS: {"object"},
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_schema_asks_for_the_same_kind_of_value(name: str) -> None:
    assert OPTIONS[name].get("type") in TYPES[ARGUMENTS[name]]


def test_values_keep_their_order_and_their_spelling() -> None:
    written = {"max-num-seqs": 8, "gpu-memory-utilization": "0.90", "enforce-eager": False}

    arguments = read_arguments(Section(written, "arguments"))

    assert list(arguments.items()) == list(written.items())


def test_variables_are_text() -> None:
    written = {"OMP_NUM_THREADS": "1"}

    assert read_environment(Section(written, "environment")) == written


def _described(schema: object) -> list[bool]:
    if not isinstance(schema, dict) or "$ref" in schema:
        return []  # what is referred to is looked at by itself
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    return [
        bool(schema.get("description")),
        *(d for part in inner if part for d in _described(part)),
    ]


def test_every_field_of_a_model_file_is_described_and_no_other_is_accepted() -> None:
    for schema in (SCHEMA, *SCHEMA["$defs"].values()):
        assert all(_described(schema))
    assert SCHEMA["additionalProperties"] is False
