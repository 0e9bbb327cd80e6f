"""The policies folder: which files count, each checked alone and against the others.

Only the files read here decide anything; each has its SHA-256, and the set has one.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from euguard import canonical
from euguard.errors import ConfigurationError, PolicyFileError
from euguard.policy import shipped
from euguard.policy.check import check, did_you_mean
from euguard.policy.places import Placed, Way, parse, read

KINDS = {
    "purposes": "purpose",
    "models": "model",
    "law": "law",
    "notices": "notice",
}
"""Folder → kind of file in it, which is also the name of its schema."""

CASES = ".cases.yaml"
"""How a file of cases ends; it tests the rules and is not one of them."""

CARD = "recall-card.json"
"""Name of the recall card in the folder; there need not be one."""
MOST_CARD = 4 * 1024 * 1024
"""Bytes of a recall card at most."""

_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*", re.ASCII)

_REQUIRED = ("purposes", "models", "law")


@dataclass(frozen=True, slots=True)
class Folder:
    """Every policy file, parsed and valid, with its digest."""

    organisation: Placed
    files: Mapping[str, tuple[Placed, ...]]
    """Kind → its files, sorted by name."""
    digests: Mapping[str, str]
    """Name relative to the folder → SHA-256, hex."""
    card: Placed | None
    """The recall card, if there is one; JSON, so that its values have no places."""

    def digest(self) -> str:
        """Return the SHA-256 over names and bytes: of the RFC 8785 object name → SHA-256."""
        return hashlib.sha256(canonical.encode(self.digests)).hexdigest()


def read_folder(folder: Path) -> Folder:
    """Read and check everything.

    Raises:
        ConfigurationError: there is no such folder.
        PolicyFileError: a file is wrong; `also` holds the other places that are.

    """
    if not folder.is_dir():
        msg = f"policies: no folder at {folder}"
        raise ConfigurationError(msg, fix="name the folder that holds organisation.yaml")
    errors: list[PolicyFileError] = []
    digests: dict[str, str] = {}
    found: dict[str, list[Placed]] = {kind: [] for kind in ("organisation", *KINDS.values())}
    for kind, path in _paths(folder, errors):
        try:
            data = read(path, folder)
            placed = parse(path, data)
        except PolicyFileError as error:
            errors.append(error)
            continue
        digests[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()
        wrong = check(placed, schema(kind)) or _own_id(kind, placed)
        errors.extend(wrong)
        if not wrong:
            found[kind].append(placed)
    card = _card(folder, digests, errors)
    if not errors:  # a file that is missing because it is wrong would be reported twice
        errors.extend(_references(found))
    raise_all(errors)
    files = {kind: tuple(found[kind]) for kind in KINDS.values()}
    return Folder(found["organisation"][0], files, digests, card)


def schema(kind: str) -> Mapping[str, Any]:
    """Return the JSON Schema of one kind of file.

    Always the one that came with this version of euguard: the program relies on it.
    """
    path = shipped.folder() / "schema" / f"{kind}.schema.json"
    value: Mapping[str, Any] = orjson.loads(path.read_bytes())
    return value


def raise_all(errors: Sequence[PolicyFileError]) -> None:
    """Raise the first error, which then holds the others; do nothing if there is none."""
    if not errors:
        return
    first, *rest = errors
    raise PolicyFileError(
        first.path, first.line, first.column, first.reason, fix=first.fix, also=tuple(rest)
    )


def _card(folder: Path, digests: dict[str, str], errors: list[PolicyFileError]) -> Placed | None:
    path = folder / CARD
    if not path.exists():
        return None
    try:
        data = read(path, folder, MOST_CARD)
        placed = Placed(path, orjson.loads(data))
    except PolicyFileError as error:
        errors.append(error)
        return None
    except orjson.JSONDecodeError as error:
        again = "write it again: euguard pii evaluate"
        errors.append(PolicyFileError(path, error.lineno, error.colno, "not JSON", fix=again))
        return None
    digests[CARD] = hashlib.sha256(data).hexdigest()
    errors.extend(check(placed, schema("recall-card")))
    return placed


def _paths(folder: Path, errors: list[PolicyFileError]) -> list[tuple[str, Path]]:
    paths = [("organisation", folder / "organisation.yaml")]
    for name, kind in KINDS.items():
        inside = folder / name
        if name in _REQUIRED and not inside.is_dir():
            fix = f"make the folder with one {kind} file at least"
            errors.append(PolicyFileError(inside, 1, 1, "the folder is missing", fix=fix))
            continue
        files = sorted(path for path in inside.glob("*") if not path.name.startswith("."))
        errors.extend(_misnamed(files))
        rules = [p for p in files if p.name.endswith(".yaml") and not p.name.endswith(CASES)]
        paths.extend((kind, path) for path in rules)
        if name in _REQUIRED and not rules:
            fix = f"add one {kind} file at least"
            errors.append(PolicyFileError(inside, 1, 1, "the folder holds no rules", fix=fix))
    return paths


def _misnamed(files: Iterable[Path]) -> list[PolicyFileError]:
    # A rule in `x.yml` that nobody reads is worse than none: somebody believes in it.
    near = {".yml", ".json", ".yaml"}
    errors = []
    for path in files:
        if path.suffix.lower() not in near:
            continue
        reason = ""
        if path.suffix != ".yaml":
            reason = "the name does not end in .yaml"
        elif not _NAME.fullmatch(path.name):
            reason = "the name is not of a-z, 0-9, dots and hyphens"
        if reason:
            errors.append(PolicyFileError(path, 1, 1, reason, fix="rename the file"))
    return errors


def _own_id(kind: str, placed: Placed) -> list[PolicyFileError]:
    key = {"purpose": "id", "model": "id", "notice": "language"}.get(kind)
    if key is None or placed.value[key] == placed.path.stem:
        return []
    message = f"{key!r} is not the name of its file"
    fix = f"write `{key}: {placed.path.stem}`, or rename the file"
    return [placed.error(placed.at((key,)), message, fix=fix)]


def _references(found: Mapping[str, list[Placed]]) -> list[PolicyFileError]:
    models = {placed.path.stem for placed in found["model"]}
    errors = []
    for purpose in found["purpose"]:
        for index, model in enumerate(purpose.value["models"]):
            if model not in models:
                message = f"there is no model file {model!r}"
                fix = did_you_mean(model, models)
                errors.append(purpose.error(purpose.at(("models", index)), message, fix=fix))
        errors.extend(_unknown_provisions(purpose, found["law"]))
    return errors + _duplicates(found["law"])


def _unknown_provisions(purpose: Placed, law: Iterable[Placed]) -> list[PolicyFileError]:
    known = {provision["id"] for placed in law for provision in placed.value["provisions"]}
    way: Way = ("risk", "provisions")
    return [
        purpose.error(
            purpose.at((*way, index)),
            f"there is no provision {id_!r} in law/",
            fix=did_you_mean(id_, known),
        )
        for index, id_ in enumerate(purpose.value["risk"]["provisions"])
        if id_ not in known
    ]


def _duplicates(law: Iterable[Placed]) -> list[PolicyFileError]:
    seen: dict[str, Path] = {}
    errors = []
    for placed in law:
        for index, provision in enumerate(placed.value["provisions"]):
            way: Way = ("provisions", index, "id")
            if provision["id"] in seen:
                message = f"the id {provision['id']!r} stands already in {seen[provision['id']]}"
                errors.append(placed.error(placed.at(way), message, fix="give it another id"))
            seen.setdefault(provision["id"], placed.path)
    return errors
