"""A critical visitor: they check all their output against the log and the promises of the protocol."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from typing_extensions import override

from chatroom.core.ports import Happened, LogId, NewRoom, Opened, SeatId
from chatroom.core.values.batch import Batch
from chatroom.core.values.changes import Change, Entry, Erased, Kicked, Retitled, Sanctioned, Tuned
from chatroom.core.values.commands import Command, Create, Join, Leave, List, Login, Quit, Rename, Request, Say
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import (
    Appointed,
    Bye,
    Called,
    Configured,
    Deleted,
    Event,
    Gap,
    Invited,
    Joined,
    Left,
    Level,
    Marked,
    Memberships,
    Message,
    Missed,
    Muted,
    Notice,
    Offline,
    Online,
    OtherInvited,
    Redacted,
    Removed,
    Renamed,
    RoomInfo,
    Rooms,
    RoomsChanged,
    Said,
    Slowed,
    TakenBack,
    Told,
    TopicChanged,
    Unmuted,
    erased,
)
from chatroom.core.values.limits import BACKLOG
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.replies import Entered, Entries, Ok, Refused, Reply, Stored, UnreadList, Welcome
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.core.visit.visitor import Visitor
from tests.fakes import FakeConnection, LateLog, World, in_one_room


class Ledger(LateLog):
    """A late log that remembers, by epoch, the messages it was given and their fates, and who was put out.

    It counts how often a room was made private, and knows who was in when that was asked for, and not put out since.
    Who was put out is counted until somebody has looked.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, list[Message]] = defaultdict(list)
        self.said: dict[str, list[Message]] = defaultdict(list)
        self.erased: dict[str, list[int]] = defaultdict(list)
        self.given: dict[str, list[bool | None]] = defaultdict(list)
        self.creators: dict[str, Username | None] = {}
        self.topics: dict[str, str] = {}
        self.put_out: set[tuple[str, Key]] = set()
        self.hidden: Counter[str] = Counter()
        self.private: set[str] = set()
        self.admitted: dict[str, set[bytes]] = defaultdict(set)
        self.put_out_persons: dict[str, set[bytes]] = defaultdict(set)
        self._epochs: dict[LogId, str] = {}

    @override
    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        def noted(answer: Opened | ChatError | None) -> None:
            if isinstance(answer, Opened):
                epoch = self._epochs[answer.log] = answer.epoch
                assert answer.created == (epoch not in self.creators)
                assert answer.seq == len(self.kept[epoch])
                if answer.created:
                    self.creators[epoch] = new.creator if new else None
                if new and new.topic:
                    self.topics[epoch] = new.topic
            opened(answer)

        super().open(room, new, noted)

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        epoch = self._epochs[log]
        place = len(self.given[epoch])
        if isinstance(change, Message):
            self.given[epoch].append(None)

        def noted(answer: Entry | ChatError | None) -> None:
            if isinstance(change, Message):
                self.given[epoch][place] = isinstance(answer, Entry)
            if isinstance(answer, Entry):
                self._note(epoch, answer)
            done(answer)

        super().change(log, change, by, noted)

    def _note(self, epoch: str, entry: Entry) -> None:
        match entry.change:
            case Message(re=re):
                # What it answers was said before.
                assert re is None or 0 < re < entry.seq
                self.kept[epoch].append(entry.change)
                self.said[epoch].append(entry.change)
                assert entry.seq == len(self.kept[epoch])
            case Erased(redactions):
                for redaction in redactions:
                    message = self.kept[epoch][redaction.seq - 1]
                    assert (message.text, message.speaker) != ("", redaction.username)
                    self.kept[epoch][redaction.seq - 1] = erased(message)
                    self.erased[epoch].append(redaction.seq)
            case Retitled(topic):
                self.topics[epoch] = topic
            case Tuned(Tuning(private=True), _, admitted) if epoch not in self.private:
                self.private.add(epoch)
                self.hidden[epoch] += 1
                self.admitted[epoch] = {*admitted}
            case Tuned(Tuning(private=False)):
                self.private.discard(epoch)
                self.admitted[epoch].clear()
            case Kicked(username, person=person) | Sanctioned(Sanction("ban", username, person)):
                self.put_out.add((epoch, key(username)))
                self.put_out_persons[epoch].add(person)
                self.admitted[epoch].discard(person)

    def left_with(self, epoch: str, copies: Copies) -> set[int]:
        """Return which of *copies* nobody should have any more."""
        return copies.numbers & {*self.erased[epoch]}

    def number_after(self, epoch: str, given: int) -> int:
        """Return the number of the last message kept among the first *given*, all of which are answered."""
        fates = self.given[epoch][:given]
        assert None not in fates
        return sum(map(bool, fates))


