"""The profiles that come with euguard."""

from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.serving.profile import Profile

_MODELS = load(shipped.folder()).models.values()
EVERY: tuple[Profile, ...] = tuple(
    profile for model in _MODELS for profile in Profile.all_from_mapping(model.id, model.serving)
)
SHIPPED: dict[str, Profile] = {
    model.id: Profile.from_mapping(model.id, model.serving) for model in _MODELS
}
"""The default profile of each model."""


def profile(model: str, name: str) -> Profile:
    """Return one profile of a model."""
    return next(one for one in EVERY if (one.model, one.name) == (model, name))
