from datetime import UTC, datetime

import pytest

from euguard.errors import ConfigurationError
from euguard.provision.apt import Deb, packages, release, require_fields
from euguard.provision.manifest import File, Kind

CONTROL = "Package: hello\nVersion: 1:2.0-1\nArchitecture: amd64\nDescription: says\n hello\n"


def deb(name: str = "hello_1%3a2.0-1_amd64.deb", control: str = CONTROL) -> Deb:
    return Deb(File(name, 17, "0d" * 32, Kind.DEB), control)


def test_the_index_repeats_the_control_files_and_says_where_and_what() -> None:
    assert packages([deb("b.deb"), deb("a.deb")]).decode() == (
        f"{CONTROL}Filename: ./a.deb\nSize: 17\nSHA256: {'0d' * 32}\n\n"
        f"{CONTROL}Filename: ./b.deb\nSize: 17\nSHA256: {'0d' * 32}\n"
    )


def test_the_release_is_over_the_index() -> None:
    text = release(b"index", datetime(2026, 11, 27, 9, 30, tzinfo=UTC), "debian-12").decode()

    assert "Suite: debian-12\nDate: Fri, 27 Nov 2026 09:30:00 GMT\n" in text
    assert text.endswith(
        "SHA256:\n 1bc04b5291c26a46d918139138b992d2de976d6851d0893b0476b85bfbdfc6e6 5 Packages\n"
    )


def test_fields_are_read_from_first_lines() -> None:
    assert deb().fields["Version"] == "1:2.0-1"
    assert deb().fields["Description"] == "says"


@pytest.mark.parametrize("name", ["Package", "Version", "Architecture"])
def test_a_package_that_does_not_say_what_it_is_is_refused(name: str) -> None:
    control = "".join(
        line for line in CONTROL.splitlines(keepends=True) if not line.startswith(name)
    )

    with pytest.raises(ConfigurationError, match=f"has no {name}"):
        require_fields(deb(control=control))
