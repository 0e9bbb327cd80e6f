"""Settings in, wired objects out: the only module that names adapters.

Adapters are imported when something is wired, so that the base install (which verifies exports
and checks policies) starts fast and needs none of their libraries.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from euguard import __version__
from euguard.audit.export import ExportSummary, check_destination, export
from euguard.audit.log import Log
from euguard.audit.publish import Publisher, PublishLoop
from euguard.audit.reader import Reader
from euguard.audit.record import ExportCreated
from euguard.audit.selection import NAMES, OneExchange, OnePurpose, Selection, occurs
from euguard.errors import (
    ConfigurationError,
    DatabaseEmptyError,
    LogForkedError,
    LogKeyLostError,
    ModelUnavailableError,
)
from euguard.exchange.ports import Clock, Model
from euguard.exchange.stages import Json
from euguard.identity.authenticate import Authenticator
from euguard.identity.keys import KeyStore
from euguard.policy import shipped
from euguard.policy.schema import PolicySet, load
from euguard.settings import Settings, find_settings, load_settings
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.note import Signer, VerifierKey

PUBLISH_SECONDS = 5.0
"""How long a command waits for the gateway's own publisher to finish its round."""

if TYPE_CHECKING:
    from fastapi import FastAPI

    from euguard.adapters.sql.log_store import LogStore
    from euguard.adapters.vllm import Address
    from euguard.evidence.build import BuildSummary, Inputs
    from euguard.evidence.document import OpenItem
    from euguard.gateway.running import Running


