"""Lists over a screen: messages that were found, and rooms to go to; one line is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from chatroom.client.drawing.columns import Align, cut, pad, width
from chatroom.client.drawing.lines.margin import time_column
from chatroom.client.drawing.lines.name_column import name_column, needed
from chatroom.client.drawing.lines.parting import day_row
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.purposes import purposes
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.sentences import wrapped
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.bindings import Bindings
from chatroom.client.text.safe import safe
from chatroom.client.views.items import Choice, Day, FoundMessage, Item, RoomItem
from chatroom.client.views.view import ListView

_WIDEST_ROOM = 32
_WITH_ROOM_AND_NAME = 50
_BEFORE = 20
"""Columns that are left to what stands before the first word that was looked for, if that is far behind."""


def rows(view: ListView, columns: int, height: int, keys: Bindings) -> list[Row]:
    """Return at most *height* rows: those around the chosen one, and below them what there is to say."""
    last = [_last(view, columns, keys)] if _says_more(view, height) else []
    drawing = _Drawing(view, columns)
    shown = [drawing.row(number) for number in _in_view(view, height)]
    height -= len(last)
    if not shown and not view.error:
        shown = [((Style.DIM, f" {text}"),) for text in wrapped(view.notice, columns - 2)[:height]]
    return [*shown, *[()] * (height - len(shown)), *last]


def item_at(view: ListView, height: int, row: int) -> Item | None:
    """Return what stands in the *row* of *view*, where that has *height* rows."""
    numbers = _in_view(view, height)
    number = numbers[row] if row < len(numbers) else None
    return None if number is None else view.items[number]


def _says_more(view: ListView, height: int) -> bool:
    """Say whether the last of *height* rows is none of the list."""
    return height > 3 or (view.error and height > 1)


def _in_view(view: ListView, height: int) -> list[int | None]:
    """Return the numbers of the items in *height* rows, around the chosen one, and None for a blank row."""
    height -= _says_more(view, height)
    lines = list(_spaced(view.items))
    chosen = next((number for number, line in enumerate(lines) if line == view.chosen), 0)
    top = min(max(chosen - height // 2, 0), max(len(lines) - height, 0))
    return lines[top : top + height]


def _last(view: ListView, columns: int, keys: Bindings) -> Row:
    """Return the row below the list: what is wrong, what goes on, or else what can be done."""
    if view.error or (view.notice and view.items):
        return ((Style.QUESTION if view.error else Style.DIM, cut(f" {view.notice}", columns)),)
    return purposes("", view.keys, keys, columns)


def _spaced(items: Sequence[Item]) -> Iterator[int | None]:
    """Give the numbers of *items*, with a blank row (None) where a room comes after messages."""
    for number, item in enumerate(items):
        if number and isinstance(item, RoomItem) and isinstance(items[number - 1], FoundMessage):
            yield None
        yield number


class _Drawing:
    """Draws single items of *view*, *columns* wide."""

    def __init__(self, view: ListView, columns: int) -> None:
        self.columns = columns
        self._view = view
        rooms = [item for item in view.items if isinstance(item, FoundMessage | RoomItem)]
        choices = [width(cut(item.words, columns)) for item in view.items if isinstance(item, Choice)]
        self._words = min(max(choices, default=0), columns * 2 // 3)
        widest = max((width(cut(_place(item), _WIDEST_ROOM)) for item in rooms), default=0)
        self._room = min(widest, columns // 3)
        self._names = needed((item.message for item in rooms if isinstance(item, FoundMessage)), {})
        self._news = max((len(_news(item)) for item in rooms if isinstance(item, RoomItem)), default=0)

    def row(self, number: int | None) -> Row:
        """Return the row of the item with that *number*."""
        if number is None:
            return ()
        chosen = number == self._view.chosen
        match item := self._view.items[number]:
            case Day(day):
                return day_row(day, self.columns)
            case FoundMessage():
                return self._found(item, chosen=chosen)
            case RoomItem():
                return self._room_item(item, chosen=chosen)
            case Choice():
                return self._choice(item, chosen=chosen)
        assert_never(item)

    def _found(self, item: FoundMessage, *, chosen: bool) -> Row:
        """Return a message, of which one sees what was looked for."""
        message, columns = item.message, self.columns
        dim = Style.CHOSEN_DIM if chosen else Style.TIME
        clock = self._view.status.clock
        row: list[Segment] = [(dim, " ")]
        if time_column(columns, clock.columns):
            row.append((dim, f"{pad(clock.written(message.at), clock.columns, Align.RIGHT)} "))
        if item.named:
            row.append((dim, f"{pad(item.place, self._room)} "))
        names = name_column(columns if not item.named or columns >= _WITH_ROOM_AND_NAME else 0, self._names)
        look = Style.CHOSEN_DIM if chosen else Style.OWN if message.own else self._name_style(item)
        if names:
            row += [(look, pad(message.speaker, names, Align.RIGHT)), (dim, "  ")]
        else:
            row.append((look, f"{cut(message.speaker, columns // 4)}: "))
        room = columns - sum(width(text) for _, text in row) - 1
        plain, marked = (Style.CHOSEN_DIM, Style.CHOSEN) if chosen else (Style.TEXT, Style.MENTION)
        text = _fitting(_text(item, room, plain, marked), room)
        return (*row, *text, (plain, " " * max(room + 1 - sum(width(piece) for _, piece in text), 0)))

    def _name_style(self, item: FoundMessage) -> str:
        """Return the style of who speaks: in their hue of that room."""
        return name_style(item.message.speaker, self._view.hues.get(item.room, {}))

    def _room_item(self, item: RoomItem, *, chosen: bool) -> Row:
        """Return a room, and how much is new there."""
        look = Style.TAB_MENTION if item.mentions else Style.TAB_UNREAD if item.unread else Style.TEXT
        dim = Style.DIM
        if chosen:
            look, dim = Style.CHOSEN, Style.CHOSEN_DIM
        sign = " • " if item.joined else "   "
        row: list[Segment] = [(look, sign + pad(item.room, self._room))]
        if self._news:
            row.append((look, f"  {pad(_news(item), self._news)}"))
        room = self.columns - sum(width(text) for _, text in row)
        return (*row, (dim, pad(f"  {item.about}", room)))

    def _choice(self, item: Choice, *, chosen: bool) -> Row:
        """Return a row of words, and beside them the little more that there is to say."""
        look, dim = (Style.CHOSEN, Style.CHOSEN_DIM) if chosen else (Style.TEXT, Style.DIM)
        words = f" {pad(item.words, self._words)}"
        return (look, words), (dim, pad(f"  {item.about}", self.columns - width(words)))


def _place(item: FoundMessage | RoomItem) -> str:
    return item.place if isinstance(item, FoundMessage) else item.room


def _news(item: RoomItem) -> str:
    """Return how much is new in a room."""
    new = [f"{item.unread} new"] if item.unread else []
    if item.mentions and not item.private:
        new.append(f"{item.mentions} mention{'s' * (item.mentions > 1)}")
    return ", ".join(new)


def _text(item: FoundMessage, columns: int, plain: str, marked: str) -> Iterator[Segment]:
    """Give the text of *item* in one row, with what was looked for in it *marked*."""
    message = item.message
    if message.retraction:
        yield plain if plain == Style.CHOSEN_DIM else Style.DIM, _line(message.retraction)
        return
    start = 0
    if item.spans and width(safe(message.text[: item.spans[0][1]])) > columns:
        # What was looked for must be seen, so the beginning is left out.
        first = item.spans[0][0]
        start = max(first - _BEFORE, 0)
        start = max(start, message.text.find(" ", start, first) + 1)
        yield plain, "… "
    if message.action:
        yield plain, f"* {message.speaker} "
    elif message.notice:
        yield plain, f"-{message.speaker}- "
    for first, last in item.spans:
        if first >= start:
            yield plain, _line(message.text[start:first])
            yield marked, _line(message.text[first:last])
            start = last
    yield plain, _line(message.text[start:])


def _fitting(pieces: Iterator[Segment], columns: int) -> list[Segment]:
    """Return as many of *pieces* as fit, ending with … if that isn't all."""
    kept: list[Segment] = []
    for style, text in pieces:
        piece = cut(text, columns)
        kept.append((style, piece))
        columns -= width(piece)
        if piece != text:
            break
    return kept


def _line(text: str) -> str:
    """Return *text*, which may have several lines, in one."""
    return safe(text.replace("\n", " ⏎ "))
