"""The box above the bar, with what the user alone is told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from chatroom.client.drawing.bars import rule
from chatroom.client.drawing.columns import cut
from chatroom.client.drawing.lines.layout import row_spans, styled
from chatroom.client.drawing.lines.passages import looks
from chatroom.client.drawing.lines.scrollback import Scroll
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.text.safe import safe_lines
from chatroom.client.views.lines import NoticeLine

_WITH_RULE, _WITH_COUNT = 3, 2
"""Rows from which on there is one for a line at the top, and one that says how much is not in view."""


class AsideBox:
    """Draws asides, and remembers how far the user has read those that have no room."""

    def __init__(self) -> None:
        self._asides: Sequence[NoticeLine] = ()
        self._top = self._page = self._last_top = 0

    def begin(self) -> None:
        """Begin a drawing, in which there may be none."""
        self._last_top = 0

    def scroll(self, scroll: Scroll) -> bool:
        """Show another part of what there is; return False if all of it is in view."""
        if not self._last_top:
            return False
        page = max(self._page - 1, 1)
        steps = {"page_up": -page, "page_down": page, "line_up": -1, "line_down": 1}
        top = {"top": 0, "end": self._last_top}.get(scroll, self._top + steps.get(scroll, 0))
        self._top = min(max(top, 0), self._last_top)
        return True

    def rows(
        self, asides: Sequence[NoticeLine], columns: int, limit: int, keys: Bindings, joints: Sequence[int] = ()
    ) -> list[Row]:
        """Return at most *limit* rows of *asides*, under a line that those above it at the *joints* meet."""
        if limit < 1:
            return []
        if asides != self._asides:
            self._asides, self._top = asides, 0
        self._last_top = 0
        head = [rule(columns, joints, "┴")] if limit >= _WITH_RULE else []
        room = limit - len(head)
        rows = [row for aside in asides for row in _text_rows(aside, columns)]
        if len(rows) <= room:
            return [*head, *rows]
        counted = limit >= _WITH_COUNT
        self._page = room - counted
        self._last_top = len(rows) - self._page
        self._top = min(self._top, self._last_top)
        shown = rows[self._top : self._top + self._page]
        return [*head, *shown, *([_count(self._last_top - self._top, columns, keys)] if counted else [])]


@lru_cache(maxsize=64)
def _text_rows(aside: NoticeLine, columns: int) -> tuple[Row, ...]:
    """Return *aside* in rows of at most *columns*, one about an error with a ``!``; what is indented stays so."""
    style = Style.ERROR if aside.error else Style.NOTICE
    rows: list[Row] = []
    for line in safe_lines(f"! {aside.text}" if aside.error else aside.text):
        text = line.lstrip()
        blank = " " * min(1 + len(line) - len(text), columns // 4)
        look = looks(text, style, ())
        for first, last in row_spans(text, max(columns - len(blank) - 1, 1)):
            rows.append(((None, blank), *styled(text, first, last, look)))
    return tuple(rows)


def _count(below: int, columns: int, keys: Bindings) -> Row:
    """Say how many rows are *below* those in view, and how to get there."""
    key = keys.label(Action.PAGE_DOWN if below else Action.PAGE_UP)
    told = f"… {below} more" if below else "the end"
    how = f", {key} reads on" if key and below else f", {key} goes back" if key else ""
    return ((Style.DIM, cut(f" {told}{how}", columns)),)
