"""The scrollback of a room: its last lines, or those that the user has scrolled to."""

from __future__ import annotations

from itertools import islice
from typing import Literal

import urwid
from typing_extensions import override

from chatroom.client.drawing.lines.document import Document, RowPosition
from chatroom.client.drawing.lines.margin import measure, name_columns
from chatroom.client.drawing.lines.name_column import NARROWEST, WIDEST, needed
from chatroom.client.drawing.rows import Row, canvas
from chatroom.client.text.clock import USUAL
from chatroom.client.views.lines import Line, MessageLine
from chatroom.client.views.view import Anchor, RoomView

Scroll = Literal["page_up", "page_down", "line_up", "line_down", "top", "end"]
"""Steps of scrolling; a line is in fact a few of them."""

_FEW = 3

_ABOVE = 3
"""An anchor stands a third of the screen below its top, so that the lines before it are seen too."""


class Scrollback(urwid.Widget):
    """The lines of one room.

    It follows the talk until the user scrolls up. Then the first line in view stays where it is, whatever is put
    behind or before it, and however the size changes, until the end is in view
    again. The column of names grows as longer ones come near what is seen; it shrinks only on entering the room.
    In *runs* of lines somebody's name stands once.
    """

    _sizing = frozenset((urwid.Sizing.BOX,))
    _selectable = False

    def __init__(self, *, runs: bool = True) -> None:
        super().__init__()
        self._runs = runs
        self._view: RoomView | None = None
        self._size: tuple[int, int] | None = None
        self._made: Document | None = None
        self._names = NARROWEST
        self._most_names = WIDEST
        # The first row in view, and the line that it is a row of; none of both while following.
        self._held: tuple[RowPosition, Line] | None = None
        # Where one was brought last, and where to at the next drawing.
        self._anchor: Anchor | None = None
        self._sought: Anchor | None = None
        # The same as of what is held, while a message is pointed at.
        self._peeked: tuple[RowPosition, Line] | None = None

    @property
    def following(self) -> bool:
        """Whether new lines come into view by themselves."""
        return self._held is None

    @property
    def columns(self) -> int:
        """How wide it was drawn last."""
        return self._size[0] if self._size else 0

    @property
    def names(self) -> range:
        """The columns in which the names of those who speak stand; none where they have no column."""
        return name_columns(self.columns, min(self._names, self._most_names), self._time)

    @property
    def missing(self) -> frozenset[int]:
        """The numbers of messages that are answered by what is in view, and of which nothing else is known."""
        return frozenset(self._made.missing if self._made else ())

    @property
    def first(self) -> int | None:
        """The number of the first line in view; none while following."""
        return self._held[0].number if self._held else None

    @property
    def at_top(self) -> bool:
        """Whether the first line here is in view."""
        if not self._view or not self._size:
            return False
        document = self._document(self._view, *self._size)
        return self._top(document, self._size[1]) == document.start

    @property
    def at_end(self) -> bool:
        """Whether the last line here is in view."""
        if not self._view or not self._size or not self._held:
            return True
        document = self._document(self._view, *self._size)
        return self._top(document, self._size[1]) == document.end(self._size[1])

    @property
    def reading_at(self) -> int | None:
        """The message that the user reads, if that is not the end: about a third down, as an anchor is shown."""
        if not self._view or not self._size or not self._held:
            return None
        columns, height = self._size
        document = self._document(self._view, columns, height)
        position = document.moved(self._top(document, height), height // _ABOVE)
        lines = (document.line(number) for number in range(position.number, len(self._view.lines)))
        return next((line.seq for line in lines if isinstance(line, MessageLine)), None)

    def enter(self) -> None:
        """Let names take no more columns than those need who speak near what is seen."""
        self._names = NARROWEST

    def name_width(self, height: int) -> int:
        """Return how wide names would be where *height* rows are seen."""
        if self._view:
            view = self._view
            held = self._peeked or self._held
            first = held[0].number if held else len(view.lines) - height
            near = view.lines[max(first - height, 0) : max(first, 0) + 2 * height]
            self._names = max(self._names, needed((*near, *view.pending), view.roles))
        return self._names

    def limit_names(self, most: int) -> None:
        """Let names take at most so many columns from now on."""
        self._most_names = most

    def measure(self, columns: int, height: int, most: int) -> int:
        """Return how many of *columns* the lines take in *height* rows, if the text may be *most* wide."""
        return measure(columns, most, min(self.name_width(height), self._most_names), self._time)

    def show(self, view: RoomView) -> None:
        """Take *view* for the next drawing."""
        self._view = view
        if view.pointed is None:
            self._peeked = None
        if view.anchor is not self._anchor:
            self._anchor = self._sought = view.anchor
        if self._sought and self._size:
            self._seek(self._sought, *self._size)
        elif self._held and self._size:
            document = self._document(view, *self._size)
            self._hold(document, document.moved(document.find(self._held[1], self._held[0]), 0))
        self._invalidate()

    def line_at(self, row: int) -> Line | None:
        """Return the line that is seen in *row*; none where there is something between lines."""
        if not self._view or not self._size:
            return None
        columns, height = self._size
        document = self._document(self._view, columns, height)
        top = self._top(document, height)
        row -= height - len(list(islice(document.rows(top), height)))
        number, offset = document.moved(top, max(row, 0))
        return document.line(number) if row >= 0 and offset >= 0 else None

    def scroll(self, action: Scroll) -> None:
        """Show other lines; before the first drawing there are none."""
        if not self._view or not self._size:
            return
        columns, height = self._size
        document = self._document(self._view, columns, height)
        top, end = self._top(document, height), document.end(height)
        match action:
            case "page_up":
                top = document.moved(top, -max(height - 1, 1))
            case "page_down":
                top = document.moved(top, max(height - 1, 1))
            case "line_up":
                top = document.moved(top, -_FEW)
            case "line_down":
                top = document.moved(top, _FEW)
            case "top":
                top = document.start
            case "end":
                top = end
        # Where the end is not the newest there is, what is loaded behind it must not move the view.
        if action == "end" or (top >= end and self._view.live):
            self._held = None
        else:
            self._hold(document, min(top, end))
        self._invalidate()

    @override
    def render(  # type: ignore[override]  # a box has no other size
        self, size: tuple[int, int], focus: bool = False
    ) -> urwid.Canvas:
        """Draw as many lines as fit into *size*; few lines stand at the bottom."""
        columns, height = self._size = size
        if self._sought:
            self._seek(self._sought, columns, height)
        rows: list[Row] = []
        if self._view:
            document = self._document(self._view, columns, height)
            top = self._top(document, height)
            if self._view.pointed is not None:
                line = document.line(top.number)
                self._peeked = (top, line) if line else None
                # There may be longer names where that is.
                document = self._document(self._view, columns, height)
                top = self._top(document, height)
            rows += islice(document.rows(top), height)
        return canvas([()] * (height - len(rows)) + rows, columns, height)

    @property
    def _time(self) -> int:
        """How wide a time is."""
        return self._view.status.clock.columns if self._view else USUAL.columns

    def _document(self, view: RoomView, columns: int, height: int) -> Document:
        """Return the lines of *view* as they stand in so much room: the same as long as these are the same."""
        names = min(self.name_width(height), self._most_names)
        if not (self._made and self._made.is_of(view, columns, names)):
            self._made = Document(view, columns, names, runs=self._runs)
        return self._made

    def _seek(self, anchor: Anchor, columns: int, height: int) -> None:
        """Bring *anchor* into view; from then on it stays there, even at the end."""
        self._sought = self._held = None
        if self._view and anchor.seq is not None:
            document = self._document(self._view, columns, height)
            top = document.moved(RowPosition(document.number(anchor.seq), 0), -(height // _ABOVE))
            self._hold(document, min(top, document.end(height)))

    def _top(self, document: Document, height: int) -> RowPosition:
        """Return the position of the first row in view."""
        end = document.end(height)
        held = self._peeked or self._held
        # Held again, since the width may be another one now.
        top = min(document.moved(document.find(held[1], held[0]), 0), end) if held else end
        if not self._view or self._view.pointed is None:
            return top
        # What is pointed at moves no further than it has to.
        first = RowPosition(document.number(self._view.pointed), 0)
        return min(max(top, document.moved(document.last(first.number), 1 - height)), first)

    def _hold(self, document: Document, position: RowPosition) -> None:
        """Keep the row at *position* the first one in view."""
        line = document.line(position.number)
        self._held = (position, line) if line else None
