"""Numbers of files about persons."""

import pytest

from euguard.pii.recognise.case_number import CaseNumberRecogniser
from euguard.pii.recognise.together import Together

TOGETHER = Together([CaseNumberRecogniser()])


def found(text: str) -> set[str]:
    return {text[span.start : span.end] for span in TOGETHER.find(text)}


@pytest.mark.parametrize(
    "before,number",
    [
        ("Kundennummer ", "4711-2024"),
        ("Aktenzeichen: ", "12 O 345/21"),
        ("Versicherungsnummer: ", "KV 482130"),
        ("application no. ", "48213/07"),
        ("(application nos. ", "48213/07"),
        ("requête n° ", "12345/67"),
        ("patient number: ", "P-48213"),
        ("employee ID: ", "E48213"),
        ("n° de dossier : ", "2024-4821"),
        ("número de cliente: ", "482130"),
        ("numero di pratica ", "4821/24"),
        ("klantnummer ", "482130"),
        ("numer klienta: ", "482130"),
        ("číslo smlouvy ", "4821302"),
        ("ügyfélszám: ", "482130"),
        ("asiakasnumero: ", "482130"),
        ("kundnummer ", "482130"),
        ("αριθμός φακέλου: ", "4821/2024"),
    ],
)
def test_an_announced_number_is_found(before: str, number: str) -> None:
    assert number in found(f"Re {before}{number}, thank you.")


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung Nr. 4711-2024",
        "Verordnung (EU) 2016/679",
        "ECLI:EU:C:2016:779",
        "Der Bescheid GZ 2024-0.123.456 verweist auf ISO 27001.",
        "el expediente 2024/000123 cita la factura A-4711",
        "order 20240517",
        "faktura FV/187/2024",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert found(text) == set()
