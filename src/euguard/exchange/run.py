"""The path of one request. Read this first.

::

    Received → decide → pseudonymise → record ── nothing above this line ever reaches a model
                                         └─▶ model.reply → restore → client
                                                              └─▶ close, always

What a crash leaves behind at each line: before `record` nothing was sent and nothing is
recorded (or a refusal is); between `record` and `close` the exchange stays open in the log, and
the next start closes it as interrupted.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress

import anyio

from euguard.audit.record import Outcome
from euguard.errors import (
    DetectionUnavailableError,
    EuguardError,
    RefusedError,
)
from euguard.exchange.reply import Reply
from euguard.exchange.stages import Json, Pseudonymised, Received, Recorded
from euguard.exchange.steps import Steps

CLOSE_SECONDS = 10.0
"""How long a closing record may take when nobody waits for it any more."""


CLIENT_GONE = "client_gone"
"""The reason of an exchange that was cancelled, unless the caller knows another."""


def _client_gone() -> str:
    return CLIENT_GONE


async def run(
    received: Received, steps: Steps, interrupted: Callable[[], str] = _client_gone
) -> AsyncGenerator[Json]:
    """Yield the restored reply; the generator ends only after the closing record is durable.

    The caller must close the generator (`contextlib.aclosing`), also when the client hangs up;
    `interrupted` then tells the reason that the closing record names.

    Raises:
        MalformedRequestError: not of the API's shape; nothing recorded.
        RefusedError: policy says no; recorded.
        UnavailableError: detection, log or model is down; nothing was sent in clear.

    """
    pseudonymised = await _prepare(received, steps)
    recorded = await steps.record(pseudonymised)
    reply = Reply(recorded)
    try:
        async with aclosing(steps.model.reply(recorded)) as pieces:
            async for piece in pieces:
                for part in reply.feed(piece):
                    yield part
        for part in reply.end():
            yield part
    except (GeneratorExit, asyncio.CancelledError):
        await _close_unwatched(steps, recorded, reply, Outcome.INTERRUPTED, interrupted())
        raise
    except EuguardError as error:
        await _close_unwatched(steps, recorded, reply, Outcome.FAILED, error.code)
        raise
    except Exception:
        await _close_unwatched(steps, recorded, reply, Outcome.FAILED, "internal_error")
        raise
    else:
        await steps.close(recorded, reply, Outcome.COMPLETED, None)


async def _prepare(received: Received, steps: Steps) -> Pseudonymised:
    try:
        return await steps.pseudonymise(steps.decide(received))
    except (RefusedError, DetectionUnavailableError) as refusal:
        # Also when the client hangs up meanwhile: what was decided is on record.
        with anyio.CancelScope(shield=True):
            await steps.refuse(received, refusal)
        raise


async def _close_unwatched(
    steps: Steps, recorded: Recorded, reply: Reply, outcome: Outcome, reason: str
) -> None:
    """Close although the request is being cancelled, and keep the first error as the one raised.

    If the log is down as well, the exchange stays open there; recovery closes it.
    """
    with anyio.move_on_after(CLOSE_SECONDS, shield=True), suppress(EuguardError):
        await steps.close(recorded, reply, outcome, reason)
