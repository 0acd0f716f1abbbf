"""A user: somebody with a username, in the lobby or in rooms, for as long as a session may bring them back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Protocol

from chatroom.core.ports import Connection
from chatroom.core.rooms.member import Member, Outlet
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.watchers import Watchers
from chatroom.core.tools.order import in_turn_of_all
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import NotAMember
from chatroom.core.values.events import Reason
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import Key, RoomName, Username, key


class Visit(Outlet, Protocol):
    """A visitor, as far as their user knows them."""

    host: Hashable
    gone: bool

    def charge(self, tokens: int) -> None:
        """Take *tokens* from the visitor."""

    def replace(self, gone: Callable[[], None]) -> None:
        """Make way for another connection of the user; call *gone* when all commands begun are finished."""


class Names(Protocol):
    """The directory, as far as a user knows it."""

    def disclaim(self, user: User) -> None:
        """Free the names that *user* has claimed and not taken."""

    def knows(self, user: User) -> bool:
        """Return whether *user* is here, or a seat is held for them."""

    def end_session(self, user: User) -> None:
        """Forget the session of *user*."""

    def forget(self, user: User) -> None:
        """Free the names of *user*, who is gone."""


class Home(Protocol):
    """The lobby, as far as a user knows it."""

    limits: Limits
    stopping: bool
    watchers: Watchers
    wheel: TimerWheel

    @property
    def users(self) -> Names:
        """The directory of users."""

    def room(self, name: RoomName) -> Room:
        """Return the open room called *name*."""


class User:
    """Somebody called *username*, a member of *rooms*; without any, in the lobby.

    A user with a *session* is recognized by it, and outlives their connection for a while; a *leaving* one goes for
    good.
    """

    __slots__ = (
        "_deadline",
        "_lobby",
        "_when_released",
        "identity",
        "key",
        "leaving",
        "rooms",
        "session",
        "username",
        "visitor",
    )

    def __init__(self, lobby: Home, visitor: Visit, username: Username, session: bytes | None = None) -> None:
        self.visitor = visitor
        self.username = username
        self.session = session
        # Without a session they are recognized on this very connection only.
        self.identity: Hashable = object() if session is None else session
        self.key = key(username)
        self.rooms: dict[Key, Member] = {}
        self._lobby = lobby
        self.leaving = False
        self._deadline: Deadline | None = None
        self._when_released: Callable[[], None] | None = None

    @property
    def connection(self) -> Connection:
        """The way out to this user."""
        return self.visitor.connection

    def seat(self, room: RoomName) -> Member:
        """Return the membership in *room*, even if it is only a held seat."""
        try:
            return self.rooms[key(room)]
        except KeyError:
            raise NotAMember(self._lobby.room(room).name) from None

    def member(self, room: RoomName) -> Member:
        """Return the membership in *room*."""
        member = self.seat(room)
        if member.held:
            raise NotAMember(member.room.name)
        return member

    def leave_room(self, member: Member, reason: Reason | None) -> None:
        """Leave the room of *member*, if they are still in it."""
        if member.room.has(member):
            del self.rooms[member.room.key]
            member.room.remove(member, reason)

    def evicted(self, room: Key) -> None:
        """Note that *room* is deleted, and the user is out of it."""
        del self.rooms[room]

    def lost(self) -> None:
        """Hold the seats for a while, if a session can take them back; else depart."""
        grace = self._lobby.limits.grace
        if self.leaving:
            return
        if self.session is None or not grace or self._lobby.stopping:
            self.depart("lost")
        else:
            self._lobby.users.disclaim(self)
            self.hold()
            self._wait(grace, lambda: self.depart("lost"))

    def hold(self) -> None:
        """Show nothing more of any room, but stay in all of them."""
        if self._deadline:
            # The deadline of an earlier return: until this one is complete, seats are not given up.
            self._deadline.cancel()
        self._lobby.watchers.set(self, watching=False)
        # Copy first: a leave that waited for its member to be level is carried out now.
        for member in list(self.rooms.values()):
            member.hold()

    def come_back(self, visitor: Visit) -> None:
        """Go on as *visitor*, who has some time to join again the rooms in which seats are held."""
        self.hold()
        self._release()
        self.visitor = visitor
        self._wait(self._lobby.limits.grace, self._give_up_seats)

    def when_released(self, action: Callable[[], None]) -> None:
        """Call *action* when no seat is held any longer for the lost connection: the user is back, or gone."""
        if self._lobby.users.knows(self):
            self._when_released = action
        else:
            action()

    def _release(self) -> None:
        action, self._when_released = self._when_released, None
        if action:
            action()

    def _wait(self, seconds: float, action: Callable[[], None]) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._lobby.wheel.call_later(seconds, action)

    def _give_up_seats(self) -> None:
        for member in [member for member in self.rooms.values() if member.held]:
            member.room.in_turn(partial(self._give_up, member))

    def _give_up(self, member: Member) -> None:
        if member.held:
            self.leave_room(member, "lost")

    def depart(self, reason: Reason, then: Callable[[], None] | None = None) -> None:
        """Show nothing more, leave all rooms when the messages taken before are stored, and call *then*."""

        def gone() -> None:
            for member in list(self.rooms.values()):
                self.leave_room(member, None if self._lobby.stopping else reason)
            self._lobby.users.forget(self)
            self._release()
            if then:
                then()

        self.leaving = True
        if self._deadline:
            self._deadline.cancel()
        self._lobby.users.end_session(self)
        self._lobby.watchers.set(self, watching=False)
        for member in self.rooms.values():
            member.unsubscribe()
        in_turn_of_all([member.room for member in self.rooms.values()], gone)

    def drained(self) -> None:
        """Go on reading: the connection can take more."""
        self._lobby.watchers.drained(self)
        for member in self.rooms.values():
            member.room.touch()
