"""C2SP signed notes: text that keys have signed, one line for each.

::

    text, every line ending in a newline
    <blank line>
    — <key name> <base64 of key ID (4 bytes, big-endian) and signature>

A public key is written on one line as `<name>+<key ID, 8 hex digits>+<base64 of 0x01 and key>`.
Only Ed25519 (signature type 0x01) is known here.

Source: https://c2sp.org/signed-note; RFC 8032 §5.1 (Ed25519).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from euguard.errors import MalformedNoteError, SignatureInvalidError
from euguard.tlog import spelling

MAX_NOTE = 1_000_000
"""Bytes in a note at most; the format leaves the limit to the reader."""

MAX_SIGNATURES = 100
"""Signature lines at most; the format asks for 16 at least."""

_ED25519 = b"\x01"
_PUBLIC_SIZE = 32
_KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)
_DASH = "\N{EM DASH} "

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
"""The field and the constant d of edwards25519 (RFC 8032 §5.1)."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public key of a signer, under the name and ID that its signature lines carry."""

    name: str
    key_id: int
    """First four bytes of SHA-256(name, newline, 0x01, key), big-endian."""
    public: bytes
    """Ed25519 public key, 32 bytes (RFC 8032 §5.1.5)."""

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != _PUBLIC_SIZE:
            msg = f"key: {len(self.public)} bytes, not {_PUBLIC_SIZE}"
            raise MalformedNoteError(msg)
        # A key under another key's ID would have its signatures looked up in the other's name.
        if self.key_id != key_id(self.name, self.public):
            msg = f"key {self.key_id:08x}: the ID is not that of this name and key"
            raise MalformedNoteError(msg)
        if not _is_sound(self.public):
            msg = f"key {self.key_id:08x}: not an Ed25519 point that can hold a private key"
            raise MalformedNoteError(msg)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the one line that `str` writes, without a newline.

        Raises:
            MalformedNoteError: not a key line, not Ed25519, or the ID of another key.

        """
        parts = text.split("+", 2)  # a name holds no plus; the base64 may
        if len(parts) != len(("name", "ID", "key")):
            msg = "key: not of the form name+ID+key"
            raise MalformedNoteError(msg)
        name, hexadecimal, encoded = parts
        if _KEY_ID.fullmatch(hexadecimal) is None:
            msg = "key: the ID is not 8 lower-case hexadecimal digits"
            raise MalformedNoteError(msg)
        typed = spelling.from_base64(encoded)
        if typed is None:
            msg = f"key {hexadecimal}: not standard base64"
            raise MalformedNoteError(msg)
        if typed[:1] != _ED25519:
            msg = f"key {hexadecimal}: not of signature type 0x01 (Ed25519)"
            raise MalformedNoteError(msg)
        return cls(name, int(hexadecimal, 16), typed[1:])

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id:08x}+{spelling.to_base64(_ED25519 + self.public)}"


class Signer:
    """Signs notes under one name."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        """Take the private key and the name it signs under (no space, no plus)."""
        public = private.public_key().public_bytes_raw()
        self.verifier = VerifierKey(name, key_id(name, public), public)
        self._private = private

    def sign(self, text: str) -> bytes:
        """Return the whole note: `text`, which ends in a newline, and its signature.

        Raises:
            MalformedNoteError: the text is empty, does not end in a newline or holds
                characters that a note must not.

        """
        signed = text.encode("utf-8", "surrogatepass")
        _check_text(signed)
        signature = self.verifier.key_id.to_bytes(4, "big") + self._private.sign(signed)
        line = f"\n{_DASH}{self.verifier.name} {spelling.to_base64(signature)}\n"
        return signed + line.encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A text that trusted keys have signed."""

    text: str
    """With its final newline."""
    signers: tuple[VerifierKey, ...]
    """Whose signatures were verified, in the order of their lines; at least one."""


def open_note(data: bytes, trusted: Sequence[VerifierKey]) -> Note:
    """Return the text of a note that at least one trusted key has signed.

    Signatures of other keys are ignored, as the format asks (witnesses, new keys).

    Raises:
        MalformedNoteError: not a signed note, or not in its one spelling.
        SignatureInvalidError: no trusted key has signed, or the signature under a trusted
            key's name and ID is not of that key.

    """
    signed, lines = _split(data)
    known = {(key.name, key.key_id): key for key in trusted}
    if len(known) != len(set(trusted)):
        msg = "note: two trusted keys share a name and an ID"
        raise SignatureInvalidError(msg)
    signers: list[VerifierKey] = []
    for number, line in enumerate(lines, 1):
        name, identifier, signature = _parse_signature(line, number)
        key = known.get((name, identifier))
        if key is None:
            continue
        if key in signers:
            msg = f"note: the key {identifier:08x} signs twice"
            raise MalformedNoteError(msg)
        _verify(key, signature, signed)
        signers.append(key)
    if not signers:
        msg = "note: no trusted key has signed it"
        raise SignatureInvalidError(msg)
    return Note(signed.decode(), tuple(signers))


