"""What the log says of connections: who comes from where, under which names, and why they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.logger import Logger

from chatroom.core.texts import harmless

if TYPE_CHECKING:
    from chatroom.fronts.line import LineFront


def peer(address: IAddress | None) -> str:
    """Write where somebody comes from; an address of IPv4 is one, whatever clothes it comes in."""
    match address:
        case IPv4Address() | IPv6Address():
            host = address.host.removeprefix("::ffff:")
            # What a proxy has told may be anything.
            return harmless(f"[{host}]:{address.port}" if ":" in host else f"{host}:{address.port}")
        case UNIXAddress():
            return "a Unix socket"
    return "somewhere"


class AccessLog:
    """Numbers the connections, so that all lines of one can be found."""

    log = Logger()

    def __init__(self) -> None:
        self._last = 0
        # Got once: a logger makes another one of itself each time that it is asked for.
        self._info = self.log.info

    def began(self, peer: str) -> int:
        """Write that somebody has connected, and return the number of this connection."""
        self._last += 1
        self._info("connection {number} from {peer}", number=self._last, peer=peer)
        return self._last

    def named(self, front: LineFront, username: str, *, resumed: bool) -> None:
        """Write who the connection of *front* is; where it is *resumed*, a session had been there before."""
        self._info(
            "connection {number} from {peer} is {username} ({dialect}), back in its session"
            if resumed
            else "connection {number} from {peer} is {username} ({dialect})",
            number=front.number,
            peer=front.peer,
            username=username,
            dialect=front.standing[1],
            resumed=resumed,
        )

    def renamed(self, front: LineFront, before: str, username: str) -> None:
        """Write that who was called *before* is called *username* now."""
        self._info(
            "connection {number} from {peer}: {before} is now {username}",
            number=front.number,
            peer=front.peer,
            before=before,
            username=username,
        )

    def ended(self, front: LineFront, why: str, seconds: float) -> None:
        """Write that the connection of *front* is over, and why."""
        self._info(
            "connection {number} from {peer} ended after {seconds} s: {reason} ({username}, {dialect})",
            number=front.number,
            peer=front.peer,
            seconds=round(seconds, 1),
            reason=why,
            username=front.username or "-",
            dialect=front.standing[1],
        )
