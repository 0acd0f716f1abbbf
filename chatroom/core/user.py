"""The second state of a visitor: a username, in the lobby or in rooms."""

from __future__ import annotations

from collections.abc import Callable
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
    NotAllowed,
    NotAMember,
    StorageFailed,
)
from chatroom.core.events import Message, Reason, Said, Told
from chatroom.core.names import Key, RoomName, Username, key
from chatroom.core.replies import Entered, Entries, Ok, Stored
from chatroom.core.room import Room, in_turn_of_all

if TYPE_CHECKING:
    from chatroom.core.lobby import Lobby
    from chatroom.core.member import Member
    from chatroom.core.ports import Connection, Page
    from chatroom.core.visitor import Answer, Visitor


class User:
    """Somebody called *username*, a member of *rooms*; without any, in the lobby."""

    __slots__ = ("_lobby", "key", "rooms", "username", "visitor")

    def __init__(self, lobby: Lobby, visitor: Visitor, username: Username) -> None:
        self.visitor = visitor
        self.username = username
        self.key = key(username)
        self.rooms: dict[Key, Member] = {}
        self._lobby = lobby

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
            case Say(room, text, action):
                message = Message(self.username, text, self._lobby.at(), action)
                self._say(self._member(room).room, message, answer)
            case Tell():
                self._tell(command, answer)
            case Join(room, backlog):
                self._join(self._lobby.room(room), backlog, answer)
            case Create():
                self._create(command, answer)
            case Leave(room):
                member = self._member(room)
                answer.when_first(
                    lambda: self._when_shown([member], answer.running(lambda: self._leave(member, answer)))
                )
            case Delete(room):
                self._delete(self._lobby.room(room), answer)
            case Topic(room, topic):
                member = self._member(room)
                change = answer.running(lambda: self._set_topic(member, topic, answer))
                answer.when_first(lambda: member.room.in_turn(change))
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

    def _member(self, room: RoomName) -> Member:
        """Return the membership in *room*."""
        try:
            return self.rooms[key(room)]
        except KeyError:
            raise NotAMember(self._lobby.room(room).name) from None

    def _say(self, room: Room, message: Message, answer: Answer) -> None:
        def done(seq: int | StorageFailed) -> None:
            if isinstance(seq, StorageFailed):
                answer.refuse(seq)
            else:
                answer(Stored(room.name, seq, message.at))

        room.say(message, done)

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

    def _join(self, room: Room, backlog: int, answer: Answer) -> None:
        if room.key in self.rooms:
            raise AlreadyAMember(room.name)
        enter = answer.running(lambda: self._enter(room, backlog, answer))
        self._before_moving(answer, lambda: room.in_turn(enter))

    def _create(self, command: Create, answer: Answer) -> None:
        def opened(room: Room | ChatError) -> None:
            answer.run(lambda: self._enter(room, 0, answer))

        self._before_moving(answer, lambda: self._lobby.create(command, self, opened))

    def _before_moving(self, answer: Answer, go: Callable[[], None]) -> None:
        """Run *go* at once, or when all is shown of the room from which it leads away."""
        if self.visitor.one_room and self.rooms:
            answer.when_first(lambda: self.when_shown(answer.running(go)))
        else:
            go()

    def _enter(self, room: Room | ChatError, backlog: int, answer: Answer) -> None:
        if isinstance(room, ChatError):
            raise room
        old = list(self.rooms.values()) if self.visitor.one_room else []
        member = self.rooms[room.key] = room.admit(self, backlog)

        entered = Entered(room.name, room.topic, len(room.members), room.capacity, room.epoch, room.head, room.creator)

        def move() -> None:
            for left in old:
                left.room.flush_messages()
            for left in old:
                self._go_out(left, "moved")
            answer(entered, member.start)

        in_turn_of_all([left.room for left in old], answer.running(move))

    def _leave(self, member: Member, answer: Answer) -> None:
        self._go_out(self._still(member), "left")
        answer(Ok(member.room.name))

    def _go_out(self, member: Member, reason: Reason | None) -> None:
        """Be out of a room now, if it is there still."""
        if member.room.has(member):
            del self.rooms[member.room.key]
            member.room.dismiss(member, reason)

    def _delete(self, room: Room, answer: Answer) -> None:
        if room.permanent:
            raise NotAllowed(f"{room.name} is the operator's, and stays", room.name)
        if room.owner is not self:
            if room.creator and key(room.creator) == self.key:
                raise NotAllowed("It was created over another connection, and only that could delete it", room.name)
            raise NotAllowed(f"Only {room.creator}, who created {room.name}, may delete it", room.name)

        def done() -> None:
            answer(Ok(room.name, event_follows=room.key in self.rooms))

        answer.when_first(lambda: self._lobby.delete(room, self, done))

    def put_out(self, room: Room) -> None:
        """Be out of *room*, which is deleted."""
        del self.rooms[room.key]

    def go(self, reason: Reason) -> None:
        """Leave everything, when the messages taken before are stored; show nothing more."""

        def gone() -> None:
            for member in list(self.rooms.values()):
                self._go_out(member, None if self._lobby.stopping else reason)
            self._lobby.forget(self)

        self._lobby.watchers.set(self, watching=False)
        for member in self.rooms.values():
            member.mute()
        in_turn_of_all([member.room for member in self.rooms.values()], gone)

    def _still(self, member: Member) -> Member:
        """Return *member*, unless the room was deleted meanwhile."""
        if not member.room.has(member):
            raise NotAMember(member.room.name)
        return member

    def when_shown(self, action: Callable[[], None]) -> None:
        """Call *action* when all that was said until now in the rooms of this user has been shown to it."""
        self._when_shown(list(self.rooms.values()), action)

    def _when_shown(self, members: list[Member], action: Callable[[], None]) -> None:
        def check() -> None:
            for member in members:
                member.room.flush_messages()
            for member in members:
                if member.room.has(member) and not member.level:
                    member.when_level(check)
                    return
            action()

        in_turn_of_all([member.room for member in members], check)

    # The rest.

    def _set_topic(self, member: Member, topic: str, answer: Answer) -> None:
        self._still(member)
        answer(Ok(member.room.name, event_follows=member.follows))
        member.room.set_topic(topic, self.username)

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
