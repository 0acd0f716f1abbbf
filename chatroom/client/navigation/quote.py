"""The lookup of a message that another one answers, to be shown above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.views.lines import message_at
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

MOST = 3
"""Messages that are looked up at once: it is done again each second, and a server takes some requests only."""


class _QuoteLookup:
    """Fetches the message *seq* of *conversation*."""

    def __init__(self, chat: Chat, conversation: Conversation, seq: int) -> None:
        self._chat = chat
        self._conversation = conversation
        self._seq = seq

    def begin(self) -> AnyRequest:
        request = requests.History(room=self._conversation.room, before=self._seq + 1, limit=1)
        return self._chat.lookups.ask(request, self)

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        found = (message for message in self._chat.messages(reply) if message.seq == self._seq)
        self._conversation.quotes.take(self._seq, next(found, None))
        return ()

    def failed(self, reason: str) -> None:
        self._conversation.quotes.retry(self._seq)


def look_up(chat: Chat, conversation: Conversation, seqs: Iterable[int]) -> Sequence[AnyRequest]:
    """Return what to ask for to know what the messages *seqs* of *conversation* say, which are answered in view."""
    quotes = conversation.quotes
    asked: list[AnyRequest] = []
    for seq in quotes.unknown(seqs):
        if here := message_at(conversation.window.lines, seq):
            quotes.take(seq, here)
        elif len(asked) < MOST:
            asked.append(_QuoteLookup(chat, conversation, seq).begin())
        else:
            quotes.retry(seq)
    return asked
