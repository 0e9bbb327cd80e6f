"""`euguard documents`: the papers, from what the installation shows of itself."""

from pathlib import Path
from typing import Annotated, Any

import typer

from euguard.bootstrap import papers
from euguard.cli.output import Config, Json, result
from euguard.evidence.document import OpenItem
from euguard.settings import load_settings

app = typer.Typer(help="The papers: write them, list their gaps.", no_args_is_help=True)


@app.command()
def build(
    destination: Annotated[Path, typer.Argument(help="Folder to write to; made if not there.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write every paper as Markdown and HTML, an index, and the facts behind them."""
    summary = papers.build_papers(load_settings(config), destination)
    coverage = {provenance.value: count for provenance, count in summary.coverage.items()}
    value = {
        "files": [str(path) for path in summary.files],
        "records": summary.records,
        "fields": summary.fields,
        "coverage": coverage,
        "unapproved": summary.unapproved,
        "gaps": len(summary.open_items),
    }
    lines = [
        *(str(path) for path in summary.files),
        f"{summary.fields} fields from {summary.records} records: "
        + ", ".join(f"{count} {name}" for name, count in coverage.items()),
        f"{summary.unapproved} of the declared ones wait for the organisation's approval",
        f"{len(summary.open_items)} gaps; `euguard documents gaps` lists them",
    ]
    result(value, lines, as_json=as_json)


@app.command()
def gaps(config: Config = None, as_json: Json = False) -> None:
    """List what nobody has stated yet, with its article and who should."""
    items = papers.paper_gaps(load_settings(config))
    lines = [_line(item) for item in items]
    value = {"gaps": [_described(item) for item in items]}
    result(value, lines or ["no gap"], as_json=as_json)


def _line(item: OpenItem) -> str:
    place = f"; in {item.gap.place}" if item.gap.place else ""
    return f"{item.gap.article}: {item.gap.action} (owner: {item.gap.owner}{place})"


def _described(item: OpenItem) -> dict[str, Any]:
    return {
        "article": item.gap.article,
        "what": item.gap.action,
        "owner": item.gap.owner,
        "place": item.gap.place,
        "fields": list(dict.fromkeys(field.label for field in item.fields)),
    }
