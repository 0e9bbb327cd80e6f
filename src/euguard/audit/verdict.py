"""What a verification found, for people and for programs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from euguard.errors import ExportInvalidError, IntegrityError

STEPS: Mapping[int, str] = {
    1: "the note signs this file, byte for byte",
    2: "the ZIP file is in the one form it may have",
    3: "the manifest states name, size and SHA-256 of every member",
    4: "a trusted key has signed the checkpoint",
    5: "the records are leaves of the checkpoint's tree",
    6: "every record is canonical and of a known kind",
    7: "every writer's records follow one another",
    8: "every exchange that was opened has ended, once",
    9: "the earlier checkpoint is a beginning of this log",
}
"""The steps of audit/SPEC.md §8."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a step found."""

    step: int
    where: str
    """Member, line, index or byte."""
    message: str


@dataclass(slots=True)
class Report:
    """Collects what the steps find, while they run."""

    failures: dict[int, Remark] = field(default_factory=dict)
    """Step → its first failure."""
    findings: list[Remark] = field(default_factory=list)
    checked: set[int] = field(default_factory=set)

    @contextmanager
    def step(self, number: int, where: str) -> Iterator[None]:
        """Carry out a part of a step: an error of integrity is its failure, at `where`."""
        self.checked.add(number)
        try:
            yield
        except ExportInvalidError as error:
            self.fail(error.step, error.where, error.reason)
        except IntegrityError as error:
            self.fail(number, where, error.message)

    def fail(self, step: int, where: str, message: str) -> None:
        """Note a failure, if it is the first of its step."""
        self.failures.setdefault(step, Remark(step, where, message))

    def failed(self, step: int) -> bool:
        """Tell whether the step has failed."""
        return step in self.failures

    def find(self, step: int, where: str, message: str) -> None:
        """Note a finding."""
        self.findings.append(Remark(step, where, message))

    def withdraw(self, *steps: int) -> None:
        """Take back what these steps said: what they rest on does not hold."""
        for step in steps:
            self.checked.discard(step)
            self.failures.pop(step, None)
        self.findings = [remark for remark in self.findings if remark.step not in steps]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is established about an export."""

    checked: frozenset[int]
    """Steps that were carried through; the others had nothing to go on, or nothing to do."""
    failures: tuple[Remark, ...]
    """The first of each failed step, in order. Those after the first tell where to look."""
    findings: tuple[Remark, ...]
    """What is no fault of integrity and needs an explanation."""
    pinned: bool
    """Whether the key came from the reader, and not from the export itself."""
    signed_by: tuple[str, ...]
    """Keys that signed the checkpoint, each as one line."""
    origin: str | None
    size: int | None
    root: str | None
    """Root hash of the checkpoint, hex."""
    records: int
    counts: Mapping[str, int]
    selection: Mapping[str, Any] | None
    created: str | None
    since: int | None
    """Size of the earlier checkpoint that is proved to be a beginning."""
    still_open: tuple[str, ...]
    """Exchanges that had not ended when the checkpoint was signed."""

    @property
    def status(self) -> str:
        """`verified`, `findings` or `failed`."""
        if self.failures:
            return "failed"
        return "findings" if self.findings else "verified"

    @property
    def exit_code(self) -> int:
        """What a command ends with: 0, 4 or 5."""
        return {"verified": 0, "findings": 4, "failed": 5}[self.status]

    def state(self, step: int) -> str:
        """`ok`, `failed` or `skipped`."""
        if any(failure.step == step for failure in self.failures):
            return "failed"
        return "ok" if step in self.checked else "skipped"

    def as_json(self) -> dict[str, Any]:
        """Return the one object that `--json` prints."""
        return {
            "checkpoint": None
            if self.origin is None
            else {"origin": self.origin, "root": self.root, "size": self.size},
            "counts": dict(sorted(self.counts.items())),
            "created": self.created,
            "exit_code": self.exit_code,
            "failures": [_as_json(remark) for remark in self.failures],
            "findings": [_as_json(remark) for remark in self.findings],
            "key_pinned": self.pinned,
            "records": self.records,
            "selection": self.selection,
            "signed_by": list(self.signed_by),
            "since": self.since,
            "status": self.status,
            "steps": {str(step): self.state(step) for step in STEPS},
            "still_open": list(self.still_open),
        }

    def describe(self) -> str:
        """Return the report for a reader."""
        lines = [f"{step}  {self.state(step):<8}{title}" for step, title in STEPS.items()]
        if self.origin is not None and self.state(9) == "skipped":
            lines[-1] += " (there is none: see --since)"
        lines.append("")
        if self.origin is not None:
            lines.append(f"log         {self.origin}")
            lines.append(f"checkpoint  size {self.size}, root {self.root}")
            lines.extend(f"signed by   {key}" for key in self.signed_by)
        lines.append(f"records     {self.records}" + _counted(self.counts))
        if self.selection is not None and self.selection["kind"] != "all":
            lines.append(f"holds       {_part(self.selection)}")
        if self.since is not None:
            lines.append(f"since       size {self.since}")
        lines.extend(f"still open  {exchange}" for exchange in self.still_open)
        lines.append("")
        for word, remarks in (("FAILED", self.failures), ("FINDING", self.findings)):
            lines.extend(f"{word}  step {r.step}, {r.where}: {r.message}" for r in remarks)
        lines.append(_CONCLUSIONS[self.status])
        if not self.pinned:
            lines.append(_SELF_ASSERTED if self.signed_by else "No key was given with --key.")
        return "\n".join(lines) + "\n"


_CONCLUSIONS = {
    "verified": "VERIFIED. Not a bit of this export differs from what was signed.",
    "findings": "VERIFIED, WITH FINDINGS. The bytes are what was signed; ask what these mean.",
    "failed": "FAILED. This export is not what was signed, or was never what it says.",
}
_SELF_ASSERTED = (
    "The key came from the export itself: this shows that the export fits together, not who\n"
    "made it. Get the log's key line from another source and give it with --key."
)


def _as_json(remark: Remark) -> dict[str, Any]:
    return {"message": remark.message, "step": remark.step, "where": remark.where}


def _part(selection: Mapping[str, Any]) -> str:
    values = "…".join(
        selection[name] for name in ("exchange", "from", "to", "purpose") if name in selection
    )
    return f"{selection['kind']} {values}: a part; that no record of it is missing is not shown"


def _counted(counts: Mapping[str, int]) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    return f" ({kinds})" if kinds else ""
