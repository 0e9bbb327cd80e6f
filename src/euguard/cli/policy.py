"""`euguard policy`: check the rules, and run the cases beside them."""

from pathlib import Path
from typing import Annotated

import typer

from euguard.bootstrap import installation
from euguard.cli.output import Config, Json, result
from euguard.policy import cases
from euguard.policy.schema import load

FINDINGS = 4

app = typer.Typer(help="The rules: check them, run their cases.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Argument(
        help="Folder of policies [default: the installation's, or those that come with euguard]."
    ),
]


@app.command()
def check(folder: Folder = None, config: Config = None, as_json: Json = False) -> None:
    """Check every file, and say what is wrong at which line and column."""
    used = folder or installation.policy_folder(config)
    policies = load(used)
    value = {
        "folder": str(used),
        "digest": policies.digest,
        "purposes": sorted(policies.purposes),
        "models": sorted(policies.models),
    }
    lines = [
        f"folder    {used}",
        f"purposes  {', '.join(sorted(policies.purposes))}",
        f"models    {', '.join(sorted(policies.models))}",
        f"digest    {policies.digest}",
    ]
    result(value, lines, as_json=as_json)


@app.command(name="test")
def run_cases(folder: Folder = None, config: Config = None, as_json: Json = False) -> None:
    """Run the cases beside the policies: requests, and the decision expected."""
    used = folder or installation.policy_folder(config)
    results = cases.run(used)
    failed = [one for one in results if one.failure]
    value = {
        "folder": str(used),
        "cases": len(results),
        "failed": [
            {"file": str(one.path), "line": one.line, "case": one.name, "failure": one.failure}
            for one in failed
        ],
    }
    lines = [f"{one.path}:{one.line}: {one.name}: {one.failure}" for one in failed]
    lines.append(f"{used}: {len(results)} cases, {len(failed)} failed")
    result(value, lines, as_json=as_json)
    if failed:
        raise typer.Exit(FINDINGS)
