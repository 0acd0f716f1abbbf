"""A user: a person with a username."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from chatroom.core.ports import Connection, SeatId
from chatroom.core.rooms.fitting import Fits
from chatroom.core.rooms.marks import Marks
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.serials import next_serial
from chatroom.core.values.errors import NoSuchUser, Unavailable
from chatroom.core.values.events import Event, Invited, Memberships, Reason, Tagged, TakenBack, Told
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.people import Person, Profile, ident
from chatroom.core.values.replies import DeviceInfo


class UserSeat(Protocol):
    """A seat, as far as its user knows it."""

    id: SeatId
    user: User
    device: int
    leaving: bool
    coming: Room | None
    put_out_of: Key | None
    recalled: bytes | None

    @property
    def rooms(self) -> Mapping[Key, Reader]:
        """The readers of rooms by this seat."""

    @property
    def connection(self) -> Connection:
        """The way out to the visitor."""

    @property
    def follower(self) -> bytes | None:
        """By what it is kept which rooms the user follows, and how far they have read."""

    @property
    def host(self) -> bytes | None:
        """Where the visitor comes from, as far as sanctions ask."""

    @property
    def where(self) -> bytes | None:
        """Where the visitor comes from."""

    @property
    def origin(self) -> ConnectionOrigin:
        """Where the connection comes from."""

    @property
    def shown_host(self) -> str:
        """From where the visitor comes, as others may know it."""

    @property
    def is_taken(self) -> bool:
        """True while a visitor is there, and knows of the seat."""

    @property
    def is_held(self) -> bool:
        """True while no visitor is there, and the seat is held for its session."""

    def heard(self, room: Room, note: str) -> str:
        """Return what those in *room* are shown of a *note*: nothing from who may not say it now."""

    def notify(self, event: Event) -> None:
        """Show *event* to the visitor, if one is there."""

    def invite(self, invited: Invited) -> None:
        """Show to the visitor that they are *invited*, if one is there who wants to know it."""

    def tag(self, tagged: Tagged) -> None:
        """Show *tagged* to the visitor, if one is there who wants such things, and can take them now."""

    def depart(self, reason: Reason) -> None:
        """Leave all rooms, and be a seat no more."""

    def revoke(self, then: Callable[[], None] | None = None) -> None:
        """Hang up on the visitor, be a seat no more and call *then*: what brought them here is worth nothing now."""

    def banish(self, until: int | None, note: str) -> None:
        """Hang up on the visitor, who is banned *until* a time for what the *note* says, and be a seat no more."""

    def info(self, *, current: bool) -> DeviceInfo:
        """Return the connection as a device; *current* says that its visitor asks."""

    def tell(self, told: Told | TakenBack) -> bool:
        """Show *told* to the visitor, and return whether they want it.

        :raises chatroom.core.values.errors.OutboxFull: if too many bytes wait for them already.
        """


class User:
    """Somebody called *username*, with a seat for each of their connections; by *identity* rooms know who made them.

    The name is theirs for good if it *has_account*, whose id that is then; they may have made it while they were here,
    and have been known *formerly* by something else. They have *marks* once somebody has asked
    for these, and have *marked* something then. Their *profile* is what they say of themselves, if they do.
    """

    __slots__ = (
        "_fits",
        "_person",
        "_stale",
        "elsewhere",
        "formerly",
        "has_account",
        "identity",
        "key",
        "marked",
        "marks",
        "profile",
        "seats",
        "username",
    )

    def __init__(self, username: Username, identity: bytes, *, has_account: bool = False) -> None:
        self.identity = identity
        self.formerly: bytes | None = None
        self.has_account = has_account
        # Never many; a tuple takes the least memory.
        self.seats: tuple[UserSeat, ...] = ()
        # Rooms where they are by seats at other servers.
        self.elsewhere: tuple[RoomName, ...] = ()
        self.marks: Marks | None = None
        # Asked for each message: most people have none.
        self.marked = False
        self.profile: Profile | None = None
        # Most people are never asked for.
        self._person: Person | None = None
        self._stale = False
        self._fits: Fits | None = None
        self.call(username)

    @property
    def host(self) -> bytes | None:
        """Where a guest comes from, as far as that is known; whoever has an account is known by that."""
        return self.seats[-1].host if self.seats else None

    @property
    def where(self) -> bytes | None:
        """Where the user comes from; of several connections, the latest."""
        return self.seats[-1].where if self.seats else None

    @property
    def person(self) -> Person:
        """Who they are to others; where they come from is that of their oldest connection here."""
        host = self.seats[0].shown_host if self.seats else None
        person = self._person
        if person is None or self._stale or (host is not None and host != person.host):
            self._stale = False
            profile = self.profile or Profile()
            account = self.username if self.has_account else None
            person = self._person = Person(
                self.username,
                ident(self.profile),
                host or "",
                account,
                profile.realname,
                profile.away,
                profile.bot,
            )
        return person

    @property
    def fits(self) -> Fits:
        """Which masks are known to fit them."""
        if self._fits is None:
            self._fits = Fits()
        return self._fits

    @property
    def known(self) -> Person | None:
        """Who they were to others when somebody asked last, if anybody has."""
        return self._person

    def is_listed_to(self, viewer: Viewer) -> bool:
        """Return whether *viewer* is told that they are here, whoever asks for all."""
        if self.profile is None or not self.profile.invisible or viewer.identity == self.identity:
            return True
        return any(viewer.is_in(room) for seat in self.seats for room in seat.rooms)

    def introduce(self, profile: Profile) -> None:
        """Say of themselves what is in *profile*, by a new connection, unless another one has done so."""
        if self.profile is None or len(self.seats) == 1:
            self.describe(profile)

    def describe(self, profile: Profile | None) -> None:
        """Say of themselves what is in *profile*."""
        self.profile = profile
        self._stale = True

    def others(self, seat: UserSeat) -> list[UserSeat]:
        """Return the seats of the user's other connections than that of *seat*."""
        return [other for other in self.seats if other is not seat]

    @property
    def readers(self) -> list[Reader]:
        """The readers of the rooms that they are in here, by any seat."""
        return [reader for seat in self.seats for reader in seat.rooms.values()]

    @property
    def memberships(self) -> tuple[RoomName, ...]:
        """The rooms that the user is in, by any seat."""
        names = {key(room): room for room in self.elsewhere}
        for seat in self.seats:
            names |= {room: reader.room.name for room, reader in seat.rooms.items()}
        return tuple(names.values())

    def is_elsewhere(self, rooms: Sequence[RoomName], besides: Sequence[UserSeat] = ()) -> None:
        """Note that the user is in *rooms* by seats at other servers, and tell those here if that is new.

        Seats *besides* know it.
        """
        before = set(map(key, self.memberships))
        self.elsewhere = tuple(rooms)
        if set(map(key, self.memberships)) != before:
            for seat in self.seats:
                if seat not in besides:
                    seat.notify(Memberships(self.memberships))

    def is_in(self, room: Key) -> bool:
        """Return whether the user is in *room*, by any seat here."""
        return any(room in seat.rooms for seat in self.seats)

    def came(self, seat: UserSeat, room: Key) -> None:
        """Tell the user's other connections that they are in *room* now, by *seat*."""
        if len(self.seats) > 1:
            for other in self.seats:
                if other.put_out_of == room:
                    other.put_out_of = None
            self._moved(seat, room, self.others(seat))

    def went(self, seat: UserSeat, room: Key, *, put_out: bool) -> None:
        """Tell them likewise that they are out of it, but for those that were *put_out* too, who know."""
        # That of a seat which is at another server now is none of theirs here any more.
        if self.seats and self.seats != (seat,):
            if put_out:
                seat.put_out_of = room
            self._moved(seat, room, [other for other in self.others(seat) if other.put_out_of != room])

    def was_put_out(self, seat: UserSeat, room: Key) -> None:
        """Tell them by *seat*, which has told them to go, if they have come into *room* again by another meanwhile."""
        if self.is_in(room):
            # From now on it is told of that room again.
            seat.put_out_of = None
            seat.notify(Memberships(self.memberships))

    def take_in(self, seat: UserSeat, profile: Profile | None) -> None:
        """Let *seat*, which was a guest's with a *profile*, be one of the user's.

        The others are told of the rooms that it is in.
        """
        before = set(self.memberships)
        for other in self.seats:
            if other.put_out_of in seat.rooms:
                other.put_out_of = None
        self.seats += (seat,)
        if self.profile is None:
            self.describe(profile)
        if before != set(rooms := self.memberships):
            for other in self.others(seat):
                other.notify(Memberships(rooms))

    def _moved(self, seat: UserSeat, room: Key, others: Sequence[UserSeat]) -> None:
        if not any(room in other.rooms for other in self.others(seat)) and room not in map(key, self.elsewhere):
            for other in others:
                other.notify(Memberships(self.memberships))

    def tell(self, told: Told) -> None:
        """Show *told* to the user, by the name that they have, over all connections.

        :raises chatroom.core.values.errors.NoSuchUser: if they are leaving.
        :raises chatroom.core.values.errors.Unavailable: if their seat is only held.
        :raises chatroom.core.values.errors.OutboxFull: if too many bytes wait for them already.
        """
        if all(seat.leaving for seat in self.seats):
            raise NoSuchUser(self.username)
        taken = [seat for seat in self.seats if seat.is_taken]
        if not taken:
            raise Unavailable(self.username)
        told = replace(told, to=self.username)
        for seat in taken:
            seat.tell(told)

    def become(self, identity: bytes, *, has_account: bool, formerly: bytes | None = None) -> None:
        """Be known by *identity*, which is that of an account or none, and *formerly* was a guest's, if any was."""
        self.identity = identity
        self.formerly = formerly
        self.has_account = has_account
        self._stale = True

    def call(self, username: Username) -> None:
        """Be called *username* from now on."""
        self.username = username
        self.key = key(username)
        self._stale = True

    def called(self, old: Username) -> None:
        """Let the rooms know that the user was called *old* and has another name now."""
        seats = {reader.room: seat.id for seat in self.seats for reader in seat.rooms.values()}
        serial = next_serial()
        for room, by in seats.items():
            room.call(old, self.username, by, serial)
