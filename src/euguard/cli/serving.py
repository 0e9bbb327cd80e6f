"""`euguard serving`: what fits, whether the weights are the right ones, and what the card does."""

import time
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from euguard import __version__
from euguard.bootstrap import installation, serving, shared, weights
from euguard.bootstrap.weights import Places
from euguard.cli.output import Config, Json, progress, result
from euguard.cli.profiles import (
    Policies,
    Port,
    ProfileName,
    Socket,
    listen_on,
    profile_of,
    profiles_of,
    the_model,
)
from euguard.errors import ModelDoesNotFitError, UsageError
from euguard.serving import acceptance, measurement
from euguard.serving.manifest import Manifest
from euguard.serving.measurement import Measured
from euguard.serving.memory import GIB, MemoryPlan
from euguard.serving.profile import Profile
from euguard.serving.roofline import Card
from euguard.serving.weights import check_weights

FINDINGS = 4
LENGTHS = (8192, 16384, 32768, 65536, 131072)
_GIGABYTE = 10**9

app = typer.Typer(
    help="How the model is served: memory plan, weights, smoke test, measurement.",
    no_args_is_help=True,
)

Model = Annotated[
    str | None,
    typer.Option("--model", help="Id of the model [default: the one that the purposes use]."),
]
Folder = Annotated[Path, typer.Argument(help="Folder with the weights.", metavar="DIR")]
ManifestFile = Annotated[
    Path | None,
    typer.Option("--manifest", help="The manifest [default: DIR.manifest.json, beside DIR]."),
]


# ------------------------------------------------------------------ what fits