@dataclass
class Copies:
    """The numbers of the messages of which somebody has the text, and how many redactions are *known* to them."""

    numbers: set[int] = field(default_factory=set)
    known: int = 0


@dataclass
class Memory:
    """The memory of somebody with a *session*, which outlives their connection.

    What they asked for, and may have got without knowing: names (*asked*), and to be out of rooms (*left*).
    """

    session: bytes
    name: Username | None = None
    asked: set[Username] = field(default_factory=set)
    left: set[Key] = field(default_factory=set)
    seats: dict[Key, Seat] = field(default_factory=dict)
    read: dict[Key, tuple[str, int]] = field(default_factory=dict)
    copies: dict[Key, Copies] = field(default_factory=dict)
    unacknowledged: dict[str, Say] = field(default_factory=dict)
    acknowledged: dict[tuple[str, str], tuple[int, Say]] = field(default_factory=dict)
    sent_again: set[str] = field(default_factory=set)

    def forget(self, count: int) -> None:
        """Forget the last *count* messages and replies: they did not arrive."""
        self.read = {room: (epoch, max(0, seen - count)) for room, (epoch, seen) in self.read.items()}
        for copies in self.copies.values():
            copies.known = max(0, copies.known - count)
        for _, say in list(self.acknowledged.values())[len(self.acknowledged) - count :]:
            self.unacknowledged[say.cid or ""] = say


@dataclass
class Seat:
    """A room that a critic is in: the last number they have *seen*, and the last that is *left_out*."""

    room: RoomName
    epoch: str
    seen: int
    left_out: int = 0
    level: bool = False
    gap: bool = False
    members: int = 0
    names: set[Username] = field(default_factory=set)
    copies: Copies = field(default_factory=Copies)
    redactions: int = 0


