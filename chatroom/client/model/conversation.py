"""A joined room as the user sees it: its talk, its news, the line being typed there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from chatroom.client.compose.editor import Clipboard, Editor
from chatroom.client.compose.input_history import HistoryCursor, InputHistory
from chatroom.client.compose.returned_lines import ReturnedLines
from chatroom.client.compose.reverse_search import ReverseSearch
from chatroom.client.model.hues import Hues
from chatroom.client.model.lately import Lately
from chatroom.client.model.news import News
from chatroom.client.model.reading import Reading
from chatroom.client.model.restraints import Restraints
from chatroom.client.model.retractions import Retractions
from chatroom.client.model.smart_filter import SmartFilter
from chatroom.client.model.window import Window
from chatroom.client.views.lines import Line, Message, Notice, Pending, Skipped, Traffic
from chatroom.core.values.names import fold
from chatroom.wire.frames.answers import Redacted

MAX_ASKED_NAMES = 2000
"""Names of members that are asked for; of a bigger room, their count has to do."""

MAX_NAMES = 10_000
"""Names of members that are kept at most; then their count has to do."""


MAX_RECENT = 1000
"""Messages of which the speaker and the number are kept, whatever becomes of the lines."""


class _Known(NamedTuple):
    """What is known of a message by its number: the speaker, and whether that is the user (*own*)."""

    seq: int
    speaker: str
    own: bool

    def is_of(self, name: str | None) -> bool:
        """Say whether somebody of that folded *name* said it, or (None) the user."""
        return self.own if name is None else fold(self.speaker) == name


class Conversation:
    """The client's knowledge of *room* while the user is in it.

    *sent* and *clipboard* are those of all rooms, and so are the hues *chosen* for some people.
    """

    def __init__(
        self,
        room: str,
        sent: InputHistory | None = None,
        clipboard: Clipboard | None = None,
        chosen: Mapping[str, int] | None = None,
    ) -> None:
        self.room = room
        self.topic = ""
        self.creator = ""
        self.count = 0
        self.own = False
        self.window = Window()
        self.pending: dict[str, Pending] = {}
        self.loading = False
        self.editor = Editor(clipboard=clipboard)
        self.returned = ReturnedLines(self.editor)
        self.history = HistoryCursor(room, sent)
        self.reverse_search: ReverseSearch | None = None
        self.pasted = ""
        # The higher, the later one has looked here last.
        self.visited = 0
        self.newest = 0
        # The life of the log in which its messages are numbered.
        self.epoch = ""
        # Up to which message the server knows that the user has read.
        self.marked = 0
        # Names by the last time when one addressed them, and when they spoke; the latest is the last.
        self.addressed: dict[str, None] = {}
        self.spoken: dict[str, None] = {}
        self.lately = Lately()
        self.smart_filter = SmartFilter()
        self.hues = Hues(chosen)
        self.reading = Reading(self.window)
        self.news = News(self.reading)
        self.restraints = Restraints()
        self.retractions = Retractions()
        # Of those who have one here.
        self.roles: dict[str, str] = {}
        # Of those who have gone: whether it is they who come by that name, only the server knows.
        self.former_roles: set[str] = set()
        self._usernames: set[str] = set()
        self._members: tuple[str, ...] | None = ()
        self._stored: dict[int, str] = {}
        self._recent: deque[_Known] = deque(maxlen=MAX_RECENT)

    @property
    def members(self) -> Sequence[str]:
        """The names of the members, in alphabetical order."""
        if self._members is None:
            self._members = tuple(sorted(self._usernames, key=fold))
        return self._members

    @property
    def said_last(self) -> Message | None:
        """The newest message, if it is here."""
        return next((line for line in reversed(self.window.lines) if isinstance(line, Message)), None)

    def here_lately(self, now: datetime) -> int:
        """Count the members who have spoken lately."""
        return self.lately.among(self._usernames, now)

    @property
    def unread(self) -> int:
        """How many messages are new."""
        return self.news.unread

    @property
    def mentioned(self) -> bool:
        """Whether something new mentions the user."""
        return bool(self.news.mentions)

    @property
    def begun(self) -> str:
        """The text that is typed and pasted, and not sent."""
        text, cursor = self.editor.text, self.editor.cursor
        return f"{text[:cursor]}{self.pasted}{text[cursor:]}"

    def entered(self, *, newest: int, resumed: bool, at: datetime, read: int | None = None, epoch: str = "") -> None:
        """Begin to read: on from the last message, or (not *resumed*) with the backlog of a log that is new here.

        Of that, messages behind number *read* are news.
        """
        self.epoch = epoch
        self.loading = False
        if resumed:
            self.news.go_on()
            return
        if self.newest:
            self.reading.return_to_live()
            self.window.start_over()
            self.retractions.clear()
            self._recent.clear()
            self.window.add(Notice(at, "The server has another log of this room now; it is read anew."))
        self.newest = newest
        self.news.begin(newest, read)

    def level(self) -> int | None:
        """Know that all that was missed is here; return how many messages before a backlog are news."""
        # Logs begin with the number 1; whether more of an older one is kept, only the server knows.
        self.window.complete |= (self.window.first or self.newest + 1) == 1
        return self.news.level(self.newest)

    def said(self, message: Message, *, seen: bool, hidden: bool = False) -> bool:
        """Take *message*; count it as new unless it is *seen* as it comes, or *hidden*; say whether it is news."""
        self.newest = max(self.newest, message.seq)
        message = self.retractions.applied(message)
        self.window.add(message)
        self._know_of(message)
        self._remember(self.spoken, message.speaker)
        self.lately.spoke(message.speaker, message.at)
        self.hues.spoke(message.speaker)
        self.pending.pop(self._stored.pop(message.seq, ""), None)
        if not hidden:
            self.smart_filter.spoke(message.speaker)
        if not (self.reading.following or hidden):
            self.reading.arrived += 1
        news = self.news.concerns(message) and not hidden
        if news and not seen:
            self.news.add(message)
        return news

    def take_back(self, event: Redacted) -> Message | None:
        """Know that a message was taken back, and keep nothing of its text; return what it was, if it was here."""
        self.retractions.add(event)
        self.news.forget(event.seq)
        was = next((line for line in self._messages() if line.seq == event.seq), None)
        if was:
            for window in self._windows():
                window.renew(self.retractions.applied)
        return was

    def newest_of(self, username: str | None) -> int | None:
        """Return the number of the last message of *username*, or (None) the user, that is here and not taken back."""
        name = None if username is None else fold(username)
        here = (_Known(line.seq, line.speaker, line.own) for line in self._messages() if not line.retraction)
        recent = (known for known in self._recent if known.seq not in self.retractions)
        return max((each.seq for each in chain(here, recent) if each.is_of(name)), default=None)

    def _windows(self) -> Sequence[Window]:
        return [window for window in (self.window, self.reading.elsewhere) if window]

    def _messages(self) -> Iterator[Message]:
        return (line for window in self._windows() for line in window.lines if isinstance(line, Message))

    def _know_of(self, *messages: Message) -> None:
        """Remember who said *messages*."""
        self._recent.extend(_Known(each.seq, each.speaker, each.own) for each in messages if not each.retraction)

    def show(self, line: Line) -> None:
        """Put *line*, which is in no log, behind what was said last."""
        self.window.add(line)

    def traffic(self, traffic: Traffic) -> None:
        """Take in who came and went."""
        self._usernames.difference_update(traffic.left)
        self.hues.left(traffic.left)
        self._know(traffic.joined)
        for name in traffic.left:
            self._resign(name)
        for old, new in traffic.renamed:
            self._usernames.discard(old)
            self.hues.left((old,))
            if old in self.roles:
                self.roles[new] = self.roles.pop(old)
            self._know((new,))
            self.lately.renamed(old, new)
            for order in (self.spoken, self.addressed):
                if old in order:
                    del order[old]
                    order[new] = None
        self._members = None
        self.smart_filter.traffic(traffic)
        self.window.add_traffic(traffic)

    def gone(self, username: str) -> None:
        """Know that *username* is not here any more, which is told otherwise."""
        self._usernames.discard(username)
        self.hues.left((username,))
        self._resign(username)
        self._members = None

    def came_with(self, username: str, role: str) -> None:
        """Know that *username* has come, and has a *role* here."""
        if username in self._usernames:
            self.roles[username] = role
        self.former_roles.discard(username)

    def appointed(self, username: str, role: str) -> None:
        """Know that *username* has a *role* here; of an owner, that who was it before is a moderator now."""
        if role == "member":
            self.roles.pop(username, None)
            return
        if role == "owner":
            self.roles = {name: "moderator" if had == "owner" else had for name, had in self.roles.items()}
        self.roles[username] = role

    def people(self, usernames: Sequence[str], roles: Mapping[str, str], *, first: bool) -> None:
        """Take a page of the names of the members, with *roles* of some; the *first* one replaces all known ones."""
        if first:
            self._usernames.clear()
            self.roles.clear()
        self.roles |= roles
        self.former_roles.difference_update(usernames)
        self._know(usernames)
        self._members = None

    def skipped(self, gap: Skipped) -> None:
        """Know that the messages of *gap* won't come."""
        self.newest = max(self.newest, gap.last)
        self.window.add(gap)

    def page(self, messages: Sequence[Message], *, more: bool, before: int | None, after: int | None) -> None:
        """Take a page of the log that was asked for: older than *before*, newer than *after*, or the newest."""
        self.loading = False
        reading = self.reading
        self.hues.heard(messages)
        if before is not None:
            # It may have been asked for by a window that has been moved since.
            if before == reading.shown.first:
                reading.shown.add_older(messages, more=more)
        elif reading.elsewhere:
            if after is not None and after == reading.elsewhere.last:
                reading.go_on(reading.elsewhere, messages, more=more)
        elif after is not None:
            if after == self.window.last and not self.window.live:
                live = not more and (messages[-1].seq if messages else after) >= self.newest
                self.window.add_newer(messages, live=live)
        else:
            self.window.show_end(messages, more=more)
            for message in messages:
                self.hues.spoke(message.speaker)
                self.lately.spoke(message.speaker, message.at)
            self._know_of(*messages)
            reading.follow(True)
            self.newest = max(self.newest, self.window.last or 0)

    def say(self, pending: Pending) -> None:
        """Show the user's own message as waiting for the server."""
        self.pending[pending.cid] = pending
        first = pending.text.split(maxsplit=1)[0].lstrip("@").rstrip(":,")
        if first in self._usernames:
            self.address(first)

    def stored(self, cid: str, seq: int) -> None:
        """Know that the message *cid* is in the log; it waits here until it comes from there."""
        if seq <= self.newest:
            self.pending.pop(cid, None)
        else:
            self._stored[seq] = cid

    def refused(self, cid: str, reason: str, at: datetime) -> None:
        """Show that the message *cid* won't be said, and what it was."""
        if pending := self.pending.pop(cid, None):
            self.window.add(Notice(at, f"Not sent: {pending.text}\n{reason}", error=True))

    def address(self, username: str) -> None:
        """Remember that the user has spoken to *username*."""
        self._remember(self.addressed, username)
        self.smart_filter.address(username)

    def look(self) -> None:
        """Look at it: nothing is new any more, though the line before what was new stays."""
        self.news.look(self.newest)

    def look_away(self) -> None:
        """Look at it no longer: what comes from now on is new."""
        self.news.look_away(self.newest)

    def go_away(self) -> None:
        """Leave it for another, or for the lobby; what was new and has not been seen is new again."""
        self.news.go_away(self.newest, self.retractions)

    def read_elsewhere(self, to: int, ignores: Callable[[str], bool]) -> None:
        """Know that the user, who *ignores* some people, has read up to the message *to* by another device."""
        known = (line for line in self.window.lines if isinstance(line, Message))
        counted = (line for line in known if not line.own and not ignores(line.speaker))
        self.news.read_elsewhere(to, self.newest, counted)

    def _resign(self, username: str) -> None:
        if self.roles.pop(username, None):
            self.former_roles.add(username)

    def _know(self, usernames: Sequence[str]) -> None:
        """Know of *usernames* here, as far as there is room for them."""
        known = usernames[: max(MAX_NAMES - len(self._usernames), 0)]
        self._usernames.update(known)
        self.hues.came(known)

    @staticmethod
    def _remember(order: dict[str, None], username: str) -> None:
        order.pop(username, None)
        order[username] = None
        if len(order) > MAX_ASKED_NAMES:
            del order[next(iter(order))]
