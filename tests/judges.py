"""The two verifiers of an export, side by side: euguard's, and audit/verify.py."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from euguard.audit.verify import verify_export
from euguard.tlog.note import VerifierKey

PROGRAM = Path(__file__).parent.parent / "audit" / "verify.py"

Judge: TypeAlias = Callable[[Path, str | None, bytes | None], dict[str, Any]]
"""Takes an export, a key line and a kept checkpoint; returns the object that --json prints."""


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_alone", PROGRAM)
    if spec is None or spec.loader is None:
        raise ImportError(PROGRAM)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


alone = _load()
"""audit/verify.py as a module."""


def euguards(path: Path, key: str | None, since: bytes | None) -> dict[str, Any]:
    trusted = None if key is None else [VerifierKey.parse(key)]
    return verify_export(path, trusted=trusted, since=since).as_json()


def alones(path: Path, key: str | None, since: bytes | None) -> dict[str, Any]:
    keys = [] if key is None else [alone.read_key(key)]
    verdict: dict[str, Any] = alone.as_json(alone.verify(str(path), None, keys, since))
    return verdict


JUDGES: tuple[Judge, ...] = (euguards, alones)


def essence(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return what both must agree on: all but the wording, and the byte named in step 2."""
    places = [
        (remark["step"], None if remark["step"] == 2 else remark["where"])
        for remark in [*verdict["failures"], *verdict["findings"]]
    ]
    return {**verdict, "failures": places, "findings": None}