class Critic(FakeConnection):
    """A connection like a front's, on which any breach of what the protocol promises is an error at once."""

    def __init__(self, world: World, ledger: Ledger, *, one_room: bool = False, memory: Memory | None = None) -> None:
        super().__init__()
        self.visitor = Visitor(world.lobby, self)
        self.one_room = one_room
        self.memory = memory
        self.replaced = False
        self.chokes = False
        self.seats: dict[Key, Seat] = {}
        self.held: set[Key] = set()
        self.rooms: dict[Key, RoomInfo] | None = None
        self.name: Username | None = None
        self.unanswered: deque[Request] = deque()
        self.untaken: deque[Command] = deque()
        self._world = world
        self._ledger = ledger
        self._taking = False
        self._epochs: dict[Key, str] = {}
        self._given: dict[int, dict[Key, int]] = {}
        self._asked = 0
        self._finished = False

    @property
    def here(self) -> bool:
        """True unless they have gone, or are about to."""
        return not self.visitor.gone

    def ask(self, command: Command) -> None:
        """Ask for *command* when the visitor is free for it."""
        if self.here and not self._finished:
            if self.memory and isinstance(command, Say) and command.cid:
                self.memory.unacknowledged[command.cid] = command
            if self.memory and isinstance(command, Login | Rename):
                self.memory.asked.add(command.username)
            if self.memory and isinstance(command, Leave):
                self.memory.left.add(key(command.room))
            self.untaken.append(command)
            self.proceed()

    def send_again(self) -> None:
        """Say again the messages that may not have arrived, in the rooms they are in."""
        if self.memory:
            for say in list(self.memory.unacknowledged.values()):
                if key(say.room) in self.seats:
                    self.memory.sent_again.add(say.text)
                    self.ask(say)

    def join(self, room: RoomName, backlog: int | None) -> None:
        """Ask to come into *room*, and to read on if they have been there."""
        epoch, after = self.memory.read.get(key(room), (None, None)) if self.memory else (None, None)
        copies = self.memory.copies.get(key(room)) if self.memory else None
        self.ask(Join(room, backlog, after, epoch, redactions=copies.known if copies else None))

    def finish(self) -> None:
        """Let the input end, as a front does after its last line."""
        if self.here and not self.untaken and not self._finished:
            self._finished = True
            self.visitor.finish()

    def drain(self) -> None:
        """Let all output leave."""
        if self.busy:
            self.busy = False
            self.visitor.drained()

    # Methods that the core calls.

    @override
    def proceed(self) -> None:
        if self._taking:
            return
        self._taking = True
        while self.untaken and not self.closed and self.visitor.is_free():
            self._asked += 1
            command = self.untaken.popleft()
            request = Request(in_one_room(command, self.visitor) if self.one_room else command, self._asked)
            self.unanswered.append(request)
            self._given[self._asked] = {room: len(self._ledger.given[seat.epoch]) for room, seat in self.seats.items()}
            self.visitor.take(request)
        self._taking = False

    @override
    def crashed(self) -> NoReturn:
        raise sys.exception() or AssertionError("crashed without a reason")

    @override
    def reply(self, request: Request, reply: Reply) -> None:
        assert not self.closed
        if request.id is None:
            # A reply to the server's own request.
            assert isinstance(reply, Bye)
            assert not self.unanswered
        else:
            assert self.unanswered.popleft() is request
            self._check_reply(request, reply)

    @override
    def notify(self, event: Event) -> None:
        assert not self.closed
        self._check(event)

    @override
    def show(self, batch: Batch) -> bool:
        assert not self.closed
        if self.busy:
            return False
        for event in batch.events:
            self._check(event)
        self.busy = self.chokes
        return True

    # The promises of the protocol.

    def _check_hidden(self, output: Reply | Event, known: Collection[Key] = ()) -> None:
        """Check that no room is named of which they may not know, unless as they have named it, or it was *known*."""
        if isinstance(output, Refused):
            named = getattr(output.error, "room", None)
            if named and key(named) not in known and self._is_hidden(named):
                assert output.error.code in ("no-such-room", "room-exists")
            return
        if isinstance(output, Rooms | RoomsChanged):
            assert not [info.room for info in output.rooms if self._is_hidden(info.room)]
        elif named := getattr(output, "room", None):
            # Who was put out is shown what was said before, and that they are out.
            assert key(named) in {*self.seats, *self.held, *known} or not self._is_hidden(named)
        if isinstance(output, RoomsChanged):
            assert self.rooms is not None
            assert all(key(name) in self.rooms for name in output.closed if self._is_hidden(name))

    def _is_hidden(self, name: RoomName) -> bool:
        room, seat = self._world.lobby.rooms.get(key(name)), self.visitor.seat
        return room is not None and room.is_private and (seat is None or not room.is_shown_to(seat))

    def _check_reply(self, request: Request, reply: Reply) -> None:
        assert isinstance(request.id, int)
        given = self._given.pop(request.id)
        # What was asked by who was in is answered, though they were put out meanwhile.
        self._check_hidden(reply, given)
        match request.command, reply:
            case Rename(), Ok(name):
                self._call(Username(name))
            case Login(asked), Welcome():
                self._come(asked, reply)
            case Say(), Stored(_, seq):
                self._check_stored(request.command, seq)
            case Say(), Refused(error):
                assert error.code != "cid-reused"
                if self.memory and error.code != "storage-failed":
                    self.memory.unacknowledged.pop(request.command.cid or "", None)
            case Join(_, backlog, after, epoch), Entered():
                if reply.resumed:
                    assert after is not None
                    assert (epoch, after <= reply.seq) == (reply.epoch, True)
                    self._enter(reply, after, 0 if backlog is None else reply.seq - backlog, given)
                else:
                    assert after is None or epoch != reply.epoch or after > reply.seq
                    if backlog is None:
                        backlog = 0 if after is None else BACKLOG
                    self._enter(reply, max(0, reply.seq - backlog), 0, given)
            case Join(room), Refused(error) if error.code == "already-a-member":
                assert key(room) in self.seats
            case Create(), Entered():
                self._enter(reply, reply.seq, 0, given)
            case Leave(room), Ok():
                self._depart(key(room), given)
                if self.memory:
                    self.memory.left.discard(key(room))
            case Quit(), Bye("quit"):
                for seat in list(self.seats):
                    self._depart(seat, given)
            case List("", None, watch), Rooms(rooms) if watch is not None:
                self.rooms = {key(info.room): info for info in rooms} if watch else None
            case _, UnreadList(unread):
                for row in unread:
                    for said in filter(None, (row.newest, row.mention)):
                        self._check_kept(said.room, [said])
                    assert row.marked < row.first <= row.newest.seq
                    assert 0 < row.unread <= row.newest.seq - row.marked
            case _, Entries(room, entries):
                # Whatever was taken back before is in no page.
                for said in entries:
                    read = self.seats.get(key(said.room))
                    # In others they may be by another connection.
                    if room or read:
                        self._check_kept(said.room, [said])
                    if read and said.message.text:
                        read.copies.numbers.add(said.seq)
            case ((Join() | Create() | Leave() | Quit()), _):
                assert isinstance(reply, Refused)

    def _check_kept(self, room: RoomName, entries: Sequence[Said]) -> None:
        """Look whether *entries* are as they are kept: whatever was taken back before is in no page."""
        kept = self._ledger.kept[self._epochs[key(room)]]
        assert all(kept[said.seq - 1] == said.message for said in entries)

    def _call(self, username: Username) -> None:
        self.name = username
        if self.memory:
            self.memory.name = username
            self.memory.asked.clear()

    def _come(self, asked: Username, welcome: Welcome) -> None:
        self.held = {key(room) for room in welcome.rooms}
        if welcome.resumed:
            assert self.memory
            assert welcome.username in {self.memory.name, *self.memory.asked}
            for room, seat in self.memory.seats.items():
                found = self._world.lobby.rooms.get(room)
                is_out = room in self.memory.left or (seat.epoch, key(welcome.username)) in self._ledger.put_out
                assert room in self.held or is_out or not found or found.epoch != seat.epoch
        else:
            assert (welcome.username, welcome.rooms) == (asked, ())
        self._call(welcome.username)
        if self.memory:
            self.memory.left.clear()
            self.memory.seats = self.seats

    def _check_stored(self, say: Say, seq: int) -> None:
        epoch = self._epochs[key(say.room)]
        # It may be taken back already.
        message = self._ledger.said[epoch][seq - 1]
        assert (message.text, message.re) == (say.text, say.re)
        if not self.memory or say.text not in self.memory.sent_again:
            assert message.speaker == self.name
        if self.memory and say.cid:
            self.memory.unacknowledged.pop(say.cid, None)
            assert self.memory.acknowledged.setdefault((epoch, say.cid), (seq, say)) == (seq, say)

    def _enter(self, entered: Entered, seen: int, left_out: int, given: dict[Key, int]) -> None:
        room = key(entered.room)
        assert room not in self.seats
        assert entered.creator == self._ledger.creators[entered.epoch]
        # Nobody is put out where there is less room than before.
        assert room in self.held or not entered.capacity or entered.members <= entered.capacity
        self.held.discard(room)
        if self.one_room:
            for old in list(self.seats):
                self._depart(old, given)
        self._epochs[room] = entered.epoch
        seat = self.seats[room] = Seat(entered.room, entered.epoch, seen, left_out, redactions=entered.redactions)
        copies = self.memory.copies.get(room) if self.memory else None
        if entered.resumed and copies:
            seat.copies = copies
        else:
            seat.copies.known = entered.redactions
        self._note(seat)

    def _note(self, seat: Seat) -> None:
        if self.memory:
            self.memory.read[key(seat.room)] = (seat.epoch, seat.seen)
            self.memory.copies[key(seat.room)] = seat.copies

    def _depart(self, room: Key, given: dict[Key, int]) -> None:
        """Leave *room*: they have seen all messages said there before they asked for it."""
        if room in self.held:
            self.held.remove(room)
            return
        seat = self.seats.pop(room)
        if room in given and not self.replaced:
            assert seat.seen >= self._ledger.number_after(seat.epoch, given[room])

    def _check(self, event: Event) -> None:
        self._check_hidden(event)
        match event:
            case Told(_, to):
                assert key(to) == key(self.name or Username(""))
            case Rooms(rooms):
                assert self.rooms is not None
                self.rooms = {key(info.room): info for info in rooms}
            case RoomsChanged(rooms, closed):
                assert self.rooms is not None
                self.rooms.update((key(info.room), info) for info in rooms)
                for name in closed:
                    self.rooms.pop(key(name), None)
            case Bye():
                raise AssertionError("a bye is a reply")
            case Slowed():
                raise AssertionError("nobody is too fast here")
            case Invited():
                # Whoever is in a room may tell others of it.
                pass
            case TakenBack():
                raise AssertionError("nobody has an account here")
            case Notice():
                raise AssertionError("there is no operator here")
            case Online() | Offline():
                raise AssertionError("nobody has asked who comes and goes")
            case Called() | Memberships() | Marked() | Missed():
                raise AssertionError("everybody has one connection here")
            case Muted(room) | Unmuted(room) | OtherInvited(room):
                assert key(room) in {*self.seats, *self.held}
            case Removed(room):
                # All that was said before they were put out was seen.
                if key(room) in self.held:
                    self.held.remove(key(room))
                else:
                    del self.seats[key(room)]
            case _:
                self._check_in_room(self.seats[key(event.room)], event)

    def _check_in_room(self, seat: Seat, event: Event) -> None:
        assert not seat.gap or isinstance(event, Deleted)
        match event:
            case Said(_, seq, message):
                assert seq == seat.seen + 1 > seat.left_out
                # Of what is taken back in the same turn, all are told behind it.
                before = self._ledger.said[seat.epoch][seq - 1]
                assert message in (before, self._ledger.kept[seat.epoch][seq - 1])
                if message.text:
                    seat.copies.numbers.add(seq)
                if not self.memory or message.text not in self.memory.sent_again:
                    assert not any(
                        isinstance(it.command, Say) and it.command.text == message.text for it in self.unanswered
                    )
                seat.seen = seq
                self._note(seat)
            case Redacted(_, seq, username, number=number):
                erased = self._ledger.erased[seat.epoch]
                assert (erased[number - 1], self._ledger.said[seat.epoch][seq - 1].speaker) == (seq, username)
                seat.copies.numbers.discard(seq)
                seat.copies.known = number
            case Level(_, seq, members):
                assert seq == seat.seen >= seat.left_out
                seat.copies.known = max(seat.copies.known, seat.redactions)
                assert not seat.copies.numbers & {*self._ledger.erased[seat.epoch][: seat.redactions]}
                seat.level = True
                seat.members = members
                assert self.visitor.seat
                # Who has left, and read what was said before, is no longer there.
                if reader := self.visitor.seat.rooms.get(key(seat.room)):
                    seat.names = {member.username for member in reader.room.members.after(None)}
            case Gap(_, first, last, kept):
                assert first == seat.seen + 1
                seat.seen = last
                seat.gap = not kept
                assert not kept or last == seat.left_out
                self._note(seat)
            case Deleted(room):
                assert seat.seen == self._ledger.number_after(seat.epoch, len(self._ledger.given[seat.epoch]))
                del self.seats[key(room)]
            case Joined(_, username, members):
                assert seat.level
                seat.members = members
                seat.names.add(username)
            case Left(_, username, members):
                assert seat.level
                seat.members = members
                seat.names.discard(username)
            case Renamed(_, old, new):
                assert seat.level
                seat.names.discard(old)
                seat.names.add(new)
            case TopicChanged() | Appointed() | Configured():
                assert seat.level
            case _:
                raise AssertionError(event)
