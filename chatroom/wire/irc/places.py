"""Where something was said: a room, or a talk with somebody."""

from __future__ import annotations

from typing import NamedTuple

from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import RoomName, Username, username
from chatroom.wire.irc.channels import is_channel, room_of
from chatroom.wire.irc.isupport import PAGE

ANY = "*"
"""In place of a message or a time: none is meant."""


class MessageTarget(NamedTuple):
    """A room, or one's talk with an *other*, by the *target* as it was written."""

    target: str
    room: RoomName | None = None
    other: Username | None = None


class Wrong(Exception):
    """A parameter that can't be meant: a code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence


def place_of(target: str) -> MessageTarget:
    """Return the place that *target* means.

    :raises Wrong: if it can't be one.
    """
    try:
        if is_channel(target):
            return MessageTarget(target, room=room_of(target))
        return MessageTarget(target, other=username(target))
    except ChatError as error:
        raise Wrong("INVALID_TARGET", str(error)) from None


def limit_of(word: str) -> int:
    """Return how many messages there may be, as *word* says.

    :raises Wrong: if it says no number.
    """
    if not (word.isascii() and word.isdecimal()) or not int(word[:9]):
        raise Wrong("INVALID_PARAMS", "How many there may be is a number from 1 on")
    return min(int(word[:9]), PAGE)
