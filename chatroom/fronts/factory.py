"""The one factory for all ways in: it admits connections, and knows all that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Protocol, ServerFactory
from typing_extensions import override

from chatroom.core.lobby import Lobby
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Ending
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import RoomName
from chatroom.fronts.doorway import SHUT, Doorway
from chatroom.fronts.front import Front
from chatroom.fronts.guard.access_log import AccessLog, peer
from chatroom.fronts.guard.admission import Admission, Host, host
from chatroom.fronts.guard.browsers import Browsers
from chatroom.fronts.guard.keepalive import Sweep
from chatroom.fronts.guard.rejected import Rejected
from chatroom.fronts.guarded import Guarded
from chatroom.fronts.irc import IRCServer
from chatroom.fronts.line import LineFront
from chatroom.fronts.run_queue import RunQueue
from chatroom.fronts.transport import Transport
from chatroom.wire.dialect import Dialect, DialectName
from chatroom.wire.http.proxies import Proxies
from chatroom.wire.text.slips import NamesInUse
from chatroom.wire.text.text import Text
from chatroom.wire.timestamps import day_and_time


class LineFactory(ServerFactory):
    """Lets every connection into *lobby*, until it is stopped.

    *server* is what it calls itself, *frames* the dialect of programs. *soon* calls a callable in the next turn.
    """

    noisy = False

    def __init__(
        self,
        lobby: Lobby,
        *,
        server: str,
        frames: Dialect,
        wheel: TimerWheel,
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self.lobby = lobby
        self.server = server
        self.wheel = wheel
        self.soon = soon
        self.doorway: Doorway = SHUT
        self.browsers = Browsers(wheel.seconds)
        self.proxies = Proxies()
        self.run_queue = RunQueue(wheel.seconds, soon)
        self.connections: dict[Guarded, None] = {}
        limits = lobby.limits
        self.admission = Admission(wheel, most=limits.max_connections, most_per_host=limits.per_host)
        self.access_log = AccessLog(wheel.seconds)
        self.sweep = Sweep(wheel, limits, self.connections, soon)
        self.closes: dict[Ending, int] = {}
        self._frames = frames
        self.irc = IRCServer(lobby, server, self.states)
        self._known = NamesInUse(lobby.public, lobby.users)
        self._rejected: dict[Rejected, None] = {}
        self._empty: Deferred[None] | None = None

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on, as far as they are about connections; who is here stays."""
        self.admission.limit(most=limits.max_connections, most_per_host=limits.per_host)
        self.sweep.limit(limits)

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        """Take a connection if there is place, unless the server stops."""
        return self.take(addr, None)

    def take(self, addr: IAddress | None, room: RoomName | None, *, greets: bool = True) -> Protocol | None:
        """Take a connection likewise; one to the port of a *room* leads into it. It *greets* who is silent."""
        if self.lobby.stopping:
            return None
        # Who comes by a proxy is known later, if it speaks for them.
        where = None if self.proxies.trusts(getattr(addr, "host", "")) else host(addr)
        if rejected := self.admit(where):
            return rejected
        return LineFront(self, host=where, peer=peer(addr), room=room, greets=greets)

    def again(self, front: Front) -> LineFront:
        """Return a line front that goes on with the connection of *front*, from its first byte."""
        greets = isinstance(front, LineFront) and front.greets
        return LineFront(self, host=front.host, peer=front.peer, room=front.room, access=front.access, greets=greets)

    def admit(self, host: Host | None) -> Rejected | None:
        """Take a place for a connection from *host*, or return the protocol of one that gets none."""
        error = self.place(host)
        return Rejected(error, self.wheel, self._rejected) if error else None

    def place(self, host: Host | None) -> ChatError | None:
        """Take a place for a connection from *host*, or return why there is none."""
        if banned := self.lobby.house.network_ban(host):
            self._count("banned")
            return banned
        if error := self.admission.admit(host):
            self._count(error.code)
            return error
        return None

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return "chatroom"

    def make_dialect(self, name: DialectName) -> Dialect:
        """Return the dialect called *name*, for a visitor who connects now."""
        if name == "frames":
            return self._frames
        if name == "irc":
            return self.irc.dialect()
        today, _ = day_and_time(self.lobby.now())
        return Text(today, self._known)

    def states(self) -> Iterator[tuple[str, str]]:
        """Return the labels of the state and the dialect of each connection."""
        return (connection.state for connection in self.connections)

    def remember(self, connection: Guarded) -> None:
        """Count *connection* among those that are there."""
        self.connections[connection] = None

    def leave(self, connection: Guarded) -> None:
        """Count *connection* no longer: another one goes on with it."""
        del self.connections[connection]

    def forget(self, connection: Guarded, why: Ending) -> None:
        """Count *connection* among those that have ended."""
        self.connections.pop(connection, None)
        self._count(why)
        if self._empty and not self.connections:
            empty, self._empty = self._empty, None
            empty.callback(None)

    def stop(self) -> Deferred[None]:
        """Say farewell to all; the result fires when the last has gone, or was made to."""
        self.lobby.stopping = True
        for connection in tuple(self.connections):
            connection.stop()
        if not self.connections:
            return succeed(None)
        stopped: Deferred[None] = Deferred()
        self._empty = stopped
        if timeout := self.lobby.limits.stop_timeout:
            overdue = self.wheel.call_later(timeout, self._abort_all)
            stopped.addCallback(lambda _: overdue.cancel())
        return stopped

    def begin_anew(self) -> None:
        """Hang up on all, and let nothing leave that was to be sent: nobody knows whether it is still so."""
        for connection in tuple(self.connections):
            connection.outbox.drop()
            connection.outbox.mute = True
            self.soon(partial(self._give_up, connection))

    def _give_up(self, connection: Guarded) -> None:
        connection.outbox.mute = False
        if connection in self.connections:
            connection.hang_up("stopping")
        elif connection.transport:
            # It is lost, or another one goes on with it meanwhile, which has begun nothing yet.
            cast("Transport", connection.transport).abortConnection()

    def _count(self, why: Ending) -> None:
        self.closes[why] = self.closes.get(why, 0) + 1

    def _abort_all(self) -> None:
        for connection in tuple(self.connections):
            connection.abort("stopping")


class RoomFactory(ServerFactory):
    """Lets connections in by *factory*, and on into the room that *room* returns then; it *greets* who is silent."""

    noisy = False

    def __init__(
        self, factory: LineFactory, room: Callable[[], RoomName | None] = lambda: None, *, greets: bool = True
    ) -> None:
        self._factory = factory
        self._room = room
        self._greets = greets

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        """Take a connection."""
        return self._factory.take(addr, self._room(), greets=self._greets)

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return self._factory.logPrefix()
