"""Writes audit/vectors: exports good and bad, each with the verdict that is expected.

    python tests/vectors.py [FOLDER]

Everything in them is made up, and each key is one byte repeated: test keys, known to all. The
same script gives the same bytes on every machine, and a test compares. Vectors are added and
never changed, so that what verifies today verifies with every later version.
"""

import sys
from pathlib import Path

import vectors_bad
import vectors_good
from vector import write_all

FOLDER = Path(__file__).parent.parent / "audit" / "vectors"
FILES = (vectors_good, vectors_bad)
"""They register their vectors when they are imported."""

if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
