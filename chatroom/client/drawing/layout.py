"""The lines of a room as rows: time, name and text side by side, or what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import NamedTuple, assert_never

import urwid

from chatroom.client.drawing.columns import Align, cut, pad, width
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style, name_style
from chatroom.client.text.highlights import highlights
from chatroom.client.text.safe import safe, safe_lines
from chatroom.client.views.lines import Line, Message, Notice, Pending, Private, Skipped, Traffic

# In English whatever the locale says, as all the rest is.
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()

_WITH_TIME = 40
_WITH_NAMES = 24

_WRAP = urwid.StandardTextLayout()

_Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a line; *lead* begins the text, a *colon* ends a name that has no column, a *mark* precedes it."""

    time: str
    time_style: str
    sign: str
    sign_style: str
    text: str
    style: str | None
    lead: str = ""
    lead_style: str | None = None
    colon: bool = False
    mark: str = ""


def name_column(columns: int) -> int:
    """Return how wide the column of names is where there are *columns* in all; 0 if there is none."""
    return next((wide for least, wide in ((100, 16), (60, 12), (40, 10), (_WITH_NAMES, 8)) if columns >= least), 0)


def name_columns(columns: int) -> range:
    """Return in which of *columns* names stand."""
    before = 1 + (6 if columns >= _WITH_TIME else 0)
    return range(before, before + name_column(columns))


@lru_cache(maxsize=64)
def measure(columns: int, most: int) -> int:
    """Return how many of *columns* lines take, if what is said in them is at most *most* wide; 0 is any width."""
    if not most:
        return columns
    return max((wide for wide in range(1, columns + 1) if _room(wide) <= most), default=columns)


@lru_cache(maxsize=1024)
def line_rows(
    line: Line, columns: int, username: str, highlight_words: tuple[str, ...] = (), mark: str = ""
) -> tuple[Row, ...]:
    """Return *line* as at least one row of at most *columns*; *username* and the words *highlight_words* stand out.

    A *mark* stands before the name of who said it.
    """
    match line:
        case Skipped():
            return (remark_row(_missing(line), columns),)
        case Traffic():
            return _traffic_rows(line, columns)
        case Message() | Pending() | Private() | Notice():
            cells = _cells(line, mark)
            own = not isinstance(line, Notice | Pending) and line.own
            # What somebody wrote about taking something back calls nobody.
            quiet = own or isinstance(line, Pending) or (isinstance(line, Message) and line.retraction)
            return _cell_rows(cells, columns, () if quiet else (username, *highlight_words))
    assert_never(line)


def day_row(day: date, columns: int) -> Row:
    """Return the row above the first line of a *day*."""
    name = f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"
    if width(name) + 6 > columns:
        return _centred(name, Style.DAY, columns)
    left = (columns - width(name) - 6) // 2
    return (None, " " * left), (Style.RULE, "── "), (Style.DAY, name), (Style.RULE, " ──")


