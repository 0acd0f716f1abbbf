"""A private talk: what is said with one person alone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET
from typing_extensions import override

from chatroom.client.compose.editor import Clipboard
from chatroom.client.compose.input_history import HistoryCursor, InputHistory
from chatroom.client.model.address import Address
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.hues import Hues
from chatroom.client.views.lines import MessageLine, Pending, Private
from chatroom.core.values.names import fold
from chatroom.wire.frames.answers import Talk as Listed
from chatroom.wire.frames.requests import Tell

SIGN = "@"
"""The beginning of the name of a talk, with which no room begins."""

KEPT = "kept by the server"
GONE = "kept by the server; nobody has that account any more"
NOT_KEPT = "only here, until you close the client"


class Talk(Conversation):
    """The client's knowledge of what is said with *other* alone, while its page is open.

    Between accounts the server keeps it (:attr:`kept`), and numbers it. Otherwise, or until that is known, the client
    gives numbers of its own, and has it for as long as it runs.
    """

    kind = "talk"

    def __init__(
        self,
        other: str,
        sent: InputHistory | None = None,
        clipboard: Clipboard | None = None,
        hues: Hues | None = None,
    ) -> None:
        super().__init__(f"{SIGN}{other}", Address(with_=other), sent, clipboard, hues)
        self.other = other
        self.kept = False
        # Whether the end of what the server keeps has been read.
        self._loaded = False
        # The newest message of which the server's list has told: what is new up to there is counted.
        self._listed = 0

    @property
    @override
    def members(self) -> Sequence[str]:
        return (self.other,)

    @property
    @override
    def calling(self) -> int:
        return self.unread

    @override
    def calls(self, message: MessageLine) -> bool:
        return not message.own

    @override
    def called_by(self, speaker: str) -> str:
        return f"{speaker} privately"

    @override
    def request(self, pending: Pending) -> Tell:
        re = UNSET if pending.re is None else pending.re
        return Tell(to=self.other, text=pending.text, action=pending.action, cid=pending.cid, re=re)

    @property
    def may_be_kept(self) -> bool:
        """Whether the server keeps it, as far as is known."""
        return self.kept or self.loading

    @property
    def unused(self) -> bool:
        """Whether nothing was ever said here, or is about to be."""
        return not (self.newest or self.pending or self.begun)

    def rename(self, other: str) -> None:
        """Know that the other one is called otherwise."""
        self.other = other
        self.name = f"{SIGN}{other}"
        self.address = Address(with_=other)
        self.history = HistoryCursor(self.name, self.history.sent)

    def list(self, row: Listed, *, counts: bool) -> None:
        """Begin as the server's list has it; what is unread *counts* as new."""
        unread = row.unread if counts else 0
        self.keep(row.seq, row.marked if unread else row.seq)
        self._listed = row.seq
        self.news.unread = unread
        self.marked = self.news.read

    def keep(self, newest: int, read: int | None = None) -> None:
        """Know that the server keeps it, up to the message *newest*, and that it was *read* so far.

        Where that is not known, nothing before is news, and the server is not told that any of it was read.
        """
        if self.kept:
            return
        self.kept, self.topic = True, KEPT
        unread = self.news.unread
        self.reading.return_to_live()
        # What was said before has no number there.
        self.window.let_numbers_go(self.other)
        self._recent.clear()
        self.retractions.clear()
        self.quotes.clear()
        self.answering = None
        self.newest = newest
        self.news.begin(newest, read)
        self.marked = self.news.read if read is None else 0
        self.news.unread = unread

    def keep_not(self) -> None:
        """Know that nobody keeps what is said from now on."""
        self.kept, self.topic = False, NOT_KEPT
        if not self.window.live:
            self.window.start_over()
        self.window.complete = True

    def is_also(self, talk: Talk) -> bool:
        """Say whether it is the same as *talk*, by another name: messages of both are the same."""
        known = {line.seq: line for line in self._messages()}
        return any(_is_same(line, known.get(line.seq)) for line in talk._messages())

    def is_named_last(self) -> bool:
        """Say whether the other one has said something, and last by the name that the page has."""
        speakers = [line.speaker for line in self._messages() if not line.own]
        return bool(speakers) and fold(speakers[-1]) == fold(self.other)

    def lose(self) -> None:
        """Know that the other one has no account any more."""
        self.topic = GONE

    def wants_page(self) -> bool:
        """Return whether to ask for the newest page, which then counts as asked for."""
        if self._loaded or self.loading:
            return False
        self.loading = True
        return True

    @override
    def page(self, messages: Sequence[MessageLine], *, more: bool, before: int | None, after: int | None) -> None:
        newest = messages[-1].seq if messages else 0
        # What came while the page was on its way stays, and what was said when nobody kept it.
        later = [line for line in self.window.lines if isinstance(line, MessageLine) and line.seq > newest]
        earlier = [line for line in self.window.lines if isinstance(line, Private)]
        super().page(messages, more=more, before=before, after=after)
        if before is None and after is None:
            self._loaded = True
            self.window.lines[:0] = [line for line in earlier if line not in self.window.lines]
            for message in later:
                self.window.add(message)

    @override
    def said(self, message: MessageLine, *, seen: bool, hidden: bool = False) -> bool:
        # What was missed may be in a page as well, and be listed.
        if self.kept and (message.seq <= self._listed or self.window.has(message.seq)):
            return False
        return super().said(message, seen=seen, hidden=hidden)

    def arrived(self, cid: str) -> None:
        """Know that the message *cid* waits no longer: it is there."""
        self.pending.pop(cid, None)


def _is_same(message: MessageLine, other: MessageLine | None) -> bool:
    return other is not None and (message.at, message.speaker) == (other.at, other.speaker)
