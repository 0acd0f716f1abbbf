"""The canvas as it goes to the terminal: what has changed, with sequences in its rows that draw nothing."""

from __future__ import annotations

from collections.abc import Iterator

import urwid
from typing_extensions import override

from chatroom.client.drawing.disputed import is_disputed, placed
from chatroom.client.drawing.links import is_linked, marked
from chatroom.client.drawing.terminal.changes import Changes, Runs


class Final(urwid.Canvas):
    """What is on *canvas*, with the cursor set behind disputed characters, and *links* for the terminal.

    Of that it has the *changes*.
    """

    def __init__(self, canvas: urwid.Canvas, changes: Changes, *, links: bool) -> None:
        super().__init__()
        self._canvas = canvas
        self._changes = changes
        self._links = links
        self.cursor = canvas.cursor

    @override
    def cols(self) -> int:
        return self._canvas.cols()

    @override
    def rows(self) -> int:
        return self._canvas.rows()

    @override
    def content(self, *where: object, **more: object) -> Iterator[Runs]:
        """Give the rows as urwid is to write them."""
        yield from self._changes.given([self._final(row) for row in self._canvas.content()])

    def _final(self, row: Runs) -> Runs:
        """Return *row* with what it needs; one with nothing special as it is."""
        runs = [*placed(row)] if any(is_disputed(text) for _, _, text in row) else row
        return [*marked(runs, links=self._links)] if any(is_linked(style) for style, _, _ in runs) else runs
