"""The talks that are open at this server: each for as long as it is used, and a while more."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.core.ports import Log, NewRoom, Opened, TalkStore
from chatroom.core.rooms.talk import Talk
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import RoomName

UNUSED = 60.0
"""Seconds after which a talk that nobody uses is closed."""

GotTalk = Callable[[Talk | ChatError | None], None]
"""A callback that gets a talk, ``None`` if there is none yet, or the error for which it can't be opened."""


class Talks:
    """The open talks by what their *log* calls them, with pages of *page* rows; the *store* knows who has which."""

    def __init__(self, log: Log, store: TalkStore, wheel: TimerWheel, page: int) -> None:
        self.store = store
        self._log = log
        self._wheel = wheel
        self._page = page
        self._open: dict[RoomName, tuple[Talk, Deadline]] = {}
        self._opening: dict[RoomName, list[tuple[bool, GotTalk]]] = {}

    def __contains__(self, place: RoomName) -> bool:
        """Whether the talk at *place* is open."""
        return place in self._open

    def limit(self, page: int) -> None:
        """Let a *page* have so many messages from now on."""
        self._page = page
        for talk, _ in self._open.values():
            talk.pages.most = page

    def reach(self, place: RoomName, new: bool, got: GotTalk) -> None:
        """Call *got* with the talk at *place*, at once or when its log is open; it is made if it may be *new*."""
        if place in self._open:
            talk, deadline = self._open[place]
            deadline.cancel()
            self._keep(talk)
            got(talk)
        elif place in self._opening:
            self._opening[place].append((new, got))
        else:
            self._opening[place] = [(new, got)]
            try:
                self._log.open(place, NewRoom() if new else None, lambda found: self._opened(place, found))
            except Exception:
                del self._opening[place]
                raise

    def _opened(self, place: RoomName, found: Opened | ChatError | None) -> None:
        waiting = self._opening.pop(place)
        talk: Talk | ChatError | None
        if isinstance(found, Opened):
            talk = Talk(found, log=self._log, page=self._page)
            self._keep(talk)
        else:
            talk = found
        for new, got in waiting:
            if talk is None and new:
                # Whoever asked first did not want it to be made.
                self.reach(place, new, got)
            else:
                got(talk)

    def _keep(self, talk: Talk) -> None:
        self._open[talk.name] = talk, self._wheel.call_later(UNUSED, lambda: self._close(talk))

    def _close(self, talk: Talk) -> None:
        """Close *talk*, which nobody has used for a while, unless something is on its way."""
        if talk.busy:
            self._keep(talk)
            return
        del self._open[talk.name]
        talk.closed = True
        self._log.close(talk.log_id)

    def forget(self) -> None:
        """Forget all talks: they are no longer open here."""
        for talk, deadline in self._open.values():
            deadline.cancel()
            talk.closed = True
        self._open.clear()
