"""The newest messages of a room in memory, so that readers rarely wait for the log."""

from __future__ import annotations

from collections import deque
from itertools import islice

from chatroom.core.ports import Page
from chatroom.core.tools.paging import Numbered, oldest
from chatroom.core.values.events import Message, erased
from chatroom.core.values.limits import TAIL_BYTES, TAIL_ROWS
from chatroom.core.values.texts import written_size


class Tail:
    """The messages after number *seq*: as many as :data:`~.TAIL_ROWS` and :data:`~.TAIL_BYTES` allow."""

    def __init__(self, seq: int) -> None:
        self._before = seq
        self._rows: deque[Numbered] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0

    def append(self, seq: int, message: Message) -> None:
        """Keep *message*, the newest."""
        size = written_size(message.text)
        self._rows.append((seq, message))
        self._sizes.append(size)
        self._bytes += size
        while len(self._rows) > TAIL_ROWS or self._bytes > TAIL_BYTES:
            self._before, _ = self._rows.popleft()
            self._bytes -= self._sizes.popleft()

    def find(self, seq: int) -> Message | None:
        """Return message number *seq*, or None if it is not kept here."""
        place = seq - self._before - 1
        return self._rows[place][1] if 0 <= place < len(self._rows) else None

    def erase(self, seq: int) -> None:
        """Keep no text of message number *seq*."""
        place = seq - self._before - 1
        if 0 <= place < len(self._rows):
            self._rows[place] = seq, erased(self._rows[place][1])
            self._bytes -= self._sizes[place]
            self._sizes[place] = 0

    def at(self, seq: int) -> int | None:
        """Return when message number *seq* was said, if it is kept here."""
        place = seq - self._before - 1
        return self._rows[place][1].at if 0 <= place < len(self._rows) else None

    def is_only_of(self, person: bytes, after: int, upto: int) -> bool:
        """Return whether *person* has said all messages beyond *after* up to *upto* that they are shown, and see there.

        Nothing is seen of those that were taken back.
        """
        if after < self._before:
            return False
        rows = islice(self._rows, after - self._before, upto - self._before)
        return all(message.session == person or message.withheld or not message.text for _, message in rows)

    def read(self, after: int, limit: int) -> Page | None:
        """Return the first messages beyond *after*, or None if some of them are no longer kept here."""
        if after < self._before:
            return None
        return oldest(islice(self._rows, after - self._before, None), limit)
