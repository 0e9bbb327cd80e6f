"""Postal addresses in the forms of every country."""

from pathlib import Path

import pytest

from euguard.pii.detect import merge
from euguard.pii.recognise.address import ADDRESSES
from euguard.pii.recognise.together import Together

TOGETHER = Together(ADDRESSES)
HERE = Path(__file__).parent
# In sentences, by country or language; between ⟦ and ⟧ stands the address. All are invented.
WRITTEN = [
    line.replace("\\n", "\n")
    for line in (HERE / "addresses.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
OTHER = [
    line
    for name in ("clean.txt", "clean_addresses.txt")
    for line in (HERE / name).read_text("utf-8").splitlines()
]
ADDRESS = """
Schillerstraße 14, 80336 München|Am Bach 7, 01067 Dresden|Karl-Marx-Allee 33a, 10178 Berlin
Kärntner Ring 12, 1010 Wien|Große Elbstraße 5, 22767 Hamburg
Hauptstr. 3|Bahnhofstrasse 21, 8001 Zürich
7 ter, boulevard Voltaire, 75011 Paris|3 place du Marché, 31000 Toulouse|rue Haute 44, 1000 Bruxelles
28, rue de Strasbourg, L-2560 Luxembourg|15 chemin des Vignes, 34000 Montpellier
Keizersgracht 401, 1016 EK Amsterdam|Meir 12, 2000 Antwerpen|Korte Vijverberg 3, 2513 AB Den Haag
via Dante Alighieri 8, 20121 Milano|Piazza San Marco 1, 30124 Venezia|corso Italia 77
avenida de la Constitución 3, 41001 Sevilla|plaza Mayor 9, 28012 Madrid|c/ Luna 4, 28004 Madrid
Rua Augusta 25, 1100-048 Lisboa|Avenida da Liberdade 110, 1250-146 Lisboa
ul. Mickiewicza 21/4, 60-836 Poznań|al. Jerozolimskie 65, 00-697 Warszawa|plac Wolności 2
Vodičkova 12, 110 00 Praha|náměstí Míru 6, 120 00 Praha|Obchodná 31, 811 06 Bratislava
Trubarjeva cesta 4, 1000 Ljubljana|Ilica 15, 10000 Zagreb|Vukovarska ulica 58, 21000 Split
ул. Шипка 6, 1504 София|бул. „Витоша“ 18, 1000 София|Strada Lipscani 55, 030031 București
1051 Budapest, Nádor utca 9|Kossuth tér 1|Petőfi Sándor utca 12, 6722 Szeged
Pikk tänav 20, 10133 Tallinn|Narva mnt 7, 10117 Tallinn|Krišjāņa Valdemāra iela 8, Rīga, LV-1010
Pilies g. 14, LT-01123 Vilnius|Aleksanterinkatu 17, 00100 Helsinki|Hämeentie 3 B 9, 00530 Helsinki
Drottninggatan 71, 111 36 Stockholm|Nørregade 10, 1165 København K
Storgata 22, 0184 Oslo
Σταδίου 10, 105 64 Αθήνα|οδός Ερμού 25|Λεωφόρος Αλεξάνδρας 120, 114 71 Αθήνα
27 Merrion Square, Dublin 2|10 Downing Street, London SW1A 2AA|5 Mill Lane|8 Bóthar na Trá, Gaillimh
17, Triq San Pawl, Valletta VLT 1210|Postfach 4821, 50674 Köln
"""
CLEAN = """
Gemäß § 35 Abs. 2 und Verordnung (EU) 2016/679 wurde Rechnung 4711 am Montag gebucht.
Die Garantie 12 Monate beginnt im Januar 2024.
Treffen in Wien 2024 und Paris 1990.
Seite 12, 2024 Wien
Section 4, 2000 Euro
Article 12, 1000 items were delivered.
Windows 11, 2000 Lizenzen
Das Training 5 beginnt um 14 Uhr.
L'article 6 du règlement 2016/679 s'applique à la facture 2024-0187.
In 2023 wurden 12 Artikel, 1000 Stück und 250 Seiten gedruckt.
El artículo 18 de la Constitución y la factura 4711 de 1.250,00 euros.
Zgodnie z art. 6 ust. 1 faktura FV/187/2024 na 1250,00 zł obejmuje 12 pozycji.
A 2011. évi CXII. törvény 5. §-a szerint 12 tétel ára 1250 Ft.
Version 4, 10000 Nutzer
Kapitel 3 behandelt Modell 500.
Skupaj 1.250,00 EUR za 12 kosov.
"""


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in merge(TOGETHER.find(text))]


@pytest.mark.parametrize("marked", WRITTEN)
def test_an_address_in_a_sentence_is_found_whole(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")

    assert found(text) == [marked[marked.index("⟦") + 1 : marked.index("⟧")]]


@pytest.mark.parametrize("marked", WRITTEN)
def test_no_trigger_holds_back_what_its_form_would_find(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")

    assert set(TOGETHER.find(text)) == {span for form in ADDRESSES for span in form.find(text)}


@pytest.mark.parametrize("text", OTHER)
def test_numbers_beside_other_words_are_no_address(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text,code",
    [
        ("Postleitzahl: 50674", "50674"),
        ("PSČ 779 00", "779 00"),
        ("kod pocztowy 00-950 Warszawa", "00-950 Warszawa"),
        ("from SW1A 1AA to", "SW1A 1AA"),
        ("in LV-1010 beidzot", "LV-1010"),
        ("Anna Vogt\n50674 Köln\n", "50674 Köln"),
    ],
)
def test_a_postal_code_alone_is_found_where_nothing_else_looks_like_it(
    text: str, code: str
) -> None:
    assert found(text) == [code]


@pytest.mark.parametrize("text", ["sold 50674 Copies", "item 50674", "S. 10-950 Anhang"])
def test_a_plain_number_before_a_capital_is_no_code(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "address", ["Sidlung 5", "Alte Mühle", "Siegerplatz", "Haus Vogt 3", "Markt"]
)
def test_without_a_street_word_or_a_number_it_is_none(address: str) -> None:
    assert found(f"wir sahen {address} gestern") == []


@pytest.mark.parametrize(
    "address", [one for line in ADDRESS.strip().splitlines() for one in line.split("|")]
)
def test_an_address_is_found_whole(address: str) -> None:
    assert found(f"Adresse: {address}; danke.") == [address]


@pytest.mark.parametrize("text", CLEAN.strip().splitlines())
def test_what_only_looks_like_one_is_not_found(text: str) -> None:
    assert found(text) == []


def test_the_town_may_stand_on_the_next_line() -> None:
    assert found("Lindenstraße 27\n50674 Köln\nTel.") == ["Lindenstraße 27\n50674 Köln"]


def test_a_street_may_be_in_small_letters() -> None:
    assert found("ich wohne lindenstr. 27") == ["lindenstr. 27"]


def test_two_addresses_are_two() -> None:
    text = "Von Lindenstraße 27, 50674 Köln, nach Hauptstraße 3, 50676 Köln."

    assert found(text) == ["Lindenstraße 27, 50674 Köln", "Hauptstraße 3, 50676 Köln"]
