"""The panels beside a room: the joined rooms on the left, the members on the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from chatroom.client.drawing.columns import cut, pad, width
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.text.safe import safe
from chatroom.client.views.roles import mark
from chatroom.client.views.view import Tab

_MOST = 99

_AROUND = 4
"""Columns around the name of a room: for its digit, and blanks."""


def tabs_width(rooms: Sequence[Tab]) -> int:
    """Return how many columns *rooms* need, with what is new in each, for which there are two in any case."""
    return max((_columns(tab.room) + max(len(_end(tab)), 2) for tab in rooms), default=0) + _AROUND + 1


def members_width(names: Sequence[str], count: int, height: int) -> int:
    """Return how many columns those of *names* need that have a row, and the number of all others of *count*."""
    shown = names[: _fitting(names, count, height)]
    more = _more(len(shown), max(count, len(names)))
    return max(*(_columns(name) + 2 for name in shown), len(more) + 1, 0)


def tabs(rooms: Sequence[Tab], columns: int, height: int) -> list[Row]:
    """Return a row for each of *rooms* as far as they fit, the current one among them, and how many more there are."""
    top, bottom = _shown_tabs(rooms, height)
    rows = [_tab(number, tab, columns) for number, tab in enumerate(rooms[top:bottom], top)]
    if others := [*rooms[:top], *rooms[bottom:]]:
        loudest = min((_look(tab) for tab in others), key=_LOOKS.index)
        rows.append(((loudest, cut(f" {_more(bottom - top, len(rooms))}", columns - 1)),))
    return rows[:height]


def elsewhere(rooms: Sequence[Tab]) -> list[Segment]:
    """Return for the bar which of *rooms* have something new: mentions first."""
    new = [tab for tab in rooms if not tab.current and (tab.unread or tab.mentioned)]
    new.sort(key=lambda tab: not tab.mentioned)
    return [(Style.STATUS_NEWS if tab.mentioned else Style.STATUS, f"{tab.room} {_news(tab)}") for tab in new]


def members(
    names: Sequence[str],
    count: int,
    columns: int,
    height: int,
    style: Callable[[str], str],
    roles: Mapping[str, str] = MappingProxyType({}),
) -> list[Row]:
    """Return a row for each of *names*, each in its own *style*, and how many more of *count* there are.

    Those with *roles* are marked, and then all names stand below each other.
    """
    total = max(count, len(names))
    shown = names[: _fitting(names, count, height)]
    none = " " if any(mark(name, roles) for name in shown) else ""
    rows: list[Row] = [((style(name), cut(f"{mark(name, roles) or none}{name}", columns - 1)),) for name in shown]
    if more := _more(len(shown), total):
        rows.append(((Style.DIM, cut(more, columns - 1)),))
    return rows


def tab_at(rooms: Sequence[Tab], height: int, row: int) -> Tab | None:
    """Return which of *rooms* stands in a *row* of the list, if one does."""
    top, bottom = _shown_tabs(rooms, height)
    return rooms[top + row] if row < bottom - top else None


def member_at(names: Sequence[str], count: int, height: int, row: int) -> str | None:
    """Return which of *names* stands in a *row* of the list, if one does."""
    return names[row] if row < min(_fitting(names, count, height), len(names)) else None


def _more(shown: int, total: int) -> str:
    """Say how many there are of *total* besides those *shown*, if there are any."""
    if shown == total:
        return ""
    return f"+ {total - shown} more" if shown else f"{total} people"


@lru_cache(maxsize=1024)
def _columns(name: str) -> int:
    return width(safe(name))


def _shown_tabs(rooms: Sequence[Tab], height: int) -> tuple[int, int]:
    """Return the number of the first one of *rooms* that has a row, and that of the first one behind these."""
    if len(rooms) > height:
        # The last row says how many more there are.
        height = max(height - 1, 1)
    current = next((number for number, tab in enumerate(rooms) if tab.current), 0)
    top = min(max(current - height // 2, 0), max(len(rooms) - height, 0))
    return top, min(top + height, len(rooms))


def _fitting(names: Sequence[str], count: int, height: int) -> int:
    """Return how many rows are for *names*: all, or all but the one that says how many more of *count* there are."""
    return height if max(count, len(names)) <= min(height, len(names)) else max(height - 1, 0)


def _news(tab: Tab) -> str:
    """Return how much there is to read in *tab*, with an ``@`` for a mention."""
    count = f"{min(tab.unread, _MOST)}{'+' if tab.unread > _MOST else ''}" if tab.unread else ""
    return f"@{count}" if tab.mentioned else count


def _end(tab: Tab) -> str:
    """Return what stands behind the name of *tab*: that something is begun there, and how much there is to read."""
    return " ".join(filter(None, ("…" if tab.begun else "", _news(tab))))


def _tab(number: int, tab: Tab, columns: int) -> Row:
    """Return the row of *tab*: the digit that leads to it, its name, and what stands behind that."""
    digit = f"{(number + 1) % 10}" if number < 10 else " "
    news = _end(tab)
    room = columns - _AROUND - (width(news) + 1 if news else 0)
    name = pad(tab.room, room)
    if tab.current:
        look = Style.CHOSEN_DIM if tab.muted else Style.CHOSEN
        return ((look, f" {digit} {name}{' ' + news if news else ''} "),)
    return ((Style.TAB_NUMBER, f" {digit} "), (_look(tab), f"{name}{' ' + news if news else ''} "))


_LOOKS = (Style.TAB_MENTION, Style.TAB_UNREAD, Style.TAB, Style.DIM)
"""The looks of rooms, the loudest first."""


def _look(tab: Tab) -> str:
    mention, unread, plain, dim = _LOOKS
    return dim if tab.muted else mention if tab.mentioned else unread if tab.unread else plain
