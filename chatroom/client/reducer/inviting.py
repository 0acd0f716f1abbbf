"""Inviting: somebody has the user come into a room, and the user does."""

from __future__ import annotations

from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.wire.frames.requests import AnyRequest


def invited(chat: Chat, room: str, by: str) -> None:
    """Tell the user that they are invited into *room* *by* somebody, unless that is one whom they ignore."""
    if chat.preferences.ignores(by):
        return
    if chat.called(room):
        chat.notice(f"{by} invites you to {room}, where you are.")
        return
    chat.invitations.add(room)
    key = chat.keys.label(Action.ACCEPT)
    chat.notice(f"{by} invites you to {room}: /join {room} enters it{f', and {key}' if key else ''}.")
    chat.alerts.invited(room, by)


def accept(chat: Chat) -> AnyRequest | None:
    """Enter the room into which the user was invited last, as :meth:`.Chat.enter` does."""
    if room := chat.invitations.newest:
        return chat.enter(room)
    chat.aside("You have no invitation.")
    return None
