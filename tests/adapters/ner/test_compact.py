"""The kit's own model finds obvious names in all official languages of the Union."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from euguard.adapters.ner.compact import LANGUAGES, CompactNames
from euguard.adapters.ner.weights import save
from euguard.errors import ConfigurationError
from euguard.pii.span import PersonalDataKind
from small_model import by_hand

OBVIOUS = {
    "bg": ("Вчера Иван Петров подписа договора във Варна.", "Иван Петров", "Варна"),
    "cs": ("Smlouvu včera podepsal Jan Novák, který bydlí v Brně.", "Jan Novák", "Brně"),
    "da": ("Kontrakten blev underskrevet af Mette Jensen i Aarhus.", "Mette Jensen", "Aarhus"),
    "de": (
        "Gestern hat Stefan Krämer in Hamburg den Vertrag unterschrieben.",
        "Stefan Krämer",
        "Hamburg",
    ),
    "el": (
        "Χθες η Ελένη Παπαδοπούλου υπέγραψε τη σύμβαση στην Αθήνα.",
        "Ελένη Παπαδοπούλου",
        "Αθήνα",
    ),
    "en": ("Yesterday Mary Murphy signed the contract in Dublin.", "Mary Murphy", "Dublin"),
    "es": ("Ayer Carmen Fernández firmó el contrato en Sevilla.", "Carmen Fernández", "Sevilla"),
    "et": ("Lepingule kirjutas eile alla Jaan Tamm, kes elab Tartus.", "Jaan Tamm", "Tartus"),
    "fi": (
        "Sopimuksen allekirjoitti eilen Matti Virtanen Helsingissä.",
        "Matti Virtanen",
        "Helsingissä",
    ),
    "fr": ("Hier, Claire Lefèvre a signé le contrat à Lyon.", "Claire Lefèvre", "Lyon"),
    "ga": ("Shínigh Seán Ó Murchú an conradh i nGaillimh inné.", "Seán Ó Murchú", "nGaillimh"),
    "hr": ("Ugovor je jučer potpisala Ivana Horvat iz Zagreba.", "Ivana Horvat", "Zagreba"),
    "hu": ("A szerződést tegnap Nagy Katalin írta alá Budapesten.", "Nagy Katalin", "Budapesten"),
    "it": ("Ieri Giulia Bianchi ha firmato il contratto a Torino.", "Giulia Bianchi", "Torino"),
    "lt": ("Vakar sutartį pasirašė Jonas Petrauskas iš Kauno.", "Jonas Petrauskas", "Kauno"),
    "lv": ("Vakar līgumu parakstīja Jānis Bērziņš no Rīgas.", "Jānis Bērziņš", "Rīgas"),
    "mt": ("Il-bieraħ Joseph Borg iffirma l-kuntratt il-Belt Valletta.", "Joseph Borg", "Valletta"),
    "nl": (
        "Gisteren heeft Jan de Vries het contract in Utrecht ondertekend.",
        "Jan de Vries",
        "Utrecht",
    ),
    "pl": ("Wczoraj umowę podpisała Anna Kowalska z Krakowa.", "Anna Kowalska", "Krakowa"),
    "pt": ("Ontem, João Ferreira assinou o contrato em Lisboa.", "João Ferreira", "Lisboa"),
    "ro": ("Ieri, Ioana Popescu a semnat contractul la Cluj.", "Ioana Popescu", "Cluj"),
    "sk": (
        "Zmluvu včera podpísal Peter Kováč, ktorý býva v Košiciach.",
        "Peter Kováč",
        "Košiciach",
    ),
    "sl": ("Pogodbo je včeraj podpisala Maja Novak iz Ljubljane.", "Maja Novak", "Ljubljane"),
    "sv": ("I går skrev Karin Lindqvist under avtalet i Göteborg.", "Karin Lindqvist", "Göteborg"),
}
"""A sentence, and the person and the place it names."""


@pytest.fixture(scope="module")
def compact() -> CompactNames:
    return CompactNames()


def found(model: CompactNames, text: str) -> set[str]:
    return {f"{one.kind}:{text[one.start : one.end]}" for one in model.find([text])[0]}


def test_there_is_a_sentence_in_every_language_it_was_trained_for(compact: CompactNames) -> None:
    assert set(OBVIOUS) == LANGUAGES == compact.languages


@pytest.mark.parametrize("language", sorted(OBVIOUS))
def test_people_are_found_in_every_language(compact: CompactNames, language: str) -> None:
    sentence, person, _ = OBVIOUS[language]

    assert f"PERSON:{person}" in found(compact, sentence)


@pytest.mark.parametrize("language", sorted(OBVIOUS))
def test_places_are_found_though_some_as_people(compact: CompactNames, language: str) -> None:
    sentence, _, place = OBVIOUS[language]

    assert {f"LOCATION:{place}", f"PERSON:{place}"} & found(compact, sentence)


@pytest.mark.parametrize("language", sorted(OBVIOUS))
def test_people_are_found_in_capitals(compact: CompactNames, language: str) -> None:
    sentence, person, _ = OBVIOUS[language]

    assert any(
        one.startswith("PERSON:") and person.upper() in one
        for one in found(compact, sentence.upper())
    )


def test_most_people_are_found_in_small_letters(compact: CompactNames) -> None:
    missed = [
        language
        for language, (sentence, person, _) in OBVIOUS.items()
        if f"PERSON:{person.lower()}" not in found(compact, sentence.lower())
    ]

    assert len(missed) <= 6, missed


@pytest.mark.parametrize(
    "text,name",
    [
        ("Dear Ms Lindholm,", "Lindholm"),
        ("Sehr geehrte Frau Krämer,", "Krämer"),
        ("Szanowna Pani Kowalska,", "Kowalska"),
        ("Bonjour Claire,", "Claire"),
        ("Kind regards,\nMaria Rossi\nHead of HR", "Maria Rossi"),
        ("Name: Mohammed Al-Hassan", "Mohammed Al-Hassan"),
        ("Przekazano Katarzynie Wiśniewskiej w dniu 12 maja.", "Katarzynie Wiśniewskiej"),
        ("Potilas Virtasen mukaan lääke auttoi.", "Virtasen"),
    ],
)
def test_people_are_found_in_letters_and_forms(compact: CompactNames, text: str, name: str) -> None:
    assert f"PERSON:{name}" in found(compact, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "Hello",
        "Kind regards,",
        "Mit freundlichen Grüßen",
        "The total is 1 234 567,89 EUR, due on 2024-05-12.",
        "def f(x): return x + 1",
        "Das Gericht hat die Klage abgewiesen, weil die Frist versäumt wurde.",
        "La décision peut être contestée dans un délai de deux mois.",
        "Prosimy o przesłanie podpisanej umowy do końca tygodnia.",
    ],
)
def test_a_text_about_nobody_names_nobody(compact: CompactNames, text: str) -> None:
    assert found(compact, text) == set()


def test_finds_are_sure_to_some_degree_and_say_who_found_them(compact: CompactNames) -> None:
    spans = [
        span for names in compact.find([text for text, _, _ in OBVIOUS.values()]) for span in names
    ]

    assert all(0 < span.score <= 1 and span.detector == "names" for span in spans)
    assert sum(span.kind is PersonalDataKind.PERSON for span in spans) >= len(OBVIOUS)


def test_texts_keep_their_order_and_long_ones_their_offsets(compact: CompactNames) -> None:
    dull = "The committee adopted the report after a long debate about the budget. "
    long = dull * 300 + "Then Anna Kowalska spoke. " + dull * 300
    texts: Sequence[str] = ["", long, "Nothing.", "Dear Anna Kowalska,"]

    values = [
        {text[span.start : span.end] for span in spans}
        for text, spans in zip(texts, compact.find(texts), strict=True)
    ]

    assert values == [set(), {"Anna Kowalska"}, set(), {"Anna Kowalska"}]


@pytest.mark.parametrize("hostile", ["A", "Aa. ", "\n", "(", "Anna\n", "-", "é\u0301", "\ud83d"])
def test_a_text_made_for_the_purpose_is_read(compact: CompactNames, hostile: str) -> None:
    text = hostile * (60_000 // len(hostile))

    (spans,) = compact.find([text])

    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_another_file_can_take_its_place(tmp_path: Path) -> None:
    save(tmp_path / "own.npz", by_hand())

    model = CompactNames(tmp_path / "own.npz")

    assert found(model, "Anna met Mary Murphy in Lyon.") == {"PERSON:Anna", "LOCATION:Lyon"}


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.npz").write_bytes(b"nothing")

    with pytest.raises(ConfigurationError, match=r"own\.npz"):
        CompactNames(tmp_path / "own.npz")
