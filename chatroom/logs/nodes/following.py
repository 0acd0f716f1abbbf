"""The logs that a node follows: what others add to them is heard, or found out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from chatroom.core.ports import LogId
from chatroom.logs.nodes.changes import Record
from chatroom.logs.nodes.engine import Hint
from chatroom.logs.nodes.followed import Followed

LOOKS = 10
"""Looks in which each log has its turn."""

CatchUp = Callable[[LogId, int, Callable[[Sequence[Record] | None], None]], None]
"""Asks for the next entries of a log beyond a position; ``None`` if that can't be known now."""


class Following:
    """The *logs* that are followed, with what is missing fetched by *catch_up*.

    What can't be had any more, for it was removed meanwhile or is lost, is said to *torn*.
    """

    def __init__(self, catch_up: CatchUp, torn: Callable[[LogId, Followed], None]) -> None:
        self.logs: dict[LogId, Followed] = {}
        self.holes_filled = self.late_hints = 0
        self._catch_up = catch_up
        self._torn = torn
        self._catching_up: set[LogId] = set()
        self._to_look_at: deque[LogId] = deque()

    def forget(self) -> None:
        """Follow nothing any more."""
        self.logs.clear()
        self._to_look_at.clear()

    def heard(self, hint: Hint) -> None:
        """Take a *hint*."""
        if followed := self.logs.get(hint.log):
            self.late_hints += hint.pos <= followed.pos
            followed.hear([(record.pos, record.entry()) for record in hint.records], hint.pos)
            self.see_to(hint.log, followed)

    def when_known(self, log: LogId, pos: int, known: Callable[[], None], records: Sequence[Record] = ()) -> None:
        """Call *known* when all of *log* is applied here up to *pos*, of which *records* are at hand.

        Where it is not open, whoever opens it finds all of that.
        """
        followed = self.logs.get(log)
        if followed is None:
            known()
            return
        followed.decided(pos, None, lambda _: known())
        if pos > followed.pos:
            followed.hear([(record.pos, record.entry()) for record in records], pos)
            self.see_to(log, followed)

    def when_said(self, log: LogId, seq: int, known: Callable[[], None]) -> None:
        """Call *known* when message number *seq* of *log* is applied here likewise."""
        followed = self.logs.get(log)
        if followed is None or followed.gone or seq <= followed.seq:
            known()
        else:
            self.when_known(log, followed.pos + 1, partial(self.when_said, log, seq, known))

    def see_to(self, log: LogId, followed: Followed) -> None:
        """Catch up with *followed*, if entries are missing of it; let it go, if it is gone."""
        if self.logs.get(log) is not followed or followed.is_asking:
            return
        if followed.gone:
            del self.logs[log]
            return
        if not followed.misses or log in self._catching_up:
            return
        self._catching_up.add(log)

        def got(records: Sequence[Record] | None) -> None:
            self._catching_up.discard(log)
            # Where that can't be known now, it will be looked at again.
            if records is None or self.logs.get(log) is not followed:
                return
            if followed.misses and (not records or records[0].pos > followed.pos + 1):
                self._torn(log, followed)
                return
            self.holes_filled += len(records)
            followed.hear([(record.pos, record.entry()) for record in records])
            self.see_to(log, followed)

        self._catch_up(log, followed.pos, got)

    def next_to_look_at(self) -> list[LogId]:
        """Return the logs whose turn it is to be looked at: the loss of a hint is found out in some looks."""
        if not self._to_look_at:
            self._to_look_at = deque(self.logs)
        return [self._to_look_at.popleft() for _ in range(min(len(self._to_look_at), 1 + len(self.logs) // LOOKS))]

    def known(self, logs: Iterable[LogId]) -> Mapping[LogId, int]:
        """Return how far each of *logs* is known."""
        return {log: self.logs[log].pos for log in logs if log in self.logs}

    def found(self, known: Mapping[LogId, int], heads: Mapping[LogId, int]) -> None:
        """Note where the *heads* of logs are that were *known* so far when it was asked; of one that is gone, nowhere.

        Meanwhile more may have been heard.
        """
        for log, pos in known.items():
            if followed := self.logs.get(log):
                head = heads.get(log)
                if head is None or head < pos:
                    self._torn(log, followed)
                else:
                    followed.hear((), head)
                    self.see_to(log, followed)
