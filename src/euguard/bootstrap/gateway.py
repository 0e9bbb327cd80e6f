"""The gateway: the whole exchange path wired, started and stopped."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from euguard.audit.publish import PublishLoop
from euguard.bootstrap.detection import names_digest
from euguard.bootstrap.needing import needing
from euguard.bootstrap.shared import clock, current_database, policies, publisher, signer, writer
from euguard.errors import ModelUnavailableError, UnavailableError
from euguard.exchange.ports import Model
from euguard.identity.authenticate import Authenticator
from euguard.policy.schema import PolicySet
from euguard.settings import Settings
from euguard.tlog.note import VerifierKey

if TYPE_CHECKING:
    from fastapi import FastAPI

    from euguard.adapters.vllm import Address
    from euguard.gateway.running import Running

_LOG = logging.getLogger("euguard.gateway")


def check(settings: Settings) -> tuple[PolicySet, VerifierKey]:
    """Look at all that `serve` needs but the model server, and start nothing.

    Raises:
        EuguardError: as `gateway` would.

    """
    with needing("gateway"):
        import uvloop  # noqa: F401 - is it there?

        from euguard.adapters import vllm  # noqa: F401 - as above
        from euguard.gateway import server  # noqa: F401 - as above
    with needing("pii"):
        from euguard.adapters.ner import chosen
        from euguard.adapters.presidio import pool  # noqa: F401 - as above
    rules = policies(settings)
    chosen.require(_languages(rules), settings.names)
    verifier = signer(settings).verifier
    current_database(settings)
    _address(settings)
    return rules, verifier


def serve(settings: Settings, serving: Callable[[str], None]) -> None:
    """Serve until SIGTERM; what the gateway needs is started before and stopped after.

    On SIGHUP the organisation's own recognisers and lists are read anew.

    `serving` is told the URL once connections are accepted there.

    Raises:
        ConfigurationError: nobody can listen there; nothing has been started.
        EuguardError: see `gateway`.

    """
    with needing("gateway"):
        import uvloop

        from euguard.gateway import logs, server

    async def all_day(sockets: list[socket.socket]) -> None:
        url = server.url(settings.host, sockets)
        async with gateway(settings) as (app, running, renew):
            await server.serve(
                app, running, sockets, serving=lambda: serving(url), hangup=lambda: _renewed(renew)
            )

    logs.configure(settings.log_level)
    with (
        server.bound(settings.host, settings.port) as sockets,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(all_day(sockets))


@asynccontextmanager
async def gateway(
    settings: Settings,
) -> AsyncIterator["tuple[FastAPI, Running, Callable[[], Awaitable[None]]]"]:
    """Wire the whole exchange path and start what it needs; stop it again at the end.

    Yields the application; what ends its exchanges: end them before leaving the context; and
    what reads the organisation's own recognisers and lists anew.

    Raises:
        ConfigurationError: settings, policies or keys are wrong, or another process has the
            writer's name.
        UnavailableError: the database or the detection processes do not start.

    """
    with needing("gateway"):
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
    with needing("pii"):
        from euguard.adapters.presidio.pool import DetectorPool
        from euguard.bootstrap import detector as detection
    rules = _measured(policies(settings))
    now = clock()
    async with AsyncExitStack() as stack:
        database = Database(current_database(settings))
        stack.callback(database.close)
        store = LogStore(database)
        publishing = PublishLoop(publisher(settings, store))
        log = writer(
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
            program=detection.program(settings.names, settings.policy_folder / "recognisers"),
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
        yield app, running, detector.renew


async def _renewed(renew: Callable[[], Awaitable[None]]) -> None:
    """Read recognisers and lists anew, and log how that went."""
    try:
        await renew()
    except UnavailableError as error:
        _LOG.error("%s; `euguard pii playground --recognisers` says what is wrong", error)
    else:
        _LOG.info("recognisers and lists are read anew")


def _address(settings: Settings) -> "Address":
    from euguard.adapters import keys
    from euguard.adapters.vllm import Address

    key, path = settings.upstream_key_file, settings.upstream_socket
    return Address(
        url=settings.upstream,
        unix_socket=None if path is None else str(path),
        api_key=None if key is None else keys.read(key).strip(),
    )


def _measured(rules: PolicySet) -> PolicySet:
    """Return the rules without a recall card that measured another model than runs here."""
    if rules.recall_of is None or rules.recall_of == names_digest():
        return rules
    _LOG.warning(
        "recall-card.json measured another model of names: it counts as not measured; "
        "write it anew with `euguard pii evaluate`"
    )
    return replace(rules, recall={})


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
