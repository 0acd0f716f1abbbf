"""Lines of text as they go to a terminal, and what replies and events write alike."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from chatroom.core.values import texts
from chatroom.core.values.events import ByeReason
from chatroom.core.values.wording import because, ending


def written(*lines: str) -> bytes:
    """Return *lines* with nothing in them that could harm a terminal."""
    return "".join([texts.harmless(line) + "\n" for line in lines]).encode()


def columns(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 1 + (east_asian_width(letter) in "WF") for letter in text)


def head_count(members: int, capacity: int) -> str:
    """Write how many are in a room, and how many may be."""
    return f"{members}/{capacity}" if capacity else str(members)


def message_count(count: int, most: int | None = None) -> str:
    """Write how many messages there are, at least if these are as many as the *most* that are counted."""
    return f"{counted(count, most)} {'message' if count == 1 else 'messages'}"


def counted(count: int, most: int | None) -> str:
    """Write a *count*; one of the *most* that are counted may be more."""
    return f"{count}+" if count == most else str(count)


def bye(reason: ByeReason, note: str = "", until: int | None = None) -> str:
    """Write the last line of a connection."""
    if reason == "quit":
        return "* Bye."
    return f"* Bye: {reason.replace('-', ' ')}{ending(until)}{because(note)}."
