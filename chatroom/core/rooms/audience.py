"""The readers of a room, and the showing: what happened in a turn is one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ParamSpec

from chatroom.core.rooms.participant import Participant
from chatroom.core.tools.stats import Stats
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.batch import Batch, slices
from chatroom.core.values.events import Event, Joined, Left, Redacted, Removed, RoomEvent, Said, Tagged
from chatroom.core.values.names import Key, RoomName, Username

P = ParamSpec("P")


class Audience:
    """The *readers* of *room* here, some *behind*, who have been or will be shown the messages up to number *shown*.

    They have been or will be told of the first *redacted* messages that were taken back.

    A reader who is level is shown each batch. One who is behind takes a step of its own at the end of each turn. What
    goes wrong with one of them is nothing to the others.
    """

    def __init__(
        self, room: RoomName, *, turn: Turn, wheel: TimerWheel, stats: Stats, shown: int, redacted: int = 0
    ) -> None:
        self.room = room
        self.shown = shown
        self.redacted = redacted
        self.stats = stats
        self.readers: dict[Participant, None] = {}
        self.behind: dict[Participant, None] = {}
        self.deleted_by: Username | None = None
        self._turn = turn
        self._wheel = wheel
        self._events: list[RoomEvent] = []
        self._redacting = 0

    def happened(self, event: RoomEvent) -> None:
        """Show *event* when the turn is over."""
        if not self._events:
            self._turn.touch(self)
        self._events.append(event)

    def redacted_now(self, events: Sequence[Redacted]) -> None:
        """Show *events* when the turn is over, to who does not read then when they are level again."""
        self._redacting += len(events)
        for event in events:
            self.happened(event)

    def deleted(self, by: Username) -> None:
        """Tell all readers, at the end of the turn at the latest, that *by* has deleted the room."""
        self.deleted_by = by
        self._turn.touch(self)

    def touch(self) -> None:
        """Flush at the end of the turn: a reader is ready for more."""
        self._turn.touch(self)

    def touch_in(self, seconds: float) -> None:
        """Flush in some *seconds*: a reader will try again."""
        self._wheel.call_later(seconds, self.touch)

    def flush(self) -> None:
        """Publish the events of the turn: one batch to level readers, the next page to the others."""
        if self._events:
            events, self._events = self._events, []
            before = self.shown
            for some in slices(events):
                self._show(some)
            self.redacted += self._redacting
            self._redacting = 0
            if messages := self.shown - before:
                self.stats.batches.add(messages)
        if self.deleted_by is not None:
            self._evict(self.deleted_by)
        for reader in tuple(self.behind):
            if self._events:
                # A reader became level and left: that is shown before others are told the number of members.
                break
            _let(reader, reader.read_on)

    def flush_messages(self) -> None:
        """Publish early if anything waits to be shown but joins and leaves, which may wait for the end of the turn."""
        if self.deleted_by is not None or not all(isinstance(event, (Joined, Left)) for event in self._events):
            self.flush()

    def _show(self, events: Sequence[RoomEvent]) -> None:
        """Show *events* to level readers at once; who can't take them reads them from the log later."""
        before = self.shown
        self.shown = next((event.seq for event in reversed(events) if isinstance(event, Said)), before)
        batch = Batch(events)
        shown = 0
        # Copy first: showing may find a connection broken, and its reader gone, while we walk.
        for reader in tuple(self.readers):
            try:
                shown += reader.show(batch)
            except Exception:
                reader.connection.crashed()
        self.stats.deliveries += (self.shown - before) * shown

    @property
    def identities(self) -> frozenset[bytes]:
        """By which the room knows who reads here."""
        return frozenset(reader.identity for reader in self.readers)

    def tell(self, name: Key, person: bytes, event: Event) -> None:
        """Show *event* to whoever reads here and has that *name*, or is known as that *person*, alone."""
        for reader in [reader for reader in self.readers if reader.name == name or reader.identity == person]:
            _let(reader, reader.tell, event)

    def tag(self, tagged: Tagged, besides: Participant) -> None:
        """Show *tagged* at once to the readers who want such things, *besides* one."""
        for reader in tuple(self.readers):
            if reader is not besides:
                _let(reader, reader.tag, tagged)

    def put_out(self, name: Key, removed: Removed) -> None:
        """Let whoever has that *name* read no further than what was said before they were *removed*."""
        for reader in self._called(name):
            _let(reader, reader.put_out, removed)

    def expel(self, person: bytes, removed: Removed) -> None:
        """Let whoever is known as that *person* go, in turn, by each reader; they are told as *removed* why."""
        for reader in [reader for reader in self.readers if reader.identity == person]:
            # Who goes is gone, however long it takes to be stored: nobody waits for that.
            _let(reader, partial(reader.expel, removed, lambda error: None, follower=person))

    def _called(self, name: Key) -> Sequence[Participant]:
        return [reader for reader in self.readers if reader.name == name]

    def _evict(self, by: Username) -> None:
        """Tell all readers that the room is gone."""
        readers = {**self.readers, **self.behind}
        self.readers.clear()
        self.behind.clear()
        for reader in readers:
            _let(reader, reader.evict, by)
        # Only now: the actions that waited may do anything.
        for reader in readers:
            _let(reader, reader.release)


def _let(reader: Participant, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call *action* of *reader*: a defect there ends their connection, and costs nobody else anything."""
    try:
        action(*args, **kwargs)
    except Exception:
        reader.connection.crashed()
