"""The operator's hand over the servers of a chat: what one can't reach by itself, it asks the others for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from chatroom.core.ports import Hand, Missing
from chatroom.core.tools.paging import page_of_connections
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.errors import ChatError, NoSuchConnection, NoSuchUser, ServersMissing
from chatroom.core.values.events import Notice
from chatroom.core.values.names import Username
from chatroom.core.values.replies import ConnectionInfo, ConnectionList, Reloaded
from chatroom.logs.nodes.calls import Announce, Answers, Calls, HangUp, ListConnections

STRIDE = 10**9
"""What a connection's number at its server is below; in front of these nine digits stands the number of the node."""


class HandOverNodes:
    """A hold of all connections of a chat: of those *here*, and by *calls* of those at other nodes."""

    def __init__(self, here: Hand, calls: Calls) -> None:
        self._here = here
        self._calls = calls
        calls.answer(ListConnections, self._list)
        calls.answer(HangUp, self._hang_up)
        calls.answer(Announce, self._announce)

    # What others ask.

    def _list(self, asked: ListConnections, reply: Callable[[ConnectionList], None]) -> None:
        self._here.connections(asked.match, asked.after, reply)

    def _hang_up(self, asked: HangUp, reply: Callable[[bool], None]) -> None:
        def done(result: Missing | ChatError) -> None:
            reply(not isinstance(result, ChatError))

        self._here.disconnect(asked.connection, asked.username, asked.note, done)

    def _announce(self, asked: Announce, reply: Callable[[bool], None]) -> None:
        self._here.notify(Notice(asked.text, asked.by))
        reply(True)

    # The port.

    def connections(self, match: str, after: int, got: Callable[[ConnectionList], None]) -> None:
        """Find those behind number *after* with *match* in the name of their user, or in where they come from."""
        first, behind = divmod(after, STRIDE)

        def question(node: int) -> ListConnections | None:
            return ListConnections(match, behind if node == first else 0) if node >= first else None

        def answered(answers: Answers[ConnectionList]) -> None:
            if asked := question(answers.me):
                self._here.connections(match, asked.after, partial(merged, answers))
            else:
                merged(answers, ConnectionList((), more=False))

        def merged(answers: Answers[ConnectionList], here: ConnectionList) -> None:
            rows: list[ConnectionInfo] = []
            more = False
            for node, found in sorted([*answers.found.items(), (answers.me, here)]):
                name = answers.names.get(node, "")
                rows += (
                    replace(row, connection=node * STRIDE + row.connection, node=name) for row in found.connections
                )
                if found.more:
                    # All others have numbers behind those that are missing here.
                    more = True
                    break
            some, cut = page_of_connections(rows)
            got(ConnectionList(tuple(some), more or cut, answers.missing))

        self._calls.ask(question, ConnectionList, answered)

    def disconnect(
        self, connection: int | None, username: Username | None, note: str, done: Callable[[Missing | ChatError], None]
    ) -> None:
        """Hang up on one *connection*, or on all of the user called *username*, with a *note* for them."""
        at, number = (None, None) if connection is None else divmod(connection, STRIDE)
        here = False

        def question(node: int) -> HangUp | None:
            return HangUp(number, username, note) if at in (None, node) else None

        def hung_up(result: Missing | ChatError) -> None:
            nonlocal here
            here = not isinstance(result, ChatError)

        def answered(answers: Answers[bool]) -> None:
            if at == answers.me:
                self._here.disconnect(number, None, note, hung_up)
            if here or any(answers.found.values()):
                done(answers.missing)
            elif answers.missing:
                done(ServersMissing(", ".join(answers.missing)))
            else:
                done(NoSuchUser(username or "") if connection is None else NoSuchConnection(connection))

        if username is not None:
            self._here.disconnect(None, username, note, hung_up)
        self._calls.ask(question, bool, answered)

    def notify(self, notice: Notice) -> None:
        """Show *notice* to everybody here."""
        self._here.notify(notice)

    def notify_others(self, notice: Notice, done: Callable[[Missing], None]) -> None:
        """Show *notice* to everybody at other nodes."""

        def answered(answers: Answers[bool]) -> None:
            done(answers.missing)

        self._calls.ask(lambda node: Announce(notice.text, notice.by), bool, answered)

    def reload(self) -> Reloaded:
        """Read again what an operator may have changed here."""
        return self._here.reload()

    def set_log_level(self, level: LogLevel) -> None:
        """Let the log of this server show what is of *level*, and all above it."""
        self._here.set_log_level(level)


_: type[Hand] = HandOverNodes
