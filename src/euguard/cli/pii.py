"""`euguard pii`: look at detection, measure it, train its model of names."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from euguard.bootstrap import detection, training
from euguard.cli.output import Json, progress, result
from euguard.errors import ConfigurationError, UsageError
from euguard.pii.detect import Detection, merge
from euguard.pii.span import OPTIONAL_KINDS, Span

app = typer.Typer(
    help="Personal data: see what is found, measure it, train the model of names.",
    no_args_is_help=True,
)
Names = Annotated[
    list[str],
    typer.Option("--names", help="Model of names, as in the setting `names`; more than once."),
]
Recognisers = Annotated[
    Path | None,
    typer.Option("--recognisers", help="Folder of the organisation's own recognisers and lists."),
]
_COMPACT = ["compact"]


@app.command()
def playground(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Texts to look at; stdin if none is named.")
    ] = None,
    names: Names = _COMPACT,
    recognisers: Recognisers = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="A second such folder: print what it would change."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is found in texts, by which recogniser and how surely. Nothing is kept."""
    texts = [_read(path) for path in files or []] or [_read_stdin()]
    found = detection.detect(texts, names, recognisers)
    value: dict[str, Any] = {
        "texts": [_described(text, one) for text, one in zip(texts, found, strict=True)]
    }
    lines = [line for text, one in zip(texts, found, strict=True) for line in _lines(text, one)]
    if against is not None:
        other = detection.detect(texts, names, against)
        value["against"] = changes = _changes(found, other)
        lines += [f"with {against}:", *(f"  {kind}: {by:+d}" for kind, by in changes.items())]
    result(value, lines or ["nothing found"], as_json=as_json)


@app.command()
def evaluate(
    sample: Annotated[
        list[Path] | None,
        typer.Option(
            "--sample",
            help="Annotated texts of your own, JSON lines [default: made-up ones that come along].",
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of public sets, one folder each.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for recall-card.json, .html and .pdf.")
    ] = Path(),
    names: Names = _COMPACT,
    recognisers: Recognisers = None,
    bias: Annotated[
        bool, typer.Option("--bias/--no-bias", help="Measure names of many origins, too.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Measure detection and write the recall card: how much is found, and how sure that is."""
    card = detection.recall_card(sample or [], data, names, recognisers, bias=bias)
    written = _write(card, out)
    lines = [
        f"{one['name']:24} covered {_percent(one['covered'])}  right kind {_percent(one['typed'])}"
        f"  precise {_percent(one['precise'])}"
        for one in card["sets"]
    ]
    if bias:
        lines += _summary(card["bias"])
    result(card, [*lines, *map(str, written)], as_json=as_json)


@app.command()
def train(
    data: Annotated[Path, typer.Option("--data", help="Folder of the training sets.")],
    out: Annotated[Path, typer.Option("--out", help="File to write the model to.")],
    as_json: Json = False,
) -> None:
    """Train the model of names anew: the same sets give the same model. Takes about an hour."""
    size = training.train_names(data, out, progress)
    result({"model": str(out), "bytes": size}, [f"{out}: {size:,} bytes"], as_json=as_json)


def _write(card: dict[str, Any], out: Path) -> list[Path]:
    """Write the card as data, as a page and on paper; return the files for people."""
    data, page, paper = (out / f"recall-card.{ending}" for ending in ("json", "html", "pdf"))
    html = detection.page(card)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{out} cannot be made: {error.strerror}"
        raise UsageError(msg, fix="name a folder with --out") from None
    paper.unlink(missing_ok=True)  # an older one would show other numbers
    data.write_bytes(orjson.dumps(card, option=orjson.OPT_INDENT_2))
    page.write_text(html, "utf-8")
    try:
        paper.write_bytes(detection.printed(html))
    except ConfigurationError as error:
        progress(f"no PDF: {error.message}; {error.fix}")
        return [page]
    return [page, paper]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        msg = f"{path} cannot be read: {why}"
        raise UsageError(msg, fix="name a file of text in UTF-8") from None


def _read_stdin() -> str:
    if sys.stdin is None:
        msg = "there is no text: stdin is closed"
        raise UsageError(msg, fix="name a file, or pipe a text in")
    return sys.stdin.read()


def _described(text: str, found: Detection) -> dict[str, Any]:
    return {
        "language": found.language,
        "probability": round(found.probability, 3),
        "spans": [
            {
                "kind": span.kind.value,
                "start": span.start,
                "end": span.end,
                "text": text[span.start : span.end],
                "score": span.score,
                "detector": span.detector,
                "replaced": span.kind not in OPTIONAL_KINDS,
            }
            for span in _shown(found)
        ],
    }


def _shown(found: Detection) -> list[Span]:
    """Return what is replaced, and then what is only on request, where nothing else is."""
    replaced = merge(span for span in found.spans if span.kind not in OPTIONAL_KINDS)
    covered = [(span.start, span.end) for span in replaced]
    further = [
        span
        for span in merge(span for span in found.spans if span.kind in OPTIONAL_KINDS)
        if not any(span.start < end and start < span.end for start, end in covered)
    ]
    return sorted([*replaced, *further], key=lambda span: span.start)


def _lines(text: str, found: Detection) -> list[str]:
    """Return one line a find, then the text with the finds in brackets."""
    spans = _shown(found)
    if not spans:
        return []
    lines = [
        f"{span.start:>6}  {span.kind.value:<13} {span.score:.2f}  {span.detector:<28}"
        f" {text[span.start : span.end]!r}"
        + ("  (optional)" if span.kind in OPTIONAL_KINDS else "")
        for span in spans
    ]
    marked, at = "", 0
    for span in spans:
        if span.kind not in OPTIONAL_KINDS:
            marked += f"{text[at : span.start]}<{span.kind.value}>"
            at = span.end
    language = (
        f"{found.language} ({found.probability:.2f})" if found.language else "too short to tell"
    )
    return [*lines, "", f"language: {language}", marked + text[at:], ""]


def _changes(before: list[Detection], after: list[Detection]) -> dict[str, int]:
    """Return by how much the finds of each kind differ, where they do."""
    first, second = (
        Counter(span.kind.value for one in found for span in merge(one.spans))
        for found in (before, after)
    )
    return {
        kind: second[kind] - first[kind]
        for kind in sorted(first | second)
        if first[kind] != second[kind]
    }


def _summary(bias: dict[str, Any]) -> list[str]:
    """Return whose names are found least and most, and how those that were not learnt are."""
    ends = [
        f"names found {word:7} covered {_percent(bias[end]['covered'])}"
        f"  {bias[end]['origin']}, {bias[end]['gender']}"
        for word, end in (("least", "lowest"), ("most", "highest"))
    ]
    learnt = [
        f"names with {parts:7} part learnt covered {_percent(share)}"
        for parts, share in bias["learnt"].items()
    ]
    difference = f"difference between them {100 * bias['difference']:.1f} percentage points"
    return [*ends, difference, *learnt]


def _percent(share: dict[str, Any]) -> str:
    return f"{100 * share['value']:5.1f} % ({100 * share['low']:.1f}-{100 * share['high']:.1f})"
