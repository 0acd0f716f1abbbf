"""Leaving: the user is no longer in a room, or a page is closed."""

from __future__ import annotations

from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.room import Room


def shut_out(chat: Chat, room: str, reason: str) -> None:
    """Know that the user is not in *room* any more."""
    leave(chat, room, f"You are not in {room} any more: {reason}", error=True)


def leave(chat: Chat, room: str, reason: str = "", *, error: bool = False) -> None:
    """Be no longer in *room*, for a *reason* to be told; what was begun there can be put into another line."""
    chat.invitations.settle(room)
    conversation = chat.called(room)
    if conversation:
        # What somebody is typing must not go on in another room, where others read it.
        forget(chat, conversation, back=not reason)
    if reason:
        chat.notice(reason, error=error)
    if conversation and (begun := conversation.begun):
        conversation.editor.keep(begun)
        key = chat.keys.label(Action.YANK)
        chat.notice(f"What you had begun there is kept{f': in a room, {key} puts it back' if key else ''}.")


def forget(chat: Chat, conversation: Conversation, *, back: bool) -> None:
    """Forget *conversation*; go *back* to the one before, or to the lobby."""
    memorize(chat, conversation)
    chat.wanted.left(conversation.name)
    del chat.conversations[conversation.name]
    chat.open_reports.forget(conversation.name)
    chat.logs.end(conversation.name)
    if chat.last is conversation:
        chat.last = None
    if chat.current is conversation:
        chat.current = None
        if back:
            chat.look(chat.last or next(reversed(chat.conversations.values()), None))
            chat.last = None


def memorize(chat: Chat, conversation: Conversation) -> None:
    """Know how far *conversation* was read and what was begun there, when it is entered again."""
    if isinstance(conversation, Room) and conversation.epoch:
        chat.memory.read(conversation.name, conversation.epoch, conversation.news.read)
    chat.memory.draft(conversation.name, conversation.begun)
