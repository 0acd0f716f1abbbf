"""Room ports: a port of its own for each room, as long as there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from twisted.application.service import Service
from twisted.internet.defer import Deferred, gatherResults, succeed
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.ports import RoomPorts
from chatroom.core.values.names import RoomName
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import reason


class RoomPortService(Service):
    """A service that listens on *address* with other *ports*: a room gets the one unused the longest.

    A port leads nowhere before :meth:`serve`; *soon* calls a callable in the next turn.
    """

    name = "room-ports"
    log = Logger()

    def __init__(
        self,
        address: ListenAddress,
        ports: Iterable[int],
        *,
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._address = address
        self._unused = dict.fromkeys(ports)
        self._soon = soon
        self._rooms: dict[int, RoomName] = {}
        self._listening: dict[int, IListeningPort] = {}
        self._closing: set[int] = set()
        self._taken: set[int] = set()

    def serve(self, build: Callable[[Callable[[], RoomName | None]], IProtocolFactory]) -> None:
        """Let *build* make the protocol factory of each port; its argument returns the port's current room.

        To be called before the start: what it builds needs the lobby, and the lobby needs the ports.
        """
        self._build = build

    def open(self, room: RoomName) -> int | None:
        """Listen on a port of *room*; return the port, if there is one."""
        for port in tuple(self._unused) if self.running else ():
            if port in self._listening or port in self._closing or self._listen(port):
                del self._unused[port]
                self._rooms[port] = room
                return port
        return None

    def close(self, port: int) -> None:
        """Take the port from its room."""
        del self._rooms[port]
        self._unused[port] = None
        # Not at once: in this turn, a new room may take the place of the old one.
        self._soon(partial(self._stop_if_unused, port))

    @override
    def stopService(self) -> Deferred[list[None]]:
        """Stop listening on all ports."""
        super().stopService()
        return gatherResults([self._stop(port) for port in tuple(self._listening)])

    def _listen(self, port: int) -> bool:
        failures: list[Failure] = []

        def listening(there: IListeningPort) -> None:
            self._listening[port] = there
            self._taken.discard(port)

        self._address.listen(self._build(partial(self._rooms.get, port)), port).addCallbacks(listening, failures.append)
        # What another program uses it may use for long: that is said once.
        if failures and port not in self._taken:
            self._taken.add(port)
            self.log.warn("no room gets port {port}: {reason}", port=port, reason=reason(failures[0].value))
        return not failures

    def _stop_if_unused(self, port: int) -> None:
        if port in self._unused and port in self._listening:
            self._closing.add(port)
            self._stop(port).addCallback(lambda _: self._closed(port))

    def _closed(self, port: int) -> None:
        self._closing.remove(port)
        # Only now that the socket is closed, one can listen for the room that has got the port meanwhile.
        if self.running and port in self._rooms:
            self._listen(port)

    def _stop(self, port: int) -> Deferred[None]:
        return self._listening.pop(port).stopListening() or succeed(None)


_: type[RoomPorts] = RoomPortService
