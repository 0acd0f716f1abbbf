"""The line filter: it leaves out words of ignored people, and the coming and going of strangers."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.model.preferences import Preferences
from chatroom.client.model.window import folded, is_crowd
from chatroom.client.views.lines import Line, MessageLine, Private, Traffic


class LineFilter:
    """Leaves lines out of a view; nothing is lost, so that they can be seen again.

    While *quiet*, the coming and going of strangers is left out; *hidden* counts the lines filtered out for that last.
    """

    def __init__(self, preferences: Preferences, *, quiet: bool) -> None:
        self.quiet = quiet
        self.hidden = 0
        self._preferences = preferences
        self._settings: tuple[bool, Sequence[str]] = (quiet, ())
        self._lines: list[Line] = []
        self._shown: list[Line] = []

    def shown(self, lines: list[Line]) -> Sequence[Line]:
        """Return those of *lines* that are to be seen."""
        settings = (self.quiet, self._preferences.ignored)
        # A view is asked for with every key, and mostly nothing has changed, or a line has come: to compare is cheap.
        if settings != self._settings or not (self._goes_on(lines) or (self._forget(lines) and self._goes_on(lines))):
            self._settings, self._lines, self._shown, self.hidden = settings, [], [], 0
        for line in lines[len(self._lines) :]:
            self._lines.append(line)
            if self._is_hidden(line):
                self.hidden += 1
            elif not self._is_ignored(line):
                self._show(line)
        return self._shown

    def _goes_on(self, lines: list[Line]) -> bool:
        """Say whether *lines* begin with those of the last time."""
        return lines[: len(self._lines)] == self._lines

    def _forget(self, lines: list[Line]) -> bool:
        """Forget the lines before *lines*; return False if all have to be filtered anew."""
        # Of a window that is full, each new line takes away the oldest one.
        gone = next((number for number, line in enumerate(self._lines) if lines and line is lines[0]), None)
        if gone is None:
            return False
        shown = 0
        for line in self._lines[:gone]:
            if self._is_hidden(line):
                self.hidden -= 1
            elif isinstance(line, Traffic):
                # It may have been shown in one with others.
                return False
            else:
                shown += not self._is_ignored(line)
        self._lines, self._shown = self._lines[gone:], self._shown[shown:]
        return True

    def _show(self, line: Line) -> None:
        """Add *line*; of friends and strangers who came and went by turns it makes one."""
        before = self._shown[-1] if self._shown else None
        if not (isinstance(line, Traffic) and isinstance(before, Traffic)) or is_crowd(before):
            self._shown.append(line)
            return
        self._shown[-1] = both = folded(before, line)
        # Who went as a friend and came back as a stranger leaves nothing to tell.
        if not (both.joined or both.left or both.renamed):
            self._shown.pop()

    def _is_hidden(self, line: Line) -> bool:
        return self.quiet and isinstance(line, Traffic) and line.quiet

    def _is_ignored(self, line: Line) -> bool:
        return isinstance(line, MessageLine | Private) and not line.own and self._preferences.ignores(line.speaker)
