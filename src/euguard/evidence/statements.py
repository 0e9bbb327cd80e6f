"""What only people can say, and where they say it: `statements` in organisation.yaml.

No file of the program shows any of these. Until somebody states one, papers print it as a gap.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from euguard.evidence.collect import ENGINEER, MANAGEMENT, OFFICER, Stated
from euguard.evidence.facts import Fact, Gap
from euguard.policy.schema import PolicySet

DEVELOPER = "developer of the interface"
SECURITY = "information security officer"

STATEMENTS: Mapping[str, Gap] = {
    "support.access": Gap(
        MANAGEMENT,
        "Art. 30(1)(d) and (e) GDPR",
        "State who outside the organisation may reach the machine, as for maintenance, and from "
        "which country; or that nobody may.",
    ),
    "erasure.run": Gap(
        ENGINEER,
        "Art. 30(1)(f) GDPR",
        "Arrange how records are deleted after the time limit, and state it; this version deletes "
        "none.",
    ),
    "security.encryption": Gap(
        SECURITY, "Art. 32(1)(a) GDPR", "State how the disk and its backups are encrypted."
    ),
    "security.resilience": Gap(
        SECURITY, "Art. 32(1)(b) GDPR", "State who has access to the machine and its room."
    ),
    "security.restore": Gap(
        SECURITY, "Art. 32(1)(c) GDPR", "Restore a backup, and state when that was done."
    ),
    "security.testing": Gap(
        SECURITY, "Art. 32(1)(d) GDPR", "State how often these measures are tested."
    ),
    "notice.shown": Gap(
        DEVELOPER,
        "Art. 50(1) and 50(5) AI Act",
        "Show the wording before the first exchange in every interface, and state where; the "
        "programming interface itself shows nothing to people.",
    ),
    "notice.accessible": Gap(
        DEVELOPER,
        "Art. 50(5) AI Act",
        "Test the display with keyboard, screen reader and zoom, and state the result.",
    ),
    "marking.plan": Gap(
        MANAGEMENT,
        "Art. 50(2) AI Act",
        "Decide how generated text is marked and detected, or sign an analysis of why that "
        "is not feasible, and state it; this version marks nothing.",
    ),
    "system.affected": Gap(
        OFFICER,
        "Art. 26(7) and 26(11) AI Act, where the use is high-risk",
        "State which workers and other persons the use affects, and how they were informed.",
    ),
}
"""Id of the fact, and key under `statements` → the gap that it leaves while nobody states it."""


def statements(policies: PolicySet, today: date) -> Iterator[Fact]:
    """Yield each statement, or its gap."""
    file = Stated(policies, today, "organisation.yaml")
    for id_, gap in STATEMENTS.items():
        said = policies.organisation.statements.get(id_)
        yield file.declared_or(id_, said, gap, f"statements.{id_}")