def unverified_text(data: bytes) -> str:
    """Return the text of a note, whoever has signed it: to tell what a file is, not to trust it.

    Raises:
        MalformedNoteError: not a signed note, or not in its one spelling.

    """
    signed, lines = _split(data)
    for number, line in enumerate(lines, 1):
        _parse_signature(line, number)
    return signed.decode()


def key_id(name: str, public: bytes) -> int:
    """Return the ID that the format recommends for an Ed25519 key under a name."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass") + b"\n" + _ED25519 + public)
    return int.from_bytes(digest.digest()[:4], "big")


def check_name(name: str) -> None:
    """Check that a key may be called `name`.

    Raises:
        MalformedNoteError: empty, or with a space, a plus, a control character or what
            UTF-8 cannot write.

    """
    # The space ends a name in a signature line, the plus in a key line.
    if not name or any(c.isspace() or c == "+" or c < " " or _is_surrogate(c) for c in name):
        msg = "key name: empty, or with a space, a plus or a control character"
        raise MalformedNoteError(msg)


def _split(data: bytes) -> tuple[bytes, list[str]]:
    """Return the signed text and the signature lines without their newlines."""
    if len(data) > MAX_NOTE:
        msg = f"note: {len(data)} bytes, more than {MAX_NOTE}"
        raise MalformedNoteError(msg)
    # The text may hold blank lines; the last one ends it.
    text, blank, signatures = data.rpartition(b"\n\n")
    if not blank:
        msg = "note: no blank line between text and signatures"
        raise MalformedNoteError(msg)
    signed = text + b"\n"
    _check_text(signed)
    if not signatures.endswith(b"\n"):
        msg = "note: the last signature line does not end in a newline"
        raise MalformedNoteError(msg)
    try:
        lines = signatures.decode().split("\n")[:-1]
    except UnicodeDecodeError:
        msg = "note: a signature line is not UTF-8"
        raise MalformedNoteError(msg) from None
    if len(lines) > MAX_SIGNATURES:
        msg = f"note: {len(lines)} signatures, more than {MAX_SIGNATURES}"
        raise MalformedNoteError(msg)
    return signed, lines


def _check_text(signed: bytes) -> None:
    if signed in (b"", b"\n"):
        msg = "note: the text is empty"
        raise MalformedNoteError(msg)
    if not signed.endswith(b"\n"):
        msg = "note: the text does not end in a newline"
        raise MalformedNoteError(msg)
    if any(byte < ord(" ") and byte != ord("\n") for byte in signed):
        msg = "note: the text holds a control character"
        raise MalformedNoteError(msg)
    try:
        signed.decode()
    except UnicodeDecodeError:
        msg = "note: the text is not UTF-8"
        raise MalformedNoteError(msg) from None


def _parse_signature(line: str, number: int) -> tuple[str, int, bytes]:
    """Return key name, key ID and signature of one line."""
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != len(("name", "signature")):
        msg = f"note: signature line {number} is not a dash, a name and a signature"
        raise MalformedNoteError(msg)
    name, encoded = parts
    check_name(name)
    decoded = spelling.from_base64(encoded)
    if decoded is None or len(decoded) <= len(b"key "):
        msg = f"note: signature line {number} is not base64 of a key ID and a signature"
        raise MalformedNoteError(msg)
    return name, int.from_bytes(decoded[:4], "big"), decoded[4:]


def _verify(key: VerifierKey, signature: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
    except InvalidSignature:
        msg = f"note: the signature of the key {key.key_id:08x} is not over this text"
        raise SignatureInvalidError(msg) from None


def _is_sound(public: bytes) -> bool:
    """Tell whether the bytes are the one spelling of a point that is not of small order.

    OpenSSL decodes y >= p as y - p, and takes points of order 1 to 8, under which one
    signature fits many texts. Refused here, so that what it accepts is what RFC 8032 means
    and what audit/verify.py accepts.
    """
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    if y >= _P:
        return False
    square = y * y % _P
    # x**2 = u / v on the curve. Of order 4: y = 0; of order 8: twice the point has y = 0.
    u, v = square - 1, _D * square + 1
    small = y == 0 or (_D * square * square + 2 * square - 1) % _P == 0
    # Of order 1 or 2: x = 0, so that u * v is 0. Not on the curve: u / v has no root.
    return not small and pow(u * v, (_P - 1) // 2, _P) == 1


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
