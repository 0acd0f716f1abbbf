"""What has changed on a screen: the terminal moves what has moved, and of a row only what differs is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from chatroom.client.drawing.columns import width
from chatroom.client.drawing.disputed import Run

Runs = list[Run]
"""A row as urwid writes it."""

_FEW = 4
"""Rows of which fewer are written where they are, and characters of which fewer are no sign of what has moved."""

_WORTH = 64
"""Bytes that moving rows is to save at least; the sequences for it are about half as long."""

_NOTHING: Run = None, "U", b""

_UNSURE = regex.compile(r"[\p{M}\p{Cf}]")
"""What some terminals write onto the character before, and others beside it."""


@dataclass(frozen=True, slots=True)
class _Move:
    """The rows from *top* to before *bottom* move up by so many rows (*up*), or down if that is negative."""

    top: int
    bottom: int
    up: int

    def of(self, rows: Sequence[Runs]) -> list[Runs]:
        """Return *rows* after it; those that came out blank are empty."""
        within, blank = rows[self.top : self.bottom], [Runs() for _ in range(abs(self.up))]
        moved = [*within[self.up :], *blank] if self.up > 0 else [*blank, *within[: self.up]]
        return [*rows[: self.top], *moved, *rows[self.bottom :]]

    def sequence(self, row: int) -> Run:
        """Return what tells the terminal of it, and puts the cursor into *row* again."""
        # Lines are deleted or inserted between margins: consoles that know no scrolling by itself know these.
        how = f"{self.up}M" if self.up > 0 else f"{-self.up}L"
        within = f"\x1b[{self.top + 1};{self.bottom}r\x1b[{self.top + 1}H\x1b[{how}\x1b[r"
        return None, "U", f"{within}\x1b[{row + 1}H".encode()


class Changes:
    """Knows what a terminal shows that is given all that it returns; a new one knows nothing."""

    def __init__(self) -> None:
        self._shown: Sequence[Runs] = ()
        self._given: Sequence[Runs] = ()

    def given(self, wanted: Sequence[Runs]) -> Sequence[Runs]:
        """Return the rows by which urwid makes the terminal show *wanted*: it writes those that are new to it."""
        shown, self._shown = self._shown, wanted
        if len(shown) != len(wanted):
            self._given = wanted
            return wanted
        if move := _move(shown, wanted):
            shown = move.of(shown)
        changed = [number for number, row in enumerate(wanted) if row != shown[number]]
        rows = [*self._given]
        for number in changed:
            row = _difference(shown[number], wanted[number]) if number < len(wanted) - 1 else wanted[number]
            # Rows that came out blank are among those that changed.
            if move and number == changed[0]:
                row = [move.sequence(number), *row]
            # What was given there may have moved since.
            rows[number] = [_NOTHING, *row] if row == rows[number] else row
        self._given = rows
        return rows


def _difference(shown: Runs, wanted: Runs) -> Runs:
    """Return what is to be written of *wanted* where *shown* stands: all of it if it is not sure where that is."""
    if not (_is_plain(shown) and _is_plain(wanted)):
        return wanted
    there = {*_placed(shown)}
    found, at = Runs(), 0
    for left, run in _placed(wanted):
        if (left, run) not in there:
            style, _, text = run
            if left != at:
                found.append((style, "U", f"\x1b[{left + 1}G".encode()))
            found.append(run)
            at = left + len(text.decode())
    if found and found[-1] is not wanted[-1]:
        # Of blanks at its end, urwid makes a sequence that erases all behind them.
        found.append((found[-1][0], "U", b""))
    return found


def _move(shown: Sequence[Runs], wanted: Sequence[Runs]) -> _Move | None:
    """Return which rows of *shown* are best moved to be those of *wanted*, if it is worth it."""
    changed = [number for number, row in enumerate(wanted) if row != shown[number]]
    if len(changed) < _FEW or not (up := _distance(shown, wanted, changed)):
        return None
    most = saved = top = bottom = 0
    first = max(0, -up)
    for number in range(first, min(len(wanted), len(wanted) - up)):
        saved += _same(shown[number + up], wanted[number]) - _same(shown[number], wanted[number])
        if saved <= 0:
            saved, first = 0, number + 1
        elif saved > most:
            most, top, bottom = saved, first, number + 1
    blank = range(bottom, bottom + up) if up > 0 else range(top + up, top)
    if most - sum(_same(shown[number], wanted[number]) for number in blank) < _WORTH:
        return None
    return _Move(min(top, top + up), max(bottom, bottom + up), up)


def _distance(shown: Sequence[Runs], wanted: Sequence[Runs], changed: Sequence[int]) -> int:
    """Return by how many rows most has moved up that stands in the *changed* rows; 0 for nothing."""
    places = defaultdict[tuple[int, Run], list[int]](list)
    for number, row in enumerate(shown):
        for placed in _placed(row):
            places[placed].append(number)
    votes = Counter[int]()
    for number in changed:
        for placed in _placed(wanted[number]):
            before = places.get(placed, ())
            # What stands in many rows says nothing.
            if len(before) < _FEW and len(placed[1][2].strip()) >= _FEW:
                votes.update(each - number for each in before)
    return next((up for up, _ in votes.most_common() if up), 0)


def _same(shown: Runs, wanted: Runs) -> int:
    """Return how many bytes of *wanted* need not be written where *shown* stands."""
    if shown != wanted and not (_is_plain(shown) and _is_plain(wanted)):
        return 0
    there = {*_placed(shown)}
    return sum(len(placed[1][2]) for placed in _placed(wanted) if placed in there)


def _is_plain(row: Runs) -> bool:
    """Say whether all terminals agree in which columns the runs of *row* stand: each character has one."""
    texts = [(charset, text.decode()) for _, charset, text in row if charset or not text.isascii()]
    return all(charset is None and width(text) == len(text) and not _UNSURE.search(text) for charset, text in texts)


def _placed(row: Runs) -> list[tuple[int, Run]]:
    """Return the runs of *row* with the columns where they begin, if it is plain; else with some number."""
    placed, left = [], 0
    for run in row:
        placed.append((left, run))
        left += len(run[2].decode())
    return placed
