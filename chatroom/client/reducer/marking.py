"""Marks: the server knows how far the user has read each room, and tells what they read at their other devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.room import Room
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import answers, requests

MOST_COUNTED = 1000
"""Unread messages of a room beyond which the server does not count."""


def due(chat: Chat, most: int, name: str = "") -> Sequence[requests.Mark]:
    """Return at most so many marks that the server does not know, of all or of what is called *name*.

    Then it counts as told.
    """
    if "marks" not in chat.features or chat.connectivity is not Connectivity.ONLINE:
        return []
    named = chat.called(name) if name else None
    places = [named] if named else [] if name else list(chat.conversations.values())
    told = list(islice((each for each in places if each.kept and each.news.read > each.marked), most))
    for conversation in told:
        conversation.marked = conversation.news.read
    return [conversation.address.mark(conversation.marked) for conversation in told]


def spoke(conversation: Conversation, seq: int) -> None:
    """Know that the user said the message *seq*: the server marks it by itself, if nothing was unread before."""
    if conversation.marked == seq - 1 == conversation.news.read - 1:
        conversation.marked = seq


def marked(chat: Chat, conversation: Conversation, seq: int) -> None:
    """Know that the server has a mark at the message *seq*, perhaps by another device."""
    conversation.marked = max(conversation.marked, seq)
    conversation.read_elsewhere(seq, chat.preferences.ignores)


def counted(chat: Chat, reply: answers.Unread, request: requests.Unread | None = None) -> Sequence[requests.Unread]:
    """Take the server's word for how much is new where more is than was sent; return what asks for the next page."""
    for row in reply.unread:
        conversation = chat.at(row.room, row.with_)
        if conversation is None or conversation is chat.current or row.marked != conversation.news.read:
            continue
        news = conversation.news
        if row.unread < MOST_COUNTED:
            news.unread = min(news.unread, row.unread)
        if row.mention and news.unread and row.mention.seq not in news.mentions:
            news.mentions.appendleft(row.mention.seq)
    if not (reply.more and reply.unread):
        return []
    before = chat.local(reply.unread[-1].at)
    # A server that lists the same again would be asked for ever.
    goes_on = not (request and request.before) or before < request.before
    return [requests.Unread(before=before)] if goes_on and _is_to_come(chat, before) else []


def _is_to_come(chat: Chat, before: datetime) -> bool:
    """Say whether a room of which the count is wanted may be in a list of what was said *before* that time."""
    rooms = (each for each in chat.conversations.values() if isinstance(each, Room) and each is not chat.current)
    return any(room.unread and room.said_last and room.said_last.at < before for room in rooms)
