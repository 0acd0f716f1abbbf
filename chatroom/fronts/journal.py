"""What the log says of connections: one line when they begin, and one when they end."""

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


class Journal:
    """Numbers the connections, so that both lines of one can be found."""

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
