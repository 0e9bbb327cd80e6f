"""Detection in the command's own process: to measure it, and to look at what it finds."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from euguard import __version__
from euguard.bootstrap.needing import needing
from euguard.bootstrap.shared import clock
from euguard.errors import ConfigurationError
from euguard.pii.detect import Detection
from euguard.pii.evaluate import bias as biases
from euguard.pii.evaluate import card as cards
from euguard.pii.evaluate import sample as samples
from euguard.pii.evaluate.measure import measure
from euguard.pii.evaluate.sample import Entity, Sample
from euguard.pii.span import PersonalDataKind

if TYPE_CHECKING:
    from euguard.adapters.presidio.analyser import Analyser

_LABELS = {"PER": PersonalDataKind.PERSON, "LOC": PersonalDataKind.LOCATION}
_AT_ONCE = 64
OTHERS, OWN = "others", "the organisation"


def detect(
    texts: Sequence[str], names: Sequence[str], recognisers: Path | None = None
) -> list[Detection]:
    """Return what is found in `texts`.

    Raises:
        ConfigurationError: detection is not installed, or a model or recogniser is wrong.

    """
    with needing("pii"):
        from euguard.bootstrap.detector import analyser
    _require_folder(recognisers)
    return analyser(names, recognisers).analyse(texts)


def recall_card(
    own: Sequence[Path],
    public: Path | None,
    names: Sequence[str],
    recognisers: Path | None,
    *,
    bias: bool,
) -> dict[str, Any]:
    """Measure detection on the organisation's samples and on public sets; return the card.

    Where neither is named, on the sample that comes with the program.

    With `bias`, measure also how names of many origins are found: half a minute of CPU time.

    Raises:
        PolicyFileError: a sample is wrong at a line.
        ConfigurationError: nothing to measure with, or detection is not installed.

    """
    with needing("pii"):
        from euguard.bootstrap.detector import analyser
    _require_folder(recognisers)
    finder = analyser(names, recognisers)
    measured = []
    for name, authors, own_samples in _sets(own, public):
        begun = time.process_time()
        found = list(_found(finder, [one.text for one in own_samples]))
        seconds = time.process_time() - begun
        measured.append(cards.MeasuredSet(name, authors, measure(own_samples, found), seconds))
    if not measured:
        msg = "nothing to measure detection with"
        raise ConfigurationError(msg, fix="give --sample FILE.jsonl or --data DIR")
    today = clock().now().date()
    return cards.card(
        measured,
        bias=_bias(finder) if bias else None,
        today=today,
        software=f"euguard {__version__}",
        model=names_digest(),
    )


def page(card: Mapping[str, Any]) -> str:
    """Return the page of a recall card.

    Raises:
        ConfigurationError: what writes pages is not installed.

    """
    with needing("documents"):
        from euguard.evidence.recall_card import to_html
    return to_html(card)


def printed(html: str) -> bytes:
    """Return a page as PDF.

    Raises:
        ConfigurationError: what writes PDF, or a library of the system for it, is not installed.

    """
    try:
        with needing("pdf"):
            from euguard.adapters.pdf import to_pdf
    except OSError:
        msg = "a PDF needs Pango, which is not on this machine"
        fix = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        raise ConfigurationError(msg, fix=fix) from None
    return to_pdf(html)


def names_digest() -> str:
    """Return the SHA-256 of the weights that come with the kit, hex."""
    weights = Path(str(files("euguard.adapters.ner") / "model" / "names.npz"))
    return hashlib.sha256(weights.read_bytes()).hexdigest()


def _found(finder: "Analyser", texts: Sequence[str]) -> Iterator[Detection]:
    """Yield what is found in each text; a request holds so many only."""
    for at in range(0, len(texts), _AT_ONCE):
        yield from finder.analyse(texts[at : at + _AT_ONCE])


def _bias(finder: "Analyser") -> dict[str, Any]:
    texts = biases.named(_learnt())
    return biases.bias(texts, _found(finder, [one.sample.text for one in texts]))


def _learnt() -> frozenset[str]:
    """Return the given names and surnames of the lists that our model was trained with."""
    from euguard.adapters.ner.training.names import read

    folder = files("euguard.adapters.ner.training") / "names"
    lists = [names for path in folder.iterdir() for names in read(path).values()]
    return frozenset(
        name
        for names in lists
        for part in (*names.given.values(), *names.surnames.values())
        for name in part
    )


def _sets(own: Sequence[Path], public: Path | None) -> Iterator[tuple[str, str, list[Sample]]]:
    """Yield name, authors and samples of each set; those of others first."""
    if public is None and not own:
        from euguard.pii.evaluate import built_in

        yield "built-in", cards.MAKER, list(built_in.samples())
    if public is not None:
        yield from _public(public)
    for path in own:
        yield path.stem, OWN, list(samples.read(path))


def _public(data: Path) -> Iterator[tuple[str, str, list[Sample]]]:
    """Yield the parts for measuring of the sets of names that are there."""
    from euguard.adapters.ner.training.corpora import CORPORA, sentences

    for corpus in CORPORA:
        try:
            held_back = sentences(corpus, "testing", data)
        except ConfigurationError:
            continue  # a set that was not fetched
        found = [
            Sample(
                one.text,
                one.language,
                tuple(
                    Entity(start, end, _LABELS[label])
                    for start, end, label in one.spans
                    if label in _LABELS
                ),
                "news",
            )
            for one in held_back
        ]
        if found:
            yield corpus.name, OTHERS, found


def _require_folder(recognisers: Path | None) -> None:
    """Refuse a folder that is not there: who names one wants what is in it to count."""
    if recognisers is not None and not recognisers.is_dir():
        msg = f"{recognisers} is no folder"
        raise ConfigurationError(msg, fix="name the folder of your recognisers and lists")
