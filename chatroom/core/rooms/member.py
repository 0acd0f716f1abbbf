"""A user in a room: shown its events, or reading its log until they are level."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from chatroom.core.ports import Connection, Page
from chatroom.core.rooms.participant import Person, Position
from chatroom.core.rooms.room import Room
from chatroom.core.values.batch import Batch
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Deleted, Gap, Level, Said

RETRY = 1.0
"""Seconds until a page that the log failed to read is asked for again."""


class Outlet(Protocol):
    """A visitor, as far as members send to them."""

    connection: Connection

    def charge_for(self, texts: Iterable[str]) -> None:
        """Charge the visitor for *texts* that they read."""


class Subscriber(Person, Protocol):
    """A user, as far as they read a room."""

    @property
    def visitor(self) -> Outlet:
        """The visitor over whose connection they are shown events."""


class Member:
    """*user* in *room*, who has been shown the messages up to *cursor*.

    A *level* member is shown each batch as it is published. Any other (a newcomer, or somebody whose connection can't
    keep up) is a cursor, and reads the log page by page until they are at its head. A *held* member was lost, or has
    come back and not joined again: they only have a seat. A *provisional* member was let in without asking, and may
    still join, to say where they read on.
    """

    __slots__ = (
        "_asking",
        "_skip",
        "_when_level",
        "cursor",
        "held",
        "level",
        "provisional",
        "room",
        "started",
        "user",
    )

    def __init__(self, user: Subscriber, room: Room) -> None:
        self.user = user
        self.room = room
        self.cursor = 0
        self.level = False
        self.started = False
        self.held = False
        self.provisional = False
        self._skip = 0
        self._asking: object = None
        self._when_level: list[Callable[[], None]] = []

    def subscribe(self, position: Position) -> None:
        """Become a reader, from *position* on."""
        self.cursor = position.after
        self._skip = position.skip
        self._asking = None
        self.held = self.level = self.started = False

    def hold(self) -> None:
        """Keep the seat, and show nothing more."""
        self.held = True
        self.unsubscribe()
        self.release()

    @property
    def follows(self) -> bool:
        """True if the user will be shown the events of this turn."""
        return self.level and not self.user.connection.busy

    def start(self) -> None:
        """Begin to read: the user has been told that they are in."""
        self.started = True
        if self.room.deleted_by:
            self.skip_to(self.room.head, kept=False)
            self.user.connection.notify(Deleted(self.room.name, self.room.deleted_by))
        else:
            self.room.touch()

    def show(self, batch: Batch) -> bool:
        """Show *batch* to the user if they are level and can take it; otherwise the log is read later."""
        if self.level:
            if self.user.visitor.connection.show(batch):
                self.cursor = self.room.shown
                return True
            self.level = False
            self.room.readers[self] = None
        return False

    def unsubscribe(self) -> None:
        """Show nothing more to the user, who is leaving, but is in the room until their turn comes."""
        self.level = False
        self.room.readers.pop(self, None)

    @property
    def is_behind(self) -> bool:
        """True while published events have still to be shown to the user."""
        return not self.level and not self.held and self.room.has(self)

    def when_level(self, action: Callable[[], None]) -> None:
        """Call *action* when the user has been shown all published events, or is out of the room."""
        if self.is_behind:
            self._when_level.append(action)
        else:
            action()

    def read_on(self) -> None:
        """Take the next step towards the head of the log, if the connection can take one."""
        if self not in self.room.readers or self._asking or not self.started or self.user.connection.busy:
            return
        if self.cursor < self.room.shown:
            # A page for a position that was left meanwhile is no answer.
            asking = self._asking = object()
            try:
                self.room.read(after=self.cursor, got=lambda page: self._got(page, asking))
            except Exception:
                self.user.connection.crashed()
            return
        self.level = True
        del self.room.readers[self]
        room = self.room
        self.user.connection.notify(Level(room.name, room.shown, len(room.members), room.topic))
        self.release()

    def release(self) -> None:
        """Call the actions that waited for this member to be level."""
        waiting, self._when_level = self._when_level, []
        for action in waiting:
            action()

    def skip_to(self, seq: int, *, kept: bool) -> None:
        """Skip the messages up to *seq*, and tell the user so if there are any."""
        if self.cursor < seq:
            self.user.connection.notify(Gap(self.room.name, self.cursor + 1, seq, kept))
            self.cursor = seq

    def _got(self, page: Page | StorageFailed, asking: object) -> None:
        if asking is not self._asking:
            return
        self._asking = None
        if self not in self.room.readers:
            return
        if isinstance(page, StorageFailed):
            self.room.touch_in(RETRY)
            return
        # Messages that others have not been shown yet are left to the batch in which they will see them.
        said = [Said(self.room.name, seq, message) for seq, message in page.entries if seq <= self.room.shown]
        self.skip_to(said[0].seq - 1 if said else self.room.shown, kept=False)
        self.skip_to(self._skip, kept=True)
        said = [event for event in said if event.seq > self.cursor]
        if said and self.user.connection.show(Batch(said)):
            self.user.visitor.charge_for(event.message.text for event in said)
            self.room.stats.deliveries += len(said)
            self.cursor = said[-1].seq
        self.room.touch()
