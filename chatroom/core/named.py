"""The second state of a visitor: a user, for whom commands are carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from chatroom.core.commands import (
    OPENING,
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
    OutboxFull,
    StorageFailed,
)
from chatroom.core.events import Message, Said, Told
from chatroom.core.limits import NAMES_A_TOKEN, TOKEN_SECONDS
from chatroom.core.member import Member, Position
from chatroom.core.names import RoomName, Username, key
from chatroom.core.order import in_turn_of_all
from chatroom.core.replies import Entries, Ok
from chatroom.core.room import Room
from chatroom.core.texts import written_size

if TYPE_CHECKING:
    from chatroom.core.answer import Answer
    from chatroom.core.lobby import Lobby
    from chatroom.core.ports import Page, Searched
    from chatroom.core.user import User


class Named:
    """A visitor who is *user*: everything but the choice of a username."""

    __slots__ = ("_lobby", "user")

    def __init__(self, lobby: Lobby, user: User) -> None:
        self._lobby = lobby
        self.user = user

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
            case Join():
                self._join(command, answer)
            case Create():
                self._create(command, answer)
            case Leave(room):
                member = self._seat(room)
                answer.when_first(
                    lambda: self.user.when_shown([member], answer.running(lambda: self._leave(member, answer)))
                )
            case Delete(room):
                self._delete(self._lobby.room(room), answer)
            case Topic(room, topic):
                member = self._member(room)
                answer.when_first(lambda: self._set_topic(member, topic, answer))
            case Rename(username):
                self._lobby.users.claim(username, self.user)
                change = answer.running(lambda: self._rename(username, answer))
                answer.when_first(lambda: in_turn_of_all([member.room for member in self.user.rooms.values()], change))
            case List():
                self._list(command, answer)
            case Who(room, after):
                members = self._lobby.who(room, after)
                answer.visitor.pay(len(members.usernames) // NAMES_A_TOKEN)
                answer(members)
            case History(room, before, after, limit):
                member = self._member(room)
                got = self._entries_for(member, answer)
                answer.when_first(
                    lambda: self._still(member).room.page(after=after, before=before, limit=limit, got=got)
                )
            case Search(room, query, before, limit, newest_first):
                member = self._member(room)
                got_page = self._entries_for(member, answer, backwards=newest_first)

                def searched(found: Searched) -> None:
                    answer.visitor.pay(int(found.seconds / TOKEN_SECONDS))
                    got_page(found.result)

                answer.when_first(
                    lambda: self._still(member).room.search(query, before=before, limit=limit, got=searched)
                )
            case Login():
                raise AlreadyLoggedIn(self.user.username)
            case Help() | Ping() | Pong() | Quit():
                raise AssertionError("every visitor takes these, whatever its state")
            case _:
                assert_never(command)

    def when_shown(self, action: Callable[[], None]) -> None:
        """Call *action* when all that was said until now in the rooms of the user has been shown to it."""
        self.user.when_shown(list(self.user.rooms.values()), action)

    def _seat(self, room: RoomName) -> Member:
        """Return the membership in *room*, even if it is only a seat that is held."""
        try:
            return self.user.rooms[key(room)]
        except KeyError:
            raise NotAMember(self._lobby.room(room).name) from None

    def _member(self, room: RoomName) -> Member:
        """Return the membership in *room*."""
        member = self._seat(room)
        if member.held:
            raise NotAMember(member.room.name)
        return member

    def _still(self, member: Member) -> Member:
        """Return *member*, unless the room was deleted meanwhile."""
        if not member.room.has(member):
            raise NotAMember(member.room.name)
        return member

    def _say(self, command: Say, answer: Answer) -> None:
        room = self._member(command.room).room
        if "\n" in command.text:
            answer.visitor.pay_for((command.text,))
        named = self.user.session is not None and command.cid is not None
        message = Message(
            self.user.username,
            command.text,
            self._lobby.at(),
            command.action,
            self.user.session if named else None,
            command.cid if named else None,
        )

        room.say(message, answer.give, self.user.identity, command.cid)

    def _tell(self, command: Tell, answer: Answer) -> None:
        other = self._lobby.users.find(command.to)
        answer.visitor.pay_for((command.text,))
        told = Told(self.user.username, other.username, self._lobby.at(), command.text)
        if other is self.user:
            answer.when_first(
                lambda: answer(Ok(other.username, event_follows=True), lambda: self.user.connection.notify(told))
            )
        else:
            most = self._lobby.limits.outbox
            if most and other.connection.waiting + written_size(command.text) > most:
                raise OutboxFull(other.username)
            other.connection.notify(told)
            answer(Ok(other.username))

    # In and out.

    def _join(self, command: Join, answer: Answer) -> None:
        member = self.user.rooms.get(key(command.room))
        if member and not (member.held or member.provisional):
            raise AlreadyAMember(member.room.name)

        def reached(room: Room | ChatError) -> None:
            if isinstance(room, ChatError):
                raise room
            room.in_turn(answer.running(lambda: enter(room)))

        def enter(room: Room) -> None:
            position = room.position(after=command.after, epoch=command.epoch, backlog=command.backlog)
            self.user.enter(room, position, answer, instead_of=command.instead_of)
            self.user.rooms[room.key].provisional = command.provisional

        def go() -> None:
            if key(command.room) not in self._lobby.rooms:
                answer.visitor.pay(OPENING)
            self._lobby.reach(command.room, lambda room: answer.run(lambda: reached(room)))

        self.user.before_moving(command.instead_of, answer, go)

    def _create(self, command: Create, answer: Answer) -> None:
        def opened(room: Room | ChatError) -> None:
            answer.run(lambda: enter(room))

        def enter(room: Room | ChatError) -> None:
            if isinstance(room, ChatError):
                raise room
            self.user.enter(room, Position(room.head), answer, instead_of=command.instead_of)

        self.user.before_moving(command.instead_of, answer, lambda: self._lobby.create(command, self.user, opened))

    def _leave(self, member: Member, answer: Answer) -> None:
        self.user.go_out(self._still(member), "left")
        answer(Ok(member.room.name))

    def _delete(self, room: Room, answer: Answer) -> None:
        if room.permanent:
            raise NotAllowed(f"{room.name} is the operator's, and stays", room.name)
        if room.owner != self.user.identity:
            if room.creator and key(room.creator) == self.user.key:
                raise NotAllowed("It was created over another connection, and only that could delete it", room.name)
            if room.creator is None:
                raise NotAllowed(f"{room.name} was the operator's; it closes by itself when it is empty", room.name)
            raise NotAllowed(f"Only {room.creator}, who created {room.name}, may delete it", room.name)

        def done(failed: StorageFailed | None) -> None:
            answer.give(failed or Ok(room.name, event_follows=room.key in self.user.rooms))

        answer.when_first(lambda: self._lobby.delete(room, self.user, done))

    # The rest.

    def _set_topic(self, member: Member, topic: str, answer: Answer) -> None:
        room = self._still(member).room
        if room.closing:
            raise NoSuchRoom(room.name)

        def done(failed: StorageFailed | None) -> None:
            answer.give(failed or Ok(room.name, event_follows=member.follows))

        room.set_topic(topic, self.user.username, done)

    def _rename(self, new: Username, answer: Answer) -> None:
        old = self.user.username
        if new == old:
            answer(Ok(new))
            return
        self._lobby.users.rename(self.user, new)
        answer(Ok(new, event_follows=any(member.follows for member in self.user.rooms.values())))
        for member in self.user.rooms.values():
            member.room.rename(old, new)

    def _list(self, command: List, answer: Answer) -> None:
        def show() -> None:
            if command.watch is not None:
                self._lobby.watchers.set(self.user, watching=command.watch)
            rooms = self._lobby.list_rooms(command.match, command.after)
            looked_at = self._lobby.rooms_after(command.after) if command.match else rooms.rooms
            answer.visitor.pay(len(looked_at) // NAMES_A_TOKEN)
            answer.visitor.pay_for(room.room + room.topic for room in rooms.rooms)
            answer(rooms)

        if command.watch:
            answer.when_first(show)
        else:
            show()

    def _entries_for(
        self, member: Member, answer: Answer, *, backwards: bool = False
    ) -> Callable[[Page | ChatError], None]:
        room = member.room

        def got(page: Page | ChatError) -> None:
            if isinstance(page, ChatError):
                answer.refuse(page)
            else:
                said = [Said(room.name, seq, message) for seq, message in page.entries]
                answer.visitor.pay_for(event.message.text for event in said)
                answer(Entries(room.name, tuple(reversed(said) if backwards else said), page.more))

        return got
