import pytest

from euguard.provision.quantity import dotted, gib, numbers


@pytest.mark.parametrize(
    "version, expected",
    [
        ("580.95.05", (580, 95)),
        ("6.1.0-41-amd64", (6, 1)),
        ("3.11", (3, 11)),
        ("", (0, 0)),
        ("7", (0, 0)),
        ("v5.15", (0, 0)),
        ("٣.٤", (0, 0)),
    ],
)
def test_the_first_two_numbers_of_a_version(version: str, expected: tuple[int, int]) -> None:
    assert numbers(version) == expected


def test_sizes_and_versions_are_said_for_people() -> None:
    assert (gib(81_559 * 2**20), dotted((3, 11))) == ("79.6 GiB", "3.11")
