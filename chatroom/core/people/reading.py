"""How far people have read: the marks of who is here, which are written a little later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from chatroom.core.people.user import User, UserSeat
from chatroom.core.ports import LogId, MarkStore, PersonalMark
from chatroom.core.rooms.marks import Marks
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Marked
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.talks import is_talk

WRITE = 1.0
"""Seconds after which a mark is written at the latest, and what is shown to people as text is marked."""

AT_ONCE = 500
"""Marks written in one go, at most: more would hold up the commits behind them."""


class ReadMarks:
    """The marks of all who are here, which *store* keeps, if there is one.

    *other* tells with whom somebody talks, whose account is still there. What has changed is written when the *wheel*
    says so, and again if that fails. Then, too, what was shown as text meanwhile to who has marks that are kept is
    marked.
    """

    def __init__(
        self, store: MarkStore | None, wheel: TimerWheel, other: Callable[[bytes, RoomName], Username | None]
    ) -> None:
        self._store = store
        self._other = other
        self._wheel = wheel
        self._unwritten: dict[tuple[bytes, LogId], PersonalMark] = {}
        self._due: Deadline | None = None
        self._writing = self._sweeping = False
        self._writes = 0
        self._watched: dict[UserSeat, None] = {}

    # Whose they are.

    def of(self, seat: UserSeat) -> Marks:
        """Return the marks of who has *seat*, which may have to be loaded."""
        user, person = seat.user, self._person(seat)
        marks = user.marks
        if marks is None or marks.person != person:
            user.marks = marks = Marks(person)
            user.marked = False
            self._load(user, marks)
        elif not (marks.loaded or marks.loading):
            # It could not be read before.
            self._load(user, marks)
        return marks

    def _person(self, seat: UserSeat) -> bytes | None:
        """Return by what marks of who has *seat* are kept, if they are."""
        return (seat.follower or seat.recalled) if self._store else None

    def begin(self, seat: UserSeat) -> None:
        """Load the marks of who has come to *seat*, if any are kept: they are there by the time they are needed."""
        if self._person(seat) is not None:
            self.of(seat)
            self.watch(seat)

    def when_known(self, seat: UserSeat, action: Callable[[], None]) -> None:
        """Call *action* when the marks of who has *seat* are loaded, or can't be."""
        if self._person(seat) is not None and (marks := self.of(seat)).loading:
            marks.wait(action)
        else:
            action()

    def mark(self, seat: UserSeat, log: LogId) -> Mark | None:
        """Return how far who has *seat* has read *log*; most people have no marks, and nothing is made for them."""
        marks = seat.user.marks
        return marks.by_log.get(log) if marks and marks.person == self._person(seat) else None

    def merge(self, guest: Marks, seat: UserSeat) -> None:
        """Let who has *seat*, which was a *guest's*, have read what the guest had."""
        mine = self.of(seat)
        if mine is guest:
            return
        for reader in seat.rooms.values():
            # Their other connections hear of that, too.
            if mark := guest.by_log.get(reader.room.log_id):
                self.move(seat, reader.room.name, reader.room.log_id, mark)
        for key in [key for key in self._unwritten if key[0] == guest.person]:
            moved = self._unwritten.pop(key)
            now = mine.join(moved.log, moved.mark)
            if now and mine.person is not None:
                self._write_later(PersonalMark(mine.person, moved.log, moved.room, now))
        for log, mark in guest.by_log.items():
            mine.join(log, mark)
        seat.user.marked = seat.user.marked or bool(mine.by_log)
        self.watch(seat)

    def forget(self, person: bytes) -> None:
        """Write nothing more of *person*, who is known by that no more."""
        for key in [key for key in self._unwritten if key[0] == person]:
            del self._unwritten[key]

    def _load(self, user: User, marks: Marks) -> None:
        if self._store is None or marks.person is None:
            return
        person, writes = marks.person, self._writes

        def got(found: Mapping[LogId, Mark] | StorageFailed) -> None:
            if self._writes != writes:
                # It may have been read before what is written by now.
                self._load(user, marks)
                return
            for log, mark in ({} if isinstance(found, StorageFailed) else found).items():
                marks.join(log, mark)
            # What was marked before the person was here again may not be written yet.
            for (who, log), unwritten in self._unwritten.items():
                if who == person:
                    marks.join(log, unwritten.mark)
            if user.marks is marks:
                user.marked = bool(marks.by_log)
            marks.known(loaded=not isinstance(found, StorageFailed))

        marks.loading = True
        self._store.marks(person, got)

    # What is read.

    def move(self, seat: UserSeat, room: RoomName, log: LogId, mark: Mark) -> Mark:
        """Let who has *seat* have read *log* up to *mark*, and tell their other connections; return what holds now."""
        marks = self.of(seat)
        now = marks.join(log, mark)
        if now is None:
            return marks.by_log[log]
        seat.user.marked = True
        self._tell(seat.user, seat.user.others(seat), room, now)
        if marks.person is not None:
            self._write_later(PersonalMark(marks.person, log, room, now))
        return now

    def heard(self, user: User, room: RoomName, log: LogId, mark: Mark) -> None:
        """Let *user* have read *log* up to *mark*, as was said at another server, and tell all their connections."""
        marks = user.marks
        if marks and (now := marks.join(log, mark)):
            user.marked = True
            self._tell(user, user.seats, room, now)

    def _tell(self, user: User, seats: Sequence[UserSeat], room: RoomName, mark: Mark) -> None:
        if not seats:
            return
        marked = Marked(room, mark.seq, mark.at)
        if is_talk(room):
            marked = Marked(None, mark.seq, mark.at, self._other(user.identity, room))
            if marked.other is None:
                # By what name they call somebody who is gone, they ask again.
                return
        for seat in seats:
            seat.notify(marked)

    def advance(self, seat: UserSeat, place: RoomName, log: LogId, mark: Mark, talk: Transcript | None) -> None:
        """Let who has *seat* have read the talk at *place* up to *mark*, if nothing before that is unread to them.

        If the *talk* is open here, that is so also where all between was theirs, or is not for them.
        """

        def known() -> None:
            before = self.of(seat).seq(log)
            if before >= mark.seq - 1 or (talk and talk.is_only_of(seat.user.identity, before, mark.seq - 1)):
                self.move(seat, place, log, mark)

        self.when_known(seat, known)

    def has_read(self, seat: UserSeat, reader: Reader) -> bool:
        """Return whether nothing is unread of what *reader* was shown; one who has no mark there has not said so."""
        mark = self.mark(seat, reader.room.log_id)
        return mark is not None and (
            mark.seq >= reader.cursor or reader.room.is_only_of(seat.user.identity, mark.seq, reader.cursor)
        )

    # Text, which is read when it is shown.

    def watch(self, seat: UserSeat) -> None:
        """Mark what is shown by *seat* from now on, if it is text and that is kept."""
        if self._person(seat) is None or not seat.connection.reads:
            return
        self._watched[seat] = None
        if not self._sweeping:
            self._sweeping = True
            self._wheel.call_later(WRITE, self._sweep)

    def unwatch(self, seat: UserSeat) -> None:
        """Mark what was shown by *seat*, and nothing that will be."""
        if seat in self._watched:
            self._mark_shown(seat)
            del self._watched[seat]
            # At once: they may be at another server in a moment.
            self._write()

    def left(self, seat: UserSeat, reader: Reader) -> None:
        """Mark what was shown to *reader*, who reads no more by *seat*."""
        if seat in self._watched:
            self._mark(seat, reader)

    def mark_shown(self, seat: UserSeat) -> None:
        """Mark what was shown by *seat*, if it is text."""
        if seat.connection.reads:
            self._mark_shown(seat)

    def _sweep(self) -> None:
        self._sweeping = bool(self._watched)
        if self._watched:
            self._wheel.call_later(WRITE, self._sweep)
        for seat in self._watched:
            self._mark_shown(seat)

    def _mark_shown(self, seat: UserSeat) -> None:
        for reader in seat.rooms.values():
            self._mark(seat, reader)

    def _mark(self, seat: UserSeat, reader: Reader) -> None:
        room = reader.room
        if not reader.held and self.of(seat).seq(room.log_id) < reader.cursor:
            at = room.time_of(reader.cursor)
            # It may have been read from the log: then no later than the newest was said.
            self.move(seat, room.name, room.log_id, Mark(reader.cursor, room.latest if at is None else at))

    # The writing.

    def _write_later(self, mark: PersonalMark) -> None:
        self._unwritten[mark.person, mark.log] = mark
        if not self._writing:
            self._write_in_time()

    def _write_in_time(self) -> None:
        """Write what is left within a second."""
        if self._unwritten and self._due is None:
            self._due = self._wheel.call_later(WRITE, self._write)

    def _write(self) -> None:
        """Write some of what is left, unless that is being done; then the rest, at once if it is as much."""
        if self._due:
            self._due.cancel()
            self._due = None
        if not self._writing and self._unwritten:
            self._keep(list(islice(self._unwritten.values(), AT_ONCE)))

    def _keep(self, some: Sequence[PersonalMark]) -> None:
        assert self._store is not None, "what is written has a person"

        def done(error: StorageFailed | None) -> None:
            self._writing = False
            if error is None:
                self._writes += 1
                for mark in some:
                    # Unless there is a newer one by now.
                    if self._unwritten.get((mark.person, mark.log)) is mark:
                        del self._unwritten[mark.person, mark.log]
            if error is None and len(self._unwritten) >= AT_ONCE:
                self._write()
            else:
                self._write_in_time()

        self._writing = True
        self._store.keep_marks(some, done)

    def finish(self) -> None:
        """Write all that is left, in one go: the server ends, and nobody else comes."""
        if self._unwritten:
            self._keep(list(self._unwritten.values()))
