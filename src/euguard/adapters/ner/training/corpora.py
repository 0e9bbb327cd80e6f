"""The annotated texts that the name model learns from and is measured on.

Openly licensed all: what may not be redistributed or used commercially is not read. Each set
stands in a folder of its own under the folder given (`docs/reference/training-data.md` lists
source, revision and licence of each). A set that publishes no split of its own is split here:
every n-th sentence is for measuring.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from euguard.errors import ConfigurationError

_LABELS = {
    "PER": "PER", "PERSON": "PER", "PERS": "PER", "RR": "PER", "AN": "PER",
    "LOC": "LOC", "LOCATION": "LOC", "GPE": "LOC", "FACILITY": "LOC", "CAMP": "LOC",
    "GHETTO": "LOC", "LD": "LOC", "ST": "LOC", "STR": "LOC", "LDS": "LOC",
    "CORPORATION": "ORG", "GROUP": "ORG",
    "ORG": "ORG", "ORGANIZATION": "ORG", "INST": "ORG", "UN": "ORG", "GRT": "ORG", "MRK": "ORG",
}  # fmt: skip
"""What the sets call them, and what they are here."""
_LONGEST = 250
_PIECE = 40
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?%)\]}»”\u2019…]+|'s")
_NO_SPACE_BEHIND = re.compile(r"[(\[{«„“\u2018]+")

Tagged = tuple[list[str], list[str]]
"""Words of one sentence and their labels, as "B-PER", "I-PER", "O"."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and the names in it."""

    text: str = field(repr=False)
    spans: tuple[tuple[int, int, str], ...] = field(repr=False)
    """(start, end, PER | LOC | ORG), sorted."""
    language: str
    """ISO 639-1."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One set in one language."""

    name: str
    language: str
    training: Callable[[Path], Iterator[Tagged]] | None
    testing: Callable[[Path], Iterator[Tagged]] | None


def sentences(corpus: Corpus, part: str, data: Path) -> list[Sentence]:
    """Return the sentences of `corpus` for "training" or "testing"; none where it has none.

    Raises:
        ConfigurationError: the set is not in the folder `data`.

    """
    read = corpus.training if part == "training" else corpus.testing
    if read is None:
        return []
    try:
        return [_plain(*one, corpus.language) for one in _cut(read(data))]
    except FileNotFoundError as error:
        msg = f"{error.filename}: not found; it belongs to the set {corpus.name}"
        fix = "docs/reference/training-data.md says where each set is published"
        raise ConfigurationError(msg, fix=fix) from error


def _cut(tagged: Iterator[Tagged]) -> Iterator[Tagged]:
    """Cut what has no end of sentence into pieces."""
    for words, labels in tagged:
        step = _PIECE if len(words) > _LONGEST else len(words)
        for at in range(0, len(words), step):
            yield words[at : at + step], labels[at : at + step]


def _plain(words: Sequence[str], labels: Sequence[str], language: str) -> Sentence:
    """Put words together as people write them."""
    text, before = "", ""
    spans: list[tuple[int, int, str]] = []
    for word, label in zip(words, labels, strict=True):
        if text and not _NO_SPACE_BEFORE.fullmatch(word) and not _NO_SPACE_BEHIND.fullmatch(before):
            text += " "
        start, before = len(text), word
        text += word
        if label[0] == "I" and spans:
            spans[-1] = (spans[-1][0], len(text), spans[-1][2])
        elif label != "O":
            spans.append((start, len(text), label[2:]))
    return Sentence(text, tuple(spans), language)


def _labels(raw: Sequence[str]) -> list[str]:
    labels, before = [], "O"
    for tag in raw:
        prefix, _, name = tag.strip().partition("-")
        name = _LABELS.get((name if prefix in {"B", "I", "E", "S", "L", "U"} else tag).upper(), "")
        if not name:
            before = "O"
        else:
            begins = prefix in {"B", "S", "U"} or before != name
            before = name
            labels.append(f"{'B' if begins else 'I'}-{name}")
            continue
        labels.append("O")
    return labels


def _columns(
    path: str, word: int = 0, label: int = -1, *, comments: bool = False
) -> Callable[[Path], Iterator[Tagged]]:
    """Return a reader of one word a line, sentences parted by empty lines."""
    return lambda data: _read_columns(data / path, word, label, comments=comments)


def _read_columns(path: Path, word: int, label: int, *, comments: bool) -> Iterator[Tagged]:
    for words, raw in _raw_columns(path, word, label, comments=comments):
        yield words, _labels(raw)


def _raw_columns(path: Path, word: int, label: int, *, comments: bool) -> Iterator[Tagged]:
    words: list[str] = []
    raw: list[str] = []
    for line in [*path.read_text("utf-8", errors="replace").splitlines(), ""]:
        parts = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            if words:
                yield words, raw
            words, raw = [], []
        elif (
            not (comments and line.startswith("#"))
            and len(parts) > max(word, label, 1)
            and parts[word].strip()
        ):
            words.append(parts[word].strip())
            raw.append(parts[label])


