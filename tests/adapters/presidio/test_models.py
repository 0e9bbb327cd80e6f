"""The name models load what names need, from packages."""

import pytest

from euguard.adapters.presidio.models import KINDS, load
from euguard.errors import ConfigurationError
from euguard.pii.span import PersonalDataKind


def test_a_model_finds_the_entities_of_a_text() -> None:
    model = load("en")

    with model.memory_zone():
        (entities,) = model.entities.find(["Anna Kowalska lives in Berlin."])

    assert [(found.start, found.end, KINDS[found.label]) for found in entities] == [
        (0, 13, PersonalDataKind.PERSON),
        (23, 29, PersonalDataKind.LOCATION),
    ]
    assert "the" in model.ordinary


def test_a_language_without_a_model_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ConfigurationError, match="'de'"):
        load("de")


def test_organisations_are_no_personal_data() -> None:
    assert PersonalDataKind.ORGANISATION not in KINDS.values()
