"""Settings in, wired objects out: the only module that names adapters.

Adapters are imported when something is wired, so that the base install (which verifies exports
and checks policies) starts fast and needs none of their libraries.
"""

import asyncio
import shutil
import socket
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from euguard import __version__
from euguard.audit.export import ExportSummary, export
from euguard.audit.log import Log
from euguard.audit.publish import Publisher, PublishLoop
from euguard.audit.reader import Reader
from euguard.audit.record import ExportCreated
from euguard.audit.selection import NAMES, Selection
from euguard.errors import ConfigurationError
from euguard.exchange.ports import Clock
from euguard.identity.authenticate import Authenticator
from euguard.identity.keys import KeyStore
from euguard.policy import shipped
from euguard.policy.schema import PolicySet, load
from euguard.terms import ModelId
from euguard.tlog.note import Signer, VerifierKey

if TYPE_CHECKING:
    from fastapi import FastAPI

    from euguard.adapters.sql.log_store import LogStore
    from euguard.adapters.vllm import Address

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
        return _reading(path).model_validate({})
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
        )
        msg = f"{path}: {places}"
        raise ConfigurationError(
            msg, fix="docs/reference/settings.md lists every setting"
        ) from None
    except tomllib.TOMLDecodeError as error:  # it names line and column
        msg = f"{path}: not TOML: {error}"
        raise ConfigurationError(msg) from None


def _reading(path: Path) -> type[Settings]:
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
            del dotenv_settings, file_secret_settings
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path)

    return FromFile


