"""The network that an address is counted by: one address, or one IPv6 network."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_ONE_HOST: Final = 64
_ONE_SITE: Final = 48


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, and the /64 of an IPv6 address: a host can use all of it.

    An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291) counts as the IPv4 address. Any other
    text is returned unchanged.
    """
    return _network(address, _ONE_HOST)


def site_of(address: str) -> str:
    """Return the same with the /48 of an IPv6 address, as much as one customer commonly gets."""
    return _network(address, _ONE_SITE)


def _network(address: str, prefix: int) -> str:
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ip_network((int(parsed), prefix), strict=False))
    return str(parsed)
