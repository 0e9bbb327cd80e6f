"""The log, for the commands that read, adopt and export it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from euguard import __version__
from euguard.audit.export import ExportSummary, check_destination, export
from euguard.audit.log import Log
from euguard.audit.reader import Reader
from euguard.audit.record import ExportCreated
from euguard.audit.selection import NAMES, OneExchange, OnePurpose, Selection, occurs
from euguard.bootstrap.shared import clock, log_store, policies, publisher, signer, writer
from euguard.errors import ConfigurationError
from euguard.policy.schema import PolicySet
from euguard.settings import Settings
from euguard.tlog.checkpoint import Checkpoint

if TYPE_CHECKING:
    from euguard.adapters.sql.log_store import LogStore

PUBLISH_SECONDS = 5.0
"""How long a command waits for the gateway's own publisher to finish its round."""


@contextmanager
def reader(settings: Settings) -> Iterator[Reader]:
    """Open the log for reading, after publishing what has arrived so far."""
    with log_store(settings) as store:
        publisher(settings, store).publish(wait=PUBLISH_SECONDS)
        yield store


def adopt_log(settings: Settings) -> Checkpoint:
    """Start signing anew from the last checkpoint, after checking every record under it.

    Raises:
        LogForkedError: there is a signing state already, or the records do not lead to it.

    """
    with log_store(settings) as store:
        return publisher(settings, store).adopt()


async def export_log(
    settings: Settings, selection: Selection, destination: Path, *, since: bytes | None
) -> ExportSummary:
    """Write an export, and record in the log that somebody took it.

    Raises:
        EuguardError: see `audit.export.export`.

    """
    now, running = clock(), asyncio.get_running_loop()
    signing = signer(settings)
    rules = policies(settings)
    check_destination(destination)  # before the log says that somebody took a copy
    with log_store(settings) as store:
        publishing = publisher(settings, store)
        publishing.publish(wait=PUBLISH_SECONDS)
        _require_known(selection, rules, store)
        noting = writer(settings, store, now, rules.digest, name="command-line")
        await noting.start()  # before the copy: nobody takes one that the log does not know of
        try:
            if store.published() is None:  # a new log: its first record has just been written
                publishing.publish(wait=PUBLISH_SECONDS)
            return await asyncio.to_thread(
                export,
                store,
                origin=settings.origin,
                trusted=[signing.verifier],
                signer=signing,
                selection=selection,
                at=now.now(),
                software=__version__,
                destination=destination,
                since=since,
                record=lambda summary: asyncio.run_coroutine_threadsafe(
                    _note_export(noting, summary, NAMES[type(selection)]), running
                ).result(),
            )
        finally:
            await noting.stop()


def _require_known(selection: Selection, rules: PolicySet, store: "LogStore") -> None:
    """Refuse a purpose or an exchange that nobody knows: the export would be empty and signed."""
    match selection:
        case OnePurpose(purpose) if purpose not in rules.purposes:
            msg = "no such purpose, neither in the policies nor in the log"
            fix = f"the policies have: {', '.join(sorted(rules.purposes))}"
        case OneExchange():
            msg = "the log holds no such exchange"
            fix = "the header x-euguard-exchange of its answer names it"
        case _:
            return
    tree = store.published()
    if not occurs(selection, store.leaves(0, tree.size if tree else 0)):
        raise ConfigurationError(msg, fix=fix)


async def _note_export(writer: Log, summary: ExportSummary, selection: str) -> None:
    size = summary.checkpoint.size
    await writer.note(ExportCreated(size=size, records=summary.records, selection=selection))
