"""Networks: parts of the internet, as operators name them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from chatroom.core.values.errors import BadFrame, NotAllowed

_WIDEST = {4: 8, 6: 32}
"""The fewest bits by which a network is told from others."""

_HOST_BITS = 64
"""Bits by which one customer of IPv6 is told from others: nobody is banned by more."""


class Network(NamedTuple):
    """All hosts whose first *prefix* bits are *value*; *size* is how many bytes a host has: 4 of IPv4, 8 of IPv6."""

    size: int
    prefix: int
    value: int

    def holds(self, host: bytes | None) -> bool:
        """Return whether *host* is one of them."""
        return host is not None and len(host) == self.size and first_bits(host, self.prefix) == self.value


def first_bits(host: bytes, prefix: int) -> int:
    """Return the first *prefix* bits of *host*."""
    return int.from_bytes(host) >> (8 * len(host) - prefix)


def internet_address(text: str) -> IPv4Address | IPv6Address:
    """Return the address that *text* is; one of IPv4 is that, whatever clothes of IPv6 it comes in.

    :raises ValueError: if it is none.
    """
    found = ip_address(text)
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def network(text: str) -> str:
    """Return *text*, an address or a network, in the one way in which networks are written.

    Bits of a host are cleared; of IPv6 at most 64 bits are left, and an address of IPv4 in its clothes is one of IPv4.

    :raises chatroom.core.values.errors.BadFrame: if it is none.
    :raises chatroom.core.values.errors.NotAllowed: if it is so wide that few would be left.
    """
    try:
        # A zone is one of this machine's own.
        found = ip_network("" if "%" in text else text, strict=False)
    except ValueError:
        raise BadFrame(f"{text!r} is no address, and no network as 192.0.2.0/24") from None
    if isinstance(found, IPv6Network):
        mapped = IPv6Address(found.network_address).ipv4_mapped
        if mapped and found.prefixlen >= 96:
            found = ip_network(f"{mapped}/{found.prefixlen - 96}")
        elif found.prefixlen > _HOST_BITS:
            found = found.supernet(new_prefix=_HOST_BITS)
    widest = _WIDEST[found.version]
    if found.prefixlen < widest:
        raise NotAllowed(f"{found} is too wide; /{widest} is the widest")
    return str(found)


def parsed(text: str) -> Network:
    """Return the network that :func:`network` has written."""
    found = ip_network(text)
    address = found.network_address.packed
    host = address[:8] if found.version == 6 else address
    return Network(len(host), found.prefixlen, first_bits(host, found.prefixlen))
