"""The operator's hand: a hold of all connections of this server, and of what it was told at its start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chatroom.core.lobby import Lobby
from chatroom.core.ports import Hand, Missing
from chatroom.core.tools.paging import page_of_connections
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.errors import ChatError, NoSuchConnection, NoSuchUser, NotAllowed
from chatroom.core.values.events import Notice
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

    def connections(self, match: str, after: int, got: Callable[[ConnectionList], None]) -> None:
        """Find those behind number *after* with *match* in the name of their user, or in where they come from."""
        now, word = self._lobby.now(), fold(match)
        behind = sorted((each for each in self._open() if each.access.number > after), key=lambda it: it.access.number)
        some, more = page_of_connections(info for each in behind if _matches(info := each.info(now), word))
        got(ConnectionList(tuple(some), more))

    def disconnect(
        self, connection: int | None, username: Username | None, note: str, done: Callable[[Missing | ChatError], None]
    ) -> None:
        """Hang up on one *connection*, or on all of the user called *username*, with a *note* for them."""
        if connection is not None:
            found = [each for each in self._open() if each.access.number == connection]
        else:
            assert username is not None
            found = [each for each in self._open() if each.username and key(each.username) == key(username)]
        for each in found:
            each.hang_up("kicked", note)
        if found:
            done(())
        else:
            done(NoSuchUser(username or "") if connection is None else NoSuchConnection(connection))

    def notify(self, notice: Notice) -> None:
        """Show *notice* to everybody who has a name."""
        for each in self._open():
            each.notify(notice)

    def notify_others(self, notice: Notice, done: Callable[[Missing], None]) -> None:
        """Do nothing: there are no other servers."""
        done(())

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
