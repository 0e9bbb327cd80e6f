"""`euguard audit`: export the log, verify an export, show its key and size."""

import asyncio
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from euguard.audit import shipped
from euguard.audit.selection import All, OneExchange, OnePurpose, Period, Selection
from euguard.audit.verify import verify_export
from euguard.bootstrap import audit, shared
from euguard.cli.output import Config, Json, result
from euguard.errors import IntegrityError, MalformedNoteError, UsageError
from euguard.settings import Settings, load_settings
from euguard.terms import ExchangeId, PurposeId
from euguard.tlog.checkpoint import Checkpoint, open_checkpoint
from euguard.tlog.note import VerifierKey, unverified_text

app = typer.Typer(help="The log: export it, verify an export.", no_args_is_help=True)

_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)

Since = Annotated[
    Path | None,
    typer.Option(help="An earlier checkpoint; the export must prove to be its continuation."),
]


@app.command(name="export")
def export_log(
    destination: Annotated[Path, typer.Argument(help="The ZIP to write; a .note goes beside it.")],
    exchange: Annotated[str | None, typer.Option(help="Only this exchange.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Only this purpose.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", help="Only from this time on, UTC.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", help="Only before this time, UTC.")
    ] = None,
    since: Since = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write records, proofs, checkpoint and keys into one file that can be mailed."""
    settings = load_settings(config)
    summary = asyncio.run(
        audit.export_log(
            settings,
            _selection(exchange, purpose, start, end),
            destination.absolute(),
            since=None if since is None else _checkpoint(since),
        )
    )
    value = {
        "file": str(summary.destination),
        "note": str(summary.note),
        "records": summary.records,
        "counts": summary.counts,
        "size": summary.checkpoint.size,
        "root": summary.checkpoint.root.hex(),
        "bytes": summary.bytes,
        "sha256": summary.digest,
    }
    lines = [
        f"export      {summary.destination} ({summary.bytes:,} bytes)",
        f"signature   {summary.note}",
        f"records     {summary.records} of {summary.checkpoint.size} in the log",
        *(f"  {count:>8}  {kind}" for kind, count in sorted(summary.counts.items())),
        f"verify      python3 verify.py {summary.destination.name} --key '{_key(settings)}'",
    ]
    result(value, lines, as_json=as_json)


@app.command()
def verify(
    export: Annotated[Path, typer.Argument(help="The ZIP; its .note lies beside it.")],
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help="The log's public key, or a file with it, received on another way; repeatable.",
        ),
    ] = None,
    since: Since = None,
    note: Annotated[Path | None, typer.Option(help="The note [default: EXPORT.note].")] = None,
    as_json: Json = False,
) -> None:
    """Verify an export, step by step; 0 sound, 4 findings, 5 something was changed."""
    trusted = [_parsed(one) for one in key or ()]
    earlier = None if since is None else _checkpoint(since)
    try:
        verdict = verify_export(export, note=note, trusted=trusted or None, since=earlier)
    except OSError as error:
        msg = f"cannot read {error.filename or export}: {error.strerror}"
        raise UsageError(msg) from None
    result(verdict.as_json(), verdict.describe().splitlines(), as_json=as_json)
    raise typer.Exit(verdict.exit_code)


@app.command()
def verifier(as_json: Json = False) -> None:
    """Print verify.py, which needs Python alone and shares no code with euguard: > verify.py."""
    source = shipped.verifier().read_text()
    digest = hashlib.sha256(source.encode()).hexdigest()
    result({"source": source, "sha256": digest}, source.splitlines(), as_json=as_json)


@app.command()
def key(config: Config = None, as_json: Json = False) -> None:
    """Print the log's public key; give it to your auditors before they need it."""
    text = _key(load_settings(config))
    result({"key": text}, [text], as_json=as_json)


@app.command()
def status(config: Config = None, as_json: Json = False) -> None:
    """Publish what has arrived, and show size and root of the log."""
    settings = load_settings(config)
    verifier = shared.signer(settings).verifier
    with audit.reader(settings) as log:
        note = log.checkpoint()
    if note is None:
        result({"origin": settings.origin, "size": 0}, ["the log is empty"], as_json=as_json)
        return
    last = open_checkpoint(note, [verifier], settings.origin)
    value = {"origin": last.origin, "size": last.size, "root": last.root.hex()}
    lines = [f"origin  {last.origin}", f"size    {last.size}", f"root    {last.root.hex()}"]
    result(value, lines, as_json=as_json)


@app.command()
def adopt(config: Config = None, as_json: Json = False) -> None:
    """Sign on from the last checkpoint, for a lost signing state or another machine.

    Every record is read and checked first. Do this only if you know that the database is no
    backup: what was signed after the backup would be denied by what is signed next.
    """
    last = audit.adopt_log(load_settings(config))
    value = {"origin": last.origin, "size": last.size, "root": last.root.hex()}
    lines = [f"adopted at size {last.size}, root {last.root.hex()}"]
    result(value, lines, as_json=as_json)


def _parsed(key: str) -> VerifierKey:
    try:
        is_file = os.path.exists(key)  # noqa: PTH110  False too for what is no name of a file
        return VerifierKey.parse(Path(key).read_text().strip() if is_file else key)
    except MalformedNoteError as error:
        msg = f"--key: {error.message}"
    except (OSError, ValueError):
        msg = "--key: the file cannot be read"
    fix = "give the whole line, as `euguard audit key` prints it, or a file that holds it"
    raise UsageError(msg, fix=fix)


def _key(settings: Settings) -> str:
    return str(shared.signer(settings).verifier)


def _selection(
    exchange: str | None, purpose: str | None, start: datetime | None, end: datetime | None
) -> Selection:
    given = [exchange is not None, purpose is not None, start is not None or end is not None]
    if sum(given) > 1:
        msg = "choose one of --exchange, --purpose and --from/--to"
        raise UsageError(msg)
    if exchange is not None:
        return OneExchange(ExchangeId(exchange))
    if purpose is not None:
        return OnePurpose(PurposeId(purpose))
    if start is None and end is None:
        return All()
    first = _FIRST if start is None else start.replace(tzinfo=UTC)
    last = _LAST if end is None else end.replace(tzinfo=UTC)
    if first >= last:
        msg = "the period ends before it begins"
        raise UsageError(msg, fix="--from must be earlier than --to")
    return Period(first, last)


def _checkpoint(path: Path) -> bytes:
    """Read a checkpoint that somebody has signed: a file of another kind says nothing of the log.

    Raises:
        UsageError: it cannot be read, or is none.

    """
    try:
        data = path.read_bytes()
        Checkpoint.parse(unverified_text(data))
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
    except IntegrityError as error:
        msg = f"{path}: not a signed checkpoint ({error.message})"
    else:
        return data
    raise UsageError(msg, fix="--since is the file `checkpoint` of an earlier export")
