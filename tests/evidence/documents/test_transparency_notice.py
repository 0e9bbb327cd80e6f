"""The transparency notice."""

import re

import pytest

import papers
from euguard.evidence.document import Document
from euguard.pii.span import OPTIONAL_KINDS, PersonalDataKind
from euguard.policy.schema import PolicySet


@pytest.fixture
def notice(made: dict[str, Document]) -> Document:
    return made["transparency-notice"]


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ["artificial intelligence (AI)", "not writing with a person"]),
        ("fr", ["intelligence artificielle (IA)", "n'écrivez pas à une personne"]),
    ],
)
def test_the_banner_says_that_it_is_a_machine(
    policies: PolicySet, language: str, words: list[str]
) -> None:
    banner = policies.notices[language].banner

    for word in words:
        assert word in banner


def test_the_banner_is_not_content_with_the_word_assistant(policies: PolicySet) -> None:
    for notice in policies.notices.values():
        assert not re.search("assistant", notice.banner, re.IGNORECASE)


def test_every_language_has_the_same_sections_in_the_same_order(policies: PolicySet) -> None:
    shapes = {tuple(id_ for id_, _, _ in notice.sections) for notice in policies.notices.values()}

    assert len(shapes) == 1


WORDS = {
    "en": {
        PersonalDataKind.PERSON: "names of persons",
        PersonalDataKind.LOCATION: "and places",
        PersonalDataKind.ADDRESS: "postal",
        PersonalDataKind.BIRTH: "dates of birth",
        PersonalDataKind.EMAIL: "e-mail addresses",
        PersonalDataKind.PHONE: "telephone numbers",
        PersonalDataKind.URL: "web addresses that name",
        PersonalDataKind.IP: "IP addresses",
        PersonalDataKind.DEVICE: "device numbers",
        PersonalDataKind.IBAN: "bank accounts",
        PersonalDataKind.BIC: "bank codes",
        PersonalDataKind.CARD: "payment cards",
        PersonalDataKind.IDENTITY: "identity, tax",
        PersonalDataKind.TAX: "tax and",
        PersonalDataKind.INSURANCE: "insurance numbers",
        PersonalDataKind.PASSPORT: "passports",
        PersonalDataKind.DOCUMENT: "identity cards",
        PersonalDataKind.LICENCE: "driving licences",
        PersonalDataKind.PERMIT: "residence permits",
        PersonalDataKind.PLATE: "number plates",
        PersonalDataKind.COMPANY: "business numbers",
        PersonalDataKind.CASE: "case and customer numbers",
        PersonalDataKind.SECRET: "passwords",
        PersonalDataKind.OTHER: "our own lists",
    },
    "fr": {
        PersonalDataKind.PERSON: "noms de personnes",
        PersonalDataKind.LOCATION: "de lieux",
        PersonalDataKind.ADDRESS: "adresses postales",
        PersonalDataKind.BIRTH: "dates de naissance",
        PersonalDataKind.EMAIL: "adresses électroniques",
        PersonalDataKind.PHONE: "numéros de téléphone",
        PersonalDataKind.URL: "adresses web qui nomment",
        PersonalDataKind.IP: "adresses IP",
        PersonalDataKind.DEVICE: "numéros d'appareils",
        PersonalDataKind.IBAN: "comptes et codes bancaires",
        PersonalDataKind.BIC: "codes bancaires",
        PersonalDataKind.CARD: "cartes de paiement",
        PersonalDataKind.IDENTITY: "nationaux d'identité",
        PersonalDataKind.TAX: "fiscaux",
        PersonalDataKind.INSURANCE: "d'assurance",
        PersonalDataKind.PASSPORT: "passeport",
        PersonalDataKind.DOCUMENT: "carte d'identité",
        PersonalDataKind.LICENCE: "permis de conduire",
        PersonalDataKind.PERMIT: "titre de séjour",
        PersonalDataKind.PLATE: "plaques d'immatriculation",
        PersonalDataKind.COMPANY: "d'entreprise",
        PersonalDataKind.CASE: "de dossier et de client",
        PersonalDataKind.SECRET: "mots de passe",
        PersonalDataKind.OTHER: "propres listes",
    },
}


def test_the_notice_names_what_is_looked_for_and_nothing_else(policies: PolicySet) -> None:
    assert set(WORDS) == set(policies.notices)
    for language, words in WORDS.items():
        sections = policies.notices[language].sections
        text = next(text for id_, _, text in sections if id_ == "personal-data")
        assert set(words) == papers.FINDABLE - OPTIONAL_KINDS
        assert [word for word in words.values() if word not in text] == []
        assert not re.search("organi[sz]ation", text)


def test_each_language_comes_whole_and_says_which_it_is(notice: Document) -> None:
    for language in ("en", "fr"):
        section = next(one for one in notice.sections if one.id == f"notice-{language}")
        assert section.language == language
        assert {field.language for field in section.fields} == {language}
        assert section.fields[0].id == f"notice.{language}.banner"
        assert section.fields[0].article == "Art. 50(1), (5)"


def test_the_notice_says_what_is_logged(notice: Document, policies: PolicySet) -> None:
    logged = next(field for field in notice.fields() if field.id == "notice.en.recorded")

    assert set(logged.fact.value) == set(policies.notices["en"].recorded.values())


def test_marking_is_open_and_both_readings_are_printed(notice: Document) -> None:
    marking = next(section for section in notice.sections if section.id == "marking")

    assert [field.label for field in marking.fields] == [
        "The duty to mark",
        "Reading 1",
        "Reading 2",
        "Decision on marking",
    ]
    assert marking.fields[-1].fact.gap is not None
