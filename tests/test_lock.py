"""What is installed is declared, locked and hashed."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NOT_LOCKED = ("models", "train")
"""Need PyTorch, which most installations do without."""
SERVER = ("gateway", "pii", "postgres", "documents", "gpu")


def pins(name: str) -> dict[str, frozenset[str]]:
    """Return distribution and version → its hashes."""
    text = (ROOT / name).read_text()
    entries = re.findall(
        r"^([a-z0-9.-]+==\S+)[^\\\n]*((?: \\\n\s+--hash=\S+)+)", text, re.MULTILINE
    )
    return {pin: frozenset(re.findall(r"--hash=(\S+)", hashes)) for pin, hashes in entries}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[]", one)[0].replace("_", "-").lower() for one in requirements}


def test_the_lock_of_a_server_is_a_part_of_the_whole_lock() -> None:
    server, whole = pins("requirements.server.lock"), pins("requirements.lock")

    assert server
    assert {pin: whole.get(pin) for pin in server} == server


def test_a_server_gets_what_it_needs_and_no_tool_of_the_developers() -> None:
    optional = PROJECT["optional-dependencies"]
    needed = names(
        [*PROJECT["dependencies"], *(one for extra in SERVER for one in optional[extra])]
    )
    locked = {pin.partition("==")[0] for pin in pins("requirements.server.lock")}

    assert needed <= locked
    assert not locked & {"openai", "pytest", "mutmut", "mypy", "ruff", "uv", "ansible-runner"}


def test_what_the_program_imports_is_declared() -> None:
    optional = PROJECT["optional-dependencies"]
    declared = names(
        [
            *PROJECT["dependencies"],
            *(one for extra in (*SERVER, *NOT_LOCKED, "pdf", "deploy") for one in optional[extra]),
        ]
    )
    found = packages_distributions()
    imported = {
        name.partition(".")[0]
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    } - {"euguard", *sys.stdlib_module_names}

    assert [
        name for name in sorted(imported) if not names(found.get(name, [name])) & declared
    ] == []
