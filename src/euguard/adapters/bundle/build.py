"""Making a bundle from what lies on the builder's disk.

::

    wheels/gateway/      euguard and what it needs, with requirements.txt: pip's lock over them
    wheels/engine/       vLLM and what it needs, likewise
    debs/                Debian packages, their index, and the key that signed it
    collections/         Ansible collections
    weights/<model>/     the model's files
    licences/            licence texts: euguard's, the model's
    policies/, deploy/   rules and playbooks
    sbom/                what is in it: software, model, and what is known against it

The same inputs give the same bytes.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from euguard.adapters.bundle import gather, tar
from euguard.adapters.bundle.gather import Source
from euguard.errors import BundleInvalidError, ConfigurationError
from euguard.provision import advisories, apt, bill, lock, openpgp
from euguard.provision.advisories import Advisories
from euguard.provision.manifest import (
    MANIFEST,
    SIGNATURE,
    File,
    Kind,
    Manifest,
    Target,
    note_text,
)
from euguard.tlog.note import Signer

EUGUARD = "euguard"
LOCK = "requirements.txt"
SUFFIX = ".bundle.tar"


@dataclass(frozen=True, slots=True)
class Model:
    """A model to carry."""

    card: bill.ModelCard
    weights: Path
    licence: Path
    """Its text."""
    digests: Path | None
    """SHA-256 of each file as its provider states them; None if nobody compares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """What a bundle is made from."""

    source: Path
    """A checkout: deploy/, LICENSE."""
    policies: Path
    lock: Path
    wheels: Path
    """Of the gateway, euguard's own among them."""
    engine_wheels: Path | None
    debs: Path | None
    collections: Path | None
    model: Model | None
    advisories: Advisories
    target: Target
    created: datetime
    serial: int


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs: the manifest, and apt's index."""

    manifest: Signer
    index: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Built:
    """A bundle that was written."""

    path: Path
    manifest: Manifest
    size: int
    """Bytes of the tar."""
    sha256: str
    """Of the tar, hex: to name it by, for the signature is within."""


@dataclass(slots=True)
class _Basket:
    """What was gathered so far."""

    sources: dict[str, Source] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    packages: list[bill.Component] = field(default_factory=list)

    def add(self, source: Source) -> File:
        file = source.measured()
        self.sources[file.path] = source
        self.files[file.path] = file
        return file

    def of(self, kind: Kind) -> list[File]:
        return [file for _, file in sorted(self.files.items()) if file.kind is kind]


def build(given: Ingredients, keys: Keys, destination: Path, tell: Callable[[str], None]) -> Built:
    """Gather, describe, sign and write a bundle into the folder `destination`.

    Raises:
        ConfigurationError: something is missing, or does not fit; names it.

    """
    basket = _Basket()
    version = _gateway(basket, given)
    if given.engine_wheels is not None:
        _add_wheels(basket, "engine", gather.wheels(given.engine_wheels, given.target.python))
    if given.debs is not None:
        _add_debs(basket, given, keys.index, keys.manifest.verifier.name)
    if given.collections is not None:
        for path in gather.files(given.collections):
            basket.add(Source(f"collections/{path.name}", Kind.COLLECTION, path))
    if given.model is not None:
        tell(f"weights: reading {given.model.weights}")
        _add_model(basket, given.model)
    _add_trees(basket, given)
    _add_bills(basket, given, version)
    manifest = Manifest(
        version=version,
        serial=given.serial,
        created=given.created,
        target=given.target,
        files=tuple(file for _, file in sorted(basket.files.items())),
    )
    tell(f"writing {len(manifest.files)} files, {manifest.size:,} bytes")
    return _write(destination, manifest, keys.manifest, basket)


def _gateway(basket: _Basket, given: Ingredients) -> str:
    """Add the gateway's wheels; return the version of euguard among them."""
    found = gather.wheels(given.wheels, given.target.python)
    own = [one for one in found if one.name.distribution == EUGUARD]
    if not own:
        msg = f"{given.wheels}: euguard's own wheel is not in it"
        raise ConfigurationError(msg, fix="make it with `make wheel`, and put it there")
    locked = _add_wheels(basket, "gateway", found)
    pins = lock.parse(given.lock.read_text())
    lock.require_locked([one for one in locked if one.distribution != EUGUARD], pins)
    return own[0].name.version


def _add_wheels(basket: _Basket, part: str, found: list[gather.Wheel]) -> list[lock.Locked]:
    """Add a folder of wheels, and the lock over exactly them."""
    locked = []
    for one in found:
        path = f"wheels/{part}/{one.path.name}"
        file = basket.add(Source(path, Kind.WHEEL, one.path))
        name = one.name
        locked.append(lock.Locked(name.distribution, name.version, file.sha256, one.path.name))
        purl = bill.purl_of_wheel(name.distribution, name.version)
        basket.packages.append(
            bill.Component(file, name.distribution, name.version, purl, one.licence)
        )
    basket.add(Source(f"wheels/{part}/{LOCK}", Kind.LOCK, lock.write(locked)))
    return locked


