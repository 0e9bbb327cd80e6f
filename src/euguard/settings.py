"""Everything an operator can set, read once.

Source of the defaults: docs/reference/settings.md is written from here.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from euguard.errors import ConfigurationError

PLACES = (Path("euguard.toml"), Path("/etc/euguard/euguard.toml"))
"""Where the settings file is looked for when none is named."""

_PASSWORD = re.compile(r"[\w+]+://[^:/@]*:[^@]*@")
"""A URL whose user name is followed by a password, as SQLAlchemy's `make_url` reads it."""

_SECRETS = {"password", "sslpassword"}
"""Parameters of libpq that are secrets themselves."""


_BOUNDS = {"gt": "more than", "ge": "at least", "le": "at most"}


class WrongError(ValueError):
    """A value that its type allows and its meaning does not; has the finding and what to do."""

    def __init__(self, finding: str, fix: str) -> None:
        super().__init__(finding)
        self.finding = finding
        self.fix = fix


class Settings(BaseSettings):
    """Everything an operator can set: in a TOML file, or as `EUGUARD_<NAME>`, which wins.

    Secrets are paths to files, never values.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EUGUARD_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    state: Path = Field(description="Folder of everything euguard keeps: keys, database, policies.")
    origin: str = Field(
        description="Name of the log in its checkpoints, C2SP tlog-checkpoint; never change it.",
        pattern=r"^[a-z0-9][a-z0-9./-]{0,127}$",
    )
    policies: Path | None = Field(
        default=None, description="Folder of the policies [default: `policies` in `state`]."
    )
    signed: Path | None = Field(
        default=None,
        description=(
            "Folder of what was last signed; never restore it from a backup "
            "[default: `signed` in `state`]."
        ),
    )
    log_key_file: Path | None = Field(
        default=None,
        description=(
            "PEM file of the log's signing key, as a credential of systemd "
            "[default: `keys/log.pem` in `state`]."
        ),
    )
    database: str | None = Field(
        default=None,
        description="URL of the log: `postgresql+psycopg://…` [default: SQLite in `state`].",
    )
    host: str = Field(default="127.0.0.1", description="Address the gateway listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="TCP port of the gateway.")
    upstream: str = Field(
        default="http://127.0.0.1:8000",
        description="URL of the model server, without a path; plain HTTP on a loopback address.",
    )
    upstream_socket: Path | None = Field(
        default=None, description="Unix socket of the model server; replaces TCP where set."
    )
    upstream_key_file: Path | None = Field(
        default=None, description="File with the model server's API key, if it asks for one."
    )
    writer: str = Field(
        default="gateway-0",
        pattern=r"^[a-z0-9-]{1,64}$",
        description="Name of this gateway process in the log; one live process per name.",
    )
    detectors: int = Field(default=1, ge=1, le=64, description="Detection processes.")
    names: tuple[str, ...] = Field(
        default=("compact",),
        min_length=1,
        description=(
            "Models that find names: `compact` (the kit's own), `compact:FILE`, `spacy:PACKAGE`, "
            "`spacy:FOLDER`, `transformers:FOLDER`, `transformers@cuda:FOLDER`; of several, all "
            "finds count."
        ),
    )
    detection_seconds: float = Field(
        default=10.0, gt=0, le=120, description="Seconds one request's detection may take."
    )
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="Bytes of a request at most."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity of the process log, on stderr."
    )

    @field_validator(
        *("state", "policies", "signed", "log_key_file", "upstream_socket", "upstream_key_file")
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.absolute()

    @field_validator("database")
    @classmethod
    def _without_a_secret(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("sqlite://", "sqlite+pysqlite://", "postgresql+psycopg://")):
            finding = "the URL is neither of SQLite nor of PostgreSQL with psycopg"
            fix = "write sqlite:////path/to/euguard.db or postgresql+psycopg://user@/name?host=…"
            raise WrongError(finding, fix)
        parameters = {name for name, _ in parse_qsl(value.partition("?")[2])}
        if _PASSWORD.match(value) or not _SECRETS.isdisjoint(parameters):
            finding = "there is a password in the URL, and secrets are paths to files"
            fix = "use peer authentication over the Unix socket, or name a file: …?passfile=/path"
            raise WrongError(finding, fix)
        return value

    @field_validator("upstream")
    @classmethod
    def _local(cls, value: str) -> str:
        fix = "write it as http://127.0.0.1:8000; the gateway adds /v1 itself"
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            finding = "not a URL"
            raise WrongError(finding, fix) from None
        if parts.scheme != "http" or host is None:
            finding = "a URL of plain HTTP is expected"
            raise WrongError(finding, fix)
        if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
            finding = "only host and port are expected"
            raise WrongError(finding, fix)
        # The model server has no TLS: on any other address prompts could be read on their way.
        if not _is_loopback(host):
            finding = "the host is not a loopback address"
            fix = "use 127.0.0.1, [::1] or localhost, or better `upstream_socket`"
            raise WrongError(finding, fix)
        return value

    @property
    def policy_folder(self) -> Path:
        """Where the policies are."""
        return self.policies or self.state / "policies"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the log."""
        return self.database or f"sqlite:///{self.state / 'euguard.db'}"

    @property
    def database_kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database_url.partition(":")[0].partition("+")[0]

    @property
    def signed_state(self) -> Path:
        """What the publisher last signed; there is none before its first signature."""
        return (self.signed or self.state / "signed") / "state.json"

    @property
    def log_key(self) -> Path:
        """PEM file of the log's signing key."""
        return self.log_key_file or self.state / "keys" / "log.pem"


