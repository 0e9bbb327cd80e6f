"""Print how far the tagger in NumPy and the network in PyTorch are from each other.

Run by `test_network.py`, given a seed, with the demo engine's Python, which has PyTorch.
"""

import json
import sys

import numpy as np
import torch

from euguard.adapters.ner.tagger import Tagger
from euguard.adapters.ner.training.network import Batch, Network
from euguard.adapters.ner.words import read

TEXTS = (
    "Dear Ms O'Connor,\n\nAnna Kowalska met Jean Dupont in Lyon; € 30.50 were paid.",
    "",
    "x",
    "Ελένη Παπαδοπούλου γράφει στον Иван Петров, ул. Витоша 12, София.",
    "WRITE TO ANNA " * 40,
    "ok",
)
ROWS, WIDTH, STEPS = 1 << 12, 24, (1, 2, 4)


def main(seed: int) -> None:
    """Compare the two on one network drawn by chance."""
    torch.manual_seed(seed)
    network = Network(ROWS, WIDTH, STEPS, dropout=0.1)
    for name, values in network.named_parameters():
        if name.startswith("normal"):  # as made they change nothing
            torch.nn.init.normal_(values, mean=0.5, std=0.3)
    weights = network.weights({})
    with torch.no_grad():  # what the file holds of the table, a byte a number
        network.table.weight.copy_(torch.from_numpy(weights.table * weights.scale[:, None]))
    batch = [read(text) for text in TEXTS]
    numpy = Tagger(weights)._probabilities(batch)
    network.eval()
    with torch.no_grad():
        scores = network(Batch([(words, [0] * len(words.forms)) for words in batch], ROWS))
    theirs = scores.softmax(dim=1).numpy()
    print(
        json.dumps(  # noqa: TID251  # nothing is hashed or signed, and that Python has no orjson
            {
                "words": sum(len(words.forms) for words in batch),
                "shapes": [numpy.shape, theirs.shape],
                "difference": float(np.abs(numpy - theirs).max()),
                "spread": float(numpy.std(axis=0).min()),
                "labels": len({*numpy.argmax(axis=1).tolist()}),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
