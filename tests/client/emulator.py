"""The screen of a terminal of today: what a program writes, kept as cells by pyte, and what the terminal answers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

import pyte
from pyte.screens import Char, Cursor, Margins
from typing_extensions import override
from wcwidth import wcswidth, wcwidth

SEQUENCE = re.compile(
    r"\x1b\[ (?P<prefix>[<=>?]?) (?P<params>[0-9;:]*) (?P<between>[ -/]*) (?P<final>[@-~])"
    r"|\x1b[]PX^_] (?P<string>[^\x07\x1b]*) (?:\x07|\x1b\\)"
    r"|\x1b[ -/]*[0-OQ-WYZ`-~]",
    re.VERBOSE,
)
"""A whole sequence: CSI; OSC, DCS and their kind; or an escape of two or three characters."""

BEGUN = re.compile(r"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|[]PX^_][^\x07\x1b]*\x1b?|[ -/]*)\Z")
"""The beginning of one, whose end is still to come."""

C1 = {0x90: "\x1bP", 0x9B: "\x1b[", 0x9C: "\x1b\\", 0x9D: "\x1b]"}
"""The characters that are the beginning of a sequence by themselves."""

PARAMETERS = {"H": 2, "f": 2, "r": 2}
"""How many parameters pyte takes, where it is not one."""

ALTERNATE = {47, 1047, 1049}
KNOWN = {1, 7, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026}
"""The private modes that a program is told of when it asks."""

SYNCHRONIZED, CURSOR_SHOWN, WRAPS = 2026, 25, 7


class Cells(pyte.Screen):
    """Rows of cells; unlike pyte's own they have a second screen, and hold whole grapheme clusters if *clusters*."""

    def __init__(self, columns: int, rows: int, *, clusters: bool) -> None:
        self._clusters = clusters
        self._normal: tuple[Any, Cursor] | None = None
        self.on: set[int] = {CURSOR_SHOWN, WRAPS}
        super().__init__(columns, rows)

    @override
    def draw(self, data: str) -> None:
        # pyte drops whatever follows a character without width, and knows no clusters.
        if data.isascii():
            super().draw(data)
            return
        for char in data:
            if not self._joined(char):
                if wcwidth(char) == 2 and self.cursor.x == self.columns - 1 > 0 and WRAPS in self.on:
                    self.cursor.x = self.columns
                super().draw(char)

    def _joined(self, char: str) -> bool:
        """Tell whether *char* belongs into the cell before the cursor, where it then is."""
        width = wcwidth(char)
        if width < 0 or (width == 0 and not self.cursor.x):
            return True
        line, column = self.buffer[self.cursor.y], self.cursor.x - 1
        if column > 0 and not line[column].data:
            column -= 1
        before = line[column].data
        joins = width == 0 or (self._clusters and column >= 0 and wcswidth(before + char) == wcswidth(before))
        if joins:
            line[column] = line[column]._replace(data=before + char)
            if self._clusters and wcswidth(before + char) == 2 > wcswidth(before) and column + 1 < self.columns:
                line[column + 1] = line[column]._replace(data="")
                self.cursor.x = column + 2
        return joins

    @override
    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        super().set_mode(*modes, **kwargs)
        if kwargs.get("private"):
            self.on.update(modes)
            if ALTERNATE.intersection(modes) and not self._normal:
                self._normal = (dict(self.buffer), self.cursor)
                self.cursor = Cursor(self.cursor.x, self.cursor.y)
                self.buffer.clear()

    @override
    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private"):
            self.on.difference_update(modes)
            if ALTERNATE.intersection(modes) and self._normal:
                rows, cursor = self._normal
                self._normal = None
                self.buffer.clear()
                self.buffer.update(rows)
                self.cursor = cursor
                self.cursor.hidden = CURSOR_SHOWN not in self.on
                self._keep_cursor_inside()

    @override
    def erase_in_line(self, how: int = 0, *rest: int, **kwargs: Any) -> None:
        # pyte knows no others, and fails for them.
        if how in (0, 1, 2):
            super().erase_in_line(how)

    @override
    def erase_in_display(self, how: int = 0, *rest: int, **kwargs: Any) -> None:
        if how in (0, 1, 2, 3):
            super().erase_in_display(how)

    @override
    def reset(self) -> None:
        super().reset()
        self._normal = None
        self.on = {CURSOR_SHOWN, WRAPS}

    @override
    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        # What is on the alternate screen stays at the top; pyte would shift it, and leave the cursor outside.
        lines, columns = lines or self.lines, columns or self.columns
        if not self._normal and lines < self.lines:
            super().resize(lines, columns)
        self.lines, self.columns = lines, columns
        for row in [row for row in self.buffer if row >= lines]:
            del self.buffer[row]
        for line in self.buffer.values():
            for column in [column for column in line if column >= columns]:
                del line[column]
        self.margins: Margins | None = None
        self._keep_cursor_inside()

    def _keep_cursor_inside(self) -> None:
        self.cursor.x = min(self.cursor.x, self.columns)
        self.cursor.y = min(self.cursor.y, self.lines - 1)


