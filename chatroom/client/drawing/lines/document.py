"""Lines one under the other, with what parts them, as rows; nothing is laid out before it is needed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from chatroom.client.drawing.lines.answers import answered_row
from chatroom.client.drawing.lines.layout import Manner, line_rows
from chatroom.client.drawing.lines.name_column import WIDEST, name_column
from chatroom.client.drawing.lines.parting import day_row, emphasized_row, introduction_rows, new_row, remark_row
from chatroom.client.drawing.lines.runs import goes_on
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.rows import Row
from chatroom.client.text.markup import words
from chatroom.client.views.hues import folded
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Private, Skipped, Traffic, message_at
from chatroom.client.views.roles import mark
from chatroom.client.views.view import RoomView


class RowPosition(NamedTuple):
    """A row: the *number* of its line, and how many rows below the line's first one it is (less than 0: above it)."""

    number: int
    offset: int


class Document:
    """The lines of *view*, *columns* wide, *names* of them for names.

    Each has above it what parts it from the one before. In *runs* of lines there is a name above the others only.
    Messages that are answered by a line that was laid out, and of which only the number is known, are *missing*.
    """

    def __init__(self, view: RoomView, columns: int, names: int = WIDEST, *, runs: bool = True) -> None:
        self._view = view
        self._columns = columns
        self._names = names
        # Where names have no column, they stand in the text.
        self._runs = runs and name_column(columns) > 0
        self.missing: set[int] = set()
        self._laid_out: dict[int, tuple[Row, ...]] = {}
        self._logged = len(view.lines)
        self._count = self._logged + len(view.pending)

    def is_of(self, view: RoomView, columns: int, names: int) -> bool:
        """Say whether it has the lines of this very *view*, as wide as that."""
        return self._view is view and (self._columns, self._names) == (columns, names)

    @property
    def start(self) -> RowPosition:
        """The position of the first row."""
        return RowPosition(0, -len(self._above(0)))

    def end(self, height: int) -> RowPosition:
        """Return where *height* rows begin that end with the last one."""
        return self.moved(RowPosition(max(self._count, 1), 0), -height)

    def last(self, number: int) -> RowPosition:
        """Return the position of the last row of the line *number*."""
        return RowPosition(number, max(len(self._rows(number)) - 1, 0))

    def moved(self, position: RowPosition, rows: int) -> RowPosition:
        """Return the position *rows* below *position* (less than 0: above it), or the first or last one."""
        index, offset = position
        offset += rows
        while offset < -len(self._above(index)):
            if index <= 0:
                return self.start
            index -= 1
            offset += len(self._above(index + 1)) + len(self._rows(index))
        while offset >= len(self._rows(index)):
            if index >= self._count - 1:
                return RowPosition(index, len(self._rows(index)) - 1)
            offset -= len(self._rows(index)) + len(self._above(index + 1))
            index += 1
        return RowPosition(index, offset)

    def rows(self, position: RowPosition) -> Iterator[Row]:
        """Give the rows from *position* on."""
        index, offset = position
        above = self._above(index)
        # It is to be seen who speaks, however far above they began.
        yield from (*above, *self._lay_out(index, begins=True))[len(above) + offset :]
        for later in range(index + 1, self._count):
            yield from self._above(later)
            yield from self._rows(later)

    def line(self, index: int) -> Line | None:
        """Return the line *index*, if there is one."""
        if index < self._logged:
            return self._view.lines[index]
        return self._view.pending[index - self._logged] if index < self._count else None

    def number(self, seq: int) -> int:
        """Return the number of the line that is the message *seq*, or the first one behind that, or the last of all."""
        lines = enumerate(self._view.lines)
        found = (number for number, line in lines if isinstance(line, MessageLine) and line.seq >= seq)
        return next(found, max(self._count - 1, 0))

    def find(self, line: Line, position: RowPosition) -> RowPosition:
        """Return *position*, which was in *line*, where that is now; or the first line that is not older."""
        # It has rarely gone far.
        for distance in range(self._count):
            for index in (position.number - distance, position.number + distance):
                if 0 <= index < self._count and _same(self.line(index), line):
                    return self._in_line(index, position.offset)
        index = bisect_left(self._view.lines, _time(line), key=_time)
        index = max(min(index, self._count - 1), 0)
        # What was loaded again is another object, but the same line.
        return self._in_line(index, position.offset) if self.line(index) == line else RowPosition(index, 0)

    def _in_line(self, index: int, offset: int) -> RowPosition:
        """Return the position *offset* rows below the first one of the line *index*, or its last one."""
        return RowPosition(index, min(offset, len(self._rows(index)) - 1))

    def _rows(self, index: int) -> tuple[Row, ...]:
        """Return the rows of the line *index* itself."""
        rows = self._laid_out.get(index)
        if rows is None:
            rows = self._laid_out[index] = self._lay_out(index)
        return rows

    def _lay_out(self, index: int, *, begins: bool = False) -> tuple[Row, ...]:
        """Lay out the line *index*, with its name if it *begins* what is seen."""
        line = self.line(index)
        if line is None:
            return ()
        status = self._view.status
        role = mark(line.speaker, self._view.roles) if isinstance(line, MessageLine) else ""
        name = name_style(line.speaker, self._view.hues) if isinstance(line, MessageLine | Private) else ""
        stands_out = isinstance(line, MessageLine) and line.seq in (self._view.emphasized, self._view.pointed)
        follows = self._runs and not (begins or stands_out) and goes_on(self.line, index, self._view.read_to)
        new = isinstance(line, MessageLine) and self._is_first_new(index, line)
        people = self._people(line) if isinstance(line, MessageLine) else ()
        manner = Manner(
            status.username, status.highlight_words, self._names, role, name, follows, new, people, status.clock
        )
        rows = line_rows(line, self._columns, manner)
        if stands_out:
            rows = tuple(emphasized_row(row, self._columns) for row in rows)
        return rows if isinstance(line, NoticeLine | Private | Traffic | Skipped) else (*self._answered(line), *rows)

    def _answered(self, line: MessageLine | Pending) -> tuple[Row, ...]:
        """Return the row that says what *line* answers, if it does."""
        if line.re is None:
            return ()
        answered = message_at(self._view.lines, line.re) or self._view.answered.get(line.re)
        if answered is None:
            self.missing.add(line.re)
        return (answered_row(line.re, answered, self._columns, self._names, self._view.status.clock.columns),)

    def _people(self, line: MessageLine) -> tuple[tuple[str, str], ...]:
        """Return the styles of the people whom *line* names, but for the user."""
        hues = self._view.hues
        user = folded(self._view.status.username)
        return tuple((word, name_style(word, hues)) for word in words(line.text) if word in hues and word != user)

    def _above(self, index: int) -> tuple[Row, ...]:
        """Return the rows that part the line *index* from the one before, or from what is not here."""
        columns = self._columns
        rows: list[Row] = []
        if index == 0:
            # There is always one such row, so that nothing moves when it says something else.
            rows.append(remark_row(self._beginning(), columns))
            if self._view.complete:
                rows += introduction_rows(self._view.introduction, columns)
        line = self.line(index)
        if line and not isinstance(line, Pending):
            if self._begins_day(index, line):
                rows.append(day_row(line.at.date(), columns))
            if self._is_first_new(index, line):
                rows.append(new_row(columns))
        return tuple(rows)

    def _beginning(self) -> str:
        """Return what there is to say about what is before the first line."""
        view = self._view
        hidden = "; what was said here is hidden by /ignore" if view.all_hidden else ""
        if view.complete:
            return f"the {view.kind} begins here{hidden}"
        # What has nothing yet is about to.
        empty = not (view.lines or view.all_hidden)
        return "loading …" if view.loading or empty else f"there is more above{hidden}"

    def _begins_day(self, index: int, line: Line) -> bool:
        """Say whether *line* is the first one of a day."""
        before = self.line(index - 1) if index else None
        return not before or _time(before).date() != _time(line).date()

    def _is_first_new(self, index: int, line: Line) -> bool:
        """Return whether *line* is the first new message behind one that is read; the user's own are never new."""
        read_to = self._view.read_to
        if read_to is None or not isinstance(line, MessageLine) or line.own or line.seq <= read_to:
            return False
        for number in range(index - 1, -1, -1):
            other = self._view.lines[number]
            if isinstance(other, MessageLine) and (other.seq <= read_to or not other.own):
                return other.seq <= read_to
        # Where all that is here is new there is nothing to part it from.
        return False


def _same(line: Line | None, other: Line) -> bool:
    """Return whether both are one line, which may have been taken back since it was the *other*."""
    if isinstance(line, MessageLine) and isinstance(other, MessageLine) and line.retraction != other.retraction:
        return line.seq == other.seq
    return line is other


def _time(line: Line) -> datetime:
    """Return when *line* was, on the clock on the wall; what is pending has no time yet."""
    return datetime.max.replace(tzinfo=UTC) if isinstance(line, Pending) else line.at.replace(tzinfo=UTC)
