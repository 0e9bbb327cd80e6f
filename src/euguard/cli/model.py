"""`euguard model`: the served models, their exact command line, and whether it is they that run."""

import asyncio
import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from euguard.bootstrap import engine, installation
from euguard.bootstrap.weights import describe_folder
from euguard.cli.output import Config, Json, result
from euguard.cli.profiles import Policies, Port, ProfileName, Socket, listen_on, profile_of
from euguard.policy.schema import load
from euguard.serving import acceptance
from euguard.serving.command import Loopback, UnixSocket, command
from euguard.serving.profile import Profile
from euguard.serving.weights import check_weights

app = typer.Typer(help="The served models, and their exact vLLM command.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Id of the model; `euguard model list` shows them.")]


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


@app.command(name="command")
def show_command(
    model: Name,
    weights: Annotated[Path, typer.Option(help="Folder with the weights.")],
    executable: Annotated[Path, typer.Option(help="vLLM in its own environment.")] = Path(
        "/opt/vllm/bin/vllm"
    ),
    profile: ProfileName = None,
    socket: Socket = None,
    port: Port = None,
    cache: Annotated[Path, typer.Option(help="Folder of vLLM's caches.")] = Path(
        "/var/lib/euguard/vllm"
    ),
    policies: Policies = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Print the exact command line and environment that serve a model."""
    folder = policies or installation.policy_folder(config)
    chosen = profile_of(folder, model, profile)
    chosen.plan().require(chosen.max_model_len)
    made = command(
        chosen,
        weights=weights.absolute(),
        listen=listen_on(socket, port),
        cache=cache.absolute(),
        executable=executable.absolute(),
    )
    environment = made.environment_within(os.environ)
    lines = [
        f"# {model}, profile {chosen.name}, after {folder}",
        "env -i \\",
        *(f"  {name}={shlex.quote(text)} \\" for name, text in environment.items()),
        "  " + shlex.join(made.argv),
    ]
    value = {
        "model": model,
        "profile": chosen.name,
        "argv": list(made.argv),
        "environment": environment,
        "folder": str(folder),
    }
    result(value, lines, as_json=as_json)


@app.command()
def accept(
    model: Name,
    profile: ProfileName = None,
    socket: Socket = None,
    port: Port = None,
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
    chosen = profile_of(folder, model, profile)
    checked = _checked(chosen, weights, executable)
    listen = listen_on(socket, port)
    url = f"http://127.0.0.1:{listen.port}" if isinstance(listen, Loopback) else "http://engine"
    unix = listen.path if isinstance(listen, UnixSocket) else None
    models, version = asyncio.run(engine.describe_model_server(url, unix))
    accepted = acceptance.accept(chosen, models=models, version=version)
    value = {
        "model": accepted.model,
        "profile": chosen.name,
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


def _checked(profile: Profile, weights: Path | None, executable: Path | None) -> list[str]:
    """Check what lies on the engine's disk, as far as it was named; return what it was."""
    checked = []
    if weights is not None:
        check_weights(profile, describe_folder(weights))
        checked.append("shape of the weights")
    if executable is not None:
        acceptance.check_pins(profile, engine.engine_packages(executable))
        checked += [f"{name} {version}" for name, version in profile.pins.items()]
    return checked
