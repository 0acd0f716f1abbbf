"""The message that another one answers: the way there, and the lookup of what is shown above the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.navigation.message import go
from chatroom.client.reducer import receiving
from chatroom.client.views.lines import MessageLine, message_at
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
        request = self._conversation.address.history(before=self._seq + 1, limit=1)
        return self._chat.lookups.ask(request, self)

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        found = (message for message in receiving.messages(self._chat, reply) if message.seq == self._seq)
        self._conversation.quotes.take(self._seq, next(found, None))
        return ()

    def failed(self, reason: str) -> None:
        self._conversation.quotes.retry(self._seq)


def go_to_answered(chat: Chat, conversation: Conversation, message: MessageLine | None) -> AnyRequest | None:
    """Look at what *message* answers, or (None) the answer that was read last; return what to ask for."""
    answer = message or _last_answer(chat, conversation)
    if answer and answer.re is not None:
        return go(chat, conversation, answer.re)
    chat.remark = "That answers no other message" if answer else "Nothing here answers another message"
    return None


def _last_answer(chat: Chat, conversation: Conversation) -> MessageLine | None:
    """Return the newest answer, or where the user reads further up the first one from there on."""
    at = conversation.reading.at
    lines = chat.line_filter.shown(conversation.reading.shown.lines)
    answers = [line for line in lines if isinstance(line, MessageLine) and line.re is not None]
    if at is not None and (below := next((line for line in answers if line.seq >= at), None)):
        return below
    return answers[-1] if answers else None


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
