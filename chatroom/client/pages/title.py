"""The title of the terminal's window, which is seen when the window is not."""

from __future__ import annotations

from chatroom.client.pages.chat import Chat


def title(chat: Chat) -> str:
    """Say where one is, and how much is new elsewhere, with a ``!`` if somebody named one."""
    tabs = chat.tabs()
    unread = sum(tab.unread for tab in tabs)
    new = f" ({unread}{'!' if any(tab.mentioned for tab in tabs) else ''})" if unread else ""
    return f"chatroom{f': {chat.current.room}' if chat.current else ''}{new}"
