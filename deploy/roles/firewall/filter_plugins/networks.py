"""A filter for rules of a firewall: whether an address lies in one of some networks."""

from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network


def within(address: str, networks: Sequence[str]) -> bool:
    """Tell whether an address is in one of the networks, of its family or mapped into the other.

    Raises:
        ValueError: not an address, or not a network.

    """
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in ip_network(each, strict=False) for each in networks)


def of_version(networks: Sequence[str], version: int) -> list[str]:
    """Return those of the networks that are of IP version 4 or 6.

    Raises:
        ValueError: not a network.

    """
    return [each for each in networks if ip_network(each, strict=False).version == version]


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """Return the filters by name."""
        return {"euguard_within": within, "euguard_of_version": of_version}
