"""Asking a running model server, and measuring it on this card."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from euguard.adapters import benchmark
from euguard.adapters.probe import Probe
from euguard.errors import ConfigurationError
from euguard.serving import measurement, smoke
from euguard.serving.command import Listen, Loopback, UnixSocket
from euguard.serving.measurement import Case, Measured
from euguard.serving.profile import Profile
from euguard.serving.roofline import Card, card, cards

Told: TypeAlias = Callable[[str], None]


def probe(listen: Listen) -> Probe:
    """Return what asks the server that listens there."""
    match listen:
        case UnixSocket():
            return Probe("http://engine", unix_socket=listen.path)
        case Loopback():
            return Probe(f"http://{listen.host}:{listen.port}")


def smoke_test(profile: Profile, listen: Listen, log: Path | None) -> Iterator[smoke.Finding]:
    """Yield the finding of each check as it is made; that of the engine's log comes last.

    Raises:
        ModelUnavailableError: the server does not answer.
        ConfigurationError: the log cannot be read.

    """
    marker = f"marker{secrets.token_hex(8)}"
    server = probe(listen)
    begin = _size(log) if log else 0
    for check in smoke.checks(profile, marker):
        yield smoke.judged(check, [server.ask(question) for question in check.questions])
    yield smoke.judge_log(_since(log, begin) if log else None, marker)


def description(listen: Listen) -> tuple[object, object]:
    """Return what the server says of its models and its version, unchecked.

    Raises:
        ModelUnavailableError: it does not answer.

    """
    server = probe(listen)
    models = server.ask(smoke.Question("/v1/models"))
    return models.value, server.ask(smoke.Question("/version")).value


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, and with what."""

    profile: Profile
    listen: Listen
    executable: Path
    """`bin/vllm` of the engine's environment."""
    weights: Path
    """Folder with the tokeniser."""


def measure(bench: Bench, on: Card | None, told: Told) -> tuple[Measured, ...]:
    """Run the benchmark's cases one after the other, and compare each with the card's line.

    Raises:
        ModelUnavailableError: the server, or the benchmark, does not do its part.
        ConfigurationError: there is no such program.

    """
    return asyncio.run(_measure(bench, on, told))


def this_card(name: str | None) -> tuple[str | None, Card | None]:
    """Return the name of the card here, or of the one named, and its figures if known.

    Raises:
        ConfigurationError: the card that was named is not known.

    """
    if name is None:
        found = benchmark.card_name()
        return found, card(found) if found else None
    known = card(name)
    if known is None:
        msg = f"there are no figures for a card {name[:64]!a}"
        raise ConfigurationError(msg, fix=f"known are: {', '.join(one.name for one in cards())}")
    return name, known


def write_evidence(path: Path, value: dict[str, object]) -> None:
    """Write what was measured.

    Raises:
        ConfigurationError: it cannot be written.

    """
    benchmark.write(path, value)


async def _measure(bench: Bench, on: Card | None, told: Told) -> tuple[Measured, ...]:
    async with AsyncExitStack() as stack:
        if isinstance(bench.listen, UnixSocket):
            url = await stack.enter_async_context(benchmark.bridge(bench.listen.path))
        else:
            url = f"http://{bench.listen.host}:{bench.listen.port}"
        measured = []
        for case in measurement.cases(bench.profile):
            told(
                f"{case.name}: {case.requests} requests, {case.at_once} at once, {case.prompt} "
                f"tokens in, {case.answer} out"
            )
            measured.append(await _one(bench, case, on, url))
        return tuple(measured)


async def _one(bench: Bench, case: Case, on: Card | None, url: str) -> Measured:
    words = measurement.arguments(
        case, bench.profile, url=url, weights=bench.weights, seed=secrets.randbelow(2**31)
    )
    found = measurement.read(case, await benchmark.run(bench.executable, words))
    return replace(found, bound=measurement.bound(case, bench.profile, on) if on else None)


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError as error:
        msg = f"cannot read {log}: {error.strerror}"
        raise ConfigurationError(msg, fix="name the engine's log with --log") from None


def _since(log: Path, begin: int) -> bytes:
    with log.open("rb") as file:
        # A log that was rotated meanwhile is shorter: all of the new one counts.
        file.seek(begin if _size(log) >= begin else 0)
        return file.read()
