"""A seat: the place of one connection of a user, which is held for a while when the connection is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from secrets import token_bytes
from typing import Literal, Protocol

from chatroom.core.accounts.operators import Operators
from chatroom.core.people.house import House
from chatroom.core.people.reading import ReadMarks
from chatroom.core.people.user import User
from chatroom.core.ports import Connection, SeatId
from chatroom.core.rooms.fitting import Fits
from chatroom.core.rooms.reader import Outlet, Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.order import when_all
from chatroom.core.tools.serials import next_serial
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import Locked, Muted, NotAMember, OutboxFull, SlowMode
from chatroom.core.values.events import ByeReason, Confided, Event, Invited, Reason, Tagged, TakenBack, Told
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.people import Person
from chatroom.core.values.replies import DeviceInfo
from chatroom.core.values.texts import written_size


class Visit(Outlet, Protocol):
    """A visitor, as far as their seat knows them."""

    host: bytes | None
    origin: ConnectionOrigin
    gone: bool

    def hang_up(self, reason: ByeReason, note: str = "", until: int | None = None) -> None:
        """Say why, and hang up."""

    def charge(self, tokens: int) -> None:
        """Take *tokens* from the visitor."""

    def replace(self, gone: Callable[[], None]) -> None:
        """Make way for another connection of the user; call *gone* when all commands begun are finished."""


class Seats(Protocol):
    """The directory, as far as a seat knows it."""

    @property
    def shared(self) -> bool:
        """Whether a seat that is held can be taken again at another server."""

    def unwatch(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes in the list of rooms."""

    def drained(self, watcher: Connection) -> None:
        """Go on telling *watcher*, which can take more."""

    def disclaim(self, by: SeatId) -> None:
        """Keep nothing that was reserved *by* that connection."""

    def close(self, seat: Seat) -> None:
        """Let nobody come back to *seat*."""

    def free(self, seat: Seat, done: Callable[[], None]) -> None:
        """Remove *seat*, and its user with the last one; call *done* when the name is free."""


class Comers(Protocol):
    """Who is told of people that come and go."""

    def unwatch(self, watcher: Connection) -> None:
        """Tell *watcher* of nobody any more."""


class Home(Protocol):
    """The lobby, as far as a seat knows it."""

    house: House
    limits: Limits
    marks: ReadMarks
    stopping: bool
    wheel: TimerWheel

    def now(self) -> int:
        """Return the time of day, in milliseconds since 1970 (UTC)."""

    @property
    def operators(self) -> Operators | None:
        """The operators, where there are accounts."""

    def cloak(self, host: bytes | None) -> str:
        """Return what is shown of *host*."""

    def ignores(self, identity: bytes, username: Username) -> bool:
        """Return whether the account known by *identity* ignores whoever is called *username*."""

    @property
    def people(self) -> Comers:
        """Who is here."""

    @property
    def directory(self) -> Seats:
        """The directory of users."""

    def room(self, name: RoomName, viewer: Viewer | None) -> Room:
        """Return the open room called *name*, if *viewer* may know of it."""


