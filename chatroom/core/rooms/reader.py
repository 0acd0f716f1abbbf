"""A reader: a connection that is shown what happens in a room, or reads its log until it is level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from chatroom.core.ports import Connection, Page, SeatId
from chatroom.core.rooms.participant import Position
from chatroom.core.rooms.room import Room
from chatroom.core.values.batch import Batch
from chatroom.core.values.changes import Entry, Redaction
from chatroom.core.values.errors import ChatError, NoSuchRoom, NotAMember, OutboxFull, StorageFailed
from chatroom.core.values.events import Confided, Deleted, Event, Gap, Level, Reason, Removed, Tagged
from chatroom.core.values.names import Key, Username

RETRY = 1.0
"""Seconds until a page that the log failed to read is asked for again."""


class Outlet(Protocol):
    """A visitor, as far as readers send to them."""

    connection: Connection

    def charge_for(self, texts: Iterable[str]) -> None:
        """Charge the visitor for *texts* that they read."""


class Subscriber(Protocol):
    """A seat, as far as its readers know it."""

    id: SeatId

    @property
    def username(self) -> Username:
        """The name of the user."""

    @property
    def key(self) -> Key:
        """The key of that name."""

    @property
    def identity(self) -> bytes:
        """By which rooms know the user."""

    @property
    def visitor(self) -> Outlet:
        """The visitor over whose connection they are shown events."""

    @property
    def connection(self) -> Connection:
        """The way out to them."""

    @property
    def is_taken(self) -> bool:
        """True while the visitor is connected."""

    def heard(self, room: Room, note: str) -> str:
        """Return what those in *room* are shown of a *note*: nothing from who may not say it now."""

    def tell(self, told: Confided) -> bool:
        """Show *told* to the visitor, if they don't ignore its speaker; return whether it is.

        :raises chatroom.core.values.errors.OutboxFull: if too many bytes wait for them already.
        """

    def tag(self, tagged: Tagged) -> None:
        """Show *tagged* to the visitor, if one is there who wants such things, and can take them now."""

    def entered(self, reader: Reader) -> None:
        """Note that *reader* reads its room by this seat."""

    def left(self, reader: Reader, *, put_out: bool = False) -> None:
        """Note that they are out of the room of *reader*, and whether that one is still :attr:`~Reader.leaving`.

        Who was *put_out* is told so over each connection that was there.
        """


class Reader:
    """A reader of *room* by *seat*, who has been shown the messages up to *cursor*.

    A *level* reader is shown each batch as it is published. Any other (a newcomer, or somebody whose connection can't
    keep up) is behind, and reads the log page by page until it is at its head. A *held* one was lost, or has come back
    and not joined again, for which it may be *awaited*: nothing is shown to it. A *provisional* one was let in without
    asking, and may still join, to say where it reads on. One that has left is *leaving* until it has read what was said
    before. Whoever has it came in by the key with the number *keyed*; 0 is none.
    """

    __slots__ = (
        "_asking",
        "_audience",
        "_end",
        "_end_seq",
        "_skip",
        "_started",
        "_when_level",
        "awaited",
        "cursor",
        "held",
        "keyed",
        "level",
        "provisional",
        "redactions",
        "room",
        "seat",
    )

    def __init__(self, seat: Subscriber, room: Room) -> None:
        self.seat = seat
        self.room = room
        self.cursor = 0
        self.level = False
        self.held = False
        self.awaited = False
        self.provisional = False
        self.keyed = 0
        # Of which the user was told when they were level last.
        self.redactions = 0
        self._audience = room.audience
        self._started = False
        self._skip = 0
        self._end: Level | Removed | None = None
        self._end_seq = 0
        self._asking: object = None
        # Mostly empty: then a tuple takes no memory.
        self._when_level: tuple[Callable[[], None], ...] = ()

    @property
    def name(self) -> Key:
        """The key of the name of the user."""
        return self.seat.key

    @property
    def identity(self) -> bytes:
        """By which rooms know the user."""
        return self.seat.identity

    @property
    def connection(self) -> Connection:
        """The way out to the user."""
        return self.seat.connection

    @property
    def is_in(self) -> bool:
        """True from :meth:`enter` until the user has left, or the room is deleted."""
        return self in self._audience.readers

    @property
    def leaving(self) -> bool:
        """True while messages have to be shown that were said before the user left."""
        return self._end is not None

    @property
    def follows(self) -> bool:
        """True if the user will be shown the events of this turn."""
        return self.level and not self.seat.connection.busy

    # In and out.

    def enter(self, position: Position) -> None:
        """Read from *position* on, once :meth:`start` is called: the user has come in."""
        self.cursor = position.after
        self._skip = position.skip
        self.redactions = position.redactions
        self._asking = None
        self.held = self.awaited = self.level = self._started = False
        self._audience.readers[self] = self._audience.behind[self] = None
        self.seat.entered(self)

    def start(self) -> None:
        """Begin to read: the user has been told that they are in."""
        self._started = True
        if self.room.deleted_by and not self.is_in:
            self._tell_deleted(self.room.deleted_by)
        else:
            self._audience.touch()

    def hold(self) -> None:
        """Stay in, and show nothing more; what is :attr:`leaving` is gone now."""
        self.held = True
        self.level = self.awaited = False
        self._finish()

    def drop(self) -> None:
        """Be gone from here, and ask for nothing."""
        self._audience.readers.pop(self, None)
        self.seat.left(self)
        self._finish()

    def leave(
        self,
        reason: Reason | None,
        done: Callable[[ChatError | None], None],
        *,
        follower: bytes | None = None,
        note: str = "",
        serial: int = 0,
    ) -> None:
        """Let the user go, in turn, as the others hear at that place; then read on to the last message before it.

        *done* is called when the user is out; as *follower* they follow the room no more, if they are by all
        connections. Until all is read, the reader is :attr:`leaving`. The *note* is for the others, as far as they are
        shown what the user says.
        """

        def gone(result: Entry | ChatError | None) -> None:
            if isinstance(result, ChatError) and not isinstance(result, NoSuchRoom):
                done(result)
                return
            if self.is_in and self.room.deleted_by:
                # Somebody was faster, at another server: the user is told of that, and not that they have left.
                self._audience.flush()
                done(NotAMember(self.room.name))
                return
            if self.is_in:
                # The others have heard of it by now: before, the user was one of them.
                self._left(len(self.room.members) + isinstance(result, Entry))
            elif result is None:
                # They were put out meanwhile, and are told of that.
                done(NotAMember(self.room.name))
                return
            done(None)

        note = self.seat.heard(self.room, note)
        self.room.go(self.seat.username, self.seat.id, reason, gone, person=follower, note=note, serial=serial)

    def expel(
        self, removed: Removed, done: Callable[[ChatError | None], None], *, follower: bytes | None = None
    ) -> None:
        """Let the user go, who is told as *removed* why they may not be in, once all is read that was said before.

        *done* is called when the user is out; as *follower* they follow the room no more.
        """

        def gone(result: Entry | ChatError | None) -> None:
            if isinstance(result, ChatError) and not isinstance(result, NoSuchRoom):
                done(result)
                return
            if self.room.deleted_by:
                # They are told of that.
                self._audience.flush()
            elif self.is_in:
                self.put_out(removed)
            done(None)

        self.room.go(self.seat.username, self.seat.id, removed.why, gone, person=follower)

    def _left(self, members: int) -> None:
        """Note that the user is out of the room, where *members* were, and read on to what was said before."""
        room = self.room
        unread = self._started and (self in self._audience.behind or self.cursor < room.head)
        self._go(Level(room.name, room.head, members, room.topic) if unread and not self.held else None)

    def tell(self, event: Event) -> None:
        """Show *event* to the user alone, if they are there."""
        if self.seat.is_taken:
            self.seat.connection.notify(event)

    def tag(self, tagged: Tagged) -> None:
        """Show *tagged* to the user alone, if they are level; what is live now is worth nothing later."""
        if self.level:
            self.seat.tag(tagged)

    def confide(self, confided: Confided) -> bool:
        """Show *confided* to the user alone; return whether they are there, and not too far behind with reading."""
        if not self.seat.is_taken:
            return False
        try:
            self.seat.tell(replace(confided, to=self.seat.username))
        except OutboxFull:
            return False
        return True

    def put_out(self, removed: Removed) -> None:
        """Be out of the room, as somebody has *removed* the user; read on to what was said before, and say so then."""
        if self.held:
            # Who has come back, and not to this room yet.
            self.tell(removed)
        self._go(None if self.held else removed, put_out=True)

    def _go(self, end: Level | Removed | None, *, put_out: bool = False) -> None:
        """Be out of the room, and read on until *end* can be told."""
        del self._audience.readers[self]
        self._end, self._end_seq = end, self.room.head
        if end:
            self.level = False
            self._audience.behind[self] = None
            self._audience.touch()
        self.seat.left(self, put_out=put_out)
        if not self.leaving:
            self._finish()

    def evict(self, by: Username) -> None:
        """Be out of the room, which *by* has deleted."""
        if self._end:
            self._skip_to(self._end_seq, kept=False)
            if isinstance(self._end, Removed):
                self.seat.connection.notify(self._end)
            self._end = None
        elif self._started and not self.held:
            self._tell_deleted(by)
        self.seat.left(self, put_out=True)

    def _tell_deleted(self, by: Username) -> None:
        self._skip_to(self.room.head, kept=False)
        self.seat.connection.notify(Deleted(self.room.name, by))

    def _finish(self) -> None:
        """Read no further, and call the actions that waited for that."""
        if end := self._end:
            self._end = None
            self.seat.left(self, put_out=isinstance(end, Removed))
        self._audience.behind.pop(self, None)
        self.release()
        self.room.quiet()

    # Reading.

    def show(self, batch: Batch) -> bool:
        """Show *batch* to the user if they are level and can take it; otherwise the log is read later."""
        if self.level:
            if self.seat.visitor.connection.show(batch):
                self.cursor = self._audience.shown
                return True
            self.level = False
            self.redactions = self._audience.redacted
            self._audience.behind[self] = None
        if self._started and not self.held:
            self.seat.visitor.connection.keep_roster(batch)
        return False

    @property
    def is_behind(self) -> bool:
        """True while published events have still to be shown to the user."""
        return self.leaving or (not self.level and not self.held and self.is_in)

    def when_level(self, action: Callable[[], None]) -> None:
        """Call *action* when the user has been shown all published events, or all that were before they left."""
        if self.is_behind:
            self._when_level += (action,)
        else:
            action()

    def read_on(self) -> None:
        """Take the next step towards the head of the log, if the connection can take one."""
        if self not in self._audience.behind or self._asking or not self._started or self.seat.connection.busy:
            return
        if self.cursor < self._end_of_log:
            self._ask(lambda asking: self.room.pages.next(after=self.cursor, got=partial(self._got, asking)))
        elif self._end is None and self.redactions < self._audience.redacted:
            self._ask(lambda asking: self.room.pages.redactions(self.redactions, partial(self._told, asking)))
        elif self._end is None:
            self.level = True
            del self._audience.behind[self]
            room = self.room
            self.seat.connection.notify(Level(room.name, self._audience.shown, len(room.members), room.topic))
            self.release()
        elif self.cursor >= self._end_seq:
            self.seat.connection.notify(self._end)
            self._finish()

    def _ask(self, ask: Callable[[object], None]) -> None:
        """Ask the room for what comes next; what answers for a position that was left meanwhile is no answer."""
        self._asking = asking = object()
        try:
            ask(asking)
        except Exception:
            self.seat.connection.crashed()

    def _answers(self, asking: object, result: object) -> bool:
        """Return whether *result* is what was asked for last; if it could not be read, it is asked for again."""
        if asking is not self._asking:
            return False
        self._asking = None
        if self in self._audience.behind and isinstance(result, StorageFailed):
            self._audience.touch_in(RETRY)
        return self in self._audience.behind

    @property
    def _end_of_log(self) -> int:
        """The number of the last message that may be shown."""
        # Messages that others have not been shown yet are left to the batch in which they will see them.
        shown = self._audience.shown
        return min(shown, self._end_seq) if self._end else shown

    def release(self) -> None:
        """Call the actions that waited for this reader to be level."""
        waiting, self._when_level = self._when_level, ()
        for action in waiting:
            action()

    def _skip_to(self, seq: int, *, kept: bool) -> None:
        """Skip the messages up to *seq*, and tell the user so if there are any."""
        if self.cursor < seq:
            self.seat.connection.notify(Gap(self.room.name, self.cursor + 1, seq, kept))
            self.cursor = seq

    def _told(self, asking: object, some: Sequence[Redaction] | StorageFailed) -> None:
        if not self._answers(asking, some) or isinstance(some, StorageFailed):
            return
        for event in self.room.redacted(some, self.redactions + 1):
            self.seat.connection.notify(event)
        # If no more are known, there is nothing to tell.
        self.redactions = self.redactions + len(some) if some else self._audience.redacted
        self._audience.touch()

    def _got(self, asking: object, page: Page | StorageFailed) -> None:
        if not self._answers(asking, page) or isinstance(page, StorageFailed):
            return
        end = self._end_of_log
        said = self.room.said([row for row in page.entries if row[0] <= end])
        self._skip_to(said[0].seq - 1 if said else end, kept=False)
        self._skip_to(self._skip, kept=True)
        said = [event for event in said if event.seq > self.cursor]
        if said and self.seat.connection.show(Batch(said)):
            self.seat.visitor.charge_for(event.message.text for event in said)
            self._audience.stats.deliveries += len(said)
            self.cursor = said[-1].seq
        self._audience.touch()
