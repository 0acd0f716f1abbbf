"""The redactions of a room: how many there were, and the last ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from chatroom.core.ports import Page
from chatroom.core.values.changes import Redaction
from chatroom.core.values.events import erased

RECENT = 1_000
"""Redactions that are remembered, at most; the log knows of all."""


AT_ONCE = 32
"""Redactions in one change, or told at a time, at most: they are told in one batch."""


class Redactions:
    """The redactions of messages in a room, in their order: *count* were *before* it was opened."""

    def __init__(self, count: int) -> None:
        self.before = self.count = count
        # Most rooms never have one.
        self._recent: deque[Redaction] | None = None

    def add(self, redactions: Sequence[Redaction]) -> None:
        """Note further ones."""
        if self._recent is None:
            self._recent = deque(maxlen=RECENT)
        self._recent.extend(redactions)
        self.count += len(redactions)

    def behind(self, after: int) -> Sequence[Redaction] | None:
        """Return those behind the first *after*; ``None`` if not all of them are remembered."""
        recent = self._recent or ()
        if self.count - after > len(recent):
            return None
        return tuple(islice(recent, len(recent) - (self.count - after), None))

    def applied(self, page: Page, after: int) -> Page | None:
        """Return *page*, which may have been read when there were *after*, as it is now; ``None`` if nobody knows."""
        if self.count == after:
            return page
        later = self.behind(after)
        if later is None:
            return None
        gone = {redaction.seq for redaction in later}
        entries = [(seq, erased(message) if seq in gone else message) for seq, message in page.entries]
        return replace(page, entries=entries)
