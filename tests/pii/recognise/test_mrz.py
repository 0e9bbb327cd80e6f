"""Machine-readable zones; the specimens of ICAO Doc 9303."""

import pytest

from euguard.pii.recognise.mrz import MrzRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([MrzRecogniser()])
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in TOGETHER.find(text)]


@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_a_specimen_is_found_whole(lines: tuple[str, ...]) -> None:
    zone = "\n".join(lines)

    assert found(f"```\n{zone}\n```") == [zone]


@pytest.mark.parametrize("lines", [TD2, TD3])
def test_one_wrong_digit_is_forgiven_and_three_are_not(lines: tuple[str, ...]) -> None:
    first, second = lines
    one = f"{first}\n{second.replace('7408122', '7408123')}"
    none = f"{first}\n{second[:9]}X{second[10:19]}9{second[20:27]}8{second[28:]}"

    assert found(one) == [one]
    assert found(none) == []
