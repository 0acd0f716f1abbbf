"""The row above a message that answers another one: who is answered, and how that begins."""

from __future__ import annotations

from chatroom.client.drawing.columns import cut, width
from chatroom.client.drawing.lines.margin import name_columns, text_room
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.themes import Style
from chatroom.client.text.clock import USUAL
from chatroom.client.views.lines import MessageLine

_CORNER = "┌ "


def answered_row(seq: int, answered: MessageLine | None, columns: int, names: int, time: int = USUAL.columns) -> Row:
    """Return the row above a line that answers the message *seq*, beside a *time* and *names* that are so wide."""
    if not name_columns(columns, names, time):
        return ((Style.DIM, cut(f"{_CORNER}{quoted(seq, answered, columns)}", columns)),)
    room = text_room(columns, names, time) + 1
    # The corner stands in the gutter, so that the words are over those of the answer.
    before = " " * (columns - 1 - room)
    return (None, before), (Style.DIM, cut(f"{_CORNER}{quoted(seq, answered, columns)}", room))


def answering_row(seq: int, answered: MessageLine | None, columns: int, key: str) -> Row:
    """Return the row above the input that says what is being answered, and the *key* that drops that."""
    drops = f"{key} drops this " if key else ""
    room = columns - 1 - len(drops)
    if room < len(drops):
        drops, room = "", columns - 1
    text = cut(f"{_CORNER}{quoted(seq, answered, columns)}", room - 1)
    return (None, " "), (Style.QUOTE, text), (None, " " * max(room - width(text), 0)), (Style.DIM, drops)


def quoted(seq: int, answered: MessageLine | None, columns: int) -> str:
    """Write who is answered and how that begins, about *columns* of it; or without the message its number *seq*."""
    if answered is None:
        return f"message {seq}"
    if answered.retraction:
        return f"{answered.speaker}: {answered.retraction}"
    words = " ".join(answered.text[: columns * 4].split())
    return f"* {answered.speaker} {words}" if answered.action else f"{answered.speaker}: {words}"
