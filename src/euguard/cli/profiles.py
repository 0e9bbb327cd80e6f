"""What the commands on models share: which model and profile, and where its server listens."""

from pathlib import Path
from typing import Annotated

import typer

from euguard.errors import ConfigurationError, UsageError
from euguard.policy.schema import PolicySet, load
from euguard.serving.command import Listen, Loopback, UnixSocket
from euguard.serving.profile import Profile
from euguard.terms import ModelId

Policies = Annotated[
    Path | None,
    typer.Option(
        "--policies",
        help="Folder of policies [default: the installation's, or those that come with euguard].",
    ),
]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="Name of the profile in the model file [default: the file's default_profile].",
    ),
]
Socket = Annotated[
    Path | None, typer.Option(help="Unix socket of the model server; or give --port.")
]
Port = Annotated[int | None, typer.Option(help="Port on loopback; or give --socket.")]


def profile_of(folder: Path, model: str, name: str | None) -> Profile:
    """Return a profile of a model in the folder of policies.

    Raises:
        ConfigurationError: no such model or profile, a mistake in its file, or an adapter that
            has no model file.

    """
    policies = load(folder)
    found = policies.models.get(ModelId(model))
    if found is None:
        msg = f"no such model in {folder}: {model}"
        fix = f"the policies have: {', '.join(sorted(policies.models))}"
        raise ConfigurationError(msg, fix=fix)
    profile = Profile.from_mapping(found.id, found.serving, name)
    _require_papers(profile, policies)
    return profile


def profiles_of(folder: Path, model: str) -> tuple[Profile, ...]:
    """Return every profile of a model, the default first.

    Raises:
        ConfigurationError: as `profile_of`.

    """
    first = profile_of(folder, model, None)
    return Profile.all_from_mapping(first.model, load(folder).models[first.model].serving)


def the_model(folder: Path, named: str | None) -> str:
    """Return the model that was named, or the one that the purposes use if it is only one.

    Raises:
        UsageError: none was named, and the purposes use several, or none.

    """
    if named is not None:
        return named
    used = sorted({model for one in load(folder).purposes.values() for model in one.models})
    if len(used) != 1:
        msg = f"the purposes use {len(used)} models: name one with --model"
        raise UsageError(msg, fix=", ".join(used) or "euguard model list")
    return used[0]


def listen_on(socket: Path | None, port: int | None) -> Listen:
    """Return where the server listens.

    Raises:
        UsageError: neither or both were given.
        ConfigurationError: there is no such port, or the path is too long.

    """
    if (socket is None) == (port is None):
        msg = "give either --socket or --port"
        raise UsageError(msg, fix="a Unix socket keeps other accounts of the machine out")
    return UnixSocket(socket.absolute()) if socket is not None else Loopback(port or 0)


def _require_papers(profile: Profile, policies: PolicySet) -> None:
    """Insist that every adapter has a model file: no purpose could permit it, no paper name it."""
    for adapter in profile.adapters:
        if adapter.model not in policies.models:
            msg = f"{profile.model}: profile {profile.name}: adapter {adapter.model} has no file"
            raise ConfigurationError(msg, fix=f"write policies/models/{adapter.model}.yaml")
