"""Known advisories against a package, and what they mean for the version in the bundle (VEX).

A statement says up to which version, or before which, an advisory holds. From that and the
version carried follows its state; where the fixed version is not known, a human has to look, and
the state says so.

Source: CycloneDX 1.6 (ECMA-424), vulnerabilities with `analysis`; CISA, "Minimum Requirements for
Vulnerability Exploitability eXchange (VEX)", 2023.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from euguard.errors import ConfigurationError
from euguard.provision.bill import Bill, Component, render, timestamp

_RELEASE = re.compile(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?P<rest>.*)", re.ASCII)
_PRE_RELEASE = re.compile(r"\.?(?:a|b|rc|dev)\d*", re.ASCII)


class State(StrEnum):
    """Of an advisory, for one version; the words of CycloneDX."""

    RESOLVED = "resolved"
    """The version has the fix."""
    EXPLOITABLE = "exploitable"
    """The version lacks the fix, and nothing of the kit stands in the way."""
    NOT_AFFECTED = "not_affected"
    """The version lacks the fix, and the kit does not use, or bars, what is affected."""
    IN_TRIAGE = "in_triage"
    """It is not known whether the version has the fix."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory, as somebody read it."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed: str | None
    """First version with the fix; None where it is not known."""
    last_affected: str | None
    """Last version known to be affected, where the fixed one is not known."""
    barred: str | None
    """Why the kit is not affected even without the fix; None where it is."""
    source: str
    url: str | None
    checked: date


@dataclass(frozen=True, slots=True)
class Advisories:
    """All that is known against one package."""

    packages: tuple[str, ...]
    """Names under which it is distributed, normalised."""
    statements: tuple[Advisory, ...]


def state(advisory: Advisory, version: str) -> State:
    """Return what the advisory means for this version."""
    if advisory.fixed is not None and _order(version) >= _order(advisory.fixed):
        return State.RESOLVED
    if advisory.barred is not None:
        return State.NOT_AFFECTED
    if advisory.fixed is not None:
        return State.EXPLOITABLE
    last = advisory.last_affected
    return State.EXPLOITABLE if last and _order(version) <= _order(last) else State.IN_TRIAGE


def vex(
    created: datetime, known: Advisories, software: Bill, packages: Sequence[Component]
) -> Bill:
    """Return the statements on the package in the bundle; none where it is not in it."""
    affected = [one for one in packages if one.name in known.packages]
    statements = [
        _statement(advisory, component, software)
        for component in affected
        for advisory in known.statements
    ]
    return render({"metadata": {"timestamp": timestamp(created)}, "vulnerabilities": statements})


def _statement(advisory: Advisory, component: Component, software: Bill) -> dict[str, Any]:
    found = state(advisory, component.version)
    urls = [{"url": advisory.url}] if advisory.url else []
    status = "unaffected" if found in {State.RESOLVED, State.NOT_AFFECTED} else "affected"
    return {
        "bom-ref": f"{advisory.id}/{component.file.path}",
        "id": advisory.id,
        "references": [_alias(alias) for alias in advisory.aliases],
        "description": advisory.summary,
        "recommendation": _recommendation(advisory),
        "advisories": urls,
        "analysis": _analysis(advisory, found, component.version),
        "affects": [
            {
                "ref": software.link(component.file.path),
                "versions": [
                    {
                        "version": component.version,
                        "status": "unknown" if found is State.IN_TRIAGE else status,
                    }
                ],
            }
        ],
    }


def _analysis(advisory: Advisory, found: State, version: str) -> Mapping[str, Any]:
    said = f"{advisory.source}, checked {advisory.checked}"
    match found:
        case State.RESOLVED:
            return {
                "state": found,
                "detail": f"{version} has the fix of {advisory.fixed}. [{said}]",
            }
        case State.NOT_AFFECTED:
            return {
                "state": found,
                "justification": "protected_by_mitigating_control",
                "detail": f"{advisory.barred} [{said}]",
            }
        case State.EXPLOITABLE:
            return {
                "state": found,
                "response": ["update"],
                "detail": f"{version} lacks the fix. [{said}]",
            }
        case State.IN_TRIAGE:
            return {"state": found, "detail": f"Unknown whether {version} has a fix. [{said}]"}


def _alias(alias: str) -> dict[str, Any]:
    name, url = (
        ("GitHub Advisories", "https://github.com/advisories/")
        if alias.startswith("GHSA-")
        else ("NVD", "https://nvd.nist.gov/vuln/detail/")
        if alias.startswith("CVE-")
        else ("OSV", "https://osv.dev/vulnerability/")
    )
    return {"id": alias, "source": {"name": name, "url": f"{url}{alias}"}}


def _recommendation(advisory: Advisory) -> str:
    if advisory.fixed:
        return f"Use {advisory.fixed} or later."
    return f"Use a version after {advisory.last_affected}." if advisory.last_affected else ""


def _order(version: str) -> tuple[int, int, int, bool]:
    match = _RELEASE.fullmatch(version)
    if match is None:
        msg = f"advisories: {ascii(version)[:64]} is not a version"
        raise ConfigurationError(msg)
    release = (int(match[1]), int(match[2]), int(match[3] or 0))
    # 0.33.0rc1 comes before 0.33.0, and so do its fixes.
    return (*release, _PRE_RELEASE.match(match["rest"]) is None)
