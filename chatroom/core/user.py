"""The second state of a visitor: a username, in the lobby or in rooms."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, assert_never

from chatroom.core.commands import (
    Command,
    Create,
    Delete,
    Help,
    History,
    Join,
    Leave,
    List,
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
from chatroom.core.errors import (
    AlreadyAMember,
    AlreadyLoggedIn,
    ChatError,
    NoSuchRoom,
    NotAllowed,
    NotAMember,
    StorageFailed,
)
from chatroom.core.events import Message, Reason, Said, Told
from chatroom.core.member import Member, Position
from chatroom.core.names import Key, RoomName, Username, key
from chatroom.core.replies import Entered, Entries, Ok, Stored
from chatroom.core.room import Room, in_turn_of_all
from chatroom.core.sent import Place

if TYPE_CHECKING:
    from chatroom.core.lobby import Lobby
    from chatroom.core.ports import Connection, Page
    from chatroom.core.visitor import Answer, Visitor
    from chatroom.core.wheel import Deadline


class User:
    """Somebody called *username*, a member of *rooms*; without any, in the lobby.

    It is known again by its *session*, if it has one, and then outlives its connection for a while.
    """

    __slots__ = ("_deadline", "_leaving", "_lobby", "key", "rooms", "session", "username", "visitor")

    def __init__(self, lobby: Lobby, visitor: Visitor, username: Username, session: bytes | None = None) -> None:
        self.visitor = visitor
        self.username = username
        self.session = session
        self.key = key(username)
        self.rooms: dict[Key, Member] = {}
        self._lobby = lobby
        self._leaving = False
        self._deadline: Deadline | None = None

    @property
    def identity(self) -> Hashable:
        """By what it is known again: its session, or without one this very connection."""
        return self if self.session is None else self.session

    @property
    def connection(self) -> Connection:
        """The way out to this user."""
        return self.visitor.connection

    def failed(self, error: ChatError) -> bool:
        """Tell that no error is one too many."""
        return False

    def handle(self, command: Command, answer: Answer) -> None:
        """Carry out *command*, and give its reply to *answer* at once or later."""
        match command:
            case Say():
                self._say(command, answer)
            case Tell():
                self._tell(command, answer)
            case Join(room):
                self._lobby.reach(room, lambda room: answer.run(lambda: self._join(room, command, answer)))
            case Create():
                self._create(command, answer)
            case Leave(room):
                member = self._seat(room)
                answer.when_first(
                    lambda: self._when_shown([member], answer.running(lambda: self._leave(member, answer)))
                )
            case Delete(room):
                self._delete(self._lobby.room(room), answer)
            case Topic(room, topic):
                member = self._member(room)
                answer.when_first(lambda: self._set_topic(member, topic, answer))
            case Rename(username):
                self._lobby.claim(username, self)
                change = answer.running(lambda: self._rename(username, answer))
                answer.when_first(lambda: in_turn_of_all([member.room for member in self.rooms.values()], change))
            case List():
                self._list(command, answer)
            case Who(room, after):
                answer(self._lobby.who(room, after))
            case History(room, before, after, limit):
                member = self._member(room)
                got = self._entries_for(member, answer)
                answer.when_first(
                    lambda: self._still(member).room.page(after=after, before=before, limit=limit, got=got)
                )
            case Search(room, query, before, limit, newest_first):
                member = self._member(room)
                got = self._entries_for(member, answer, backwards=newest_first)
                answer.when_first(lambda: self._still(member).room.search(query, before=before, limit=limit, got=got))
            case Login():
                raise AlreadyLoggedIn(self.username)
            case Help() | Ping() | Pong() | Quit():
                raise AssertionError("every visitor takes these, whatever its state")
            case _:
                assert_never(command)

    def _seat(self, room: RoomName) -> Member:
        """Return the membership in *room*, even if it is only a seat that is held."""
        try:
            return self.rooms[key(room)]
        except KeyError:
            raise NotAMember(self._lobby.room(room).name) from None

    def _member(self, room: RoomName) -> Member:
        """Return the membership in *room*."""
        return self._still(self._seat(room))

    def _still(self, member: Member) -> Member:
        """Return *member*, unless the room was deleted meanwhile, or is to be joined again."""
        if member.held or not member.room.has(member):
            raise NotAMember(member.room.name)
        return member

    def _say(self, command: Say, answer: Answer) -> None:
        room = self._member(command.room).room
        named = self.session is not None and command.cid is not None
        message = Message(
            self.username,
            command.text,
            self._lobby.at(),
            command.action,
            self.session if named else None,
            command.cid if named else None,
        )

        def done(place: Place | StorageFailed) -> None:
            if isinstance(place, StorageFailed):
                answer.refuse(place)
            else:
                answer(Stored(room.name, place.seq, place.at, command.cid))

        room.say(message, done, self.identity, command.cid)

    def _tell(self, command: Tell, answer: Answer) -> None:
        other = self._lobby.find(command.to)
        told = Told(self.username, other.username, self._lobby.at(), command.text)
        if other is self:
            answer.when_first(
                lambda: answer(Ok(other.username, event_follows=True), lambda: self.connection.notify(told))
            )
        else:
            other.connection.notify(told)
            answer(Ok(other.username))

    # In and out.

    def _join(self, room: Room | ChatError, command: Join, answer: Answer) -> None:
        if isinstance(room, ChatError):
            raise room
        member = self.rooms.get(room.key)
        if member and not member.held:
            raise AlreadyAMember(room.name)

        def enter() -> None:
            position = room.position(after=command.after, epoch=command.epoch, backlog=command.backlog)
            self._enter(room, position, answer)

        self._before_moving(answer, lambda: room.in_turn(answer.running(enter)))

    def _create(self, command: Create, answer: Answer) -> None:
        def opened(room: Room | ChatError) -> None:
            answer.run(lambda: enter(room))

        def enter(room: Room | ChatError) -> None:
            if isinstance(room, ChatError):
                raise room
            self._enter(room, Position(room.head), answer)

        self._before_moving(answer, lambda: self._lobby.create(command, self, opened))

    def _before_moving(self, answer: Answer, go: Callable[[], None]) -> None:
        """Run *go* at once, or when all is shown of the room from which it leads away."""
        if self.visitor.one_room and self.rooms:
            answer.when_first(lambda: self.when_shown(answer.running(go)))
        else:
            go()

    def _enter(self, room: Room, position: Position, answer: Answer) -> None:
        old = list(self.rooms.values()) if self.visitor.one_room else []
        member = self.rooms[room.key] = room.admit(self, position)
        count, seq = len(room.members), room.head
        entered = Entered(room.name, room.topic, count, room.capacity, room.epoch, seq, room.creator, position.resumed)

        def move() -> None:
            for left in old:
                left.room.flush_messages()
            for left in old:
                self._go_out(left, "moved")
            answer(entered, member.start)

        in_turn_of_all([left.room for left in old], answer.running(move))

    def _leave(self, member: Member, answer: Answer) -> None:
        if not member.room.has(member):
            raise NotAMember(member.room.name)
        self._go_out(member, "left")
        answer(Ok(member.room.name))

    def _go_out(self, member: Member, reason: Reason | None) -> None:
        """Be out of a room now, if it is there still."""
        if member.room.has(member):
            del self.rooms[member.room.key]
            member.room.dismiss(member, reason)

    def _delete(self, room: Room, answer: Answer) -> None:
        if room.permanent:
            raise NotAllowed(f"{room.name} is the operator's, and stays", room.name)
        if room.owner != self.identity:
            if room.creator and key(room.creator) == self.key:
                raise NotAllowed("It was created over another connection, and only that could delete it", room.name)
            raise NotAllowed(f"Only {room.creator}, who created {room.name}, may delete it", room.name)

        def done() -> None:
            answer(Ok(room.name, event_follows=room.key in self.rooms))

        answer.when_first(lambda: self._lobby.delete(room, self, done))

    def put_out(self, room: Room) -> None:
        """Be out of *room*, which is deleted."""
        del self.rooms[room.key]

    def lost(self) -> None:
        """Hold the seats for a while, if there is a session that can take them back; else be gone."""
        grace = self._lobby.limits.grace
        if self._leaving:
            return
        if self.session is None or not grace or self._lobby.stopping:
            self.go("lost")
        else:
            self.hold()
            self._wait(grace, lambda: self.go("lost"))

    def hold(self) -> None:
        """Show nothing more of any room, but stay in all of them."""
        self._lobby.watchers.set(self, watching=False)
        for member in self.rooms.values():
            member.hold()

    def come_back(self, visitor: Visitor) -> None:
        """Go on as *visitor*, who has some time to join again the rooms in which seats are held."""
        self.hold()
        self.visitor = visitor
        self._wait(self._lobby.limits.grace, self._give_up_seats)

    def _wait(self, seconds: float, action: Callable[[], None]) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._lobby.wheel.call_in(seconds, action)

    def _give_up_seats(self) -> None:
        for member in [member for member in self.rooms.values() if member.held]:
            member.room.in_turn(partial(self._give_up, member))

    def _give_up(self, member: Member) -> None:
        if member.held:
            self._go_out(member, "lost")

    def go(self, reason: Reason) -> None:
        """Leave everything, when the messages taken before are stored; show nothing more."""

        def gone() -> None:
            for member in list(self.rooms.values()):
                self._go_out(member, None if self._lobby.stopping else reason)
            self._lobby.forget(self)

        self._leaving = True
        if self._deadline:
            self._deadline.cancel()
        self._lobby.seats.forget(self)
        self._lobby.watchers.set(self, watching=False)
        for member in self.rooms.values():
            member.mute()
        in_turn_of_all([member.room for member in self.rooms.values()], gone)

    def when_shown(self, action: Callable[[], None]) -> None:
        """Call *action* when all that was said until now in the rooms of this user has been shown to it."""
        self._when_shown(list(self.rooms.values()), action)

    def _when_shown(self, members: list[Member], action: Callable[[], None]) -> None:
        def check() -> None:
            for member in members:
                member.room.flush_messages()
            for member in members:
                if member.room.has(member) and not member.level and not member.held:
                    member.when_level(check)
                    return
            action()

        in_turn_of_all([member.room for member in members], check)

    # The rest.

    def _set_topic(self, member: Member, topic: str, answer: Answer) -> None:
        room = self._still(member).room
        if room.closing:
            raise NoSuchRoom(room.name)

        def done(failed: StorageFailed | None) -> None:
            if failed:
                answer.refuse(failed)
            else:
                answer(Ok(room.name, event_follows=member.follows))

        room.set_topic(topic, self.username, done)

    def _rename(self, new: Username, answer: Answer) -> None:
        old = self.username
        self._lobby.rename(self, new)
        answer(Ok(new, event_follows=any(member.follows for member in self.rooms.values())))
        for member in self.rooms.values():
            member.room.rename(old, new)

    def _list(self, command: List, answer: Answer) -> None:
        def show() -> None:
            if command.watch is not None:
                self._lobby.watchers.set(self, watching=command.watch)
            answer(self._lobby.list_rooms(command.match, command.after))

        if command.watch:
            answer.when_first(show)
        else:
            show()

    def _entries_for(
        self, member: Member, answer: Answer, *, backwards: bool = False
    ) -> Callable[[Page | StorageFailed], None]:
        room = member.room

        def got(page: Page | StorageFailed) -> None:
            if isinstance(page, StorageFailed):
                answer.refuse(page)
            else:
                said = [Said(room.name, seq, message) for seq, message in page.entries]
                answer(Entries(room.name, tuple(reversed(said) if backwards else said), page.more))

        return got

    def drained(self) -> None:
        """Go on reading: the connection can take more."""
        self._lobby.watchers.drained(self)
        for member in self.rooms.values():
            member.room.touch()
