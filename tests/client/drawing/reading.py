"""What is on a canvas, and rooms to put there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import urwid

from chatroom.client.views.lines import Line, MessageLine
from chatroom.client.views.view import Connectivity, InputLine, RoomView, Status

EVENING = datetime(2026, 11, 20, 23, 20)  # noqa: DTZ001  # what is drawn is in local time

EMPTY = RoomView(
    room="tea",
    topic="Tea and biscuits",
    count=3,
    tabs=(),
    members=(),
    lines=(),
    pending=(),
    read_to=None,
    complete=True,
    live=True,
    loading=False,
    arrived=0,
    input=InputLine("> ", "", 0),
    status=Status("alice", Connectivity.ONLINE, "", 0.023, 0),
)


def a_room(*lines: Line, read_to: int | None = None, complete: bool = True, live: bool = True) -> RoomView:
    """Return a room with *lines*."""
    return replace(EMPTY, lines=lines, read_to=read_to, complete=complete, live=live)


def said(seq: int, text: str = "", speaker: str = "bob") -> MessageLine:
    """Return the message *seq*, said so many seconds after half past eleven in the evening."""
    return MessageLine(seq, EVENING + timedelta(seconds=seq), speaker, text or f"message {seq}")


def texts(canvas: urwid.Canvas) -> list[str]:
    """Return the rows of *canvas* without the blanks at their ends."""
    return [row.decode().rstrip() for row in canvas.text]


def styles(canvas: urwid.Canvas, row: int) -> dict[str, object]:
    """Return the pieces of a *row* of *canvas*, stripped of blanks, with their styles."""
    return {text.decode().strip(): style for style, _, text in list(canvas.content())[row] if text.strip()}


def numbers(rows: Sequence[str]) -> list[int]:
    """Return the numbers of the messages, said by :func:`said`, that begin in *rows*."""
    rows = [row.replace("▏", " ") for row in rows]
    return [int(row.rpartition(" message ")[2].split()[0]) for row in rows if " message " in row]