@contextmanager
def _needing(extra: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        msg = f"this needs the part of euguard called [{extra}] ({error.name} is not installed)"
        raise ConfigurationError(msg, fix=f"pip install 'euguard[{extra}]'") from None


# ------------------------------------------------------------------ what commands need


def initialise(settings: Settings) -> VerifierKey:
    """Make the state folder, the policies, the tables and the log's key; keep what is there.

    Raises:
        LogKeyLostError: the log has records, and its key is not there.
        DatabaseEmptyError: the log was signed, and the database holds nothing of it.
        ConfigurationError: the folder cannot be written.
        UnavailableError: the database does not answer.

    """
    with _needing("gateway"):
        from euguard.adapters import keys
        from euguard.adapters.sql import schema
    with _needing("postgres"):
        _require_continuity(settings, records=schema.holds_records(settings.database_url))
    try:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.log_key.parent.mkdir(mode=0o700, exist_ok=True)
        _copy_policies(settings.policy_folder)
    except OSError as error:
        msg = f"cannot write {error.filename or settings.state}: {error.strerror}"
        raise ConfigurationError(msg) from None
    schema.upgrade(settings.database_url)
    if not settings.log_key.exists():
        keys.create(settings.log_key, settings.origin)
    return signer(settings).verifier


def _require_continuity(settings: Settings, *, records: bool) -> None:
    """Refuse to begin anew where a log has been: nobody could verify what follows."""
    signed = settings.signed_state.exists()
    if (records or signed) and not settings.log_key.exists():
        msg = f"the log has records, and its signing key {settings.log_key} is not there"
        fix = (
            "restore the key from your backup; without it this log has ended: "
            "keep its database, and begin another with `--state` and `--origin` of its own"
        )
        raise LogKeyLostError(msg, fix=fix)
    if signed and not records:
        msg = f"{settings.signed_state} says that this log was signed, and its database is empty"
        fix = (
            "set `database` back, for nothing is migrated from one to another; "
            "or begin another log with `--state` and `--origin` of its own"
        )
        raise DatabaseEmptyError(msg, fix=fix)


def _copy_policies(folder: Path) -> None:
    """Copy the shipped policies, all or nothing: half a folder would be kept for ever."""
    if folder.exists():
        return
    fresh = folder.with_name(folder.name + ".new")
    if fresh.exists():
        shutil.rmtree(fresh)
    shutil.copytree(shipped.folder(), fresh)
    fresh.rename(folder)


def policies(settings: Settings) -> PolicySet:
    """Load the policies."""
    return load(settings.policy_folder)


def policy_folder(config: str | None) -> Path:
    """Return the folder of the installation's policies, or of the shipped ones if there is none.

    Raises:
        ConfigurationError: the settings that are named, or found, are wrong.

    """
    if find_settings(config) is None:
        return shipped.folder()
    return load_settings(config).policy_folder


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
        _publisher(settings, store).publish(wait=PUBLISH_SECONDS)
        yield store


def adopt_log(settings: Settings) -> Checkpoint:
    """Start signing anew from the last checkpoint, after checking every record under it.

    Raises:
        LogForkedError: there is a signing state already, or the records do not lead to it.

    """
    with _log_store(settings) as store:
        return _publisher(settings, store).adopt()


async def export_log(
    settings: Settings, selection: Selection, destination: Path, *, since: bytes | None
) -> ExportSummary:
    """Write an export, and record in the log that somebody took it.

    Raises:
        EuguardError: see `audit.export.export`.

    """
    now, running = clock(), asyncio.get_running_loop()
    signing = signer(settings)
    rules = policies(settings)
    check_destination(destination)  # before the log says that somebody took a copy
    with _log_store(settings) as store:
        publisher = _publisher(settings, store)
        publisher.publish(wait=PUBLISH_SECONDS)
        _require_known(selection, rules, store)
        writer = _log(settings, store, now, rules.digest, name="command-line")
        await writer.start()  # before the copy: nobody takes one that the log does not know of
        try:
            if store.published() is None:  # a new log: its first record has just been written
                publisher.publish(wait=PUBLISH_SECONDS)
            return await asyncio.to_thread(
                export,
                store,
                origin=settings.origin,
                trusted=[signing.verifier],
                signer=signing,
                selection=selection,
                at=now.now(),
                software=__version__,
                destination=destination,
                since=since,
                record=lambda summary: asyncio.run_coroutine_threadsafe(
                    _note_export(writer, summary, NAMES[type(selection)]), running
                ).result(),
            )
        finally:
            await writer.stop()


def _require_known(selection: Selection, rules: PolicySet, store: "LogStore") -> None:
    """Refuse a purpose or an exchange that nobody knows: the export would be empty and signed."""
    match selection:
        case OnePurpose(purpose) if purpose not in rules.purposes:
            msg = "no such purpose, neither in the policies nor in the log"
            fix = f"the policies have: {', '.join(sorted(rules.purposes))}"
        case OneExchange():
            msg = "the log holds no such exchange"
            fix = "the header x-euguard-exchange of its answer names it"
        case _:
            return
    tree = store.published()
    if not occurs(selection, store.leaves(0, tree.size if tree else 0)):
        raise ConfigurationError(msg, fix=fix)


async def _note_export(writer: Log, summary: ExportSummary, selection: str) -> None:
    size = summary.checkpoint.size
    await writer.note(ExportCreated(size=size, records=summary.records, selection=selection))


def build_papers(settings: Settings, destination: Path) -> "BuildSummary":
    """Write the papers from the policies, the settings and the log.

    Raises:
        EuguardError: see `evidence.build.build`.

    """
    with _needing("documents"):
        from euguard.evidence.build import build
    with _evidence(settings) as inputs:
        return build(inputs, destination)


def paper_gaps(settings: Settings) -> "tuple[OpenItem, ...]":
    """Return what the papers cannot say yet."""
    with _needing("documents"):
        from euguard.evidence.build import gaps
    with _evidence(settings) as inputs:
        return gaps(inputs)


@contextmanager
def _evidence(settings: Settings) -> "Iterator[Inputs]":
    from euguard.evidence.build import Inputs
    from euguard.evidence.network import outside
    from euguard.evidence.observe import Log as Observed

    verifier = signer(settings).verifier
    upstream = settings.upstream_socket or settings.upstream
    stated = {
        "software": f"euguard {__version__}",
        "origin": settings.origin,
        "database": settings.database_kind,
        "listen": f"{settings.host}:{settings.port}",
        "upstream": str(upstream),
        "network": outside([str(upstream), settings.database_url]),
    }
    with reader(settings) as log:
        yield Inputs(
            policies=policies(settings),
            settings=stated,
            log=Observed(reader=log, origin=settings.origin, trusted=[verifier]),
            now=clock().now(),
        )


async def describe_model_server(url: str, unix_socket: Path | None) -> tuple[Json, Json]:
    """Return what a model server says of its models and of its version, unchecked.

    Raises:
        ModelUnavailableError: it does not answer.

    """
    with _needing("gateway"):
        from euguard.adapters.vllm import Address, Vllm
    path = None if unix_socket is None else str(unix_socket)
    async with Vllm(Address(url=url, unix_socket=path)) as server:
        return await server.described()


def engine_packages(executable: Path) -> Mapping[str, str]:
    """Return distribution → version beside vLLM.

    Raises:
        ConfigurationError: see `adapters.engine.installed`.

    """
    from euguard.adapters import engine

    return engine.installed(executable)


def weights_shape(weights: Path) -> object:
    """Return what the weights say of their shape, unchecked.

    Raises:
        ConfigurationError: see `adapters.engine.shape`.

    """
    from euguard.adapters import engine

    return engine.shape(weights)


# ------------------------------------------------------------------ the gateway


def check(settings: Settings) -> tuple[PolicySet, VerifierKey]:
    """Look at all that `serve` needs but the model server, and start nothing.

    Raises:
        EuguardError: as `gateway` would.

    """
    with _needing("gateway"):
        import uvloop  # noqa: F401 - is it there?

        from euguard.adapters import vllm  # noqa: F401 - as above
        from euguard.gateway import server  # noqa: F401 - as above
    with _needing("pii"):
        from euguard.adapters.presidio import packages
    rules = policies(settings)
    packages.require(_languages(rules))
    verifier = signer(settings).verifier
    _current(settings)
    _address(settings)
    return rules, verifier


def serve(settings: Settings, serving: Callable[[str], None]) -> None:
    """Serve until SIGTERM; what the gateway needs is started before and stopped after.

    `serving` is told the URL once connections are accepted there.

    Raises:
        ConfigurationError: nobody can listen there; nothing has been started.
        EuguardError: see `gateway`.

    """
    with _needing("gateway"):
        import uvloop

        from euguard.gateway import logs, server

    async def all_day(sockets: list[socket.socket]) -> None:
        url = server.url(settings.host, sockets)
        async with gateway(settings) as (app, running):
            await server.serve(app, running, sockets, serving=lambda: serving(url))

    logs.configure(settings.log_level)
    with (
        server.bound(settings.host, settings.port) as sockets,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(all_day(sockets))


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator["tuple[FastAPI, Running]"]:
    """Wire the whole exchange path and start what it needs; stop it again at the end.

    Yields the application, and what ends its exchanges: end them before leaving the context.

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
        from euguard.gateway.measured import MeasuredDetector, MeasuredLog
        from euguard.gateway.metrics import Metrics
        from euguard.gateway.parts import Parts
        from euguard.gateway.running import Running
    with _needing("pii"):
        from euguard.adapters.presidio.pool import DetectorPool
    rules = policies(settings)
    now = clock()
    async with AsyncExitStack() as stack:
        database = Database(_current(settings))
        stack.callback(database.close)
        store = LogStore(database)
        publishing = PublishLoop(_publisher(settings, store))
        log = _log(
            settings,
            store,
            now,
            rules.digest,
            name=settings.writer,
            forked=lambda: publishing.forked,
        )
        detector = DetectorPool(
            settings.state / "detectors" / settings.writer,  # gateways may share the state
            processes=settings.detectors,
            languages=_languages(rules),
            timeout=settings.detection_seconds,
        )
        model = await stack.enter_async_context(Vllm(_address(settings)))
        # Stopped after the log, whose last closing records shall be signed too.
        stack.push_async_callback(asyncio.to_thread, publishing.stop)
        await log.start()  # first: it says if another process has this writer's name
        stack.push_async_callback(log.stop)
        await asyncio.to_thread(publishing.start)  # tells the log whether it has forked
        await detector.start()
        stack.push_async_callback(detector.stop)
        parts = Parts(
            {
                "detection": detector.ready,
                "log": _now(log.ready),
                "signing": _now(lambda: publishing.forked is None and publishing.failing is None),
                "model": lambda: _serves(model, rules),
            },
            now,
        )
        await stack.enter_async_context(parts.watched())
        metrics, running = Metrics(), Running()
        metrics.show_parts(parts)
        metrics.show_detectors(lambda: len(detector.pids))
        metrics.show_published(lambda: publishing.published.size if publishing.published else 0)
        app = create_app(
            Gateway(
                steps=Steps(
                    policies=rules,
                    detector=MeasuredDetector(detector, metrics, now),
                    log=MeasuredLog(log, metrics, now),
                    model=model,
                    clock=now,
                ),
                authenticator=Authenticator(ApiKeyStore(database), now),
                parts=parts,
                metrics=metrics,
                running=running,
                max_body=settings.max_body_bytes,
            )
        )
        yield app, running


def _current(settings: Settings) -> str:
    from euguard.adapters.sql import schema

    url = settings.database_url
    with _needing("postgres"):
        current = schema.is_current(url)
    if not current:
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


def _log(  # noqa: PLR0913  all that a writer is made of
    settings: Settings,
    store: "LogStore",
    now: Clock,
    policy: str,
    *,
    name: str,
    forked: Callable[[], LogForkedError | None] = lambda: None,
) -> Log:
    return Log(
        store,
        writer=name,
        software=__version__,
        policy=policy,
        clock=now,
        lock=settings.state / f"{name}.lock",
        forked=forked,
    )


def _publisher(settings: Settings, store: "LogStore") -> Publisher:
    return Publisher(
        store,
        signer(settings),
        origin=settings.origin,
        state=settings.signed_state,
    )


def _address(settings: Settings) -> "Address":
    from euguard.adapters import keys
    from euguard.adapters.vllm import Address

    key, path = settings.upstream_key_file, settings.upstream_socket
    return Address(
        url=settings.upstream,
        unix_socket=None if path is None else str(path),
        api_key=None if key is None else keys.read(key).strip(),
    )


def _languages(rules: PolicySet) -> tuple[str, ...]:
    accepted = {code for purpose in rules.purposes.values() for code in purpose.languages}
    return tuple(sorted(accepted))


def _now(check: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return check()

    return answer


async def _serves(model: Model, rules: PolicySet) -> bool:
    """Tell whether the model server serves one of the models that the policies know."""
    try:
        return not rules.models.keys().isdisjoint(await model.served())
    except ModelUnavailableError:
        return False


def hostname() -> str:
    """Return this machine's name, as the default origin of its log."""
    return socket.gethostname().lower()
