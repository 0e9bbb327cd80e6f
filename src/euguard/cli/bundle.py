"""`euguard bundle`: everything that a server without a network needs, in one signed file."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from euguard.bootstrap import bundle
from euguard.cli.output import Json, progress, result
from euguard.errors import BundleInvalidError, MalformedNoteError, UsageError
from euguard.provision.manifest import Manifest, Target
from euguard.tlog.note import VerifierKey

app = typer.Typer(
    help="Everything a server without a network needs, in one signed file.", no_args_is_help=True
)

Bundle = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="The .bundle.tar, or its unpacked folder.")
]
Keys = Annotated[
    list[str],
    typer.Option(
        "--key",
        help="The builder's public key, or a file with it, received on another way; repeatable.",
    ),
]


@app.command()
def build(
    destination: Annotated[Path, typer.Argument(help="Folder to write the bundle to.")],
    key: Annotated[Path, typer.Option(help="File with the signing key: euguard bundle key.")],
    wheels: Annotated[
        Path | None,
        typer.Option(
            help="Wheels of the gateway, euguard's too [default: downloaded by the lock]."
        ),
    ] = None,
    engine_wheels: Annotated[
        Path | None, typer.Option(help="Wheels of vLLM and all it needs; checked by --model.")
    ] = None,
    debs: Annotated[Path | None, typer.Option(help="Debian packages for the target.")] = None,
    collections: Annotated[Path | None, typer.Option(help="Ansible collections.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Id of the model: a file in the policies.")
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Folder with the weights.")] = None,
    licence: Annotated[
        Path | None, typer.Option(help="File with the text of the licence of the weights.")
    ] = None,
    digests: Annotated[
        Path | None,
        typer.Option(help="SHA-256 of each weight as its provider states it: sha256sum's form."),
    ] = None,
    policies: Annotated[
        Path | None, typer.Option(help="Folder of policies [default: the checkout's].")
    ] = None,
    lock: Annotated[
        Path | None,
        typer.Option(help="Lock of the gateway [default: requirements.server.lock]."),
    ] = None,
    source: Annotated[
        Path | None, typer.Option(help="Checkout of the sources [default: this program's].")
    ] = None,
    distribution: Annotated[str, typer.Option(help="Of the server.")] = "debian-12",
    python: Annotated[str, typer.Option(help="Python of the server.")] = "3.11",
    serial: Annotated[
        int | None,
        typer.Option(min=1, help="Must grow from bundle to bundle [default: seconds since 1970]."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Gather, describe, sign and write a bundle; outside the air gap.

    With SOURCE_DATE_EPOCH set, the same inputs give the same bytes.
    """
    wanted = bundle.Wanted(
        key=key,
        destination=destination.absolute(),
        target=_target(distribution, python),
        source=source,
        policies=policies,
        lock=lock,
        wheels=wheels,
        engine_wheels=engine_wheels,
        debs=debs,
        collections=collections,
        model=model,
        weights=weights,
        licence=licence,
        digests=digests,
        serial=serial,
    )
    built = bundle.build(wanted, progress)
    public = str(bundle.load_key(key).verifier)
    value = {
        "file": str(built.path),
        "bytes": built.size,
        "sha256": built.sha256,
        "key": public,
        **_described(built.manifest),
    }
    lines = [
        f"bundle    {built.path} ({built.size:,} bytes)",
        f"sha256    {built.sha256}",
        *_lines(built.manifest),
        f"verify    euguard bundle verify {built.path.name} --key '{public}'",
    ]
    result(value, lines, as_json=as_json)


