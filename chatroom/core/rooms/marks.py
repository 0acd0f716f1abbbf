"""How far somebody has read the rooms that there are."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.core.ports import LogId
from chatroom.core.values.marks import Mark


class Marks:
    """The marks of one *person*; of nobody in particular, they last as long as the connection."""

    __slots__ = ("_waiting", "by_log", "loaded", "loading", "person")

    def __init__(self, person: bytes | None) -> None:
        self.person = person
        self.by_log: dict[LogId, Mark] = {}
        self.loaded = person is None
        self.loading = False
        # Mostly empty: then a tuple takes no memory.
        self._waiting: tuple[Callable[[], None], ...] = ()

    def seq(self, log: LogId) -> int:
        """Return the number of the newest message of *log* that is read."""
        mark = self.by_log.get(log)
        return mark.seq if mark else 0

    def join(self, log: LogId, mark: Mark) -> Mark | None:
        """Let *mark* hold in *log*, as far as it is further; return what holds now, if that is new."""
        before = self.by_log.get(log)
        now = before.joined(mark) if before else mark
        if now == before:
            return None
        self.by_log[log] = now
        return now

    def wait(self, action: Callable[[], None]) -> None:
        """Call *action* when it is known what is kept, or that nobody can know."""
        self._waiting += (action,)

    def known(self, *, loaded: bool) -> None:
        """Note that all is *loaded*, or can't be, and call the actions that waited for it."""
        self.loading = False
        self.loaded = loaded
        waiting, self._waiting = self._waiting, ()
        for action in waiting:
            action()
