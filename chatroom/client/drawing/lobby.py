"""The rooms that can be entered, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatroom.client.drawing.columns import Align, cut, pad, width
from chatroom.client.drawing.lines.layout import Manner, line_rows
from chatroom.client.drawing.lines.name_column import needed
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.purposes import purposes
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.sentences import wrapped
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.text.safe import safe
from chatroom.client.views.lines import Private
from chatroom.client.views.view import LobbyRoom, LobbyView

_WIDEST_NAME = 32
_MOST_NEWS = 5
_WITH_LAST = 30
_WITH_TOPIC = 8
_MOST_ASKED = 4
_PURPOSES = (
    (Action.SUBMIT, "join"),
    (Action.CREATE, "create"),
    (Action.HELP, "keys"),
    (Action.DELETE_ROOM, "delete your own"),
)


def lobby(view: LobbyView, columns: int, height: int, keys: Bindings) -> list[Row]:
    """Return at most *height* rows: the rooms, the news below them, and last what is asked or what can be done."""
    news, last = _below(view, columns, height, keys)
    height -= len(news) + len(last)
    rooms = _table(view, columns, height, keys)
    blank: list[Row] = [()] * (height - len(rooms))
    return rooms + blank + news + last


def room_at(view: LobbyView, columns: int, height: int, number: int, keys: Bindings) -> LobbyRoom | None:
    """Return which room stands in the row *number* of a lobby of this size, if one does."""
    height -= sum(map(len, _below(view, columns, height, keys)))
    head, rooms = _rooms_in_view(view, height)
    index = rooms.start + number - head
    return view.rooms[index] if head <= number < height and index < rooms.stop else None


def _below(view: LobbyView, columns: int, height: int, keys: Bindings) -> tuple[list[Row], list[Row]]:
    """Return the rows below the table: the news, and what is asked or can be done."""
    last = _last(view, columns, keys)[:height] if view.question or height > 3 else []
    height -= len(last)
    news = _news(view, columns, min(_MOST_NEWS, height // 3))
    if news and height > 10:
        news.insert(0, ())
    return news, last


def _rooms_in_view(view: LobbyView, height: int) -> tuple[int, range]:
    """Return how many rows are above those of the rooms, and which rooms have one."""
    head = 1 if height > 5 else 0
    height -= head
    top = min(max((view.chosen or 0) - height // 2, 0), max(len(view.rooms) - height, 0))
    return head, range(top, min(top + height, len(view.rooms)))


def _table(view: LobbyView, columns: int, height: int, keys: Bindings) -> list[Row]:
    """Return at most *height* rows: those of the rooms around the chosen one, under the names of their columns."""
    if height < 1:
        return []
    if not view.rooms:
        nothing: Row = ((Style.DIM, cut(f" {_nothing(view, keys)}", columns)),)
        return [nothing]
    head, numbers = _rooms_in_view(view, height)
    table = _Columns(view.rooms[numbers.start : numbers.stop], columns)
    drawn: list[Row] = [table.row(view.rooms[number], chosen=number == view.chosen) for number in numbers]
    return [table.head(), *drawn] if head else drawn


def _news(view: LobbyView, columns: int, height: int) -> list[Row]:
    """Return the newest rows of what there is to say."""
    lines = view.lines[max(len(view.lines) - height, 0) :]
    status = view.status
    manner = Manner(status.username, status.highlight_words, needed(lines, {}), clock=status.clock)
    rows: list[Row] = []
    for line in lines:
        name = name_style(line.speaker, view.hues) if isinstance(line, Private) else ""
        rows += line_rows(line, columns, replace(manner, speaker=name))
    return rows[max(len(rows) - height, 0) :]


def _last(view: LobbyView, columns: int, keys: Bindings) -> list[Row]:
    """Return the rows under the rooms: what is asked, or else what can be done."""
    if view.question:
        return [((Style.QUESTION, f" {text}"),) for text in wrapped(view.question, columns - 1)[:_MOST_ASKED]]
    return [purposes("Type to filter", _PURPOSES, keys, columns)]


class _Columns:
    """The columns of the table."""

    def __init__(self, rooms: Sequence[LobbyRoom], columns: int) -> None:
        self._columns = columns
        known = any(listed.last for listed in rooms)
        self._about = max(width(safe(listed.topic)) for listed in rooms) if known else None
        people = max(width(_people(listed)) for listed in rooms)
        self._people = max(people, len("people")) if columns >= 40 else people
        widest = max(*(width(cut(listed.room, _WIDEST_NAME)) for listed in rooms), len("room"))
        self._name = max(min(widest, columns - self._people - 5), 1)
        self._room = columns - 3 - self._name - 2 - self._people - 3

    def head(self) -> Row:
        """Return the names of the columns."""
        name, people = pad("room", self._name), pad("people", self._people, Align.RIGHT)
        return ((Style.DIM, f"   {name}  {people}{'   topic' if self._room > _WITH_TOPIC else ''}"),)

    def row(self, listed: LobbyRoom, *, chosen: bool) -> Row:
        """Return the row of one room."""
        full = listed.full and not listed.joined
        look = Style.DIM if full else Style.TEXT
        dim = Style.DIM
        if chosen:
            look, dim = Style.CHOSEN, Style.CHOSEN_DIM
        sign = " • " if listed.joined else "   "
        people = pad(_people(listed), self._people, Align.RIGHT)
        told = {
            "full": listed.full,
            "no guests": not listed.guests,
            "private": listed.private,
            "invited only": listed.closed and not listed.invited,
            "with a key": listed.keyed,
            "invited": listed.invited,
            "yours": listed.own,
        }
        notes = [note for note, so in told.items() if so]
        end = f"  {' · '.join(notes)} " if notes else " "
        # The topic is what matters least, and then what was said.
        if self._room - len(end) < _WITH_TOPIC:
            rest = pad(f"  {people} {end}".rstrip(), self._columns - 3 - self._name)
            return ((look, sign + pad(listed.room, self._name)), (dim, rest))
        topic, said = self._topic(listed, self._room - len(end))
        return ((look, sign + pad(listed.room, self._name)), (dim, f"  {people}   "), (look, topic), (dim, said + end))

    def _topic(self, listed: LobbyRoom, room: int) -> tuple[str, str]:
        """Return what the room is about, and what was said there last, *room* columns together."""
        if self._about is None or room < _WITH_LAST:
            return pad(listed.topic, room), ""
        about = min(self._about, room // 2)
        last = listed.last
        said = "" if last is None or last.retraction else f"{last.speaker}: {last.text[: 4 * room]}".replace("\n", " ")
        return pad(listed.topic, about), pad(f"  {said}" if said else "", room - about)


def _people(listed: LobbyRoom) -> str:
    """Write how many are in the room, and how many may be."""
    return f"{listed.members}/{listed.capacity}" if listed.capacity else str(listed.members)


def _nothing(view: LobbyView, keys: Bindings) -> str:
    """Say what to do where there is no room to choose."""
    enter = keys.label(Action.SUBMIT)
    if view.total is None:
        return "The rooms are being listed …"
    if view.total or view.input.text:
        return f"No room is called so. Press {enter} to open it."
    return f"No room is open. Type a name and press {enter} to open one."
