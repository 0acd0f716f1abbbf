"""The search backwards through lines that were sent, while their words are typed."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from chatroom.client.compose.editor import Editor

_NEVER = -1


class ReverseSearch:
    """A search in *lines*, the oldest first, for :attr:`words`; the newest that has them comes first.

    Meanwhile the line that was being typed stays as it is.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.words = Editor()
        self.failed = False
        # The newest first, each once.
        self._lines = list(dict.fromkeys(reversed(list(lines))))
        self._at = _NEVER

    @property
    def found(self) -> str | None:
        """The line that was found last, if any was."""
        return self._lines[self._at] if self._at != _NEVER else None

    @property
    def cursor(self) -> int:
        """The index of the words in the line that was found."""
        match = self._pattern().search(self.found or "")
        return match.start() if match else 0

    def type(self, text: str) -> None:
        """Look for *text* too, from here on."""
        self.words.insert(text)
        self._look(range(max(self._at, 0), len(self._lines)))

    def rub_out(self) -> None:
        """Look for less, from the newest on."""
        self.words.backward_delete_char()
        self._at = _NEVER
        self.failed = False
        if self.words.text:
            self._look(range(len(self._lines)))

    def older(self) -> None:
        """Go on to the next line that has the words."""
        self._look(range(self._at + 1, len(self._lines)))

    def newer(self) -> None:
        """Go back to the line before that has the words."""
        self._look(range(self._at - 1, -1, -1))

    def _look(self, places: Iterable[int]) -> None:
        pattern = self._pattern()
        found = next((place for place in places if pattern.search(self._lines[place])), None)
        self.failed = found is None
        if found is not None:
            self._at = found

    def _pattern(self) -> regex.Pattern[str]:
        return regex.compile(regex.escape(self.words.text), regex.IGNORECASE)
