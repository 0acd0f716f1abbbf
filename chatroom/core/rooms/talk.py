"""A talk: what two people with accounts have told each other, or one of them alone."""

from __future__ import annotations

from typing_extensions import override

from chatroom.core.ports import Happened, Log, Opened, SeatId
from chatroom.core.rooms.dedup import Done
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.values.changes import Change, Entry, Erased
from chatroom.core.values.errors import StoreAway
from chatroom.core.values.events import Message, untagged
from chatroom.core.values.talks import account_with


class Talk(Transcript):
    """A log that is followed, called by the ids of two accounts; it has no members and no audience."""

    def __init__(self, opened: Opened, *, log: Log, page: int) -> None:
        super().__init__(opened, log=log, page=page)
        self.closed = False
        log.follow(opened.log, self.apply)

    @property
    def busy(self) -> bool:
        """Whether something is on its way to the log."""
        return bool(self._order)

    def other(self, person: bytes) -> bytes:
        """Return with whom *person* talks here: themselves, where they keep notes."""
        return account_with(person, self.name)

    def is_new(self, message: Message) -> bool:
        """Return whether *message* was not sent before, under its ``cid``."""
        return not self.is_sent(message.session, message.cid)

    @override
    def say(self, message: Message, done: Done, by: SeatId) -> None:
        """Append *message* to the log, as of any that is open."""
        if self.closed:
            done(StoreAway())
        else:
            super().say(message, done, by)

    @override
    def _ask(self, change: Change, by: SeatId, done: Happened) -> None:
        if self.closed:
            done(StoreAway())
        else:
            super()._ask(change, by, done)

    def apply(self, entry: Entry) -> None:
        """Apply *entry*, which is new in the log, whoever has asked for it."""
        change = entry.change
        if type(change) is Message:
            self._said(entry.seq, untagged(change))
        elif type(change) is Erased:
            self._taken_back(change.redactions)
