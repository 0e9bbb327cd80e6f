import pytest

from euguard.errors import ConfigurationError
from euguard.serving.reading import Section


def test_every_key_must_be_taken() -> None:
    section = Section({"first": "1", "second": "2"}, "top")

    with (
        pytest.raises(ConfigurationError, match=r"top\.second: unknown key"),
        section.nothing_else(),
    ):
        assert section.text("first") == "1"


def test_a_key_can_be_taken_once() -> None:
    section = Section({"first": "1"}, "top")
    section.take("first")

    assert not section.has("first")
    with pytest.raises(ConfigurationError, match=r"top\.first: missing"):
        section.take("first")


def test_the_place_of_an_inner_mapping_is_a_path() -> None:
    inner = Section({"outer": {"inner": ""}}, "top").section("outer")

    with pytest.raises(ConfigurationError, match=r"top\.outer\.inner: text is expected"):
        inner.text("inner")


def test_the_names_are_in_the_order_of_the_file() -> None:
    assert Section({"b": 1, "a": 2}, "top").names() == ("b", "a")


def test_an_error_inside_is_not_hidden_by_what_is_left_over() -> None:
    section = Section({"first": 1, "second": 2}, "top")

    with pytest.raises(ConfigurationError, match=r"top\.first: text"), section.nothing_else():
        section.text("first")