def _universal(treebank: str, code: str, part: str) -> Callable[[Path], Iterator[Tagged]]:
    return _columns(f"UNER_{treebank}/{code}-ud-{part}.iob2", 1, 2, comments=True)


def _ronec(name: str) -> Callable[[Path], Iterator[Tagged]]:
    def read(data: Path) -> Iterator[Tagged]:
        for one in orjson.loads((data / "RONEC_ro" / name).read_bytes()):
            yield one["tokens"], _named(one["tokens"], _labels(one["ner_tags"]))

    return read


def _named(words: Sequence[str], labels: list[str]) -> list[str]:
    """Leave out what this set calls persons and is a role: "the minister" names nobody."""
    kept: list[str] = []
    for word, label in zip(words, labels, strict=True):
        dropped = label == "B-PER" and word.islower()
        goes_on = label == "I-PER" and kept and kept[-1] == "O"
        kept.append("O" if dropped or goes_on else label)
    return kept


def _estonian(name: str) -> Callable[[Path], Iterator[Tagged]]:
    def read(data: Path) -> Iterator[Tagged]:
        for document in orjson.loads((data / "EstNER_et" / name).read_bytes())["documents"]:
            for one in document["sentences"]:
                words = [word["word"] for word in one["words"]]
                yield words, _labels([word["ner_1"] for word in one["words"]])

    return read


def _hungarian(part: str) -> Callable[[Path], Iterator[Tagged]]:
    def read(data: Path) -> Iterator[Tagged]:
        for path in sorted(data.glob(f"NerKor_hu/{part}/**/*.conllup")):
            yield from _read_columns(path, 0, 5, comments=True)

    return read


def _latvian(*, testing: bool) -> Callable[[Path], Iterator[Tagged]]:
    def read(data: Path) -> Iterator[Tagged]:
        for at, path in enumerate(sorted(data.glob("FullStack_lv/*.conll2003"))):
            if (at % 8 == 0) == testing:
                yield from _read_columns(path, 1, 6, comments=True)

    return read


def _tweets(*parts: str) -> Callable[[Path], Iterator[Tagged]]:
    """Read parts of the Broad Twitter Corpus; an "@handle" is an identifier, not a name."""

    def read(data: Path) -> Iterator[Tagged]:
        for part in parts:
            for words, labels in _read_columns(data / f"BTC/{part}.conll", 0, 1, comments=False):
                handles = [word.startswith("@") for word in words]
                yield (
                    words,
                    [
                        "O" if handle else label
                        for handle, label in zip(handles, labels, strict=True)
                    ],
                )

    return read


def _slovenian(part: str) -> Callable[[Path], Iterator[Tagged]]:
    """Read a treebank that has its names among the last column's remarks."""

    def read(data: Path) -> Iterator[Tagged]:
        path = data / f"UD_Slovenian-SSJ/sl_ssj-ud-{part}.conllu"
        for words, remarks in _raw_columns(path, 1, 9, comments=True):
            yield words, _labels([_remark(one) for one in remarks])

    return read


def _remark(remarks: str) -> str:
    named = [one[4:] for one in remarks.split("|") if one.startswith("NER=")]
    return named[0].removeprefix("deriv-") if named else "O"


def _greek(*names: str) -> Callable[[Path], Iterator[Tagged]]:
    """Read annotations by Prodigy: one JSON object a line."""

    def read(data: Path) -> Iterator[Tagged]:
        for name in names:
            for line in (data / "spacy_el" / name).read_bytes().splitlines():
                one = orjson.loads(line)
                if one["answer"] == "accept":
                    yield _prodigy(one)

    return read


def _prodigy(one: dict[str, Any]) -> Tagged:
    words = [token["text"] for token in one["tokens"] if token["text"].strip()]
    raw = [
        next(
            (
                ("B-" if span["start"] == token["start"] else "I-") + span["label"]
                for span in one.get("spans", ())
                if span["start"] <= token["start"] < span["end"]
            ),
            "O",
        )
        for token in one["tokens"]
        if token["text"].strip()
    ]
    return words, _labels(raw)


def _every(
    read: Callable[[Path], Iterator[Tagged]], step: int, *, testing: bool
) -> Callable[[Path], Iterator[Tagged]]:
    """Return every `step`-th sentence for testing, the others for training."""

    def chosen(data: Path) -> Iterator[Tagged]:
        for at, one in enumerate(read(data)):
            if (at % step == 0) == testing:
                yield one

    return chosen


