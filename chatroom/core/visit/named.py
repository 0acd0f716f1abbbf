"""The second state of a visitor: a user, for whom commands are carried out."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import assert_never

from chatroom.core.ports import Page
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.participant import Position
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.user import User
from chatroom.core.values.changes import Entry
from chatroom.core.values.commands import (
    Command,
    Create,
    Delete,
    History,
    Join,
    Leave,
    List,
    Local,
    Login,
    Ping,
    Pong,
    Quit,
    Rename,
    Say,
    Search,
    Tell,
    Topic,
    Who,
)
from chatroom.core.values.errors import AlreadyAMember, AlreadyLoggedIn, ChatError, NotAMember
from chatroom.core.values.events import Reason, Said, Told
from chatroom.core.values.limits import NAMES_A_TOKEN, TOKEN_SECONDS
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.replies import Entered, Entries, Ok, Reply
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.driver import drive
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.rules import OPENING, Rule
from chatroom.core.visit.saying import tell
from chatroom.core.visit.waiting import in_turn, shown


class Named:
    """A visitor who is *user*, after the login."""

    __slots__ = ("_lobby", "user")

    name = "named"

    def __init__(self, lobby: Lobby, user: User) -> None:
        self._lobby = lobby
        self.user = user

    def misplaced(self) -> ChatError:
        """Return the error for a command that may not come in this state."""
        return AlreadyLoggedIn(self.user.username)

    def failed(self, error: ChatError) -> bool:
        """Return False: errors never end a named visitor's connection."""
        return False

    def handle(self, command: Command, rule: Rule, answer: Answer) -> None:
        """Carry out *command* by its *rule*, and give its reply to *answer* at once or later."""
        match command:
            case Tell():
                self._tell(command, answer)
            case Who():
                answer(self._who(command))
            case List(watch=True):
                drive(self._watch(command, answer), answer)
            case List():
                answer(self._list(command))
            case Rename():
                drive(self._rename(command.username, answer), answer)
            case Join():
                drive(self._join(command, answer), answer)
            case Create():
                drive(self._create(command, answer), answer)
            case Delete(room):
                drive(self._delete(self._room(rule, room), answer), answer)
            case Leave(room):
                drive(self._leave(self._reader(rule, room), answer), answer)
            case Topic(room, topic):
                drive(self._set_topic(self._reader(rule, room), topic, answer), answer)
            case History(room):
                drive(self._read(self._reader(rule, room), command, answer), answer)
            case Search(room):
                drive(self._search(self._reader(rule, room), command, answer), answer)
            case Say() | Login() | Local() | Ping() | Pong() | Quit():
                raise AssertionError("a visitor takes these before")
            case _:
                assert_never(command)

    def _room(self, rule: Rule, name: RoomName) -> Room:
        """Return the room called *name*, if the user has the right of *rule* to it."""
        room = self._lobby.room(name)
        if rule.right:
            rule.right(self.user, room)
        return room

    def _reader(self, rule: Rule, room: RoomName) -> Reader:
        """Return the user's reader of *room*, as *rule* asks for."""
        return self.user.reader(room, held=rule.membership == "held")

    # In and out.

    async def _join(self, command: Join, answer: Answer) -> None:
        reader = self.user.rooms.get(key(command.room))
        if reader and not (reader.held or reader.provisional):
            raise AlreadyAMember(reader.room.name)
        await self._before_moving(command, answer)
        if key(command.room) not in self._lobby.rooms:
            self.user.visitor.charge(OPENING)
        room = await Later(partial(self._lobby.open_kept, command.room))
        await self._enter(room, command, answer)

    async def _create(self, command: Create, answer: Answer) -> None:
        await self._before_moving(command, answer)
        while self._lobby.opening(command.room):
            await when(partial(self._lobby.when_opened, command.room))
        room = await Later(partial(self._lobby.create, command, self.user))
        await self._enter(room, command, answer)

    async def _before_moving(self, command: Join | Create, answer: Answer) -> None:
        """Wait until the user is shown all of the room that *command* leaves."""
        if old := self._left_by(command):
            await answer.first()
            await shown(old)

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
        )
        for left in old:
            # Unless the room is deleted meanwhile.
            with suppress(NotAMember):
                await self._go(left, "moved")
        await answer.sent(entered)
        reader.start()

    async def _come(self, room: Room, command: Join | Create) -> tuple[Reader, Position]:
        """Come into *room*, in turn; return the reader, which is there and not started, and where it begins."""
        user = self.user
        username, seat = user.username, user.seat

        def give_back(entry: Entry | None) -> None:
            # A seat that was held before is still held.
            if key(room.name) not in user.rooms and not room.closing:
                room.go(username, seat, "lost", lambda _: None)

        await in_turn([room])
        await Later(partial(room.come, username, seat), late=give_back)
        reader = user.rooms.get(room.key) or Reader(user, room)
        if isinstance(command, Join):
            position = room.position(after=command.after, epoch=command.epoch, backlog=command.backlog)
        else:
            position = Position(room.head)
        reader.enter(position)
        reader.provisional = isinstance(command, Join) and command.provisional
        return reader, position

    def _left_by(self, command: Join | Create) -> list[Reader]:
        """Return the reader of the room that *command* leaves, if there is one."""
        reader = self.user.rooms.get(key(command.instead_of)) if command.instead_of else None
        return [reader] if reader else []

    async def _leave(self, reader: Reader, answer: Answer) -> Reply:
        await answer.first()
        await self._go(reader, "left")
        return Ok(reader.room.name)

    async def _go(self, reader: Reader, reason: Reason) -> None:
        """Leave the room of *reader*, in turn, and wait until it is shown all that was said there before."""
        await in_turn([reader.room])
        reader.room.audience.flush_messages()
        await Later(partial(self._still(reader).leave, reason))
        await when(reader.when_level)

    async def _delete(self, room: Room, answer: Answer) -> None:
        await answer.first()
        await Later(partial(self._lobby.delete, room, self.user), late=lambda _: room.audience.flush())
        await answer.sent(Ok(room.name, event_follows=room.key in self.user.rooms))
        room.audience.flush()

    # In a room.

    async def _set_topic(self, reader: Reader, topic: str, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(reader).room
        await Later(partial(room.set_topic, topic, self.user.username, self.user.seat))
        return Ok(room.name, event_follows=reader.follows)

    async def _read(self, reader: Reader, command: History, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(reader).room
        page = await Later(partial(room.page, after=command.after, before=command.before, limit=command.limit))
        return self._entries(room, page)

    async def _search(self, reader: Reader, command: Search, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(reader).room
        found = await Later(partial(room.search, query=command.query, before=command.before, limit=command.limit))
        self.user.visitor.charge(int(found.seconds / TOKEN_SECONDS))
        if isinstance(found.result, ChatError):
            raise found.result
        return self._entries(room, found.result, backwards=command.newest_first)

    def _entries(self, room: Room, page: Page, *, backwards: bool = False) -> Entries:
        said = [Said(room.name, seq, message) for seq, message in page.entries]
        self.user.visitor.charge_for(event.message.text for event in said)
        return Entries(room.name, tuple(reversed(said) if backwards else said), page.more)

    def _still(self, reader: Reader) -> Reader:
        """Return *reader*, unless the room was deleted meanwhile."""
        if not reader.is_in:
            raise NotAMember(reader.room.name)
        return reader

    # Anywhere.

    def _tell(self, command: Tell, answer: Answer) -> None:
        other = self._lobby.users.find(command.to)
        self.user.visitor.charge_for((command.text,))
        if other is self.user:
            drive(self._tell_oneself(command, answer), answer)
        else:
            tell(self._lobby, self.user, other, command, answer)

    async def _tell_oneself(self, command: Tell, answer: Answer) -> None:
        name = self.user.username
        told = Told(name, name, self._lobby.now(), command.text)
        await answer.first()
        await answer.sent(Ok(name, event_follows=True))
        self.user.connection.notify(told)

    async def _rename(self, new: Username, answer: Answer) -> None:
        user = self.user
        self._lobby.users.claim(new, user)
        await answer.first()
        rooms = [reader.room for reader in user.rooms.values()]
        await in_turn(rooms)
        old = user.username
        if new != old:
            self._lobby.users.rename(user, new)
        follows = any(reader.follows for reader in user.rooms.values())
        await answer.sent(Ok(new, event_follows=new != old and follows))
        if new != old:
            for reader in user.rooms.values():
                reader.room.call(old, new, user.seat)

    def _who(self, command: Who) -> Reply:
        members = self._lobby.who(command.room, command.after)
        self.user.visitor.charge(len(members.usernames) // NAMES_A_TOKEN)
        return members

    async def _watch(self, command: List, answer: Answer) -> Reply:
        await answer.first()
        return self._list(command)

    def _list(self, command: List) -> Reply:
        if command.watch is not None:
            self._lobby.watchers.set(self.user, watching=command.watch)
        rooms = self._lobby.list_rooms(command.match, command.after)
        looked_at = self._lobby.rooms_after(command.after) if command.match else rooms.rooms
        self.user.visitor.charge(len(looked_at) // NAMES_A_TOKEN)
        self.user.visitor.charge_for(room.room + room.topic for room in rooms.rooms)
        return rooms
