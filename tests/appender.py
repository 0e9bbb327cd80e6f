"""A program to be killed: appends at full speed and writes down what was acknowledged.

    python tests/appender.py URL WRITER FOLDER [--clients 32] [--publish]

Lines go to `FOLDER/WRITER.acknowledged`, one for each record the log has acknowledged, by a write
of its own: what is in the file survives a SIGKILL. `started`, `o <exchange>`, `c <exchange>`.
SIGTERM ends it in good order.
"""

import argparse
import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).parent))

from chains import POLICY, closed, opened
from euguard.adapters.clock import SystemClock
from euguard.adapters.sql.database import Database
from euguard.adapters.sql.log_store import LogStore
from euguard.audit.log import Log
from euguard.audit.publish import Publisher, PublishLoop
from euguard.errors import LogUnavailableError
from euguard.tlog.note import Signer

ORIGIN = "log.example.eu"


def signer() -> Signer:
    """Return the key that all tests sign with."""
    return Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def publisher(store: LogStore, folder: Path, name: str) -> Publisher:
    return Publisher(store, signer(), origin=ORIGIN, state=folder / f"{name}.state" / "publisher")


def log_of(store: LogStore, folder: Path, writer: str) -> Log:
    return Log(
        store,
        writer=writer,
        software="0.1.0",
        policy=POLICY,
        clock=SystemClock(),
        lock=folder / f"{writer}.lock",
    )


async def client(log: Log, acknowledged: int, ended: asyncio.Event) -> None:
    while not ended.is_set():
        number = secrets.randbits(48)
        try:
            exchange = (await log.open(opened(number))).exchange
            os.write(acknowledged, f"o {exchange}\n".encode())
            await log.close(closed(number))
            os.write(acknowledged, f"c {exchange}\n".encode())
        except LogUnavailableError:
            await asyncio.sleep(0.01)


async def run(arguments: argparse.Namespace, store: LogStore) -> None:
    folder: Path = arguments.folder
    path = folder / f"{arguments.writer}.acknowledged"
    acknowledged = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    log = log_of(store, folder, arguments.writer)
    loop = PublishLoop(publisher(store, folder, arguments.writer), every=0.02)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await log.start()
    os.write(acknowledged, b"started\n")
    if arguments.publish:
        loop.start()
    async with asyncio.TaskGroup() as group:
        for _ in range(arguments.clients):
            group.create_task(client(log, acknowledged, ended))
    await log.stop()
    loop.stop()
    os.close(acknowledged)
    assert loop.forked is None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("writer")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--publish", action="store_true")
    arguments = parser.parse_args()
    database = Database(arguments.url)
    try:
        asyncio.run(run(arguments, LogStore(database)))
    finally:
        database.close()


if __name__ == "__main__":
    main()
