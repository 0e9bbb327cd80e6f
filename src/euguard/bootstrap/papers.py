"""The papers, wired to the policies, the settings and the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from euguard import __version__
from euguard.bootstrap.audit import reader
from euguard.bootstrap.needing import needing
from euguard.bootstrap.shared import clock, policies, signer
from euguard.settings import Settings

if TYPE_CHECKING:
    from euguard.evidence.build import BuildSummary, Inputs
    from euguard.evidence.document import OpenItem


def build_papers(settings: Settings, destination: Path) -> "BuildSummary":
    """Write the papers from the policies, the settings and the log.

    Raises:
        EuguardError: see `evidence.build.build`.

    """
    with needing("documents"):
        from euguard.evidence.build import build
    with _evidence(settings) as inputs:
        return build(inputs, destination)


def paper_gaps(settings: Settings) -> "tuple[OpenItem, ...]":
    """Return what the papers cannot say yet."""
    with needing("documents"):
        from euguard.evidence.build import gaps
    with _evidence(settings) as inputs:
        return gaps(inputs)


@contextmanager
def _evidence(settings: Settings) -> "Iterator[Inputs]":
    from euguard.evidence.build import Inputs
    from euguard.evidence.network import outside
    from euguard.evidence.observe import Log as Observed

    verifier = signer(settings).verifier
    upstream = settings.upstream_socket or settings.upstream
    stated = {
        "software": f"euguard {__version__}",
        "origin": settings.origin,
        "database": settings.database_kind,
        "listen": f"{settings.host}:{settings.port}",
        "upstream": str(upstream),
        "network": outside([str(upstream), settings.database_url]),
    }
    with reader(settings) as log:
        yield Inputs(
            policies=policies(settings),
            settings=stated,
            log=Observed(reader=log, origin=settings.origin, trusted=[verifier]),
            now=clock().now(),
        )