def _all(*reads: Callable[[Path], Iterator[Tagged]]) -> Callable[[Path], Iterator[Tagged]]:
    def read(data: Path) -> Iterator[Tagged]:
        for one in reads:
            yield from one(data)

    return read


def _first(
    read: Callable[[Path], Iterator[Tagged]], count: int
) -> Callable[[Path], Iterator[Tagged]]:
    return lambda data: islice(read(data), count)


def _treebank(name: str, language: str, treebank: str, code: str) -> Corpus:
    return Corpus(
        name, language, _universal(treebank, code, "train"), _universal(treebank, code, "test")
    )


def _ehri(language: str, step: int) -> Corpus:
    read = _columns(f"EHRI/{language}/ehri_{language}.txt")
    return Corpus(
        f"ehri-{language}",
        language,
        _every(read, step, testing=False),
        _every(read, step, testing=True),
    )


_WIKIGOLD = _columns("wikigold/wikigold.conll.txt")
_FINNISH = _columns("finer_fi/wikipedia.test.csv", 0, 1)

CORPORA: Final[tuple[Corpus, ...]] = (
    _treebank("ddt", "da", "Danish-DDT", "da_ddt"),
    _treebank("set", "hr", "Croatian-SET", "hr_set"),
    _treebank("snk", "sk", "Slovak-SNK", "sk_snk"),
    _treebank("bosque", "pt", "Portuguese-Bosque", "pt_bosque"),
    _treebank("talbanken", "sv", "Swedish-Talbanken", "sv_talbanken"),
    Corpus("pud-pt", "pt", None, _universal("Portuguese-PUD", "pt_pud", "test")),
    Corpus("pud-sv", "sv", None, _universal("Swedish-PUD", "sv_pud", "test")),
    Corpus("pud-en", "en", None, _universal("English-PUD", "en_pud", "test")),
    Corpus("pud-de", "de", None, _universal("German-PUD", "de_pud", "test")),
    Corpus(
        "ewt",
        "en",
        _universal("English-EWT", "en_ewt", "dev"),
        _universal("English-EWT", "en_ewt", "test"),
    ),
    Corpus(
        "swener",
        "sv",
        _columns("SweNER_sv/train_corpus.txt"),
        _columns("SweNER_sv/test_corpus.txt"),
    ),
    Corpus(
        "germeval",
        "de",
        _columns("GermEval_de/NER-de-dev.tsv", 1, 2, comments=True),
        _columns("GermEval_de/NER-de-test.tsv", 1, 2, comments=True),
    ),
    Corpus("ler", "de", _columns("LER_de/ler_dev.conll"), _columns("LER_de/ler_test.conll")),
    Corpus("ronec", "ro", _ronec("valid.json"), _ronec("test.json")),
    Corpus("estner", "et", _estonian("EstNER_v1_dev.json"), _estonian("EstNER_v1_test.json")),
    Corpus("nerkor", "hu", _all(_hungarian("train"), _hungarian("devel")), _hungarian("test")),
    Corpus("fullstack", "lv", _latvian(testing=False), _latvian(testing=True)),
    Corpus("bgner", "bg", _columns("bgNER_bg/train.txt"), _columns("bgNER_bg/test.txt")),
    Corpus("btc", "en", _tweets("a", "b", "e", "f", "g"), _tweets("h")),
    Corpus(
        "wikigold", "en", _every(_WIKIGOLD, 4, testing=False), _every(_WIKIGOLD, 4, testing=True)
    ),
    Corpus(
        "wnut17",
        "en",
        _all(_columns("WNUT17/wnut17train.conll"), _columns("WNUT17/emerging.dev.conll")),
        _columns("WNUT17/emerging.test.annotated"),
    ),
    Corpus("ssj", "sl", _slovenian("dev"), _slovenian("test")),
    Corpus("spacy-el", "el", _greek("ner2.jsonl"), _greek("ner3.jsonl")),
    Corpus("finer", "fi", _every(_FINNISH, 3, testing=False), _every(_FINNISH, 3, testing=True)),
    *(_ehri(language, 6) for language in ("cs", "pl", "de", "en", "fr", "hu", "nl", "sk")),
    *(
        Corpus(
            f"echr-{language}",
            language,
            _all(
                _columns(f"TAB_fr_es/{code}-manual-train.tsv"),
                _columns(f"TAB_fr_es/{code}-manual-dev.tsv"),
            ),
            _columns(f"TAB_fr_es/{code}-manual-test.tsv"),
        )
        for language, code in (("fr", "FR"), ("es", "ES"))
    ),
    *(
        Corpus(
            f"europeana-{language}",
            language,
            _first(_columns(f"Europeana/{name}/{name}"), 3000),
            None,
        )
        for language, name in (("fr", "enp_FR.bnf.bio"), ("nl", "enp_NL.kb.bio"))
    ),
)
