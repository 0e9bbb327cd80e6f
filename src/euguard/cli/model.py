"""`euguard model`: the served models, their memory plan and their exact command line."""

import asyncio
import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from euguard.bootstrap import engine, installation
from euguard.cli.output import Config, Json, result
from euguard.errors import ConfigurationError, UsageError
from euguard.policy.schema import load
from euguard.serving import acceptance
from euguard.serving.command import Listen, Loopback, UnixSocket, command
from euguard.serving.memory import MemoryPlan
from euguard.serving.profile import Profile
from euguard.terms import ModelId

GIB = 2**30
LENGTHS = (8192, 16384, 32768, 65536, 131072)

app = typer.Typer(help="The served models: memory plan, exact vLLM command.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Id of the model; `euguard model list` shows them.")]
Policies = Annotated[
    Path | None,
    typer.Option(
        "--policies",
        help="Folder of policies [default: the installation's, or those that come with euguard].",
    ),
]


@app.command(name="list")
def list_models(policies: Policies = None, config: Config = None, as_json: Json = False) -> None:
    """List the models that the policies know."""
    folder = policies or installation.policy_folder(config)
    models = load(folder).models.values()
    value = {
        "folder": str(folder),
        "models": [{"id": m.id, "title": m.title, "licence": m.licence} for m in models],
    }
    lines = [
        *(f"{model.id:<24}{model.title} ({model.licence})" for model in models),
        f"policies  {folder}",
    ]
    result(value, lines, as_json=as_json)


@app.command()
def plan(
    model: Name, policies: Policies = None, config: Config = None, as_json: Json = False
) -> None:
    """Say what fits into memory: weights, and how many contexts of which length."""
    folder = policies or installation.policy_folder(config)
    memory = _fitting(_profile(folder, model))
    contexts = {length: memory.contexts(length) for length in LENGTHS}
    value = {
        "model": model,
        "weight_bytes": memory.weight_bytes,
        "key_value_bytes": memory.key_value_bytes,
        "tokens": memory.tokens,
        "contexts": {str(length): count for length, count in contexts.items()},
        "folder": str(folder),
    }
    lines = [
        f"weights       {memory.weight_bytes / GIB:8.1f} GiB",
        f"key-values    {memory.key_value_bytes / GIB:8.1f} GiB, {memory.tokens:,} tokens",
        *(f"  {length:>7,} tokens each: {count:>4} contexts" for length, count in contexts.items()),
        f"policies      {folder}",
    ]
    result(value, lines, as_json=as_json)


@app.command(name="command")
def show_command(
    model: Name,
    weights: Annotated[Path, typer.Option(help="Folder with the weights.")],
    executable: Annotated[Path, typer.Option(help="vLLM in its own environment.")] = Path(
        "/opt/vllm/bin/vllm"
    ),
    socket: Annotated[
        Path | None, typer.Option(help="Unix socket to listen on; or give --port.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port on loopback; or give --socket.")] = None,
    cache: Annotated[Path, typer.Option(help="Folder of vLLM's caches.")] = Path(
        "/var/lib/euguard/vllm"
    ),
    policies: Policies = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Print the exact command line and environment that serve a model."""
    folder = policies or installation.policy_folder(config)
    profile = _profile(folder, model)
    _fitting(profile)
    made = command(
        profile,
        weights=weights.absolute(),
        listen=_listen(socket, port),
        cache=cache.absolute(),
        executable=executable.absolute(),
    )
    environment = made.environment_within(os.environ)
    lines = [
        f"# {model}, after {folder}",
        "env -i \\",
        *(f"  {name}={shlex.quote(text)} \\" for name, text in environment.items()),
        "  " + shlex.join(made.argv),
    ]
    value = {
        "model": model,
        "argv": list(made.argv),
        "environment": environment,
        "folder": str(folder),
    }
    result(value, lines, as_json=as_json)


@app.command()
def accept(
    model: Name,
    socket: Annotated[
        Path | None, typer.Option(help="Unix socket of the model server; or give --port.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port on loopback; or give --socket.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Folder with the weights: is their shape the model file's?")
    ] = None,
    executable: Annotated[
        Path | None, typer.Option(help="vLLM in its own environment: are the right packages there?")
    ] = None,
    policies: Policies = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Ask a running model server whether it is what the model file says."""
    folder = policies or installation.policy_folder(config)
    profile = _profile(folder, model)
    checked = _checked(profile, weights, executable)
    listen = _listen(socket, port)
    url = f"http://127.0.0.1:{listen.port}" if isinstance(listen, Loopback) else "http://engine"
    unix = listen.path if isinstance(listen, UnixSocket) else None
    models, version = asyncio.run(engine.describe_model_server(url, unix))
    accepted = acceptance.accept(profile, models=models, version=version)
    value = {
        "model": accepted.model,
        "max_model_len": accepted.max_model_len,
        "version": accepted.version.version,
        "exempt": accepted.version.exempt,
        "statement": accepted.version.statement,
        "checked": checked,
        "folder": str(folder),
    }
    lines = [
        f"model    {accepted.model}",
        f"context  {accepted.max_model_len:,} tokens",
        f"version  {accepted.version.statement}",
        f"on disk  {', '.join(checked) or 'not looked at; give --weights and --executable'}",
        f"policies {folder}",
    ]
    result(value, lines, as_json=as_json)


def _profile(folder: Path, name: str) -> Profile:
    models = load(folder).models
    model = models.get(ModelId(name))
    if model is None:
        msg = f"no such model in {folder}: {name}"
        raise ConfigurationError(msg, fix=f"the policies have: {', '.join(sorted(models))}")
    return Profile.from_mapping(model.id, model.serving)


def _fitting(profile: Profile) -> MemoryPlan:
    """Return the memory plan, of which one full context is a part."""
    memory = profile.plan()
    memory.require(profile.max_model_len)
    return memory


def _checked(profile: Profile, weights: Path | None, executable: Path | None) -> list[str]:
    """Check what lies on the engine's disk, as far as it was named; return what it was."""
    checked = []
    if weights is not None:
        acceptance.check_shape(profile, engine.weights_shape(weights))
        checked.append("shape of the weights")
    if executable is not None:
        acceptance.check_pins(profile, engine.engine_packages(executable))
        checked += [f"{name} {version}" for name, version in profile.pins.items()]
    return checked


def _listen(socket: Path | None, port: int | None) -> Listen:
    if (socket is None) == (port is None):
        msg = "give either --socket or --port"
        raise UsageError(msg, fix="a Unix socket keeps other accounts of the machine out")
    return UnixSocket(socket.absolute()) if socket is not None else Loopback(port or 0)
