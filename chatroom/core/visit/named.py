"""The second state of a visitor: somebody with a seat, for whom commands are carried out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import assert_never

from msgspec.structs import replace

from chatroom.core.rooms.directory import Listed
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.seat import Seat
from chatroom.core.rooms.user import User
from chatroom.core.values.commands import (
    AddAccount,
    Appoint,
    Authenticate,
    ChangePassword,
    Command,
    Confide,
    Configure,
    Connections,
    Create,
    Delete,
    Describe,
    Devices,
    Disconnect,
    History,
    Ignore,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListAccounts,
    ListIgnored,
    ListSanctions,
    ListUnread,
    Local,
    Login,
    MarkRead,
    Monitor,
    Notify,
    Operate,
    Ping,
    Pong,
    Quit,
    ReadAudit,
    ReadReports,
    Redact,
    Register,
    Reload,
    RemoveAccount,
    Rename,
    Report,
    Resolve,
    Revoke,
    Say,
    Search,
    SetLogLevel,
    SetPassword,
    SetRole,
    ShowRoom,
    StandDown,
    Tag,
    Talks,
    Tell,
    Topic,
    Trust,
    Unregister,
    Who,
    WhoIs,
    WhoWas,
)
from chatroom.core.values.errors import (
    AlreadyLoggedIn,
    ChatError,
    NoSuchRoom,
    NotAllowed,
    TooManyTries,
)
from chatroom.core.values.events import Called
from chatroom.core.values.limits import NAMES_A_TOKEN
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Members, Ok, Reply, RoomShown
from chatroom.core.visit.account_keeping import keep
from chatroom.core.visit.accounts import act, check_free
from chatroom.core.visit.answer import Answer, LastCode
from chatroom.core.visit.asking import monitor, who, whois, whowas
from chatroom.core.visit.auditing import list_acts
from chatroom.core.visit.authentication import authenticate
from chatroom.core.visit.confiding import confide
from chatroom.core.visit.describing import describe
from chatroom.core.visit.driver import drive
from chatroom.core.visit.finding import search_all
from chatroom.core.visit.handling import handle
from chatroom.core.visit.keeping_order import keep_order
from chatroom.core.visit.later import Later
from chatroom.core.visit.looking_back import history, history_with, search, search_with
from chatroom.core.visit.marking import mark
from chatroom.core.visit.moderation import Act, list_sanctions, moderate, placed
from chatroom.core.visit.moving import create, join, leave, leave_everywhere
from chatroom.core.visit.operating import become_operator
from chatroom.core.visit.passwords_needed import require
from chatroom.core.visit.readable import may_read
from chatroom.core.visit.redaction import redact
from chatroom.core.visit.reporting import list_reports, report, resolve
from chatroom.core.visit.rights import Actor
from chatroom.core.visit.rules import Rule
from chatroom.core.visit.saying import tell
from chatroom.core.visit.tagging import tag_room, tag_user
from chatroom.core.visit.telling import redact_told, report_told
from chatroom.core.visit.unread import list_talks, list_unread
from chatroom.core.visit.waiting import in_turn, still_in


class Named:
    """A visitor who has a *seat*, after the login."""

    __slots__ = ("_lobby", "seat")

    name = "named"

    def __init__(self, lobby: Lobby, seat: Seat) -> None:
        self._lobby = lobby
        self.seat = seat

    def may(self, rule: Rule) -> bool:
        """Tell whether a command with that *rule* may come from here: an operator's, by who has such an account."""
        return rule.state == "operator" and self.seat.operates

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        if rule.state == "operator":
            return NotAllowed("Only operators may do that")
        return AlreadyLoggedIn(self.seat.username)

    def failed(self, error: ChatError) -> LastCode | None:
        """Let too many guesses at a password end the visit."""
        return "too-many-tries" if isinstance(error, TooManyTries) else None

    def handle(self, command: Command, rule: Rule, answer: Answer) -> None:
        """Carry out *command* by its *rule*, and give its reply to *answer* at once or later."""
        match command:
            case Tell():
                drive(tell(self._lobby, self.seat, command), answer)
            case Confide(room):
                drive(confide(self._lobby, self.seat, self._reader(rule, room), command), answer)
            case Tag(to=str(to)):
                drive(tag_user(self._lobby, self.seat, to, command), answer)
            case Tag(room):
                drive(tag_room(self.seat, self._reader(rule, room), command), answer)
            case Talks():
                drive(list_talks(self._lobby, self.seat, command), answer)
            case Who(full=True):
                drive(who(self._lobby, self.seat, command), answer)
            case WhoIs():
                drive(whois(self._lobby, self.seat, command), answer)
            case WhoWas():
                answer.give(whowas(self._lobby, command))
            case Monitor():
                answer.give(monitor(self._lobby, self.seat, command))
            case Who():
                self._who(command, answer)
            case List():
                drive(self._list(command, answer), answer)
            case Describe():
                self._describe(command, answer)
            case Rename():
                drive(self._rename(command.username, answer), answer)
            case Join():
                drive(join(self._lobby, self.seat, command, answer), answer)
            case Create():
                drive(create(self._lobby, self.seat, command, answer), answer)
            case Delete(room):
                drive(self._delete(self._room(rule, room), answer), answer)
            case Leave(room, True, text):
                drive(leave_everywhere(self._lobby, self.seat, room, answer, text), answer)
            case Leave(room, text=text):
                drive(leave(self.seat, self._reader(rule, room), answer, text), answer)
            case (
                Register(None)
                | ChangePassword(None)
                | Unregister(None)
                | Authenticate(password=None, token=None, certificate=False)
                | Operate(password=None)
            ):
                drive(require(self._lobby, self.seat, self.seat.visitor, command, answer), answer)
            case Authenticate():
                drive(authenticate(self._lobby, self.seat, self.seat.visitor, command, answer), answer)
            case (
                Trust() | Register() | ChangePassword() | Unregister() | Devices() | Revoke() | Ignore() | ListIgnored()
            ):
                drive(act(self._lobby, self.seat, self.seat.visitor, command, answer), answer)
            case StandDown():
                self.seat.stand_down()
                answer.give(Ok())
            case Operate():
                drive(become_operator(self._lobby, self.seat, self.seat.visitor, command), answer)
            case Kick() | Appoint() | Configure() | Invite() | Impose() | Lift():
                drive(self._moderate(command, rule, answer), answer)
            case Redact():
                drive(self._redact(command, answer), answer)
            case Report():
                drive(self._report(command, answer), answer)
            case Resolve():
                drive(self._resolve(command, answer), answer)
            case ReadReports():
                drive(list_reports(self._lobby, self._actor, command, rule), answer)
            case ListSanctions():
                drive(list_sanctions(self._lobby, self._actor, command, rule), answer)
            case ReadAudit():
                drive(list_acts(self._lobby, self._actor, command, rule), answer)
            case ShowRoom(room):
                drive(self._show_room(room, answer), answer)
            case Topic(room, topic):
                drive(self._set_topic(self._reader(rule, room), topic, answer), answer)
            case History(other=str(other)):
                drive(history_with(self._lobby, self.seat, other, command, answer), answer)
            case History(room):
                drive(history(self.seat, self._reader(rule, room), command, answer), answer)
            case Search(other=str(other)):
                drive(search_with(self._lobby, self.seat, other, command, answer), answer)
            case Search(None):
                drive(search_all(self._lobby, self.seat, command, answer), answer)
            case Search(room):
                assert room is not None, "that was the case before"
                drive(search(self._lobby, self.seat, self._reader(rule, room), command, answer), answer)
            case MarkRead():
                drive(mark(self._lobby, self.seat, command, answer), answer)
            case ListUnread():
                drive(list_unread(self._lobby, self.seat, command, answer), answer)
            case Connections() | Disconnect() | Notify() | Reload() | SetLogLevel():
                drive(handle(self._lobby, self.seat.username, command, answer), answer)
            case ListAccounts() | AddAccount() | SetPassword() | SetRole() | RemoveAccount():
                drive(keep(self._lobby, self.seat.username, command), answer)
            case Say() | Login() | Local() | Ping() | Pong() | Quit():
                raise AssertionError("these are taken before, or not at all")
            case _:
                assert_never(command)

    def _room(self, rule: Rule, name: RoomName) -> Room:
        """Return the room called *name*, if the user has the right of *rule* to it."""
        room = self._lobby.room(name, self.seat)
        rule.allow(self._actor, room)
        return room

    @property
    def _actor(self) -> Actor:
        return Actor(self.seat.username, self.seat.id, self.seat.identity, self.seat)

    def _reader(self, rule: Rule, room: RoomName | None) -> Reader:
        """Return the user's reader of *room*, as *rule* asks for."""
        assert room is not None, "what is in no room is done elsewhere"
        return self.seat.reader(room, held=rule.membership == "held")

    async def _delete(self, room: Room, answer: Answer) -> None:
        await answer.first()
        await Later(
            partial(self._lobby.delete, room, self.seat.username, self.seat.id), late=lambda _: room.audience.flush()
        )
        await answer.sent(Ok(room.name, event_follows=room.key in self.seat.rooms))
        room.audience.flush()

    async def _moderate(self, command: Act, rule: Rule, answer: Answer) -> Reply:
        command = await placed(self._lobby, self._actor, command)
        if command.room is None:
            return await keep_order(self._lobby, self._actor, command, answer, self.seat.where)
        if isinstance(command, Kick | Impose):
            command = replace(command, reason=self.seat.heard(None, command.reason))
        room, shown = await moderate(self._lobby, self._actor, command, rule, answer)
        reader = self.seat.rooms.get(room.key)
        return Ok(room.name, event_follows=shown and reader is not None and reader.follows)

    async def _redact(self, command: Redact, answer: Answer) -> Reply:
        if command.other is not None:
            await redact_told(self._lobby, self.seat, command.other, command)
            return Ok(command.other)
        seat = self.seat
        room, count = await redact(
            self._lobby, seat.user, self._actor, command, answer, seat.visitor.charge, seat.heard
        )
        reader = self.seat.rooms.get(room.key)
        shown = count > 0 and reader is not None and reader.follows
        return Ok(room.name, event_follows=shown, count=None if command.seconds is None else count)

    async def _report(self, command: Report, answer: Answer) -> Reply:
        if command.other is not None:
            return Ok(await report_told(self._lobby, self.seat, command.other, command))
        return Ok(await report(self._lobby, self.seat, self._actor, command, answer, self.seat.visitor.charge))

    async def _resolve(self, command: Resolve, answer: Answer) -> Reply:
        return Ok(await resolve(self._lobby, self._actor, command, answer))

    # In a room.

    async def _show_room(self, name: RoomName, answer: Answer) -> Reply:
        await answer.first()
        room = self._lobby.room(name, self.seat)
        if not room.is_listed_to(self.seat):
            raise NoSuchRoom(name)
        is_in = room.key in self.seat.rooms
        shows_key = is_in and may_read(self.seat, room.key, room.standing)
        return RoomShown(room.info(), room.topic_by, is_in, room.standing.key if shows_key else "")

    async def _set_topic(self, reader: Reader, topic: str, answer: Answer) -> Reply:
        await answer.first()
        room = still_in(reader).room
        self.seat.admit()
        room.admit_topic(self.seat.username, self.seat.user.identity, self.seat.host, self.seat)
        changes = topic != room.topic
        await Later(partial(room.set_topic, topic, self.seat.username, self.seat.id))
        return Ok(room.name, event_follows=reader.follows and changes)

    # Anywhere.

    def _keep_name(self) -> None:
        """Raise an error if they are to stay who they are: where they are in a room and may not speak, or anywhere."""
        self.seat.admit()
        for reader in self.seat.user.readers:
            self.seat.admit(reader.room)

    def _describe(self, command: Describe, answer: Answer) -> None:
        if command.away or command.realname:
            # Whoever asks for it is shown it. (Where few may speak, only those in the room are not.)
            user, seat = self.seat.user, self.seat
            seat.admit()
            for reader in user.readers:
                reader.room.standing.refuse_muted(user.username, user.identity, seat.host, seat)
        describe(self._lobby, self.seat, command)
        answer.give(Ok(self.seat.username))

    async def _rename(self, new: Username, answer: Answer) -> Reply:
        directory, seat = self._lobby.directory, self.seat
        self._keep_name()
        user, old, by = seat.user, seat.username, seat.id
        accounts = self._lobby.accounts
        if accounts:
            check_free(accounts, new, user.identity if user.has_account else None)
        await Later(partial(directory.reserve, user, new, by), late=lambda _: directory.disclaim(by))
        try:
            await answer.first()
            await in_turn([reader.room for reader in user.readers])
            while coming := [seat.coming for seat in user.seats if seat.coming]:
                # By another connection: there they have the old name first.
                await in_turn(coming)
            self._keep_name()
            if accounts:
                check_free(accounts, new, user.identity if user.has_account else None)
            await Later(partial(self._call, user, new))
        finally:
            directory.disclaim(by)
        follows = new != old and any(reader.follows for reader in seat.rooms.values())
        return Ok(new, event_follows=follows)

    def _call(self, user: User, new: Username, got: Callable[[ChatError | None], None]) -> None:
        """Call *user* and their account by the name *new*; who is lost meanwhile has both names by it, or neither."""
        accounts, directory = self._lobby.accounts, self._lobby.directory

        def stored(error: ChatError | None) -> None:
            if error:
                got(error)
            else:
                directory.rename(user, new, partial(called, user.username))

        def called(old: Username, error: ChatError | None) -> None:
            if not error and new != old:
                for other in user.others(self.seat):
                    other.notify(Called(old, new))
            got(error)

        if accounts and user.has_account:
            accounts.rename(user.identity, new, stored)
        else:
            stored(None)

    def _who(self, command: Who, answer: Answer) -> None:
        def got(found: Members | ChatError) -> None:
            if isinstance(found, Members):
                found = replace(found, away=self._lobby.people.away(found.usernames))
                self.seat.visitor.charge(len(found.usernames) // NAMES_A_TOKEN)
            answer.give(found)

        self._lobby.directory.who(command.room, command.after, self.seat, got)

    async def _list(self, command: List, answer: Answer) -> Reply:
        directory, connection = self._lobby.directory, self.seat.connection
        # What a watcher is told of changes belongs behind the replies before this one; and a room that becomes private
        # meanwhile is in no list that comes after that.
        await answer.first()
        if command.watch is False:
            directory.unwatch(connection)
        watcher = connection if command.watch else None
        rooms = partial(directory.rooms, command.match, command.after, self.seat, watcher=watcher)
        listed: Listed = await Later(rooms, late=lambda _: directory.unwatch(connection))
        self.seat.visitor.charge(listed.looked_at // NAMES_A_TOKEN)
        self.seat.visitor.charge_for(room.room + room.topic for room in listed.rooms.rooms)
        return listed.rooms
