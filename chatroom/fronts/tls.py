"""TLS on a port of lines: its greeting leads to the same front, inside of it."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IAddress, IOpenSSLServerConnectionCreator, ISSLTransport
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.tls import TLSMemoryBIOFactory
from typing_extensions import override

from chatroom.fronts.doorway import NOT_TLS, Entrance
from chatroom.fronts.front import Front


class TLSEntrance:
    """The way into TLS, with *certificate*; *inside* makes the protocol that goes on with a connection."""

    def __init__(self, certificate: IOpenSSLServerConnectionCreator, inside: Callable[[Front], Protocol]) -> None:
        self._certificate = certificate
        self._inside = inside

    def enter(self, front: Front, start: bytes) -> None:
        """Begin the handshake with *start*; there is no TLS inside of TLS."""
        if ISSLTransport.providedBy(front.transport):
            front.turn_away("tls", NOT_TLS)
            return
        inside = _Inside(self._inside(front))
        tls = TLSMemoryBIOFactory(self._certificate, False, inside).buildProtocol(None)
        assert tls is not None
        front.hand_over(tls, start)


class _Inside(Factory):
    """Has one *protocol* ready, which TLS is wrapped around."""

    noisy = False

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """Return it."""
        return self._protocol


_: type[Entrance] = TLSEntrance
