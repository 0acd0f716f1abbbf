"""The second state of a visitor: a user, for whom commands are carried out."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from chatroom.core.ports import Page
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.member import Member
from chatroom.core.rooms.participant import Position
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.user import User
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
from chatroom.core.values.errors import AlreadyAMember, AlreadyLoggedIn, ChatError, NoSuchRoom, NotAMember
from chatroom.core.values.events import Said, Told
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
                drive(self._leave(self._member(rule, room), answer), answer)
            case Topic(room, topic):
                drive(self._set_topic(self._member(rule, room), topic, answer), answer)
            case History(room):
                drive(self._read(self._member(rule, room), command, answer), answer)
            case Search(room):
                drive(self._search(self._member(rule, room), command, answer), answer)
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

    def _member(self, rule: Rule, room: RoomName) -> Member:
        """Return the membership in *room* that *rule* asks for."""
        return self.user.seat(room) if rule.membership == "seat" else self.user.member(room)

    # In and out.

    async def _join(self, command: Join, answer: Answer) -> None:
        member = self.user.rooms.get(key(command.room))
        if member and not (member.held or member.provisional):
            raise AlreadyAMember(member.room.name)
        await self._before_moving(command, answer)
        if key(command.room) not in self._lobby.rooms:
            self.user.visitor.charge(OPENING)
        room = await Later(partial(self._lobby.open_kept, command.room))
        await in_turn([room])
        position = room.position(after=command.after, epoch=command.epoch, backlog=command.backlog)
        await self._enter(room, position, command, answer)

    async def _create(self, command: Create, answer: Answer) -> None:
        await self._before_moving(command, answer)
        while self._lobby.opening(command.room):
            await when(partial(self._lobby.when_opened, command.room))
        room = await Later(partial(self._lobby.create, command, self.user))
        await self._enter(room, Position(room.head), command, answer)

    async def _before_moving(self, command: Join | Create, answer: Answer) -> None:
        """Wait until the user is shown all of the room that *command* leaves."""
        if old := self._left_by(command):
            await answer.first()
            await shown(old)

    async def _enter(self, room: Room, position: Position, command: Join | Create, answer: Answer) -> None:
        """Enter *room* at *position*, then leave the one that *command* leaves, and reply."""
        old = self._left_by(command)
        member = self.user.rooms.get(room.key) or Member(self.user, room)
        room.admit(member, position)
        self.user.rooms[room.key] = member
        member.provisional = isinstance(command, Join) and command.provisional
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
        await in_turn([left.room for left in old])
        for left in old:
            left.room.flush_messages()
            self.user.leave_room(left, "moved")
        await answer.sent(entered)
        member.start()

    def _left_by(self, command: Join | Create) -> list[Member]:
        """Return the membership that *command* ends, if there is one."""
        member = self.user.rooms.get(key(command.instead_of)) if command.instead_of else None
        return [member] if member else []

    async def _leave(self, member: Member, answer: Answer) -> Reply:
        await answer.first()
        await shown([member])
        self.user.leave_room(self._still(member), "left")
        return Ok(member.room.name)

    async def _delete(self, room: Room, answer: Answer) -> None:
        await answer.first()
        by = self.user.username
        # The others are told even if the user is gone by then, or goes while their reply waits.
        await Later(partial(self._lobby.delete, room), late=lambda _: room.evict_all(by))
        try:
            await answer.sent(Ok(room.name, event_follows=room.key in self.user.rooms))
        finally:
            room.evict_all(by)

    # In a room.

    async def _set_topic(self, member: Member, topic: str, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(member).room
        if room.closing:
            raise NoSuchRoom(room.name)
        await Later(partial(room.set_topic, topic, self.user.username))
        return Ok(room.name, event_follows=member.follows)

    async def _read(self, member: Member, command: History, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(member).room
        page = await Later(partial(room.page, after=command.after, before=command.before, limit=command.limit))
        return self._entries(room, page)

    async def _search(self, member: Member, command: Search, answer: Answer) -> Reply:
        await answer.first()
        room = self._still(member).room
        found = await Later(partial(room.search, query=command.query, before=command.before, limit=command.limit))
        self.user.visitor.charge(int(found.seconds / TOKEN_SECONDS))
        if isinstance(found.result, ChatError):
            raise found.result
        return self._entries(room, found.result, backwards=command.newest_first)

    def _entries(self, room: Room, page: Page, *, backwards: bool = False) -> Entries:
        said = [Said(room.name, seq, message) for seq, message in page.entries]
        self.user.visitor.charge_for(event.message.text for event in said)
        return Entries(room.name, tuple(reversed(said) if backwards else said), page.more)

    def _still(self, member: Member) -> Member:
        """Return *member*, unless the room was deleted meanwhile."""
        if not member.room.has(member):
            raise NotAMember(member.room.name)
        return member

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

    async def _rename(self, new: Username, answer: Answer) -> Reply:
        user = self.user
        self._lobby.users.claim(new, user)
        await answer.first()
        await in_turn([member.room for member in user.rooms.values()])
        old = user.username
        if new == old:
            return Ok(new)
        self._lobby.users.rename(user, new)
        for member in user.rooms.values():
            member.room.rename(old, new)
        return Ok(new, event_follows=any(member.follows for member in user.rooms.values()))

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
