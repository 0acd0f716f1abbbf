"""The rooms in words, for ``/rooms``."""

from __future__ import annotations

from chatroom.client.pages.chat import Chat
from chatroom.client.pages.views import Row

_MOST = 50
"""Rooms that are listed."""


def listing(chat: Chat, part: str = "") -> str:
    """List the rooms with *part* in their name, a line each: those one is in, by number, then the others."""
    lines = []
    rows = {row.room: row for row in chat.rows(part)}
    for number, tab in enumerate(chat.tabs(), 1):
        if row := rows.pop(tab.room, None):
            new = f"{tab.unread} new{' @' * tab.mentioned}" if tab.unread else "you are here" if tab.current else ""
            lines.append(_line(f"{number} {tab.room}", row, new))
    others = list(rows.values())
    lines += [_line(row.room, row) for row in others[:_MOST]]
    if len(others) > _MOST:
        lines.append(f"and {len(others) - _MOST} more: /lobby shows them all")
    return "\n".join(lines) or (f"No room has {part} in its name." if part else "No room is open.")


def _line(name: str, row: Row, news: str = "") -> str:
    """Write one room."""
    people = f"{row.members} {'person' if row.members == 1 else 'people'}"
    return " · ".join(word for word in (name, people, "full" if row.full else "", news, row.topic) if word)
