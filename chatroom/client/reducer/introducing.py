"""Who somebody is, in words, as the server tells it to the user who has asked."""

from __future__ import annotations

from chatroom.client.model.chat import Chat
from chatroom.wire.frames import answers


def introduce(chat: Chat, reply: answers.People) -> None:
    """Tell the user who those in *reply* are."""
    chat.aside("\n".join(_words(chat, person) for person in reply.people))


def _words(chat: Chat, person: answers.Person) -> str:
    name = f"{person.username} ({person.realname})" if person.realname else person.username
    about = [
        *([f"registered as {person.account}"] if person.account else []),
        *(["an operator"] if person.operator else []),
        *(["a bot"] if person.bot else []),
        *(["connection lost"] if person.held else []),
        *([f"here since {chat.local(person.since):%Y-%m-%d %H:%M}"] if person.since else []),
        *([f"in {', '.join(each.room for each in person.rooms)}"] if person.rooms else []),
    ]
    return f"{name}: {'; '.join(about)}.{f' Away: {person.away}.' if person.away else ''}"
