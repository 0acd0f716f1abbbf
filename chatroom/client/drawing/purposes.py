"""What the most useful keys of a page do, in one row."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.pages.keys import KEYS, Action, label


def purposes(lead: str, keys: Sequence[tuple[Action, str]], columns: int) -> Row:
    """Return *lead*, and then as many *keys* with what they do as fit."""
    row: list[Segment] = [(Style.DIM, f" {lead}")] if lead else []
    room = columns - len(lead) - 1
    for action, purpose in keys:
        key = label(next(key.keys[0] for key in KEYS if key.action is action))
        between = " · " if row else " "
        room -= len(f"{between}{key} {purpose}")
        if room < 0:
            break
        row += [(Style.DIM, between), (Style.KEY, key), (Style.DIM, f" {purpose}")]
    return tuple(row)
