"""Proxies that are trusted: they say for whom they ask, and whether that came through TLS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


@dataclass(frozen=True, slots=True)
class Proxies:
    """The addresses in *networks*."""

    networks: Sequence[IPv4Network | IPv6Network] = ()

    def trusts(self, address: str) -> bool:
        """Return whether *address* is that of a proxy."""
        found = _parsed(address)
        return found is not None and any(found in network for network in self.networks)

    def client(self, forwarded_for: str) -> str | None:
        """Return for whom a proxy asks, as it says in the field X-Forwarded-For: the last there that is no proxy.

        What stands before that, anybody may have written.
        """
        for word in reversed(forwarded_for.split(",")):
            found = _parsed(word.strip())
            if found is None:
                return None
            if not self.trusts(str(found)):
                return str(found)
        return None


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
