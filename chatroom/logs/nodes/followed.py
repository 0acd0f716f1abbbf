"""An open log as a node follows it: entries of all nodes, each applied once, in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from twisted.logger import Logger

from chatroom.core.ports import Happened, Misfit
from chatroom.core.values.changes import Entry, Erased, Gone
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName

log = Logger()


class Followed:
    """The open log of *room*, of which this node knows all entries up to *pos*, the messages up to *seq*.

    So it knows of the first *redactions* of messages there.

    Entries come by answers to what was asked here, and from others: by a hint, or from a page that was read. Each is
    applied when all below it are, whichever way those come. While an answer is awaited, what others say has to wait:
    an entry of this node is known by its answer alone. What only a newer node knows has a position, and is passed over
    (``None``). The log is *gone* when somebody has deleted it. If an entry
    can't follow the earlier ones, this log is not the one that was followed: *lost* is called, and nothing more is
    applied.
    """

    __slots__ = (
        "_answers",
        "_asking",
        "_entries",
        "_follower",
        "_head",
        "_held",
        "_lost",
        "gone",
        "pos",
        "redactions",
        "room",
        "seq",
    )

    def __init__(self, room: RoomName, lost: Callable[[], None]) -> None:
        self.room = room
        self._lost = lost
        self.pos = self.seq = self.redactions = self._head = 0
        self.gone = False
        self._follower: Callable[[Entry], None] = lambda entry: None
        # Until somebody follows, what others say waits as well.
        self._asking = 1
        # Beyond a hole: by their position, with who waits for it.
        self._entries: dict[int, tuple[Entry | None, Happened | None]] = {}
        self._answers: dict[int, list[tuple[ChatError | None, Happened]]] = {}
        self._held: list[tuple[int, Entry | None]] = []

    def begin(self, pos: int, seq: int, redactions: int = 0) -> None:
        """Begin behind the entry at *pos*; the newest message has the number *seq*, and there were *redactions*."""
        self.pos = pos
        self.seq = seq
        self.redactions = redactions
        self._tell(sorted(waited for waited in self._answers if waited <= pos))

    def end(self) -> None:
        """Let nobody wait any more for what is not applied: the log is no longer open here."""
        self._tell(sorted(self._answers))

    def follow(self, follower: Callable[[Entry], None]) -> None:
        """Give *follower* each entry, once it was told who is in and this is :meth:`answered`."""
        self._follower = follower

    @property
    def misses(self) -> bool:
        """Whether entries are missing below some that are here, or were heard of."""
        return self.pos < self._head or bool(self._entries or self._answers)

    @property
    def is_asking(self) -> bool:
        """Whether an answer is awaited."""
        return self._asking > 0

    def ask(self) -> None:
        """Wait for an answer: a batch with a change of this log is on its way."""
        self._asking += 1

    def answered(self) -> None:
        """Note that all answers of a batch are here, and take what others have said meanwhile."""
        self._asking -= 1
        if not self._asking:
            held, self._held = self._held, []
            self.hear(held)

    def happened(self, pos: int, entry: Entry, done: Happened) -> None:
        """Take the *entry* at *pos* that *done* has asked for, unless it is known: somebody had asked for the same."""
        if pos <= self.pos:
            done(entry)
            return
        self._entries[pos] = entry, done
        self._apply()

    def decided(self, pos: int, result: ChatError | None, done: Happened) -> None:
        """Tell *done* the *result* of a change that made no entry, when all is applied up to *pos*."""
        self._answers.setdefault(max(pos, self.pos), []).append((result, done))
        self._apply()

    def hear(self, entries: Iterable[tuple[int, Entry | None]], head: int = 0) -> None:
        """Take *entries* of others, with their positions, of which the last is at *head*; what is known is left."""
        self._head = max(self._head, head)
        if self._asking:
            self._held.extend(entries)
        else:
            self.learn(entries)

    def gap(self, own: AbstractSet[int]) -> int | None:
        """Return behind which position an entry is missing below the last of its *own* ones; ``None`` if none is."""
        known = own | self._entries.keys()
        return next((pos - 1 for pos in range(self.pos + 1, max(own)) if pos not in known), None)

    def learn(self, entries: Iterable[tuple[int, Entry | None]]) -> None:
        """Take *entries* of others that came with an answer: none of them is one's own."""
        for pos, entry in entries:
            if pos > self.pos and pos not in self._entries:
                self._entries[pos] = entry, None
        self._apply()

    def _apply(self) -> None:
        """Apply what follows upon what is known."""
        while True:
            # What was there before the end may be removed, and nobody waits for it.
            self._tell(sorted(self._answers) if self.gone else [self.pos])
            if self.pos + 1 not in self._entries:
                break
            entry, asked = self._entries.pop(self.pos + 1)
            if not self._follow(entry):
                self._lost()
                break
            if asked and entry:
                self._hand(entry, asked)

    def _tell(self, positions: Iterable[int]) -> None:
        """Tell those who wait for the entries at these *positions*."""
        for pos in positions:
            for result, done in self._answers.pop(pos, ()):
                self._hand(result, done)

    def _follow(self, entry: Entry | None) -> bool:
        """Give *entry*, the next one, to the follower; tell whether it can be the next one."""
        if entry is None:
            self.pos += 1
            return True
        if type(entry.change) is Message:
            if entry.seq != self.seq + 1:
                return False
            self.seq = entry.seq
        elif type(entry.change) is Erased:
            self.redactions += len(entry.change.redactions)
        self.pos += 1
        self.gone = self.gone or type(entry.change) is Gone
        try:
            self._follower(entry)
        except Misfit:
            return False
        except Exception:
            # A defect of ours: the next entries are to be had all the same, and those of other rooms.
            log.failure("an entry of {room} was not taken", room=self.room)
        return True

    def _hand(self, result: Entry | ChatError | None, done: Happened) -> None:
        """Give *result* to who waits for it with *done*; what goes wrong there is nothing to others."""
        try:
            done(result)
        except Exception:
            log.failure("the answer to a change of {room} was not taken", room=self.room)
