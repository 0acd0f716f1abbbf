"""The sockets of connections: their options, and the bytes that the kernel has not taken."""

from __future__ import annotations

import socket

from twisted.internet.interfaces import ITransport
from twisted.internet.tcp import Server
from twisted.protocols.policies import ProtocolWrapper

UNSENT = 65536
"""Bytes that the kernel takes before it can send them; without a limit, megabytes for each stopped reader."""

MILLISECONDS, SECONDS = 2**31 - 1, 32767
"""The longest times that the kernel takes, in the one option and in the other."""


def connection_below(transport: ITransport | None) -> Server | None:
    """Return the connection below TLS, or whatever else is wrapped around it; there is none in tests."""
    while isinstance(transport, ProtocolWrapper):
        transport = transport.transport
    return transport if isinstance(transport, Server) else None


def buffered(transport: ITransport | None) -> int:
    """Return how many bytes wait in Twisted for the kernel to take them, as far as that is known."""
    below = connection_below(transport)
    # Twisted tells a producer when it has less than it wants, and nobody how much it has.
    return len(below.dataBuffer) - below.offset + below._tempDataLen if below else 0  # noqa: SLF001


def prepare(transport: ITransport | None, user_timeout: float) -> None:
    """Let the kernel give a dead peer up after *user_timeout* seconds, and hold little for one that stops reading.

    Without a timeout, the kernel is as patient as it likes.
    """
    below = connection_below(transport)
    if below is None:
        return
    handle: socket.socket = below.getHandle()
    if handle.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
    else:
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)
    if user_timeout and hasattr(socket, "TCP_USER_TIMEOUT"):
        # The first is for peers that owe an acknowledgement, the second for those that are silent by right.
        handle.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _between_1_and(MILLISECONDS, user_timeout * 1000)
        )
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _between_1_and(SECONDS, user_timeout))


def _between_1_and(most: int, number: float) -> int:
    return min(max(1, int(number)), most)
