"""Make tiny models of transformers in a folder, and print what is found with each.

Run by `test_transformer_names.py`, given a folder, with the demo engine's Python, which has the
libraries. A model here has no layers: each word's embedding is what it is, and its head reads
just that.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForTokenClassification, BertModel, BertTokenizer

from euguard.adapters.ner.transformer_names import TransformerNames
from euguard.errors import ConfigurationError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PLAIN = ("met", "in", ".", ",", "the", "##x", "a")
WORDS = {
    "anna": "B-PER",
    "kow": "B-PER",
    "##alska": "O",
    "o": "O",
    "##connor": "I-PER",
    "jean": "B-PER",
    "dupont": "I-PER",
    "lyon": "B-LOC",
    "acme": "B-ORG",
    "monday": "B-DATE",
}
LABELS = ("O", "B-PER", "I-PER", "B-LOC", "B-ORG", "B-DATE")
SENTENCE = "The the the Anna Kowalska met Jean Dupont, in Lyon, on Monday. "
TEXTS = {
    "sentence": "Anna Kowalska met Jean Dupont of Acme in Lyon on Monday.",
    "within": "a oconnor met",
    "blank": " \n ",
    "empty": "",
    "odd": "\u202e😀 e\u0301 \ud83d, Anna",
    "long": SENTENCE * 200,
    "unbroken": "x" * 9_000 + " Anna",
    "unknown": "名前 " * 3_000 + "Anna",
}


def make(folder: Path, words: Mapping[str, str], labels: tuple[str, ...], positions: int) -> Path:
    """Write a model that knows `words`."""
    vocabulary = {word: at for at, word in enumerate((*SPECIAL, *PLAIN, *words))}
    model = BertForTokenClassification(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=8,
            num_hidden_layers=0,
            num_attention_heads=1,
            intermediate_size=8,
            max_position_embeddings=positions,
            id2label=dict(enumerate(labels)),
            label2id={label: at for at, label in enumerate(labels)},
        )
    )
    embeddings = model.bert.embeddings
    with torch.no_grad():
        for values in (*embeddings.parameters(), *model.classifier.parameters()):
            values.zero_()
        embeddings.LayerNorm.weight.fill_(1)
        for word, at in vocabulary.items():
            embeddings.word_embeddings.weight[at, labels.index(words.get(word, labels[0]))] = 1
        for at in range(len(labels)):
            model.classifier.weight[at, at] = 1
    model.save_pretrained(folder)
    BertTokenizer(vocab=vocabulary, do_lower_case=True).save_pretrained(folder)
    return folder


def refused(folder: Path, **more: Any) -> str:
    """Return what is said of a folder that holds no model for us."""
    try:
        TransformerNames(folder, **more)
    except ConfigurationError as error:
        return f"{error} {error.fix}"
    return "was loaded"


def languages(folder: Path, card: str) -> list[str]:
    """Return the languages of the model in `folder` with this model card."""
    (folder / "README.md").write_text(card, encoding="utf-8")
    return sorted(TransformerNames(folder).languages)


def damaged(folder: Path, file: str, content: bytes | None) -> str:
    """Return what is said of a good model with one file changed or removed."""
    make(folder, WORDS, LABELS, 34)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    return refused(folder)


def pickled(folder: Path) -> str:
    """Return what is said of a model whose weights are pickled."""
    make(folder, WORDS, LABELS, 34)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    return refused(folder)


def foreign_code(folder: Path) -> tuple[str, bool]:
    """Return what is said of a model with code of its own, and whether that has run."""
    make(folder, WORDS, LABELS, 34)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}}
    changed = json.dumps(config)  # noqa: TID251  # as below
    (folder / "config.json").write_text(changed, encoding="utf-8")
    ran = folder / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')", encoding="utf-8")
    return refused(folder), ran.exists()


def base(folder: Path) -> str:
    """Return what is said of a model that was trained for nothing yet."""
    make(folder, WORDS, LABELS, 34)
    BertModel(BertConfig(**SMALL)).save_pretrained(folder)
    return refused(folder)


SMALL: Any = {
    "vocab_size": 30,
    "hidden_size": 8,
    "num_hidden_layers": 0,
    "num_attention_heads": 1,
    "intermediate_size": 8,
    "max_position_embeddings": 34,
}


def main(root: Path) -> None:
    """Print all that the test asks about."""
    small = make(root / "small", WORDS, LABELS, 34)
    model = TransformerNames(small)
    found = model.find([*TEXTS.values()])
    plain = make(root / "plain", {"anna": "private_person"}, ("O", "private_person"), 512)
    told = {
        "found": {
            name: [[one.kind, text[one.start : one.end], one.score, one.detector] for one in spans]
            for (name, text), spans in zip(TEXTS.items(), found, strict=True)
        },
        "alone": [model.find([text])[0] for text in TEXTS.values()] == found,
        "nothing": model.find([]),
        "plain": ["Anna met Anna" for _ in TransformerNames(plain).find(["Anna met Anna"])[0]],
        "languages": {
            name: languages(small, card)
            for name, card in {
                "none": "# A model\n",
                "one": "---\nlanguage: pl\n---\n# A model\n",
                "some": "---\nlicense: mit\nlanguage:\n- en\n- no\n- multilingual\n---\n",
                "multilingual": "---\nlanguage: multilingual\n---\n",
                "silent": "---\nlicense: mit\n---\n",
                "damaged": "---\n: [\n---\n",
            }.items()
        },
        "given": sorted(TransformerNames(small, languages=("uk",)).languages),
        "refused": {
            "no folder": refused(root / "none"),
            "no model": refused(root),
            "no people": refused(make(root / "dates", {"monday": "DATE"}, ("O", "DATE"), 34)),
            "not trained": base(root / "base"),
            "config": damaged(root / "config", "config.json", b"{"),
            "weights": damaged(root / "weights", "model.safetensors", b"no tensors"),
            "no weights": damaged(root / "no-weights", "model.safetensors", None),
            "tokenizer": damaged(root / "tokenizer", "tokenizer.json", b"{}"),
            "pickled": pickled(root / "pickled"),
            "device": refused(small, device="tpu"),
        },
        "foreign": foreign_code(root / "foreign"),
    }
    print(json.dumps(told))  # noqa: TID251  # that Python has no orjson


if __name__ == "__main__":
    main(Path(sys.argv[1]))
