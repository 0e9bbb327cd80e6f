"""What a check found: one line of the doctor's page, with a code that never changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How good or bad."""

    OK = "ok"
    WARNING = "warning"
    """It works, and something is worth knowing."""
    FAILURE = "failure"
    """It would not work, or not safely: nothing is installed or started."""

    @property
    def sign(self) -> str:
        """The sign on the page."""
        return {"ok": "✓", "warning": "!", "failure": "✗"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    code: str
    """Stable: for tickets, scripts and runbooks."""
    mark: Mark
    what: str
    """One sentence without a full stop: what was found, and what is expected."""
    where: str
    """The file, folder, port, card or service; empty where there is only one."""
    fix: str
    """What to do about it; empty where nothing need be done."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked at; makes the findings of its code."""

    code: str
    worst: Mark
    """The worst mark that it gives."""
    expects: str
    """What must be so, and why: one sentence for the reference."""

    def ok(self, what: str, where: str = "") -> Finding:
        """Return the finding that all is well."""
        return Finding(self.code, Mark.OK, what, where, "")

    def warns(self, what: str, where: str = "", *, fix: str) -> Finding:
        """Return a finding that stops nothing."""
        return Finding(self.code, Mark.WARNING, what, where, fix)

    def fails(self, what: str, where: str = "", *, fix: str) -> Finding:
        """Return a finding that stops what was to be done."""
        return Finding(self.code, Mark.FAILURE, what, where, fix)


def worst(findings: Iterable[Finding]) -> Mark:
    """Return the worst mark; `OK` if there is no finding."""
    order = list(Mark)
    return max((one.mark for one in findings), key=order.index, default=Mark.OK)
