"""The log of connections: where they come from, under which names, and why they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.logger import Logger

from chatroom.core.values.events import Ending
from chatroom.core.values.networks import internet_address
from chatroom.core.values.texts import harmless
from chatroom.wire.dialect import DialectName


def peer(address: IAddress | None) -> str:
    """Write where a connection comes from; an address of IPv4 is one, whatever clothes it comes in."""
    match address:
        case IPv4Address() | IPv6Address():
            host = str(internet_address(address.host))
            # A zone, behind such an address of this machine's own networks, may be any word.
            return harmless(f"[{host}]:{address.port}" if ":" in host else f"{host}:{address.port}")
        case UNIXAddress():
            return "a Unix socket"
    return "somewhere"


class AccessLog:
    """Numbers the connections, so that all lines of one can be found; *seconds* is the clock's."""

    log = Logger()

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._last = 0
        self._seconds = seconds
        # Got once: a logger makes another one of itself each time that it is asked for.
        self._info = self.log.info

    def began(self, peer: str) -> Access:
        """Write that a connection has come from *peer*, and return what its further lines are written by."""
        self._last += 1
        self._info("connection {number} from {peer}", number=self._last, peer=peer)
        return Access(self._info, self._seconds, self._last, peer)


class Access:
    """One connection in the log."""

    __slots__ = ("_info", "_number", "_peer", "_seconds", "_since", "_username")

    def __init__(self, info: Callable[..., Any], seconds: Callable[[], float], number: int, peer: str) -> None:
        self._info = info
        self._seconds = seconds
        self._since = seconds()
        self._number = number
        self._peer = peer
        self._username = ""

    @property
    def number(self) -> int:
        """Its number."""
        return self._number

    @property
    def seconds(self) -> float:
        """For how long it has been there."""
        return self._seconds() - self._since

    def named(self, username: str, dialect: DialectName, *, resumed: bool) -> None:
        """Write who has come; a *resumed* session had been there before."""
        self._username = username
        self._info(
            "connection {number} from {peer} is {username} ({dialect}), back in its session"
            if resumed
            else "connection {number} from {peer} is {username} ({dialect})",
            number=self._number,
            peer=self._peer,
            username=username,
            dialect=dialect,
            resumed=resumed,
        )

    def comes_from(self, peer: str) -> None:
        """Write for whom a proxy asks: the connection is one from *peer*."""
        self._info("connection {number} from {proxy} is for {peer}", number=self._number, proxy=self._peer, peer=peer)
        self._peer = peer

    def renamed(self, username: str) -> None:
        """Write that the visitor is called *username* now, if they were not before."""
        if username != self._username:
            self._info(
                "connection {number} from {peer}: {before} is now {username}",
                number=self._number,
                peer=self._peer,
                before=self._username,
                username=username,
            )
            self._username = username

    def ended(self, why: Ending, username: str, dialect: str) -> None:
        """Write that the connection is over, and *why*."""
        self._info(
            "connection {number} from {peer} ended after {seconds} s: {reason} ({username}, {dialect})",
            number=self._number,
            peer=self._peer,
            seconds=round(self.seconds, 1),
            reason=why,
            username=username or "-",
            dialect=dialect,
        )
