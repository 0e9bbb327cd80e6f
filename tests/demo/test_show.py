import io
import re

import pytest
from deploy.demo.show import Page, Row, columns
from rich.console import Console

VERIFIER = f"""\
 1  ok      the note signs this file, byte for byte

checkpoint  size 16, root {"7a" * 32}
FAILED  step 2, entries.jsonl line 3 (byte 1145, bit 0): its CRC-32 is not the one that is stated
"""
ROW = Row(
    "a letter, in English",
    "Write to Katharina Vogelsang [urgent] about DE89 3704 0044 0532 0130 00.",
    "Write to <PERSON_KW8V> [urgent] about <IBAN_KGCH>.",
    "Write to Katharina Vogelsang [urgent] about DE89 3704 0044 0532 0130 00.",
)


def page(width: int) -> tuple[Page, io.StringIO]:
    written = io.StringIO()
    return Page(Console(file=written, width=width, highlight=False)), written


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_output_of_a_program_keeps_its_indent_and_loses_nothing(width: int) -> None:
    shown, written = page(width)

    shown.say(VERIFIER)

    lines = written.getvalue().splitlines()
    assert all(line == "" or line.startswith("  ") for line in lines)
    assert all(len(line) <= width for line in lines)
    assert re.sub(r"\s", "", written.getvalue()) == re.sub(r"\s", "", VERIFIER)


def test_a_command_is_one_line_at_any_width() -> None:
    shown, written = page(20)
    command = 'curl -s http://127.0.0.1:8080/v1 -d \'{"messages": ["[b]Dear[/b] Anna Kowalska"]}\''

    shown.command(command)

    assert written.getvalue() == f"{command}\n"


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_three_columns_cut_nothing(width: int) -> None:
    written = io.StringIO()

    Console(file=written, width=width).print(columns([ROW]))

    lines = written.getvalue().splitlines()
    cells = [line.strip("│").split("│") for line in lines if line.startswith("│")]
    read = ["".join("".join(column).split()) for column in zip(*cells, strict=True)]
    expected = (f"1. {ROW.title}", ROW.wrote, ROW.saw, ROW.got)
    assert read == ["".join(text.split()) for text in expected]
    assert all(len(line) <= width for line in lines)


def test_pseudonyms_are_marked_where_the_model_saw_them() -> None:
    written = io.StringIO()

    Console(file=written, width=140, force_terminal=True, color_system="standard").print(
        columns([ROW])
    )

    assert "\x1b[1;36m<PERSON_KW8V>\x1b[0m" in written.getvalue()


def test_a_step_is_named_and_timed() -> None:
    shown, written = page(80)

    with shown.step("write the papers"):
        pass

    assert written.getvalue() == "▶ write the papers\n"
    [(title, seconds)] = shown.steps
    assert title == "write the papers"
    assert seconds >= 0
