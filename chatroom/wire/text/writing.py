"""Lines of text as they go to a terminal, and what replies and events write alike."""

from __future__ import annotations

from chatroom.core.values import texts
from chatroom.core.values.events import ByeReason
from chatroom.core.values.wording import because, ending


def written(*lines: str) -> bytes:
    """Return *lines* with nothing in them that could harm a terminal."""
    return "".join([texts.harmless(line) + "\n" for line in lines]).encode()


def head_count(members: int, capacity: int) -> str:
    """Write how many are in a room, and how many may be."""
    return f"{members}/{capacity}" if capacity else str(members)


def bye(reason: ByeReason, note: str = "", until: int | None = None) -> str:
    """Write the last line of a connection."""
    if reason == "quit":
        return "* Bye."
    return f"* Bye: {reason.replace('-', ' ')}{ending(until)}{because(note)}."
