"""Identifiers of Slovakia."""

from typing import Final

from euguard.pii.recognise.identifier import Identifier

IDENTIFIERS: Final[tuple[Identifier, ...]] = ()
