"""What an optional part of the kit lacks, said in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from euguard.errors import ConfigurationError


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Name the optional part `extra` of the kit where an import within fails.

    Raises:
        ConfigurationError: a library of that part is not installed.

    """
    try:
        yield
    except ModuleNotFoundError as error:
        msg = f"this needs the part of euguard called [{extra}] ({error.name} is not installed)"
        raise ConfigurationError(msg, fix=f"pip install 'euguard[{extra}]'") from None
