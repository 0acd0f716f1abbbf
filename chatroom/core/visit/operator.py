"""The state of the operator, who comes by the control socket: somebody without a name, a seat and limits."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from chatroom.core.ports import SeatId
from chatroom.core.rooms.directory import Listed
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.values.commands import (
    AddAccount,
    Appoint,
    Command,
    Configure,
    Connections,
    Delete,
    Disconnect,
    Impose,
    Invite,
    Kick,
    Lift,
    List,
    ListAccounts,
    ListSanctions,
    Notify,
    ReadAudit,
    ReadReports,
    Redact,
    Reload,
    RemoveAccount,
    Resolve,
    SetLogLevel,
    SetPassword,
    SetRole,
    Who,
)
from chatroom.core.values.errors import ChatError, NotAllowed
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Members, Ok, Reply
from chatroom.core.visit.account_keeping import keep
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.auditing import list_acts
from chatroom.core.visit.driver import drive
from chatroom.core.visit.handling import handle
from chatroom.core.visit.keeping_order import keep_order
from chatroom.core.visit.later import Later
from chatroom.core.visit.moderation import Act, list_sanctions, moderate, placed
from chatroom.core.visit.redaction import redact
from chatroom.core.visit.reporting import list_reports, resolve
from chatroom.core.visit.rights import Actor
from chatroom.core.visit.rules import Rule

NOBODY = SeatId(0, 0)
"""The seat of somebody who has none."""


class Operator:
    """An operator, who acts by *username*."""

    __slots__ = ("_lobby", "_username")

    name = "operator"
    seat = None

    def __init__(self, lobby: Lobby, username: Username) -> None:
        self._lobby = lobby
        self._username = username

    def may(self, rule: Rule) -> bool:
        """Tell whether a command with that *rule* may come from here although it is for another state."""
        return rule.operator

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        del rule
        return NotAllowed("That is for somebody with a name, and by the control socket nobody has one")

    def failed(self, error: ChatError) -> None:
        """Let no error end an operator's connection."""
        del error

    def handle(self, command: Command, rule: Rule, answer: Answer) -> None:
        """Carry out *command*, and give its reply to *answer* at once or later."""
        match command:
            case Connections() | Disconnect() | Notify() | Reload() | SetLogLevel():
                drive(handle(self._lobby, self._username, command, answer), answer)
            case ListAccounts() | AddAccount() | SetPassword() | SetRole() | RemoveAccount():
                drive(keep(self._lobby, self._username, command), answer)
            case Who(room, after):
                self._who(room, after, answer)
            case List(match, after, watch):
                if watch is not None:
                    raise NotAllowed("Rooms are watched by those who have a name")
                drive(self._list(match, after), answer)
            case Delete(room):
                drive(self._delete(room, rule), answer)
            case Kick() | Appoint() | Configure() | Invite() | Impose() | Lift():
                drive(self._moderate(command, rule, answer), answer)
            case Redact():
                drive(self._redact(command, answer), answer)
            case Resolve():
                drive(self._resolve(command, answer), answer)
            case ReadReports():
                drive(list_reports(self._lobby, self._actor, command, rule), answer)
            case ListSanctions():
                drive(list_sanctions(self._lobby, self._actor, command, rule), answer)
            case ReadAudit():
                drive(list_acts(self._lobby, self._actor, command, rule), answer)
            case _:
                raise AssertionError("no other command comes in this state")

    def _who(self, room: RoomName | None, after: Username | None, answer: Answer) -> None:
        def got(found: Members | ChatError) -> None:
            if isinstance(found, Members):
                found = replace(found, away=self._lobby.people.away(found.usernames))
            answer.give(found)

        self._lobby.directory.who(room, after, None, got)

    async def _list(self, match: str, after: RoomName | None) -> Reply:
        listed: Listed = await Later(partial(self._lobby.directory.rooms, match, after, None))
        return listed.rooms

    @property
    def _actor(self) -> Actor:
        return Actor(self._username, NOBODY, None, None)

    async def _moderate(self, command: Act, rule: Rule, answer: Answer) -> Reply:
        command = await placed(self._lobby, self._actor, command)
        if command.room is None:
            return await keep_order(self._lobby, self._actor, command, answer, None)
        room, _ = await moderate(self._lobby, self._actor, command, rule, answer)
        return Ok(room.name)

    async def _redact(self, command: Redact, answer: Answer) -> Reply:
        room, count = await redact(self._lobby, None, self._actor, command, answer)
        return Ok(room.name, count=None if command.seconds is None else count)

    async def _resolve(self, command: Resolve, answer: Answer) -> Reply:
        return Ok(await resolve(self._lobby, self._actor, command, answer))

    async def _delete(self, name: RoomName, rule: Rule) -> Reply:
        room: Room = await Later(partial(self._lobby.reach, name, None))
        rule.allow(self._actor, room)
        await Later(partial(self._lobby.delete, room, self._username, NOBODY), late=lambda _: room.audience.flush())
        room.audience.flush()
        return Ok(room.name)
