"""The rules themselves; test_walk.py tries each through the table."""

import pytest

from euguard.errors import FieldRefusedError, MalformedRequestError
from euguard.pii.shape import (
    Choice,
    Decimal,
    Either,
    Flag,
    Ignored,
    Integer,
    Many,
    Object,
    Refused,
    Tagged,
    Text,
)
from euguard.pii.skeleton import Builder, Hole, Pairs

SMALL = Object({"a": Flag(), "b": Ignored(), "c": Refused("is refused", "Leave it out.")}, ("a",))


@pytest.mark.parametrize("given,kept", [(1, 1), (0.7, 0.7), (0.4111111111111111, 0.4111)])
def test_a_decimal_number_has_four_decimals(given: float, kept: float) -> None:
    assert Decimal(0, 2).build(given, "it", Builder()) == kept


def test_an_object_keeps_what_it_names_and_counts_what_it_drops() -> None:
    into = Builder()

    made = SMALL.build({"z": 1, "b": 2, "c": [], "a": True}, "it", into)

    assert made == Pairs((("a", True),))
    assert into.ignored == 3


def test_paths_start_at_the_top_without_a_dot() -> None:
    with pytest.raises(MalformedRequestError) as caught:
        SMALL.build({}, "", Builder())

    assert caught.value.param == "a"


def test_a_refused_field_says_why_and_what_to_do() -> None:
    with pytest.raises(FieldRefusedError) as caught:
        SMALL.build({"a": True, "c": 1}, "it", Builder())

    assert (caught.value.param, caught.value.message) == ("it.c", "it.c is refused")
    assert caught.value.fix == "Leave it out."


def test_a_tag_is_written_out_and_not_counted_as_dropped() -> None:
    tagged = Tagged("type", {"x": SMALL, "y": Object({})}, default="x")
    into = Builder()

    assert tagged.build({"a": False}, "it", into) == Pairs((("type", "x"), ("a", False)))
    assert tagged.build({"type": "y"}, "it", into) == Pairs((("type", "y"),))
    assert into.ignored == 0


def test_an_unknown_tag_names_the_known_ones() -> None:
    with pytest.raises(FieldRefusedError) as caught:
        Tagged("type", {"x": SMALL, "y": SMALL}).build({"type": "z"}, "it", Builder())

    assert caught.value.param == "it.type"
    assert caught.value.fix == "Known are: x, y."


def test_a_string_goes_to_the_first_rule_and_the_rest_to_the_second() -> None:
    rule = Either(Choice(("auto",)), Many(Text(), 1))
    into = Builder()

    assert rule.build("auto", "it", into) == "auto"
    assert rule.build(["x"], "it", into) == (Hole(0),)


@pytest.mark.parametrize("value,error", [(5, FieldRefusedError), (0, MalformedRequestError)])
def test_too_much_may_be_refused_while_too_little_is_malformed(
    value: int, error: type[Exception]
) -> None:
    with pytest.raises(error, match="it is not a whole number from 1 to 4"):
        Integer(1, 4, refused_above=True).build(value, "it", Builder())
