"""Rows of styled text, and the canvas that they make: the only way by which text gets to the screen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from unicodedata import category

import urwid

from chatroom.client.drawing.columns import cut, width
from chatroom.client.text.safe import safe

Segment = tuple[str | None, str]
"""A style and the text that has it."""

Row = tuple[Segment, ...]
"""One row of the screen, from its left edge; what it leaves is blank."""


def canvas(
    rows: Sequence[Row], columns: int, height: int, *, cursor: tuple[int, int] | None = None
) -> urwid.TextCanvas:
    """Return the first *height* of *rows* as a canvas of exactly that size, blank where there are no more."""
    made = [_encoded(row, columns) for row in (*rows[:height], *[()] * (height - len(rows)))]
    lines, styles = [text for text, _ in made], [list(runs) for _, runs in made]
    # The widths are right already; measuring them again would cost as much as all the rest.
    return urwid.TextCanvas(lines, styles, maxcol=columns, cursor=cursor, check_width=False)


# Nearly all rows are those of the drawing before.
@lru_cache(maxsize=1024)
def _encoded(row: Row, columns: int) -> tuple[bytes, tuple[tuple[Hashable, int], ...]]:
    """Return *row* as it is drawn, and its styles with the bytes that each is for."""
    pieces = [(style, text.encode()) for style, text in fitting(row, columns)]
    return b"".join(text for _, text in pieces), tuple((style, len(text)) for style, text in pieces)


def fitting(row: Row, columns: int) -> Row:
    """Return *row* as it is drawn: harmless, and exactly *columns* wide."""
    # Marks in odd places make a text wider, or narrower, than its pieces are; such a row is drawn without them.
    for plain in (safe, _unmarked):
        row = _cut_row(tuple((style, plain(text)) for style, text in row), columns)
        text = "".join(text for _, text in row)
        room = columns - width(text)
        whole = text + " " * room
        # Others may stand to the left of it, and a mark at its beginning would belong to the last of them.
        if room >= 0 and width(whole) == columns and width(f" {whole}") == 1 + columns:
            break
    return (*row, (None, " " * room))


def _cut_row(row: Row, columns: int) -> Row:
    """Return as much of *row* as fits into *columns*, ending with … if that isn't all."""
    if sum(width(text) for _, text in row) <= columns:
        return row
    kept: list[Segment] = []
    for style, text in row:
        piece = cut(text, columns)
        kept.append((style, piece))
        columns -= width(piece)
        if piece != text:
            break
    return tuple(kept)


def _unmarked(text: str) -> str:
    """Return *text* without the characters that change others before or behind them."""
    return "".join(c for c in text if category(c)[0] in "LNPSZ" and width(c) > 0)
