"""What a network address stands for where callers are counted: one address, or one network."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_ONE_HOST: Final = 64
_ONE_SITE: Final = 48


def network_of(address: str) -> str:
    """The address; of IPv6 the /64, whose addresses one host can change at will.

    An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`, RFC 4291) is that IPv4 address.
    What is no address stands for itself.
    """
    return _network(address, _ONE_HOST)


def site_of(address: str) -> str:
    """As `network_of`, but of IPv6 the /48: as much as one customer is commonly given."""
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
