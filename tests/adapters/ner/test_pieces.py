"""Texts cut into pieces and put into batches."""

from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.adapters.ner.pieces import batches

SENTENCE = "The committee adopted the report after a long debate. "
LETTERS = st.sampled_from(["a", " ", "\n", ". ", "x" * 1500, SENTENCE * 40, "é\u0301", "😀"])


def cut(text: str) -> list[str]:
    return [text[piece.start : piece.end] for batch in batches([text]) for piece in batch]


@given(st.lists(st.lists(LETTERS, max_size=12).map("".join), max_size=12))
@settings(deadline=None)
def test_pieces_are_all_of_all_texts_in_order(texts: list[str]) -> None:
    found = [""] * len(texts)
    at = (0, 0)
    for batch in batches(texts):
        assert batch
        assert len(batch) == 1 or sum(piece.end - piece.start for piece in batch) <= 32_000
        for piece in batch:
            assert (piece.text, piece.start) >= at
            at = piece.text, piece.end
            assert 0 < piece.end - piece.start <= 4_000
            found[piece.text] += texts[piece.text][piece.start : piece.end]

    assert found == texts


def test_a_cut_is_made_behind_a_sentence() -> None:
    pieces = cut(SENTENCE * 300)

    assert len(pieces) > 4
    assert all(piece.startswith("The ") and piece.endswith("debate. ") for piece in pieces)


def test_without_sentences_it_is_made_behind_a_space() -> None:
    pieces = cut("Kowalska " * 2000)

    assert all(piece.endswith("Kowalska ") for piece in pieces)


def test_without_spaces_it_is_made_anywhere() -> None:
    assert [len(piece) for piece in cut("x" * 9_000)] == [4_000, 4_000, 1_000]


def test_short_texts_share_a_batch() -> None:
    assert [len(batch) for batch in batches(["x" * 1_000] * 70)] == [32, 32, 6]


def test_empty_texts_have_no_pieces() -> None:
    assert [*batches([])] == [*batches(["", ""])] == []
