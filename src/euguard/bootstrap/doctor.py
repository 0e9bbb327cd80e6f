"""The host's facts and the card's self-test, for the command that judges them."""

from pathlib import Path

from euguard.errors import ConfigurationError, UnavailableError
from euguard.provision import selftest
from euguard.provision.facts import HostFacts, parse
from euguard.provision.finding import Finding
from euguard.provision.selftest import Measured
from euguard.provision.wanted import Wanted


def facts_in(path: Path) -> HostFacts:
    """Return the facts in a file, as the probe or `euguard doctor --json` wrote them.

    Raises:
        ConfigurationError: it cannot be read, or holds something else.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise ConfigurationError(msg) from None
    return parse(data, str(path))


def facts_here(
    wanted: Wanted, *, engine: Path, certificates: list[str], root: Path = Path("/")
) -> HostFacts:
    """Return the facts of this host.

    Raises:
        UnavailableError: the probe itself did not run.

    """
    from euguard.adapters.host import reader

    return reader.read(
        reader.Request(
            folders=tuple(wanted.disk_bytes),
            certificates=certificates,
            engine=str(engine),
            root=root,
        )
    )


def self_test(engine: Path, seconds: float) -> tuple[Measured | None, tuple[Finding, ...]]:
    """Let the card compute; return what was measured, and what is to be said of it."""
    from euguard.adapters.host import reader

    try:
        measured = selftest.parse(reader.compute(engine / "bin" / "python", seconds=seconds))
    except (UnavailableError, ConfigurationError) as error:
        return None, (selftest.failed(error.message),)
    return measured, selftest.judge(measured, selftest.read_peaks())
