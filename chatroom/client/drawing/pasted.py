"""A paste of several lines that waits: how much it is, how it begins, and what can be done with it."""

from __future__ import annotations

from chatroom.client.drawing.bars import sides
from chatroom.client.drawing.columns import cut
from chatroom.client.drawing.purposes import purposes
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.view import Pasted
from chatroom.core.values.texts import MAX_LINES

_CHOICES = ((Action.END_OF_LINE, "edit"), (Action.CANCEL, "drop"))


def pasted(view: Pasted, columns: int, limit: int, keys: Bindings) -> list[Row]:
    """Return at most *limit* rows: the bar, as many lines as there is room for, and the keys, which go last."""
    # Where there is no room to say what can be done, one must see at least that something waits for Enter.
    choices = _choices(view, columns, keys) or _bar(view, columns)
    return [_bar(view, columns), *_preview(view, columns, limit - 2), choices][-limit:] if limit > 1 else [choices]


def _bar(view: Pasted, columns: int) -> Row:
    """Return how much was pasted, and whether that is too much."""
    number = len(view.lines)
    left: list[Segment] = [(Style.STATUS, f"{number} line{'s' * (number != 1)} pasted")]
    if view.pieces != 1:
        what = f"{view.size:,} bytes of {view.most:,}" if view.size > view.most else f"more than {MAX_LINES} lines"
        left.append((Style.STATUS_ALERT, f"too long {'for one message' if view.pieces else 'to send'}: {what}"))
    return sides(left, (), columns, Style.STATUS)


def _preview(view: Pasted, columns: int, limit: int) -> list[Row]:
    """Return the first lines, and how many are left out."""
    if limit < 1:
        return []
    shown = view.lines if len(view.lines) <= limit else view.lines[: limit - 1]
    rows: list[Row] = [((Style.RULE, " │ "), (Style.INPUT, cut(line[: 4 * columns], columns - 4))) for line in shown]
    if others := len(view.lines) - len(shown):
        rows.append(((Style.RULE, " │ "), (Style.DIM, cut(f"… {others} more", columns - 4))))
    return rows


def _choices(view: Pasted, columns: int, keys: Bindings) -> Row:
    """Return what can be done, and by which keys."""
    messages = "one message" if view.pieces == 1 else f"{view.pieces} messages"
    send = [(Action.SUBMIT, f"send as {messages}")] if view.pieces else []
    return purposes("", [*send, *_CHOICES], keys, columns, Style.QUESTION)
