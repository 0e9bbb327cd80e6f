"""What a served engine must show before the gateway trusts it: pure checks on what it says.

The engine is asked GET /v1/models and GET /version by whoever can; here the answers are judged.
An engine that passes is the one the profile describes, as far as it can be told from outside.
The packages beside vLLM are read by whoever can, and judged here too; the weights in `weights.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from euguard.errors import ConfigurationError
from euguard.serving.profile import Profile
from euguard.serving.version import Permitted, check_version
from euguard.terms import ModelId

_SHOWN = 64
"""Characters of an engine's word that an error may show."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was established."""

    model: ModelId
    max_model_len: int
    version: Permitted


def accept(profile: Profile, *, models: object, version: object) -> Accepted:
    """Establish that the engine serves what the profile says.

    Args:
        profile: of the model.
        models: the JSON of GET /v1/models.
        version: the JSON of GET /version.

    Raises:
        ConfigurationError: another model, more than one, another context length, a version that
            may not serve, or answers of another shape.

    """
    served = _served(models, profile)
    length = served.get("max_model_len")
    if length != profile.max_model_len:
        msg = f"engine: max_model_len is {_shown(length)}, not {profile.max_model_len}"
        raise ConfigurationError(msg, fix="restart the engine from the present model file")
    told = version.get("version") if isinstance(version, Mapping) else None
    if not isinstance(told, str):
        msg = "engine: /version does not tell a version"
        raise ConfigurationError(msg)
    return Accepted(profile.model, profile.max_model_len, check_version(profile.floor, told))


def check_pins(profile: Profile, installed: Mapping[str, str]) -> None:
    """Check the distributions beside vLLM.

    Args:
        profile: of the model.
        installed: distribution → version, as installed in the engine's virtual environment.

    Raises:
        ConfigurationError: one is missing or has another version.

    """
    there = {_normalised(name): version for name, version in installed.items()}
    for name, version in profile.pins.items():
        found = there.get(_normalised(name), "absent")
        if found != version:
            msg = f"engine: {name} is {_shown(found)}, not {version}"
            raise ConfigurationError(msg, fix=f"install {name}=={version} beside vLLM")


def _normalised(name: str) -> str:
    """Return the one spelling of a distribution's name, as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _served(models: object, profile: Profile) -> Mapping[str, Any]:
    """Return what the engine says of the profile's model, having found no name but its own."""
    data = models.get("data") if isinstance(models, Mapping) else None
    if not isinstance(data, list) or not all(isinstance(model, Mapping) for model in data):
        msg = "engine: /v1/models is not a list of models"
        raise ConfigurationError(msg)
    # A further name is a further way in: an adapter that no model file and no purpose knows.
    count = len(profile.served)
    if len(data) != count:
        msg = f"engine: serves {len(data)} models, not {'one' if count == 1 else count}"
        raise ConfigurationError(msg)
    told = [model.get("id") for model in data]
    for name in profile.served:
        if name not in told:
            other = next((found for found in told if found not in profile.served), None)
            msg = f"engine: serves {_shown(other)}, not {name}"
            raise ConfigurationError(msg, fix="start the engine from the same model file")
    only: Mapping[str, Any] = data[told.index(profile.model)]
    return only


def _shown(value: object) -> str:
    return ascii(value)[:_SHOWN]
