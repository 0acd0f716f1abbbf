"""Who may come in, and all who are there: one factory for every way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Protocol, ServerFactory
from typing_extensions import override

from chatroom.core.lobby import Lobby
from chatroom.core.names import RoomName
from chatroom.core.wheel import Wheel
from chatroom.fronts.guard.access_log import AccessLog, peer
from chatroom.fronts.guard.admission import Admission, Host, host
from chatroom.fronts.guard.keepalive import Sweep
from chatroom.fronts.guard.rejected import Rejected
from chatroom.fronts.line import LineFront
from chatroom.fronts.run_queue import RunQueue
from chatroom.wire.frames import Frames
from chatroom.wire.moments import day_and_time
from chatroom.wire.slips import Known
from chatroom.wire.text import Text


class LineFactory(ServerFactory):
    """Lets everybody who connects into *lobby*, at most until it is stopped.

    *server* is what it calls itself, *frames* the dialect of programs. *soon* calls a callable in the next turn.
    """

    noisy = False

    def __init__(
        self,
        lobby: Lobby,
        *,
        server: str,
        frames: Frames,
        wheel: Wheel,
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self.lobby = lobby
        self.server = server
        self.frames = frames
        self.wheel = wheel
        self.soon = soon
        self.run_queue = RunQueue(wheel.seconds, soon)
        self.connections: dict[LineFront, None] = {}
        limits = lobby.limits
        self.admission = Admission(wheel, most=limits.max_connections, most_per_host=limits.per_host)
        self.journal = AccessLog()
        self.rounds = Sweep(wheel, limits, self.connections, soon)
        self._refusals: dict[Rejected, None] = {}
        self.closes: dict[str, int] = {}
        self._empty: Deferred[None] | None = None
        self._known = Known(lobby.rooms, lobby.users)

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        """Take a connection if there is place, unless the server stops."""
        return self.take(addr, None)

    def take(self, addr: IAddress | None, room: RoomName | None) -> Protocol | None:
        """Take a connection likewise; one to the port of a *room* leads into it."""
        if self.lobby.stopping:
            return None
        where = host(addr)
        if refusal := self.enter(where):
            return refusal
        front = LineFront(where, peer(addr), room)
        front.factory = self
        return front

    def enter(self, where: Host | None) -> Rejected | None:
        """Take a place for a connection from *where*, or return what says that there is none."""
        if refused := self.admission.enter(where):
            self._count(refused.code)
            return Rejected(refused, self.wheel, self._refusals)
        return None

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return "chatroom"

    def text(self) -> Text:
        """Return the dialect of a person who connects now."""
        today, _ = day_and_time(self.lobby.at())
        return Text(today, self._known)

    def standings(self) -> Iterator[tuple[str, str]]:
        """Return the state and the dialect of each connection."""
        return (front.standing for front in self.connections)

    def remember(self, front: LineFront) -> None:
        """Take note that *front* is connected."""
        self.connections[front] = None
        front.number = self.journal.began(front.peer)
        front.since = self.wheel.seconds()

    def forget(self, front: LineFront, why: str) -> None:
        """Take note that the connection of *front* is lost, and *why*."""
        self.connections.pop(front, None)
        self._count(why)
        self.journal.ended(front, why, self.wheel.seconds() - front.since)
        if self._empty and not self.connections:
            empty, self._empty = self._empty, None
            empty.callback(None)

    def stop(self) -> Deferred[None]:
        """Say farewell to all; the result fires when the last has gone, or was made to."""
        self.lobby.stopping = True
        for front in tuple(self.connections):
            front.stop()
        if not self.connections:
            return succeed(None)
        stopped: Deferred[None] = Deferred()
        self._empty = stopped
        if timeout := self.lobby.limits.stop_timeout:
            overdue = self.wheel.call_in(timeout, self._abort_all)
            stopped.addCallback(lambda _: overdue.cancel())
        return stopped

    def _count(self, why: str) -> None:
        self.closes[why] = self.closes.get(why, 0) + 1

    def _abort_all(self) -> None:
        for front in tuple(self.connections):
            front.abort("stopping")


class RoomFactory(ServerFactory):
    """Lets everybody who connects in by *factory*, and on into what is *room* then."""

    noisy = False

    def __init__(self, factory: LineFactory, room: Callable[[], RoomName | None]) -> None:
        self._factory = factory
        self._room = room

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        """Take a connection."""
        return self._factory.take(addr, self._room())

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return self._factory.logPrefix()