@app.command()
def verify(
    path: Bundle,
    key: Keys,
    installed: Annotated[
        Path | None,
        typer.Option(
            help="What is installed: the folder of unpacked bundles, or a manifest.json; "
            "an older bundle is refused."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify a bundle whole, unpacking nothing; 0 sound, 5 something was changed."""
    opened = bundle.verify(path, _trusted(key), installed)
    signers = [str(signer) for signer in opened.signers]
    value = {"verified": True, "signers": signers, **_described(opened.manifest)}
    lines = [
        "VERIFIED  every file is what was signed, and nothing else is there",
        *_lines(opened.manifest),
        *(f"signed by {signer}" for signer in signers),
    ]
    result(value, lines, as_json=as_json)


@app.command()
def unpack(
    path: Bundle,
    folder: Annotated[
        Path, typer.Argument(help="Folder of unpacked bundles; a folder by version is made in it.")
    ],
    key: Keys,
    as_json: Json = False,
) -> None:
    """Verify a bundle, then unpack it, all or nothing; an older one than lies there is refused."""
    opened, place = bundle.unpack(path, _trusted(key), folder.absolute())
    value = {"folder": str(place), **_described(opened.manifest)}
    lines = [f"unpacked  {place}", *_lines(opened.manifest)]
    result(value, lines, as_json=as_json)


@app.command()
def inspect(
    path: Bundle,
    as_json: Json = False,
) -> None:
    """Show what a bundle says of itself; this verifies nothing."""
    manifest, text = bundle.inspect(path)
    files = [
        {"path": file.path, "size": file.size, "sha256": file.sha256, "kind": file.kind.value}
        for file in manifest.files
    ]
    value = {
        "verified": False,
        "signed_text": text,
        **_described(manifest),
        "files": files,
    }
    lines = [
        "NOT VERIFIED: this is what it says of itself",
        *_lines(manifest),
        *(f"  {file.size:>16,}  {file.kind.value:<10}  {file.path}" for file in manifest.files),
    ]
    result(value, lines, as_json=as_json)


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="File of the signing key.")],
    name: Annotated[
        str | None,
        typer.Option(help="Make a new key that signs under this name, as builder.example.eu."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the public key of a file, or with --name make a new key first."""
    signer = bundle.load_key(file) if name is None else bundle.create_key(file, name)
    public = str(signer.verifier)
    result({"key": public, "file": str(file)}, [public], as_json=as_json)


def _target(distribution: str, python: str) -> Target:
    try:
        return Target(distribution, python)
    except BundleInvalidError as error:
        raise UsageError(error.reason) from None


def _trusted(keys: Iterable[str]) -> list[VerifierKey]:
    return [_parsed(one) for one in keys]


def _parsed(text: str) -> VerifierKey:
    try:
        is_file = os.path.exists(text)  # noqa: PTH110  False too for what is no name of a file
        return VerifierKey.parse(Path(text).read_text().strip() if is_file else text)
    except MalformedNoteError as error:
        msg = f"--key: {error.message}"
    except (OSError, ValueError):
        msg = "--key: the file cannot be read"
    fix = "give the whole line, as `euguard bundle key` prints it, or a file that holds it"
    raise UsageError(msg, fix=fix)


def _described(manifest: Manifest) -> dict[str, Any]:
    return {
        "version": manifest.version,
        "serial": manifest.serial,
        "created": manifest.created,
        "target": {
            "distribution": manifest.target.distribution,
            "python": manifest.target.python,
        },
        "manifest_sha256": manifest.digest,
        "count": len(manifest.files),
        "size": manifest.size,
        "kinds": dict(sorted(_counted(manifest).items())),
    }


def _lines(manifest: Manifest) -> list[str]:
    target = manifest.target
    return [
        f"version   {manifest.version}, serial {manifest.serial}",
        f"created   {manifest.created:%Y-%m-%d %H:%M} UTC",
        f"target    {target.distribution}, Python {target.python}",
        f"files     {len(manifest.files)}, {manifest.size:,} bytes",
        *(f"  {count:>6}  {kind}" for kind, count in sorted(_counted(manifest).items())),
    ]


def _counted(manifest: Manifest) -> Mapping[str, int]:
    return Counter(file.kind.value for file in manifest.files)
