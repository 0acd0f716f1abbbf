"""A room: its members, and the one order in which everything in it happens."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from chatroom.core.ports import Log, Opened, Page, Searched
from chatroom.core.rooms.dedup import DedupWindow, Done
from chatroom.core.rooms.participant import Participant, Person, Position
from chatroom.core.rooms.tail import Tail
from chatroom.core.tools.name_index import NameIndex
from chatroom.core.tools.order import Order
from chatroom.core.tools.stats import Stats
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.batch import Batch, slices
from chatroom.core.values.errors import NoSuchRoom, RoomFull, StorageFailed
from chatroom.core.values.events import (
    Deleted,
    Joined,
    Left,
    Message,
    Presence,
    Reason,
    Renamed,
    RoomEvent,
    RoomInfo,
    Said,
    TopicChanged,
    digest,
)
from chatroom.core.values.limits import BACKLOG, CROWD, MAX_ROWS
from chatroom.core.values.names import Username, fold, key
from chatroom.core.values.replies import Stored


class Room:
    """A log, and the members who are shown its messages.

    Any other event takes its place behind the messages taken before it (:meth:`in_turn`), and is shown with them: the
    events of a turn are one batch, published by :meth:`flush`. *changed* is called when members or topic have changed,
    and when the room has become empty.
    """

    def __init__(
        self,
        opened: Opened,
        *,
        log: Log,
        turn: Turn,
        wheel: TimerWheel,
        stats: Stats,
        changed: Callable[[Room], None],
        page: int,
        capacity: int,
        owner: Hashable,
    ) -> None:
        self.name = opened.room
        self.key = key(opened.room)
        self.folded = fold(self.key)
        self.topic = opened.topic
        self.capacity = capacity
        self.owner = owner
        self.creator = opened.creator
        self.host: Hashable = None
        self.stats = stats
        self.permanent = False
        self.port: int | None = None
        self.epoch = opened.epoch
        self.shown = self.head = opened.seq
        self.members: dict[Person, Participant] = {}
        self.by_name: NameIndex[Person] = NameIndex()
        self.readers: dict[Participant, None] = {}
        self.closing = False
        self.deleted_by: Username | None = None
        self._log_id = opened.log
        self._log = log
        self._turn = turn
        self._wheel = wheel
        self._changed = changed
        self._page = page
        self._events: list[RoomEvent] = []
        self._tail = Tail(opened.seq)
        self._sent = DedupWindow(opened.room, opened.sent)
        self._order = Order()
        self._counting = False

    @property
    def empty(self) -> bool:
        """True if nobody is here and no message is on its way."""
        return not self.members and not self._order

    def info(self) -> RoomInfo:
        """Return the room as the lobby shows it."""
        return RoomInfo(self.name, self.topic, len(self.members), self.capacity, self.port)

    def has(self, member: Participant) -> bool:
        """Return whether *member* is still in."""
        return self.members.get(member.user) is member

    # Actions with a place in the order of the room.

    def in_turn(self, action: Callable[[], None]) -> None:
        """Call *action* when all messages and topics taken before are stored or refused."""
        self._order.then(action)

    def say(self, message: Message, done: Done, sender: Hashable, cid: str | None) -> None:
        """Append *message* to the log; *done* gets the reply before the message is shown to anybody.

        A message that *sender* has sent under the same *cid* before is not appended again.
        """
        if self.closing:
            raise NoSuchRoom(self.name)
        name = (sender, cid) if cid is not None else None
        if name and not self._sent.expect(name, digest(message.text, action=message.action), done):
            return

        def stored(seq: int | StorageFailed) -> None:
            if isinstance(seq, StorageFailed):
                result: Stored | StorageFailed = seq
            else:
                result = Stored(self.name, seq, message.at, cid)
                self.head = seq
                self._tail.append(seq, message)
                self._happened(Said(self.name, seq, message))
            if name:
                self._sent.stored(name, result)
            else:
                done(result)
            self._answered()

        try:
            self._order.ask(self._log.append, self._log_id, message, stored)
        except Exception:
            if name:
                self._sent.forget(name)
            raise

    def set_topic(self, topic: str, by: Username, done: Callable[[StorageFailed | None], None]) -> None:
        """Change the topic; *done* is called when the log has it, before it is shown to anybody."""

        def stored(failed: StorageFailed | None) -> None:
            if not failed:
                self.topic = topic
                self._happened(TopicChanged(self.name, topic, by))
                self._changed(self)
            done(failed)
            self._answered()

        self._order.ask(self._log.set_topic, self._log_id, topic, stored)

    def _answered(self) -> None:
        self._order.answered()
        if self.empty:
            self._changed(self)

    # Actions of members, each called in turn.

    def admit(self, member: Participant, position: Position) -> None:
        """Let *member* in, to read from *position* on; one with a held seat comes back, and nobody is told."""
        if self.closing:
            raise NoSuchRoom(self.name)
        if member.user not in self.members:
            if self.capacity and len(self.members) >= self.capacity:
                raise RoomFull(self.name, self.capacity)
            self.members[member.user] = member
            self.by_name.add(member.user)
            self._came_or_went(Joined(self.name, member.user.username, len(self.members), self.capacity))
        self.readers[member] = None
        member.subscribe(position)

    def position(self, *, after: int | None, epoch: str | None, backlog: int | None) -> Position:
        """Return the position of a newcomer, or of a reader who has seen the messages up to *after* of *epoch*."""
        if after is None:
            return Position(max(0, self.head - (backlog or 0)))
        if epoch != self.epoch or after > self.head:
            return Position(max(0, self.head - (BACKLOG if backlog is None else backlog)))
        return Position(after, after if backlog is None else max(after, self.head - backlog), resumed=True)

    def remove(self, member: Participant, reason: Reason | None) -> None:
        """Remove *member*; without a *reason* nobody is told."""
        del self.members[member.user]
        self.by_name.remove(member.user)
        self.readers.pop(member, None)
        if reason:
            self._came_or_went(Left(self.name, member.user.username, len(self.members), self.capacity, reason))
        member.release()

    def rename(self, old: Username, new: Username) -> None:
        """Show that the member called *old* is called *new* now."""
        self._happened(Renamed(self.name, old, new))

    def delete(self, done: Callable[[Exception | None], None]) -> None:
        """Remove the log when all messages before are stored; call *done* then, with the error if it failed."""
        self.closing = True

        def forgotten(failed: Exception | None) -> None:
            self.closing = failed is None
            done(failed)
            self._answered()

        def forget() -> None:
            try:
                self._log.forget(self._log_id, forgotten)
            except Exception as defect:
                forgotten(defect)

        self._order.ask_in_turn(forget)

    def evict_all(self, by: Username) -> None:
        """Move all members to the lobby: the log is removed."""
        self.flush()
        self.deleted_by = by
        members = tuple(self.members.values())
        readers = tuple(self.readers)
        self.members.clear()
        self.by_name.clear()
        self.readers.clear()
        deleted = Deleted(self.name, by)
        for member in members:
            member.user.evicted(self.key)
            if member.level:
                member.user.connection.notify(deleted)
        for member in readers:
            if member.started:
                member.skip_to(self.head, kept=False)
                member.user.connection.notify(deleted)
        # Only now: the actions that waited may do anything.
        for member in members:
            member.release()

    def close(self) -> None:
        """Close the room; its log is kept for some time."""
        self.closing = True
        self._log.close(self._log_id)

    def _came_or_went(self, event: Joined | Left) -> None:
        if event.members > CROWD:
            if not self._counting:
                self._counting = True
                self._wheel.call_later(1.0, self._count)
        else:
            self._happened(event)
        self._changed(self)

    def _count(self) -> None:
        self._counting = False
        self._happened(Presence(self.name, len(self.members)))

    # Showing.

    def _happened(self, event: RoomEvent) -> None:
        self._events.append(event)
        self._turn.touch(self)

    def touch(self) -> None:
        """Flush at the end of the turn: a reader is ready for more."""
        self._turn.touch(self)

    def touch_in(self, seconds: float) -> None:
        """Flush in some *seconds*: a reader will try again."""
        self._wheel.call_later(seconds, self.touch)

    def flush(self) -> None:
        """Publish the events of the turn: one batch to level members, the next page to the others."""
        if self._events:
            events, self._events = self._events, []
            if messages := self.head - self.shown:
                self.stats.batches.add(messages)
            for some in slices(events):
                self._show(some)
        for member in tuple(self.readers):
            if self._events:
                # A reader became level and left: that is shown before others are told the number of members.
                break
            member.read_on()

    def _show(self, events: Sequence[RoomEvent]) -> None:
        """Show *events* to level members at once; a member who can't take them reads them from the log later."""
        before = self.shown
        self.shown = next((event.seq for event in reversed(events) if isinstance(event, Said)), before)
        batch = Batch(events)
        # Copy first: showing may find a connection broken, and its member gone, while we walk.
        shown = [member.show(batch) for member in tuple(self.members.values())]
        self.stats.deliveries += (self.shown - before) * shown.count(True)

    def flush_messages(self) -> None:
        """Publish early if messages wait to be shown; joins and leaves alone may wait for the end of the turn."""
        if not all(isinstance(event, (Joined, Left)) for event in self._events):
            self.flush()

    def read(self, *, after: int, got: Callable[[Page | StorageFailed], None]) -> None:
        """Read the next page of the log for a member who is not level."""
        if page := self._tail.read(after, self._rows(None)):
            got(page)
            return
        self.page(got, after=after, before=None, limit=None)

    def page(
        self, got: Callable[[Page | StorageFailed], None], *, after: int | None, before: int | None, limit: int | None
    ) -> None:
        """Read a page of the log, as :meth:`chatroom.core.ports.Log.read` does."""
        self._log.read(self._log_id, after=after, before=before, limit=self._rows(limit), got=got)

    def search(self, got: Callable[[Searched], None], query: str, *, before: int | None, limit: int | None) -> None:
        """Search the log, as :meth:`chatroom.core.ports.Log.search` does."""
        self._log.search(self._log_id, query, before=before, limit=self._rows(limit), got=got)

    def _rows(self, limit: int | None) -> int:
        return min(limit or MAX_ROWS, self._page or MAX_ROWS, MAX_ROWS)
