"""Account numbers of ISO 13616, with their check digits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.recognise.iban import STRUCTURES, IbanRecogniser

REGISTRY_EXAMPLES = """
    AT611904300234573201 BE68539007547034 BG80BNBG96611020345678
    CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000
    DK5000400440116243 EE382200221020145685 ES9121000418450200051332 FI2112345600000785
    FR1420041010050500013M02606 GR1601101250000000012300695 HR1210010051863000160
    HU42117730161111101800000000 IE29AIBK93115212345678 IT60X0542811101000000123456
    LT121000011101001000 LU280019400644750000 LV80BANK0000435195001
    MT84MALT011000012345MTLCAST001S NL91ABNA0417164300 PL61109010140000071219812874
    PT50000201231234567890154 RO49AAAA1B31007593840000 SE4550000000058398257466
    SI56263300012039086 SK3112000000198742637541 CH9300762011623852957
    GB29NWBK60161331926819 NO9386011117947 MC5811222000010123456789030 LI21088100002324013AA
"""


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in IbanRecogniser().find(text)]


def grouped(iban: str, separator: str) -> str:
    return separator.join(iban[at : at + 4] for at in range(0, len(iban), 4))


@pytest.mark.parametrize("iban", REGISTRY_EXAMPLES.split())
def test_the_registrys_examples_are_found_however_written(iban: str) -> None:
    for written in (
        iban,
        iban.lower(),
        grouped(iban, " "),
        grouped(iban, "-"),
        grouped(iban, "."),
        grouped(iban, "\n"),
        grouped(iban, "  "),
        " ".join((iban[:2], iban[2:4], iban[4:])),
    ):
        assert found(f"IBAN {written}, BIC ABCDEFGH") == [written]
        assert found(f"compte{written}.") == [written]


@pytest.mark.parametrize("iban", REGISTRY_EXAMPLES.split())
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_one_wrong_digit_is_no_account(iban: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(2, len(iban) - 1).filter(lambda at: iban[at].isdigit()))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != iban[at]))

    assert found(f"{iban[:at]}{other}{iban[at + 1 :]}") == []


@pytest.mark.parametrize(
    "text",
    [
        "de 12 personnes qui ont vu les vingt autres dans la rue",
        "XX89370400440532013000",
        "DE89 3704 0044",
        "in 20 cases out of 30 the court agreed with the applicant in full",
        "FR76",
    ],
)
def test_prose_and_fragments_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_two_accounts_in_a_row_are_two() -> None:
    assert found("DE89370400440532013000 NL91ABNA0417164300") == [
        "DE89370400440532013000",
        "NL91ABNA0417164300",
    ]


def test_every_structure_fills_its_length() -> None:
    assert len(STRUCTURES) == 105
    assert all(11 <= length <= 30 for length, _ in STRUCTURES.values())


@pytest.mark.parametrize("hostile", ["FR76 ", "de12", "NL91ABNA", "LU28\n", "A1", "MT84MALT0"])
def test_a_megabyte_made_for_the_purpose_is_read_in_linear_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    for span in IbanRecogniser().find(text):
        assert span.end - span.start < 100


def test_a_mistyped_account_is_one_where_it_is_called_so() -> None:
    wrong = "DE89 3704 0044 0532 0130 01"

    assert found(f"My IBAN: {wrong}.") == [wrong]
    assert found(f"Order {wrong}.") == []
    assert found("IBAN DE89 3704 and more") == []
    [span] = IbanRecogniser().find(f"IBAN {wrong}")
    assert span.score < 0.95
