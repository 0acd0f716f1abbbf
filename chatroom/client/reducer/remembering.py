"""Remembering: what the chat keeps of where the user is, and brings back the next time."""

from __future__ import annotations

from msgspec import UnsetType

from chatroom.client.model.chat import Chat
from chatroom.client.model.memory import SavedView
from chatroom.client.model.preferences import NotRemembered
from chatroom.client.model.room import Room
from chatroom.client.model.talk import SIGN
from chatroom.client.reducer import leaving
from chatroom.core.values.names import fold
from chatroom.wire.frames.answers import Entered, Welcome


def begin(chat: Chat, welcome: Welcome) -> None:
    """Want to be where the user was the last time, as far as *welcome* has nothing against it."""
    try:
        place = chat.memory.begin(welcome.username)
    except NotRemembered as error:
        chat.warn(str(error))
        # Who goes straight into a room does not see the lobby.
        chat.untold = str(error) if chat.wanted.first else ""
        place = SavedView()
    if chat.memory.layout.strangers is not None:
        chat.line_filter.quiet = not chat.memory.layout.strangers
    rooms, view = ([*place.rooms], place.view) if place else ([], "")
    if place:
        chat.wanted_talks = [*place.talks]
        chat.wanted_talk = view.removeprefix(SIGN) if view.startswith(SIGN) else ""
    if welcome.account and not isinstance(welcome.follows, UnsetType):
        # What was left at another device meanwhile is not to be entered again.
        followed = {fold(room) for room in welcome.follows}
        rooms = [room for room in rooms if fold(room) in followed]
    # A program is where it is told to be.
    held = welcome.rooms if welcome.resumed and place else []
    if held and not rooms:
        # The client has ended without a word, before it could write down where it was.
        rooms, view = held, held[-1]
    if rooms:
        chat.wanted.recall(rooms, view if view in rooms else "")
    # Of an account, other devices; of a guest, rooms that were entered just before such an end.
    chat.wanted.follow((welcome.follows or ()) if welcome.account else held)


def restore(chat: Chat, room: Room) -> None:
    """Put *room*, which is new, where it stood the last time, with what was begun there."""
    chat.conversations[room.name] = room
    # Talks stand behind the rooms.
    names = sorted(chat.wanted.in_order(chat.conversations), key=lambda name: chat.room(name) is None)
    chat.conversations = {name: chat.conversations[name] for name in names}
    room.editor.replace(chat.memory.begun(room.name))


def read_to(chat: Chat, entered: Entered) -> int | None:
    """Return up to which message the user has read the room that they have *entered*; None begins where they came in.

    A server that keeps marks has none of a room where they were only if nothing is read there.
    """
    marked = entered.marked if isinstance(entered.marked, int) else None
    if marked is None and "marks" in chat.features and chat.wanted.was_in(entered.room):
        marked = 0
    return chat.memory.read_to(entered.room, entered.epoch, marked)


def remember(chat: Chat) -> None:
    """Keep where the user is, for the next time; that this fails is told once."""
    for conversation in chat.conversations.values():
        leaving.memorize(chat, conversation)
    joined = [name for name in chat.conversations if chat.room(name)]
    rooms = chat.wanted.in_order([*joined, *chat.wanted.pending])
    talks = [talk.other for talk in chat.talks if talk.may_be_kept] + chat.wanted_talks
    view = chat.current.name if chat.current else chat.wanted.coming
    if not view and chat.wanted_talk:
        view = f"{SIGN}{chat.wanted_talk}"
    try:
        chat.memory.keep(rooms, view, talks)
    except NotRemembered as error:
        chat.warn(f"Where you are is not remembered: {error}.")
