"""The decision on one request: pure, and it explains itself.

The rules, in this order; the first that fails refuses::

    purpose.declared   the client named a purpose …
    purpose.sole       … or named none, and its key is bound to one purpose only
    purpose.permitted  the key is bound to that purpose, and the purpose exists
    purpose.allowed    the organisation does not refuse it
    model.permitted    the purpose uses that model
    language.measured  where data of Art. 9 or Art. 10 GDPR are expected: detection is known to
                       find enough in one of the purpose's languages; the others are refused

Messages name ids of the policy set only. What the client sent is not quoted, and an unknown
purpose is answered as one that the key may not use: nobody learns the others' purposes.
"""

from dataclasses import dataclass

from euguard.errors import (
    ModelNotPermittedError,
    PurposeNotPermittedError,
    PurposeRefusedError,
    PurposeUndeclaredError,
)
from euguard.policy.schema import Model, PolicySet, Purpose
from euguard.terms import ModelId, PurposeId


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a decision needs to know of a request; no text of it."""

    declared: PurposeId | None
    """The purpose the client declared, if any."""
    permitted: tuple[PurposeId, ...]
    """The purposes that the API key is bound to."""
    model: ModelId
    """The model the client asked for."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The request may go on, under these obligations."""

    purpose: Purpose
    model: Model
    because: tuple[str, ...]
    """Ids of the rules that decided, in order."""
    languages: tuple[str, ...]
    """ISO 639-1 codes in which text is accepted."""
    policy: str
    """SHA-256 of the policy set, hex."""


def decide(policies: PolicySet, inquiry: Inquiry) -> Decision:
    """Return what the request may do.

    Raises:
        PurposeUndeclaredError: no purpose is named, and the key has none or several.
        PurposeNotPermittedError: the key is not bound to that purpose, or there is no such one.
        PurposeRefusedError: the organisation refuses the purpose; the message has the article.
            Or detection finds too little for special categories in all its languages.
        ModelNotPermittedError: the purpose does not use that model, or there is no such one.

    """
    rule, named = _named(policies, inquiry)
    purpose = policies.purposes.get(named) if named in inquiry.permitted else None
    if purpose is None:
        msg = "purpose: this API key may not use the purpose"
        raise PurposeNotPermittedError(msg, fix=_choose(policies, inquiry))
    if purpose.refused:
        msg = f"purpose: {purpose.id} is refused: {purpose.refusal}"
        raise PurposeRefusedError(msg, fix="ask the data protection officer")
    model = policies.models.get(inquiry.model) if inquiry.model in purpose.models else None
    if model is None:
        msg = f"model: the purpose {purpose.id} does not use such a model"
        fix = f"use one of: {', '.join(purpose.models)}"
        raise ModelNotPermittedError(msg, param="model", fix=fix)
    because = [rule, "purpose.permitted", "purpose.allowed", "model.permitted"]
    languages = purpose.languages
    if purpose.special is not None:
        languages = _measured(policies, purpose, purpose.special.lowest_recall)
        because.append("language.measured")
    return Decision(purpose, model, tuple(because), languages, policies.digest)


def accepted_languages(policies: PolicySet, purpose: Purpose) -> tuple[str, ...]:
    """Return the languages of the purpose in which detection is known to find enough for it."""
    if purpose.special is None:
        return purpose.languages
    return tuple(
        language
        for language in purpose.languages
        if 100 * policies.recall.get(language, 0) >= purpose.special.lowest_recall
    )


def _measured(policies: PolicySet, purpose: Purpose, lowest: int) -> tuple[str, ...]:
    """Return the languages of the purpose in which detection finds `lowest` per cent."""
    enough = accepted_languages(policies, purpose)
    if not enough:
        card = (
            "recall-card.json says" if policies.recall else "there is no recall-card.json that says"
        )
        msg = (
            f"purpose: {purpose.id} expects special categories of personal data, and in none of "
            f"its languages {card} that detection finds {lowest} % of names"
        )
        fix = "ask the data protection officer for a recall card: euguard pii evaluate"
        raise PurposeRefusedError(msg, fix=fix)
    return enough


def _named(policies: PolicySet, inquiry: Inquiry) -> tuple[str, PurposeId]:
    if inquiry.declared is not None:
        return "purpose.declared", inquiry.declared
    if len(inquiry.permitted) == 1:
        return "purpose.sole", inquiry.permitted[0]
    msg = "purpose: none is declared, and this API key is not bound to one alone"
    raise PurposeUndeclaredError(msg, fix=_choose(policies, inquiry))


def _choose(policies: PolicySet, inquiry: Inquiry) -> str:
    known = [purpose for purpose in inquiry.permitted if purpose in policies.purposes]
    if not known:
        return "ask the operator to bind the key to a purpose"
    return f"declare one of: {', '.join(known)}"
