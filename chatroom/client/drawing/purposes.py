"""The most useful keys of a screen, in one row."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings


def purposes(
    lead: str, actions: Sequence[tuple[Action, str]], keys: Bindings, columns: int, style: Style = Style.DIM
) -> Row:
    """Return *lead*, and then as many *actions* with the key and what it does as fit."""
    row: list[Segment] = [(style, f" {lead}")] if lead else []
    room = columns - len(lead) - 1
    for action, purpose in actions:
        key = keys.label(action)
        if not key:
            continue
        between = " · " if row else " "
        room -= len(f"{between}{key} {purpose}")
        if room < 0:
            break
        row += [(style, between), (Style.KEY, key), (style, f" {purpose}")]
    return tuple(row)
