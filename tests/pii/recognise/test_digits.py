"""Runs of digits are cut into the groups that people write."""

from euguard.pii.recognise.digits import chains


def groups(text: str) -> list[list[str]]:
    return [[group.digits for group in chain] for chain in chains(text)]


def test_groups_apart_by_a_separator_or_a_line_break_are_one_chain() -> None:
    assert groups("06 12-34.56\n78") == [["06", "12", "34", "56", "78"]]


def test_words_and_empty_lines_end_a_chain() -> None:
    assert groups("06 a 12\n\n34, 56") == [["06"], ["12"], ["34"], ["56"]]


def test_a_group_knows_its_place() -> None:
    (chain,) = chains("ab 06 12")

    assert [(group.start, group.end) for group in chain] == [(3, 5), (6, 8)]
