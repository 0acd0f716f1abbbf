"""The directory: who is who, who is where, and which rooms there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chatroom.core.people.seat import Seat
from chatroom.core.people.user import User
from chatroom.core.ports import Connection, SeatId
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.paging import page
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Confided, RoomInfo, Rooms, Told
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.core.values.people import Aspect, Known, Person
from chatroom.core.values.replies import DeviceList, Members
from chatroom.core.values.rights import ShownRole

Listing = tuple[Username, ShownRole | None, bool]
"""Somebody's name and role, and whether they have an account."""

PORT = 16
"""Bytes for which the port of a room counts in a list."""


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """A page of *rooms*, for which *looked_at* names were read."""

    rooms: Rooms
    looked_at: int


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody called *username*, who comes from *host*; rooms know them by *identity*."""

    username: Username
    identity: bytes
    host: bytes | None = None

    @classmethod
    def of(cls, user: User) -> Somebody:
        """Return who *user* is, while they have a seat."""
        return cls(user.username, user.identity, user.host)


def listed(rooms: Iterable[RoomInfo], match: str, looked_at: int) -> DirectoryPage:
    """Return a page of *rooms*, for which *looked_at* names were read if a *match* was asked for."""
    some, more = page(rooms, PAGE_NAMES, _size)
    return DirectoryPage(Rooms(tuple(some), more), looked_at if match else len(some))


def _size(room: RoomInfo) -> int:
    # With a port each, a thousand rooms could be more than fits into a line.
    port = PORT if room.port is not None else 0
    return len(room.room.encode()) + len(room.topic.encode()) + port


def members(room: RoomName | None, people: Iterable[Listing]) -> Members:
    """Return a page of the *people* in *room*, or of everybody, with their roles there."""
    some, more = page(people, PAGE_NAMES, lambda person: len(person[0].encode()))
    return Members(
        room,
        tuple(name for name, _, _ in some),
        more,
        {name: role for name, role, _ in some if role},
        tuple(name for name, _, has_account in some if has_account),
    )


class Attendance(Protocol):
    """Whoever is told who comes to this server and goes, and asked who is here; a new name is both."""

    def came(self, user: User) -> None:
        """Note that *user* is here now."""

    def who_is(self, username: Username, viewer: Viewer) -> Known | None:
        """Return what *viewer* may know of who is called *username* here."""

    def are(self, usernames: Sequence[Username]) -> list[Known]:
        """Return what is known of those with these *usernames* who are here."""

    def heard(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Note *what* is other than before of a *person* at another server, who is in *rooms*."""

    def went(self, person: Person, identity: bytes) -> None:
        """Note that nobody here is *person* any more, whom rooms know by *identity*."""

    def changed(self, user: User, before: Person) -> None:
        """Note that *user* may be somebody else to others than *before*."""


