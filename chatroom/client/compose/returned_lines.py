"""Lines that were sent and refused, and are in the box again."""

from __future__ import annotations

from chatroom.client.compose.editor import Editor
from chatroom.core.values.texts import MAX_TEXT


class ReturnedLines:
    """The lines that come back into *editor*: above what is typed there, each below the one that came before."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        # Where they end, as long as nothing has been typed since.
        self._end = 0
        self._since = "", 0

    def put(self, line: str) -> bool:
        """Put *line* there; return whether it could be."""
        text, cursor = self._editor.text, self._editor.cursor
        # In a command the other line would be taken for a part of it.
        if text and "/" in (line[:1], text[:1]):
            return False
        returned = text[: self._end] if (text, cursor) == self._since else ""
        typed = text[len(returned) :].removeprefix("\n")
        above = f"{returned}\n{line}" if returned else line
        whole = f"{above}\n{typed}" if typed else above
        if len(whole.encode()) > MAX_TEXT:
            return False
        self._editor.replace(whole, len(whole) - (len(text) - cursor))
        self._end, self._since = len(above), (self._editor.text, self._editor.cursor)
        return True
