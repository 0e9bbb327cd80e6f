"""What a command prints: for people, or with `--json` for programs."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import orjson
import typer

from euguard.errors import EuguardError, PolicyFileError

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object to stdout, and nothing else.")
]
Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        envvar="EUGUARD_CONFIG",
        metavar="FILE",
        help="Settings file [default: ./euguard.toml, then /etc/euguard/euguard.toml].",
        show_default=False,
    ),
]


def result(value: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print the outcome of a command: `value` as JSON, or `lines` for people."""
    if as_json:
        sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    for line in lines:
        sys.stdout.write(f"{line}\n")


def progress(line: str) -> None:
    """Tell a person what happens now, on stderr."""
    sys.stderr.write(f"{line}\n")


def wants_json() -> bool:
    """Tell whether JSON was asked for, also where the command is not understood otherwise."""
    return "--json" in sys.argv[1:]


def fail(error: EuguardError) -> None:
    """Print an error: on stdout as JSON where JSON was asked for, else on stderr in words."""
    if wants_json():
        sys.stdout.write(orjson.dumps({"error": described(error)}).decode() + "\n")
        return
    for one in _all(error):
        sys.stderr.write(f"error: {_own(one)}\n")
        if one.fix:
            sys.stderr.write(f"  fix: {one.fix}\n")
        sys.stderr.write(f"  code: {one.code}\n")


def described(error: EuguardError) -> dict[str, Any]:
    """Return an error as a JSON object."""
    value: dict[str, Any] = {"code": error.code, "message": _own(error), "fix": error.fix}
    if isinstance(error, PolicyFileError):
        value |= {"file": str(error.path), "line": error.line, "column": error.column}
        if error.also:
            value["also"] = [described(other) for other in error.also]
    return value


def _all(error: EuguardError) -> Iterator[EuguardError]:
    yield error
    if isinstance(error, PolicyFileError):
        yield from error.also


def _own(error: EuguardError) -> str:
    """Return what is wrong at this one place; `message` of a policy error tells of the others."""
    if isinstance(error, PolicyFileError):
        return f"{error.path}:{error.line}:{error.column}: {error.reason}"
    return error.message