class Emulator:
    """What a terminal of *columns* and *rows* shows of the bytes that it was fed; coordinates count from 0.

    With *clusters* an emoji of several characters has two cells, as in kitty, WezTerm, Ghostty or foot; without, every
    character has its own, as in xterm. What a program asks is answered by :meth:`feed`.
    """

    def __init__(self, columns: int, rows: int, *, clusters: bool = True, dark: bool = True) -> None:
        self.cells = Cells(columns, rows, clusters=clusters)
        self._stream = pyte.Stream(self.cells)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._dark = dark
        self._kept: dict[int, bool] = {}

    def feed(self, data: bytes) -> str:
        """Show *data*, and return what the terminal answers to the questions in it."""
        text = self._pending + self._decoder.decode(data).translate(C1)
        answers, position = [], 0
        while (escape := text.find("\x1b", position)) >= 0:
            self._stream.feed(text[position:escape])
            if found := SEQUENCE.match(text, escape):
                answers.append(self._obey(found))
                position = found.end()
            elif BEGUN.match(text, escape):
                self._pending = text[escape:]
                return "".join(answers)
            else:
                position = escape + 1
        self._stream.feed(text[position:])
        self._pending = ""
        return "".join(answers)

    def _obey(self, sequence: re.Match[str]) -> str:
        match sequence["prefix"], sequence["params"] or "", sequence["between"], sequence["final"]:
            case "" | "?" as prefix, params, "", "h" | "l" | "m" | "J" | "K" as final if not (prefix and final == "m"):
                # pyte does not know parameters that have parts, as in 4:3, a curly line.
                self._stream.feed(f"\x1b[{prefix}{re.sub(':[0-9]*', '', params)}{final}")
            case "", "" | "0", "", "c":
                return "\x1b[?62;22c"
            case "", "6", "", "n":
                return f"\x1b[{self.cells.cursor.y + 1};{self.cells.cursor.x + 1}R"
            case "?", modes, "", "s":
                # These are kept one deep, as xterm does.
                self._kept |= {mode: mode in self.cells.on for mode in _numbers(modes)}
            case "?", modes, "", "r":
                for mode in _numbers(modes):
                    (self.cells.on.add if self._kept.get(mode) else self.cells.on.discard)(mode)
            case "?", mode, "$", "p":
                value = 0 if not mode.isdigit() or int(mode) not in KNOWN else 1 if int(mode) in self.cells.on else 2
                return f"\x1b[?{mode};{value}$y"
            case "", params, "", final if final not in "cn":
                taken = params.split(";")[: PARAMETERS.get(final, 1)]
                self._stream.feed(f"\x1b[{re.sub(':[0-9]*', '', ';'.join(taken))}{final}")
            case None, *_ if sequence[0].startswith("\x1b]"):
                return self._colour(sequence["string"])
            case None, *_ if sequence["string"] is None:
                self._stream.feed(sequence[0])
        return ""

    def _colour(self, command: str) -> str:
        match command.split(";"):
            case ["10" | "11" as which, "?"]:
                level = "ffff" if (which == "10") == self._dark else "0000"
                return f"\x1b]{which};rgb:{level}/{level}/{level}\x1b\\"
            case ["0" | "2", title]:
                self.cells.set_title(title)
        return ""

    @property
    def lines(self) -> list[str]:
        """The rows from the top, each without the blanks at its end."""
        return ["".join(cell.data for _, cell in self.row(number)).rstrip() for number in range(self.cells.lines)]

    def row(self, number: int) -> Iterator[tuple[int, Char]]:
        """Return row *number* as pairs of a column and what begins there; a wide character begins once."""
        line, column = self.cells.buffer[number], 0
        while column < self.cells.columns:
            cell = line[column]
            wide = wcswidth(cell.data) == 2
            whole = column + 1 < self.cells.columns and not line[column + 1].data
            if not cell.data or (wide and not whole):  # half of a wide character, the other half of which is gone
                cell, wide = cell._replace(data=" "), False
            yield column, cell
            column += 1 + wide

    @property
    def on(self) -> frozenset[int]:
        """The private modes that are on: 1049 for the alternate screen, 25 for the cursor, 2004, 1006 …"""
        return frozenset(self.cells.on)

    @property
    def whole(self) -> bool:
        """Whether the program is not in the middle of an update that it has announced."""
        return SYNCHRONIZED not in self.cells.on

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor."""
        return self.cells.cursor.y, min(self.cells.cursor.x, self.cells.columns - 1)

    def style(self, row: int, column: int) -> Char:
        """Return what stands in a cell, with its ``fg``, ``bg``, ``bold``, ``italics``, ``underscore``, ``reverse``."""
        return self.cells.buffer[row][column]

    def find(self, text: str) -> tuple[int, int]:
        """Return row and column of the first cell of *text*, which stands in one row."""
        for number in range(self.cells.lines):
            cells = list(self.row(number))
            at = "".join(cell.data for _, cell in cells).find(text)
            for column, cell in cells:
                if at == 0:
                    return number, column
                at -= len(cell.data)
        raise AssertionError(f"{text!r} is not on the screen:\n{self}")

    @override
    def __str__(self) -> str:
        """Draw the screen with a frame."""
        edge = "─" * self.cells.columns
        rows = (line + " " * (self.cells.columns - max(wcswidth(line), 0)) for line in self.lines)
        return "\n".join([f"┌{edge}┐", *(f"│{row}│" for row in rows), f"└{edge}┘"])


def _numbers(params: str) -> Iterator[int]:
    """Yield the numbers of *params*, of which some may be missing, or no numbers."""
    return map(int, filter(str.isdigit, params.split(";")))
