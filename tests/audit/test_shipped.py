"""Where the contract with auditors lies."""

from pathlib import Path

from euguard.audit import shipped
from judges import PROGRAM


def test_the_wheel_has_the_verifier_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "euguard"
    inside = package / "_shipped" / "audit" / "verify.py"
    inside.parent.mkdir(parents=True)
    inside.touch()

    assert shipped.verifier(package) == inside


def test_a_checkout_has_it_beside_the_sources(tmp_path: Path) -> None:
    package = tmp_path / "src" / "euguard"
    package.mkdir(parents=True)

    assert shipped.verifier(package) == tmp_path / "audit" / "verify.py"


def test_here_it_is() -> None:
    assert shipped.verifier().samefile(PROGRAM)
