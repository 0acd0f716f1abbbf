"""The second state of a visitor: somebody with a seat, for whom commands are carried out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import assert_never

from chatroom.core.ports import Page
from chatroom.core.rooms.directory import Listed
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.participant import Position
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.seat import Seat
from chatroom.core.rooms.user import User
from chatroom.core.values import audit
from chatroom.core.values.changes import Entry
from chatroom.core.values.commands import (
    AddAccount,
    Appoint,
    Authenticate,
    ChangePassword,
    Command,
    Configure,
    Connections,
    Create,
    Delete,
    Devices,
    Disconnect,
    History,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListAccounts,
    ListSanctions,
    Local,
    Login,
    Notify,
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
    Tell,
    Topic,
    Unregister,
    Who,
)
from chatroom.core.values.errors import (
    AlreadyAMember,
    AlreadyLoggedIn,
    ChatError,
    NoGuests,
    NotAllowed,
    NotAMember,
    TooManyTries,
)
from chatroom.core.values.errors import Muted as MutedError
from chatroom.core.values.events import Called, Memberships, Muted, Reason, Said, Told
from chatroom.core.values.limits import NAMES_A_TOKEN, TOKEN_SECONDS
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.replies import Entered, Entries, Members, Ok, Reply
from chatroom.core.visit.account_keeping import keep
from chatroom.core.visit.accounts import act, check_free
from chatroom.core.visit.answer import Answer, LastCode
from chatroom.core.visit.auditing import list_acts
from chatroom.core.visit.authentication import authenticate
from chatroom.core.visit.driver import drive
from chatroom.core.visit.handling import handle
from chatroom.core.visit.keeping_order import keep_order
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.looking_back import read
from chatroom.core.visit.moderation import Act, list_sanctions, moderate, placed
from chatroom.core.visit.redaction import redact
from chatroom.core.visit.reporting import list_reports, report, resolve
from chatroom.core.visit.rights import Actor, know_of
from chatroom.core.visit.rules import OPENING, Rule
from chatroom.core.visit.saying import tell
from chatroom.core.visit.waiting import in_turn, shown


class Named:
    """A visitor who has a *seat*, after the login."""

    __slots__ = ("_lobby", "seat")

    name = "named"

    def __init__(self, lobby: Lobby, seat: Seat) -> None:
        self._lobby = lobby
        self.seat = seat

    def may(self, rule: Rule) -> bool:
        """Tell whether a command with that *rule* may come from here: an operator's, by who has such an account."""
        return rule.state == "operator" and self._lobby.is_operator(self.seat.user.identity)

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
                self._tell(command, answer)
            case Who():
                self._who(command, answer)
            case List():
                drive(self._list(command, answer), answer)
            case Rename():
                drive(self._rename(command.username, answer), answer)
            case Join():
                drive(self._join(command, answer), answer)
            case Create():
                drive(self._create(command, answer), answer)
            case Delete(room):
                drive(self._delete(self._room(rule, room), answer), answer)
            case Leave(room, True):
                drive(self._leave_everywhere(room, answer), answer)
            case Leave(room):
                drive(self._leave(self._reader(rule, room), answer), answer)
            case Authenticate():
                drive(authenticate(self._lobby, self.seat, self.seat.visitor, command, answer), answer)
            case Register() | ChangePassword() | Unregister() | Devices() | Revoke():
                drive(act(self._lobby, self.seat, self.seat.visitor, command, answer), answer)
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
            case Topic(room, topic):
                drive(self._set_topic(self._reader(rule, room), topic, answer), answer)
            case History(room):
                drive(self._read(self._reader(rule, room), command, answer), answer)
            case Search(room):
                drive(self._search(self._reader(rule, room), command, answer), answer)
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

    def _reader(self, rule: Rule, room: RoomName) -> Reader:
        """Return the user's reader of *room*, as *rule* asks for."""
        return self.seat.reader(room, held=rule.membership == "held")

    # In and out.

    async def _join(self, command: Join, answer: Answer) -> None:
        reader = self.seat.rooms.get(key(command.room))
        if reader and not (reader.held or reader.provisional):
            raise AlreadyAMember(reader.room.name)
        await self._before_moving(command, answer)
        if key(command.room) not in self._lobby.rooms:
            self.seat.visitor.charge(OPENING)
        room = await Later(partial(self._lobby.reach, command.room, self.seat))
        await self._enter(room, command, answer)

    async def _create(self, command: Create, answer: Answer) -> None:
        await self._before_moving(command, answer)
        while self._lobby.opening(command.room):
            await when(partial(self._lobby.when_opened, command.room))
        room = await Later(partial(self._lobby.create, command, self.seat))
        await self._enter(room, command, answer)

    async def _before_moving(self, command: Join | Create, answer: Answer) -> None:
        """Wait until the user is shown all of the room that *command* leaves, or that they were put out of."""
        await self._told_all()
        if old := self._left_by(command):
            await answer.first()
            await shown(old)

    async def _told_all(self) -> None:
        """Wait until the user is told of the rooms that they were put out of: that comes before any other room."""
        for leaver in self.seat.leavers:
            await when(leaver.when_level)

    async def _enter(self, room: Room, command: Join | Create, answer: Answer) -> None:
        """Enter *room*, then leave the one that *command* leaves, and reply."""
        old = self._left_by(command)
        reader, position = await self._come(room, command)
        entered = Entered(
            room.name,
            room.topic,
            len(room.members),
            room.capacity,
            room.epoch,
            room.head,
            room.creator,
            position.resumed,
            room.port,
            room.standing.settings,
            room.redactions.count,
            self._muted(room),
        )
        for left in old:
            # Unless the room is deleted meanwhile.
            with suppress(NotAMember):
                await self._go(left, "moved")
        await self._told_all()
        await answer.sent(entered)
        reader.start()

    async def _come(self, room: Room, command: Join | Create) -> tuple[Reader, Position]:
        """Come into *room*, in turn; return the reader, which is there and not started, and where it begins."""
        seat, by = self.seat, self.seat.id
        username = seat.username

        def give_back(entry: Entry | None) -> None:
            # A seat that was held before is still held.
            if room.key not in seat.rooms:
                room.go(username, by, "lost", lambda _: None)

        if held := seat.rooms.get(room.key):
            held.awaited = True
        seat.coming = room
        try:
            await in_turn([room])
            if self._comes_as_operator(room):
                # Before they are there: what can't be written down is not done.
                act = audit.Act(self._lobby.now(), seat.username, "join", room.name)
                await Later(partial(self._lobby.audit.note, act, log=room.log_id))
                await in_turn([room])
            # Another connection of theirs may have changed it.
            username = seat.username
            know_of(seat, room, command.room)
            if ban := room.standing.ban_of(username, seat.user.identity, seat.host):
                raise ban
            if not (held or room.standing.admits(seat.user.identity, has_account=seat.user.has_account)):
                raise NoGuests(room.name)
            come = partial(room.come, username, by, identity=seat.identity, person=seat.follower)
            await Later(come, late=give_back)
            if meanwhile := room.standing.ban_of(username, seat.user.identity, seat.host):
                # By another server, of which this one knows only now.
                room.go(username, by, "left", lambda _: None)
                raise meanwhile
            if not room.is_shown_to(seat):
                # Likewise.
                room.go(username, by, "left", lambda _: None)
                know_of(seat, room, command.room)
        except ChatError:
            if held:
                # There is some time to try again.
                held.awaited = False
                seat.taken_over()
            raise
        finally:
            seat.coming = None
        reader = seat.rooms.get(room.key) or Reader(seat, room)
        if isinstance(command, Join):
            position = room.position(
                after=command.after, epoch=command.epoch, backlog=command.backlog, redactions=command.redactions
            )
        else:
            position = Position(room.head, redactions=room.redactions.count)
        reader.enter(position)
        reader.provisional = isinstance(command, Join) and command.provisional
        return reader, position

    def _muted(self, room: Room) -> Muted | None:
        """Return what somebody who comes in is told who may not speak there."""
        mute = room.standing.mute_of(self.seat.username, self.seat.user.identity, self.seat.host)
        return Muted(room.name, mute.by, mute.until, mute.reason) if mute else None

    def _comes_as_operator(self, room: Room) -> bool:
        """Return whether the user may come into *room* only because operators may come into all."""
        seat = self.seat
        return (
            room.is_private
            and not (room.standing.is_open_to(seat.identity) or seat.is_in(room.key))
            and room.is_shown_to(seat)
        )

    def _left_by(self, command: Join | Create) -> list[Reader]:
        """Return the reader of the room that *command* leaves, if there is one."""
        name = key(command.instead_of) if command.instead_of else None
        reader = self.seat.rooms.get(name) if name and name != key(command.room) else None
        return [reader] if reader else []

    async def _leave(self, reader: Reader, answer: Answer) -> Reply:
        await answer.first()
        await self._go(reader, "left")
        return Ok(reader.room.name)

    async def _leave_everywhere(self, name: RoomName, answer: Answer) -> Reply:
        """Leave by all connections: another one that was there is told that it is not there any more."""
        user, room = self.seat.user, key(name)
        inside = [seat for seat in user.seats if room in seat.rooms]
        elsewhere = [there for there in user.elsewhere if key(there) == room]
        if not inside and not elsewhere:
            raise NotAMember(self._lobby.room(name, self.seat).name)
        left = inside[0].rooms[room].room.name if inside else elsewhere[0]
        await answer.first()
        self.seat.put_out_of = room
        for seat in inside:
            seat.put_out_of = room
            # Unless they have left meanwhile.
            with suppress(KeyError, NotAMember):
                await self._go(seat.rooms[room], "left")
        if elsewhere:
            kept: Room = await Later(partial(self._lobby.open_kept, name))
            await in_turn([kept])
            await Later(partial(kept.go_elsewhere, user.username, self.seat.id, person=self.seat.follower))
            user.is_elsewhere([there for there in user.elsewhere if key(there) != room], besides=(*inside, self.seat))
        rooms = user.memberships
        for seat in inside:
            if seat is not self.seat:
                seat.notify(Memberships(tuple(each for each in rooms if key(each) != room)))
                if room in map(key, rooms):
                    # By a connection that came in meanwhile.
                    seat.notify(Memberships(rooms))
        return Ok(left)

    async def _go(self, reader: Reader, reason: Reason) -> None:
        """Leave the room of *reader*, in turn, and wait until it is shown all that was said there before."""
        await in_turn([reader.room])
        reader.room.audience.flush_messages()
        await Later(partial(self._still(reader).leave, reason, follower=self.seat.follower))
        await when(reader.when_level)

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
        room, shown = await moderate(self._lobby, self._actor, command, rule, answer)
        reader = self.seat.rooms.get(room.key)
        return Ok(room.name, event_follows=shown and reader is not None and reader.follows)

    async def _redact(self, command: Redact, answer: Answer) -> Reply:
        room, count = await redact(self._lobby, self.seat.user, self._actor, command, answer, self.seat.visitor.charge)
        reader = self.seat.rooms.get(room.key)
        shown = count > 0 and reader is not None and reader.follows
        return Ok(room.name, event_follows=shown, count=None if command.seconds is None else count)

    async def _report(self, command: Report, answer: Answer) -> Reply:
        return Ok(await report(self._lobby, self.seat.user, self._actor, command, answer, self.seat.visitor.charge))

    async def _resolve(self, command: Resolve, answer: Answer) -> Reply:
        return Ok(await resolve(self._lobby, self._actor, command, answer))

    # In a room.

    async def _set_topic(self, reader: Reader, topic: str, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(reader).room
        self._admit()
        room.admit(self.seat.username, self.seat.user.identity, self.seat.host, paced=False)
        await Later(partial(room.set_topic, topic, self.seat.username, self.seat.id))
        return Ok(room.name, event_follows=reader.follows)

    async def _read(self, reader: Reader, command: History, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(reader).room
        return self._entries(room, await read(room.pages, command))

    async def _search(self, reader: Reader, command: Search, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(reader).room
        found = await Later(partial(room.pages.search, query=command.query, before=command.before, limit=command.limit))
        self.seat.visitor.charge(int(found.seconds / TOKEN_SECONDS))
        if isinstance(found.result, ChatError):
            raise found.result
        return self._entries(room, found.result, backwards=command.newest_first)

    def _entries(self, room: Room, page: Page, *, backwards: bool = False) -> Entries:
        said = [Said(room.name, seq, message) for seq, message in page.entries]
        self.seat.visitor.charge_for(event.message.text for event in said)
        return Entries(room.name, tuple(reversed(said) if backwards else said), page.more, page.more_before)

    def _still(self, reader: Reader) -> Reader:
        """Return *reader*, unless the room was deleted meanwhile."""
        if not reader.is_in:
            raise NotAMember(reader.room.name)
        return reader

    # Anywhere.

    def _tell(self, command: Tell, answer: Answer) -> None:
        self.seat.visitor.charge_for((command.text,))
        if key(command.to) == self.seat.user.key:
            drive(self._tell_oneself(command, answer), answer)
        else:
            tell(self._lobby, self.seat, command, answer)

    async def _tell_oneself(self, command: Tell, answer: Answer) -> None:
        name = self.seat.username
        told = Told(name, name, self._lobby.now(), command.text)
        await answer.first()
        await answer.sent(Ok(name, event_follows=True))
        self.seat.notify(told)
        self._lobby.directory.told(told, self.seat)

    def _admit(self) -> None:
        """Raise an error if they may speak nowhere."""
        self._lobby.house.admit(self.seat.user.identity, self.seat.username, self.seat.host)

    def _keep_name(self) -> None:
        """Raise an error if they are to stay who they are: muted anywhere, or in a room where they are."""
        self._admit()
        user = self.seat.user
        for reader in [reader for seat in user.seats for reader in seat.rooms.values()]:
            if mute := reader.room.standing.mute_of(user.username, user.identity, self.seat.host):
                raise MutedError(reader.room.name, mute.until, mute.reason)

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
            await in_turn([reader.room for seat in user.seats for reader in seat.rooms.values()])
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
                self.seat.visitor.charge(len(found.usernames) // NAMES_A_TOKEN)
            answer.give(found)

        self._lobby.directory.who(command.room, command.after, self.seat, got)

    async def _list(self, command: List, answer: Answer) -> Reply:
        directory, connection = self._lobby.directory, self.seat.connection
        if command.watch:
            # What it is told of changes belongs behind the replies before this one.
            await answer.first()
        elif command.watch is not None:
            directory.unwatch(connection)
        watcher = connection if command.watch else None
        rooms = partial(directory.rooms, command.match, command.after, self.seat, watcher=watcher)
        listed: Listed = await Later(rooms, late=lambda _: directory.unwatch(connection))
        self.seat.visitor.charge(listed.looked_at // NAMES_A_TOKEN)
        self.seat.visitor.charge_for(room.room + room.topic for room in listed.rooms.rooms)
        return listed.rooms
