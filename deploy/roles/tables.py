"""Write the README of every role from its argument_specs; a test compares them.

python deploy/roles/tables.py
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_HEAD = (
    "<!-- Written by deploy/roles/tables.py from meta/argument_specs.yml; change that instead. -->"
)
_CODE = re.compile(r"C\((.*?)\)")


def readme(role: Path) -> str:
    """Return the text of a role's README."""
    spec = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    main = spec["argument_specs"]["main"]
    lines = [
        _HEAD,
        "",
        f"# {role.name}",
        "",
        _marked(main["short_description"]),
        *map(_marked, main["description"]),
        "",
        "| Variable | Type | Default | Meaning and unit | Why |",
        "|---|---|---|---|---|",
        *rows(main["options"]),
    ]
    return "\n".join(lines) + "\n"


def rows(options: Mapping[str, Any], within: str = "") -> list[str]:
    """Return a row for each variable, the required ones first, each with what it is made of."""
    found = []
    for name, option in sorted(options.items(), key=lambda item: not item[1].get("required")):
        meaning, reason = map(_marked, option["description"])
        cells = (f"`{within}{name}`", _type(option), _default(option), meaning, reason)
        found.append(f"| {' | '.join(cells)} |")
        found += rows(option.get("options", {}), f"{within}{name}[].")
    return found


def _type(option: Mapping[str, Any]) -> str:
    kind = str(option["type"])
    if "elements" in option:
        kind += f" of {option['elements']}"
    if "choices" in option:
        kind += ": " + ", ".join(f"`{choice}`" for choice in option["choices"])
    return kind


def _default(option: Mapping[str, Any]) -> str:
    if option.get("required"):
        return "required"
    value = option["default"]
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{shown}`" if shown else "empty"


def _marked(text: str) -> str:
    """Turn Ansible's mark-up into Markdown's."""
    return _CODE.sub(r"`\1`", text).replace("|", "\\|").strip()


def main() -> None:
    """Write them all."""
    for spec in sorted(HERE.glob("*/meta/argument_specs.yml")):
        role = spec.parents[1]
        (role / "README.md").write_text(readme(role), encoding="utf-8")


if __name__ == "__main__":
    main()
