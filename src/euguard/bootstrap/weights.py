"""Checking and describing a folder of weights: the files on disk, judged by `serving`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from euguard.adapters import weights
from euguard.errors import ConfigurationError
from euguard.serving import manifest as manifests
from euguard.serving.manifest import Manifest
from euguard.serving.weights import Described, read_shape

Progress: TypeAlias = Callable[[int, int], None]

_GET_AGAIN = "get these files once more, or carry the bundle in again; the engine is not started"
_CHECK_AGAIN = "run `euguard serving verify-weights` without --quick"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the weights, their manifest and this machine's record lie."""

    folder: Path
    manifest: Path
    record: Path

    @classmethod
    def around(cls, folder: Path, manifest: Path | None, record: Path | None) -> "Places":
        """Return the places; those not named lie beside the folder."""
        beside = folder.absolute()
        return cls(
            folder=beside,
            manifest=manifest or beside.with_name(f"{beside.name}.manifest.json"),
            record=record or beside.with_name(f"{beside.name}.checked.json"),
        )


def describe_folder(folder: Path) -> Described:
    """Return what the folder says of the model in it.

    Raises:
        ConfigurationError: a file is missing or wrong; names file and field.

    """
    name, text = weights.description(folder)
    return Described(name, read_shape(name, text), weights.tensors(folder))


def known_as(folder: Path) -> str | None:
    """Return the digest of the manifest beside the folder; None where there is no manifest.

    Raises:
        ConfigurationError: what lies there is no manifest.

    """
    places = Places.around(folder, None, None)
    return _manifest(places).digest() if places.manifest.exists() else None


def write_manifest(places: Places, model: str, progress: Progress) -> Manifest:
    """Describe the folder as it is now, and write its manifest.

    Raises:
        ConfigurationError: something cannot be read or written.
        WeightsInvalidError: a link or a device lies in the folder.

    """
    made = weights.describe(places.folder, model, progress=progress)
    weights.write(places.manifest, made.text())
    return made


def verify(places: Places, progress: Progress) -> Manifest:
    """Read every byte of the weights and compare; remember it for the quick check.

    Raises:
        ConfigurationError: no manifest, or something cannot be read or written.
        WeightsInvalidError: names every file that is missing, added or another.

    """
    wanted = _manifest(places)
    now = weights.seen(places.folder)
    manifests.refuse(
        manifests.compare(wanted, {path: one.size for path, one in now.items()}), fix=_GET_AGAIN
    )
    partial = weights.Partial(places.record.with_suffix(".partial"), wanted, now)
    try:
        findings = weights.check(places.folder, wanted, partial, progress=progress)
    finally:
        partial.close()  # what was good stays so: after a repair only the rest is read again
    if findings:
        places.record.unlink(missing_ok=True)
    manifests.refuse(sorted(findings.values()), fix=_GET_AGAIN)
    weights.write(places.record, weights.record_of(wanted, now).text())
    partial.remove()
    return wanted


def verify_quickly(places: Places) -> Manifest:
    """Compare sizes, times and recorded digests; read nothing of the weights.

    Raises:
        ConfigurationError: no manifest, or no full check was ever finished here.
        WeightsInvalidError: names every file that is missing, added, or changed since.

    """
    wanted = _manifest(places)
    now = weights.seen(places.folder)
    manifests.refuse(
        manifests.compare(wanted, {path: one.size for path, one in now.items()}), fix=_GET_AGAIN
    )
    if not places.record.exists():
        msg = f"weights: {places.record} is not there: no full check was finished here"
        raise ConfigurationError(msg, fix=_CHECK_AGAIN)
    record = manifests.parse_record(weights.read(places.record), name=places.record.name)
    manifests.refuse(manifests.unchanged(wanted, record, now), fix=_CHECK_AGAIN)
    return wanted


def _manifest(places: Places) -> Manifest:
    if not places.manifest.exists():
        msg = f"weights: there is no manifest {places.manifest}"
        fix = "take it from the bundle, or make it with `euguard serving manifest`"
        raise ConfigurationError(msg, fix=fix)
    return manifests.parse(weights.read(places.manifest), name=places.manifest.name)
