"""The entry of this system in the organisation's inventory of AI systems.

No provision lists the fields of an inventory; they are those that later duties ask for (roles,
classification, dates, model), named as Annex VIII names them where it does.

Source: Regulation (EU) 2024/1689, Art. 3, 6, 50, 113; Regulation (EU) 2026/1744, Art. 1.
"""

from euguard.evidence.document import Document, Section, Stamp, readings, rows
from euguard.evidence.facts import Facts
from euguard.policy.schema import Model, PolicySet, Purpose

NAME = "system-inventory"


def build(policies: PolicySet, facts: Facts, stamp: Stamp) -> Document:
    """Return the entry.

    Raises:
        ConfigurationError: a law file that the entry cites is missing.

    """
    permitted = {model for purpose in policies.purposes.values() for model in purpose.models}
    return Document(
        name=NAME,
        title="AI system: entry in the inventory",
        basis="Regulation (EU) 2024/1689 (AI Act) as amended by Regulation (EU) 2026/1744",
        introduction=(
            "Which system this is, in which roles the organisation stands towards it, what it is "
            "used for and which dates follow. Where the law is unsettled, every reading is printed."
        ),
        sections=(
            _system(facts),
            _roles(facts),
            *(_purpose(facts, purpose) for purpose in policies.purposes.values()),
            _dates(facts),
            *(_model(facts, model) for model in policies.models.values() if model.id in permitted),
        ),
        stamp=stamp,
    )


def _system(facts: Facts) -> Section:
    fields = rows(
        facts,
        ("name", "Name", "Art. 3(3), 50(1)", "organisation.system_name"),
        ("organisation", "Organisation", "Art. 3(3), 3(4)", "organisation.name"),
        ("status", "Status", "", "system.status"),
        ("risk", "Highest risk class in use", "Art. 5, 6, 50", "system.risk"),
        ("affected", "Persons affected", "Art. 26(7), 26(11)", "system.affected"),
        ("software", "Software", "", "settings.software"),
        ("use", "Use so far", "", "log.use"),
        ("period", "Period observed", "", "log.period"),
    )
    return Section("system", "The system", fields)


def _roles(facts: Facts) -> Section:
    article = "Art. 3(3), 3(4)"
    fields = (
        *rows(facts, ("role.law", "The roles", article, "law.ai-act.roles")),
        *readings(facts, "ai-act.roles", article),
        *rows(
            facts,
            ("role.chosen", "Reading chosen", article, "organisation.role"),
            ("role.reason", "Reason, and who decided", "", "organisation.role_reason"),
        ),
    )
    return Section("roles", "Roles", fields)


def _purpose(facts: Facts, purpose: Purpose) -> Section:
    of = f"purpose.{purpose.id}"
    fields = rows(
        facts,
        (f"{of}.intended", "Intended purpose", "Art. 3(12)", f"{of}.description"),
        (f"{of}.status", "Allowed or refused", "", f"{of}.status"),
        (f"{of}.risk", "Risk class", "Art. 5, 6, 50, Annex III", f"{of}.risk"),
        (f"{of}.sources", "Compared with", "", f"{of}.sources"),
        (f"{of}.dates", "Dates that follow", "Art. 113", f"{of}.dates"),
        (f"{of}.oversight", "Human oversight", "Art. 14, 26(2)", f"{of}.oversight"),
        (f"{of}.models", "Models permitted", "", f"{of}.models"),
        (f"{of}.used", "Models used so far", "", f"log.{of}.models"),
        (f"{of}.languages", "Languages permitted", "", f"{of}.languages"),
        (f"{of}.recognised", "Languages recognised so far", "", f"log.{of}.languages"),
        (f"{of}.max", "Characters in one exchange at most", "", f"{of}.max_characters"),
        (f"{of}.use", "Use so far", "", f"log.{of}.use"),
    )
    return Section(purpose.id, f"Purpose: {purpose.title}", fields)


def _dates(facts: Facts) -> Section:
    article = "Art. 6, 113, third paragraph"
    open_question = "ai-act.incidents-and-explanations"
    fields = rows(
        facts,
        ("dates.literacy", "AI literacy", "Art. 4", "law.ai-act.literacy"),
        ("dates.prohibited", "Prohibited", "Art. 5", "law.ai-act.prohibited-practices"),
        (
            "dates.sexual",
            "Prohibited, later points",
            "Art. 5",
            "law.ai-act.prohibited-sexual-material",
        ),
        ("dates.annex-iii", "High-risk, Annex III", article, "law.ai-act.high-risk-annex-iii"),
        ("dates.annex-i", "High-risk, Annex I", article, "law.ai-act.high-risk-annex-i"),
        ("dates.open", "Incidents and explanations", "Art. 73, 86", f"law.{open_question}"),
    )
    unsettled = readings(facts, open_question, "Art. 73, 86, 113")
    return Section("dates", "Dates of application", fields + unsettled)


def _model(facts: Facts, model: Model) -> Section:
    of = f"model.{model.id}"
    fields = rows(
        facts,
        (f"{of}.title", "Model", "", f"{of}.title"),
        (f"{of}.provider", "Provider of the model", "Art. 3(3)", f"{of}.provider"),
        (f"{of}.licence", "Licence", "", f"{of}.licence"),
        (f"{of}.approved", "Approved by", "", f"{of}.approved_by"),
        *(
            (f"{of}.fact.{number:02}", stated.name, "", f"{of}.fact.{number:02}")
            for number, stated in enumerate(model.facts)
        ),
    )
    return Section(model.id, f"Model: {model.title}", fields)
