"""The Authorization header."""

import pytest

from euguard.gateway.auth import bearer


@pytest.mark.parametrize(
    "header, key",
    [
        (None, None),
        ("", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Basic eg_abc", None),
        ("eg_abc", None),
        ("Bearer eg_abc", "eg_abc"),
        ("bearer eg_abc", "eg_abc"),
        ("Bearer  eg_abc ", "eg_abc"),
    ],
)
def test_a_bearer_token_is_the_key(header: str | None, key: str | None) -> None:
    assert bearer(header) == key
