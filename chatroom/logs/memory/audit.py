"""The audit in memory: gone with the process."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import count, islice

from msgspec.structs import replace

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act

KEPT = 10_000
"""Acts that are kept, at most."""


class MemoryAudit:
    """The newest acts in the rooms of a log, and in none."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._acts: deque[tuple[LogId | None, Act]] = deque(maxlen=KEPT)

    def note(self, log: LogId | None, act: Act) -> None:
        """Keep *act*."""
        self._acts.append((log, replace(act, number=next(self._numbers))))

    def newest(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return the newest acts below number *before*, the newest first: those in *log*, or all."""
        some = (
            act
            for place, act in reversed(self._acts)
            if (log is None or place == log) and (before is None or act.number < before)
        )
        return list(islice(some, limit))
