"""`euguard keys`: API keys, bound to purposes."""

from typing import Annotated, Any

import typer

from euguard.bootstrap import keys, shared
from euguard.cli.output import Config, Json, result
from euguard.errors import ConfigurationError, UsageError
from euguard.identity.keys import StoredKey, mint
from euguard.settings import load_settings
from euguard.terms import KeyId, PurposeId

app = typer.Typer(
    help="API keys: shown once, stored as a hash, bound to purposes.", no_args_is_help=True
)


@app.command()
def create(
    purpose: Annotated[
        list[str],
        typer.Option("--purpose", help="A purpose the key may be used for; repeat for more."),
    ],
    label: Annotated[
        str, typer.Option(help="What you call it; kept in the key table alone, never in the log.")
    ],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once."""
    if not label.strip():
        msg = "--label is empty"
        raise UsageError(msg, fix="say what the key is for: nothing else tells keys apart")
    settings = load_settings(config)
    known = shared.policies(settings).purposes
    unknown = [name for name in purpose if name not in known]
    if unknown:
        msg = f"no such purpose: {', '.join(unknown)}"
        raise ConfigurationError(msg, fix=f"the policies have: {', '.join(sorted(known))}")
    now = shared.clock().now()
    presented, stored = mint(label=label, purposes=[PurposeId(name) for name in purpose], now=now)
    with keys.key_store(settings) as store:
        store.add(stored)
    lines = [presented, "", "Keep it now: only its hash is stored.", f"id: {stored.id}"]
    result({"key": presented, **_described(stored)}, lines, as_json=as_json)


@app.command(name="list")
def list_keys(config: Config = None, as_json: Json = False) -> None:
    """List the keys, without their secrets."""
    with keys.key_store(load_settings(config)) as store:
        known = store.all()
    lines = [_line(key) for key in known] or ["No key yet: euguard keys create"]
    result({"keys": [_described(key) for key in known]}, lines, as_json=as_json)


@app.command()
def revoke(
    key: Annotated[
        str, typer.Argument(help="Id of the key: the part between its two underscores.")
    ],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Revoke a key by its id; it stops working within two seconds."""
    with keys.key_store(load_settings(config)) as store:
        revoked = store.revoke(KeyId(key), shared.clock().now())
        known = store.find(KeyId(key))
    if known is None:  # the id is not repeated: somebody may have given the whole key
        msg = "there is no key of this id"
        raise ConfigurationError(msg, fix="euguard keys list shows the ids")
    if not revoked:
        msg = f"the key {known.id} was revoked already, at {known.revoked:%Y-%m-%d %H:%M} UTC"
        raise ConfigurationError(msg)
    result({"id": key, "revoked": True}, [f"revoked: {key}"], as_json=as_json)


def _described(key: StoredKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "label": key.label,
        "purposes": list(key.purposes),
        "created": key.created,
        "revoked": key.revoked,
    }


def _line(key: StoredKey) -> str:
    state = f"revoked {key.revoked:%Y-%m-%d %H:%M}" if key.revoked else "valid"
    return f"{key.id}  {state:<26}  {', '.join(key.purposes)}  ({key.label})"
