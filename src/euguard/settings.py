"""Everything an operator can set, read once.

Source of the defaults: docs/reference/settings.md is written from here.
"""

import tomllib
from pathlib import Path
from typing import Any, ClassVar, Literal

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
    database: str | None = Field(
        default=None,
        repr=False,
        description="URL of the log: `postgresql+psycopg://…` [default: SQLite in `state`].",
    )
    host: str = Field(default="127.0.0.1", description="Address the gateway listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="TCP port of the gateway.")
    upstream: str = Field(
        default="http://127.0.0.1:8000", description="URL of the model server; plain HTTP, local."
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
    detection_seconds: float = Field(
        default=10.0, gt=0, le=120, description="Seconds one request's detection may take."
    )
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="Bytes of a request at most."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity of the process log, on stderr."
    )

    @field_validator("state", "policies", "upstream_socket", "upstream_key_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.absolute()

    @property
    def policy_folder(self) -> Path:
        """Where the policies are."""
        return self.policies or self.state / "policies"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the log; may hold a password, so never print it."""
        return self.database or f"sqlite:///{self.state / 'euguard.db'}"

    @property
    def database_kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database_url.partition(":")[0].partition("+")[0]

    @property
    def log_key(self) -> Path:
        """PEM file of the log's signing key."""
        return self.state / "keys" / "log.pem"


def load_settings(named: str | None) -> Settings:
    """Read the settings file that is named, or the first of `PLACES`, and the environment.

    Raises:
        ConfigurationError: no file, not TOML, or a setting is missing, unknown or wrong.

    """
    path = Path(named) if named else next((place for place in PLACES if place.is_file()), None)
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
    try:
        return _with(stated).model_validate({})
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
        )
        msg = f"{path}: {places}"
        fix = "docs/reference/settings.md lists every setting"
        raise ConfigurationError(msg, fix=fix) from None


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
