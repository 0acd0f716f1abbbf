"""A user: somebody with a username, in the lobby or in rooms, for as long as a session may bring them back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Protocol

from chatroom.core.ports import Connection, SeatId
from chatroom.core.rooms.reader import Outlet, Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.watchers import Watchers
from chatroom.core.tools.order import when_all
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
        "_leaver",
        "_lobby",
        "_when_released",
        "identity",
        "key",
        "leaving",
        "rooms",
        "seat",
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
        self.rooms: dict[Key, Reader] = {}
        self.seat = SeatId(0, 0)
        self._lobby = lobby
        self.leaving = False
        self._leaver: Reader | None = None
        self._deadline: Deadline | None = None
        self._when_released: Callable[[], None] | None = None

    @property
    def connection(self) -> Connection:
        """The way out to this user."""
        return self.visitor.connection

    def reader(self, room: RoomName, *, held: bool = False) -> Reader:
        """Return the reader of *room*; one that is only held too, if *held* ones may be."""
        reader = self.rooms.get(key(room))
        if reader is None or (reader.held and not held):
            raise NotAMember(reader.room.name if reader else self._lobby.room(room).name)
        return reader

    def entered(self, reader: Reader) -> None:
        """Note that *reader* reads its room for the user."""
        self.rooms[reader.room.key] = reader

    def left(self, reader: Reader) -> None:
        """Note that the user is out of the room of *reader*, which may still be :attr:`~.Reader.leaving`."""
        if self.rooms.get(reader.room.key) is reader:
            del self.rooms[reader.room.key]
        self._leaver = reader if reader.leaving else None

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
        self._hold_all()

    def _hold_all(self) -> None:
        leaver, self._leaver = self._leaver, None
        # Copy first: a leave that waited for its reader is carried out now.
        for reader in [*self.rooms.values(), *([leaver] if leaver else [])]:
            reader.hold()

    def come_back(self, visitor: Visit) -> None:
        """Go on as *visitor*, who has some time to join again the rooms in which seats are held."""
        self.seat = self.seat._replace(connection=self.seat.connection + 1)
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
        for reader in [reader for reader in self.rooms.values() if reader.held]:
            reader.room.in_turn(partial(self._give_up, reader))

    def _give_up(self, reader: Reader) -> None:
        if reader.held and reader.is_in:
            reader.leave("lost", lambda error: None)

    def depart(self, reason: Reason, then: Callable[[], None] | None = None) -> None:
        """Show nothing more, leave all rooms when the messages taken before are stored, and call *then*."""

        def leave() -> None:
            when_all([partial(self._leave, reader, reason) for reader in self.rooms.values()], gone)

        def gone() -> None:
            self._lobby.users.forget(self)
            self._release()
            if then:
                then()

        self.leaving = True
        if self._deadline:
            self._deadline.cancel()
        self._lobby.users.end_session(self)
        self._lobby.watchers.set(self, watching=False)
        self._hold_all()
        when_all([reader.room.in_turn for reader in self.rooms.values()], leave)

    def _leave(self, reader: Reader, reason: Reason, left: Callable[[], None]) -> None:
        """Leave the room of *reader*, and call *left*; that the server stops is told to nobody."""
        if reader.is_in:
            reader.leave(None if self._lobby.stopping else reason, lambda error: left())
        else:
            left()

    def drained(self) -> None:
        """Go on reading: the connection can take more."""
        self._lobby.watchers.drained(self)
        for reader in self.rooms.values():
            reader.room.audience.touch()
        if self._leaver:
            self._leaver.room.audience.touch()
