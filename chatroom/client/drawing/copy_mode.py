"""The text of a screen alone, to be copied: lines that the terminal itself wraps, so that it copies them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatroom.client.drawing.columns import cut, width
from chatroom.client.text.clock import TimeFormat
from chatroom.client.text.safe import safe
from chatroom.client.views.items import FoundMessage
from chatroom.client.views.lines import Line, MessageLine, Private
from chatroom.client.views.printed import written
from chatroom.client.views.view import ListView, LobbyView, RoomView, View

HINT = "Select and copy; any key goes back."


def plain_lines(view: View, first: int | None, columns: int, height: int) -> list[str]:
    """Return at most *height* rows' worth of the lines of *view*: from the *first* one on, or (None) the last."""
    lines = [text for line in _lines(view)[first or 0 :] for text in _texts(line, view.status.clock)]
    # What takes most room is looked at first where the end is what counts.
    kept: list[str] = []
    for line in lines if first is not None else reversed(lines):
        height -= max(-(-width(line) // columns), 1)
        if height < 0:
            break
        kept.append(line)
    return kept if first is not None else kept[::-1]


def sheet(lines: Sequence[str], columns: int, height: int) -> str:
    """Return what shows *lines* on a terminal of this size, with a hint in the last row; no line is broken by it."""
    text = "\r\n".join(lines)
    return f"\x1b[0m\x1b[?25l\x1b[2J\x1b[H{text}\x1b[{height};1H\x1b[2m{cut(HINT, columns - 1)}\x1b[0m\x1b[?25h"


def _lines(view: View) -> Sequence[Line]:
    match view:
        case RoomView() | LobbyView():
            return view.lines
        case ListView():
            return [item.message for item in view.items if isinstance(item, FoundMessage)]
    return ()


def _texts(line: Line, clock: TimeFormat) -> list[str]:
    """Return *line* as it is printed; a message of several lines has its time and name only once."""
    if isinstance(line, MessageLine | Private):
        first, *more = line.text.split("\n")
        return [*(printed.text for printed in written(replace(line, text=first), clock)), *map(safe, more)]
    return [printed.text for printed in written(line, clock)]
