"""The vocabulary that Tab offers: people, rooms and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatroom.client.compose.completion import Kind, Vocabulary, ranked
from chatroom.client.model.chat import Chat
from chatroom.client.model.preferences import Interest
from chatroom.client.model.room import Room
from chatroom.client.screens.commands import ARGUMENTS, COMMANDS, topics
from chatroom.client.screens.moderating_commands import SWITCH


def vocabulary(chat: Chat) -> Vocabulary:
    """Return the words that can be completed here, the likeliest first."""
    here = chat.current
    people: Sequence[str] = ()
    if here:
        people = ranked(here.members, list(reversed(here.addressed)), list(reversed(here.spoken)), chat.username)
    # Whom one talks with alone can be told something from anywhere.
    people = [*people, *(talk.other for talk in chat.talks if talk.other not in people)]
    joined = list(chat.conversations)
    if here:
        joined = [here.name, *(room for room in joined if room != here.name)]
    others = [room for room in chat.room_list.rooms if room not in chat.conversations]
    levels = [str(interest) for interest in Interest]
    words: Mapping[Kind, Sequence[str]] = {
        "command": [*(command.name for command in COMMANDS), *topics()],
        "joined": joined,
        "elsewhere": [*others, *joined],
        "own": [room for room in (*joined, *others) if room in chat.room_list.own],
        "notified": [*joined, *levels, *others],
        "level": levels,
        "switch": SWITCH,
        "ignored": chat.preferences.ignored,
        "name": [chat.username],
        "topic": [here.topic] if isinstance(here, Room) and here.topic else [],
    }
    rooms = [name for name in joined if chat.room(name)]
    return Vocabulary(people, [*rooms, *others], ARGUMENTS, words)
