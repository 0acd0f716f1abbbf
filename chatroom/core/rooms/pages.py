"""The pages of a room's log: for readers who are behind, for those who look back, and for searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from chatroom.core.ports import Log, LogId, Page, Searched
from chatroom.core.rooms.redactions import AT_ONCE, Redactions
from chatroom.core.rooms.tail import Tail
from chatroom.core.tools.paging import joined, row_limit
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Redaction
from chatroom.core.values.errors import StorageFailed

Got = Callable[[Page | StorageFailed], None]
"""A callback that gets a page, or the error for which there is none."""


class Pages:
    """The pages of log *id* in *log*, of *most* rows each, if that is not 0; the *tail* is in memory.

    What is taken back by *redactions* is in none of them, also if it was read before.
    """

    __slots__ = ("_id", "_log", "_redactions", "_tail", "most")

    def __init__(self, log: Log, id: LogId, tail: Tail, redactions: Redactions, most: int) -> None:
        self.most = most
        self._log = log
        self._id = id
        self._tail = tail
        self._redactions = redactions

    def next(self, *, after: int, got: Got) -> None:
        """Read the next page for a reader who is behind."""
        if page := self._tail.read(after, row_limit(None, self.most)):
            got(page)
            return
        self.page(got, after=after, before=None, limit=None)

    def page(
        self, got: Got, *, after: int | None, before: int | None, limit: int | None, viewer: bytes | None = None
    ) -> None:
        """Read a page, as :meth:`chatroom.core.ports.Log.read` does."""
        rows = row_limit(limit, self.most)
        read = partial(self._log.read, self._id, after=after, before=before, limit=rows, viewer=viewer)
        self._read(lambda got: read(got=got), got)

    def around(self, seq: int, got: Got, *, limit: int | None, viewer: bytes | None = None) -> None:
        """Read a page with message number *seq* in the middle: half of it is before that."""
        rows = row_limit(limit, self.most)
        read_some = partial(self._log.read, self._id, viewer=viewer)

        def read(got: Got) -> None:
            def later(newer: Page | StorageFailed) -> None:
                if isinstance(newer, StorageFailed):
                    got(newer)
                else:
                    # One at least, to know whether there are any.
                    limit = max(1, rows // 2)
                    read_some(after=None, before=seq, limit=limit, got=partial(earlier, newer))

            def earlier(newer: Page, older: Page | StorageFailed) -> None:
                got(older if isinstance(older, StorageFailed) else joined(older, newer, rows // 2))

            read_some(after=seq - 1, before=None, limit=rows - rows // 2, got=later)

        self._read(read, got)

    def upto(self, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of the newest message not later than *at*, by :meth:`chatroom.core.ports.Log.upto`."""
        self._log.upto(self._id, at, got)

    def _read(self, ask: Callable[[Got], None], got: Got) -> None:
        """Give *got* the page that *ask* reads, without what is taken back meanwhile."""
        known = self._redactions.count

        def read(page: Page | StorageFailed) -> None:
            # It may have been read before something was taken back of which all have heard meanwhile.
            now = self._redactions.applied(page, known) if isinstance(page, Page) else page
            if now is None:
                self._read(ask, got)
            else:
                got(now)

        ask(read)

    def search(
        self,
        got: Callable[[Searched], None],
        query: str,
        *,
        before: int | None,
        limit: int | None,
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Search the log, as :meth:`chatroom.core.ports.Log.search` does."""
        known = self._redactions.count

        def found(searched: Searched) -> None:
            result = searched.result
            if isinstance(result, Page) and self._redactions.count != known:
                # Whatever may have been found by a text that is taken back meanwhile is found no more.
                now = self._redactions.applied(result, known)
                entries = [(seq, message) for seq, message in now.entries if message.text] if now else []
                searched = Searched(Page(entries, result.more), searched.seconds)
            got(searched)

        rows = row_limit(limit, self.most)
        search = partial(self._log.search, after=after, author=author, viewer=viewer)
        search(self._id, query, before=before, limit=rows, got=found)

    def redactions(self, after: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]) -> None:
        """Read the next redactions behind the first *after*, for a reader who was not told of them."""
        recent = self._redactions.behind(after)
        if recent is None:
            self._log.redactions(self._id, after=after, limit=AT_ONCE, got=got)
        else:
            got(recent[:AT_ONCE])
