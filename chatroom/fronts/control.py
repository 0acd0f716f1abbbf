"""The control socket: whoever can open it is the operator, speaks frames, and counts in no limit."""

from __future__ import annotations

import socket
import struct
from typing import Any

from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Protocol
from typing_extensions import override

from chatroom.core.values.limits import Limits
from chatroom.core.values.names import RoomName, Username
from chatroom.fronts.factory import LineFactory
from chatroom.fronts.guard.admission import Admission
from chatroom.fronts.line import LineFront
from chatroom.programs.unix_user import by_number
from chatroom.wire.dialect import Dialect

SOL_LOCAL, LOCAL_PEERCRED = 0, 1
"""Of macOS, which Python does not name: ``sys/un.h``."""

XUCRED = "=II"
"""The beginning of its ``struct xucred``: the version, and the number of the user."""


class ControlFront(LineFront):
    """A connection of an operator."""

    @property
    @override
    def operator(self) -> Username:
        """The name by which the operator acts."""
        return by_number(unix_user(self.transport))

    @override
    def make_dialect(self) -> Dialect:
        """Return the dialect of programs, whatever has come."""
        return self._shared.make_dialect("frames")

    @override
    def _greet(self) -> None:
        """Greet nobody: a program waits for its answers."""


class ControlFactory(LineFactory):
    """Lets operators in; otherwise as the factory for all *others* is made, with its log."""

    def __init__(self, others: LineFactory) -> None:
        super().__init__(
            others.lobby,
            server=others.server,
            frames=others.make_dialect("frames"),
            wheel=others.wheel,
            soon=others.soon,
        )
        self.admission = Admission(others.wheel, most=0, most_per_host=0)
        self.access_log = others.access_log

    @override
    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on that are about operators too: how long they may be silent."""
        self.sweep.limit(limits)

    @override
    def take(self, addr: IAddress | None, room: RoomName | None, *, greets: bool = False) -> Protocol | None:
        """Take a connection, unless the server stops."""
        if self.lobby.stopping:
            return None
        self.admission.admit(None)
        return ControlFront(self, peer="the control socket", room=room)


def unix_user(transport: Any) -> int:
    """Return the number of the user at the other end of *transport*, as the kernel knows it."""
    peer = transport.socket
    if hasattr(socket, "SO_PEERCRED"):
        _, number, _ = struct.unpack("=iII", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    else:
        _, number = struct.unpack(XUCRED, peer.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, struct.calcsize(XUCRED)))
    return int(number)
