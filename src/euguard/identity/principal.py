"""Who calls."""

from dataclasses import dataclass, field

from euguard.terms import KeyId, PurposeId


@dataclass(frozen=True, slots=True)
class Principal:
    """The holder of an API key, as far as a request is concerned."""

    key: KeyId
    purposes: tuple[PurposeId, ...]
    """Purposes that the key is bound to, sorted, at least one."""
    secret: bytes = field(repr=False)
    """32 bytes derived from the presented key; the secret under which pseudonyms are made."""
