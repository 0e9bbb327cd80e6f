"""Only exchange/steps.py makes a seal: read from the syntax tree, as Python cannot forbid it."""

import ast
from pathlib import Path

import euguard

SEALS = {"Decided", "Pseudonymised", "Recorded"}
SOURCE = Path(euguard.__file__).parent


def makers() -> set[str]:
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in SEALS
    }


def _name(function: ast.expr) -> str | None:
    match function:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def test_only_the_steps_make_a_seal() -> None:
    assert makers() == {"exchange/steps.py"}


def test_dataclasses_replace_is_not_used_where_it_could_forge_one() -> None:
    forged = [
        path.name for path in (SOURCE / "exchange").glob("*.py") if "replace(" in path.read_text()
    ]

    assert forged == []
