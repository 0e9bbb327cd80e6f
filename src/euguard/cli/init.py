"""`euguard init`: the state folder, the policies, the tables, the log's key, the settings."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from euguard.bootstrap import installation
from euguard.cli.output import Json, result
from euguard.errors import ConfigurationError, UsageError
from euguard.settings import PLACES, Settings, find_settings, load_settings, read_settings

_STATE = Path("euguard-state")


def init(
    state: Annotated[
        Path | None,
        typer.Option(
            help="Folder of everything euguard keeps; made if not there [default: euguard-state]."
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            envvar="EUGUARD_CONFIG",
            metavar="FILE",
            help="Settings file, written if not there "
            "[default: ./euguard.toml, or the one that every command finds].",
            show_default=False,
        ),
    ] = None,
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
    """Make what is missing; run it again at any time.

    A settings file that is there is kept: an option that says something else is refused.
    """
    options = {
        "state": state and state.absolute(),
        "origin": origin,
        "database": database,
        "upstream": upstream,
        "upstream_socket": upstream_socket and upstream_socket.absolute(),
        "port": port,
    }
    given = {name: value for name, value in options.items() if value is not None}
    path = find_settings(config) or PLACES[0]
    written = path.exists()
    settings = load_settings(str(path)) if written else _fresh(given)
    _require_applied(given, settings, path)
    verifier = installation.initialise(settings)
    if not written:  # last: a settings file stands for an installation that works
        _write(path, {name: getattr(settings, name) for name in ("state", "origin", *given)})
    value = {"config": str(path), "state": str(settings.state), "log_key": str(verifier)}
    lines = [
        f"settings   {path}",
        f"state      {settings.state}",
        f"policies   {settings.policy_folder}",
        f"database   {settings.database_kind}",
        f"log key    {verifier}",
        "",
        "Give the log key to your auditors: with it they verify exports without you.",
        f"Next: euguard keys create --purpose drafting-letters --label NAME{_named(path)}",
        f"      euguard serve{_named(path)}",
    ]
    result(value, lines, as_json=as_json)


def _fresh(given: Mapping[str, Any]) -> Settings:
    stated = {
        "state": _STATE.absolute(),
        "origin": f"{installation.hostname()}/euguard",
        **given,
    }
    return read_settings(stated, "euguard init")


def _require_applied(given: Mapping[str, Any], settings: Settings, path: Path) -> None:
    """Refuse an option that the settings file, or the environment, says otherwise."""
    other = [name for name, value in given.items() if getattr(settings, name) != value]
    if other:
        named = ", ".join("--" + name.replace("_", "-") for name in other)
        msg = f"{path}, or the environment, says otherwise than {named}"
        raise UsageError(msg, fix="change the file, or name another with --config")


def _named(path: Path) -> str:
    """Return the option that later commands need to find the settings."""
    return "" if path in PLACES else f" --config {shlex.quote(str(path))}"


def _write(path: Path, stated: Mapping[str, Any]) -> None:
    """Write the settings for their owner alone, all or nothing."""
    text = "".join(f"{name} = {_toml(value)}\n" for name, value in stated.items())
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}"
        raise ConfigurationError(msg) from None


def _toml(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
