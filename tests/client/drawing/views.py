"""Any view at all, with any text in it, and any size to draw it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from hypothesis import strategies as st

from chatroom.client.keys.actions import Action
from chatroom.client.text.clock import clock
from chatroom.client.views.items import Choice, Day, FoundMessage, RoomItem
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Private, Skipped, Traffic
from chatroom.client.views.view import (
    Anchor,
    Answering,
    Connectivity,
    HelpView,
    InputLine,
    ListView,
    LobbyRoom,
    LobbyView,
    Menu,
    Pasted,
    RoomView,
    Status,
    Tab,
    UsernameView,
    View,
)
from tests.client.drawing.test_rows import ANY_TEXT

T = TypeVar("T")

TIMES = st.datetimes(datetime(2026, 11, 19), datetime(2026, 11, 21))  # noqa: DTZ001  # what is drawn is in local time
COUNTS = st.integers(0, 300)
NAMES = st.one_of(st.sampled_from(("alice", "bob", "日本語", "a" * 32)), ANY_TEXT)
TEXTS = st.one_of(ANY_TEXT, st.lists(ANY_TEXT, max_size=8).map(" ".join))

SIZES = st.one_of(
    st.tuples(st.integers(1, 24), st.integers(1, 8)),
    st.tuples(st.integers(1, 140), st.integers(1, 40)),
    st.just((400, 100)),
)


def listed(strategy: st.SearchStrategy[T], most: int = 6) -> st.SearchStrategy[tuple[T, ...]]:
    """Give tuples of what *strategy* gives."""
    return st.lists(strategy, max_size=most).map(tuple)


CLOCKS = st.sampled_from(("%H:%M", "%-H", "%I:%M:%S %p", "%-I時%M分")).map(clock)
MESSAGES = st.builds(MessageLine, COUNTS, TIMES, NAMES, TEXTS, st.booleans(), st.booleans(), st.booleans())
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(
        MessageLine, COUNTS, TIMES, NAMES, TEXTS, st.booleans(), st.booleans(), st.booleans(), re=st.none() | COUNTS
    ),
    st.builds(MessageLine, COUNTS, TIMES, NAMES, st.just(""), own=st.booleans(), retraction=TEXTS),
    st.builds(Private, TIMES, NAMES, NAMES, TEXTS, st.booleans()),
    st.builds(Traffic, TIMES, listed(NAMES), listed(NAMES), listed(st.tuples(NAMES, NAMES)), st.booleans()),
    st.builds(NoticeLine, TIMES, TEXTS, st.booleans()),
    st.builds(Skipped, TIMES, COUNTS, COUNTS, st.booleans()),
)
ASIDES = listed(st.builds(NoticeLine, TIMES, TEXTS, st.booleans()), 4)
PENDING = st.builds(Pending, ANY_TEXT, NAMES, TEXTS, st.booleans(), st.none() | COUNTS)
STATUSES = st.builds(
    Status,
    NAMES,
    st.sampled_from(Connectivity),
    TEXTS,
    st.none() | st.floats(0, 100),
    st.integers(0, 20),
    COUNTS,
    TEXTS,
    listed(NAMES, 2),
    COUNTS,
    TEXTS,
    clock=CLOCKS,
)


@st.composite
def inputs(draw: st.DrawFn) -> InputLine:
    """Give lines being typed, with the cursor anywhere in them."""
    text = draw(TEXTS)
    hint = draw(listed(NAMES))
    chosen = draw(st.none() | st.integers(0, len(hint) - 1)) if hint else None
    return InputLine(
        draw(st.sampled_from(("> ", "Your name: ")) | ANY_TEXT), text, draw(st.integers(0, len(text))), hint, chosen
    )


@st.composite
def lobbies(draw: st.DrawFn) -> LobbyView:
    """Give lobbies, with one of the rooms chosen if there are any."""
    rooms = draw(listed(st.builds(LobbyRoom, NAMES, TEXTS, COUNTS, COUNTS, st.booleans(), st.booleans()), 30))
    last = draw(st.none() | MESSAGES)
    rooms = tuple(replace(room, last=last) for room in rooms)
    return LobbyView(
        server=draw(TEXTS),
        rooms=rooms,
        chosen=draw(st.integers(0, len(rooms) - 1)) if rooms else None,
        total=draw(st.none() | COUNTS),
        question=draw(TEXTS),
        lines=draw(listed(LINES)),
        input=draw(inputs()),
        status=draw(STATUSES),
        asides=draw(ASIDES),
    )


KEYS = listed(st.tuples(st.sampled_from(Action), TEXTS))


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    """Give menus, with one of the choices chosen."""
    choices = draw(st.lists(st.builds(Choice, TEXTS, TEXTS), min_size=1, max_size=20))
    return Menu(draw(NAMES), draw(TEXTS), choices, draw(st.integers(0, len(choices) - 1)), draw(KEYS))


ROOMS = st.builds(
    RoomView,
    room=NAMES,
    topic=TEXTS,
    count=COUNTS,
    tabs=listed(st.builds(Tab, NAMES, COUNTS, st.booleans(), st.booleans(), st.booleans(), st.booleans()), 15),
    members=listed(NAMES, 15),
    lines=listed(LINES, 10),
    pending=listed(PENDING, 2),
    read_to=st.none() | COUNTS,
    complete=st.booleans(),
    live=st.booleans(),
    loading=st.booleans(),
    arrived=COUNTS,
    input=inputs(),
    status=STATUSES,
    anchor=st.none() | st.builds(Anchor, st.none() | COUNTS),
    emphasized=st.none() | COUNTS,
    pasted=st.none() | st.builds(Pasted, st.lists(TEXTS, min_size=1, max_size=20), COUNTS, COUNTS),
    roles=st.dictionaries(NAMES, st.sampled_from(("owner", "moderator", "operator", "")), max_size=6),
    hues=st.dictionaries(NAMES, st.integers(0, 15), max_size=6),
    asides=ASIDES,
    lately=COUNTS,
    introduction=listed(TEXTS, 3),
    pointed=st.none() | COUNTS,
    menu=st.none() | menus(),
    answered=st.dictionaries(COUNTS, st.builds(MessageLine, COUNTS, TIMES, NAMES, TEXTS, st.booleans()), max_size=3),
    answering=st.none() | st.builds(Answering, COUNTS, st.none() | st.builds(MessageLine, COUNTS, TIMES, NAMES, TEXTS)),
)


@st.composite
def found(draw: st.DrawFn) -> FoundMessage:
    """Give messages that were found, with what was looked for anywhere in them."""
    message = draw(MESSAGES)
    places = sorted(draw(st.sets(st.integers(0, len(message.text)), max_size=6)))
    return FoundMessage(draw(NAMES), message, tuple(zip(places[::2], places[1::2], strict=False)), draw(st.booleans()))


@st.composite
def lists(draw: st.DrawFn) -> ListView:
    """Give lists, with one of the lines chosen if there are any."""
    places = st.builds(RoomItem, NAMES, TEXTS, COUNTS, COUNTS, st.booleans())
    items = draw(listed(st.one_of(found(), places, st.builds(Choice, TEXTS, TEXTS), st.builds(Day, st.dates())), 20))
    return ListView(
        title=draw(TEXTS),
        about=draw(TEXTS),
        count=draw(TEXTS),
        items=items,
        chosen=draw(st.integers(0, len(items) - 1)) if items else None,
        notice=draw(TEXTS),
        error=draw(st.booleans()),
        keys=draw(KEYS),
        input=draw(st.none() | inputs()),
        status=draw(STATUSES),
    )


VIEWS: st.SearchStrategy[View] = st.one_of(
    st.builds(UsernameView, TEXTS, TEXTS, inputs(), STATUSES, st.just("") | TEXTS),
    lobbies(),
    ROOMS,
    lists(),
    st.builds(HelpView, listed(st.tuples(TEXTS, listed(st.tuples(TEXTS, TEXTS)))), STATUSES, inputs()),
)
