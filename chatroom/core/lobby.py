"""The lobby: the rooms that are open here, shared by all visitors."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from secrets import token_bytes

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.accounts.guessing import Guesses, Host
from chatroom.core.accounts.operators import Operators
from chatroom.core.people.directory import Directory, Somebody
from chatroom.core.people.house import House
from chatroom.core.people.people import PeopleDirectory
from chatroom.core.people.reading import ReadMarks
from chatroom.core.people.seat import Seat
from chatroom.core.people.talks import OpenTalks
from chatroom.core.people.user import User
from chatroom.core.ports import (
    CloakStore,
    FollowStore,
    Hand,
    Log,
    LogId,
    MarkStore,
    ModerationStore,
    NewRoom,
    Opened,
    RoomPorts,
    Searched,
    SeatId,
    TalkStore,
)
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.paging import row_limit
from chatroom.core.tools.stats import Stats
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.accounts import Account, Merged
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Reported
from chatroom.core.values.commands import Create
from chatroom.core.values.errors import (
    ChatError,
    NoSuchRoom,
    RoomExists,
    StorageFailed,
    TooManyRooms,
)
from chatroom.core.values.events import Muted, Unmuted
from chatroom.core.values.events import Reported as ReportedEvent
from chatroom.core.values.limits import MAX_CAPACITY, Limits
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.networks import Network, parsed
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import account_with, other_of

RETRY = 1.0
"""Seconds until a room of the operator's is opened again that could not be."""

GotRoom = Callable[[Room | ChatError], None]
"""A callback that gets a room, or the error for which there is none."""


class PublicRooms:
    """Those of the open *rooms* of which everybody may know, by their names."""

    def __init__(self, rooms: Mapping[Key, Room]) -> None:
        self._rooms = rooms

    def __contains__(self, name: object) -> bool:
        """Whether a room that is no secret has that *name*."""
        return isinstance(name, str) and (room := self._rooms.get(Key(name))) is not None and not room.is_hidden


class Momentary:
    """A secret for cloaks that is kept nowhere."""

    def __init__(self) -> None:
        self.cloak_key = token_bytes(32)


