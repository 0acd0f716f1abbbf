"""The canvas as it goes to the terminal: with sequences in its rows that draw nothing."""

from __future__ import annotations

from collections.abc import Iterator

import urwid
from typing_extensions import override

from chatroom.client.drawing.disputed import Run, is_disputed, placed
from chatroom.client.drawing.links import is_linked, marked


class Final(urwid.Canvas):
    """What is on *canvas*, with the cursor set behind disputed characters, and *links* for the terminal."""

    def __init__(self, canvas: urwid.Canvas, *, links: bool) -> None:
        super().__init__()
        self._canvas = canvas
        self._links = links
        self.cursor = canvas.cursor

    @override
    def cols(self) -> int:
        return self._canvas.cols()

    @override
    def rows(self) -> int:
        return self._canvas.rows()

    @override
    def content(self, *where: object, **more: object) -> Iterator[list[Run]]:
        """Give the rows as runs, those with nothing special as they are."""
        for row in self._canvas.content():
            runs = [*placed(row)] if any(is_disputed(text) for _, _, text in row) else row
            yield [*marked(runs, links=self._links)] if any(is_linked(style) for style, _, _ in runs) else runs
