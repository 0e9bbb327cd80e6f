import pytest

from euguard.errors import ConfigurationError
from euguard.provision.wheel import Licence, licence, parse_name, require_fits

FITTING = (
    "typing_extensions-4.16.0-py3-none-any.whl",
    "six-1.16.0-py2.py3-none-any.whl",
    "orjson-3.13.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "cryptography-50.0.2-cp39-abi3-manylinux_2_28_x86_64.whl",
    "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl",
    "tool-1.0-cp36-none-manylinux1_x86_64.whl",
    "built-1.0-2-py3-none-any.whl",
    "certifi-2026.10.19.post1-py311-none-any.whl",
)
NOT_FITTING = (
    ("orjson-3.13.0-cp312-cp312-manylinux_2_17_x86_64.whl", "not for Python 3.11"),
    ("orjson-3.13.0-cp310-cp310-manylinux_2_17_x86_64.whl", "not for Python 3.11"),
    ("later-1.0-cp312-abi3-manylinux_2_28_x86_64.whl", "not for Python 3.11"),
    ("old-1.0-py2-none-any.whl", "not for Python 3.11"),
    ("other-1.0-pp311-pypy311_pp73-manylinux_2_28_x86_64.whl", "not for Python 3.11"),
    ("orjson-3.13.0-cp311-cp311-manylinux_2_17_aarch64.whl", "not for Linux on x86_64"),
    ("orjson-3.13.0-cp311-cp311-musllinux_1_2_x86_64.whl", "not for Linux on x86_64"),
    ("orjson-3.13.0-cp311-cp311-win_amd64.whl", "not for Linux on x86_64"),
    ("orjson-3.13.0-cp311-cp311-macosx_10_15_x86_64.whl", "not for Linux on x86_64"),
)


@pytest.mark.parametrize("filename", FITTING)
def test_a_wheel_that_pip_would_take_fits(filename: str) -> None:
    require_fits(parse_name(filename), filename, "3.11")


@pytest.mark.parametrize("filename, message", NOT_FITTING)
def test_a_wheel_for_another_machine_or_python_is_named(filename: str, message: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"{filename.split('-', maxsplit=1)[0]}.*{message}"
    ):
        require_fits(parse_name(filename), filename, "3.11")


@pytest.mark.parametrize(
    "filename", ["euguard-0.1.0.tar.gz", "x.whl", "a-b-c.whl", "../a-1-py3-none-any.whl", "é.whl"]
)
def test_what_is_no_wheel_is_refused(filename: str) -> None:
    with pytest.raises(ConfigurationError, match="not the name of a wheel"):
        parse_name(filename)


def test_names_are_normalised() -> None:
    assert parse_name("Mistral_Common-1.12.0-py3-none-any.whl").distribution == "mistral-common"


@pytest.mark.parametrize(
    "metadata, expected",
    [
        ("License-Expression: MIT OR Apache-2.0\n", Licence("MIT OR Apache-2.0", ())),
        ("License: BSD\nLicense-Expression: MIT\n", Licence("MIT", ())),
        (
            "Classifier: License :: OSI Approved :: MIT License\nClassifier: Typing :: Typed\n",
            Licence(None, ("MIT License",)),
        ),
        ("License: BSD-3-Clause\n", Licence(None, ("BSD-3-Clause",))),
        ("License: UNKNOWN\n", Licence(None, ())),
        (f"License: {'x' * 81}\n", Licence(None, ())),
        ("License: first line\n        second line\n", Licence(None, ())),
        ("Classifier: License :: OSI Approved\n", Licence(None, ())),
        ("", Licence(None, ())),
    ],
)
def test_the_licence_is_what_the_metadata_says(metadata: str, expected: Licence) -> None:
    assert licence(metadata + "\nLicense: in the description\n") == expected
