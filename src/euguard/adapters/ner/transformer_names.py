"""A Hugging Face model for token classification, in a folder, as the model of names.

For organisations with the time and memory for a larger model: a multilingual NER model, or
`openai/privacy-filter`. Every architecture that transformers itself can load for token
classification will do. GLiNER will not: it takes its labels as part of the text and needs a
library of its own. Of what a model finds, the names of people, places and organisations are
kept; numbers and addresses on the web have recognisers with check digits and grammars.

Weights are read from safetensors only (pickled ones run code), code from the folder is not
run, and nothing is asked of the network.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from euguard.adapters.ner.compact import LANGUAGES
from euguard.adapters.ner.pieces import batches
from euguard.adapters.ner.tokens import Found, Token, join, labels
from euguard.errors import ConfigurationError
from euguard.pii.names.rules import names
from euguard.pii.span import PersonalDataKind, Span

DETECTOR: Final = "transformers"
_LONGEST_WINDOW = 512
"""Tokens read at once, fewer where the model cannot: attention costs their square."""
_OVERLAP = 4
"""The share of a window that it has in common with the next: one in so many tokens."""
_RESERVED = 2
"""Positions that models of RoBERTa's family count and cannot use."""
_WINDOWS = 16
"""Windows in one go; bounds the memory."""
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a pair, which the tokenizers cannot be given."""
_CARD = re.compile(r"\A---\n(.*?)^---$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"[a-z]{2}\Z")


class TransformerNames:
    """Keeps the promises of `euguard.pii.names.model.NameModel`."""

    def __init__(
        self, folder: Path, device: str = "cpu", languages: Iterable[str] | None = None
    ) -> None:
        """Load the model in `folder`.

        Args:
            folder: what `save_pretrained` writes: config, weights, fast tokenizer.
            device: `cpu` or `cuda`. Several processes each load a model of their own, and a
                model server may have all of the GPU's memory: the processor is the rule.
            languages: ISO 639-1 codes that it was trained for; if not given, those of its
                model card (README.md), or where that has none the Union's official ones.

        Raises:
            ConfigurationError: no such model here, or one that finds no people; the libraries
                are not installed; or no such device.

        """
        self._torch, transformers = _libraries()
        self._device = self._checked(device)
        if not (folder / "config.json").is_file():
            raise _unusable(folder, "there is no config.json in it")
        trusted = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, **trusted)
            model: Any = transformers.AutoModelForTokenClassification.from_pretrained(
                folder, use_safetensors=True, **trusted
            )
        # Whatever a damaged or foreign folder does to the library is the folder's fault.
        except Exception as error:
            raise _unusable(folder, type(error).__name__) from error
        if not self._tokenizer.is_fast:
            raise _unusable(folder, "its tokenizer tells no offsets (tokenizer.json is missing)")
        self._labels = labels(model.config.id2label)
        if not any(label.kind is PersonalDataKind.PERSON for label in self._labels.values()):
            raise _unusable(folder, "none of its labels means a person")
        self._model = model.to(self._device).eval()
        self._window = _window(model.config, self._tokenizer)
        self.languages = frozenset(_languages(folder) if languages is None else languages)

    def _checked(self, device: str) -> str:
        if device == "cpu" or (device == "cuda" and self._torch.cuda.is_available()):
            return device
        msg = f"no device {device!r} for the model of names"
        raise ConfigurationError(msg, fix="choose cpu, or cuda where PyTorch has a GPU")

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text; see the port."""
        found: list[list[Span]] = [[] for _ in texts]
        for batch in batches(texts):
            pieces = [texts[one.text][one.start : one.end] for one in batch]
            for piece, text, tokens in zip(batch, pieces, self._read(pieces), strict=True):
                for name in join(text, tokens, self._labels):
                    found[piece.text] += _kept(texts[piece.text], piece.start, name)
        return found

    def _read(self, pieces: Sequence[str]) -> list[list[Token]]:
        """Return the tokens of each piece, in order, each from the window it stood deepest in."""
        windows = self._tokenizer(
            [_SURROGATE.sub("\ufffd", piece) for piece in pieces],
            truncation=True,
            max_length=self._window,
            stride=self._window // _OVERLAP,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        pieces_of = windows["overflow_to_sample_mapping"]
        deepest: list[dict[tuple[int, int], tuple[int, Token]]] = [{} for _ in pieces]
        for row, (said, probabilities) in enumerate(self._classified(windows)):
            own, text = deepest[pieces_of[row]], pieces[pieces_of[row]]
            for depth, token in _tokens(windows, row, said, probabilities, text):
                place = token.start, token.end
                if place not in own or own[place][0] < depth:
                    own[place] = depth, token
        return [[own[place][1] for place in sorted(own)] for own in deepest]

    def _classified(self, windows: Any) -> Iterator[tuple[list[int], list[float]]]:
        """Yield each window's labels and how likely they are, one a token."""
        for at in range(0, len(windows["input_ids"]), _WINDOWS):
            rows = slice(at, at + _WINDOWS)
            padded = self._tokenizer.pad(
                {name: windows[name][rows] for name in ("input_ids", "attention_mask")},
                return_tensors="pt",
            )
            with self._torch.inference_mode():
                scores = self._model(**padded.to(self._device)).logits.float()
            likeliest = scores.softmax(dim=-1).max(dim=-1)
            yield from zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)


