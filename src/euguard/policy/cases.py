"""Cases beside the rules: requests and the decision that somebody expects of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from euguard.errors import RefusedError
from euguard.policy.check import check
from euguard.policy.decide import Inquiry, decide
from euguard.policy.folder import CASES, KINDS, raise_all, schema
from euguard.policy.places import Placed, parse, read
from euguard.policy.schema import PolicySet, load
from euguard.terms import ModelId, PurposeId


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case."""

    path: Path
    line: int
    """Where the case begins, from 1."""
    name: str
    expected: str
    """In one line, as `drafting-letters because purpose.sole, …` or `refused: purpose_refused`."""
    actual: str
    passed: bool

    @property
    def failure(self) -> str:
        """What went wrong, in one line; empty where the case passed."""
        return "" if self.passed else f"expected {self.expected}; decided {self.actual}"


def run(folder: Path) -> tuple[CaseResult, ...]:
    """Decide every case in the folder and compare.

    Raises:
        ConfigurationError: there is no such folder.
        PolicyFileError: a rule or a file of cases is wrong at a line and column.

    """
    policies = load(folder)
    placed = [_read(path, folder) for path in _files(folder)]
    return tuple(result for file in placed for result in _run(policies, file))


def _files(folder: Path) -> list[Path]:
    return sorted(path for kind in KINDS for path in (folder / kind).glob(f"*{CASES}"))


def _read(path: Path, folder: Path) -> Placed:
    placed = parse(path, read(path, folder))
    raise_all(check(placed, schema("cases")))
    return placed


def _run(policies: PolicySet, file: Placed) -> Iterator[CaseResult]:
    for index, case in enumerate(file.value["cases"]):
        expect = case["expect"]
        outcome = _decide(policies, case["request"])
        expected = _text(expect)
        # What a case leaves out, it does not care about.
        compared = {key: outcome.get(key) for key in expect if key != "says"}
        passed = compared == {key: value for key, value in expect.items() if key != "says"}
        if "says" in expect and expect["says"] not in outcome.get("says", ""):
            passed = False
        line = file.at(("cases", index)).line
        yield CaseResult(file.path, line, case["name"], expected, _text(outcome), passed)


def _decide(policies: PolicySet, request: dict[str, Any]) -> dict[str, Any]:
    declared = request.get("declared")
    inquiry = Inquiry(
        declared=None if declared is None else PurposeId(declared),
        permitted=tuple(PurposeId(purpose) for purpose in request["permitted"]),
        model=ModelId(request["model"]),
    )
    try:
        decision = decide(policies, inquiry)
    except RefusedError as error:
        return {"refused": error.code, "says": error.message}
    filled = decision.model.defaults
    settings = {"temperature": filled.temperature, "system_prompt": filled.system_prompt}
    return {
        "purpose": decision.purpose.id,
        "because": list(decision.because),
        "defaults": [name for name, value in settings.items() if value is not None],
        "temperature": filled.temperature,
    }


def _text(outcome: dict[str, Any]) -> str:
    if "refused" in outcome:
        says = f", saying {outcome['says']!r}" if "says" in outcome else ""
        return f"refused: {outcome['refused']}{says}"
    because = f" because {', '.join(outcome['because'])}" if "because" in outcome else ""
    names = f", filling in {', '.join(outcome['defaults'])}" if outcome.get("defaults") else ""
    at = f", at temperature {outcome['temperature']}" if outcome.get("temperature") else ""
    return f"{outcome['purpose']}{because}{names}{at}"
