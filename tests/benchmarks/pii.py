"""Detection beside others, on texts that others annotated: what is found, and how much is too much.

    make bench-pii ARGS="--data DIR --rival euredact='python rival.py'"

Reads from DIR the folders TAB, DAB_da, TAB_fr_es and presidio_research as their repositories have
them (`docs/reference/training-data.md`), and any sample (`pii/evaluate/sample.py`) given by
`--sample`, which comes last. A rival is a program that answers each line of JSON
`{"text": …, "language": …}` with a line `[[start, end, "type"], …]`.

Prints one Markdown table: the share of marked data that is covered whole (direct identifiers and
quasi-identifiers apart where a set tells them apart), the share of found words that are marked,
and the characters for each second of CPU of ours and Presidio's.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import re
import shlex
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.detection import vanilla
from euguard.bootstrap.detector import analyser
from euguard.pii.detect import merge
from euguard.pii.evaluate import sample as samples
from euguard.pii.span import OPTIONAL_KINDS

Detect = Callable[[str, str], Iterable[tuple[int, int]]]
WORD = re.compile(r"\w+")
TITLES = frozenset(
    """the a an of and or in on at to for by with from as mr mrs ms miss dr prof sir lady no nos
    le la les de du des el los las del den det og i af nr m mme""".split()  # noqa: SIM905  # reads as a list
)
"""Words that name nobody; some sets mark them with the name, some do not."""


@dataclass(frozen=True)
class Marked:
    """A text, and what is marked in it: (start, end, "direct" | "quasi")."""

    text: str
    language: str
    marks: Sequence[tuple[int, int, str]]


def tab(data: Path) -> Iterator[Marked]:
    for line in (data / "TAB" / "tab_entity_data_144.jsonl").read_bytes().splitlines():
        one = orjson.loads(line)
        marks = [
            (mark["start_offset"], mark["end_offset"], mark["identifier_type"].lower())
            for mark in one["entities"]
            if mark["identifier_type"] in {"DIRECT", "QUASI"}
        ]
        yield Marked(one["text"], "en", marks)


def dab(data: Path) -> Iterator[Marked]:
    roles = {"DIREKTE": "direct", "KVASI": "quasi"}
    for one in orjson.loads((data / "DAB_da" / "DAB_annotated_dataset.json").read_bytes()):
        held = one["data"]
        text = held.get("text") or next(v for v in held.values() if len(str(v)) > 50)
        marks = [
            (value["start"], value["end"], roles[value["labels"][0]])
            for value in (result.get("value", {}) for result in one["annotations"][0]["result"])
            if value.get("labels", ["-"])[0] in roles
        ]
        yield Marked(text, "da", marks)


def court(data: Path, code: str) -> Iterator[Marked]:
    """Judgments in French or Spanish: persons and codes are direct, the rest quasi."""
    text, marks = "", list[tuple[int, int, str]]()
    for line in (data / "TAB_fr_es" / f"{code}-manual-test.tsv").read_text("utf-8").splitlines():
        word, _, label = line.rpartition(" ") if "\t" not in line else line.rpartition("\t")
        if not word.strip():
            if len(text) > 2000:
                yield Marked(text, code.lower(), marks)
                text, marks = "", []
            continue
        if text and not re.match(r"[.,;:)\]»!?%]", word):
            text += " "
        role = "direct" if label[2:] in {"PER", "CODE"} else "quasi"
        if label.startswith("B"):
            marks.append((len(text), len(text) + len(word), role))
        elif label.startswith("I") and marks:
            marks[-1] = (marks[-1][0], len(text) + len(word), marks[-1][2])
        text += word
    if text:
        yield Marked(text, code.lower(), marks)


def presidio_research(data: Path) -> Iterator[Marked]:
    path = data / "presidio_research" / "data" / "synth_dataset_v2.json"
    for one in orjson.loads(path.read_bytes()):
        marks = [(mark["start_position"], mark["end_position"], "direct") for mark in one["spans"]]
        yield Marked(one["full_text"], "en", marks)


SETS: dict[str, Callable[[Path], Iterator[Marked]]] = {
    "TAB (en)": tab,
    "DAB (da)": dab,
    "ECHR (fr)": lambda data: court(data, "FR"),
    "ECHR (es)": lambda data: court(data, "ES"),
    "presidio-research (en)": presidio_research,
}


def ours(*, optional: bool) -> Detect:
    """Return our detection, with dates and organisations or without."""
    finder = analyser(["compact"])

    def detect(text: str, language: str) -> Iterator[tuple[int, int]]:
        del language
        (found,) = finder.analyse([text])
        for span in merge(found.spans):
            if optional or span.kind not in OPTIONAL_KINDS:
                yield span.start, span.end

    return detect


def presidio() -> Detect:
    analyse = vanilla()

    def detect(text: str, language: str) -> Iterator[tuple[int, int]]:
        del language  # it reads English only
        results: Any = analyse(text)
        for result in results:
            yield result.start, result.end

    return detect


def rival(command: str) -> Detect:
    """Return a program's detection, through its pipes."""
    process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    asked, answered = process.stdin, process.stdout
    assert asked is not None
    assert answered is not None

    def detect(text: str, language: str) -> Iterator[tuple[int, int]]:
        asked.write(orjson.dumps({"text": text, "language": language}) + b"\n")
        asked.flush()
        for start, end, _ in orjson.loads(answered.readline()):
            yield start, end

    return detect