def _libraries() -> tuple[Any, Any]:
    try:
        import torch  # noqa: PLC0415  # an optional part, and seconds to load
        import transformers  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        msg = f"this needs the part of euguard called [models] ({error.name} is not installed)"
        raise ConfigurationError(msg, fix="pip install 'euguard[models]'") from None
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return torch, transformers


def _unusable(folder: Path, reason: str) -> ConfigurationError:
    msg = f"transformers:{folder} is no model that can be loaded here: {reason}"
    return ConfigurationError(
        msg, fix="give the folder of a model for token classification, with tokenizer.json"
    )


def _window(config: Any, tokenizer: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None) or 0
    limits = [_LONGEST_WINDOW, tokenizer.model_max_length, positions - _RESERVED]
    return int(min(limit for limit in limits if limit > 0))


def _languages(folder: Path) -> frozenset[str]:
    """Return what the model card says, or the languages of the Union."""
    try:
        card = _CARD.match((folder / "README.md").read_text(encoding="utf-8"))
        said = yaml.safe_load(card[1])["language"] if card else []
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        said = []
    codes = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    # YAML 1.1 takes Norwegian, `no`, for a refusal.
    plain = {"no" if code is False else str(code) for code in codes}
    return frozenset(filter(_CODE.match, plain)) or LANGUAGES


def _tokens(
    windows: Any, row: int, said: Sequence[int], probabilities: Sequence[float], text: str
) -> Iterator[tuple[int, Token]]:
    """Yield the tokens of one window that stand for something in the text, with their depth.

    That is how many tokens away the nearer edge of the window is: the more, the more of its
    surroundings the model has seen.
    """
    offsets, special = windows["offset_mapping"][row], windows["special_tokens_mask"][row]
    for at, (start, end) in enumerate(offsets):
        first, last = _without_space(text, start, end)
        if first < last and not special[at]:
            depth = min(at, len(offsets) - 1 - at)
            yield depth, Token(first, last, said[at], probabilities[at])


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Return [start, end) without the white space that some tokenizers count to a token."""
    token = text[start:end]
    return end - len(token.lstrip()), start + len(token.rstrip())


def _kept(text: str, offset: int, found: Found) -> Iterator[Span]:
    kind = found.label.kind
    numbered = kind is not PersonalDataKind.PERSON
    start, end = offset + found.start, offset + found.end
    for first, last in names(text, start, end, numbered=numbered):
        yield Span(kind, first, last, round(found.probability, 3), DETECTOR)
