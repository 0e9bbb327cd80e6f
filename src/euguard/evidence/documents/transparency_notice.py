"""The transparency notice: what people are told, in each language, and what remains to be done.

Source: Regulation (EU) 2024/1689, Art. 50(1), (2), (4) and (5).
"""

import dataclasses

from euguard.evidence.document import Document, Section, Stamp, readings, rows
from euguard.evidence.facts import Facts
from euguard.policy.schema import Notice, PolicySet

NAME = "transparency-notice"


def build(policies: PolicySet, facts: Facts, stamp: Stamp) -> Document:
    """Return the notice.

    Raises:
        ConfigurationError: a law file that the notice cites is missing.

    """
    return Document(
        name=NAME,
        title="Transparency notice",
        basis="Art. 50(1) and (5), Regulation (EU) 2024/1689 (AI Act)",
        introduction=(
            "The words that people see before and while they use the system, and the duties that "
            "the words answer."
        ),
        sections=(
            *(_notice(facts, notice) for notice in policies.notices.values()),
            _duties(facts),
            _marking(facts),
        ),
        stamp=stamp,
    )


def _notice(facts: Facts, notice: Notice) -> Section:
    of = f"notice.{notice.language}"
    parts = ((part, heading) for part, heading, _ in notice.sections)
    fields = rows(
        facts,
        (f"{of}.banner", notice.banner_label, "Art. 50(1), (5)", f"{of}.banner"),
        *((f"{of}.{part}", heading, "", f"{of}.section.{part}") for part, heading in parts),
        (f"{of}.recorded", notice.recorded_heading, "", f"{of}.recorded"),
        (f"{of}.source", notice.source_label, "", f"{of}.source"),
        (f"{of}.reviewed", notice.reviewed_label, "", f"{of}.reviewed_by"),
    )
    spoken = tuple(dataclasses.replace(field, language=notice.language) for field in fields)
    return Section(f"notice-{notice.language}", notice.heading, spoken, language=notice.language)


def _duties(facts: Facts) -> Section:
    fields = rows(
        facts,
        ("50-1", "The duty to inform", "Art. 50(1)", "law.ai-act.disclosure"),
        ("50-5", "How and when", "Art. 50(5)", "law.ai-act.first-interaction"),
        ("50-4", "Texts for the public", "Art. 50(4)", "law.ai-act.published-text"),
        ("50-1.shown", "Where it is shown", "Art. 50(1), (5)", "notice.shown"),
        ("50-5.accessible", "Accessibility", "Art. 50(5)", "notice.accessible"),
    )
    return Section("duties", "Duties that the words answer", fields)


def _marking(facts: Facts) -> Section:
    article = "Art. 50(2)"
    fields = (
        *rows(facts, ("50-2", "The duty to mark", article, "law.ai-act.marking")),
        *readings(facts, "ai-act.marking", article),
        *rows(facts, ("50-2.plan", "Decision on marking", article, "marking.plan")),
    )
    return Section("marking", "Marking of generated text", fields)
