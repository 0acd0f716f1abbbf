"""The way to another room."""

from __future__ import annotations

from chatroom.client.keys.actions import ROOMS, Action
from chatroom.client.model import overview
from chatroom.client.model.chat import Chat


def travel(chat: Chat, action: Action) -> bool:
    """Look at the room that *action* leads to; return False if it is no such action."""
    rooms = list(chat.conversations.values())
    if action in ROOMS:
        index = ROOMS.index(action)
        target = rooms[index] if index < len(rooms) else None
    elif action is Action.NEXT_ACTIVE:
        target = overview.active(chat)
    elif action is Action.LAST_ROOM:
        target = chat.last
    elif action in (Action.NEXT_ROOM, Action.PREVIOUS_ROOM):
        step = 1 if action is Action.NEXT_ROOM else -1
        here = rooms.index(chat.current) if chat.current in rooms else (-1 if step > 0 else 0)
        target = rooms[(here + step) % len(rooms)] if rooms else None
    else:
        return False
    if target:
        chat.look(target)
    return True
