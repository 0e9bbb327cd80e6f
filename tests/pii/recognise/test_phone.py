"""Telephone numbers: E.164, and national ones that stand out."""

import pytest

from euguard.pii.recognise.phone import PhoneRecogniser


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in PhoneRecogniser().find(text)]


@pytest.mark.parametrize(
    "number",
    [
        "+44 20 7946 0958",
        "+442079460958",
        "+44 (0)20 7946 0958",
        "+33 6 12 34 56 78",
        "+33612345678",
        "+33.6.12.34.56.78",
        "+33 (0)6 12 34 56 78",
        "0033 6 12 34 56 78",
        "00 33 6 12 34 56 78",
        "+32 470 12 34 56",
        "+352 27 12 34 56",
        "+41 22 345 67 89",
        "+353 87 123 4567",
        "+356 2123 4567",
        "+49 30 12345678",
        "+39 06 1234 5678",
        "+34 612 34 56 78",
        "+48 512 345 678",
        "+40 721 234 567",
        "+1 202-555-0143",
        "+47 21 23 45 67",
        "+420 601 123 456",
    ],
)
@pytest.mark.parametrize(
    "sentence", ["{}", "Ring {} today.", "({})", "Tel.:{},", "n° {}", "12 {}\n75002 Paris", "\n{}"]
)
def test_an_international_number_is_found_in_any_sentence(number: str, sentence: str) -> None:
    assert found(sentence.format(number)) == [number]


@pytest.mark.parametrize(
    "number",
    [
        "01 99 00 12 34",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "0612345678",
        "(020) 7946 0958",
        "020 7946 0958",
        "07700 900123",
        "0470 12 34 56",
        "0470/12.34.56",
        "02 234 56 78",
        "022 345 67 89",
        "087 123 4567",
        "030 12345678",
        "0151 23456789",
        "(202) 555-0143",
        "202-555-0143",
    ],
)
def test_a_national_number_is_found_by_its_grouping(number: str) -> None:
    assert found(f"Mme Martin, {number}, 3 rue X") == [number]


@pytest.mark.parametrize(
    "text,number",
    [
        ("Tél. : 27 12 34 56", "27 12 34 56"),
        ("my phone is 2123 4567.", "2123 4567"),
        ("appelez-moi au 612 345 678", "612 345 678"),
        ("Tel.0612345678", "0612345678"),
        ("GSM 470123456", "470123456"),
        ("fax 22 123 456", "22 123 456"),
    ],
)
def test_a_word_before_it_makes_any_valid_number_a_telephone_number(text: str, number: str) -> None:
    assert found(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "01.02.2024 10:30",
        "le 12/05/2024 à 14 h 30",
        "2024-05-12T14:30:00",
        "rappelé le 12.05.2024",
        "called on 2024-05-12 14:30",
        "Regulation (EU) 2016/679, Art. 6(1)(f)",
        "C-131/12 and 36244/06",
        "RG n° 21/01234",
        "n° 2021-0123456",
        "facture 0123456789",
        "invoice no. 0207946095",
        "ISBN 978-2-07-036822-8, 0-306-40615-2",
        "1 85 05 78 006 084 36",
        "SIRET 732 829 320 00074",
        "12-01-2024-0001",
        "0.123456789",
        "called for 12 000 000 €",
        "1 234 567,89 EUR",
        "192.168.001.100",
        "550e8400-e29b-41d4-a716-446655440000",
        "sha 0123456789abcdef",
        "000000000000",
        "10000000000",
        "from 06000 Nice to 75002 Paris",
        "+5 % and 0 1 2 3 4 5 6 7 8 9",
        "pages 0102-0304",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_the_number_ends_where_the_next_one_begins() -> None:
    assert found("+33 6 12 34 56 78\n12 rue X, 06 12 34 56 79 80") == [
        "+33 6 12 34 56 78",
        "06 12 34 56 79",
    ]


def test_a_number_not_in_use_is_one_behind_a_plus_sign() -> None:
    assert found("+33 0 00 00 00 00, +44 7911 000 000 000") != []


@pytest.mark.parametrize(
    "hostile", ["1 ", "0 ", "+33 ", "00 33 ", "tel 1 ", "(", "+", "012 3456 789 ", "0" * 999 + " "]
)
def test_a_page_made_for_the_purpose_is_read_in_linear_time(hostile: str) -> None:
    text = hostile * (200_000 // len(hostile))

    for span in PhoneRecogniser().find(text):
        assert span.end - span.start < 60


def test_a_page_of_numbers_is_all_taken_for_telephone_numbers() -> None:
    numbers = [f"06{at:08d}" for at in range(3000)]

    spans = found(", ".join(numbers))

    assert set(numbers[2500:]) <= set(spans)


@pytest.mark.parametrize(
    "text,number",
    [
        ("Ring til mig, tlf. 20 12 34 56", "20 12 34 56"),
        ("Dzwoń do mnie: 601234567", "601234567"),
        ("Bitte rufen Sie mich an: 0316 825 4412", "0316 825 4412"),
    ],
)
def test_a_call_announces_a_number(text: str, number: str) -> None:
    assert found(text) == [number]
