"""`euguard doctor`: whether this host will do, and what to mend."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from euguard.bootstrap import doctor as bootstrap
from euguard.bootstrap import installation
from euguard.cli.output import Config, Json, result
from euguard.errors import ConfigurationError
from euguard.policy.schema import load
from euguard.provision import preflight
from euguard.provision.facts import HostFacts, to_json
from euguard.provision.finding import Finding, Mark
from euguard.provision.wanted import ENGINE, EVERYTHING, GATEWAY_PORT, Role, Wanted, want
from euguard.serving.profile import Profile
from euguard.terms import ModelId

FINDINGS = 4
"""The exit code where something is to be mended."""
WIDTH = 80
_INDENT = 19
CERTIFICATES = "/etc/euguard/tls/*.crt"


def doctor(
    facts: Annotated[
        Path | None,
        typer.Option(
            help="Judge the facts in this file instead of this host's: what the probe printed, or "
            "`euguard doctor --json`."
        ),
    ] = None,
    want_: Annotated[
        list[Role] | None,
        typer.Option("--want", help="Part that the host is for, repeatable [default: all]."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="Model to be served; `euguard model list` shows them.")
    ] = "mistral-small-3.2",
    port: Annotated[int, typer.Option(help="TCP port of the gateway.")] = GATEWAY_PORT,
    engine: Annotated[
        Path, typer.Option(help="The engine's virtual environment, if it is there.")
    ] = Path(ENGINE),
    certificate: Annotated[
        list[str] | None,
        typer.Option(help=f"PEM file or pattern, repeatable [default: {CERTIFICATES}]."),
    ] = None,
    gpu: Annotated[
        bool,
        typer.Option("--gpu", help="Let the card compute, with the engine's torch, for seconds."),
    ] = False,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=60, help="With --gpu: how long each part computes.")
    ] = 2.0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 for warnings too.")] = False,
    root: Annotated[
        Path, typer.Option(help="Read the files of this tree: an image mounted somewhere.")
    ] = Path("/"),
    policies: Annotated[
        Path | None, typer.Option(help="Folder of policies [default: the installation's].")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Look at this host, and say what would not work, why, and what to do about it.

    Nothing is changed. Exit code 4 if something must be mended first.
    """
    roles = frozenset(want_ or EVERYTHING)
    wanted = want(roles, _profile(policies, config, model, roles), port=port)
    read = (
        bootstrap.facts_in(facts)
        if facts is not None
        else bootstrap.facts_here(
            wanted, engine=engine, certificates=certificate or [CERTIFICATES], root=root
        )
    )
    measured, tested = bootstrap.self_test(engine, seconds) if gpu else (None, ())
    findings = (*preflight.judge(read, wanted), *tested)
    value = {
        "facts": to_json(read),
        "wanted": {"roles": sorted(roles), "model": wanted.profile and wanted.profile.model},
        "findings": [asdict(one) for one in findings],
        "measured": measured and asdict(measured),
    }
    result(value, page(read, wanted, findings), as_json=as_json)
    marks = {one.mark for one in findings}
    if Mark.FAILURE in marks or (strict and Mark.WARNING in marks):
        raise typer.Exit(FINDINGS)


def page(facts: HostFacts, wanted: Wanted, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines for people, at most 80 columns wide where words allow it."""
    host = facts.system.hostname if facts.system else "unknown"
    when = f", {_moment(facts.clock.now)}" if facts.clock else ""
    served = f"; model {wanted.profile.model}" if wanted.profile else ""
    yield f"host    {host}{when}"
    yield f"wanted  {', '.join(sorted(wanted.roles))}{served}"
    yield ""
    for one in findings:
        yield from _lines(one)
    count = Counter(one.mark for one in findings)
    yield ""
    yield f"{count[Mark.FAILURE]} ✗   {count[Mark.WARNING]} !   {count[Mark.OK]} ✓"


def _lines(one: Finding) -> Iterator[str]:
    what = f"{one.where}: {one.what}" if one.where else one.what
    yield from _wrapped(f"{one.mark.sign} {one.code:<{_INDENT - 3}} ", what)
    if one.fix:
        yield from _wrapped(" " * _INDENT, f"fix: {one.fix}")


def _wrapped(first: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _moment(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return "at no time of our calendar"


def _profile(
    policies: Path | None, config: str | None, name: str, roles: frozenset[Role]
) -> Profile | None:
    if Role.ENGINE not in roles:
        return None
    folder = policies or installation.policy_folder(config)
    models = load(folder).models
    model = models.get(ModelId(name))
    if model is None:
        msg = f"no such model in {folder}: {name}"
        raise ConfigurationError(msg, fix=f"the policies have: {', '.join(sorted(models))}")
    return Profile.from_mapping(model.id, model.serving)
