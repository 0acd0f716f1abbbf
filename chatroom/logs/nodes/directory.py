"""The directory of a node: who is who and who is where, over all nodes."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from typing import Protocol

import msgspec

from chatroom.core.people.departed import DepartedPeople
from chatroom.core.people.directory import Attendance, Directory, DirectoryPage, Listing, Nobody, Somebody, members
from chatroom.core.people.house import HOUSE
from chatroom.core.people.reading import ReadMarks
from chatroom.core.people.seat import Seat
from chatroom.core.people.talks import OpenTalks
from chatroom.core.people.user import User
from chatroom.core.ports import Clock, Connection, LogId, PersonalMark, SeatId
from chatroom.core.rooms.fitting import Fits
from chatroom.core.rooms.participant import Position
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.order import when_all
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.changes import Called, Entry, Went
from chatroom.core.values.errors import (
    ChatError,
    NoSuchRoom,
    NoSuchUser,
    PasswordRequired,
    PasswordWrong,
    StoreAway,
    TooManyConnections,
    UsernameTaken,
)
from chatroom.core.values.events import Called as CalledEvent
from chatroom.core.values.events import Confided, Invited, Memberships, Told
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.people import Aspect, Known, Person
from chatroom.core.values.replies import DeviceList, Members
from chatroom.logs.nodes.calls import Answers, Calls, FindPerson, ListDevices, ListPeople, TellOf, TellTrusted
from chatroom.logs.nodes.changes import (
    AskedChange,
    Become,
    ChangeRow,
    Decision,
    authenticating,
    claiming,
    following,
    knowing,
    of_seat,
    row,
)
from chatroom.logs.nodes.engine import Hint, Mail, PeoplePage
from chatroom.logs.nodes.node import Node, hand_on
from chatroom.logs.nodes.post import Post, entry_of, show_talk, shown, told_by
from chatroom.logs.nodes.room_list import SharedRooms


class DirectoryLobby(Protocol):
    """The lobby, as far as a directory knows it."""

    @property
    def rooms(self) -> Mapping[Key, Room]:
        """The rooms that are open here."""

    def open_kept(self, name: RoomName, got: Callable[[Room | ChatError], None]) -> None:
        """Open the room called *name*, or find it open."""

    def let_go(self, room: Room) -> None:
        """Close *room*, if nobody is there."""

    def forget(self) -> None:
        """Forget all rooms: they are no longer open here."""

    @property
    def marks(self) -> ReadMarks:
        """How far people have read."""

    @property
    def talks(self) -> OpenTalks | None:
        """The talks that are open here, where there are accounts."""

    @property
    def room_capacity(self) -> int:
        """How many members a room may have at this server; 0 is no limit."""


class Stranger:
    """Somebody at another node, whom rooms know by their *identity*; in which rooms they are is not known here.

    Whoever *operates* does so by their account: who acts as an operator by a connection is not known either.
    """

    def __init__(self, identity: bytes, *, operates: bool) -> None:
        self.identity = identity
        self.operates = operates
        self.person: Person | None = None
        self.fits = Fits()

    def is_in(self, room: Key) -> bool:
        """Return False: it is not known."""
        return False

    def charge(self, tokens: int) -> None:
        """Take nothing: they pay where they are."""


class NodeDirectory:
    """The users of a chat of several nodes, of whom *node* is one; only those with a seat here are known here.

    All else is asked of the engine, which answers in the order of the questions. The rooms that are open here are those
    of the *lobby*. *operators* may know of all rooms. Of one account there are *most* connections, at all nodes, or any
    number (0).
    """

    shared = True

    def __init__(
        self,
        node: Node,
        clock: Clock,
        wheel: TimerWheel,
        lobby: Callable[[], DirectoryLobby],
        operators: Container[bytes] = (),
        most: int = 0,
    ) -> None:
        self._node = node
        self._operators = operators
        self._most = most
        self._lobby = lobby
        self._people: Attendance = Nobody()
        self._users: dict[Key, User] = {}
        self._seats: dict[int, Seat] = {}
        self._sessions: dict[bytes, Seat] = {}
        self._reserved: set[SeatId] = set()
        # Seats that are about to be those of accounts, and what these are called as was heard meanwhile.
        self._coming: dict[Seat, tuple[bytes, Username | None]] = {}
        self._departed = DepartedPeople(wheel.seconds, self._sessions)
        self._post = Post(node, wheel, self._seats.get)
        self.calls = Calls(node, wheel)
        self.calls.answer(ListDevices, self._list_devices)
        self.calls.answer(FindPerson, self._find_person)
        self.calls.answer(ListPeople, self._list_people)
        self.calls.answer(TellOf, self._told_of)
        self.calls.answer(TellTrusted, self._confided)
        self._list = SharedRooms(node, clock, wheel, lambda room: lobby().let_go(room), lambda: lobby().room_capacity)
        node.got_mail = self._got_mail
        node.account_called = self._account_called
        # In this order: the visitors have no seat any more when their rooms are gone.
        node.when_fenced += [self._forget, lambda: lobby().forget()]

    @property
    def users(self) -> Mapping[Key, User]:
        """The users with a seat here."""
        return self._users

    def _forget(self) -> None:
        """Forget all who are here, without a word to anybody: the others have given up this node."""
        # First: whoever makes way now makes none for these.
        self._coming.clear()
        for seat in list(self._seats.values()):
            self._drop(seat)
        self._reserved.clear()
        self._list.forget()

    def find(self, username: Username, got: Callable[[Somebody | ChatError], None]) -> None:
        """Find who is called *username*, here or elsewhere."""

        def found(person: Somebody | StoreAway | None) -> None:
            got(person or self._departed.find(username))

        if user := self._users.get(key(username)):
            got(Somebody.of(user))
        else:
            self._node.consult(partial(self._node.engine.person, username), found)

    def limit(self, most: int) -> None:
        """Let an account have *most* connections from now on, or any number (0)."""
        self._most = most

    def report_to(self, people: Attendance) -> None:
        """Let *people* know of who comes to this node and goes."""
        self._people = people

    # Names and seats.

    def claim(self, seat: Seat, got: Callable[[Seat | ChatError], None]) -> None:
        """Give *seat* to its user, or answer with the one that its session has, here or elsewhere."""
        session = seat.session
        known = self._sessions.get(session) if session is not None else None
        if seat.visitor.gone:
            # Nobody makes way for somebody who is not there.
            got(UsernameTaken(seat.username))
        elif known and not known.visitor.gone:
            known.visitor.replace(lambda: self.claim(seat, got))
        else:
            user = seat.user
            asked = claiming(
                user.username,
                session,
                user.identity,
                seat.host,
                proved=user.has_account,
                device=seat.device,
                most=self._most,
                proof=seat.proof,
            )
            self._coming[seat] = user.identity, None
            self._ask(asked, partial(self._claimed, seat, got), partial(self._unclaimed, seat, got))

    def _unclaimed(self, seat: Seat, got: Callable[[Seat | ChatError], None], error: ChatError) -> None:
        self._came(seat)
        got(error)

    def _came(self, seat: Seat) -> Username | None:
        """Return what the account of *seat* is called, if that was heard since the seat was asked for."""
        _, name = self._coming.pop(seat, (b"", None))
        return name

    def _claimed(self, seat: Seat, got: Callable[[Seat | ChatError], None], answer: Decision) -> None:
        if seat not in self._coming:
            # The life of the node in which this was asked ended while another seat made way.
            got(StoreAway())
            return
        assert answer.name is not None
        name = Username(answer.name)
        if answer.pos is None or answer.seq is None:
            self._came(seat)
            self._refused(seat.user.identity, got, answer, lambda: self.claim(seat, got))
            return
        # Of a seat that this session had at this node before it was this account's.
        old = self._sessions.get(seat.session) if seat.session is not None else None
        if old and old.id.number != answer.pos:
            self._drop(old)
        known = self._seats.get(answer.pos)
        if known and not known.visitor.gone:
            # They were about to come when this was asked.
            known.visitor.replace(lambda: self._claimed(seat, got, answer))
            return
        seat.id = SeatId(answer.pos, answer.seq)
        # The answer may be older than what was heard since it was asked for.
        name = self._came(seat) or name
        if answer.outcome == "claimed":
            self._add(seat, name, answer)
            got(seat)
            return
        if known and not known.leaving and known.id.connection == answer.seq - 1:
            known.come_back(seat.visitor, answer.seq)
            seat = known
        else:
            if known:
                # It was elsewhere meanwhile.
                self._drop(known)
            self._add(seat, name, answer)
        self._take_over(seat, answer.rooms or (), got)

    def _refused(
        self, person: bytes, got: Callable[[ChatError], None], answer: Decision, again: Callable[[], None]
    ) -> None:
        """Answer why *person* can't have a seat, or ask *again* when there is place for it."""
        name = Username(answer.name or "")
        match answer.outcome:
            case "password-required":
                got(PasswordRequired(name))
            case "gone":
                got(PasswordWrong())
            case "too-many-connections":
                held = next((o for o in self._seats.values() if o.is_held and o.user.identity == person), None)
                if held:
                    held.depart("lost", again)
                else:
                    got(TooManyConnections.of_one_account(self._most))
            case "username-taken":
                got(UsernameTaken(name))
            case _:
                # Somebody else has this seat meanwhile (``replaced``); or only a newer server knows why not.
                got(StoreAway())

    def _add(self, seat: Seat, name: Username, answer: Decision) -> None:
        seat.user.call(name)
        if seat.user.has_account and (other := self._by_account(seat.user.identity)):
            # Another connection of theirs; here they may still have an older name.
            self._renamed(other, name)
            seat.user = other
        user = seat.user
        if answer.content is not None:
            user.is_elsewhere(msgspec.json.decode(answer.content))
        self._seats[seat.id.number] = seat
        self._users[user.key] = user
        is_new = not user.seats
        user.seats += (seat,)
        if is_new:
            self._people.came(user)
        if seat.session is not None:
            self._sessions[seat.session] = seat

    def _take_over(self, seat: Seat, rooms: Sequence[str], got: Callable[[Seat | ChatError], None]) -> None:
        """Hold the place of *seat* in *rooms*, each behind its log, where it has none here; then *got* has it."""

        def hold(place: str, done: Callable[[], None]) -> None:
            log, _, name = place.partition(" ")
            if key(name) in seat.rooms:
                done()
                return

            def opened(room: Room | ChatError) -> None:
                # Unless it was, for another connection that took the seat over and was lost meanwhile.
                if key(name) not in seat.rooms:
                    begin(room)
                done()

            def begin(room: Room | ChatError) -> None:
                if self._seats.get(seat.id.number) is not seat:
                    # It was given up, with its place in all rooms, or is another node's.
                    return
                if isinstance(room, Room):
                    reader = Reader(seat, room)
                    reader.enter(Position(room.head))
                    reader.hold()
                else:
                    # Nobody could leave a room later that is not open here.
                    gone = row(LogId(int(log)), Went(seat.username, "lost"), seat.id)
                    self._node.ask(AskedChange([gone], lambda answers: None, lasts=True))

            self._lobby().open_kept(RoomName(name), opened)

        def taken() -> None:
            seat.taken_over()
            got(seat)

        when_all([partial(hold, place) for place in rooms], taken)

    def close(self, seat: Seat) -> None:
        """Forget the session of *seat* here."""
        if seat.session is not None and self._sessions.get(seat.session) is seat:
            del self._sessions[seat.session]

    def unregistered(self, seat: Seat, identity: bytes) -> None:
        """Note that who has *seat* is a guest from now on, known by *identity*."""
        seat.user.become(identity, has_account=False)
        self._node.ask(AskedChange([knowing(seat.id, identity)], lambda answer: None, seat.id, lasts=True))

    def free(self, seat: Seat, done: Callable[[], None]) -> None:
        """Give up *seat*; its name is free when that is stored."""
        if self._seats.get(seat.id.number) is not seat:
            # It was lost while its rooms were left: by its number somebody may be at another node.
            done()
            return
        self._remove(seat)
        self._node.ask(AskedChange([of_seat("free", seat.id)], lambda answer: done(), seat.id, lasts=True))

    def _remove(self, seat: Seat) -> None:
        """Let *seat* not be here any more."""
        user = seat.user
        person = user.person
        if self._seats.get(seat.id.number) is seat:
            del self._seats[seat.id.number]
            self._departed.went(Somebody.of(user))
        self.close(seat)
        user.seats = tuple(other for other in user.seats if other is not seat)
        if not user.seats and self._users.get(user.key) is user:
            del self._users[user.key]
            self._people.went(person, user.identity)
        elif user.seats:
            self._people.changed(user, person)

    def _drop(self, seat: Seat) -> None:
        """Let *seat* be nowhere here: it is at another node, or nobody knows where."""
        self._remove(seat)
        seat.moved()

    def reserve(self, user: User, username: Username, by: SeatId, got: Callable[[ChatError | None], None]) -> None:
        """Keep *username* for *user*."""

        def reserved(answer: Decision) -> None:
            got(_taken(answer))

        if key(username) == user.key:
            got(None)
            return
        self._reserved.add(by)
        self._ask(of_seat("reserve", by, username), reserved, got)

    def disclaim(self, by: SeatId) -> None:
        """Keep nothing any longer that was reserved *by* that connection."""
        if by in self._reserved:
            self._reserved.discard(by)
            self._node.ask(AskedChange([of_seat("disclaim", by)], lambda answer: None, by, lasts=True))

    def rename(self, user: User, username: Username, got: Callable[[ChatError | None], None]) -> None:
        """Call *user* by *username*, and tell their rooms, at once; who has gone meanwhile is called as before."""
        if user.has_account:
            # Whoever is here by an account is called as that is, since that was stored.
            self._name_newcomers(user.identity, username)
            self._call(user, username)
            got(None)
            return
        old = user.username
        seats = [seat for seat in user.seats if seat.is_taken]
        # That of who asks: the name is reserved by it.
        seats.sort(key=lambda seat: seat.id not in self._reserved)
        if username == old or not seats:
            got(None)
            return
        by = seats[0].id
        rooms = dict.fromkeys(reader.room.log_id for seat in user.seats for reader in seat.rooms.values())
        following = self._node.following.logs
        called = Called(old, username)
        followed = [following[log] for log in rooms if log in following]
        # If that connection can't rename them, they have no other name in any room.
        rows = [row(log, called, by) for log in rooms if log in following]

        def renamed(answers: Sequence[Decision] | ChatError) -> None:
            refusal = answers if isinstance(answers, ChatError) else _taken(answers[0])
            if isinstance(answers, ChatError) or refusal:
                got(refusal)
                return
            self._call(user, username)
            # It is taken: nothing is left to be given back.
            self._reserved.discard(by)
            got(None)
            for place, pos in msgspec.json.decode(answers[0].content or "[]"):
                self._node.following.heard(Hint(LogId(place), pos, ()))
            for log, answer in zip(followed, answers[1:], strict=True):
                if answer.outcome == "entry" and answer.pos is not None:
                    log.happened(answer.pos, Entry(called), lambda entry: None)

        self._node.ask(AskedChange([of_seat("rename", by, username), *rows], renamed, by))

    def _call(self, user: User, username: Username) -> None:
        """Call *user* by *username*, unless they have gone."""
        if user.seats:
            # Somebody else may be here by the old name already.
            if self._users.get(user.key) is user:
                del self._users[user.key]
            is_other = key(username) != user.key
            if is_other:
                self._people.went(user.person, user.identity)
            user.call(username)
            self._users[user.key] = user
            if is_other:
                self._people.came(user)

    def _account_called(self, account: bytes, username: Username) -> None:
        """Call those by *username* who are here by an *account*, or about to come."""
        self._name_newcomers(account, username)
        if user := self._by_account(account):
            self._renamed(user, username)

    def _name_newcomers(self, account: bytes, username: Username) -> None:
        for seat, (coming, _) in self._coming.items():
            if coming == account:
                self._coming[seat] = account, username

    def _by_account(self, account: bytes) -> User | None:
        """Return who is here by *account*."""
        users = (user for user in self._users.values() if user.has_account and user.identity == account)
        return next(users, None)

    def authenticate(
        self, seat: Seat, account: Somebody, got: Callable[[ChatError | tuple[RoomName, ...] | None], None]
    ) -> None:
        """Let *seat* be one of *account*, whose is all that rooms know of the guest; who has gone stays a guest."""
        if not seat.is_taken:
            got(None)
            return
        followed = self._node.following.logs
        # Whatever was said and done there before was said and done by the guest; so with what operators have forbidden.
        logs = [reader.room.log_id for reader in seat.rooms.values()]
        logs = [log for log in followed if log in logs or followed[log].room == HOUSE]

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            heard = self._came(seat)
            if isinstance(answers, ChatError):
                got(answers)
            elif answers[0].outcome != "authenticated":
                self._refused(account.identity, got, answers[0], lambda: self.authenticate(seat, account, got))
            else:
                become = msgspec.json.decode(answers[0].content or "", type=Become)
                self._become(seat, heard or Username(answers[0].name or ""), account.identity, become)
                # Wherever they are known here, it is by the account before they are told of it.
                known = [partial(self._node.following.when_known, LogId(log), pos) for log, pos in become.places]
                when_all(known, lambda: got(become.follows))

        self._coming[seat] = account.identity, None
        asked = authenticating(
            seat.id, account.username, account.identity, device=seat.device, most=self._most, proof=seat.proof
        )
        self._node.ask(AskedChange([asked, *map(following, logs)], answered, seat.id))

    def _become(self, seat: Seat, name: Username, account: bytes, become: Become) -> None:
        """Let *seat* have the user of *account*, who is called *name*, here."""
        guest = seat.user
        user = next((other.user for other in self._seats.values() if other.user.identity == account), None)
        if user is None:
            user = guest
            is_other = key(name) != guest.key
            if self._users.get(guest.key) is guest:
                del self._users[guest.key]
                if is_other:
                    self._people.went(guest.person, guest.identity)
            guest.become(account, has_account=True)
            guest.call(name)
            if is_other:
                self._people.came(guest)
        elif seat in guest.seats:
            person = guest.person
            guest.seats = tuple(guest.others(seat))
            if not guest.seats and self._users.get(guest.key) is guest:
                del self._users[guest.key]
                self._people.went(person, guest.identity)
            seat.user = user
            user.take_in(seat, guest.profile)
        if user.seats:
            self._users[user.key] = user
        user.is_elsewhere(become.rooms, [seat])

    # From one to another.

    def tell(self, told: Told, got: Callable[[Username | ChatError], None]) -> None:
        """Show *told* to whom it is for, here or at another node, and answer with their name."""
        user = self._users.get(key(told.to))
        if not self._node.lease.held:
            got(StoreAway())
        elif user and not user.has_account:
            got(shown(user, told))
        else:
            here = shown(user, told) if user else NoSuchUser(told.to)
            if isinstance(here, ChatError):
                self._post.tell(told, got)
            else:
                got(here)
                self._post.tell_elsewhere(told)

    def told(self, told: Told, seat: Seat) -> None:
        """Show *told* over the other connections of its speaker, here and at other nodes."""
        for other in seat.user.others(seat):
            other.notify(told)
        if seat.user.has_account:
            self._post.copy(told)

    def confide(self, confided: Confided, speaker: bytes, got: Callable[[frozenset[Key]], None]) -> None:
        """Show *confided* to those whom it is for at other nodes, and find who they are; that may be lost."""

        def answered(answers: Answers[list[Key]]) -> None:
            got(frozenset(name for names in answers.found.values() for name in names))

        asked = TellTrusted(confided, speaker)
        self.calls.ask(lambda node: asked, list[Key], answered, bounded=True)

    def _confided(self, asked: TellTrusted, reply: Callable[[list[Key]], None]) -> None:
        room = self._lobby().rooms.get(key(asked.confided.room))
        reply(sorted(room.confide(asked.confided, asked.speaker)) if room else [])

    def elsewhere(self, user: User, got: Callable[[DeviceList], None]) -> None:
        """Find the connections of *user*, who has an account, at other nodes."""

        def answered(answers: Answers[DeviceList]) -> None:
            found = (device for _, each in sorted(answers.found.items()) for device in each.devices)
            got(DeviceList(tuple(found), incomplete=bool(answers.missing)))

        asked = ListDevices(user.identity, user.username)
        self.calls.ask(lambda node: asked, DeviceList, answered, name=user.key)

    def _list_devices(self, asked: ListDevices, reply: Callable[[DeviceList], None]) -> None:
        user = self._users.get(key(asked.username))
        seats = user.seats if user and user.has_account and user.identity == asked.person else ()
        reply(DeviceList(tuple(seat.info(current=False) for seat in seats)))

    def who_is(self, username: Username, viewer: Viewer, got: Callable[[Known | None], None]) -> None:
        """Find what *viewer* may know of who is called *username* at another node."""

        def answered(answers: Answers[Known | None]) -> None:
            got(next((known for known in answers.found.values() if known), None))

        asked = FindPerson(username, viewer.identity)
        self.calls.ask(lambda node: asked, Known | None, answered, name=key(username))  # type: ignore[arg-type]

    def _find_person(self, asked: FindPerson, reply: Callable[[Known | None], None]) -> None:
        reply(self._people.who_is(asked.username, Stranger(asked.viewer, operates=asked.viewer in self._operators)))

    def are(self, usernames: Sequence[Username], got: Callable[[Sequence[Known]], None]) -> None:
        """Find what is known of those with these *usernames* who are at other nodes."""

        def answered(answers: Answers[list[Known]]) -> None:
            got([known for found in answers.found.values() for known in found])

        asked = ListPeople(tuple(usernames))
        self.calls.ask(lambda node: asked, list[Known], answered, bounded=True)

    def _list_people(self, asked: ListPeople, reply: Callable[[list[Known]], None]) -> None:
        reply(self._people.are(asked.usernames))

    def tell_of(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        """Let other nodes show those in *rooms* *what* is other than before of a *person*; that may be lost."""
        asked = TellOf(person, tuple(what), tuple(rooms))
        self.calls.ask(lambda node: asked, bool, lambda answers: None, bounded=True)

    def _told_of(self, asked: TellOf, reply: Callable[[bool], None]) -> None:
        self._people.heard(asked.person, asked.what, asked.rooms)
        reply(True)

    def _got_mail(self, mail: Sequence[Mail]) -> None:
        for letter in mail:
            hand_on(self._got_letter, letter)

    def _got_letter(self, letter: Mail) -> None:
        match letter.kind:
            case "moved":
                self._seat_moved(letter)
            case "invited" | "talked":
                self._entered(letter)
            case "told":
                self._post.show(letter)
            case "answered":
                self._post.answered(letter)
            case _:
                if seat := self._seats.get(letter.seat):
                    self._of_account(seat, letter)

    def _of_account(self, seat: Seat, mail: Mail) -> None:
        """Let who has *seat* know what has become of them at another node."""
        user = seat.user
        match mail.kind:
            case "copied":
                for each in user.seats:
                    each.notify(told_by(mail))
            case "rooms":
                user.is_elsewhere(msgspec.json.decode(mail.content or "[]"))
            case "left":
                self._left(seat, RoomName(mail.content or ""))
            case "marked":
                marked = msgspec.json.decode(mail.content or "", type=PersonalMark)
                self._lobby().marks.heard(user, marked.room, marked.log, marked.mark)
            case "revoked":
                seat.revoke()

    def _renamed(self, user: User, username: Username) -> None:
        old = user.username
        if username != old:
            self._call(user, username)
            for seat in user.seats:
                seat.notify(CalledEvent(old, username))

    def _left(self, seat: Seat, room: RoomName) -> None:
        """Let *seat* be out of *room*, which its user has left by all."""
        if reader := seat.rooms.get(key(room)):
            reader.drop()
            seat.notify(Memberships(seat.user.memberships))

    def _entered(self, mail: Mail) -> None:
        """Let somebody hear of the entry of which *mail* tells, once this node knows it: they can go by it then."""
        record = entry_of(mail)

        def known() -> None:
            # Meanwhile they may have gone.
            seat = self._seats.get(mail.seat)
            talks = self._lobby().talks
            if seat and mail.kind == "invited":
                seat.invite(Invited(RoomName(mail.name or ""), Username(mail.speaker or "")))
            elif seat and talks and record and mail.name is not None:
                show_talk(talks, seat, Username(mail.name), record)

        if record:
            self._node.following.when_known(record.log, record.pos, known, [record])
        else:
            known()

    def _seat_moved(self, mail: Mail) -> None:
        seat = self._seats.get(mail.seat)
        if seat and mail.connection and seat.id.connection < mail.connection:
            if seat.visitor.gone:
                self._drop(seat)
            else:
                seat.visitor.replace(partial(self._drop, seat))

    # Lists, a page each.

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        viewer: Viewer | None,
        got: Callable[[Members | ChatError], None],
    ) -> None:
        """Find the names behind *after* in *room*, if *viewer* may know of it, or everybody's."""

        def found(people: PeoplePage | StoreAway | None) -> None:
            if isinstance(people, StoreAway):
                got(people)
            elif people is None:
                got(NoSuchRoom(room or RoomName("")))
            else:
                listed = people.people if room or asker is None else list(filter(is_shown, people.people))
                if people.people and not listed and len(people.people) > PAGE_NAMES:
                    # Whoever asks goes on behind the last name of a page.
                    self.who(room, people.people[-1][0], viewer, got)
                else:
                    got(members(people.room, listed))

        def is_shown(listing: Listing) -> bool:
            user = self._users.get(key(listing[0]))
            return user is None or viewer is None or user.is_listed_to(viewer)

        asker = None if viewer is None or viewer.operates else viewer.identity
        self._node.consult(partial(self._node.engine.who, room, after, PAGE_NAMES + 1, asker), found)

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
        self._list.page(match, after, viewer, got, watcher)

    def unwatch(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes."""
        self._list.unwatch(watcher)

    def drained(self, watcher: Connection) -> None:
        """Show the whole list to *watcher*, if it missed changes."""
        self._list.drained(watcher)

    def changed(self, room: Room) -> None:
        """Note that *room* is open here, and what is listed of it may be new."""
        self._list.changed(room)

    def closed(self, room: Room) -> None:
        """Note that *room* is no longer open here."""
        self._list.closed(room)

    def _ask(self, row: ChangeRow, answered: Callable[[Decision], None], refused: Callable[[ChatError], None]) -> None:
        def got(answers: Sequence[Decision] | ChatError) -> None:
            if isinstance(answers, ChatError):
                refused(answers)
            else:
                answered(answers[0])

        self._node.ask(AskedChange([row], got))


def _taken(answer: Decision) -> ChatError | None:
    """Return the error for which somebody does not get a name, if there is one."""
    if answer.outcome == "username-taken" and answer.name is not None:
        return UsernameTaken(Username(answer.name))
    # Somebody else has this seat meanwhile (``replaced``); or only a newer server knows why not.
    return None if answer.outcome == "none" else StoreAway()


_: type[Directory] = NodeDirectory
"""The check of the port."""
