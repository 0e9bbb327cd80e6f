"""The record of processing activities of the controller.

The sections follow the letters of Art. 30(1) GDPR: (a) once, (b) to (f) for each purpose, what
holds for all purposes, (g) once.

Source: Regulation (EU) 2016/679, Art. 30(1), Art. 32(1).
"""

from euguard.evidence.document import Document, Field, Section, Stamp, rows
from euguard.evidence.facts import Facts, pick
from euguard.policy.schema import PolicySet, Purpose

NAME = "record-of-processing"


def build(policies: PolicySet, facts: Facts, stamp: Stamp) -> Document:
    """Return the record.

    Raises:
        ConfigurationError: a law file that the record cites is missing.

    """
    return Document(
        name=NAME,
        title="Record of processing activities",
        basis="Art. 30(1), Regulation (EU) 2016/679 (GDPR)",
        introduction=(
            "What the controller keeps on the processing by this language model, purpose by "
            "purpose, in the order of the letters of the article."
        ),
        sections=(
            _duty(facts),
            _controller(facts),
            *(_purpose(facts, purpose) for purpose in policies.purposes.values()),
            _all_purposes(facts),
            _measures(facts),
        ),
        stamp=stamp,
    )


def _duty(facts: Facts) -> Section:
    fields = rows(
        facts,
        ("duty.records", "The duty", "Art. 30(1)", "law.gdpr.records"),
        ("duty.exemption", "Who is exempt", "Art. 30(5)", "law.gdpr.records-exemption"),
        ("duty.period", "Period observed", "", "log.period"),
        ("duty.strangers", "Purposes without a file", "Art. 30(1)(b)", "log.strangers"),
    )
    return Section("duty", "The duty and the period", fields)


def _controller(facts: Facts) -> Section:
    labels = {
        "name": "Controller",
        "address": "Postal address",
        "email": "E-mail address",
        "country": "Country",
        "joint_controllers": "Joint controllers",
        "representative": "Representative in the Union",
        "dpo_name": "Data protection officer",
        "dpo_email": "E-mail address of the officer",
    }
    fields = tuple(
        Field(f"30-1-a.{name}", label, "Art. 30(1)(a)", pick(facts, f"organisation.{name}"))
        for name, label in labels.items()
    )
    return Section("a", "(a) Controller and data protection officer", fields)


def _purpose(facts: Facts, purpose: Purpose) -> Section:
    of = f"purpose.{purpose.id}"
    fields = rows(
        facts,
        (f"{of}.b", "Purpose", "Art. 30(1)(b)", f"{of}.description"),
        (f"{of}.b.status", "Allowed or refused", "Art. 30(1)(b)", f"{of}.status"),
        (f"{of}.b.basis", "Lawful basis", "Art. 6(1)", f"{of}.lawful_basis"),
        (f"{of}.b.approved", "Approved by", "Art. 5(2)", f"{of}.approved_by"),
        (f"{of}.b.use", "Use so far", "Art. 30(1)(b)", f"log.{of}.use"),
        (f"{of}.c.subjects", "Data subjects", "Art. 30(1)(c)", f"{of}.data_subjects"),
        (f"{of}.c.data", "Personal data", "Art. 30(1)(c)", f"{of}.data_categories"),
        (f"{of}.c.special", "Special categories", "Art. 9, 10, 30(1)(c)", f"{of}.special"),
        (f"{of}.c.mentions", "Words that speak of them", "Art. 9, 10", f"log.{of}.special"),
        (f"{of}.c.found", "Found and replaced so far", "Art. 30(1)(c)", f"log.{of}.found"),
        (f"{of}.d", "Recipients", "Art. 30(1)(d)", f"{of}.recipients"),
        (f"{of}.d.restored", "Where values go back to", "Art. 30(1)(d), 32(1)", f"{of}.restored"),
        (f"{of}.f", "Time limit for the log's records", "Art. 30(1)(f)", f"{of}.retention"),
    )
    return Section(purpose.id, f"(b) to (f) Purpose: {purpose.title}", fields)


def _all_purposes(facts: Facts) -> Section:
    fields = rows(
        facts,
        ("d.upstream", "Model server", "Art. 30(1)(d)", "settings.upstream"),
        ("d.support", "Access from outside", "Art. 30(1)(d), (e)", "support.access"),
        ("e.network", "Addresses outside the machine", "Art. 30(1)(e)", "settings.network"),
        ("f.erasure", "Erasure carried out", "Art. 30(1)(f)", "erasure.run"),
    )
    heading = "(d) to (f) All purposes: recipients, third countries, erasure"
    return Section("all", heading, fields)


def _measures(facts: Facts) -> Section:
    fields = rows(
        facts,
        (
            "g.pseudonymisation",
            "Pseudonymisation",
            "Art. 30(1)(g), 32(1)(a)",
            "security.pseudonymisation",
        ),
        ("g.found", "Replaced so far, all purposes", "Art. 30(1)(g), 32(1)(a)", "log.found"),
        ("g.encryption", "Encryption at rest", "Art. 30(1)(g), 32(1)(a)", "security.encryption"),
        ("g.access", "Access by programs", "Art. 30(1)(g), 32(1)(b)", "security.access"),
        ("g.resilience", "Access by persons", "Art. 30(1)(g), 32(1)(b)", "security.resilience"),
        ("g.record", "Accountability", "Art. 30(1)(g), 5(2), 32(1)(b)", "security.record"),
        ("g.log", "State of the log", "Art. 30(1)(g), 5(2)", "log.checkpoint"),
        ("g.origin", "Name of the log", "Art. 30(1)(g), 5(2)", "settings.origin"),
        ("g.database", "Where the log is kept", "Art. 30(1)(g), 32(1)(b)", "settings.database"),
        ("g.listen", "Where the gateway listens", "Art. 30(1)(g), 32(1)(b)", "settings.listen"),
        ("g.restore", "Restoring after an incident", "Art. 30(1)(g), 32(1)(c)", "security.restore"),
        ("g.testing", "Testing of the measures", "Art. 30(1)(g), 32(1)(d)", "security.testing"),
    )
    return Section("g", "(g) Technical and organisational security measures", fields)
