"""The wiring of operations: bundles through their command, papers from the shipped policies."""

import os
import sys
from pathlib import Path

import pytest

from euguard.bootstrap.install import BundleCommand, default_runs, paper_statements, shipped_kit
from euguard.errors import (
    ConfigurationError,
    EuguardError,
    IntegrityError,
    UnavailableError,
    UsageError,
)
from euguard.provision.event import Change, Event, Kind
from euguard.provision.operation import Seal
from euguard.provision.plan import plan

SOUND = '{"verified": true, "version": "0.2.0", "manifest_sha256": "ab"}'
WRONG = '{"error": {"code": "bundle_invalid", "message": "wheels/x.whl: changed", "fix": "carry"}}'


def command(text: str, code: int) -> tuple[str, ...]:
    """Return a program that says the one thing and ends with the other."""
    return (sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})")


def test_a_sound_bundle_has_a_version_and_the_digest_of_its_manifest(tmp_path: Path) -> None:
    bundles = BundleCommand(("key",), command(SOUND, 0))

    assert bundles.verify(tmp_path) == Seal("0.2.0", "ab")


@pytest.mark.parametrize(
    "text, code, kind, said",
    [
        (WRONG, 5, IntegrityError, "wheels/x.whl: changed"),
        (WRONG, 3, ConfigurationError, "wheels/x.whl: changed"),
        (WRONG, 2, UsageError, "wheels/x.whl: changed"),
        (WRONG, 1, UnavailableError, "wheels/x.whl: changed"),
        ("{}", 5, IntegrityError, "does not verify"),
        ("", 0, UnavailableError, "gave no answer"),
        ("Traceback", 1, UnavailableError, "gave no answer"),
    ],
)
def test_any_other_answer_stops_the_installation(
    tmp_path: Path, text: str, code: int, kind: type[EuguardError], said: str
) -> None:
    with pytest.raises(kind, match=said) as raised:
        BundleCommand((), command(text, code)).verify(tmp_path)

    assert type(raised.value) is kind
    if text == WRONG:
        assert (raised.value.code, raised.value.fix) == ("bundle_invalid", "carry")


def test_keys_are_handed_on(tmp_path: Path) -> None:
    says = "import sys; assert sys.argv[1:] == ['bundle', 'verify', '--json', '--key', 'k', '--key'"
    program = f"{says}, 'l', {str(tmp_path)!r}], sys.argv; print({SOUND!r})"

    assert BundleCommand(("k", "l"), (sys.executable, "-c", program)).verify(tmp_path).version


def test_the_papers_that_come_with_euguard_are_held_against_a_plan() -> None:
    change = Change("/etc/euguard/euguard.toml", text=("+port = 9000",))
    purpose = Change("/etc/euguard/policies/purposes/drafting-letters.yaml")
    events = [Event(Kind.CHANGED, "", host="box", changes=(change, purpose))]

    untrue = plan(events, paper_statements()).untrue

    papers = {one.statement.paper for one in untrue}
    assert "Record of processing activities" in papers
    assert "settings.listen" in {one.statement.fact for one in untrue}
    assert "purpose.drafting-letters.lawful_basis" in {one.statement.fact for one in untrue}
    assert not {one.statement.fact for one in untrue} & {"settings.database", "log.use"}


def test_the_kit_is_in_the_wheel_or_in_the_checkout(tmp_path: Path) -> None:
    package = tmp_path / "src" / "euguard"
    assert shipped_kit(package) == tmp_path / "deploy"

    (package / "_shipped" / "deploy").mkdir(parents=True)
    assert shipped_kit(package) == package / "_shipped" / "deploy"


def test_runs_are_kept_where_the_account_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/home/e/.state")

    found = default_runs()

    root = Path("/var/log/euguard/runs")
    assert found == (root if os.geteuid() == 0 else Path("/home/e/.state/euguard/runs"))
