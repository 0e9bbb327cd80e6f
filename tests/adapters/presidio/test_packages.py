"""Languages are checked before anything is started."""

import pytest

from euguard.adapters.presidio.packages import PACKAGES, require
from euguard.errors import ConfigurationError


def test_every_language_named_is_installed() -> None:
    require(sorted(PACKAGES))


@pytest.mark.parametrize("languages,message", [([], "at least one"), (["en", "de"], "'de'")])
def test_a_language_without_a_model_is_a_mistake_in_the_configuration(
    languages: list[str], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        require(languages)

    assert "en, fr" in caught.value.fix


def test_a_model_not_installed_is_named_by_its_language() -> None:
    with pytest.raises(ConfigurationError, match="'tlh' is not installed"):
        require(["tlh"], {"tlh": "no_such_package"})
