"""Which engine versions may serve: a floor, and at most one printed exemption.

The floor stands in the model file with its reason, and so does the exemption; an exemption holds
for one exact version, never for a range.
"""

import re
from dataclasses import dataclass
from typing import Self

from euguard.errors import ConfigurationError
from euguard.serving.reading import Section

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?P<rest>[A-Za-z0-9.+-]{0,64})", re.ASCII)
_PRE_RELEASE = re.compile(r"\.?(a|b|rc|dev)\d*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Exemption:
    """One version below the floor that may serve nevertheless, on this machine only."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest version that may serve."""

    version: str
    reason: str
    """Why this and no lower one: the advisories that it fixes."""
    exemption: Exemption | None

    @classmethod
    def read(cls, section: Section) -> Self:
        """Return what the section says.

        Raises:
            ConfigurationError: a key is missing, unknown, or not a version.

        """
        with section.nothing_else():
            exemption = section.section("exemption") if section.has("exemption") else None
            return cls(
                version=_version(section, "floor"),
                reason=section.text("reason"),
                exemption=_exemption(exemption) if exemption else None,
            )


@dataclass(frozen=True, slots=True)
class Permitted:
    """The version may serve."""

    version: str
    exempt: bool

    statement: str
    """One sentence to print at every start."""


def check_version(floor: Floor, version: str) -> Permitted:
    """Establish that this version may serve.

    Raises:
        ConfigurationError: below the floor and not exempt, or not a version at all.

    """
    if _order(version) >= _order(floor.version):
        return Permitted(version, exempt=False, statement=f"vLLM {version} ≥ {floor.version}")
    exemption = floor.exemption
    # Only the release counts: a build's local part, as +cpu, is not told by every interface.
    if exemption is not None and _order(version) == _order(exemption.version):
        statement = (
            f"vLLM {version} is below the floor {floor.version} and exempt here: {exemption.reason}"
        )
        return Permitted(version, exempt=True, statement=statement)
    msg = f"vLLM {version} may not serve: the floor is {floor.version} ({floor.reason})"
    raise ConfigurationError(msg, fix=f"install vLLM {floor.version} or later")


def _order(version: str) -> tuple[int, int, int, bool]:
    match = _VERSION.fullmatch(version)
    if match is None:
        msg = f"vLLM: {version[:64]!a} is not a version"
        raise ConfigurationError(msg)
    release = (int(match[1]), int(match[2]), int(match[3]))
    # 0.33.0rc1 comes before 0.33.0, and so do its fixes.
    return (*release, _PRE_RELEASE.match(match["rest"]) is None)


def _version(section: Section, key: str) -> str:
    value = section.text(key)
    if _VERSION.fullmatch(value) is None:
        raise section.error(key, 'a version is expected, as "0.33.0"')
    return value


def _exemption(section: Section) -> Exemption:
    with section.nothing_else():
        return Exemption(_version(section, "version"), section.text("reason"))
