"""Which of the addresses that the program dials are outside this machine."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, urlsplit


def outside(urls: Iterable[str]) -> str:
    """Return host and port of each URL that leaves the machine, or that there is none.

    A database's URL may hold a password: nothing but host and port is returned.
    """
    found = [address for url in urls for address in _addresses(urlsplit(url))]
    return ", ".join(dict.fromkeys(found)) or "none: all that is dialled is on this machine"


def _addresses(url: SplitResult) -> Iterator[str]:
    # libpq also takes the host, or several, from the query: postgresql:///log?host=a,b
    inquired = ",".join(parse_qs(url.query).get("host", [])).split(",")
    for host in [url.hostname, *inquired]:
        if host and not _is_here(host):
            yield f"{host}:{url.port}" if url.port else host


def _is_here(host: str) -> bool:
    if host == "localhost" or host.startswith("/"):  # a Unix socket's folder
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
