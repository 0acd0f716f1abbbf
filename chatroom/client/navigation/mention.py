"""The way to the mention of the user before, or behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from chatroom.client.model.chat import PAGE_SIZE, Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.navigation.message import LOOKING, go
from chatroom.client.reducer import receiving
from chatroom.client.text.highlights import highlights
from chatroom.client.views.lines import Line, MessageLine
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

_PAGES = 10
"""Pages of matches that are looked through for one key."""


def name_query(username: str) -> str:
    """Return what to search for to find the messages that mention *username*."""
    return f'"{username}"'


def is_mention(line: Line, chat: Chat) -> TypeGuard[MessageLine]:
    """Return whether *line* mentions the user and is to be seen; its speaker may be ignored by now."""
    return isinstance(line, MessageLine) and line.mention and not chat.preferences.ignores(line.speaker)


def mention_spans(chat: Chat, text: str) -> tuple[tuple[int, int], ...]:
    """Return the mentions of the user in *text*."""
    found = highlights(text, chat.username, chat.highlight_words)
    return tuple((highlight.start, highlight.end) for highlight in found if highlight.kind == "mention")


class _MentionLookup:
    """Asks the server for the mentions in *conversation* before *limit*, the newest first, until one is the right one.

    That is the first one, or (*later*) the last one behind the message *at*.
    """

    def __init__(self, chat: Chat, conversation: Conversation, at: int, *, later: bool) -> None:
        self._chat = chat
        self._conversation = conversation
        self._at = at
        self._later = later
        self._best: int | None = None
        self._left = _PAGES

    def begin(self, limit: int | None, best: int | None = None) -> AnyRequest:
        self._best = best
        return self._ask(limit)

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        if self._chat.current is not self._conversation:
            self._chat.remark = ""
            return ()
        messages = receiving.messages(self._chat, reply)
        found = [message.seq for message in messages if message.mention]
        over = not reply.more or not messages
        if self._later:
            self._best = min((seq for seq in found if seq > self._at), default=self._best)
            over |= bool(messages) and messages[-1].seq <= self._at
        elif found:
            self._best, over = found[0], True
        if not over and self._left:
            return (self._ask(messages[-1].seq),)
        asked = _go_or_say(self._chat, self._conversation, self._best, later=self._later)
        return (asked,) if asked else ()

    def failed(self, reason: str) -> None:
        self._chat.remark = reason

    def _ask(self, before: int | None) -> AnyRequest:
        self._left -= 1
        self._chat.remark = LOOKING
        query = name_query(self._chat.username)
        request = self._conversation.address.search(query, before=before, limit=PAGE_SIZE)
        return self._chat.lookups.ask(request, self)


def go_to_mention(chat: Chat, conversation: Conversation, *, later: bool) -> AnyRequest | None:
    """Look at the mention before the place where the user reads, or at a *later* one."""
    reading = conversation.reading
    at = conversation.newest + 1 if reading.at is None else reading.at
    shown = reading.shown
    here = _mentions(chat, shown.lines)
    if later:
        found = min((seq for seq in here if seq > at), default=None)
        if found is None and reading.elsewhere:
            # Between what is shown and what goes on with the log, only the server knows.
            window = conversation.window
            best = min(_mentions(chat, window.lines), default=None)
            return _MentionLookup(chat, conversation, at, later=True).begin(window.first, best)
    else:
        found = max((seq for seq in here if seq < at), default=None)
        if found is None and not shown.complete:
            return _MentionLookup(chat, conversation, at, later=False).begin(min(at, shown.first or at))
    return _go_or_say(chat, conversation, found, later=later)


def _mentions(chat: Chat, lines: Sequence[Line]) -> list[int]:
    return [line.seq for line in lines if is_mention(line, chat)]


def _go_or_say(chat: Chat, conversation: Conversation, seq: int | None, *, later: bool) -> AnyRequest | None:
    if seq is None:
        chat.remark = "No later mention" if later else "No earlier mention"
        return None
    return go(chat, conversation, seq)
