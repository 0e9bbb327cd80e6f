"""Write the generated pages of this folder: `make docs`. A test compares them with the program."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import typer.core

from euguard import errors
from euguard.cli import app
from euguard.gateway import errors as table
from euguard.pii.recognise.identifiers import DECLARED
from euguard.policy import shipped
from euguard.policy.schema import load
from euguard.provision import selftest
from euguard.provision.preflight import RULES
from euguard.serving.memory import GIB
from euguard.serving.profile import Profile
from euguard.settings import Settings
from euguard.terms import ModelId

CHECKED = (*RULES, *selftest.RULES)
HERE = Path(__file__).parent
_HEAD = (
    "<!-- Written by docs/reference/generate.py (make docs); change the program instead. -->\n\n"
)


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {
        "settings.md": _HEAD + settings(),
        "commands.md": _HEAD + commands(),
        "errors.md": _HEAD + error_codes(),
        "identifiers.md": _HEAD + identifiers(),
        "preflight.md": _HEAD + preflight(),
    }


def settings() -> str:
    """Return the page of the settings."""
    lines = [
        "# Settings",
        "",
        "One TOML file, named by `--config` or `$EUGUARD_CONFIG`,",
        "or found at `./euguard.toml` or `/etc/euguard/euguard.toml`.",
        "Each setting can also be given as an environment variable `EUGUARD_<NAME>`, which wins.",
        "Secrets are paths to files, never values.",
        "",
        "| Setting | Default | Meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "required" if field.is_required() else _shown(field.default)
        lines.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Return the page of the commands."""
    lines = [
        "# Commands",
        "",
        "Results go to stdout, progress and errors to stderr;",
        "with `--json` stdout holds one JSON object and nothing else; operations on hosts print",
        "one object per line while they run.",
        "",
        "Exit codes: 0 ok · 1 a fault of euguard's own, or nobody reads the output · 2 usage ·",
        "3 configuration · 4 findings · 5 integrity failure · 6 backend · 7 not permitted ·",
        "8 refused by policy · 130 interrupted.",
        "",
    ]
    for path, command in _walk(typer.main.get_command(app), ("euguard",)):
        lines += [f"## {' '.join(path)}", "", str(command.help).strip(), ""]
        rows = [_row(p) for p in command.params if p.name != "help"]
        if rows:
            lines += ["| Parameter | Meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def identifiers() -> str:
    """Return the page of what is recognised."""
    lines = [
        "# What is recognised",
        "",
        "Names of persons, places and organisations are found by a model. Everything else is found",
        "by its format: what a declaration describes whole stands in the table; addresses, dates,",
        "telephone numbers, e-mail, web and IP addresses, bank accounts, cards, case numbers,",
        "machine-readable zones and secrets have programs of their own in",
        "`src/euguard/pii/recognise`, each with its format, source and limits at its top.",
        "",
        "*Alone*: found without a word that announces it.",
        "",
        "| Name | Kind | What it is | Checksum | Alone | Legal basis |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{one.name}` | {one.kind} | {one.title} | {one.checksum} |"
        f" {'yes' if one.alone else 'no'} | {one.basis} |"
        for one in sorted(DECLARED, key=lambda one: one.name)
    ]
    return "\n".join(lines) + "\n"


def preflight() -> str:
    """Return the page of what `euguard doctor` looks at."""
    lines = [
        "# What the doctor looks at",
        "",
        "`euguard doctor` ([how](../how-to/check-a-host.md)) prints a line for each of these.",
        "The code is stable.",
        "✗ stops an installation and ends with exit code 4;",
        "! does not, unless `--strict` is given.",
        "",
        "| Code | At worst | What must be so |",
        "|---|---|---|",
    ]
    lines += [f"| `{rule.code}` | {rule.worst.sign} | {rule.expects} |" for rule in CHECKED]
    lines += [
        "",
        "## What makers state of their cards",
        "",
        "`--gpu` compares with these: bf16 for dense matrices, and the card's memory.",
        "They were copied from the source named and not measured by us.",
        "",
        "| Card, as NVML names it | TFLOP/s | GB/s | Source | Checked |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {peak.name} | {peak.matmul_tflops:g} | {peak.memory_gb_per_s:g} |"
        f" [{peak.source}]({peak.url}) | {peak.checked} |"
        for peak in selftest.read_peaks().values()
    ]
    return "\n".join(lines) + "\n"


def error_codes() -> str:
    """Return the page of the error codes."""
    lines = [
        "# Error codes",
        "",
        "The `code` of an error is stable; its message is not.",
        "",
        "| Code | HTTP | Exit | Meaning |",
        "|---|---|---|---|",
    ]
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.EuguardError):
            row = next((table.STATUS[k] for k in kind.__mro__ if k in table.STATUS), None)
            http = str(int(row[0])) if row else "none"
            meaning = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
            lines.append(f"| `{kind.code}` | {http} | {kind.exit_code} | {meaning} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    return "none" if default is None else f"`{default}`"


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(command, typer.core.TyperGroup):
        yield path, command
        return
    for name, inner in sorted(command.commands.items()):
        yield from _walk(inner, (*path, name))


def _row(parameter: Any) -> str:
    if isinstance(parameter, typer.core.TyperOption):
        return f"| `{', '.join(parameter.opts)}` | {parameter.help} |"
    return f"| `{str(parameter.name).upper()}` | {parameter.help or ''} |"


BEGIN, END = "<!-- sizing: begin, written by make docs -->\n", "<!-- sizing: end -->\n"
SIZING = HERE.parent / "how-to" / "choose-a-profile.md"
_LENGTHS = (8_192, 16_384, 32_768, 65_536, 131_072)


def sizing() -> str:
    """Return docs/how-to/choose-a-profile.md with its table as the plan computes it."""
    before, _, rest = SIZING.read_text().partition(BEGIN)
    return before + BEGIN + "\n".join(_sizing_rows()) + "\n" + END + rest.partition(END)[2]


def _sizing_rows() -> Iterator[str]:
    model = load(shipped.folder()).models[ModelId("mistral-small-3.2")]
    heads = "".join(f" {length // 1024}k |" for length in _LENGTHS)
    yield f"| Profile | Card from | Weights | Context | Admitted at once | Tokens in all |{heads}"
    yield "|---" * (6 + len(_LENGTHS)) + "|"
    for one in Profile.all_from_mapping(model.id, model.serving):
        plan, own = one.plan(), one.max_model_len
        counts = "".join(f" {plan.contexts(n) if n <= own else '-'} |" for n in _LENGTHS)
        yield (
            f"| `{one.name}` | {one.capability or 'any'} | {plan.weight_bytes / GIB:.1f} GiB |"
            f" {own:,} | {one.batch().sequences} | {plan.tokens:,} |{counts}"
        )


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text)
    SIZING.write_text(sizing())