class Nobody:
    """Nobody, who wants to know nothing."""

    def came(self, user: User) -> None:
        """Note nothing."""

    def who_is(self, username: Username, viewer: Viewer) -> Known | None:
        """Return nothing."""
        return None

    def are(self, usernames: Sequence[Username]) -> list[Known]:
        """Return nothing."""
        return []

    def heard(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Note nothing."""

    def went(self, person: Person, identity: bytes) -> None:
        """Note nothing."""

    def changed(self, user: User, before: Person) -> None:
        """Note nothing."""


class Directory(Protocol):
    """Who is who, who is where, and which rooms there are.

    An answer comes at once or later, in the thread of the caller, and in any order: whoever needs one waits for it.
    """

    @property
    def shared(self) -> bool:
        """Whether other servers share it: then they count rooms, and a seat that is held can be taken again there."""

    @property
    def users(self) -> Mapping[Key, User]:
        """The users with a seat at this server, by the keys of their names."""

    def find(self, username: Username, got: Callable[[Somebody | ChatError], None]) -> None:
        """Find who is called *username*, and is here or has a seat that is held."""

    def limit(self, most: int) -> None:
        """Let an account have *most* connections from now on, or any number (0)."""

    def report_to(self, people: Attendance) -> None:
        """Let *people* know of who comes to this server and goes, and of new names, from now on."""

    # Names and seats.

    def claim(self, seat: Seat, got: Callable[[Seat | ChatError], None]) -> None:
        """Give *seat* and its name to its user, and answer with it: nobody else can have the name now.

        If its session has a seat already, that one is the answer, under the name that its user has. Another visitor who
        is there makes way first.
        """

    def close(self, seat: Seat) -> None:
        """Let nobody take *seat* any more: its user leaves."""

    def unregistered(self, seat: Seat, identity: bytes) -> None:
        """Note that who has *seat* is a guest from now on, whom rooms know by *identity*."""

    def free(self, seat: Seat, done: Callable[[], None]) -> None:
        """Give up *seat*, and the name with the last of its user; call *done* when others can have that."""

    def reserve(self, user: User, username: Username, by: SeatId, got: Callable[[ChatError | None], None]) -> None:
        """Keep *username* for *user*, who is about to take it, as one connection of theirs has asked for."""

    def disclaim(self, by: SeatId) -> None:
        """Keep nothing any longer that was reserved *by* that connection; what is taken stays so."""

    def rename(self, user: User, username: Username, got: Callable[[ChatError | None], None]) -> None:
        """Call *user* by *username* from now on, which is reserved for them; it is asked of their rooms then.

        Of who has an account, that is called so already.
        """

    def tell(self, told: Told, got: Callable[[Username | ChatError], None]) -> None:
        """Show *told* to whom it is for, and answer with their name; an error says why that can't be."""

    def authenticate(
        self, seat: Seat, account: Somebody, got: Callable[[ChatError | tuple[RoomName, ...] | None], None]
    ) -> None:
        """Let *seat*, which is a guest's, be one of *account*: in its rooms it has that name, as those are asked.

        Where it is *shared*, all rooms know by the account whoever was known as the guest, from the same moment on; the
        answer is which rooms it follows.
        """

    def told(self, told: Told, seat: Seat) -> None:
        """Show *told* over the other connections of its speaker, who has told it by *seat*."""

    def confide(self, confided: Confided, speaker: bytes, got: Callable[[frozenset[Key]], None]) -> None:
        """Show *confided*, whose *speaker* is known by that, to those whom it is for at other servers; find who."""

    def elsewhere(self, user: User, got: Callable[[DeviceList], None]) -> None:
        """Find the connections of *user* at other servers."""

    def who_is(self, username: Username, viewer: Viewer, got: Callable[[Known | None], None]) -> None:
        """Find what *viewer* may know of who is called *username* at another server."""

    def are(self, usernames: Sequence[Username], got: Callable[[Sequence[Known]], None]) -> None:
        """Find what is known of those with these *usernames* who are at other servers."""

    def tell_of(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Let other servers show those in *rooms* *what* is other than before of a *person*."""

    # Lists, a page each.

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        viewer: Viewer | None,
        got: Callable[[Members | ChatError], None],
    ) -> None:
        """Find the names behind *after* in *room*, if *viewer* may know of it, or everybody's."""

    def rooms(
        self,
        match: str,
        after: RoomName | None,
        viewer: Viewer | None,
        got: Callable[[DirectoryPage | ChatError], None],
        *,
        watcher: Connection | None = None,
    ) -> None:
        """Find the rooms of which *viewer* may know, behind *after* and with *match* in their names.

        Tell *watcher*, a connection of theirs, of changes since then.
        """

    def unwatch(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes."""

    def drained(self, watcher: Connection) -> None:
        """Go on telling *watcher* of changes, which can take more."""

    # What this server knows of rooms.

    def changed(self, room: Room) -> None:
        """Note that *room* is open here, and what is listed of it may be new."""

    def closed(self, room: Room) -> None:
        """Note that *room* is no longer open here."""


_: type[Attendance] = Nobody
"""The check of the port."""
