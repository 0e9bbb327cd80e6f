"""`euguard init`: what it makes, what it keeps, and what it refuses to begin anew."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from commands import as_json, run
from databases import Postgres


def signed_log(folder: Path) -> dict[str, Any]:
    """Make an installation in `folder` whose log has a record and a signature."""
    made = as_json("init", cwd=folder)
    assert made["exit"] == 0, made
    # There is nothing to export yet, but who tried is recorded, and the next round signs that.
    as_json("audit", "export", "export.zip", cwd=folder)
    assert as_json("audit", "status", cwd=folder)["size"] > 0
    return made


def key_file(folder: Path) -> Path:
    return folder / "euguard-state" / "keys" / "log.pem"


def test_init_is_run_again_without_harm(tmp_path: Path) -> None:
    first = as_json("init", cwd=tmp_path)
    again = as_json("init", cwd=tmp_path)

    assert again == first
    assert (tmp_path / "euguard.toml").stat().st_mode & 0o077 == 0
    assert key_file(tmp_path).stat().st_mode & 0o077 == 0


# ------------------------------------------------------------------ what is not begun anew


def test_a_lost_key_of_a_signed_log_is_not_replaced(tmp_path: Path) -> None:
    signed_log(tmp_path)
    key_file(tmp_path).unlink()

    refused = as_json("init", cwd=tmp_path)

    assert (refused["exit"], refused["error"]["code"]) == (3, "log_key_lost")
    assert "restore the key from your backup" in refused["error"]["fix"]
    assert not key_file(tmp_path).exists()


def test_nor_where_only_the_database_was_restored(tmp_path: Path) -> None:
    signed_log(tmp_path)
    key_file(tmp_path).unlink()
    shutil.rmtree(tmp_path / "euguard-state" / "signed")

    assert as_json("init", cwd=tmp_path)["error"]["code"] == "log_key_lost"
    assert not key_file(tmp_path).exists()


def test_nor_where_only_the_signed_state_is_left(tmp_path: Path) -> None:
    signed_log(tmp_path)
    key_file(tmp_path).unlink()
    (tmp_path / "euguard-state" / "euguard.db").unlink()

    assert as_json("init", cwd=tmp_path)["error"]["code"] == "log_key_lost"


def test_a_restored_key_goes_on(tmp_path: Path) -> None:
    made = signed_log(tmp_path)
    saved = key_file(tmp_path).rename(tmp_path / "log.pem")
    assert as_json("init", cwd=tmp_path)["exit"] == 3

    saved.rename(key_file(tmp_path))

    assert as_json("init", cwd=tmp_path) == made


def test_an_empty_database_beside_a_signed_state_is_refused(tmp_path: Path) -> None:
    made = signed_log(tmp_path)
    settings = tmp_path / "euguard.toml"
    before = settings.read_text()
    settings.write_text(before + f'database = "sqlite:///{tmp_path}/other.db"\n')

    refused = as_json("init", cwd=tmp_path)
    settings.write_text(before)

    assert (refused["exit"], refused["error"]["code"]) == (3, "database_empty")
    assert "nothing is migrated" in refused["error"]["fix"]
    assert not (tmp_path / "other.db").exists()
    assert as_json("init", cwd=tmp_path) == made


def test_a_database_is_chosen_before_the_first_record(tmp_path: Path) -> None:
    as_json("init", cwd=tmp_path)
    assert as_json("audit", "status", cwd=tmp_path)["size"] == 0
    settings = tmp_path / "euguard.toml"
    settings.write_text(settings.read_text() + f'database = "sqlite:///{tmp_path}/other.db"\n')

    assert as_json("init", cwd=tmp_path)["exit"] == 0
    assert (tmp_path / "other.db").exists()


def test_what_was_signed_can_be_kept_elsewhere(tmp_path: Path) -> None:
    as_json("init", cwd=tmp_path)
    settings = tmp_path / "euguard.toml"
    settings.write_text(settings.read_text() + f'signed = "{tmp_path}/elsewhere"\n')

    signed_log(tmp_path)

    assert (tmp_path / "elsewhere" / "state.json").exists()
    assert not (tmp_path / "euguard-state" / "signed").exists()


def test_half_a_copy_of_the_policies_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "euguard-state" / "policies.new" / "purposes").mkdir(parents=True)

    assert as_json("init", cwd=tmp_path)["exit"] == 0

    assert (tmp_path / "euguard-state" / "policies" / "organisation.yaml").exists()
    assert not (tmp_path / "euguard-state" / "policies.new").exists()
    assert as_json("policy", "test", cwd=tmp_path)["exit"] == 0


# ------------------------------------------------------------------ the settings file


def test_options_are_written_to_the_file_that_did_not_exist(tmp_path: Path) -> None:
    done = run(
        *("init", "--state", "kept", "--config", "etc/eu guard.toml", "--port", "9999"),
        *("--origin", "log.example.eu", "--upstream-socket", "run/vllm.sock"),
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
    assert tomllib.loads((tmp_path / "etc" / "eu guard.toml").read_text()) == {
        "state": str(tmp_path / "kept"),
        "origin": "log.example.eu",
        "upstream_socket": str(tmp_path / "run" / "vllm.sock"),
        "port": 9999,
    }
    assert "euguard serve --config 'etc/eu guard.toml'" in done.stdout


@pytest.mark.parametrize(
    "option, value",
    [
        ("--state", "other"),
        ("--origin", "other.example"),
        ("--database", "sqlite:////nowhere/x.db"),
        ("--upstream", "http://127.0.0.1:9"),
        ("--upstream-socket", "other.sock"),
        ("--port", "9999"),
    ],
)
def test_an_option_that_the_settings_file_contradicts_is_refused(
    home: Path, option: str, value: str
) -> None:
    before = (home / "euguard.toml").read_text()

    done = run("init", option, value, cwd=home)

    assert done.returncode == 2
    assert option in done.stderr
    assert "euguard.toml" in done.stderr
    assert (home / "euguard.toml").read_text() == before


def test_options_that_the_settings_file_states_as_well_are_not(home: Path) -> None:
    assert as_json("init", "--state", "euguard-state", "--port", "8080", cwd=home)["exit"] == 0


@pytest.mark.parametrize(
    "wrong", [("--database", "mysql://x"), ("--origin", "Not An Origin"), ("--upstream", "x:1")]
)
def test_a_failed_init_leaves_nothing_that_the_next_one_trips_over(
    tmp_path: Path, wrong: tuple[str, str]
) -> None:
    failed = run("init", *wrong, cwd=tmp_path)
    left = list(tmp_path.iterdir())
    corrected = run("init", "--origin", "log.example.eu", cwd=tmp_path)

    assert failed.returncode == 3
    assert left == []
    assert corrected.returncode == 0, corrected.stderr


def test_nor_does_one_that_does_not_reach_its_database(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"

    failed = run("init", "--database", url, cwd=tmp_path)

    assert failed.returncode == 6
    assert "no server answers there" in failed.stderr
    assert list(tmp_path.iterdir()) == []


def test_settings_are_found_where_every_command_finds_them(home: Path, tmp_path: Path) -> None:
    named = str(home / "euguard.toml")

    done = run("init", cwd=tmp_path, EUGUARD_CONFIG=named)

    assert done.returncode == 0, done.stderr
    assert f"settings   {named}" in done.stdout
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ PostgreSQL


@pytest.mark.postgres
def test_a_role_or_a_database_that_is_missing_is_said(postgres: Postgres, tmp_path: Path) -> None:
    there = postgres.fresh()
    name = there.partition("@/")[2].partition("?")[0]

    no_role = run("init", "--database", there.replace("euguard@", "ghost@"), cwd=tmp_path)
    no_database = run("init", "--database", there.replace(name, "nothing"), cwd=tmp_path)
    made = run("init", "--database", there, cwd=tmp_path)

    assert (no_role.returncode, no_database.returncode, made.returncode) == (6, 6, 0)
    assert "there is no such role" in no_role.stderr
    assert "createuser" in no_role.stderr
    assert "there is no such database" in no_database.stderr
    assert "createdb" in no_database.stderr
