"""The list of keys, side by side where there is room for it."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.drawing.columns import pad, width
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.sentences import wrapped
from chatroom.client.drawing.themes import Style
from chatroom.client.text.safe import safe
from chatroom.client.views.view import HelpView

_WIDEST = 96
"""Columns that a group takes at most."""

_NOTHING = "No command or key is described by all these words."


def key_rows(view: HelpView, columns: int) -> list[Row]:
    """Return all rows of the list, *columns* wide."""
    if not view.groups:
        return [((Style.DIM, f" {text}"),) for text in wrapped(_NOTHING, columns - 2)]
    places = max(min((columns + 3) // _WIDEST, len(view.groups)), 1)
    room = max(min(columns // places - 3, _WIDEST), 2)
    names = [width(safe(name)) for _, lines in view.groups for name, _ in lines]
    name = min(max(names, default=0), room * 2 // 5)
    stacks: list[list[Row]] = [[] for _ in range(places)]
    for title, lines in view.groups:
        min(stacks, key=len).extend(_group(title, lines, name, room))
    return [
        tuple(
            piece
            for stack in stacks
            for piece in ((None, " "), *(stack[number] if number < len(stack) else _blank(room)), (None, "  "))
        )
        for number in range(max(map(len, stacks)))
    ]


def _group(title: str, lines: Sequence[tuple[str, str]], name: int, room: int) -> list[Row]:
    """Return the rows of one group, each *room* wide, with *name* columns for the keys."""
    rows: list[Row] = [((Style.TITLE, pad(title, room)),)]
    text = room - name - 2
    for keys, purpose in lines:
        left, right = wrapped(keys, name), wrapped(purpose, text)
        for number in range(max(len(left), len(right))):
            key = pad(left[number] if number < len(left) else "", name)
            told = pad(right[number] if number < len(right) else "", text)
            rows.append(((Style.KEY, key), (None, "  "), (Style.TEXT, told)))
    return [*rows, _blank(room)]


def _blank(columns: int) -> Row:
    return ((None, " " * columns),)
