"""The commands about what the user wants to be told, and of whom to see nothing; it is remembered."""

from __future__ import annotations

from collections.abc import Mapping

from chatroom.client.model.chat import Chat
from chatroom.client.model.preferences import Interest, NotRemembered
from chatroom.client.screens.command import Command, Incomplete, NotDone, named, word
from chatroom.client.screens.screen import Screen
from chatroom.core.values import names
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames.requests import AnyRequest


def _keep(chat: Chat, told: str) -> None:
    """Remember what one prefers now, as *told*."""
    try:
        chat.preferences.keep()
    except NotRemembered as error:
        chat.aside(f"{told} That lasts only until you quit: {error}.", error=True)
    else:
        chat.aside(told)


def _notify(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    *places, interest = rest.split() or [""]
    if interest and interest not in list(Interest):
        places, interest = [*places, interest], ""
    if len(places) > 1:
        raise Incomplete
    room = named(chat, places[0] if places else "")
    known = chat.called(room) or names.fold(room) in map(names.fold, chat.room_list.rooms)
    if not known:
        raise NotDone(f"There is no room called {room}; what you can ask for is all, mentions or mute.")
    if interest:
        chat.preferences.take(room, Interest(interest))
        if interest == Interest.MUTE and (conversation := chat.called(room)):
            conversation.look()
        _keep(chat, f"{room}: {_INTERESTS[Interest(interest)]}.")
    else:
        chat.aside(f"{room}: {_INTERESTS[chat.preferences.interest(room)]}.")
    return None


_INTERESTS: Mapping[Interest, str] = {
    Interest.ALL: "you are told of every message",
    Interest.MENTIONS: "you are told of messages that mention you",
    Interest.MUTE: "you are told of nothing, and nothing is counted",
}


def _ignore(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    if not rest:
        chat.aside(f"You ignore {', '.join(chat.preferences.ignored) or 'nobody'}.")
        return None
    try:
        username = names.username(word(rest))
    except ChatError as error:
        raise NotDone(str(error)) from error
    if names.fold(username) == names.fold(chat.username):
        raise NotDone("That is you.")
    chat.preferences.ignore(username)
    _keep(chat, f"What {username} says is hidden, until you write /unignore {username}.")
    return None


def _unignore(screen: Screen, rest: str) -> AnyRequest | None:
    username = word(rest)
    if not screen.chat.preferences.unignore(username):
        raise NotDone(f"You do not ignore {username}; /ignore lists whom you do.")
    _keep(screen.chat, f"You see again what {username} says.")
    return None


PREFERRING = (
    Command(
        "notify",
        "[room] [level]",
        "how much you are told of a room: all, mentions or mute",
        _notify,
        ("notified", "level"),
    ),
    Command("ignore", "[name]", "see no more of what somebody says; alone, list those ignored", _ignore, ("user",)),
    Command("unignore", "name", "see somebody again", _unignore, ("ignored",)),
)
"""Those that change preferences."""
