"""Proxies that are trusted: they say for whom they ask, and whether that came through TLS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from chatroom.core.values.networks import internet_address

_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")
"""An address as some proxies write it: with the port, and one of IPv6 in brackets."""


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

        What stands before that, anybody may have written. Where all are proxies, one of them asks: the first.
        """
        client = None
        for word in reversed(forwarded_for.split(",")):
            found = _parsed(_without_port(word.strip()))
            if found is None:
                break
            client = str(found)
            if not self.trusts(client):
                break
        return client


def _without_port(word: str) -> str:
    found = _WITH_PORT.fullmatch(word)
    return (found[1] or found[2]) if found else word


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return internet_address(address)
    except ValueError:
        return None