@app.command()
def plan(
    model: Model = None,
    profile: ProfileName = None,
    weights_folder: Annotated[
        Path | None,
        typer.Option("--weights", help="Folder with the weights: is the plan that of these files?"),
    ] = None,
    memory_gib: Annotated[
        str | None,
        typer.Option(help="Memory of the card in GiB, as 79.15 [default: the model file's]."),
    ] = None,
    policies: Policies = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Say what fits into memory: one profile in full with --profile, else all in a table."""
    folder = policies or installation.policy_folder(config)
    name = the_model(folder, model)
    every = [_on(one, memory_gib) for one in profiles_of(folder, name)]
    if weights_folder is not None:
        described = weights.describe_folder(weights_folder)
        chosen = [one for one in every if one.name == profile] or every[:1]
        check_weights(chosen[0], described)
    if profile is not None:
        one = _on(profile_of(folder, name, profile), memory_gib)
        _require(one, every)
        value, lines = _told(one), _lines(one)
    else:
        _require_any(every)
        value, lines = {"profiles": [_told(each) for each in every]}, _table(every)
    lines.append(f"policies {folder}")
    result({"model": name, **value, "folder": str(folder)}, lines, as_json=as_json)


def _on(profile: Profile, memory_gib: str | None) -> Profile:
    if memory_gib is None:
        return profile
    try:
        gib = Decimal(memory_gib)
    except InvalidOperation:
        gib = Decimal(0)
    if not gib.is_finite() or gib <= 0:
        msg = f"--memory-gib: {memory_gib[:32]!a} is no number of GiB"
        raise UsageError(msg, fix="give a decimal, as 79.15")
    return profile.on(gib)


def _fits(profile: Profile) -> bool:
    return profile.plan().contexts(profile.max_model_len) >= 1


def _require(profile: Profile, every: Sequence[Profile]) -> None:
    """Refuse a profile that does not fit, and name those that would."""
    try:
        profile.plan().require(profile.max_model_len)
    except ModelDoesNotFitError as error:
        others = [one.name for one in every if _fits(one)]
        fits = f"; profiles that fit: {', '.join(others)}" if others else "; no profile fits"
        raise ModelDoesNotFitError(error.message, fix=error.fix + fits) from None


def _require_any(every: Sequence[Profile]) -> None:
    """Refuse where nothing fits; the profile that lacks least says by how much."""
    if not any(_fits(one) for one in every):
        nearest = min(every, key=lambda one: one.plan().missing_gib(one.max_model_len))
        _require(nearest, every)


def _told(profile: Profile) -> dict[str, Any]:
    memory = profile.plan()
    contexts = {length: memory.contexts(length) for length in _lengths(profile)}
    return {
        "profile": profile.name,
        "title": profile.title,
        "capability": None if profile.capability is None else str(profile.capability),
        "memory_gib": str(profile.memory.gib),
        "parts": [
            {"name": part.name, "bytes": part.bytes, "basis": part.basis} for part in memory.parts
        ],
        "weight_bytes": memory.weight_bytes,
        "key_value_bytes": memory.key_value_bytes,
        "token_bytes": memory.token_bytes,
        "tokens": memory.tokens,
        "max_model_len": profile.max_model_len,
        "admitted": profile.batch().sequences,
        "contexts": {str(length): count for length, count in contexts.items()},
        "adapters": [str(adapter.model) for adapter in profile.adapters],
        "fits": _fits(profile),
    }


def _lengths(profile: Profile) -> list[int]:
    """Return the lengths of the table that the profile serves, its own among them."""
    own = profile.max_model_len
    return sorted({length for length in LENGTHS if length <= own} | {own})


def _lines(profile: Profile) -> list[str]:
    memory, shape = profile.plan(), profile.memory.shape
    admitted = profile.batch().sequences
    each = memory.tokens // admitted
    tokens = f"{memory.tokens:,} tokens of {memory.token_bytes:,} bytes:"
    heads = f"{shape.layers} layers x {shape.key_value_heads} heads x {shape.head_width}"
    one_token = f"2 x {heads} in {profile.key_value}"
    return [
        f"{profile.model}, profile {profile.name}: {profile.title}".rstrip(": "),
        f"memory {profile.memory.gib} GiB, of which vLLM may take {memory.share:.0%}",
        "",
        *(f"{part.name:<30}{part.bytes / GIB:>7.2f} GiB  {part.basis}" for part in memory.parts),
        f"{'left for keys and values':<30}{memory.key_value_bytes / GIB:>7.2f} GiB  {tokens}",
        f"{'':<43}{one_token}",
        "",
        "requests at once, each with so many tokens:",
        *(f"{length:>12,}  {memory.contexts(length):>5}" for length in _lengths(profile)),
        f"the engine admits {admitted} at once; they have {each:,} tokens each on average",
        *_adapter_lines(profile),
    ]


def _adapter_lines(profile: Profile) -> list[str]:
    if not profile.arguments.get("enable-lora", False):
        return []
    names = ", ".join(f"{one.model} (rank {one.rank})" for one in profile.adapters)
    return [f"adapters: {names or 'none named yet in the model file'}"]


def _table(every: Sequence[Profile]) -> list[str]:
    head = "".join(f"{f'{length // 1024}k':>6}" for length in LENGTHS)
    return [
        f"{every[0].model} on {every[0].memory.gib} GiB: full requests at once, by their length",
        f"{'profile':<14}{'card':>5}{'weights':>10}{'tokens':>9}{'context':>9}{'full':>6} |{head}",
        *(_row(one, one.plan()) for one in every),
        "card: lowest compute capability (8.0 A100, 9.0 H100); full: requests of the whole context",
    ]


def _row(profile: Profile, memory: MemoryPlan) -> str:
    own = profile.max_model_len
    counts = [f"{memory.contexts(n) if n <= own else '-':>6}" for n in LENGTHS]
    return (
        f"{profile.name:<14}{profile.capability or 'any':>5}{memory.weight_bytes / GIB:>6.1f} GiB"
        f"{memory.tokens:>9,}{own:>9,}{memory.contexts(own):>6} |{''.join(counts)}"
        f"{'' if _fits(profile) else '  does not fit'}"
    )


# ------------------------------------------------------------------ the weights


@app.command()
def manifest(
    folder: Folder,
    model: Annotated[str, typer.Option("--model", help="Id of the model.")],
    manifest_file: ManifestFile = None,
    as_json: Json = False,
) -> None:
    """Write down size and SHA-256 of every file of a model, as they are now."""
    places = Places.around(folder, manifest_file, None)
    made = weights.write_manifest(places, model, _Bar())
    value = {"manifest": str(places.manifest), **_summary(made)}
    lines = [
        f"{len(made.files)} files, {made.size / _GIGABYTE:.1f} GB",
        *(f"{entry.sha256}  {entry.path}" for entry in made.files),
        f"manifest {places.manifest}, SHA-256 {made.digest()}",
    ]
    result(value, lines, as_json=as_json)


@app.command(name="verify-weights")
def verify_weights(
    folder: Folder,
    manifest_file: ManifestFile = None,
    record: Annotated[
        Path | None,
        typer.Option(help="What a full check leaves for --quick [default: DIR.checked.json]."),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Compare sizes and times with the last full check."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the weights against their manifest; a check that was cut off goes on where it was."""
    places = Places.around(folder, manifest_file, record)
    bar = _Bar()
    found = weights.verify_quickly(places) if quick else weights.verify(places, bar)
    how = "unchanged since the last full check" if quick else "every byte was read"
    value = {
        **_summary(found),
        "quick": quick,
        "bytes_read": bar.read,
        "manifest_file": str(places.manifest),
    }
    line = f"{len(found.files)} files, {found.size / _GIGABYTE:.1f} GB: as the manifest says; {how}"
    result(value, [line, f"SHA-256 of the manifest {found.digest()}"], as_json=as_json)


def _summary(made: Manifest) -> dict[str, Any]:
    return {
        "model": made.model,
        "files": len(made.files),
        "bytes": made.size,
        "digest": made.digest(),
    }


class _Bar:
    """Tells once a second how far reading came."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._first: int | None = None
        self.read = 0
        """Bytes read by this run, without what an earlier one had found good."""

    def __call__(self, done: int, total: int) -> None:
        if self._first is None:
            self._first = done
        self.read = max(self.read, done - self._first)
        now = time.monotonic()
        if now - self._told < 1:
            return
        self._told = now
        rate = self.read / (now - self._began)
        left = (total - done) / rate if rate else 0
        progress(
            f"{done / _GIGABYTE:.1f} of {total / _GIGABYTE:.1f} GB, "
            f"{rate / _GIGABYTE:.2f} GB/s, {left:.0f} s left"
        )


# ------------------------------------------------------------------ the running engine


@app.command()
def smoke(
    model: Model = None,
    profile: ProfileName = None,
    socket: Socket = None,
    port: Port = None,
    log: Annotated[
        Path | None,
        typer.Option(help="The engine's log, to show that no prompt is in it."),
    ] = None,
    policies: Policies = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Ask a running model server for everything that it promises, once."""
    folder = policies or installation.policy_folder(config)
    chosen = profile_of(folder, the_model(folder, model), profile)
    listen = listen_on(socket, port)
    models, version = serving.description(listen)
    accepted = acceptance.accept(chosen, models=models, version=version)
    found = []
    for one in serving.smoke_test(chosen, listen, log):
        progress(f"{'ok   ' if one.passed else 'WRONG'} {one.title}")
        found.append(one)
    value = {
        "model": chosen.model,
        "profile": chosen.name,
        "version": accepted.version.version,
        "checks": [{"name": one.name, "passed": one.passed, "detail": one.detail} for one in found],
    }
    wrong = [one for one in found if not one.passed]
    lines = [
        f"{chosen.model}, profile {chosen.name}: {accepted.version.statement}",
        *(f"{one.title}: WRONG, {one.detail}" for one in wrong),
        f"{len(found) - len(wrong)} of {len(found)} checks passed",
    ]
    result(value, lines, as_json=as_json)
    if wrong:
        raise typer.Exit(FINDINGS)


@app.command()
def accept(
    weights_folder: Annotated[
        Path, typer.Option("--weights", help="Folder with the weights, for their tokeniser.")
    ],
    executable: Annotated[Path, typer.Option(help="vLLM in its own environment.")] = Path(
        "/opt/euguard/current/engine/bin/vllm"
    ),
    model: Model = None,
    profile: ProfileName = None,
    socket: Socket = None,
    port: Port = None,
    card: Annotated[
        str | None,
        typer.Option(help="What NVML calls the card [default: nvidia-smi is asked]."),
    ] = None,
    output: Annotated[Path, typer.Option(help="Where the figures go, as JSON.")] = Path(
        "serving-acceptance.json"
    ),
    policies: Policies = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Measure the model server on this card, and keep the figures as evidence."""
    folder = policies or installation.policy_folder(config)
    chosen = profile_of(folder, the_model(folder, model), profile)
    listen = listen_on(socket, port)
    models, version = serving.description(listen)
    accepted = acceptance.accept(chosen, models=models, version=version)
    name, known = serving.this_card(card)
    bench = serving.Bench(chosen, listen, executable.absolute(), weights_folder.absolute())
    measured = serving.measure(bench, known, progress)
    findings = measurement.findings(measured)
    value: dict[str, Any] = {
        "format": measurement.FORMAT,
        "at": shared.clock().now().isoformat(),
        "euguard": __version__,
        "engine": accepted.version.version,
        "model": chosen.model,
        "card": _card(name, known),
        "weights": weights.known_as(weights_folder),
        "plan": _told(chosen),
        "runs": measurement.evidence(measured),
        "findings": findings,
    }
    serving.write_evidence(output, value)
    lines = [*_figures(measured), *_about(name, known), *findings, f"evidence {output}"]
    result(value, lines, as_json=as_json)
    if findings:
        raise typer.Exit(FINDINGS)


def _card(name: str | None, known: Card | None) -> dict[str, Any]:
    if known is None:
        return {"name": name, "known": False}
    return {
        "name": name,
        "known": True,
        "memory_gb_per_s": known.memory_gb_per_s,
        "matmul_tflops": known.matmul_tflops,
        "fp8_tflops": known.fp8_tflops,
        "source": known.source,
        "url": known.url,
        "checked": known.checked.isoformat(),
    }


def _figures(measured: Sequence[Measured]) -> list[str]:
    head = f"{'run':<9}{'at once':>8}{'in':>7}{'out':>6}{'tokens/s':>10}{'at most':>10}{'share':>7}"
    return [f"{head}{'first token':>14}{'next':>9}", *map(_figure, measured)]


def _figure(one: Measured) -> str:
    bound = "-" if one.bound is None else f"{one.bound:,.0f}"
    share = "-" if one.share is None else f"{one.share:.0%}"
    return (
        f"{one.case.name:<9}{one.case.at_once:>8}{one.case.prompt:>7,}{one.case.answer:>6}"
        f"{one.reached:>10,.1f}{bound:>10}{share:>7}"
        f"{one.first_token_ms['median']:>11,.0f} ms{one.next_token_ms['median']:>6,.0f} ms"
    )


def _about(name: str | None, known: Card | None) -> list[str]:
    if known is None:
        return [f"card      {name or 'none'}: no figures are known, so nothing is compared"]
    return [f"card      {known.name}, after {known.source}"]
