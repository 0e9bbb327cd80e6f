"""Making and finding an installation."""

import shutil
import socket
from pathlib import Path

from euguard.bootstrap.needing import needing
from euguard.bootstrap.shared import signer
from euguard.errors import ConfigurationError, DatabaseEmptyError, LogKeyLostError
from euguard.policy import shipped
from euguard.settings import Settings, find_settings, load_settings
from euguard.tlog.note import VerifierKey


def initialise(settings: Settings) -> VerifierKey:
    """Make the state folder, the policies, the tables and the log's key; keep what is there.

    Raises:
        LogKeyLostError: the log has records, and its key is not there.
        DatabaseEmptyError: the log was signed, and the database holds nothing of it.
        ConfigurationError: the folder cannot be written.
        UnavailableError: the database does not answer.

    """
    with needing("gateway"):
        from euguard.adapters import keys
        from euguard.adapters.sql import schema
    with needing("postgres"):
        _require_continuity(settings, records=schema.holds_records(settings.database_url))
    try:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.log_key.parent.mkdir(mode=0o700, exist_ok=True)
        _copy_policies(settings.policy_folder)
    except OSError as error:
        msg = f"cannot write {error.filename or settings.state}: {error.strerror}"
        raise ConfigurationError(msg) from None
    schema.upgrade(settings.database_url)
    if not settings.log_key.exists():
        keys.create(settings.log_key, settings.origin)
    return signer(settings).verifier


def _require_continuity(settings: Settings, *, records: bool) -> None:
    """Refuse to begin anew where a log has been: nobody could verify what follows."""
    signed = settings.signed_state.exists()
    if (records or signed) and not settings.log_key.exists():
        msg = f"the log has records, and its signing key {settings.log_key} is not there"
        fix = (
            "restore the key from your backup; without it this log has ended: "
            "keep its database, and begin another with `--state` and `--origin` of its own"
        )
        raise LogKeyLostError(msg, fix=fix)
    if signed and not records:
        msg = f"{settings.signed_state} says that this log was signed, and its database is empty"
        fix = (
            "set `database` back, for nothing is migrated from one to another; "
            "or begin another log with `--state` and `--origin` of its own"
        )
        raise DatabaseEmptyError(msg, fix=fix)


def _copy_policies(folder: Path) -> None:
    """Copy the shipped policies, all or nothing: half a folder would be kept for ever."""
    if folder.exists():
        return
    fresh = folder.with_name(folder.name + ".new")
    if fresh.exists():
        shutil.rmtree(fresh)
    shutil.copytree(shipped.folder(), fresh)
    fresh.rename(folder)


def policy_folder(config: str | None) -> Path:
    """Return the folder of the installation's policies, or of the shipped ones if there is none.

    Raises:
        ConfigurationError: the settings that are named, or found, are wrong.

    """
    if find_settings(config) is None:
        return shipped.folder()
    return load_settings(config).policy_folder


def hostname() -> str:
    """Return this machine's name, as the default origin of its log."""
    return socket.gethostname().lower()
