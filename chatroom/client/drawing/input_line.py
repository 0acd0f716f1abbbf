"""The line being typed: its prompt, its text over as many rows as it takes, and the cursor in its cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import urwid

from chatroom.client.drawing.columns import cut, width
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.text.safe import safe
from chatroom.client.views.view import InputLine

_TAB = " " * 4


def input_rows(typed: InputLine, columns: int, limit: int) -> tuple[list[Row], tuple[int, int]]:
    """Return at most *limit* rows of what is *typed*, and where in them the cursor is (column, row).

    Text that is too long goes on in the next row, if it can with a whole word; if there are too many rows, those around
    the cursor are shown.
    """
    prompt = cut(typed.prompt, columns // 2)
    indent = width(prompt)
    room = max(columns - indent, 1)
    # The cursor's index is that of the harmless text, so what is before it is made harmless by itself.
    before = _safe(typed.text[: typed.cursor])
    text = before + _safe(typed.text[typed.cursor :])
    spans = list(_spans(text, room))
    line = max(number for number, (start, _) in enumerate(spans) if start <= len(before))
    column = urwid.calc_width(text, spans[line][0], len(before))
    if column >= room > 1 and spans[line][1] == len(before):
        # Behind the last cell of a full row, the cursor is in the first one of the next.
        line, column = line + 1, 0
        spans.insert(line, (len(before), len(before)))
    top = min(max(line - limit + 1, 0), max(len(spans) - limit, 0))
    rows: list[Row] = []
    for number, (start, end) in enumerate(spans[top : top + limit], top):
        rows.append(
            ((Style.PROMPT, prompt if not number else " " * indent), (Style.INPUT, _drawn(text[start:end], room)))
        )
    # Before a space for which its row has no cell, the cursor stays in the last one.
    return rows, (min(indent + column, columns - 1), line - top)


def hint(offers: Sequence[str], chosen: int | None, columns: int) -> Row:
    """Return one row of what Tab *offers*, so that the *chosen* one can be seen."""
    names = [safe(offer) for offer in offers]
    first = 0
    if chosen is not None:
        while first < chosen and 1 + sum(width(name) + 2 for name in names[first : chosen + 1]) > columns:
            first += 1
    row: list[Segment] = [(Style.HINT, " … " if first else " ")]
    for number, name in enumerate(names[first:], first):
        row += [(Style.HINT_CHOSEN if number == chosen else Style.HINT, name), (Style.HINT, "  ")]
    return tuple(row)


def _safe(text: str) -> str:
    """Return the lines of *text* harmless; index by index but for what is left out of it."""
    return "\n".join(safe(line) for line in text.replace("\t", _TAB).split("\n"))


def _spans(text: str, columns: int) -> Iterator[tuple[int, int]]:
    """Yield where each row of *text* starts and ends."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        while True:
            stop, _ = urwid.calc_text_pos(text, start, end, columns)
            if stop == start < end:
                # Not even one character fits; it is drawn as far as it does.
                stop = urwid.move_next_char(text, start, end)
            elif stop < end:
                stop = _word_end(text, start, stop)
            yield start, stop
            start = stop
            if start >= end:
                break
        start = end + 1


def _word_end(text: str, start: int, stop: int) -> int:
    """Return where the row of *text* ends that begins at *start* and has room up to *stop*."""
    if text[stop] == " ":
        # It is not seen at the end of a row, and would move the next one if it stood there.
        return stop + 1
    # Between characters of twice the width, those of East Asia and emoji, there are no spaces to wait for.
    if width(text[stop]) > 1 or width(text[stop - 1]) > 1:
        return stop
    return text.rfind(" ", start, stop) + 1 or stop


def _drawn(text: str, columns: int) -> str:
    """Return a row of *text* without a space that does not fit."""
    return text[:-1] if text.endswith(" ") and width(text) > columns else text
