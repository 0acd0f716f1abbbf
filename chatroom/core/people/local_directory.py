"""The directory of one server: dictionaries, which answer at once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from hmac import compare_digest
from itertools import count

from chatroom.core.people.departed import DepartedPeople
from chatroom.core.people.directory import (
    Attendance,
    Directory,
    DirectoryPage,
    Listing,
    Nobody,
    Somebody,
    listed,
    members,
)
from chatroom.core.people.seat import Seat
from chatroom.core.people.user import User, UserSeat
from chatroom.core.people.watchers import Watchers
from chatroom.core.ports import Connection, SeatId
from chatroom.core.rooms.member import Member
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.name_index import NameIndex
from chatroom.core.tools.serials import next_serial
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import ChatError, NoSuchRoom, NoSuchUser, TooManyConnections, UsernameTaken
from chatroom.core.values.events import Confided, Told
from chatroom.core.values.names import Key, RoomName, Username, fold, key
from chatroom.core.values.people import Aspect, Known, Person
from chatroom.core.values.replies import DeviceList, Members


class LocalDirectory:
    """Users by name and by session, and the names that are reserved: a name has one holder.

    Of one account there are *most* connections, or any number (0). *operators* are shown as such.
    """

    shared = False

    def __init__(self, wheel: TimerWheel, most: int = 0, operators: Container[bytes] = ()) -> None:
        self._most = most
        self._operators = operators
        self._people: Attendance = Nobody()
        self._users: dict[Key, User] = {}
        self._users_by_name: NameIndex[User] = NameIndex()
        self._reserved: dict[Key, tuple[User, SeatId]] = {}
        self._sessions: dict[bytes, Seat] = {}
        self._departed = DepartedPeople(wheel.seconds, self._sessions)
        self._seats = count(1)
        self._rooms: dict[Key, Room] = {}
        self._rooms_by_name: NameIndex[Room] = NameIndex()
        self._watchers = Watchers(wheel, lambda watcher, viewer: watcher.notify(self._list("", None, viewer).rooms))

    @property
    def users(self) -> Mapping[Key, User]:
        """The users, by the keys of their names."""
        return self._users

    def find(self, username: Username, got: Callable[[Somebody | ChatError], None]) -> None:
        """Find who is called *username*."""
        user = self._users.get(key(username))
        got(Somebody.of(user) if user else self._departed.find(username))

    def limit(self, most: int) -> None:
        """Let an account have *most* connections from now on, or any number (0)."""
        self._most = most

    def report_to(self, people: Attendance) -> None:
        """Let *people* know of who comes and goes."""
        self._people = people

    # Names and seats.

    def claim(self, seat: Seat, got: Callable[[Seat | ChatError], None]) -> None:
        """Give *seat* to its user, or answer with the one that its session has."""
        known = self._known(seat.session)
        if seat.visitor.gone:
            # Nobody makes way for somebody who is not there.
            got(UsernameTaken(seat.username))
        elif known is None:
            got(self._add(seat))
        elif seat.user.has_account and seat.user.identity != known.user.identity:
            # The session was a guest's, or another account's, and is this one's now.
            again = partial(self.claim, seat, got)
            if known.visitor.gone:
                known.depart("left", again)
            else:
                known.visitor.replace(again)
        elif known.visitor.gone:
            known.come_back(seat.visitor, known.id.connection + 1)
            got(known)
        else:
            known.visitor.replace(lambda: self.claim(seat, got))

    def _known(self, session: bytes | None) -> Seat | None:
        """Return the seat that *session* has, taken or held."""
        seat = self._sessions.get(session) if session is not None else None
        # The time of a lookup that fails tells of hashes only; that of this comparison tells nothing of the session.
        if seat and seat.session and session and compare_digest(seat.session, session):
            return seat
        return None

    def _add(self, seat: Seat) -> Seat | ChatError:
        user = self._users.get(seat.user.key, seat.user)
        held: UserSeat | None = None
        if user is not seat.user and user.has_account and user.identity == seat.user.identity:
            place = self._place(user)
            if isinstance(place, TooManyConnections):
                return place
            seat.user, held = user, place
        elif taken := self._taken(seat.user, seat.username):
            return taken
        else:
            self._users[user.key] = user
            self._users_by_name.add(user)
        is_new = not user.seats
        user.seats += (seat,)
        if is_new:
            self._people.came(user)
        seat.id = SeatId(next(self._seats), 1)
        if seat.session is not None:
            self._sessions[seat.session] = seat
        if held:
            # Last: a user without a seat would be gone.
            held.depart("lost")
        return seat

    def _place(self, user: User) -> UserSeat | TooManyConnections | None:
        """Return the place for one connection of *user* more: a seat that is held and has to go, or a free one."""
        if not self._most or len([seat for seat in user.seats if not seat.leaving]) < self._most:
            return None
        held = next((seat for seat in user.seats if seat.is_held), None)
        if held is None:
            return TooManyConnections.of_one_account(self._most)
        return held

    def _taken(self, user: User, username: Username) -> UsernameTaken | None:
        """Return the error for *user* if somebody else holds *username*."""
        name = key(username)
        if holder := self._users.get(name):
            return None if holder is user else UsernameTaken(holder.username)
        reserved = self._reserved.get(name)
        return None if reserved is None or reserved[0] is user else UsernameTaken(username)

    def close(self, seat: Seat) -> None:
        """Forget the session of *seat*."""
        if seat.session is not None and self._sessions.get(seat.session) is seat:
            del self._sessions[seat.session]

    def unregistered(self, seat: Seat, identity: bytes) -> None:
        """Note that who has *seat* is a guest from now on, known by *identity*."""
        seat.user.become(identity, has_account=False)

    def free(self, seat: Seat, done: Callable[[], None]) -> None:
        """Remove *seat*, and its user with the last one."""
        user = seat.user
        gone, person = Somebody.of(user), user.person
        user.seats = tuple(other for other in user.seats if other is not seat)
        if not user.seats:
            self._departed.went(gone)
            self._people.went(person, user.identity)
            del self._users[user.key]
            self._users_by_name.remove(user)
        else:
            self._people.changed(user, person)
        done()

    def reserve(self, user: User, username: Username, by: SeatId, got: Callable[[ChatError | None], None]) -> None:
        """Keep *username* for *user*."""
        taken = self._taken(user, username)
        if not taken:
            self._reserved[key(username)] = user, by
        got(taken)

    def disclaim(self, by: SeatId) -> None:
        """Keep nothing any longer that was reserved *by* that connection."""
        for name in [name for name, (_, asked_by) in self._reserved.items() if asked_by == by]:
            del self._reserved[name]

    def rename(self, user: User, username: Username, got: Callable[[ChatError | None], None]) -> None:
        """Call *user* by *username*, and tell their rooms; a guest who has gone meanwhile is called as before."""
        old = user.username
        taken = self._taken(user, username)
        # An account has the name already: so have those whose seats are held for it.
        there = any(seat.is_taken or user.has_account for seat in user.seats)
        if taken or username == old or not there:
            got(taken)
            return
        self._reserved.pop(key(username), None)
        self._users_by_name.remove(user)
        del self._users[user.key]
        is_other = key(username) != user.key
        if is_other:
            self._people.went(user.person, user.identity)
        user.call(username)
        self._users[user.key] = user
        self._users_by_name.add(user)
        if is_other:
            self._people.came(user)
        # First: whatever the user asks for next has its place in the rooms behind it.
        user.called(old)
        got(None)

    def authenticate(
        self, seat: Seat, account: Somebody, got: Callable[[ChatError | tuple[RoomName, ...] | None], None]
    ) -> None:
        """Let *seat* be one of *account*, who is here already or comes by it; who has gone meanwhile stays a guest."""
        guest, user = seat.user, self._users.get(key(account.username))
        if not seat.is_taken:
            got(None)
        elif user and user is not guest and user.has_account and user.identity == account.identity:
            place = self._place(user)
            if isinstance(place, TooManyConnections):
                got(place)
                return
            self._take_in(seat, user)
            if place:
                place.depart("lost")
            got(None)
        elif taken := self._taken(guest, account.username):
            got(taken)
        else:
            guest.become(account.identity, has_account=True)
            self.rename(guest, account.username, got)

    def _take_in(self, seat: Seat, user: User) -> None:
        """Let *seat*, which is a guest's, be one of *user*."""
        guest = seat.user
        person = guest.person
        guest.seats = tuple(guest.others(seat))
        if not guest.seats:
            self._people.went(person, guest.identity)
            del self._users[guest.key]
            self._users_by_name.remove(guest)
        seat.user = user
        user.take_in(seat, guest.profile)
        # As for a new name: whatever the user asks for next has its place in the rooms behind it.
        serial = next_serial()
        for reader in seat.rooms.values():
            reader.room.call(guest.username, user.username, seat.id, serial)

    def tell(self, told: Told, got: Callable[[Username | ChatError], None]) -> None:
        """Show *told* to whom it is for, over all their connections."""
        user = self._users.get(key(told.to))
        try:
            if user is None:
                raise NoSuchUser(told.to)
            user.tell(told)
        except ChatError as error:
            got(error)
        else:
            got(user.username)

    def told(self, told: Told, seat: Seat) -> None:
        """Show *told* over the other connections of its speaker."""
        for other in seat.user.others(seat):
            other.notify(told)

    def confide(self, confided: Confided, speaker: bytes, got: Callable[[frozenset[Key]], None]) -> None:
        """Show it to nobody: there are no other servers."""
        got(frozenset())

    def elsewhere(self, user: User, got: Callable[[DeviceList], None]) -> None:
        """Find none: there are no other servers."""
        del user
        got(DeviceList(()))

    def who_is(self, username: Username, viewer: Viewer, got: Callable[[Known | None], None]) -> None:
        """Find nobody: there is no other server."""
        got(None)

    def are(self, usernames: Sequence[Username], got: Callable[[Sequence[Known]], None]) -> None:
        """Find nobody, likewise."""
        got([])

    def tell_of(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Tell nobody else."""

    # Lists, a page each.

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        viewer: Viewer | None,
        got: Callable[[Members | ChatError], None],
    ) -> None:
        """Find the names behind *after* in *room*, if *viewer* may know of it, or everybody's."""
        found = self._rooms.get(key(room)) if room else None
        if room and (found is None or found.closing or not found.is_listed_to(viewer)):
            got(NoSuchRoom(room))
            return
        if found is None:
            got(members(None, map(self._online, self._listed_to(viewer, after))))
            return
        got(members(found.name, map(partial(self._member, found), found.members.after(_key(after)))))

    def _listed_to(self, viewer: Viewer | None, after: Username | None) -> Iterable[User]:
        """Return the users behind *after* of whom *viewer* may know."""
        users = self._users_by_name.after(_key(after))
        if viewer is None or viewer.operates:
            return users
        return (user for user in users if user.is_listed_to(viewer))

    def _online(self, user: User) -> Listing:
        return user.username, "operator" if user.identity in self._operators else None, user.has_account

    def _member(self, room: Room, member: Member) -> Listing:
        user = self._users.get(member.key)
        return (
            member.username,
            room.standing.rank(user.identity).shown if user else None,
            bool(user and user.has_account),
        )

    def rooms(
        self,
        match: str,
        after: RoomName | None,
        viewer: Viewer | None,
        got: Callable[[DirectoryPage | ChatError], None],
        *,
        watcher: Connection | None = None,
    ) -> None:
        """Find the rooms of which *viewer* may know; tell *watcher* of changes since then."""
        if watcher and viewer:
            self._watchers.begin(watcher, viewer)
        got(self._list(match, after, viewer))

    def _list(self, match: str, after: RoomName | None, viewer: Viewer | None) -> DirectoryPage:
        word = fold(match)
        looked_at = [room for room in self._rooms_by_name.after(_key(after)) if room.is_listed_to(viewer)]
        rooms = (room.info() for room in looked_at if word in room.folded)
        return listed(rooms, match, len(looked_at))

    def unwatch(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes."""
        self._watchers.end(watcher)

    def drained(self, watcher: Connection) -> None:
        """Show the whole list to *watcher*, if it missed changes."""
        self._watchers.drained(watcher)

    # What this server knows of rooms.

    def changed(self, room: Room) -> None:
        """Note that *room* is open, and what is listed of it may be new."""
        if room.key not in self._rooms:
            self._rooms[room.key] = room
            self._rooms_by_name.add(room)
        self._watchers.changed(room)

    def closed(self, room: Room) -> None:
        """Note that *room* is no longer open."""
        del self._rooms[room.key]
        self._rooms_by_name.remove(room)
        self._watchers.closed(room)


def _key(name: Username | RoomName | None) -> Key | None:
    return None if name is None else key(name)


_: type[Directory] = LocalDirectory
"""The check of the port."""
