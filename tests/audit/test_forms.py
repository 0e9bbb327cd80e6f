from datetime import timedelta, timezone

import pytest

from euguard.audit import forms
from euguard.audit.forms import Form, written
from logbook import START


@pytest.mark.parametrize(
    "form, value, meant",
    [
        (forms.whole, 0, 0),
        (forms.whole, 2**53 - 1, 2**53 - 1),
        (forms.positive, 1, 1),
        (forms.text("[a-z]+"), "abc", "abc"),
        (forms.HEX, "0a" * 32, "0a" * 32),
        (forms.digest, "0a" * 32, b"\n" * 32),
        (forms.time, "2026-11-25T09:30:00.000000Z", START),
    ],
)
def test_a_form_takes_what_is_of_it(form: Form, value: object, meant: object) -> None:
    assert form(value) == meant


@pytest.mark.parametrize(
    "form, value",
    [
        (forms.whole, -1),
        (forms.whole, 2**53),
        (forms.whole, True),
        (forms.whole, "1"),
        (forms.positive, 0),
        (forms.positive, -1),
        (forms.positive, None),
        (forms.text("[a-z]+"), "abc\n"),
        (forms.text("[a-z]+"), b"abc"),
        (forms.text(r"\\d"), "٣"),
        (forms.digest, "0A" * 32),
        (forms.digest, "0a" * 31),
        (forms.digest, None),
        (forms.time, "2026-02-30T09:30:00.000000Z"),
        (forms.time, "2026-11-25T09:30:00.000000+00:00"),
        (forms.time, 1),
    ],
)
def test_a_form_refuses_what_is_not_and_does_not_quote_it(form: Form, value: object) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  it has no text, but for the calendar
        form(value)

    assert repr(value) not in str(caught.value)


def test_a_time_is_written_in_utc_or_not_at_all() -> None:
    assert written(START) == "2026-11-25T09:30:00.000000Z"
    for at in (START.replace(tzinfo=None), START.astimezone(timezone(timedelta(hours=1)))):
        with pytest.raises(ValueError, match="not in UTC"):
            written(at)
