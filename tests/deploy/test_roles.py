"""What a role says of its variables is what it has, and the examples set what must be set."""

import importlib.util
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from booted import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
ROLES = sorted(path for path in (DEPLOY / "roles").iterdir() if (path / "tasks").is_dir())
EXAMPLES = sorted((DEPLOY / "inventory" / "example").iterdir())
HOST = REPOSITORY / "tests" / "deploy" / "host"


def options(role: Path) -> Mapping[str, Any]:
    spec = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = spec["argument_specs"]["main"]["options"]
    return found


def loaded(path: Path) -> ModuleType:
    """Load a program that lies outside every package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_the_readme_is_written_from_the_specification(role: Path) -> None:
    tables = loaded(DEPLOY / "roles" / "tables.py")

    assert (role / "README.md").read_text(encoding="utf-8") == tables.readme(role)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_the_defaults_are_those_that_are_specified(role: Path) -> None:
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))

    stated = {name: one["default"] for name, one in options(role).items() if "default" in one}

    assert defaults == stated


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_every_variable_has_a_meaning_a_reason_and_our_name(role: Path) -> None:
    for name, option in options(role).items():
        assert name.startswith("euguard_")
        assert len(option["description"]) == 2, name
        assert ("default" in option) != option.get("required", False), name


def test_roles_agree_on_what_they_share() -> None:
    seen: dict[str, Any] = {}
    for role in ROLES:
        for name, option in options(role).items():
            kind = (option["type"], option.get("default"))
            assert seen.setdefault(name, kind) == kind, f"{role.name}: {name}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.name))
def test_an_example_sets_what_must_be_set_and_nothing_unknown(example: Path) -> None:
    known = {name: option for role in ROLES for name, option in options(role).items()}
    required = {name for name, option in known.items() if option.get("required")}

    stated: dict[str, Any] = {}
    for path in sorted((example / "group_vars" / "all").glob("*.yml")):
        stated |= yaml.safe_load(path.read_text(encoding="utf-8"))

    assert required <= stated.keys() <= known.keys()


def test_an_address_is_found_in_its_network() -> None:
    networks = loaded(DEPLOY / "roles" / "firewall" / "filter_plugins" / "networks.py")
    some = ["10.0.5.0/24", "fd00:5::/64"]

    assert networks.within("10.0.5.9", some)
    assert networks.within("::ffff:10.0.5.9", some)
    assert networks.within("fd00:5::1%eth0", some)
    assert not networks.within("10.0.6.9", some)
    assert not networks.within("fd00:6::1", some)
    assert networks.of_version(some, 4) == ["10.0.5.0/24"]
    assert networks.of_version(some, 6) == ["fd00:5::/64"]


@pytest.mark.parametrize("script", sorted(HOST.glob("*.sh")), ids=lambda script: str(script.name))
def test_the_scripts_of_the_test_host_are_bash(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
