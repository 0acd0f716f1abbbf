"""Text as wide as there is room."""

from __future__ import annotations

from enum import Enum

import urwid

from chatroom.client.text.safe import safe


class Align(Enum):
    """The side on which a text stands in the room that it has."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


def width(text: str) -> int:
    """Return how many columns the safe *text* takes."""
    return len(text) if text.isascii() else urwid.calc_width(text, 0, len(text))


def cut(text: str, columns: int) -> str:
    """Return any *text* as one safe line of at most *columns*, ending with … if it was longer."""
    text = safe(text)
    if width(text) <= columns:
        return text
    if columns < 1:
        return ""
    end, _ = urwid.calc_text_pos(text, 0, len(text), columns - 1)
    # A text can be wider than its clusters one by one, when marks stand where none should.
    while width(text[:end] + "…") > columns:
        end -= 1
    return text[:end] + "…"


def pad(text: str, columns: int, align: Align = Align.LEFT) -> str:
    """Return any *text*, cut if need be, with spaces up to *columns*."""
    text = cut(text, columns)
    room = max(columns - width(text), 0)
    match align:
        case Align.LEFT:
            return text + " " * room
        case Align.RIGHT:
            return " " * room + text
        case Align.CENTER:
            return " " * (room // 2) + text + " " * (room - room // 2)
