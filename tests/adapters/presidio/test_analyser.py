"""Recognisers and the kit's own model find what was planted, and leave the rest."""

import logging
import subprocess
import sys
from itertools import count

import psutil
import pytest

from euguard.adapters.presidio.analyser import Analyser

LETTER = (
    "Dear Ms Murphy,\n\nthank you for your call. Anna Kowalska will send the contract to "
    "a.murphy@example.ie; her number is +44 20 7946 0958. Please pay into "
    "IE29 AIBK 9311 5212 3456 78 or by card 4111 1111 1111 1111.\n\nKind regards,\nJohn Carter"
)
LETTRE = (
    "Madame Lefèvre,\n\nmerci de votre appel. Monsieur Jean Dupont vous enverra le contrat à "
    "c.lefevre@exemple.fr ; son numéro est le 06 12 34 56 78. Veuillez payer sur le compte "
    "FR14 2004 1010 0505 0001 3M02 606.\n\nCordialement,\nSophie Bernard"
)


def found(analyser: Analyser, text: str) -> set[str]:
    (detection,) = analyser.analyse([text])
    return {f"{span.kind}:{text[span.start : span.end]}" for span in detection.spans}


def test_an_english_letter_gives_up_all_it_names(analyser: Analyser) -> None:
    assert found(analyser, LETTER) >= {
        "PERSON:Murphy",
        "PERSON:Anna Kowalska",
        "PERSON:John Carter",
        "EMAIL:a.murphy@example.ie",
        "PHONE:+44 20 7946 0958",
        "IBAN:IE29 AIBK 9311 5212 3456 78",
        "CARD:4111 1111 1111 1111",
    }


def test_a_french_letter_gives_up_all_it_names(analyser: Analyser) -> None:
    assert found(analyser, LETTRE) >= {
        "PERSON:Lefèvre",
        "PERSON:Jean Dupont",
        "PERSON:Sophie Bernard",
        "EMAIL:c.lefevre@exemple.fr",
        "PHONE:06 12 34 56 78",
        "IBAN:FR14 2004 1010 0505 0001 3M02 606",
    }


@pytest.mark.parametrize(
    "text,name",
    [
        ("Write a letter to Anna.", "Anna"),
        ("please write to john smith about his case", "john smith"),
        ("ecris à jean dupont à lyon", "jean dupont"),
        ("Bonjour Claire,", "Claire"),
        ("Dear Sarah,", "Sarah"),
        ("Contact: MARY O'CONNOR, Dublin", "MARY O'CONNOR"),
        ("J\u200bohn Smi\u00adth lives here", "J\u200bohn Smi\u00adth"),
        ("Summarise <PERSON_7Q3K> and Emma", "Emma"),
        ("Kind regards,\nMaria Rossi\nHead of HR", "Maria Rossi"),
    ],
)
def test_people_are_found_in_short_texts(analyser: Analyser, text: str, name: str) -> None:
    assert f"PERSON:{name}" in found(analyser, text)


@pytest.mark.parametrize(
    "text",
    [
        "Tel. 12",
        "Bonjour,",
        "Bonjour Madame,",
        "Dear Sir or Madam,",
        "Hello",
        "Summarise <PERSON_7Q3K> and <PERSON_9WXZ>.",
        "Kind regards,",
        "Write a summary.",
        "Traduisez ce texte.",
        "What does Article 6(1)(f) of Regulation (EU) 2016/679 say?",
        "La décision n° 2021-0123456 vise l'article 5.",
        "The total is 1 234 567,89 EUR, due on Friday.",
        "def f(x): return x + 1",
        "",
        " \n ",
    ],
)
def test_a_text_about_nobody_stays_as_it_is(analyser: Analyser, text: str) -> None:
    assert found(analyser, text) == set()


def test_places_are_found(analyser: Analyser) -> None:
    assert "LOCATION:Berlin" in found(analyser, "We met in Berlin last week, as agreed.")


def test_what_a_thousand_paragraphs_hide_is_found(analyser: Analyser) -> None:
    dull = "The committee adopted the report after a long debate about the budget. "
    text = dull * 300 + "Then Anna Kowalska spoke. " + dull * 300

    assert "PERSON:Anna Kowalska" in found(analyser, text)


def test_each_part_of_a_text_is_read_in_its_own_language(analyser: Analyser) -> None:
    english = "The committee adopted the report after a long debate about the budget. " * 12
    french = "Le comité a adopté le rapport après un long débat sur le budget. " * 12
    text = f"{english}\n{french} Ensuite, Monsieur Jean Dupont a pris la parole à Lyon.\n"

    assert {"PERSON:Jean Dupont", "LOCATION:Lyon"} <= found(analyser, text)


def test_german_is_reported_as_german_where_english_is_expected(analyser: Analyser) -> None:
    text = "Bitte schreiben Sie einen Brief über die Sitzung am Montag in der nächsten Woche."

    (detection,) = analyser.analyse([text])

    assert detection.language == "de"
    assert 0.9 < detection.probability <= 1


def test_texts_keep_their_order(analyser: Analyser) -> None:
    texts = ["a@example.eu", "", "Nothing.", "b@example.eu"] * 5

    detections = analyser.analyse(texts)

    assert [len(detection.spans) for detection in detections] == [1, 0, 0, 1] * 5


def test_every_find_lies_within_its_text(analyser: Analyser) -> None:
    for text in (LETTER, LETTRE, "\u200b".join(LETTER), LETTRE.replace("e", "e\u0301")):
        (detection,) = analyser.analyse([text])
        assert detection.spans
        assert all(span.end <= len(text) for span in detection.spans)


@pytest.mark.parametrize(
    "hostile", ["A", "Aa. ", "a ", "\n", "(", "Anna\n", "-", "é\u0301", "A\u200b"]
)
def test_a_text_made_for_the_purpose_is_read_in_bounded_pieces(
    analyser: Analyser, hostile: str
) -> None:
    text = hostile * (60_000 // len(hostile))

    (detection,) = analyser.analyse([text])

    assert all(span.end <= len(text) for span in detection.spans)


def test_nothing_of_a_text_is_logged(
    analyser: Analyser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    analyser.analyse([LETTER, LETTRE])

    printed = "".join(capfd.readouterr())
    for name in ("Murphy", "Kowalska", "Lefèvre", "Dupont", "example.ie", "06 12"):
        assert name not in caplog.text
        assert name not in printed


NO_NETWORK = """
import socket
class Forbidden(socket.socket):
    def connect(self, address): raise SystemExit(f"dialled a {self.family.name}")
    connect_ex = sendto = connect
socket.socket = Forbidden
def resolve(*_, **__): raise SystemExit("resolved a name")
socket.getaddrinfo = socket.gethostbyname = resolve
from euguard.bootstrap.detector import analyser
found = analyser(["compact"]).analyse(["Write to anna@example.co.uk or jan@unknown.zz, Anna"])
raise SystemExit(0 if len(found[0].spans) > 1 else "nothing found")
"""


def test_detection_dials_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", NO_NETWORK],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
    )

    assert done.returncode == 0, done.stderr


def test_memory_does_not_grow_with_the_words_that_were_read(analyser: Analyser) -> None:
    def read(texts: int) -> None:
        for _ in range(texts):
            word = f"Zq{next(number)}x"
            text = f"{word} met Anna {word}son in {word}ville with {word}@example.eu."
            analyser.analyse([text])

    number = count()
    process = psutil.Process()
    read(300)
    before = process.memory_info().rss

    read(2000)

    assert process.memory_info().rss - before < 8 * 2**20
