"""What a restored backup shows, and to whom (audit/SPEC.md §9: the state was not put back)."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import appender
from chains import closed, opened
from databases import sqlite_url, upgraded
from euguard.adapters.sql.log_store import LogStore
from euguard.audit.export import export
from euguard.audit.selection import All
from euguard.errors import LogForkedError
from judges import JUDGES, Judge


def live(state: Path, number: int, exported: Path | None = None) -> bytes:
    """Serve one exchange, publish, perhaps export; return the checkpoint."""
    with upgraded(sqlite_url(state)) as database:
        store = LogStore(database)

        async def serve() -> None:
            log = appender.log_of(store, state, "gateway-0")
            await log.start()
            await log.open(opened(number))
            await log.close(closed(number))
            await log.stop()

        asyncio.run(serve())
        appender.publisher(store, state, "gateway-0").publish()
        checkpoint = store.checkpoint()
        assert checkpoint is not None
        if exported is not None:
            export(
                store,
                origin=appender.ORIGIN,
                trusted=[appender.signer().verifier],
                signer=appender.signer(),
                selection=All(),
                at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
                software="0.1.0",
                destination=exported,
            )
        return checkpoint


@pytest.mark.parametrize("judge", JUDGES)
def test_a_state_put_back_whole_verifies_and_a_checkpoint_from_in_between_shows_it(
    tmp_path: Path, judge: Judge
) -> None:
    state, backup, path = tmp_path / "state", tmp_path / "backup", tmp_path / "export.zip"
    state.mkdir()
    before = live(state, 1)
    shutil.copytree(state, backup)
    denied = live(state, 2)
    shutil.rmtree(state)
    backup.rename(state)

    live(state, 3, path)

    key = str(appender.signer().verifier)
    assert judge(path, key, None)["status"] == "verified"
    assert judge(path, key, before)["status"] == "verified"
    found = judge(path, key, denied)
    assert (found["status"], found["failures"][0]["step"]) == ("failed", 9)
    assert "rewritten" in found["failures"][0]["message"]


def test_a_database_put_back_alone_is_not_signed(tmp_path: Path) -> None:
    state, kept = tmp_path / "state", tmp_path / "kept"
    state.mkdir()
    live(state, 1)
    shutil.copytree(state, kept)
    live(state, 2)
    signed = tmp_path / "state" / "gateway-0.state"
    newest = tmp_path / "newest"
    signed.rename(newest)  # as on another disk
    shutil.rmtree(state)
    kept.rename(state)
    shutil.rmtree(signed)
    newest.rename(signed)

    with pytest.raises(LogForkedError):
        live(state, 3)