@contextmanager
def _needing(extra: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        msg = f"this needs the part of euguard called [{extra}] ({error.name} is not installed)"
        raise ConfigurationError(msg, fix=f"pip install 'euguard[{extra}]'") from None


# ------------------------------------------------------------------ what commands need


def initialise(settings: Settings) -> VerifierKey:
    """Make the state folder, the log's key, the policies and the tables; keep what is there.

    Raises:
        ConfigurationError: the folder cannot be written, or the database not be made.

    """
    with _needing("gateway"):
        from euguard.adapters import keys
        from euguard.adapters.sql import schema
    try:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.log_key.parent.mkdir(mode=0o700, exist_ok=True)
        if not settings.policy_folder.exists():
            shutil.copytree(shipped.folder(), settings.policy_folder)
    except OSError as error:
        msg = f"cannot write {settings.state}: {error.strerror}"
        raise ConfigurationError(msg) from None
    if not settings.log_key.exists():
        keys.create(settings.log_key, settings.origin)
    schema.upgrade(settings.database_url)
    return signer(settings).verifier


def policies(settings: Settings) -> PolicySet:
    """Load the policies."""
    return load(settings.policy_folder)


def clock() -> Clock:
    """Return the real clock."""
    from euguard.adapters.clock import SystemClock

    return SystemClock()


def signer(settings: Settings) -> Signer:
    """Load the log's signing key.

    Raises:
        ConfigurationError: no key yet, one that others can read, or one of another origin.

    """
    with _needing("gateway"):
        from euguard.adapters import keys
    loaded = keys.load(settings.log_key)
    if loaded.verifier.name != settings.origin:
        msg = f"the key in {settings.log_key} is of another log than `origin` says"
        raise ConfigurationError(msg, fix="set `origin` back: the name of a log never changes")
    return loaded


@contextmanager
def key_store(settings: Settings) -> Iterator[KeyStore]:
    """Open the API keys."""
    with _needing("gateway"):
        from euguard.adapters.sql.api_keys import ApiKeyStore
        from euguard.adapters.sql.database import Database
    database = Database(_current(settings))
    try:
        yield ApiKeyStore(database)
    finally:
        database.close()


@contextmanager
def reader(settings: Settings) -> Iterator[Reader]:
    """Open the log for reading, after publishing what has arrived so far."""
    with _log_store(settings) as store:
        _publisher(settings, store).publish()
        yield store


async def export_log(
    settings: Settings, selection: Selection, destination: Path, *, since: bytes | None
) -> ExportSummary:
    """Write an export, and record in the log that somebody took it.

    Raises:
        EuguardError: see `audit.export.export`.

    """
    now = clock()
    signing = signer(settings)
    with reader(settings) as log, _log_store(settings) as store:
        summary = export(
            log,
            origin=settings.origin,
            trusted=[signing.verifier],
            signer=signing,
            selection=selection,
            at=now.now(),
            software=__version__,
            destination=destination,
            since=since,
        )
        writer = _log(settings, store, now, policies(settings).digest, name="command-line")
        await writer.start()
        try:
            await writer.note(
                ExportCreated(
                    size=summary.checkpoint.size,
                    records=summary.records,
                    selection=NAMES[type(selection)],
                )
            )
        finally:
            await writer.stop()
    return summary


# ------------------------------------------------------------------ the gateway


def serve(settings: Settings) -> None:
    """Serve until SIGTERM; what the gateway needs is started before and stopped after.

    Raises:
        EuguardError: see `gateway`.

    """
    with _needing("gateway"):
        import uvloop

        from euguard.gateway import logs, server

    async def all_day() -> None:
        async with gateway(settings) as app:
            await server.serve(app, host=settings.host, port=settings.port)

    logs.configure(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(all_day())


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator["FastAPI"]:
    """Wire the whole exchange path and start what it needs; stop it again at the end.

    Raises:
        ConfigurationError: settings, policies or keys are wrong, or another process has the
            writer's name.
        UnavailableError: the database or the detection processes do not start.

    """
    with _needing("gateway"):
        from euguard.adapters.sql.api_keys import ApiKeyStore
        from euguard.adapters.sql.database import Database
        from euguard.adapters.sql.log_store import LogStore
        from euguard.adapters.vllm import Vllm
        from euguard.exchange.steps import Steps
        from euguard.gateway.app import Gateway, create_app
        from euguard.gateway.metrics import Metrics
    with _needing("pii"):
        from euguard.adapters.presidio.pool import DetectorPool
    rules = policies(settings)
    now = clock()
    async with AsyncExitStack() as stack:
        database = Database(_current(settings))
        stack.callback(database.close)
        store = LogStore(database)
        log = _log(settings, store, now, rules.digest, name=settings.writer)
        detector = DetectorPool(
            settings.state / "detectors",
            processes=settings.detectors,
            languages=_languages(rules),
            timeout=settings.detection_seconds,
        )
        publishing = PublishLoop(_publisher(settings, store))
        model = await stack.enter_async_context(Vllm(_address(settings)))
        await detector.start()
        stack.push_async_callback(detector.stop)
        await log.start()
        stack.push_async_callback(log.stop)
        publishing.start()
        stack.callback(publishing.stop)
        yield create_app(
            Gateway(
                steps=Steps(policies=rules, detector=detector, log=log, model=model, clock=now),
                authenticator=Authenticator(ApiKeyStore(database), now),
                checks={
                    "detection": detector.ready,
                    "log": _now(log.ready),
                    "signing": _now(lambda: publishing.forked is None),
                    "model": lambda: _any_model(model.ready, rules),
                },
                metrics=Metrics(),
                max_body=settings.max_body_bytes,
            )
        )


def _current(settings: Settings) -> str:
    from euguard.adapters.sql import schema

    url = settings.database_url
    if not schema.is_current(url):
        msg = "the database is not there, or was made by another version of euguard"
        raise ConfigurationError(msg, fix="run `euguard init` with the same settings")
    return url


@contextmanager
def _log_store(settings: Settings) -> Iterator["LogStore"]:
    with _needing("gateway"):
        from euguard.adapters.sql.database import Database
        from euguard.adapters.sql.log_store import LogStore
    database = Database(_current(settings))
    try:
        yield LogStore(database)
    finally:
        database.close()


def _log(settings: Settings, store: "LogStore", now: Clock, policy: str, *, name: str) -> Log:
    return Log(
        store,
        writer=name,
        software=__version__,
        policy=policy,
        clock=now,
        lock=settings.state / f"{name}.lock",
    )


def _publisher(settings: Settings, store: "LogStore") -> Publisher:
    return Publisher(
        store,
        signer(settings),
        origin=settings.origin,
        state=settings.state / "signed" / "state.json",
    )


def _address(settings: Settings) -> "Address":
    from euguard.adapters.vllm import Address

    key = settings.upstream_key_file
    try:
        api_key = None if key is None else key.read_text().strip()
    except OSError as error:
        msg = f"upstream_key_file: cannot read {key}: {error.strerror}"
        raise ConfigurationError(msg) from None
    path = settings.upstream_socket
    return Address(
        url=settings.upstream, unix_socket=None if path is None else str(path), api_key=api_key
    )


def _languages(rules: PolicySet) -> tuple[str, ...]:
    accepted = {code for purpose in rules.purposes.values() for code in purpose.languages}
    return tuple(sorted(accepted))


def _now(check: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return check()

    return answer


async def _any_model(ready: Callable[[ModelId], Awaitable[bool]], rules: PolicySet) -> bool:
    """Tell whether the model server serves one of the models that the policies know."""
    for model in rules.models:
        if await ready(model):
            return True
    return False


def hostname() -> str:
    """Return this machine's name, as the default origin of its log."""
    return socket.gethostname().lower()
