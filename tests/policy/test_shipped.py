"""Where the rules that come with euguard lie."""

from pathlib import Path

from euguard.policy import shipped


def test_the_wheel_has_them_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "euguard"
    (package / "_shipped" / "policies").mkdir(parents=True)

    assert shipped.folder(package) == package / "_shipped" / "policies"


def test_a_checkout_has_them_beside_the_sources(tmp_path: Path) -> None:
    package = tmp_path / "src" / "euguard"
    package.mkdir(parents=True)

    assert shipped.folder(package) == tmp_path / "policies"


def test_here_they_are() -> None:
    assert (shipped.folder() / "organisation.yaml").is_file()
