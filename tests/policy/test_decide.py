"""The decision on one request."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.errors import (
    ModelNotPermittedError,
    PurposeNotPermittedError,
    PurposeRefusedError,
    PurposeUndeclaredError,
    RefusedError,
)
from euguard.policy.decide import Decision, Inquiry, decide
from euguard.policy.schema import (
    Defaults,
    Model,
    Organisation,
    PolicySet,
    Purpose,
    Source,
    SpecialCategories,
)
from euguard.terms import LawfulBasis, ModelId, PurposeId, Retention, RiskClass

LETTERS, LEAFLETS, HIRING = PurposeId("letters"), PurposeId("leaflets"), PurposeId("hiring")
SMALL, OTHER = ModelId("small"), ModelId("other")


def purpose(name: PurposeId, *models: ModelId, refusal: str | None = None) -> Purpose:
    return Purpose(
        id=name,
        title=name,
        description="",
        refused=refusal is not None,
        refusal=refusal,
        risk=RiskClass.TRANSPARENCY,
        provisions=("ai-act.disclosure",),
        risk_reason="",
        lawful_basis=LawfulBasis.LEGITIMATE_INTERESTS,
        lawful_basis_reason="",
        data_subjects=("staff",),
        data_categories=("names",),
        recipients=("staff",),
        retention=Retention(183, ""),
        languages=("en",),
        models=models,
        max_characters=1000,
        oversight="",
        sources=(Source("GDPR", None, date(2026, 11, 25)),),
    )


def model(name: ModelId) -> Model:
    return Model(name, name, "", "Apache-2.0", Defaults(None, None), (), MappingProxyType({}))


POLICIES = PolicySet(
    organisation=Organisation(None, None, None, None, None, None),
    purposes={
        LETTERS: purpose(LETTERS, SMALL),
        LEAFLETS: purpose(LEAFLETS, SMALL, OTHER),
        HIRING: purpose(HIRING, SMALL, refusal="Annex III, point 4(a)"),
    },
    models={SMALL: model(SMALL), OTHER: model(OTHER)},
    digest="d" * 64,
)


def ask(
    declared: str | None, *permitted: PurposeId, use: ModelId = SMALL, rules: PolicySet = POLICIES
) -> Decision:
    named = None if declared is None else PurposeId(declared)
    return decide(rules, Inquiry(named, permitted, use))


def test_a_declared_purpose_of_the_key_is_decided_and_explained() -> None:
    decision = ask("leaflets", LETTERS, LEAFLETS, use=OTHER)

    assert decision.purpose.id == LEAFLETS
    assert decision.model.id == OTHER
    assert decision.policy == "d" * 64
    assert decision.because == (
        "purpose.declared",
        "purpose.permitted",
        "purpose.allowed",
        "model.permitted",
    )


def test_a_key_bound_to_one_purpose_need_not_declare_it() -> None:
    decision = ask(None, LETTERS)

    assert decision.purpose.id == LETTERS
    assert decision.because[0] == "purpose.sole"


def test_a_key_bound_to_two_purposes_must_declare_one() -> None:
    with pytest.raises(PurposeUndeclaredError) as caught:
        ask(None, LETTERS, LEAFLETS)

    assert caught.value.fix == "declare one of: letters, leaflets"


def test_a_key_bound_to_nothing_must_go_to_the_operator() -> None:
    with pytest.raises(PurposeUndeclaredError) as caught:
        ask(None)

    assert caught.value.fix == "ask the operator to bind the key to a purpose"


def test_the_empty_purpose_is_a_declared_one_and_not_permitted() -> None:
    with pytest.raises(PurposeNotPermittedError):
        ask("", LETTERS)


def test_another_keys_purpose_and_one_that_does_not_exist_are_answered_alike() -> None:
    answers = []
    for declared in ("leaflets", "hiring", "no-such-purpose", "Jean Dupont"):
        with pytest.raises(PurposeNotPermittedError) as caught:
            ask(declared, LETTERS)
        answers.append((str(caught.value), caught.value.fix, caught.value.param))

    assert len(set(answers)) == 1


def test_a_key_bound_to_a_purpose_that_was_deleted_may_not_use_it() -> None:
    with pytest.raises(PurposeNotPermittedError) as caught:
        ask(None, PurposeId("deleted"))

    assert "deleted" not in str(caught.value) + caught.value.fix


def test_a_refused_purpose_is_refused_with_its_article() -> None:
    with pytest.raises(PurposeRefusedError, match=r"hiring is refused: Annex III, point 4\(a\)"):
        ask("hiring", HIRING, LETTERS)


def test_a_model_of_another_purpose_and_one_that_does_not_exist_are_answered_alike() -> None:
    answers = []
    for name in (OTHER, ModelId("no-such-model"), ModelId("")):
        with pytest.raises(ModelNotPermittedError) as caught:
            ask("letters", LETTERS, use=name)
        answers.append((str(caught.value), caught.value.fix, caught.value.param))

    assert set(answers) == {
        (
            "model: the purpose letters does not use such a model",
            "use one of: small",
            "model",
        )
    }


def test_a_model_without_its_file_is_not_used() -> None:
    rules = PolicySet(POLICIES.organisation, POLICIES.purposes, {}, "d" * 64)

    with pytest.raises(ModelNotPermittedError):
        ask("letters", LETTERS, rules=rules)


def sensitive(lowest: int, recall: dict[str, float], *languages: str) -> PolicySet:
    """Return rules in which letters may speak of health, in these languages."""
    special = SpecialCategories(("health",), "9(2)(h)", "", lowest)
    letters = replace(purpose(LETTERS, SMALL), special=special, languages=languages)
    return replace(POLICIES, purposes={LETTERS: letters}, recall=recall)


def test_special_categories_are_taken_in_languages_measured_well_enough() -> None:
    rules = sensitive(90, {"en": 0.95, "fr": 0.9, "de": 0.899, "fi": 0.99}, "de", "fr", "en", "pl")
    decision = ask("letters", LETTERS, rules=rules)

    assert decision.languages == ("fr", "en")
    assert decision.because[-1] == "language.measured"


@pytest.mark.parametrize("recall", [{}, {"en": 0.899}, {"fr": 0.99}])
def test_special_categories_are_refused_where_detection_is_not_known_to_do(
    recall: dict[str, float],
) -> None:
    with pytest.raises(PurposeRefusedError, match="90 % of names") as caught:
        ask("letters", LETTERS, rules=sensitive(90, recall, "en"))

    assert "letters" in str(caught.value)
    assert "euguard pii evaluate" in caught.value.fix


def test_other_purposes_do_without_a_measurement() -> None:
    decision = ask("letters", LETTERS)

    assert decision.languages == ("en",)
    assert "language.measured" not in decision.because


_NAMES = st.sampled_from(["letters", "leaflets", "hiring", "deleted", "", "Dupont <x@y.fr>"])
_INQUIRIES = st.builds(
    Inquiry,
    declared=st.none() | _NAMES.map(PurposeId),
    permitted=st.lists(_NAMES.map(PurposeId), unique=True, max_size=4).map(tuple),
    model=st.sampled_from(["small", "other", "gpt", "Dupont <x@y.fr>"]).map(ModelId),
)


def outcome(inquiry: Inquiry) -> Decision | RefusedError:
    try:
        return decide(POLICIES, inquiry)
    except RefusedError as error:
        return error


@settings(max_examples=200)
@given(inquiry=_INQUIRIES)
def test_whatever_is_decided_was_permitted(inquiry: Inquiry) -> None:
    decision = outcome(inquiry)
    if isinstance(decision, RefusedError):
        return

    assert decision.purpose.id in inquiry.permitted
    assert inquiry.declared in (None, decision.purpose.id)
    assert not decision.purpose.refused
    assert decision.model.id == inquiry.model
    assert decision.model.id in decision.purpose.models


@settings(max_examples=200)
@given(inquiry=_INQUIRIES)
def test_whatever_is_refused_quotes_nobody(inquiry: Inquiry) -> None:
    refusal = outcome(inquiry)
    if isinstance(refusal, Decision):
        return

    assert "Dupont" not in f"{refusal} {refusal.fix} {refusal.param}"
    assert "deleted" not in f"{refusal} {refusal.fix} {refusal.param}"
