import pytest
from hypothesis import given
from hypothesis import strategies as st

from euguard.tlog.spelling import MAX_INTEGER, from_base64, from_decimal, to_base64


@given(st.binary(max_size=200))
def test_bytes_come_back_from_base64(data: bytes) -> None:
    assert from_base64(to_base64(data)) == data


@given(st.text(alphabet="AQgw/+=-_ \n", max_size=12))
def test_no_second_base64_spelling_is_read(text: str) -> None:
    data = from_base64(text)

    assert data is None or to_base64(data) == text


@pytest.mark.parametrize(
    "wrong",
    ["QQ", "QQ=", "QR==", "QUI", "QUJ=", "QQ==\n", " QQ==", "Q Q=", "QQ==QQ==", "-_8=", "é"],
)
def test_a_wrong_spelling_of_base64_is_refused(wrong: str) -> None:
    assert from_base64(wrong) is None


@given(st.integers(min_value=0, max_value=MAX_INTEGER))
def test_a_number_comes_back_from_its_digits(value: int) -> None:
    assert from_decimal(str(value)) == value


def test_the_largest_number_is_that_of_a_signed_64_bit_integer() -> None:
    assert from_decimal("9223372036854775807") == 2**63 - 1
    assert from_decimal("9223372036854775808") is None


@pytest.mark.parametrize(
    "wrong",
    ["", "+1", "-1", "01", "00", " 1", "1 ", "1_0", "1.0", "1e3", "٣", "0x1", "1\n", str(2**63)],
)
def test_a_wrong_spelling_of_a_number_is_refused(wrong: str) -> None:
    assert from_decimal(wrong) is None