def new_row(columns: int) -> Row:
    """Return the row between what is read and what is new."""
    if columns < 12:
        return _centred("new", Style.NEW, columns)
    rule = columns - 2 - len(" new ")
    return (None, " "), (Style.NEW, "─" * (rule // 2) + " new " + "─" * (rule - rule // 2))


def remark_row(text: str, columns: int) -> Row:
    """Return *text* as a remark about the lines around it."""
    return _centred(f"— {text} —", Style.DIM, columns)


def emphasized_row(row: Row, columns: int) -> Row:
    """Return *row* as it stands out from all others."""
    return ((Style.CHOSEN, pad("".join(text for _, text in row), columns)),)


def _centred(text: str, style: str, columns: int) -> Row:
    """Return *text* in the middle of *columns*."""
    text = cut(text, columns)
    return (None, " " * ((columns - width(text)) // 2)), (style, text)


def _missing(line: Skipped) -> str:
    """Return what there is to say about the messages that are not here."""
    how = "not here" if line.kept else "not kept any more"
    if line.first == line.last:
        return f"message {line.first} is {how}"
    return f"messages {line.first} to {line.last} are {how}"


def _cells(line: Message | Pending | Private | Notice, mark: str) -> _Cells:
    """Return what stands in the columns for *line*, with a *mark* before the name of who speaks in the room."""
    match line:
        case Pending():
            dim = Style.PENDING
            spoken = partial(_Cells, "…", dim, text=line.text, style=dim, sign_style=dim)
            if line.action:
                return spoken(sign="*", lead=line.speaker, lead_style=dim)
            return spoken(sign=line.speaker, colon=True)
        case Message():
            time_style = Style.MENTION if line.mention else Style.TIME
            name = Style.OWN if line.own else name_style(line.speaker)
            said = partial(_Cells, clock(line.at), time_style, sign_style=name, text=line.retraction or line.text)
            if line.retraction:
                return said(sign=line.speaker, style=Style.DIM, colon=True, mark=mark)
            if line.action:
                return said(sign="*", lead=line.speaker, lead_style=name, style=Style.ACTION)
            return said(sign=line.speaker, style=Style.TEXT, colon=True, mark=mark)
        case Private():
            name = Style.OWN if line.own else name_style(line.speaker)
            lead = f"[privately to {line.to}]" if line.own else "[privately]"
            style = Style.PRIVATE
            return _Cells(clock(line.at), Style.TIME, line.speaker, name, line.text, style, lead, style, colon=True)
        case Notice():
            style = Style.ERROR if line.error else Style.NOTICE
            return _Cells(clock(line.at), Style.TIME, "!" if line.error else "--", style, line.text, style)
    assert_never(line)


def clock(at: datetime) -> str:
    """Return the time of day of *at*."""
    return f"{at.hour:02}:{at.minute:02}"


def _cell_rows(cells: _Cells, columns: int, watched: Sequence[str]) -> tuple[Row, ...]:
    """Return *cells* in its columns, or one thing after the other where there is no room for them."""
    head, room = _head(cells, columns)
    leads: list[tuple[str, str | None]] = [(safe(cells.lead), cells.lead_style)] if cells.lead else []
    if not head:
        leads.insert(0, (cells.mark + safe(cells.sign) + ":" * cells.colon, cells.sign_style))
    start = 0
    spans: list[_Span] = []
    for lead, style in leads:
        if style:
            spans.append((start, start + len(lead), style))
        start += len(lead) + 1

    rows: list[Row] = []
    for line in safe_lines("".join(f"{lead} " for lead, _ in leads) + cells.text):
        # The leads are no part of what was said.
        found = highlights(line[start:], "", watched)
        spans += [(start + special.start, start + special.end, Style(special.kind)) for special in found]
        for first, last in _wrapped(line, room):
            rows.append((*head, *_styled(line, first, last, cells.style, spans)))
            head = ((None, " " * sum(width(text) for _, text in head)),)
        start, spans = 0, []
    return tuple(rows)


def _head(cells: _Cells, columns: int) -> tuple[Row, int]:
    """Return what stands left of the text, if there is room for it, and how much room the text has."""
    names = name_column(columns)
    if not names:
        return (), columns
    head: list[Segment] = [(None, " ")]
    if columns >= _WITH_TIME:
        head += [(cells.time_style, pad(cells.time, 5, Align.RIGHT)), (None, " ")]
    sign = cut(cells.sign, names - len(cells.mark))
    room = names - len(cells.mark) - width(sign)
    head += [(None, " " * room), (Style.DIM, cells.mark), (cells.sign_style, sign), (None, "  ")]
    return tuple(head), _room(columns)


def _room(columns: int) -> int:
    """Return how much room the text of a line has."""
    names = name_column(columns)
    if not names:
        return columns
    # The last column stays free too, so that the text does not touch what is right of it.
    return columns - 1 - (6 if columns >= _WITH_TIME else 0) - names - 2 - 1


def _wrapped(text: str, room: int) -> Iterator[tuple[int, int]]:
    """Find where the rows of *text* begin and end: between words, or in one that is longer than a row."""
    for pieces in _WRAP.layout(text, room, "left", "space"):
        ends = [(piece[1], piece[2]) for piece in pieces if len(piece) == 3 and isinstance(piece[2], int)]
        yield ends[0] if ends else (0, 0)


def _styled(text: str, first: int, last: int, style: str | None, spans: Sequence[_Span]) -> Iterator[Segment]:
    """Return *text* from *first* to *last*: in the *style* of a span where there is one, else in *style*."""
    for span_start, span_end, special in spans:
        start, end = max(span_start, first), min(span_end, last)
        if start < end:
            yield style, text[first:start]
            yield special, text[start:end]
            first = end
    yield style, text[first:last]


def _traffic_rows(line: Traffic, columns: int) -> tuple[Row, ...]:
    """Return who came and went in one row: as many names as it takes, and the number of the others."""
    sign = "←" if not (line.joined or line.renamed) else "→" if not (line.left or line.renamed) else "↔"
    style = Style.TRAFFIC
    head, room = _head(_Cells(clock(line.at), Style.TIME, sign, style, "", None), columns)
    if not head:
        head, room = ((style, f"{sign} "),), columns - 2
    renamed = [f"{old} is now {new}" for old, new in line.renamed]
    groups = [_Group(line.joined, "joined"), _Group(line.left, "left"), _Group(renamed, "renamed", telling=True)]
    text = _told([group for group in groups if group.names], room)
    return ((*head, (style, cut(text, room))),)


class _Group(NamedTuple):
    """The *names* of people who did *what*; if they are *telling*, they say so themselves."""

    names: Sequence[str]
    what: str
    telling: bool = False

    def told(self, most: int) -> str:
        """Return at most *most* of the names, how many more there are, and what they did."""
        if not most:
            return f"{len(self.names)} {self.what}"
        names = ", ".join(self.names[:most])
        if others := max(len(self.names) - most, 0):
            names += f" and {others} other{'s' * (others > 1)}"
        return names if self.telling else f"{names} {self.what}"


def _told(groups: Sequence[_Group], room: int) -> str:
    """Return what happened, with fewer names in the longest of the *groups* as long as it is too much."""
    # A name takes three columns at least, with its comma and its space.
    most = [min(len(group.names), room // 3 + 1) for group in groups]
    while True:
        told = [group.told(few) for group, few in zip(groups, most, strict=True)]
        text = safe(" · ".join(told))
        if width(text) <= room or not any(most):
            return text
        longest = max((number for number, few in enumerate(most) if few), key=lambda number: len(told[number]))
        most[longest] -= 1
