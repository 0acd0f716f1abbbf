"""The way to a message in a room, and back."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import PAGE_SIZE, Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.reading import ReturnPoint, Unseen
from chatroom.client.model.window import Window
from chatroom.client.reducer import receiving
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import Anchor
from chatroom.core.values.names import fold
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Entries
from chatroom.wire.frames.requests import AnyRequest

LOOKING = "looking …"


class MessageLookup:
    """Fetches what is around the message *seq* of *conversation*, and then looks there; it may be *emphasized*."""

    def __init__(self, chat: Chat, conversation: Conversation, seq: int, *, emphasized: bool) -> None:
        self._chat = chat
        self._conversation = conversation
        self._seq = seq
        self._emphasized = emphasized
        self._window = Window()

    def begin(self) -> AnyRequest | None:
        """Look there at once if it is here; else return what to ask for."""
        conversation = self._conversation
        conversation.reading.lookup = self
        for window in (conversation.reading.shown, conversation.window):
            if any(isinstance(line, MessageLine) and line.seq == self._seq for line in window.lines):
                self._arrive(None if window is conversation.window else window)
                return None
        # A page may be cut short by its length, so each of the two begins with what is looked for.
        return self._ask(conversation.address.history(before=self._seq + 1, limit=PAGE_SIZE // 2))

    def answered(self, reply: Entries, request: AnyRequest) -> Sequence[AnyRequest]:
        """Take a page: first that of the message and what is before it, then what is behind it."""
        if self._conversation.reading.lookup is not self or not isinstance(request, requests.History):
            return ()
        messages = receiving.messages(self._chat, reply)
        if not isinstance(request.after, int):
            if not messages or messages[-1].seq != self._seq:
                self.failed("The server does not keep that message any more.")
                return ()
            self._window.add_older(messages, more=reply.more is True)
            return (self._ask(self._conversation.address.history(after=self._seq, limit=PAGE_SIZE // 2)),)
        # Something of the first page may have been taken back meanwhile.
        self._window.renew(self._conversation.retractions.applied)
        self._window.live = False
        self._conversation.reading.go_on(self._window, messages, more=reply.more is True)
        self._arrive(self._conversation.reading.elsewhere)
        return ()

    def failed(self, reason: str) -> None:
        """Stay, and say why."""
        if self._conversation.reading.lookup is self:
            self._conversation.reading.lookup = None
            self._chat.remark = reason

    def _ask(self, request: AnyRequest) -> AnyRequest:
        self._chat.remark = LOOKING
        return self._chat.lookups.ask(request, self)

    def _arrive(self, elsewhere: Window | None) -> None:
        reading = self._conversation.reading
        reading.arrive(self._seq, elsewhere, emphasized=self._emphasized)
        self._chat.remark = f"{self._chat.keys.label(Action.CANCEL)} leads back" if reading.back else ""


def go(chat: Chat, conversation: Conversation, seq: int, *, emphasized: bool = True) -> AnyRequest | None:
    """Look at the message *seq* of *conversation*, and remember the way back; return what to ask for."""
    if conversation not in chat.conversations.values():
        chat.remark = f"You are not in {conversation.name} any more"
        return None
    if conversation.reading.back is None:
        here = chat.current
        conversation.reading.back = ReturnPoint(here, here.reading.at if here else None)
    unread, mentions = conversation.unread, tuple(conversation.news.mentions)
    new = Unseen(unread, mentions, conversation.news.read_to) if unread else None
    if conversation is not chat.current:
        chat.look(conversation)
        conversation.reading.unseen = new
    return MessageLookup(chat, conversation, seq, emphasized=emphasized).begin()


def go_into(chat: Chat, room: str, seq: int) -> AnyRequest | None:
    """Enter *room*, and then look at the message *seq*; return what to ask for."""
    if conversation := chat.called(room):
        return go(chat, conversation, seq)
    chat.bound_for = room, seq
    return chat.enter(room)


def arrive(chat: Chat, room: str) -> AnyRequest | None:
    """Look at the message for which the user has entered *room*, now that they are there, if there is one."""
    if chat.bound_for is None or chat.current is None or fold(chat.bound_for[0]) != fold(room):
        return None
    (_, seq), chat.bound_for = chat.bound_for, None
    return go(chat, chat.current, seq) if chat.current is chat.called(room) else None


def go_back(chat: Chat, conversation: Conversation) -> AnyRequest | None:
    """Go back to the place before the way to a message in *conversation*; return what to ask for."""
    origin, conversation.reading.back = conversation.reading.back, None
    if origin is None:
        return None
    if origin.conversation is not conversation:
        there = chat.conversations.get(origin.conversation.name) if origin.conversation else None
        # When one comes here again, it is for what is said now.
        if there is origin.conversation:
            chat.look(there)
        return go_to_end(conversation)
    if origin.at is None:
        return go_to_end(conversation)
    return MessageLookup(chat, conversation, origin.at, emphasized=False).begin()


def go_to_end(conversation: Conversation) -> AnyRequest | None:
    """Look at the end of *conversation*; return what to ask for."""
    conversation.reading.return_to_live()
    conversation.reading.anchor = Anchor(None)
    if conversation.window.live:
        conversation.reading.follow(True)
        return None
    if conversation.loading:
        return None
    conversation.loading = True
    return conversation.address.history(limit=PAGE_SIZE)


def older(conversation: Conversation) -> AnyRequest | None:
    """Ask for what was said before the first message that is here."""
    window = conversation.reading.shown
    if conversation.loading or window.complete or window.first is None:
        return None
    conversation.loading = True
    return conversation.address.history(before=window.first, limit=PAGE_SIZE)


def newer(conversation: Conversation) -> AnyRequest | None:
    """Ask for what was said after the last message that is here, if the end is not."""
    window = conversation.reading.shown
    if conversation.loading or window.live or window.last is None:
        return None
    conversation.loading = True
    return conversation.address.history(after=window.last, limit=PAGE_SIZE)


def go_to_unread(chat: Chat, conversation: Conversation) -> AnyRequest | None:
    """Look at the first message that is new in *conversation*; return what to ask for."""
    read_to = conversation.news.read_to
    if read_to is None or read_to >= conversation.newest:
        chat.remark = "Nothing is new here"
        return None
    return go(chat, conversation, read_to + 1, emphasized=False)
