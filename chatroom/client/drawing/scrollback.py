"""The lines of a room, of which one sees the last or, having scrolled, those that one looked at before."""

from __future__ import annotations

from itertools import islice
from typing import Literal

import urwid
from typing_extensions import override

from chatroom.client.drawing.document import Place, Stretch
from chatroom.client.drawing.rows import Row, canvas
from chatroom.client.views.lines import Line, Message
from chatroom.client.views.view import RoomView, Spot

Scroll = Literal["page_up", "page_down", "line_up", "line_down", "top", "end"]
"""Where one can scroll; a line is in fact a few of them."""

_FEW = 3

_ABOVE = 3
"""Where one is brought to stands a third of the screen below its top, so that one sees what was said before."""


class Scrollback(urwid.Widget):
    """The lines of one room.

    It follows what is said until one scrolls up. Then the first line in view stays where it is, whatever is put
    behind or before it, and however the size changes, until one is at the end again.
    """

    _sizing = frozenset((urwid.Sizing.BOX,))
    _selectable = False

    def __init__(self) -> None:
        super().__init__()
        self._view: RoomView | None = None
        self._size: tuple[int, int] | None = None
        # The first row in view, and the line that it is a row of; none of both while following.
        self._held: tuple[Place, Line] | None = None
        # Where one was brought last, and where to at the next drawing.
        self._spot: Spot | None = None
        self._sought: Spot | None = None

    @property
    def following(self) -> bool:
        """Whether what is new comes into view by itself."""
        return self._held is None

    @property
    def first(self) -> int | None:
        """The number of the first line in view; none while following."""
        return self._held[0].number if self._held else None

    @property
    def at_top(self) -> bool:
        """Whether there is nothing here above what is in view."""
        if not self._view or not self._size:
            return False
        stretch = Stretch(self._view, self._size[0])
        return self._top(stretch, self._size[1]) == stretch.start

    @property
    def at_end(self) -> bool:
        """Whether there is nothing here below what is in view."""
        if not self._view or not self._size:
            return True
        stretch = Stretch(self._view, self._size[0])
        return self._top(stretch, self._size[1]) == stretch.end(self._size[1])

    @property
    def place(self) -> int | None:
        """The message where one reads, if that is not the end: about a third down, as a spot is shown."""
        if not self._view or not self._size or not self._held:
            return None
        columns, height = self._size
        stretch = Stretch(self._view, columns)
        place = stretch.moved(self._top(stretch, height), height // _ABOVE)
        lines = (stretch.line(number) for number in range(place.number, len(self._view.lines)))
        return next((line.seq for line in lines if isinstance(line, Message)), None)

    def show(self, view: RoomView) -> None:
        """Take *view* for the next drawing."""
        self._view = view
        if view.spot is not self._spot:
            self._spot = self._sought = view.spot
        if self._sought and self._size:
            self._seek(self._sought, *self._size)
        elif self._held and self._size:
            stretch = Stretch(view, self._size[0])
            self._hold(stretch, stretch.moved(stretch.find(self._held[1], self._held[0]), 0))
        self._invalidate()

    def scroll(self, action: Scroll) -> None:
        """Show other lines; before the first drawing there are none."""
        if not self._view or not self._size:
            return
        columns, height = self._size
        stretch = Stretch(self._view, columns)
        top, end = self._top(stretch, height), stretch.end(height)
        match action:
            case "page_up":
                top = stretch.moved(top, -max(height - 1, 1))
            case "page_down":
                top = stretch.moved(top, max(height - 1, 1))
            case "line_up":
                top = stretch.moved(top, -_FEW)
            case "line_down":
                top = stretch.moved(top, _FEW)
            case "top":
                top = stretch.start
            case "end":
                top = end
        # Where the end is not the newest there is, what is loaded behind it must not move the view.
        if action == "end" or (top >= end and self._view.live):
            self._held = None
        else:
            self._hold(stretch, min(top, end))
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
            stretch = Stretch(self._view, columns)
            rows += islice(stretch.rows(self._top(stretch, height)), height)
        return canvas([()] * (height - len(rows)) + rows, columns, height)

    def _seek(self, spot: Spot, columns: int, height: int) -> None:
        """Bring *spot* into view; from then on it stays there, even at the end."""
        self._sought = self._held = None
        if self._view and spot.seq is not None:
            stretch = Stretch(self._view, columns)
            top = stretch.moved(Place(stretch.number(spot.seq), 0), -(height // _ABOVE))
            self._hold(stretch, min(top, stretch.end(height)))

    def _top(self, stretch: Stretch, height: int) -> Place:
        """Return the place of the first row in view."""
        end = stretch.end(height)
        if not self._held:
            return end
        # Held again, since the width may be another one now.
        return min(stretch.moved(stretch.find(self._held[1], self._held[0]), 0), end)

    def _hold(self, stretch: Stretch, place: Place) -> None:
        """Keep the row at *place* the first one in view."""
        line = stretch.line(place.number)
        self._held = (place, line) if line else None