def _add_debs(basket: _Basket, given: Ingredients, key: Ed25519PrivateKey, builder: str) -> None:
    assert given.debs is not None
    distribution = given.target.distribution
    found = []
    for path in gather.files(given.debs):
        file = basket.add(Source(f"debs/{path.name}", Kind.DEB, path))
        bare = File(path.name, file.size, file.sha256, file.kind)
        deb = apt.Deb(bare, gather.control(path))
        apt.require_fields(deb)
        found.append(deb)
        basket.packages.append(_deb_component(file, deb, distribution))
    index = apt.packages(found)
    release = apt.release(index, given.created, distribution)
    signed = openpgp.cleartext(key, release.decode(), given.created)
    public = openpgp.public_key(key, f"euguard bundle ({builder})")
    for name, data in (
        ("Packages", index),
        ("Release", release),
        ("InRelease", signed),
        ("euguard.asc", public),
    ):
        basket.add(Source(f"debs/{name}", Kind.DEB, data))


def _deb_component(file: File, deb: apt.Deb, distribution: str) -> bill.Component:
    fields = deb.fields
    purl = bill.purl_of_deb(
        fields["Package"], fields["Version"], fields["Architecture"], distribution
    )
    return bill.Component(file, fields["Package"], fields["Version"], purl, bill.UNKNOWN_LICENCE)


def _add_model(basket: _Basket, model: Model) -> None:
    stated = None if model.digests is None else gather.digests(model.digests)
    for name, path in gather.tree(model.weights):
        file = basket.add(Source(f"weights/{model.card.id}/{name}", Kind.WEIGHT, path))
        if stated is not None and stated.get(name) != file.sha256:
            said = "not in the list of digests" if name not in stated else f"is {file.sha256}"
            msg = f"{path}: its SHA-256 {said}, which is not what its provider states"
            raise ConfigurationError(msg, fix="get the file again; do not carry this one")
    missing = sorted(set(stated or ()) - {name for name, _ in gather.tree(model.weights)})
    if missing:
        msg = f"{model.weights}: {missing[0]} is missing, and the list of digests has it"
        raise ConfigurationError(msg, fix="get the file, or take it off the list")
    basket.add(Source(f"licences/{model.card.id}.txt", Kind.LICENCE, model.licence))


def _add_trees(basket: _Basket, given: Ingredients) -> None:
    basket.add(Source(f"licences/{EUGUARD}.txt", Kind.LICENCE, given.source / "LICENSE"))
    for name, path in gather.tree(given.policies):
        basket.add(Source(f"policies/{name}", Kind.POLICY, path))
    # The demo builds an engine for a CPU from an index: it has no use on a server.
    for name, path in gather.tree(given.source / "deploy", frozenset({"demo"})):
        basket.add(Source(f"deploy/{name}", Kind.PLAYBOOK, path))


def _add_bills(basket: _Basket, given: Ingredients, version: str) -> None:
    packages = sorted(basket.packages, key=lambda one: one.file.path)
    software = bill.software(version, given.created, packages)
    basket.add(Source("sbom/software.cdx.json", Kind.SBOM, software.data))
    if given.model is not None:
        model = bill.model(version, given.created, given.model.card, basket.of(Kind.WEIGHT))
        basket.add(Source("sbom/model.cdx.json", Kind.SBOM, model.data))
    vex = advisories.vex(given.created, given.advisories, software, packages)
    basket.add(Source("sbom/advisories.vex.cdx.json", Kind.VEX, vex.data))


def _write(destination: Path, manifest: Manifest, signer: Signer, basket: _Basket) -> Built:
    """Write the tar beside its place, and put it there once it is on the disk."""
    place = destination / f"{EUGUARD}-{manifest.version}{SUFFIX}"
    fresh = place.with_name(place.name + ".new")
    note = signer.sign(note_text(manifest.version, manifest.serial, manifest.digest))
    try:
        destination.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            hashed = _Hashed(file)
            tar.write(hashed, _members(manifest, note, basket))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(place)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        msg = f"cannot write {error.filename or place}: {error.strerror}"
        raise ConfigurationError(msg) from None
    except BundleInvalidError as error:
        fresh.unlink(missing_ok=True)
        msg = f"{error.where} changed while the bundle was written"
        raise ConfigurationError(msg, fix="build again, and let nothing write there") from None
    return Built(place, manifest, hashed.size, hashed.digest.hexdigest())


def _members(
    manifest: Manifest, note: bytes, basket: _Basket
) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    data = manifest.encode()
    yield MANIFEST, len(data), iter([data])
    yield SIGNATURE, len(note), iter([note])
    for file in manifest.files:
        yield file.path, file.size, _same(file, basket.sources[file.path])


def _same(file: File, source: Source) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for chunk in source.chunks():
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != file.sha256:
        raise BundleInvalidError(file.path, "changed since it was measured")


class _Hashed:
    """A file that knows the SHA-256 of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)
