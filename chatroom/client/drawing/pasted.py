"""A paste of several lines that waits: how much it is, how it begins, and what can be done with it."""

from __future__ import annotations

from chatroom.client.drawing.bars import sides
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.safe import cut
from chatroom.client.drawing.themes import Style
from chatroom.client.pages.keys import KEYS, Action, label
from chatroom.client.pages.views import Pasted

_SEND = (Action.SUBMIT, "send as one message")
_CHOICES = ((Action.END_OF_LINE, "edit"), (Action.CANCEL, "drop"))


def pasted(view: Pasted, columns: int, limit: int) -> list[Row]:
    """Return at most *limit* rows: the bar, as many lines as there is room for, and the keys, which go last."""
    rows = [_bar(view, columns), *_preview(view, columns, limit - 2), _keys(view, columns)]
    return rows[-limit:] if limit > 1 else [_keys(view, columns)]


def _bar(view: Pasted, columns: int) -> Row:
    """Return how much was pasted, and whether that is too much."""
    number = len(view.lines)
    left: list[Segment] = [(Style.STATUS, f"{number} line{'s' * (number != 1)} pasted")]
    if view.size > view.most:
        left.append((Style.STATUS_ALERT, f"too long to send: {view.size:,} bytes of {view.most:,}"))
    return sides(left, (Style.STATUS_NEWS, ""), columns, Style.STATUS)


def _preview(view: Pasted, columns: int, limit: int) -> list[Row]:
    """Return the first lines, and how many are left out."""
    if limit < 1:
        return []
    shown = view.lines if len(view.lines) <= limit else view.lines[: limit - 1]
    rows: list[Row] = [((Style.RULE, " │ "), (Style.INPUT, cut(line[: 4 * columns], columns - 4))) for line in shown]
    if others := len(view.lines) - len(shown):
        rows.append(((Style.RULE, " │ "), (Style.DIM, cut(f"… {others} more", columns - 4))))
    return rows


def _keys(view: Pasted, columns: int) -> Row:
    """Return what can be done, and by which keys."""
    row: list[Segment] = []
    for action, purpose in (_SEND, *_CHOICES) if view.size <= view.most else _CHOICES:
        key = label(next(key.keys[0] for key in KEYS if key.action is action))
        row += [(Style.QUESTION, " · " if row else " "), (Style.KEY, key), (Style.QUESTION, f" {purpose}")]
    return tuple(row)
