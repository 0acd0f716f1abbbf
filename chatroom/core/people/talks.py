"""The talks that are open at this server: each for as long as it is used, and a while more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.people.reading import ReadMarks
from chatroom.core.people.user import UserSeat
from chatroom.core.ports import Log, LogId, NewRoom, Opened, TalkStore
from chatroom.core.rooms.talk import Talk
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import ChatError, OutboxFull
from chatroom.core.values.events import Message, TakenBack, Told
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.talks import place

UNUSED = 60.0
"""Seconds after which a talk that nobody uses is closed."""

GotTalk = Callable[[Talk | ChatError | None], None]
"""A callback that gets a talk, ``None`` if there is none yet, or the error for which it can't be opened."""


class OpenTalks:
    """The open talks by what their *log* calls them, with pages of *page* rows; the *store* knows who has which.

    They are those of *accounts*, who have *marks* there.
    """

    def __init__(
        self, log: Log, store: TalkStore, accounts: Accounts, marks: ReadMarks, wheel: TimerWheel, page: int
    ) -> None:
        self.store = store
        self._log = log
        self._accounts = accounts
        self._marks = marks
        self._wheel = wheel
        self._page = page
        self._open: dict[RoomName, tuple[Talk, Deadline]] = {}
        self._opening: dict[RoomName, list[tuple[bool, GotTalk]]] = {}

    def find(self, place: RoomName) -> Talk | None:
        """Return the talk at *place*, if it is open."""
        found = self._open.get(place)
        return found[0] if found else None

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

    # What is told.

    def tell(self, seat: UserSeat, log: LogId, seq: int, message: Message, other: Username) -> None:
        """Show *message*, number *seq* of *log*, to who has *seat* and talks with an *other* there.

        Unless it is withheld from them; who can't take it now finds it later. What is shown as text is read.
        """
        user = seat.user
        if not message.is_for(user.identity):
            return
        account = self._accounts.named(other)
        where = place(user.identity, account.id) if account else None
        talk = self.find(where) if where else None
        quoted = talk.quoted(message, user.identity) if talk else None
        to = other if message.session == user.identity else user.username
        about = other, seq, message.cid, message.kind, message.re, quoted, message.tags
        told = Told(message.speaker, to, message.at, message.text, *about)
        with suppress(OutboxFull):
            if seat.tell(told) and where and seat.connection.reads:
                self._marks.advance(seat, where, log, Mark(seq, message.at), talk)

    def take_back(self, seat: UserSeat, taken: TakenBack) -> None:
        """Show to who has *seat* that a message of a talk of theirs was *taken* back; or they find it so later."""
        with suppress(OutboxFull):
            seat.tell(taken)
