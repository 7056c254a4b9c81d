"""The part of a network address that stands for one sender."""

from ipaddress import IPv6Address


def address_block(host: str) -> str:
    """Return an IPv4 address as it is, and the /64 of an IPv6 address, as one host is given.

    An IPv4-mapped IPv6 address becomes the IPv4 address. Any other text is returned unchanged.
    """
    if ":" not in host:
        return host
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64))