def row(name: str, detect: Detect, texts: Sequence[Marked]) -> str:
    """Measure one system on one set; return a row of the table."""
    counts: Counter[str] = Counter()
    begun = time.process_time()
    found = [[*detect(one.text, one.language)] for one in texts]
    seconds = time.process_time() - begun
    for one, spans in zip(texts, found, strict=True):
        covered, marked = bytearray(len(one.text)), bytearray(len(one.text))
        for start, end in spans:
            covered[start:end] = b"\1" * (end - start)
        for start, end, role in one.marks:
            marked[start:end] = b"\1" * (end - start)
            counts[role] += 1
            counts[f"{role} covered"] += all(
                all(covered[word.start() : word.end()])
                for word in WORD.finditer(one.text, start, end)
                if word[0].lower() not in TITLES
            )
        for word in WORD.finditer(one.text):
            if word[0].lower() not in TITLES and any(covered[word.start() : word.end()]):
                counts["words"] += 1
                counts["words marked"] += any(marked[word.start() : word.end()])
    shares = [
        f"{counts[f'{role} covered'] / counts[role]:.3f}" if counts[role] else "-"
        for role in ("direct", "quasi")
    ]
    precision = counts["words marked"] / counts["words"] if counts["words"] else 0
    speed = sum(len(one.text) for one in texts) / seconds if seconds > 0.5 else 0
    return f"| {name} | {shares[0]} | {shares[1]} | {precision:.3f} | {speed:,.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=Path, action="append", default=[])
    parser.add_argument("--rival", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--most", type=int, default=10**9, help="texts of each set")
    arguments = parser.parse_args()
    systems = {
        "euguard": ours(optional=False),
        "euguard, dates and organisations too": ours(optional=True),
        "Presidio as it comes": presidio(),
        **{
            name: rival(command)
            for name, _, command in (one.partition("=") for one in arguments.rival)
        },
    }
    sets = {name: list(read(arguments.data))[: arguments.most] for name, read in SETS.items()}
    for path in arguments.sample:
        sets[path.stem] = [
            Marked(one.text, one.language, [(e.start, e.end, "direct") for e in one.entities])
            for one in samples.read(path)
        ]
    for name, texts in sets.items():
        characters = sum(len(one.text) for one in texts)
        print(f"\n{name}: {len(texts)} texts, {characters:,} characters\n")
        print("| system | direct covered | quasi covered | words right | characters/CPU s |")
        print("|---|---|---|---|---|")
        for system, detect in systems.items():
            print(row(system, detect, texts), flush=True)


if __name__ == "__main__":
    main()
