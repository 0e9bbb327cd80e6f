import pytest

from euguard.errors import ConfigurationError
from euguard.serving.version import Exemption, Floor, check_version

FLOOR = Floor("0.33.0", "the reason", None)
DEMO = Floor("0.33.0", "the reason", Exemption("0.32.0", "the demo on this machine"))


@pytest.mark.parametrize(
    "version",
    [
        "0.33.0",
        "0.33.0+cpu",
        "0.33.1",
        "0.33.0.post1",
        "0.34.0rc1",
        "0.100.0",
        "1.0.0",
        "0.33.1.dev2+g1",
    ],
)
def test_the_floor_and_what_is_above_it_may_serve(version: str) -> None:
    permitted = check_version(FLOOR, version)

    assert (permitted.version, permitted.exempt) == (version, False)


@pytest.mark.parametrize(
    "version",
    ["0.32.0", "0.32.99", "0.9.1", "0.33.0rc1", "0.33.0.dev7+gabc", "0.33.0a1", "0.33.0b2"],
)
def test_what_is_below_the_floor_may_not_serve(version: str) -> None:
    with pytest.raises(ConfigurationError, match=r"the floor is 0\.33\.0 \(the reason\)"):
        check_version(FLOOR, version)


@pytest.mark.parametrize("version", ["0.32.0", "0.32.0+cpu"])
def test_the_exempt_version_may_serve_and_says_so(version: str) -> None:
    permitted = check_version(DEMO, version)

    assert permitted.exempt
    assert permitted.statement == (
        f"vLLM {version} is below the floor 0.33.0 and exempt here: the demo on this machine"
    )


@pytest.mark.parametrize("version", ["0.31.9", "0.32.1", "0.32.0rc1", "0.3.20"])
def test_an_exemption_holds_for_one_version_only(version: str) -> None:
    with pytest.raises(ConfigurationError, match="may not serve"):
        check_version(DEMO, version)


@pytest.mark.parametrize(
    "version",
    [
        "",
        "0.33",
        "v0.33.0",
        "0.33.0 ",
        " 0.33.0",
        "0.33.0\n",
        "\u0660.\u0663\u0663.\u0660",
        "dev",
        "0.33.0/x",
        "9" * 10 + ".0.0",
    ],
)
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a version"):
        check_version(FLOOR, version)


def test_an_error_shows_little_of_a_long_answer() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_version(FLOOR, "x" * 10_000)

    assert len(caught.value.message) < 120