class Seat:
    """A seat of *user*, taken by *visitor*, with a reader for each of *rooms*; without any, in the lobby.

    One with a *session* outlives its connection for a while: by that it can be taken again. A *leaving* one is given up
    for good, and one that is *resumed* was taken again; its visitor may be about to come into a room (*coming*). The
    directory numbers it (*id*). Of somebody who *has_account* it is a *device*, and says what the password
    has to be still (*proof*) until they are in; without an *identity*, rooms know its user by the session, which may be
    *guessable*.
    """

    __slots__ = (
        "_at_end",
        "_deadline",
        "_leavers",
        "_lobby",
        "_over",
        "_shown_host",
        "_welcomed",
        "_when_released",
        "coming",
        "device",
        "followed",
        "guessable",
        "id",
        "leaving",
        "proof",
        "put_out_of",
        "recalled",
        "resumed",
        "rooms",
        "session",
        "user",
        "visitor",
    )

    def __init__(
        self,
        lobby: Home,
        visitor: Visit,
        username: Username,
        session: bytes | None = None,
        *,
        identity: bytes | None = None,
        has_account: bool = False,
        guessable: bool = False,
    ) -> None:
        self.visitor = visitor
        self.session = session
        self.guessable = guessable
        # Without a session they are known again on this very connection only.
        self.user = User(username, identity or session or token_bytes(16), has_account=has_account)
        self.id = SeatId(0, 0)
        self.device = 0
        self.proof: str | None = None
        self.rooms: dict[Key, Reader] = {}
        # By what it is kept how far they have read who come without a session.
        self.recalled: bytes | None = None
        # What they followed when they came; None if nobody knows.
        self.followed: tuple[RoomName, ...] | None = ()
        self.leaving = False
        self.coming: Room | None = None
        self.put_out_of: Key | None = None
        self.resumed = False
        self._welcomed = False
        self._lobby = lobby
        self._over = False
        # Mostly empty: then a tuple takes no memory.
        self._leavers: tuple[Reader, ...] = ()
        self._deadline: Deadline | None = None
        self._shown_host: str | None = None
        self._when_released: Callable[[], None] | None = None
        self._at_end: Callable[[], None] | None = None

    @property
    def username(self) -> Username:
        """The name of the user."""
        return self.user.username

    @property
    def key(self) -> Key:
        """The key of that name."""
        return self.user.key

    @property
    def identity(self) -> bytes:
        """By which rooms know the user."""
        return self.user.identity

    @property
    def has_account(self) -> bool:
        """Whether the user has an account."""
        return self.user.has_account

    def is_in(self, room: Key) -> bool:
        """Return whether the user is in *room*, by any seat here."""
        return self.user.is_in(room)

    @property
    def host(self) -> bytes | None:
        """Where the visitor comes from, as far as sanctions ask: whoever has an account is known by that."""
        return None if self.user.has_account else self.visitor.host

    @property
    def where(self) -> bytes | None:
        """Where the visitor comes from."""
        return self.visitor.host

    @property
    def origin(self) -> ConnectionOrigin:
        """Where the connection comes from."""
        return self.visitor.origin

    @property
    def shown_host(self) -> str:
        """Where the visitor comes from, as others may know it: never an address."""
        if self._shown_host is None:
            cloak, door = self._lobby.cloak(self.where), self.visitor.origin.door
            self._shown_host = f"{cloak}.{door}" if door else cloak
        return self._shown_host

    @property
    def person(self) -> Person:
        """Who the user is to others."""
        return self.user.person

    @property
    def fits(self) -> Fits:
        """Which masks are known to fit the user."""
        return self.user.fits

    def charge(self, tokens: int) -> None:
        """Take *tokens* from the visitor."""
        self.visitor.charge(tokens)

    @property
    def follower(self) -> bytes | None:
        """By what it is kept which rooms the user follows: an account or a session, without which nothing is."""
        user = self.user
        return user.identity if user.has_account or user.identity == self.session else None

    @property
    def connection(self) -> Connection:
        """The way out to the visitor."""
        return self.visitor.connection

    @property
    def is_taken(self) -> bool:
        """True while the visitor is connected, from their welcome on."""
        return self._welcomed and not (self.leaving or self.visitor.gone)

    @property
    def is_held(self) -> bool:
        """True while the visitor is gone, and the seat is held for its session."""
        return self.visitor.gone and not self.leaving

    def notify(self, event: Event) -> None:
        """Show *event* to the visitor, if one is there."""
        if self.is_taken:
            self.connection.notify(event)

    def welcome(self) -> None:
        """Note that the visitor knows of the seat from now on."""
        self._welcomed = True
        self._lobby.marks.begin(self)

    def tell(self, told: Told | Confided | TakenBack) -> bool:
        """Show *told* to the visitor, unless they ignore its speaker, of which nobody learns; return whether it is.

        :raises chatroom.core.values.errors.OutboxFull: if too many bytes wait for them already.
        """
        by, text = (told.username, told.note) if isinstance(told, TakenBack) else (told.speaker, told.text)
        if self._ignores(by):
            return False
        most = self._lobby.limits.outbox
        if most and self.connection.waiting + written_size(text) > most:
            raise OutboxFull(self.username)
        self.connection.notify(told)
        return True

    def invite(self, invited: Invited) -> None:
        """Show to the visitor that they are *invited*, if one is there, unless they ignore who has done it."""
        if not self._ignores(invited.by):
            self.notify(invited)

    def tag(self, tagged: Tagged) -> None:
        """Show *tagged* to the visitor, if one is there who wants such things, and can take them now.

        Unless they ignore who has done it.
        """
        connection = self.connection
        if connection.tags and self.is_taken and not (connection.busy or self._ignores(tagged.username)):
            connection.notify(tagged)

    def _ignores(self, username: Username) -> bool:
        return self.user.has_account and self._lobby.ignores(self.user.identity, username)

    # Being heard: whatever text of theirs others are shown comes by here.

    def admit(self, room: Room | None = None) -> None:
        """Let others be shown what the user says in *room*, or anywhere, at whatever pace.

        :raises chatroom.core.values.errors.Muted: if they may not speak.
        :raises chatroom.core.values.errors.Locked: if only those with a role in *room* may.
        """
        self._lobby.house.admit(self.identity, self.username, self.host)
        if room:
            room.standing.admit(self.username, self.identity, self.host, self)

    def heard(self, room: Room | None, note: str) -> str:
        """Return what others are shown of a *note* in *room*, or anywhere: nothing from who may not say it now."""
        if not note:
            return note
        try:
            self.admit()
            if room:
                room.admit(self.username, self.identity, self.host, self)
        except (Muted, Locked, SlowMode):
            return ""
        return note

    # Rooms.

    def reader(self, room: RoomName, *, held: bool = False) -> Reader:
        """Return the reader of *room*; one that is only held too, if *held* ones may be."""
        reader = self.rooms.get(key(room))
        if reader is None or (reader.held and not held):
            # A room may be open at another server only, where they are by another connection.
            there = [name for name in self.user.elsewhere if key(name) == key(room)]
            raise NotAMember(reader.room.name if reader else there[0] if there else self._lobby.room(room, self).name)
        return reader

    @property
    def readers(self) -> list[Reader]:
        """The readers of the rooms, in the order in which they were entered, and those that are still leaving."""
        return [*self.rooms.values(), *self._leavers]

    def entered(self, reader: Reader) -> None:
        """Note that *reader* reads its room by this seat."""
        is_new = reader.room.key not in self.rooms
        self.rooms[reader.room.key] = reader
        if is_new:
            self.user.came(self, reader.room.key)

    def left(self, reader: Reader, *, put_out: bool = False) -> None:
        """Note that the user is out of the room of *reader*, and whether that one is still :attr:`~.Reader.leaving`.

        Who was *put_out* is told so over each connection that was there.
        """
        self._lobby.marks.left(self, reader)
        if self.rooms.get(reader.room.key) is reader:
            del self.rooms[reader.room.key]
            self.user.went(self, reader.room.key, put_out=put_out)
        elif put_out and reader.room.deleted_by is None and reader.room.key not in self.rooms:
            self.user.was_put_out(self, reader.room.key)
        self._leavers = tuple(other for other in self._leavers if other is not reader)
        if reader.leaving:
            self._leavers += (reader,)

    @property
    def leavers(self) -> Sequence[Reader]:
        """The readers that are out of their rooms, and still show what was said before."""
        return self._leavers

    def drained(self) -> None:
        """Go on reading: the connection can take more."""
        self._lobby.directory.drained(self.connection)
        for reader in self.readers:
            reader.room.audience.touch()

    @property
    def operates(self) -> bool:
        """Whether the user has the rights of an operator by this connection: their account has, or they act as one."""
        operators = self._lobby.operators
        return operators is not None and (operators.has_role(self.identity) or operators.acts(self))

    def stand_down(self) -> None:
        """Let the user act by this connection as an operator no longer, if they do."""
        if operators := self._lobby.operators:
            operators.end(self)

    # Held, and taken again.

    def give_up_session(self) -> None:
        """Let nobody take the seat again by its session."""
        self._lobby.directory.close(self)
        self.session = None

    def lost(self) -> None:
        """Hold the seat for a while, if a session can take it again; else depart."""
        self.stand_down()
        grace = self._lobby.limits.grace
        if self.leaving:
            return
        # At once: what the command of this connection waits for may take its time.
        self._lobby.directory.disclaim(self.id)
        if self.session is None or not grace or (self._lobby.stopping and not self._lobby.directory.shared):
            self.depart("lost")
        else:
            self.hold()
            self._wait(grace, lambda: self.depart("lost"))

    def hold(self) -> None:
        """Show nothing more of any room, but stay in all of them."""
        if self._deadline:
            # The deadline of an earlier return: until this one is complete, nothing is given up.
            self._deadline.cancel()
        self._show_nothing()

    def _show_nothing(self) -> None:
        self._lobby.marks.unwatch(self)
        self._lobby.directory.unwatch(self.connection)
        self._lobby.people.unwatch(self.connection)
        leavers, self._leavers = self._leavers, ()
        # Copy first: a leave that waited for its reader is carried out now.
        for reader in [*self.rooms.values(), *leavers]:
            reader.hold()

    def come_back(self, visitor: Visit, connection: int) -> None:
        """Go on as *visitor* by the next *connection*, who has some time to join the rooms again."""
        self.stand_down()
        self.id = self.id._replace(connection=connection)
        self.hold()
        self._release()
        self.visitor = visitor
        self._shown_host = None
        self._welcomed = False
        self.taken_over()

    def taken_over(self) -> None:
        """Note that this was the place of somebody else before, who has some time to join the rooms again."""
        self.resumed = True
        self._wait(self._lobby.limits.grace, self._give_up_rooms)

    def moved(self) -> None:
        """Be no place here any more, and ask for nothing: if it still is one, then at another server."""
        self.leaving = True
        if self._deadline:
            self._deadline.cancel()
        self._show_nothing()
        for reader in list(self.rooms.values()):
            reader.drop()
        self._end()

    def when_released(self, action: Callable[[], None]) -> None:
        """Call *action* when the seat is no longer held for the lost connection: it is taken again, or given up."""
        if self._over:
            action()
        else:
            self._when_released = action

    def _release(self) -> None:
        action, self._when_released = self._when_released, None
        if action:
            action()

    def _wait(self, seconds: float, action: Callable[[], None]) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._lobby.wheel.call_later(seconds, action)

    def _give_up_rooms(self) -> None:
        for reader in [reader for reader in self.rooms.values() if reader.held]:
            reader.room.in_turn(partial(self._give_up, reader, self._deadline))

    def _give_up(self, reader: Reader, deadline: Deadline | None) -> None:
        # Whoever has taken the seat over while that waited for its turn has a deadline of their own.
        if self._deadline is deadline and reader.held and reader.is_in and not reader.awaited:
            reader.leave("lost", lambda error: None)

    # The end.

    def depart(self, reason: Reason, then: Callable[[], None] | None = None, *, note: str = "") -> None:
        """Show nothing more, leave all rooms when the messages taken before are stored, and call *then*.

        The others are told the *note* of who goes.
        """

        def leave() -> None:
            serial = next_serial()
            when_all([partial(self._leave, reader, reason, note, serial) for reader in self.rooms.values()], free)

        def free() -> None:
            self._lobby.directory.free(self, over)

        def over() -> None:
            self._end()
            if then:
                then()

        self.leaving = True
        if self._deadline:
            self._deadline.cancel()
        self._lobby.directory.close(self)
        self._show_nothing()
        when_all([reader.room.in_turn for reader in self.rooms.values()], leave)

    def revoke(self, then: Callable[[], None] | None = None) -> None:
        """Hang up on the visitor, be a seat no more, and call *then*."""
        if not self.visitor.gone:
            self.visitor.hang_up("revoked")
        if not self.leaving:
            self.depart("left", then)
        elif then:
            then()

    def banish(self, until: int | None, note: str) -> None:
        """Hang up on the visitor, who is banned *until* a time for what the *note* says, and be a seat no more."""
        if not self.visitor.gone:
            self.visitor.hang_up("banned", note, until)
        if not self.leaving:
            self.depart("banned")

    def info(self, *, current: bool) -> DeviceInfo:
        """Return the connection as a device, known by the session if it has one."""
        peer, door, since, *_ = self.visitor.origin
        kind: Literal["session", "connection"] = "session" if self.session else "connection"
        return DeviceInfo(self.device, kind, since, self._lobby.now(), current, door, peer)

    def at_end(self, action: Callable[[], None]) -> None:
        """Call *action* when this is a seat no more."""
        self._at_end = action

    def _end(self) -> None:
        self._over = True
        self.stand_down()
        if self._at_end:
            self._at_end()
        self._release()

    def _leave(self, reader: Reader, reason: Reason, note: str, serial: int, left: Callable[[], None]) -> None:
        """Leave the room of *reader*, and call *left*; that the server stops is told to nobody but at other servers."""
        if reader.is_in:
            stopping, others = self._lobby.stopping, self._lobby.directory.shared
            told = ("quit" if others else None) if stopping else reason
            reader.leave(told, lambda error: left(), note=note, serial=serial)
        else:
            left()
