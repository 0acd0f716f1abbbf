"""A transcript: what was said somewhere, as it is in a log, and the one order in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatroom.core.ports import Happened, Log, Opened, SeatId
from chatroom.core.rooms.dedup import DedupWindow, Done
from chatroom.core.rooms.pages import Pages
from chatroom.core.rooms.redactions import Redactions
from chatroom.core.rooms.tail import Tail
from chatroom.core.tools.order import Order, Question
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.changes import Change, Entry, Erased, Redaction
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Message, Said, digest
from chatroom.core.values.names import key
from chatroom.core.values.replies import Stored


class Transcript:
    """What is said in a log that is followed, as *opened*; pages have *page* rows each, if that is not 0.

    Whatever is to happen is asked of the *log*, and applied when the log has it, whoever has asked.
    """

    def __init__(self, opened: Opened, *, log: Log, page: int) -> None:
        self.name = opened.room
        self.key = key(opened.room)
        self.epoch = opened.epoch
        self.head = opened.seq
        self.log_id = opened.log
        self.redactions = Redactions(opened.redactions)
        self._time = opened.at
        self._tail = Tail(opened.seq)
        self.pages = Pages(log, opened.log, self._tail, self.redactions, page)
        self._log = log
        self._sent = DedupWindow(opened.room, opened.sent)
        self._order = Order()

    def in_turn(self, action: Callable[[], None]) -> None:
        """Call *action* when all changes asked for before have happened, or can't."""
        self._order.then(action)

    @property
    def latest(self) -> int:
        """When the newest message was said; 0 if none is kept."""
        return self._time

    def time_of(self, seq: int) -> int | None:
        """Return when message number *seq* was said, if it is in memory."""
        return self._tail.at(seq)

    def is_only_of(self, person: bytes, after: int, upto: int) -> bool:
        """Return whether *person* has said all messages beyond *after* up to *upto*, as far as that is in memory."""
        return self._tail.is_only_of(person, after, upto)

    def time(self, now: int) -> int:
        """Return when a message is said that is said *now*: never before another one."""
        self._time = now = max(now, self._time)
        return now

    def say(self, message: Message, done: Done, by: SeatId) -> None:
        """Append *message* to the log; *done* gets the reply before the message is shown to anybody.

        One that its sender has sent under the same ``cid`` before is not appended again.
        """
        cid = message.cid
        name = None if message.session is None or cid is None else (message.session, cid)
        if name and not self._sent.expect(name, digest(message.text, message.kind, message.re), done):
            return
        question = self._order.asks()

        def stored(entry: Entry | ChatError | None) -> None:
            if type(entry) is Entry and type(entry.change) is Message:
                result: Stored | ChatError = Stored(self.name, entry.seq, entry.change.at, cid)
            else:
                assert isinstance(entry, ChatError)
                result = entry
            if name:
                self._sent.stored(name, result)
            else:
                done(result)
            self._answered(question)

        try:
            self._log.change(self.log_id, message, by, stored)
        except Exception:
            if name:
                self._sent.forget(name)
            self._order.answered(question)
            raise

    def redact(self, redactions: Sequence[Redaction], seat: SeatId, done: Happened) -> None:
        """Let messages be taken back, in turn; the entry has those that were not before, ``None`` if all were."""
        self._ask(Erased(tuple(redactions)), seat, done)

    def is_sent(self, session: bytes | None, cid: str | None) -> bool:
        """Return whether a message was sent before that *session* calls *cid*: it is kept, or on its way."""
        return session is not None and cid is not None and (session, cid) in self._sent

    def at_hand(self, seq: int) -> Message | None:
        """Return message number *seq*, if it is among the newest, which are in memory."""
        return self._tail.find(seq)

    def said(self, entries: Sequence[Numbered], viewer: bytes | None = None) -> list[Said]:
        """Return the events of messages that were read; what one of them answers is quoted if that is at hand.

        Nothing is quoted that is withheld from a *viewer*.
        """
        here = dict(entries)
        return [
            Said(self.name, seq, message, here.get(message.re or 0) or self.quoted(message, viewer))
            for seq, message in entries
        ]

    def quoted(self, message: Message, viewer: bytes | None = None) -> Message | None:
        """Return what *message* answers, if that is at hand and not withheld from a *viewer*."""
        found = None if message.re is None else self.at_hand(message.re)
        return found if found and found.is_for(viewer) else None

    def _ask(self, change: Change, by: SeatId, done: Happened) -> None:
        question = self._order.asks()

        def answered(entry: Entry | ChatError | None) -> None:
            done(entry)
            self._answered(question)

        try:
            self._log.change(self.log_id, change, by, answered)
        except Exception:
            self._order.answered(question)
            raise

    def _answered(self, question: Question) -> None:
        self._order.answered(question)

    # What has happened.

    def _said(self, seq: int, message: Message) -> None:
        """Note that *message* is the newest, as number *seq*."""
        self.head = seq
        self._tail.append(seq, message)
        if message.cid is not None:
            self._sent.heard(seq, message)

    def _taken_back(self, redactions: Sequence[Redaction]) -> None:
        """Note the *redactions*: no text of these messages is known any more."""
        self._sent.erase({redaction.seq for redaction in redactions})
        self.redactions.add(redactions)
        for redaction in redactions:
            self._tail.erase(redaction.seq)
