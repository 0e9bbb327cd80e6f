"""The language of a text, where it is long enough to tell."""

import pytest

from euguard.adapters.presidio.language import Languages


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages()


@pytest.mark.parametrize(
    "code,text",
    [
        ("en", "Could you please write a letter to our supplier about the late delivery of goods?"),
        (
            "fr",
            "Pourriez-vous écrire une lettre à notre fournisseur au sujet du retard de livraison ?",
        ),
        (
            "de",
            "Könnten Sie bitte unserem Lieferanten einen Brief über die späte Lieferung schreiben?",
        ),
        (
            "nl",
            "Kunt u onze leverancier een brief schrijven over de late levering van de goederen?",
        ),
        (
            "it",
            "Potrebbe scrivere una lettera al nostro fornitore per la consegna in ritardo?",
        ),
        (
            "pl",
            "Czy mógłby Pan napisać list do naszego dostawcy w sprawie opóźnionej dostawy towarów?",
        ),
        ("mt", "Tista' tikteb ittra lill-fornitur tagħna dwar il-kunsinna tard tal-merkanzija?"),
    ],
)
def test_any_language_is_told_from_sixty_letters_on(
    languages: Languages, code: str, text: str
) -> None:
    language, probability = languages.identify(text)

    assert language == code
    assert 0.9 < probability <= 1


@pytest.mark.parametrize("text", ["", "Hello", "x" * 59, "1 2 3 " * 100])
def test_below_sixty_letters_nothing_is_said(languages: Languages, text: str) -> None:
    assert languages.identify(text) == (None, 0.0)
