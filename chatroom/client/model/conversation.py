"""A conversation as the user sees it, in a room or with one person: what is said, its news, the line typed there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from chatroom.client.compose.editor import Clipboard, Editor
from chatroom.client.compose.input_history import HistoryCursor, InputHistory
from chatroom.client.compose.returned_lines import ReturnedLines
from chatroom.client.compose.reverse_search import ReverseSearch
from chatroom.client.model.address import Address
from chatroom.client.model.hues import Hues
from chatroom.client.model.lately import Lately
from chatroom.client.model.news import News
from chatroom.client.model.quotes import Quotes
from chatroom.client.model.reading import Reading
from chatroom.client.model.retractions import Retractions
from chatroom.client.model.window import Window
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, message_at
from chatroom.core.values.names import fold
from chatroom.wire.frames.answers import Redacted
from chatroom.wire.frames.requests import Say, Tell

MAX_ASKED_NAMES = 2000
"""Names of members that are asked for; of a bigger room, their count has to do."""

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


class Conversation(ABC):
    """The client's knowledge of what is said at one *address*, while that is open; *name* is its own in the list.

    *sent* and *clipboard* are those of all conversations; *hues* are of people there.
    """

    kind = "room"
    """A word for what it is."""

    topic = ""
    """Words about it, for the title."""

    count = 0
    """How many people are there; 0 where nobody counts them."""

    roles: Mapping[str, str] = MappingProxyType({})
    """The roles of those who have one there."""

    kept = True
    """Whether the server keeps it, so that it can be read further up, and searched."""

    bare = False
    """Whether nothing of it was kept when the user came."""

    def __init__(
        self,
        name: str,
        address: Address,
        sent: InputHistory | None = None,
        clipboard: Clipboard | None = None,
        hues: Hues | None = None,
    ) -> None:
        self.name = name
        self.address = address
        self.window = Window()
        self.pending: dict[str, Pending] = {}
        self.loading = False
        self.editor = Editor(clipboard=clipboard)
        self.returned = ReturnedLines(self.editor)
        self.history = HistoryCursor(name, sent)
        self.reverse_search: ReverseSearch | None = None
        self.pasted = ""
        # The higher, the later one has looked here last.
        self.visited = 0
        self.newest = 0
        # Up to which message the server knows that the user has read.
        self.marked = 0
        # Names by the last time when one addressed them, and when they spoke; the latest is the last.
        self.addressed: dict[str, None] = {}
        self.spoken: dict[str, None] = {}
        self.lately = Lately()
        self.hues = hues or Hues()
        self.reading = Reading(self.window)
        self.news = News(self.reading)
        self.retractions = Retractions()
        self.quotes = Quotes()
        # The message that what is typed answers.
        self.answering: int | None = None
        self._stored: dict[int, str] = {}
        self._recent: deque[_Known] = deque(maxlen=MAX_RECENT)

    @property
    @abstractmethod
    def members(self) -> Sequence[str]:
        """The names of the people there."""

    @abstractmethod
    def request(self, pending: Pending) -> Say | Tell:
        """Return what asks the server to take *pending*."""

    @abstractmethod
    def called_by(self, speaker: str) -> str:
        """Say who calls for the user here, when *speaker* does."""

    def calls(self, message: MessageLine) -> bool:
        """Whether *message* calls for the user."""
        return message.mention

    @property
    def said_last(self) -> MessageLine | None:
        """The newest message, if it is here."""
        return next((line for line in reversed(self.window.lines) if isinstance(line, MessageLine)), None)

    def here_lately(self, now: datetime) -> int:
        """Count the members who have spoken lately."""
        return self.lately.among(self.members, now)

    @property
    def unread(self) -> int:
        """How many messages are new."""
        return self.news.unread

    @property
    def calling(self) -> int:
        """How many of the new messages call for the user."""
        return len(self.news.mentions)

    @property
    def mentioned(self) -> bool:
        """Whether something new calls for the user."""
        return bool(self.calling)

    @property
    def begun(self) -> str:
        """The text that is typed and pasted, and not sent."""
        text, cursor = self.editor.text, self.editor.cursor
        return f"{text[:cursor]}{self.pasted}{text[cursor:]}"

    def said(self, message: MessageLine, *, seen: bool, hidden: bool = False) -> bool:
        """Take *message*; count it as new unless it is *seen* as it comes, or *hidden*; say whether it is news."""
        self.newest = max(self.newest, message.seq)
        message = self.retractions.applied(message)
        self.window.add(message)
        self._know_of(message)
        self._remember(self.spoken, message.speaker)
        self.lately.spoke(message.speaker, message.at)
        self.hues.spoke(message.speaker)
        self.pending.pop(self._stored.pop(message.seq, ""), None)
        if not (self.reading.following or hidden):
            self.reading.arrived += 1
        news = self.news.concerns(message) and not hidden
        if news and not seen:
            self.news.add(message)
        return news

    def take_back(self, event: Redacted) -> MessageLine | None:
        """Know that a message was taken back, and keep nothing of its text; return what it was, if it was here."""
        self.retractions.add(event)
        self.quotes.renew(self.retractions.applied)
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

    def speaker(self, seq: int) -> str | None:
        """Return who said the message *seq*, if that was lately; whether its text is still here or not."""
        return next((known.speaker for known in reversed(self._recent) if known.seq == seq), None)

    def message(self, seq: int) -> MessageLine | None:
        """Return the message *seq*, if it is here."""
        return next((found for window in self._windows() if (found := message_at(window.lines, seq))), None)

    def _windows(self) -> Sequence[Window]:
        return [window for window in (self.window, self.reading.elsewhere) if window]

    def _messages(self) -> Iterator[MessageLine]:
        return (line for window in self._windows() for line in window.lines if isinstance(line, MessageLine))

    def _know_of(self, *messages: MessageLine) -> None:
        """Remember who said *messages*."""
        self._recent.extend(_Known(each.seq, each.speaker, each.own) for each in messages if not each.retraction)

    def show(self, line: Line) -> None:
        """Put *line*, which is in no log, behind what was said last."""
        self.window.add(line)

    def page(self, messages: Sequence[MessageLine], *, more: bool, before: int | None, after: int | None) -> None:
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

    def stored(self, cid: str, seq: int) -> None:
        """Know that the message *cid* is in the log; it waits here until it comes from there."""
        if seq <= self.newest:
            self.pending.pop(cid, None)
        else:
            self._stored[seq] = cid

    def refused(self, cid: str, reason: str, at: datetime) -> None:
        """Show that the message *cid* won't be said, and what it was."""
        if pending := self.pending.pop(cid, None):
            self.window.add(NoticeLine(at, f"Not sent: {pending.text}\n{reason}", error=True))

    def speak_to(self, username: str) -> None:
        """Remember that the user has spoken to *username*."""
        self._remember(self.addressed, username)

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
        known = (line for line in self.window.lines if isinstance(line, MessageLine))
        counted = (line for line in known if not line.own and not ignores(line.speaker))
        self.news.read_elsewhere(to, self.newest, counted)

    @staticmethod
    def _remember(order: dict[str, None], username: str) -> None:
        order.pop(username, None)
        order[username] = None
        if len(order) > MAX_ASKED_NAMES:
            del order[next(iter(order))]
