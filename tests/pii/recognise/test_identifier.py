"""What every identifier declares is tried."""

import re

import pytest
import re2

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.recognise.identifiers import DECLARED
from euguard.pii.recognise.together import Together

each = pytest.mark.parametrize("identifier", DECLARED, ids=lambda identifier: identifier.name)


def found(identifier: Identifier, text: str) -> list[str]:
    return [text[span.start : span.end] for span in Together([identifier]).find(text)]


def announced(identifier: Identifier, number: str) -> str:
    return f"Re {identifier.words[0].removesuffix('*')}: {number}, thank you."


@each
def test_its_examples_are_found_behind_each_of_its_names(identifier: Identifier) -> None:
    assert identifier.examples
    for word in identifier.words:
        for example in identifier.examples:
            text = f"Re {word.removesuffix('*').upper()} {example}."
            assert found(identifier, text) == [example], text


@each
def test_its_examples_are_found_in_small_letters(identifier: Identifier) -> None:
    for example in identifier.examples:
        text = announced(identifier, example.lower())
        assert found(identifier, text) == [example.lower()]


@each
def test_without_a_word_it_is_found_if_hardly_any_other_number_looks_like_it(
    identifier: Identifier,
) -> None:
    for example in identifier.examples:
        text = f"I saw {example} there."
        assert found(identifier, text) == ([example] if identifier.alone else [])


@each
def test_what_it_says_to_ignore_is_not_found(identifier: Identifier) -> None:
    for text in identifier.ignore:
        assert found(identifier, f"I saw {text} there.") == []


@each
def test_part_of_a_longer_number_is_not_found(identifier: Identifier) -> None:
    for example in identifier.examples:
        text = announced(identifier, f"9{example}9")
        assert example not in found(identifier, text)


@each
def test_a_changed_check_digit_is_noticed(identifier: Identifier) -> None:
    if identifier.check is None or identifier.checksum.startswith("none"):
        return
    for example in identifier.examples:
        last = max(at for at, sign in enumerate(example) if sign.isalnum())
        others = "0123456789" if example[last].isdigit() else "ABCDEFGHJKLMNPQRSTVWXYZ"
        changed = [
            example[:last] + other + example[last + 1 :]
            for other in others
            if other != example[last].upper()
        ]
        texts = [f"I saw {number} there." for number in changed]
        passed = [text for text in texts if found(identifier, text)]
        assert len(passed) <= len(texts) // 3, passed
        typed = announced(identifier, changed[0])
        assert found(identifier, typed) == [changed[0]], "mistyped behind its own name"


@each
def test_both_engines_read_its_pattern_alike(identifier: Identifier) -> None:
    options = re2.Options()
    options.case_sensitive = False
    theirs = re2.compile(f"^(?:{identifier.pattern})$", options)
    ours = re.compile(identifier.pattern, re.IGNORECASE)
    for example in (*identifier.examples, *identifier.ignore):
        assert bool(theirs.search(example)) == bool(ours.fullmatch(example))


@each
def test_it_says_where_it_comes_from(identifier: Identifier) -> None:
    for said in ("title", "basis", "form", "checksum", "source"):
        assert getattr(identifier, said).strip()
    assert re.fullmatch(r"[a-z]{2}-[a-z0-9-]+", identifier.name)
    assert all(word == word.lower() for word in identifier.words)


def test_names_are_unique() -> None:
    names = [identifier.name for identifier in DECLARED]
    assert sorted(set(names)) == sorted(names)
