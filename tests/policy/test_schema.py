"""The policy set."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from euguard.errors import PolicyFileError
from euguard.policy import shipped
from euguard.policy.schema import PolicySet, SpecialCategories, load
from euguard.terms import LawfulBasis, ModelId, PurposeId, RiskClass


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return load(shipped.folder())


def test_three_purposes_are_shipped(policies: PolicySet) -> None:
    assert set(policies.purposes) == {"drafting-letters", "hr-screening", "public-information"}


def test_no_purpose_uses_a_model_of_the_demo_as_shipped(policies: PolicySet) -> None:
    used = {model for purpose in policies.purposes.values() for model in purpose.models}

    assert used == {"mistral-small-3.2"}


def test_screening_applicants_is_refused_as_shipped(policies: PolicySet) -> None:
    purpose = policies.purposes[PurposeId("hr-screening")]

    assert purpose.refused
    assert purpose.risk is RiskClass.HIGH_RISK
    assert purpose.refusal is not None
    assert "Art. 6(2) and Annex III, point 4(a)" in purpose.refusal


def test_the_others_are_allowed_on_a_stated_basis(policies: PolicySet) -> None:
    letters = policies.purposes[PurposeId("drafting-letters")]
    leaflets = policies.purposes[PurposeId("public-information")]

    assert (letters.refused, letters.refusal) == (False, None)
    assert letters.lawful_basis is LawfulBasis.LEGITIMATE_INTERESTS
    assert leaflets.lawful_basis is LawfulBasis.PUBLIC_TASK
    assert letters.languages == ("en", "fr")
    assert letters.retention.days == 183


def test_nobody_is_guessed_to_be_the_controller(policies: PolicySet) -> None:
    organisation = policies.organisation

    assert organisation.name is None
    assert organisation.dpo_email is None
    assert organisation.role is None


def test_every_statement_on_the_law_has_a_day_on_which_it_was_checked(
    policies: PolicySet,
) -> None:
    for provision in policies.law.values():
        assert provision.source.checked >= date(2026, 11, 1)
        for reading in provision.readings:
            assert reading.source.checked >= date(2026, 11, 1)


def test_the_dates_are_those_of_regulation_2026_1744(policies: PolicySet) -> None:
    since = {id_: provision.applies_from for id_, provision in policies.law.items()}

    assert since["ai-act.high-risk-annex-iii"] == date(2027, 12, 2)
    assert since["ai-act.high-risk-annex-i"] == date(2028, 8, 2)
    assert since["ai-act.disclosure"] == date(2026, 8, 2)


def test_the_recommended_temperature_is_a_decimal(policies: PolicySet) -> None:
    assert policies.models[ModelId("mistral-small-3.2")].defaults.temperature == "0.15"


def test_a_loaded_set_cannot_be_changed(policies: PolicySet) -> None:
    with pytest.raises(TypeError):
        policies.purposes[PurposeId("x")] = None  # type: ignore[index]


def test_every_file_read_has_its_digest(policies: PolicySet) -> None:
    assert "organisation.yaml" in policies.files
    assert "law/ai-act.yaml" in policies.files
    assert "notices/fr.yaml" in policies.files
    assert not any(name.endswith(".cases.yaml") for name in policies.files)


def test_a_filled_in_organisation_is_read(rules: Path) -> None:
    (rules / "organisation.yaml").write_text(
        "controller: {name: Ville de Vierzon, address: '18100', email: m@v.fr, country: FR}\n"
        "data_protection_officer: {name: DPO, email: dpo@v.fr}\n"
        "joint_controllers: none\n"
        "representative: not needed\n"
        "system: {name: Plume, role: deployer, role_reason: council}\n"
    )

    organisation = load(rules).organisation

    assert organisation.name == "Ville de Vierzon"
    assert organisation.country == "FR"
    assert organisation.system_name == "Plume"
    assert organisation.role == "deployer"


def test_norway_is_a_country(rules: Path) -> None:
    file = rules / "organisation.yaml"
    file.write_text(file.read_text().replace("country: null", "country: NO"))

    assert load(rules).organisation.country == "NO"


def test_what_is_wrong_stops_the_load(rules: Path) -> None:
    file = rules / "purposes" / "drafting-letters.yaml"
    file.write_text(file.read_text().replace("6(1)(f)\n", "6(1)(g)\n", 1))

    with pytest.raises(PolicyFileError) as caught:
        load(rules)

    assert caught.value.reason == "lawful_basis.article is not one of the words allowed"


CARD: dict[str, Any] = {
    "format": "euguard-recall-card-1",
    "date": "2026-11-27",
    "software": "euguard 0.1.0",
    "model": "0" * 64,
    "limits": ["Detection misses personal data."],
    "bias": None,
}


def measured(authors: str, **lows: float) -> dict[str, Any]:
    """Return a set of the card: the lower bound of persons' recall by language."""

    def share(low: float) -> dict[str, Any]:
        return {"part": 9, "whole": 10, "value": 0.9, "low": low, "high": 1.0}

    rows = [
        {"language": language, "kind": kind, "covered": share(bound), "typed": share(bound)}
        for language, low in lows.items()
        for kind, bound in (("PERSON", low), ("IBAN", 0.1))
    ]
    return {
        "name": "texts",
        "authors": authors,
        "documents": 10,
        "leaking": share(0.1),
        "characters": 1000,
        "characters_per_cpu_second": 1000,
        "covered": share(0.9),
        "typed": share(0.9),
        "precise": share(0.9),
        "clean_words": 0,
        "false_alarms_per_1000_clean_words": None,
        "kinds": {},
        "rows": rows,
    }


