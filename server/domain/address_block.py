"""Which part of a network address stands for one sender."""

from ipaddress import IPv6Address


def address_block(host: str) -> str:
    """The address itself; of IPv6 the /64, which is what one household or host is given.

    An IPv4 address that is written as IPv6 is that IPv4 address. What is no address stays as it is.
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
