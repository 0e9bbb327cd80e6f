"""What the documentation says of the program is what the program says of itself."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("settings.md", "commands.md", "errors.md")


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    from docs.reference.generate import pages

    return pages()


@pytest.mark.parametrize("page", PAGES)
def test_a_reference_page_is_what_make_docs_writes(generated: dict[str, str], page: str) -> None:
    assert (ROOT / "docs" / "reference" / page).read_text() == generated[page]


def texts() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_every_named_file_is_there(path: Path) -> None:
    text = path.read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    named = re.findall(r"`((?:tests|audit|policies|docs|deploy|src)/[\w./-]+)`", text)

    assert [link for link in links if not (path.parent / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_error_code_of_the_gateway_is_explained_to_its_callers() -> None:
    from euguard.gateway import errors

    page = (ROOT / "docs/how-to/call-the-gateway.md").read_text()
    internal = {"refused", "unavailable"}

    codes = {kind.code for kind in errors.STATUS} - internal
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []


def test_nothing_says_that_anybody_is_compliant() -> None:
    word = "com" + "pliant"
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.splitlines()
    shipped = [
        ROOT / name
        for name in tracked
        if name.startswith(("src/", "policies/", "audit/", "README"))
    ]

    assert [
        p.name for p in shipped if p.is_file() and word in p.read_text(errors="ignore").lower()
    ] == []
