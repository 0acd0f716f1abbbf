"""The overview: what any screen shows of the chat besides what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.preferences import Interest
from chatroom.client.model.room import Room
from chatroom.client.views.view import LobbyRoom, Status, Tab


def status(chat: Chat) -> Status:
    """Return the user's name and the state of the connection."""
    unsent = sum(len(conversation.pending) for conversation in chat.conversations.values())
    return Status(
        chat.username,
        chat.connectivity,
        chat.news,
        chat.lag,
        unsent,
        remark=chat.remark,
        highlight_words=chat.highlight_words,
        silence=chat.silence,
        restraint=restraint(chat),
        reports=chat.open_reports.told(),
        elsewhere=tuple(tab for tab in tabs(chat) if (tab.unread or tab.mentioned) and not tab.current),
        clock=chat.clock,
    )


def restraint(chat: Chat) -> str:
    """Write what keeps the user from speaking in the room that is looked at, or from the one they want to enter."""
    now = chat.now()
    if chat.mute and chat.mute.holds(now):
        return chat.mute.told("muted everywhere", now)
    if isinstance(chat.current, Room):
        return chat.current.restraints.told(now, free=chat.username in chat.current.roles)
    held = [(room, ban) for room, ban in chat.bans.items() if ban.holds(now)]
    return next((ban.told(f"banned from {room}", now) for room, ban in reversed(held)), "")


def tabs(chat: Chat) -> Sequence[Tab]:
    """Return the open conversations, in their order."""
    return [
        Tab(
            conversation.name,
            conversation.unread,
            conversation.mentioned,
            conversation is chat.current,
            muted=chat.preferences.interest(conversation.name) is Interest.MUTE,
            begun=conversation is not chat.current and bool(conversation.begun),
        )
        for conversation in chat.conversations.values()
    ]


def active(chat: Chat) -> Conversation | None:
    """Return the room where most goes on: the first with a mention, else the one with the most new messages."""
    others = [found for found in chat.conversations.values() if found is not chat.current and found.unread]
    return max(others, key=lambda found: (found.mentioned, found.unread), default=None)


def hues_by_room(chat: Chat) -> Mapping[str, Mapping[str, int]]:
    """Return the hues of people in each of the joined rooms."""
    return {room: conversation.hues.given for room, conversation in chat.conversations.items()}


def lobby_rooms(chat: Chat, part: str = "") -> Sequence[LobbyRoom]:
    """List the open rooms that have *part* in their name, those that begin with it first, then the busy ones."""
    last = ((room, conversation.said_last) for room, conversation in chat.conversations.items())
    shown = {room: said for room, said in last if said and not chat.preferences.ignores(said.speaker)}
    return chat.room_list.matching(part, chat.conversations, chat.invitations, shown)