def write_card(rules: Path, *sets: dict[str, Any]) -> None:
    (rules / "recall-card.json").write_bytes(orjson.dumps({**CARD, "sets": sets}))


def test_without_a_card_nothing_is_known_of_detection(rules: Path) -> None:
    assert load(rules).recall == {}
    assert load(rules).recall_of is None


def test_the_card_says_how_well_names_are_found_at_worst(rules: Path) -> None:
    before = load(rules).digest
    write_card(
        rules,
        measured("others", en=0.95, fr=0.8),
        measured("the organisation", en=0.91, de=0.7),
        measured("euguard", fr=0.1, pl=0.99),
    )
    policies = load(rules)

    assert policies.recall == {"en": 0.91, "fr": 0.8, "de": 0.7}
    assert policies.recall_of == "0" * 64
    assert "recall-card.json" in policies.files
    assert policies.digest != before


@pytest.mark.parametrize(
    "text,reason",
    [
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b"[]", "the file must be a mapping of keys to values"),
        (orjson.dumps({**CARD, "sets": []}), "sets is too short"),
        (b" " * (4 * 1024 * 1024 + 1), "has more than"),
    ],
)
def test_a_card_that_is_wrong_is_refused(rules: Path, text: bytes, reason: str) -> None:
    (rules / "recall-card.json").write_bytes(text)

    with pytest.raises(PolicyFileError) as caught:
        load(rules)

    assert caught.value.path.name == "recall-card.json"
    assert reason in caught.value.reason


ASKING = """\
keep_format: [EMAIL, IBAN]
restore:
  tool_arguments: false
  links: [intra.example.org]
special_categories:
  categories: [health, criminal]
  condition: 9(2)(h)
  reason: Occupational medicine, on the basis of national law.
  lowest_recall_percent: 90
"""


def test_a_purpose_says_what_becomes_of_values_and_of_special_categories(rules: Path) -> None:
    file = rules / "purposes" / "drafting-letters.yaml"
    file.write_text(file.read_text() + ASKING)
    purpose = load(rules).purposes[PurposeId("drafting-letters")]

    assert purpose.keep_format == {"EMAIL", "IBAN"}
    assert not purpose.restore_arguments
    assert purpose.restore_links == {"intra.example.org"}
    assert purpose.special == SpecialCategories(
        ("health", "criminal"),
        "9(2)(h)",
        "Occupational medicine, on the basis of national law.",
        90,
    )


def test_a_purpose_that_says_nothing_of_it_restores_arguments_and_no_links(
    policies: PolicySet,
) -> None:
    purpose = policies.purposes[PurposeId("drafting-letters")]

    assert (purpose.restore_arguments, purpose.restore_links) == (True, frozenset())
    assert (purpose.keep_format, purpose.special) == (frozenset(), None)


@pytest.mark.parametrize(
    "before,after,reason",
    [
        ("[EMAIL, IBAN]", "[PHONE]", "keep_format[0] is not one of the words"),
        ("intra.example.org", "https://intra.example.org", "restore.links[0] is not spelt as"),
        ("intra.example.org", "Intra.example.org", "restore.links[0] is not spelt as"),
        ("intra.example.org", "org", "restore.links[0] is not spelt as"),
        ("intra.example.org", "10.0.0.1", "restore.links[0] is not spelt as"),
        ("[health, criminal]", "[criminal]", "special_categories.condition must be 10"),
        ("9(2)(h)", "'10'", "special_categories.condition"),
        ("9(2)(h)", "9(2)(k)", "special_categories.condition is not one of the words"),
        ("percent: 90", "percent: 0", "special_categories.lowest_recall_percent is too small"),
        ("  condition: 9(2)(h)\n", "", "special_categories lacks the key 'condition'"),
    ],
)
def test_what_a_purpose_cannot_ask_for_is_refused(
    rules: Path, before: str, after: str, reason: str
) -> None:
    file = rules / "purposes" / "drafting-letters.yaml"
    file.write_text(file.read_text() + ASKING.replace(before, after))

    with pytest.raises(PolicyFileError) as caught:
        load(rules)

    assert reason in caught.value.reason


def schemas() -> list[Path]:
    return sorted((shipped.folder() / "schema").glob("*.json"))


@pytest.mark.parametrize("path", schemas(), ids=lambda path: path.name)
def test_every_schema_closes_its_objects_and_describes_its_fields(path: Path) -> None:
    schema = json.loads(path.read_text())

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for where, inner in subschemas(schema, "#"):
        if "properties" in inner and "type" in inner:
            assert "additionalProperties" in inner, where
            for name, field in inner["properties"].items():
                if isinstance(field, dict) and "$ref" not in field:
                    assert field.get("description"), f"{where}/{name}"


def subschemas(schema: Any, where: str) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        return [one for n, inner in enumerate(schema) for one in subschemas(inner, f"{where}/{n}")]
    if not isinstance(schema, dict):
        return []
    inner = [one for key in schema for one in subschemas(schema[key], f"{where}/{key}")]
    return [(where, schema), *inner]
