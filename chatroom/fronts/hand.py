"""The operator's hand: a hold of all connections of this server, and of what it was told at its start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chatroom.core.ports import Hand
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.errors import NoSuchConnection, NoSuchUser, NotAllowed
from chatroom.core.values.events import Notice
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.names import Username, fold, key
from chatroom.core.values.replies import ConnectionInfo, ConnectionList, Reloaded
from chatroom.fronts.guarded import Guarded


class ConnectionsInHand:
    """A hold of the *connections* to *lobby*, and of the server around it.

    *reload* reads again what may have changed; *set_log_level* is missing where the server does not make its log.
    """

    def __init__(
        self,
        lobby: Lobby,
        connections: Callable[[], Iterable[Guarded]],
        *,
        reload: Callable[[], Reloaded],
        set_log_level: Callable[[LogLevel], None] | None = None,
    ) -> None:
        self._lobby = lobby
        self._connections = connections
        self._reload = reload
        self._set_log_level = set_log_level

    def connections(self, match: str, after: int) -> ConnectionList:
        """Return those behind number *after* with *match* in the name of their user, or in where they come from."""
        now, word = self._lobby.now(), fold(match)
        found = (each.info(now) for each in self._open() if each.access.number > after)
        matching = sorted((info for info in found if _matches(info, word)), key=lambda info: info.connection)
        return ConnectionList(tuple(matching[:PAGE_NAMES]), len(matching) > PAGE_NAMES)

    def disconnect(self, connection: int | None, username: Username | None, note: str) -> None:
        """Hang up on one *connection*, or on all of the user called *username*, with a *note* for them.

        :raises chatroom.core.values.errors.NoSuchConnection: if it is not there.
        :raises chatroom.core.values.errors.NoSuchUser: if nobody here has that name.
        """
        if connection is not None:
            found = [each for each in self._open() if each.access.number == connection]
            if not found:
                raise NoSuchConnection(connection)
        else:
            assert username is not None
            found = [each for each in self._open() if each.username and key(each.username) == key(username)]
            if not found:
                raise NoSuchUser(username)
        for each in found:
            each.hang_up("kicked", note)

    def notify(self, notice: Notice) -> None:
        """Show *notice* to everybody who has a name."""
        for each in self._open():
            each.notify(notice)

    def reload(self) -> Reloaded:
        """Read again what an operator may have changed."""
        return self._reload()

    def set_log_level(self, level: LogLevel) -> None:
        """Let the server's log show what is of *level*, and all above it.

        :raises chatroom.core.values.errors.NotAllowed: if what the log shows is not the server's to say.
        """
        if self._set_log_level is None:
            raise NotAllowed("The log is made by what --logger names, which has levels of its own")
        self._set_log_level(level)

    def _open(self) -> Iterator[Guarded]:
        return (each for each in self._connections() if not each.closing)


def _matches(info: ConnectionInfo, word: str) -> bool:
    return word in fold(info.username or "") or word in fold(info.peer)


_: type[Hand] = ConnectionsInHand
