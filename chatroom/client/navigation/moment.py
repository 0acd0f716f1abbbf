"""The way to what was said at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.navigation.message import LOOKING, go
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

INSTANT = timedelta(milliseconds=1)
"""What a server tells apart: "since" means later than a time, and it means from that time on to people."""


class _MomentLookup:
    """Finds the first message of *conversation* from the time *when* on, and looks there."""

    def __init__(self, chat: Chat, conversation: Conversation, when: datetime) -> None:
        self._chat = chat
        self._conversation = conversation
        self._when = when

    def begin(self) -> AnyRequest:
        self._chat.remark = LOOKING
        since = self._chat.moment(self._when - INSTANT)
        return self._chat.lookups.ask(self._conversation.address.history(since=since, limit=1), self)

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        self._chat.remark = ""
        if self._chat.current is not self._conversation:
            return ()
        if not reply.entries:
            self._chat.remark = f"Nothing was said here since {self._when:%Y-%m-%d %H:%M}"
            return ()
        asked = go(self._chat, self._conversation, reply.entries[0].seq)
        return (asked,) if asked else ()

    def failed(self, reason: str) -> None:
        self._chat.remark = reason


def go_to_moment(chat: Chat, conversation: Conversation, when: datetime) -> AnyRequest:
    """Look at the first message of *conversation* from the local time *when* on; return what to ask for."""
    return _MomentLookup(chat, conversation, when).begin()
