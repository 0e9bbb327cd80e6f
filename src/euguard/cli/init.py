"""`euguard init`: the state folder, the log's key, the policies, the tables, the settings."""

import os
from pathlib import Path
from typing import Annotated

import typer

from euguard import bootstrap
from euguard.cli.output import Json, result
from euguard.errors import ConfigurationError
from euguard.settings import load_settings

_ORIGIN = "{host}/euguard"


def init(
    state: Annotated[
        Path, typer.Option(help="Folder of everything euguard keeps; made if it is not there.")
    ] = Path("euguard-state"),
    config: Annotated[
        Path, typer.Option(help="Settings file to write; kept as it is if it is there.")
    ] = Path("euguard.toml"),
    origin: Annotated[
        str | None,
        typer.Option(help="Name of the log for ever [default: this host's name + /euguard]."),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="postgresql+psycopg://… [default: SQLite in the state folder]."),
    ] = None,
    upstream: Annotated[
        str | None, typer.Option(help="URL of the model server [default: http://127.0.0.1:8000].")
    ] = None,
    upstream_socket: Annotated[
        Path | None, typer.Option(help="Unix socket of the model server, instead of the URL.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the gateway [default: 8080].")] = None,
    as_json: Json = False,
) -> None:
    """Make what is missing; run it again at any time."""
    if not config.exists():
        given = {
            "state": state.absolute(),
            "origin": origin or _ORIGIN.format(host=bootstrap.hostname()),
            "database": database,
            "upstream": upstream,
            "upstream_socket": upstream_socket and upstream_socket.absolute(),
            "port": port,
        }
        _write(
            config, "".join(f"{name} = {_toml(value)}\n" for name, value in given.items() if value)
        )
    settings = load_settings(str(config))
    verifier = bootstrap.initialise(settings)
    value = {"config": str(config), "state": str(settings.state), "log_key": str(verifier)}
    lines = [
        f"settings   {config}",
        f"state      {settings.state}",
        f"policies   {settings.policy_folder}",
        f"database   {settings.database_kind}",
        f"log key    {verifier}",
        "",
        "Give the log key to your auditors: with it they verify exports without you.",
        "Next: euguard keys create --purpose drafting-letters --label NAME, then euguard serve",
    ]
    result(value, lines, as_json=as_json)


def _toml(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner reads: a database URL may hold a password."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}"
        raise ConfigurationError(msg) from None
