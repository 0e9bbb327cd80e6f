"""Identifiers of Germany."""

from typing import Final

from euguard.pii.recognise.identifier import Identifier

IDENTIFIERS: Final[tuple[Identifier, ...]] = ()