class Lobby:
    """The open rooms by name, and the *directory*; rooms are opened, found and closed here.

    *wall* returns the time of day in seconds since 1970 (UTC), and serves only to be shown to people. With *room_ports*
    each room has a port of its own, as long as some are free. Without *accounts* all are guests. Operators act on
    connections by its *hand*, once it has one; *audit* keeps what they do, and is where those look who moderate.
    *follows* keeps who follows which rooms, *marks* how far people have read them, *talks* who has talked with whom,
    *cloaks* the secret by which hosts are hidden; without that, it is one of the moment.
    """

    def __init__(
        self,
        *,
        log: Log,
        audit: ModerationStore,
        directory: Directory,
        turn: Turn,
        wheel: TimerWheel,
        wall: Callable[[], float],
        limits: Limits,
        room_ports: RoomPorts | None = None,
        accounts: Accounts | None = None,
        follows: FollowStore | None = None,
        marks: MarkStore | None = None,
        talks: TalkStore | None = None,
        cloaks: CloakStore | None = None,
    ) -> None:
        self.accounts = accounts
        self.guesses = accounts.guesses if accounts else Guesses(wheel.seconds)
        self.follows = follows
        self.mark_store = marks
        self.marks = ReadMarks(marks, wheel, self._other)
        # Only who has an account has talks.
        self.talks = OpenTalks(log, talks, accounts, self.marks, wheel, limits.page) if accounts and talks else None
        self.audit = audit
        self.house = House(log, self.now)
        self.house.changed = self._sanctioned
        self.house.reported = self._reported
        self.house.merged = self._put_out
        self.hand: Hand | None = None
        self.limits = limits
        self.directory = directory
        self.turn = turn
        self.wheel = wheel
        self.stopping = False
        self.motd = ""
        self.stats = Stats()
        self.rooms: dict[Key, Room] = {}
        self.public = PublicRooms(self.rooms)
        self.people = PeopleDirectory(directory, self.rooms, cloaks or Momentary(), self.now, self.is_operator)
        directory.report_to(self.people)
        self._opening: dict[Key, list[GotRoom]] = {}
        self._creating: dict[Key, Hashable] = {}
        self._empty: dict[Room, Deadline] = {}
        self._log = log
        self._wall = wall
        self._room_ports = room_ports
        # Those that are hidden, as far as their ports know.
        self._without_port: set[Room] = set()

    @property
    def users(self) -> Mapping[Key, User]:
        """The users who have a seat here."""
        return self.directory.users

    def now(self) -> int:
        """Return the time of day, in milliseconds since 1970 (UTC)."""
        return int(self._wall() * 1000)

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on; who is in, and what is open, stays."""
        self.limits = limits
        self.directory.limit(limits.devices)
        if self.talks:
            self.talks.limit(limits.page)
        for room in self.rooms.values():
            room.limit(limits.page, limits.room_capacity)
            self.directory.changed(room)

    @property
    def room_capacity(self) -> int:
        """How many members a room may have, whatever its own capacity; 0 is no limit."""
        return self.limits.room_capacity

    # People.

    def cloak(self, host: bytes | None) -> str:
        """Return what is shown of *host*."""
        return self.people.cloak(host)

    def find(self, username: Username, got: Callable[[Somebody | ChatError], None]) -> None:
        """Find who is called *username*: an account, wherever its owner is, or somebody who is or was here."""
        account = self.accounts.named(username) if self.accounts else None
        if account:
            user = self.users.get(key(account.username))
            got(Somebody(account.username, account.id, user.where if user else None))
        else:
            self.directory.find(username, got)

    def merge(self, person: bytes, account: bytes, done: Callable[[ChatError | None], None]) -> None:
        """Know by *account* in all rooms whoever was known by *person*, a guest; call *done* when that is safe."""
        assert self.accounts is not None, "somebody has one"
        self.accounts.change([Merged(person, account)], partial(self._merged, person, account, done))

    def register(self, account: Account, host: Host, guest: bytes, done: Callable[[ChatError | None], None]) -> None:
        """Let a *guest* from *host* have a new *account*, by which rooms know them; call *done* when that is safe."""
        assert self.accounts is not None, "somebody makes one"
        self.accounts.register(account, host, partial(self._merged, guest, account.id, done), guest=guest)

    def _merged(
        self, person: bytes, account: bytes, done: Callable[[ChatError | None], None], error: ChatError | None
    ) -> None:
        # Where servers share rooms, these follow what is stored.
        if error is None and not self.directory.shared:
            self.house.merge(person, account)
            for room in self.rooms.values():
                room.merge(person, account)
        done(error)

    @property
    def operators(self) -> Operators | None:
        """The operators, where there are accounts."""
        return self.accounts.operators if self.accounts else None

    def is_operator(self, identity: bytes | None) -> bool:
        """Return whether whoever is known by *identity* is an operator to others, by any of their connections.

        By the control socket nobody has one.
        """
        return identity is None or (self.accounts is not None and identity in self.accounts.operators)

    def ignores(self, identity: bytes, username: Username) -> bool:
        """Return whether the account known by *identity* ignores whoever is called *username*."""
        return self.accounts is not None and self.accounts.ignores(identity, username)

    def _other(self, identity: bytes, place: RoomName) -> Username | None:
        """Return with whom the account known by *identity* has the talk at *place*, if that account is there still."""
        account = self.accounts.get(account_with(identity, place)) if self.accounts else None
        return account.username if account else None

    # Rooms.

    def room(self, name: RoomName, viewer: Viewer | None) -> Room:
        """Return the open room called *name*, if *viewer* may know of it."""
        room = self.rooms.get(key(name))
        if room is None or room.closing or not room.is_shown_to(viewer):
            raise NoSuchRoom(name)
        return room

    def reach(self, name: RoomName, viewer: Viewer | None, got: GotRoom) -> None:
        """Call *got* with the room called *name*, if *viewer* may know of it, as by :meth:`open_kept`."""

        def opened(room: Room | ChatError) -> None:
            got(room if isinstance(room, ChatError) or room.is_shown_to(viewer) else NoSuchRoom(name))

        self.open_kept(name, opened)

    def search_all(
        self,
        got: Callable[[Searched], None],
        logs: Mapping[LogId, int],
        query: str,
        *,
        limit: int | None,
        author: Author | None,
        since: int | None,
        until: int | None,
        viewer: bytes,
    ) -> None:
        """Search *logs*, open or not, as :meth:`chatroom.core.ports.Log.search_all` does."""
        rows = row_limit(limit, self.limits.page)
        search = partial(self._log.search_all, author=author, since=since, until=until, viewer=viewer)
        search(logs, query, limit=rows, got=got)

    def restore(self, permanent: Sequence[RoomName]) -> None:
        """Open again the rooms that were open when the server ended, and the *permanent* ones for ever."""

        def restored(logs: Sequence[Opened] | StorageFailed) -> None:
            for log in logs if not isinstance(logs, StorageFailed) else ():
                if key(log.room) not in self.rooms:
                    room = self._add(log)
                    room.permanent = room.key in names
                    self._changed(room)
            for name in permanent:
                self.open_permanently(name)

        names = {key(name) for name in permanent}
        self._log.restore(restored)
        self._open_house()

    def _open_house(self) -> None:
        def opened(is_open: bool) -> None:
            if is_open:
                self._put_out()
            elif not self.stopping:
                self.wheel.call_later(RETRY, self._open_house)

        self.house.open(opened)

    def _sanctioned(self, sanction: Sanction, begins: bool) -> None:
        """Let those who are here know that a *sanction* of theirs on the whole server *begins*, or ends."""
        if sanction.network:
            if begins:
                self._put_out(parsed(sanction.network))
            return
        # Of all from somewhere, only the one who was named.
        known = (user for user in self.users.values() if user.identity == sanction.person)
        user = next(known, None) or self.users.get(key(sanction.username))
        if user is None:
            return
        if sanction.kind == "mute":
            said = Muted(None, sanction.by, sanction.until, sanction.reason) if begins else Unmuted(None, sanction.by)
            for seat in user.seats:
                seat.notify(said)
        elif begins and self.house.ban_of(user.identity, user.username, user.host):
            for seat in user.seats:
                seat.banish(sanction.until, sanction.reason)

    def _reported(self, reported: Reported) -> None:
        """Let those know who have rights to the room, and are there, and operators; who has *reported* it knows."""
        other = other_of(reported.room)
        told = ReportedEvent(
            None if other else reported.room, reported.number, reported.seq, reported.by, reported.reason, other
        )
        room = None if other else self.rooms.get(key(reported.room))
        for user in self.users.values():
            if user.identity == reported.person:
                continue
            everywhere = self.is_operator(user.identity)
            if everywhere or (room and room.standing.may_see(user.identity, reported.about)):
                for seat in user.seats:
                    if everywhere or key(reported.room) in seat.rooms:
                        seat.notify(told)

    def _put_out(self, network: Network | None = None) -> None:
        """Put out all who are banned, or come from a *network*."""
        for user in list(self.users.values()):
            banned = None if network else self.house.ban_of(user.identity, user.username, user.host)
            for seat in user.seats:
                if network is None or network.holds(seat.where):
                    error = banned or self.house.network_ban(seat.where)
                    if error:
                        seat.banish(error.until, error.reason)

    def let_go(self, room: Room) -> None:
        """Close *room*, if nobody is there: it was closed for all servers."""
        if room.empty and not room.permanent:
            self._harvest(room)

    def forget(self) -> None:
        """Forget all rooms and talks, and tell nobody: they are no longer open here."""
        if self.talks:
            self.talks.forget()
        for room in list(self.rooms.values()):
            room.closing = True
            self._close(room)
        self.house.close()

    def open_permanently(self, name: RoomName) -> None:
        """Open a room of the operator's, which is never closed."""

        def opened(room: Room | ChatError) -> None:
            if isinstance(room, Room):
                room.permanent = True
                self._changed(room)
            elif not self.stopping:
                self.wheel.call_later(RETRY, lambda: self.open_permanently(name))

        if room := self.rooms.get(key(name)):
            opened(room)
        elif waiting := self._opening.get(key(name)):
            waiting.append(opened)
        else:
            self._open(name, NewRoom(permanent=True, at=self.now()), opened)

    def open_kept(self, name: RoomName, got: GotRoom) -> None:
        """Call *got* with the open room called *name*, at once or when its kept log is opened again."""
        if room := self.rooms.get(key(name)):
            got(NoSuchRoom(name) if room.closing else room)
        elif waiting := self._opening.get(key(name)):
            waiting.append(got)
        else:
            self._open(name, None, got)

    def opening(self, name: RoomName) -> bool:
        """Return whether the log is asked for a room called *name*."""
        return key(name) in self._opening

    def when_opened(self, name: RoomName, action: Callable[[], None]) -> None:
        """Call *action* when the log has answered about the room called *name*, which is :meth:`opening`."""
        self._opening[key(name)].append(lambda _: action())

    def create(self, command: Create, creator: Seat, got: GotRoom) -> None:
        """Open a new room, not :meth:`opening` yet, that *creator* may delete; call *got* with it or an error."""
        name = key(command.room)
        if name in self.rooms:
            there = self.rooms[name]
            # How a private one is written is for those who may know of it.
            raise RoomExists(there.name if there.is_shown_to(creator) else command.room)
        most = self.limits.rooms_per_visitor
        if most and sum(room.standing.owner == creator.user.identity for room in self.rooms.values()) >= most:
            raise TooManyRooms.of_one_creator(most)
        host = creator.visitor.host
        self._leave_some_to_others(host)
        self._make_place()
        new = NewRoom(
            command.topic,
            min(command.capacity or 0, MAX_CAPACITY),
            creator.username,
            creator.user.identity,
            at=self.now(),
        )
        self._open(command.room, new, got, host)

    def delete(self, room: Room, by: Username, seat: SeatId, done: Callable[[Exception | None], None]) -> None:
        """Delete *room* in turn, as *by* in a *seat* asks; call *done*. Its readers are told when the turn ends."""
        if room.closing:
            raise NoSuchRoom(room.name)
        self._keep_open(room)
        room.delete(by, seat, done)

    def _open(self, name: RoomName, new: NewRoom | None, got: GotRoom, host: Hashable = None) -> None:
        """Open the room called *name*; a *new* one is made from *host*."""

        def opened(log: Opened | ChatError | None) -> None:
            waiting = self._opening.pop(key(name))
            self._creating.pop(key(name), None)
            room = self._opened(log, host) if isinstance(log, Opened) else log or NoSuchRoom(name)
            for give in waiting:
                give(room)
            if isinstance(room, Room):
                # Not at once: an empty room might close before the users who wait for it have entered.
                self.turn.send_at_end(partial(self._changed, room))

        self._opening[key(name)] = [got]
        if new:
            self._creating[key(name)] = host
        try:
            self._log.open(name, new, opened)
        except Exception:
            del self._opening[key(name)]
            self._creating.pop(key(name), None)
            raise

    def _opened(self, log: Opened, host: Hashable) -> Room | ChatError:
        """Return the room of *log*, or an error if it was kept and there is no place for it."""
        if log.created:
            room = self._add(log)
            room.host = host
            return room
        try:
            self._make_place()
        except TooManyRooms as error:
            self._log.close(log.log)
            # Whoever asks may be somebody who is not to know that there is one.
            return NoSuchRoom(log.room) if log.settings.private else error
        return self._add(log)

    def _add(self, log: Opened) -> Room:
        room = self.rooms[key(log.room)] = Room(
            log,
            log=self._log,
            turn=self.turn,
            wheel=self.wheel,
            stats=self.stats,
            changed=self._changed,
            page=self.limits.page,
            now=self.now,
            limit=self.limits.room_capacity,
            operators=self.accounts.operators if self.accounts else (),
        )
        if room.is_hidden:
            self._without_port.add(room)
        elif self._room_ports:
            room.port = self._room_ports.open(room.name)
        self.directory.changed(room)
        return room

    def _changed_port(self, room: Room) -> None:
        """Let no port lead to *room* while it is hidden: who tries all ports is to learn of none that is not listed."""
        if self._room_ports is None or room.is_hidden == (room in self._without_port):
            return
        if room.is_hidden:
            self._without_port.add(room)
            self._take_port(room)
        else:
            self._without_port.remove(room)
            room.port = self._room_ports.open(room.name)

    def _take_port(self, room: Room) -> None:
        if self._room_ports and room.port is not None:
            self._room_ports.close(room.port)
            room.port = None

    def _leave_some_to_others(self, host: Hashable) -> None:
        """Refuse a further room to a *host* that holds its share; empty rooms, which make place, don't count."""
        limits = self.limits
        if host is None or not (limits.max_rooms and limits.rooms_per_visitor):
            return
        most = max(limits.max_rooms // 2, limits.rooms_per_visitor)
        held = sum(room.host == host and not room.empty for room in self.rooms.values())
        if held + list(self._creating.values()).count(host) >= most:
            raise TooManyRooms(f"{most} rooms are held from where you are; leave or delete one of them first")

    def _make_place(self) -> None:
        """Make place for one room more, or refuse it; what servers share makes place itself."""
        most = 0 if self.directory.shared else self.limits.max_rooms
        if most and len(self.rooms) + len(self._creating) >= most:
            longest_empty = next((room for room in self._empty if room.empty), None)
            if longest_empty is None:
                raise TooManyRooms.in_use(most)
            self._harvest(longest_empty)

    def _changed(self, room: Room) -> None:
        if self.rooms.get(room.key) is not room:
            # It was closed while something was on its way, and may have a successor of its name.
            return
        if room.deleted_by is not None:
            self._close(room)
        # A server that stops finds its rooms open when it starts again.
        if room.closing or self.stopping:
            return
        self._changed_port(room)
        self.directory.changed(room)
        if room.permanent or not room.empty:
            self._keep_open(room)
        elif not self.limits.linger:
            self._harvest(room)
        elif room not in self._empty:
            self._empty[room] = self.wheel.call_later(self.limits.linger, lambda: self._lingered(room))

    def _keep_open(self, room: Room) -> None:
        """Cancel the closing of *room* for being empty."""
        if deadline := self._empty.pop(room, None):
            deadline.cancel()

    def _lingered(self, room: Room) -> None:
        """Close *room*, which has been empty for its time, unless somebody is about to come in."""
        if room.empty:
            self._harvest(room)
        else:
            self._keep_open(room)

    def _harvest(self, room: Room) -> None:
        self._close(room)
        room.close()

    def _close(self, room: Room) -> None:
        del self.rooms[room.key]
        self._take_port(room)
        self._without_port.discard(room)
        self._keep_open(room)
        self.directory.closed(room)
