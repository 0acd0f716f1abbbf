"""The people at this server, as others may know them: those who are here, and those who were here lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

from chatroom.core.people.user import User, UserSeat
from chatroom.core.ports import CloakStore, Connection
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.serials import next_serial
from chatroom.core.values.events import Described, Offline, Online
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.people import Aspect, Gone, Known, Person, cloak, differing
from chatroom.core.values.rights import ShownRole

MOST = 128
"""People who were here lately and are remembered, at most: the last ones."""


ELSEWHERE = "elsewhere"
"""The host of those of whom only another server knows more."""


class Elsewhere(Protocol):
    """Those who are here, and other servers, which are told what others are to know of them."""

    @property
    def users(self) -> Mapping[Key, User]:
        """The users who are here."""

    def tell_of(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Let other servers show those in *rooms* *what* is other than before of a *person*."""


class PeopleDirectory:
    """The people of a *directory* who are here, and those by the names that they had until lately; *now* is the time.

    What they say of themselves is shown in the open *rooms*. Hosts are shown as cloaks, whose secret *cloaks* keeps.
    *is_operator* tells operators by what they are known by.
    """

    def __init__(
        self,
        directory: Elsewhere,
        rooms: Mapping[Key, Room],
        cloaks: CloakStore,
        now: Callable[[], int],
        is_operator: Callable[[bytes | None], bool],
    ) -> None:
        self._directory = directory
        self._users = directory.users
        self._open = rooms
        self._cloaks = cloaks
        self._now = now
        self._is_operator = is_operator
        self._gone: deque[Gone] = deque(maxlen=MOST)
        # The last one of each name, and by what rooms knew them.
        self._last: dict[Key, tuple[Gone, bytes]] = {}
        # Who wants to know of whom: both ways, so that nobody has to be looked for.
        self._watched: dict[Connection, dict[Key, Username]] = {}
        self._watchers: dict[Key, dict[Connection, None]] = {}

    def find(self, username: Username) -> Person | None:
        """Return who is called *username* here, or was until lately."""
        name = key(username)
        if user := self._users.get(name):
            return user.person
        gone, _ = self._last.get(name, (None, b""))
        return gone.person if gone else None

    def speaker(self, username: Username, identity: bytes | None) -> Person | None:
        """Return who was called *username* when they spoke, known by *identity*, if they are that now or were lately.

        Whoever has the name may be somebody else.
        """
        name = key(username)
        if identity is None:
            return None
        if (user := self._users.get(name)) and identity in (user.identity, user.formerly):
            return user.person
        gone, known_by = self._last.get(name, (None, b""))
        return gone.person if gone and known_by == identity else None

    def were(self, username: Username) -> Sequence[Gone]:
        """Return who was called *username* until lately, the last one first."""
        name = key(username)
        return [gone for gone in reversed(self._gone) if key(gone.person.username) == name]

    def away(self, usernames: Iterable[Username]) -> dict[Username, str]:
        """Return those of *usernames* who are here and away, each with the reason."""
        found = ((username, self._users.get(key(username))) for username in usernames)
        return {name: user.profile.away for name, user in found if user and user.profile and user.profile.away}

    def away_of(self, username: Username) -> str | None:
        """Return why *username* is away, if they are here and that is so."""
        return self.away([username]).get(username)

    def cloak(self, host: bytes | None) -> str:
        """Return what is shown of *host*."""
        return cloak(self._cloaks.cloak_key, host)

    def recalled(self, username: Username, host: bytes | None) -> bytes | None:
        """Return by what it is kept how far a guest has read who comes by *username* from *host*, if that is known."""
        if host is None:
            return None
        what = f"recalled {key(username)} ".encode() + host
        return blake2b(what, digest_size=32, key=self._cloaks.cloak_key).digest()

    def changed(
        self, user: User, before: Person, by: UserSeat | None = None, seats: Sequence[UserSeat] | None = None
    ) -> None:
        """Tell what of *user* is not as *before*: to rooms, monitors, and their own connections but *by* that one.

        If only some *seats* were somebody else before, those are told, and the rooms where they are alone.
        """
        now = user.person
        what = differing(before, now)
        if not what:
            return
        serial = next_serial()
        seats = user.seats if seats is None else seats
        told = {key for seat in user.seats if seat not in seats for key in seat.rooms}
        rooms = {reader.room: seat for seat in seats for key, reader in seat.rooms.items() if key not in told}
        for heard, there in _by_what_is_heard(now, what, rooms).items():
            for room in there:
                room.audience.happened(Described(room.name, now.username, now, heard, serial))
            self._directory.tell_of(now, heard, [room.name for room in there])
        alone = Described(None, now.username, now, what, serial)
        for seat in seats:
            if seat is not by:
                seat.notify(alone)
        if watchers := self._watchers.get(user.key):
            told_there = {reader.connection for room in rooms for reader in room.audience.readers}
            for watcher in list(watchers):
                if watcher not in told_there:
                    watcher.notify(alone)

    def heard(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Tell those in *rooms* *what* is other than before of a *person*, who is there by another server."""
        serial = next_serial()
        for room in filter(None, map(self._open.get, map(key, rooms))):
            if key(person.username) in room.members:
                room.audience.happened(Described(room.name, person.username, person, tuple(what), serial))

    def are(self, usernames: Sequence[Username]) -> list[Known]:
        """Return what is known of those with these *usernames* who are here."""
        users = map(self._users.get, map(key, usernames))
        return [self.known(user, None) for user in users if user]

    def known(self, user: User, role: ShownRole | None, viewer: Viewer | None = None) -> Known:
        """Return all that is known of *user*, who has a *role*; for a *viewer* also the rooms that they may know of."""
        origins = [seat.origin for seat in user.seats]
        return Known(
            user.person,
            role,
            self._is_operator(user.identity),
            origins[0].since if origins else 0,
            self._rooms(user, viewer) if viewer else (),
            held=all(seat.is_held for seat in user.seats),
            secure=all(origin.tls for origin in origins),
        )

    def who_is(self, username: Username, viewer: Viewer) -> Known | None:
        """Return what *viewer* may know of who is called *username* here."""
        user = self._users.get(key(username))
        return self.known(user, None, viewer) if user else None

    def _rooms(self, user: User, viewer: Viewer) -> tuple[tuple[RoomName, ShownRole | None], ...]:
        """Return the rooms of *user* that *viewer* may know of, sorted, with the role there."""
        rooms = {reader.room.key: reader.room for seat in user.seats for reader in seat.rooms.values()}
        hides = bool(user.profile and user.profile.invisible) and viewer.identity != user.identity
        hides = hides and not viewer.operates
        return tuple(
            (room.name, room.standing.rank(user.identity).shown)
            for name, room in sorted(rooms.items())
            if room.is_listed_to(viewer) and not (hides and not viewer.is_in(name))
        )

    # Who comes and goes.

    def watch(self, watcher: Connection, usernames: Iterable[Username], most: int) -> tuple[Username, ...]:
        """Tell *watcher* when those come and go; return those that are more than *most* in all."""
        watched = self._watched.get(watcher, {})
        refused = []
        for username in usernames:
            if key(username) in watched or len(watched) < most:
                watched[key(username)] = username
                self._watchers.setdefault(key(username), {})[watcher] = None
            else:
                refused.append(username)
        if watched:
            self._watched[watcher] = watched
        return tuple(refused)

    def unwatch(self, watcher: Connection, usernames: Iterable[Username] | None = None) -> None:
        """Tell *watcher* no more of those, or of anybody."""
        watched = self._watched.get(watcher)
        if watched is None:
            return
        for name in list(watched) if usernames is None else map(key, usernames):
            if watched.pop(name, None) is not None:
                del self._watchers[name][watcher]
                if not self._watchers[name]:
                    del self._watchers[name]
        if not watched:
            del self._watched[watcher]

    def watched(self, watcher: Connection) -> tuple[Username, ...]:
        """Return of whom *watcher* is told."""
        return tuple(self._watched.get(watcher, {}).values())

    def came(self, user: User) -> None:
        """Tell those who want to know that *user* is here now."""
        for watcher in list(self._watchers.get(user.key, ())):
            watcher.notify(Online((user.person,)))

    def went(self, person: Person, identity: bytes) -> None:
        """Remember *person*, known by *identity*, who is gone or has another name, and tell those who want to know."""
        for watcher in list(self._watchers.get(key(person.username), ())):
            watcher.notify(Offline((person.username,)))
        if len(self._gone) == MOST:
            oldest = self._gone[0]
            name = key(oldest.person.username)
            if self._last[name][0] is oldest:
                del self._last[name]
        gone = Gone(person, self._now())
        self._gone.append(gone)
        self._last[key(person.username)] = gone, identity


def _by_what_is_heard(
    person: Person, what: Sequence[Aspect], rooms: Mapping[Room, UserSeat]
) -> dict[tuple[Aspect, ...], list[Room]]:
    """Return which *rooms*, where *person* is by those places, are shown which part of *what* is other than before."""
    texts: dict[Aspect, str | None] = {"realname": person.realname, "away": person.away}
    found: dict[tuple[Aspect, ...], list[Room]] = {}
    for room, place in rooms.items():
        # That they are back, and have no such name any more, is no way to speak.
        shown = tuple(each for each in what if not (text := texts.get(each)) or place.heard(room, text))
        if shown:
            found.setdefault(shown, []).append(room)
    return found