def find_settings(named: str | None) -> Path | None:
    """Return the settings file that is named, there or not, or the first of `PLACES` that is."""
    if named:
        return Path(named)
    return next((place for place in PLACES if place.is_file()), None)


def load_settings(named: str | None) -> Settings:
    """Read the settings file that is named, or the first of `PLACES`, and the environment.

    Raises:
        ConfigurationError: no file, not TOML, or a setting is missing, unknown or wrong.

    """
    path = find_settings(named)
    if path is None or not path.is_file():
        where = str(path) if path else " or ".join(map(str, PLACES))
        msg = f"no settings file at {where}"
        raise ConfigurationError(msg, fix="run `euguard init`, or name one with --config")
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:  # names line and column
        msg = f"{path}: not TOML: {error}"
        raise ConfigurationError(msg) from None
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise ConfigurationError(msg) from None
    return read_settings(stated, str(path))


def read_settings(stated: Mapping[str, Any], where: str) -> Settings:
    """Return the settings that are stated, and those of the environment, which win.

    Args:
        stated: setting → value, as TOML gives it.
        where: who states it, as an error names it.

    Raises:
        ConfigurationError: a setting is missing, unknown or wrong.

    """
    try:
        return _with(dict(stated)).model_validate({})
    except ValidationError as error:
        found = [_described(one, where) for one in error.errors()]
    message = "; ".join(place for place, _ in found)
    raise ConfigurationError(message, fix="; ".join(fix for _, fix in found))


def _described(error: Any, where: str) -> tuple[str, str]:
    """Return what is wrong where, and what to do; never the value. Takes pydantic's details."""
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        near = get_close_matches(name, Settings.model_fields, n=1)
        fix = f"did you mean `{near[0]}`?" if near else "remove it"
        return f"{where}: there is no setting `{name}`", fix
    variable = f"EUGUARD_{name.upper()}"
    inherited = variable in {key.upper() for key in os.environ}
    place = f"${variable}" if inherited else f"{where}: `{name}`"
    context = error.get("ctx", {})
    wrong = context.get("error")
    if isinstance(wrong, WrongError):
        return f"{place}: {wrong.finding}", wrong.fix
    return (
        f"{place}: {_finding(error['type'], context)}",
        f"`{name}` is: {Settings.model_fields[name].description}",
    )


def _finding(kind: str, context: Mapping[str, Any]) -> str:
    """Say in our words what pydantic found, https://docs.pydantic.dev/latest/errors/."""
    match kind:
        case "missing":
            return "missing"
        case "literal_error":
            return f"one of {context['expected']} is expected"
        case "string_pattern_mismatch":
            return f"text that matches {context['pattern']} is expected"
        case "greater_than" | "greater_than_equal" | "less_than_equal":
            ((bound, number),) = context.items()
            return f"{_BOUNDS[bound]} {number} is expected"
        case _:
            types = {"int": "a whole number", "float": "a number", "path": "a path"}
            return f"{types.get(kind.partition('_')[0], 'text')} is expected"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _with(stated: dict[str, Any]) -> type[Settings]:
    """Return the settings as a class that reads the environment first, then `stated`."""

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del init_settings, dotenv_settings, file_secret_settings
            return env_settings, InitSettingsSource(settings_cls, stated)

    return FromFile
