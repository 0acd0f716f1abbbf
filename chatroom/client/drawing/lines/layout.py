"""The lines of a room as rows: time, name and text side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby
from typing import assert_never

import urwid

from chatroom.client.drawing.columns import Align, cut, pad, width
from chatroom.client.drawing.lines.margin import text_room, time_column
from chatroom.client.drawing.lines.name_column import WIDEST, name_column
from chatroom.client.drawing.lines.parting import remark_row
from chatroom.client.drawing.lines.passages import Look, looks, rich_looks
from chatroom.client.drawing.lines.traffic import sign, told
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.text.clock import USUAL, TimeFormat
from chatroom.client.text.markup import fenced
from chatroom.client.text.safe import safe, safe_lines
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Private, Skipped, Traffic

_WRAP = urwid.StandardTextLayout()

_GUTTER = "▏"
"""What stands before a text that calls the user, is the first new one, or tells what somebody does."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a line; *lead* begins the text, a *colon* ends a name that has no column, a *mark* precedes it.

    Between name and text is a *gutter* in its style, if it has one. A *rich* text has code, quotes, rooms and people.
    """

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
    gutter: str = ""
    rich: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """The manner in which a line is drawn: *username* and *highlight_words* stand out, names are *names* wide.

    A *mark* stands before the name of who said it, which has the style *speaker*. What *follows* the line above it in a
    run has neither time nor name. The first *new* message stands out by the gutter. *people* have their own styles, by
    their folded names. Times are as *clock* writes them.
    """

    username: str = ""
    highlight_words: tuple[str, ...] = ()
    names: int = WIDEST
    mark: str = ""
    speaker: str = ""
    follows: bool = False
    new: bool = False
    people: tuple[tuple[str, str], ...] = ()
    clock: TimeFormat = USUAL


_PLAIN = Manner()


@lru_cache(maxsize=1024)
def line_rows(line: Line, columns: int, manner: Manner = _PLAIN) -> tuple[Row, ...]:
    """Return *line* as at least one row of at most *columns*, in this *manner*."""
    match line:
        case Skipped():
            return (remark_row(_missing(line), columns),)
        case Traffic():
            return (_traffic_row(line, columns, manner),)
        case MessageLine() | Pending() | Private() | NoticeLine():
            cells = _cells(line, manner)
            if manner.follows:
                cells = replace(cells, sign="", mark="")
                if isinstance(line, MessageLine):
                    cells = replace(cells, time="", time_style=Style.TIME)
            head, below, _ = _head(cells, columns, manner)
            # What is said is the same, whatever stands before it.
            first, *others = _text_rows(line, columns, replace(manner, follows=False, new=False))
            return (*head, *first), *((*below, *row) for row in others)
    assert_never(line)


def _missing(line: Skipped) -> str:
    """Return what there is to say about the messages that are not here."""
    how = "not here" if line.kept else "not kept any more"
    if line.first == line.last:
        return f"message {line.first} is {how}"
    return f"messages {line.first} to {line.last} are {how}"


def _cells(line: MessageLine | Pending | Private | NoticeLine, manner: Manner) -> _Cells:
    """Return what stands in the columns for *line*."""
    match line:
        case Pending():
            dim = Style.PENDING
            spoken = partial(_Cells, "…", dim, text=line.text, style=dim, sign_style=dim)
            if line.action:
                return spoken(sign="*", lead=line.speaker, lead_style=dim)
            return spoken(sign=line.speaker, colon=True)
        case MessageLine():
            time_style = Style.MENTION if line.mention else Style.TIME
            name = Style.OWN if line.own else manner.speaker or name_style(line.speaker)
            said = partial(_Cells, manner.clock.written(line.at), time_style, sign_style=name)
            first = Style.NEW if manner.new else ""
            if line.retraction:
                text, mark = line.retraction, manner.mark
                return said(sign=line.speaker, text=text, style=Style.DIM, colon=True, mark=mark, gutter=first)
            said = partial(said, text=line.text, gutter=Style.GUTTER if line.mention else first, rich=True)
            if line.action:
                gutter = Style.GUTTER if line.mention else first or name
                return said(sign="*", lead=line.speaker, lead_style=name, style=Style.ACTION, gutter=gutter)
            if line.notice:
                return said(sign="-", lead=f"{line.speaker} -", lead_style=name, style=Style.TEXT)
            return said(sign=line.speaker, style=Style.TEXT, colon=True, mark=manner.mark)
        case Private():
            name = Style.OWN if line.own else manner.speaker or name_style(line.speaker)
            whom = f"to {line.to}"
            lead = f"[{whom}]" if line.several else f"[privately {whom}]" if line.own else "[privately]"
            style = Style.PRIVATE
            time = manner.clock.written(line.at)
            return _Cells(time, Style.TIME, line.speaker, name, line.text, style, lead, style, colon=True)
        case NoticeLine():
            style = Style.ERROR if line.error else Style.NOTICE
            time = manner.clock.written(line.at)
            return _Cells(time, Style.TIME, "!" if line.error else "--", style, line.text, style)
    assert_never(line)


@lru_cache(maxsize=1024)
def _text_rows(line: MessageLine | Pending | Private | NoticeLine, columns: int, manner: Manner) -> tuple[Row, ...]:
    """Return the text of *line* without what has its columns before it; where names have none, they begin the text."""
    cells = _cells(line, manner)
    own = not isinstance(line, NoticeLine | Pending) and line.own
    # What somebody wrote about taking something back calls nobody.
    quiet = own or isinstance(line, Pending) or (isinstance(line, MessageLine) and line.retraction)
    watched = () if quiet else (manner.username, *manner.highlight_words)
    head, _, room = _head(cells, columns, manner)
    leads: list[tuple[str, str | None]] = [(safe(cells.lead), cells.lead_style)] if cells.lead else []
    if not head:
        leads.insert(0, (cells.mark + safe(cells.sign) + ":" * cells.colon, cells.sign_style))
    before = "".join(f"{lead} " for lead, _ in leads)
    lead_look: list[Look] = []
    for lead, style in leads:
        lead_look += [*[style or cells.style] * len(lead), cells.style]
    said = safe_lines(before + cells.text)
    blocks = fenced(cells.text) if cells.rich else [False] * len(said)
    people = dict(manner.people)
    rows: list[Row] = []
    for whole, block in zip(said, blocks, strict=True):
        # The leads are no part of what was said.
        text = whole[len(lead_look) :]
        if cells.rich:
            look = [*lead_look, *rich_looks(text, cells.style, watched, people, fenced=block)]
        else:
            look = [*lead_look, *looks(text, cells.style, watched)]
        for first, last in row_spans(whole, room):
            # The ground of a block is a rectangle.
            rest = ((Style.CODE, " " * (room - width(whole[first:last]))),) if block else ()
            rows.append((*styled(whole, first, last, look), *rest))
        lead_look = []
    return tuple(rows)


def _head(cells: _Cells, columns: int, manner: Manner) -> tuple[Row, Row, int]:
    """Return what stands left of the first row of the text and of the others, if there is room, and the text's room."""
    wide, time = name_column(columns, manner.names), manner.clock.columns
    if not wide:
        return (), (), columns
    head: list[Segment] = [(None, " ")]
    if time_column(columns, time):
        head += [(cells.time_style, pad(cells.time, time, Align.RIGHT)), (None, " ")]
    name = cut(cells.sign, wide - len(cells.mark))
    room = wide - len(cells.mark) - width(name)
    head += [(None, " " * room), (Style.DIM, cells.mark), (cells.sign_style, name)]
    gutter: Row = ((None, " "), (cells.gutter, _GUTTER)) if cells.gutter else ((None, "  "),)
    blank = (None, " " * sum(width(text) for _, text in head))
    return (*head, *gutter), (blank, *gutter), text_room(columns, manner.names, time)


def row_spans(text: str, room: int) -> Iterator[tuple[int, int]]:
    """Find where the rows of *text* begin and end: between words, or in one that is longer than a row."""
    for pieces in _WRAP.layout(text, room, "left", "space"):
        ends = [(piece[1], piece[2]) for piece in pieces if len(piece) == 3 and isinstance(piece[2], int)]
        yield ends[0] if ends else (0, 0)


def styled(text: str, first: int, last: int, look: Sequence[Look]) -> Iterator[Segment]:
    """Return *text* from *first* to *last*, each character in its *look*."""
    for style, run in groupby(range(first, last), key=look.__getitem__):
        end = first + len(list(run))
        yield style, text[first:end]
        first = end


def _traffic_row(line: Traffic, columns: int, manner: Manner) -> Row:
    """Return who came and went."""
    style = Style.TRAFFIC
    cells = _Cells(manner.clock.written(line.at), Style.TIME, sign(line), style, "", None)
    head, _, room = _head(cells, columns, manner)
    if not head:
        head, room = ((style, f"{sign(line)} "),), columns - 2
    return (*head, (style, told(line, room)))
