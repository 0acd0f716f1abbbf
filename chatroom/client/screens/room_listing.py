"""The rooms in words, for ``/rooms``."""

from __future__ import annotations

from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.core.values.names import fold

_MAX_LISTED = 50
"""Rooms that are listed besides the joined ones."""


def listing(chat: Chat, part: str = "") -> str:
    """List the rooms with *part* in their name, a line each: the joined ones by number, then the others."""
    lines = [
        # What the room itself tells is newer than the list of all rooms.
        _line(f"{number} {room.name}", room.count, _news(chat, room), room.topic)
        for number, room in enumerate(chat.conversations.values(), 1)
        if fold(part) in fold(room.name)
    ]
    others = [row for row in overview.lobby_rooms(chat, part) if not row.joined]
    lines += [_line(row.room, row.members, "full" if row.full else "", row.topic) for row in others[:_MAX_LISTED]]
    if len(others) > _MAX_LISTED:
        lines.append(f"and {len(others) - _MAX_LISTED} more: /lobby shows them all")
    return "\n".join(lines) or (f"No room has {part} in its name." if part else "No room is open.")


def _news(chat: Chat, room: Conversation) -> str:
    """Return the news of a joined room."""
    if room is chat.current:
        return "you are here"
    return f"{room.unread} new{' @' * room.mentioned}" if room.unread else ""


def _line(name: str, members: int, news: str, topic: str) -> str:
    """Write one room."""
    people = f"{members} {'person' if members == 1 else 'people'}"
    return " · ".join(word for word in (name, people, news, topic) if word)
