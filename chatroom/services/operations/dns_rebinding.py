"""DNS rebinding: names by which a stranger's web page may reach this machine.

The page lets its own name lead to 127.0.0.1, and its reader's browser then asks there in its name.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from twisted.internet.address import IPv4Address as IPv4Peer
from twisted.internet.address import IPv6Address as IPv6Peer
from twisted.internet.interfaces import IAddress

_OURS = (".localhost", ".local")
"""Endings of names for which no name server out there is asked."""


def is_private(here: IAddress) -> bool:
    """Return whether only this machine reaches the address *here*."""
    if not isinstance(here, IPv4Peer | IPv6Peer):
        return False
    ip = ip_address(here.host)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_loopback


def can_be_rebound(name: str, machine: str) -> bool:
    """Return whether a stranger could let *name* lead to this machine, whose own name is *machine*."""
    name = name.lower().removesuffix(".")
    try:
        ip_address(name)
    except ValueError:
        return "." in name and name != machine.lower() and not name.endswith(_OURS)
    return False
