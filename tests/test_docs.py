"""What the documentation says of the program is what the program says of itself."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("settings.md", "commands.md", "errors.md", "preflight.md")


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    from docs.reference.generate import pages

    return pages()


@pytest.mark.parametrize("page", PAGES)
def test_a_reference_page_is_what_make_docs_writes(generated: dict[str, str], page: str) -> None:
    assert (ROOT / "docs" / "reference" / page).read_text() == generated[page]


def test_the_sizing_table_is_what_the_memory_plan_computes() -> None:
    from docs.reference.generate import SIZING, sizing

    assert SIZING.read_text() == sizing()


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
    from euguard.errors import EuguardError, GatewayStoppedError
    from euguard.gateway import errors

    page = (ROOT / "docs/how-to/call-the-gateway.md").read_text()
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")]
    explained = {
        (int(status), code)
        for _, statuses, codes, *_ in rows
        for status in re.findall(r"\d+", statuses)
        for code in re.findall(r"`(\w+)`", codes)
    }

    # Each refusal that is raised has a row of its own: `refused` is only their parent.
    kinds: list[type[EuguardError]] = [*errors.STATUS, EuguardError, GatewayStoppedError]
    expected = {(int(errors.status(kind(""))), kind.code) for kind in kinds}
    assert expected - explained == {(403, "refused")}
    assert explained - expected == {(405, "route_not_found")}


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
