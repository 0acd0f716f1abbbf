"""A command that is typed with a slash, and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chatroom.client.compose.completion import Kind
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.room import Room
from chatroom.client.screens.screen import Screen
from chatroom.wire.frames.requests import AnyRequest

MAX_NUMBER = 2**53
"""Above all numbers that a server takes."""


class NotDone(Exception):
    """A line that can't be carried out; its text says why, and what to do.

    It is typed again as *line*, if it is not to be seen as it was.
    """

    def __init__(self, text: str, line: str | None = None) -> None:
        super().__init__(text)
        self.line = line


Meaning = Callable[[Screen, str], AnyRequest | None]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how it is written (*name*, then *form*), what for, what its *arguments* are, and what it does."""

    name: str
    form: str
    purpose: str
    meaning: Meaning
    arguments: tuple[Kind, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """Show how it is written."""
        return f"/{self.name} {self.form}".rstrip()


class Incomplete(Exception):
    """A command that lacks a word."""


def whole(rest: str) -> str:
    """Return *rest*.

    :raises Incomplete: if it is nothing.
    """
    if not rest:
        raise Incomplete
    return rest


def word(rest: str) -> str:
    """Return the first word.

    :raises Incomplete: if there is none.
    """
    return whole(rest).split(maxsplit=1)[0]


def words(rest: str) -> tuple[str, str]:
    """Return the first word, and what comes after it."""
    first = word(rest)
    return first, rest[len(first) :].strip()


def number(text: str) -> int | None:
    """Return the number that *text* is, from 1 on; None if it is none that a server takes."""
    if not (text.isascii() and text.isdigit() and len(text) < len(str(MAX_NUMBER))):
        return None
    return int(text) or None


def here(screen: Screen) -> str:
    """Return the name of the room that is looked at.

    :raises NotDone: if that is none.
    """
    there = conversation(screen)
    if not isinstance(there, Room):
        raise NotDone("That is for rooms: go to the one that it is about.")
    return there.name


def conversation(screen: Screen) -> Conversation:
    """Return the conversation that is looked at.

    :raises NotDone: if that is none.
    """
    if screen.chat.current is None:
        raise NotDone("You are in the lobby: enter the room that it is about.")
    return screen.chat.current


def named(chat: Chat, rest: str) -> str:
    """Return the room or talk that *rest* names, or the one that is looked at.

    :raises Incomplete: if it names none in the lobby.
    """
    if rest:
        name = word(rest)
        return found.name if (found := chat.called(name)) else name
    if chat.current is None:
        raise Incomplete
    return chat.current.name
