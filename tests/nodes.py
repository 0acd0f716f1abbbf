"""Several lobbies over one log, as several servers over one store: each hears of the others' entries when told to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from typing_extensions import override

from chatroom.core.ports import Happened, LogId, SeatId
from chatroom.core.values.changes import Called, Came, Change, Entry, Gone, Went
from chatroom.core.values.errors import ChatError, NoSuchRoom
from chatroom.core.values.names import Key, Username, key
from chatroom.logs.memory.log import MemoryLog
from tests.fakes import ForwardingLog

Follower = Callable[[Entry], None]


class Store:
    """A log in memory that several servers share, and the people who are in its rooms."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.servers: list[ServerLog] = []
        self.people: dict[LogId, dict[Key, Username]] = {}
        self.gone: set[LogId] = set()

    def server(self) -> ServerLog:
        """Return the log as one more server sees it."""
        self.servers.append(ServerLog(self, len(self.servers)))
        return self.servers[-1]

    def follow(self, log: LogId) -> Sequence[Username]:
        """Give all servers each entry of *log*; return who is in."""
        if log not in self.people:
            self.people[log] = {}
            self.log.follow(log, partial(self._happened, log))
        return list(self.people[log].values())

    def _happened(self, log: LogId, entry: Entry) -> None:
        people = self.people[log]
        match entry.change:
            case Came(username):
                people[key(username)] = username
            case Went(username):
                del people[key(username)]
            case Called(old, new):
                del people[key(old)]
                people[key(new)] = new
            case Gone():
                self.gone.add(log)
        for server in self.servers:
            server.misses(log, entry)


class ServerLog(ForwardingLog):
    """The shared log for server *number*: it gives the entries that others made when it is :meth:`told`."""

    in_hand = True

    def __init__(self, store: Store, number: int) -> None:
        super().__init__(store.log)
        self._store = store
        self._number = number
        self._followers: dict[LogId, Follower] = {}
        self._missed: dict[LogId, deque[Entry]] = {}

    def misses(self, log: LogId, entry: Entry) -> None:
        """Keep *entry*, if *log* is followed here, until the follower is given it."""
        if log in self._followers:
            self._missed[log].append(entry)

    def told(self) -> None:
        """Tell the followers of all that has happened."""
        for log in list(self._followers):
            self._catch_up(log)

    def _catch_up(self, log: LogId) -> None:
        while self._missed[log]:
            self._followers[log](self._missed[log].popleft())

    @override
    def follow(self, log: LogId, follower: Follower) -> Sequence[Username]:
        self._followers[log] = follower
        self._missed[log] = deque()
        return self._store.follow(log)

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        def answered(answer: Entry | ChatError | None) -> None:
            # The entries of others that are before it, and its own.
            self._catch_up(log)
            done(answer)

        if log in self._store.gone:
            self._catch_up(log)
            done(NoSuchRoom("It"))
            return
        # Each server numbers its seats by itself.
        seat = by and by._replace(number=100 * by.number + self._number)
        super().change(log, change, seat, answered)

    @override
    def close(self, log: LogId) -> None:
        del self._followers[log]
        if not any(log in server._followers for server in self._store.servers):
            super().close(log)
