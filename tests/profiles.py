"""The profiles that come with euguard."""

from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.serving.profile import Profile

SHIPPED: dict[str, Profile] = {
    model.id: Profile.from_mapping(model.id, model.serving)
    for model in load(shipped.folder()).models.values()
}
