"""A signing key in a file, of the log or of bundles: PKCS #8 in PEM, for its owner's eyes only.

::

    Origin: log.example.eu

    -----BEGIN PRIVATE KEY-----
    …

The line above the PEM block is the name that the key signs under: explanatory text, which
every PEM reader skips, so `openssl pkey -in FILE` works on the file as it is.

Source: RFC 5958 (PKCS #8), RFC 8410 (Ed25519), RFC 7468 §5.2 (explanatory text).
"""

import os
import re
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from euguard.errors import ConfigurationError, MalformedNoteError
from euguard.tlog.note import Signer

_FILE = re.compile(r"Origin: ([^\n]+)\n\n(-----BEGIN PRIVATE KEY-----\n.*)", re.DOTALL)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def create(path: Path, origin: str) -> Signer:
    """Make a new key for the log `origin`, write it to `path` and return it, once on the disk.

    Raises:
        ConfigurationError: the file exists (a log keeps its key), the directory does not, or
            the origin has a space, a plus or a control character.

    """
    private = Ed25519PrivateKey.generate()
    signer = _signer(path, origin, private)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"Origin: {origin}\n\n".encode() + pem)
            file.flush()
            os.fsync(descriptor)
        _fsync_directory(path.parent)
    except FileExistsError:
        msg = f"{path}: there is a file already, and a log keeps its key"
        raise ConfigurationError(msg, fix="give another path, or use the key") from None
    except OSError as error:
        msg = f"{path}: cannot write the key: {error.strerror}"
        raise ConfigurationError(msg) from None
    return signer


def load(path: Path) -> Signer:
    """Return the signer whose key is in `path`.

    Raises:
        ConfigurationError: no such file, others than its owner can read it, or it is not what
            `create` writes.

    """
    return _signer(path, *_parsed(path))


def derive(path: Path, purpose: str) -> Ed25519PrivateKey:
    """Return a key of its own for `purpose`, always the same for the key in `path`.

    What signs in another format signs with another key: no signature of the one can ever be
    taken for one of the other (RFC 5869, HKDF with the purpose as `info`).

    Raises:
        ConfigurationError: as `load`.

    """
    _, private = _parsed(path)
    seed = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(private.private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(seed)


def read(path: Path) -> str:
    """Return the text of a file that holds a secret; empty where it is no UTF-8.

    Raises:
        ConfigurationError: no such file, or others than its owner can read it.

    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _OTHERS:
                msg = f"{path}: mode {mode:04o} lets others than its owner at the key"
                raise ConfigurationError(msg, fix=f"chmod 600 {path}")
            return file.read().decode()
    except OSError as error:
        msg = f"{path}: cannot read the key: {error.strerror}"
        raise ConfigurationError(msg) from None
    except UnicodeDecodeError:
        return ""


def _parsed(path: Path) -> tuple[str, Ed25519PrivateKey]:
    found = _FILE.fullmatch(read(path))
    private = _private(found[2]) if found else None
    if found is None or private is None:
        msg = f"{path}: not an Origin line and an Ed25519 private key in PEM"
        raise ConfigurationError(msg)
    return found[1], private


def _private(pem: str) -> Ed25519PrivateKey | None:
    try:
        private = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return private if isinstance(private, Ed25519PrivateKey) else None


def _signer(path: Path, origin: str, private: Ed25519PrivateKey) -> Signer:
    try:
        return Signer(origin, private)
    except MalformedNoteError as error:
        msg = f"{path}: {error.message}"
        raise ConfigurationError(msg) from None


def _fsync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
