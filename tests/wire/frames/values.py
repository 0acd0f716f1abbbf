"""Values of every shape, for properties of the dialects."""

from __future__ import annotations

from datetime import UTC
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from chatroom.core.values import errors
from chatroom.core.values.audit import Act
from chatroom.core.values.errors import ChatError, CidReused, InNoRoom, NotAllowed, TextTooLong, UsernameTaken
from chatroom.core.values.events import Bye, Event, Marked, Message, Missed, Muted, Said, Slowed, Tagged, Told
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.replies import (
    AccountInfo,
    AccountList,
    ActList,
    ConnectionInfo,
    ConnectionList,
    DeviceInfo,
    DeviceList,
    Entered,
    Entries,
    Kept,
    MarkKept,
    Refused,
    Reloaded,
    Reply,
    ReportList,
    SanctionList,
    Stored,
    TalkInfo,
    TalkList,
    UnreadList,
)
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed, Sanction
from chatroom.wire.frames import requests

SHAPES = {inspect.type_info(shape).tag: shape for shape in requests.AnyRequest.__args__}  # type: ignore[attr-defined]
"""The shapes of all requests, by their type."""

NAMES = st.sampled_from(["alice", "tea", "Tea", "Zoë", "田中", "tea.2", "no name", "help", ""])


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Return a strategy for what may stand in a field of that *kind*."""
    match kind:
        case inspect.StrType(min_length=least, max_length=most):
            return st.text(min_size=least, max_size=most) if least else NAMES | st.text(max_size=most)
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, most)
        case inspect.LiteralType(values):
            return st.sampled_from(values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.DateTimeType():
            return st.datetimes(timezones=st.just(UTC))
        case inspect.UnionType(types):
            return st.one_of(*[_values(kind) for kind in types if kind != inspect.CustomType(msgspec.UnsetType)])
    raise AssertionError(kind)


def _request(type: str) -> st.SearchStrategy[requests.RequestFrame]:
    """Return a strategy for requests of that *type*, with and without what may be missing."""
    shape = inspect.type_info(SHAPES[type])
    assert isinstance(shape, inspect.StructType)
    fields = shape.fields
    return st.fixed_dictionaries(
        {"type": st.just(type)} | {field.name: _values(field.type) for field in fields if field.required},
        optional={field.name: _values(field.type) for field in fields if not field.required},
    ).map(lambda values: msgspec.convert(values, SHAPES[type]))


REQUESTS = st.sampled_from(sorted(SHAPES)).flatmap(_request)
"""Requests of all shapes as clients may build them, those with impossible names and texts too."""

MOMENTS = st.integers(0, 4_000_000_000_000)
"""Milliseconds from 1970 to 2096."""

MESSAGES = st.builds(Message, at=MOMENTS)
_SAID = st.builds(Said, message=MESSAGES)
_MARKS = st.builds(Mark, at=MOMENTS)
_ERRORS: st.SearchStrategy[ChatError] = st.one_of(
    st.builds(InNoRoom),
    st.builds(TextTooLong),
    st.builds(UsernameTaken, NAMES),
    st.builds(CidReused, st.text(max_size=64), NAMES),
    st.builds(NotAllowed, st.text(), NAMES),
    st.builds(errors.Muted, NAMES, st.none() | MOMENTS, st.text()),
    st.builds(errors.SlowMode, NAMES, st.integers(0, 9), st.integers(0, 9)),
)
_SENTENCES = st.lists(st.text(), max_size=3).map(tuple)
_MADE: dict[Any, st.SearchStrategy[Any]] = {
    Said: _SAID,
    Told: st.builds(Told, at=MOMENTS),
    Entered: st.builds(Entered, muted=st.none() | st.builds(Muted, until=st.none() | MOMENTS), mark=st.none() | _MARKS),
    MarkKept: st.builds(MarkKept, st.none() | _MARKS),
    Marked: st.builds(Marked, at=MOMENTS),
    UnreadList: st.builds(
        UnreadList,
        st.lists(st.builds(Unread, newest=_SAID, mention=st.none() | _SAID), max_size=3).map(tuple),
    ),
    Entries: st.builds(Entries, entries=st.lists(_SAID, max_size=3).map(tuple)),
    Stored: st.builds(Stored, at=MOMENTS),
    Kept: st.builds(Kept, at=MOMENTS),
    TalkList: st.builds(TalkList, talks=st.lists(st.builds(TalkInfo, message=MESSAGES), max_size=3).map(tuple)),
    ConnectionList: st.builds(
        ConnectionList, connections=st.lists(st.builds(ConnectionInfo, since=MOMENTS), max_size=3).map(tuple)
    ),
    ActList: st.builds(
        ActList,
        acts=st.lists(st.builds(Act, at=MOMENTS, until=st.none() | MOMENTS), max_size=3).map(tuple),
    ),
    SanctionList: st.builds(
        SanctionList,
        sanctions=st.lists(
            st.builds(Placed, sanction=st.builds(Sanction, at=MOMENTS, until=st.none() | MOMENTS)), max_size=3
        ).map(tuple),
    ),
    ReportList: st.builds(
        ReportList,
        reports=st.lists(
            st.builds(
                KeptReport,
                said=_SAID,
                at=MOMENTS,
                context=st.lists(_SAID, max_size=3).map(tuple),
                resolved=st.none() | MOMENTS,
            ),
            max_size=3,
        ).map(tuple),
    ),
    AccountList: st.builds(
        AccountList, accounts=st.lists(st.builds(AccountInfo, created=MOMENTS, seen=MOMENTS), max_size=3).map(tuple)
    ),
    DeviceList: st.builds(
        DeviceList, devices=st.lists(st.builds(DeviceInfo, created=MOMENTS, seen=MOMENTS), max_size=3).map(tuple)
    ),
    Reloaded: st.builds(Reloaded, _SENTENCES, _SENTENCES),
    Muted: st.builds(Muted, until=st.none() | MOMENTS),
    Refused: st.builds(Refused, _ERRORS),
    Bye: st.builds(Bye, retry_after=st.none() | st.floats(0, 1e6)),
    Slowed: st.builds(Slowed, st.floats(0, 1e6)),
}

EVENTS: st.SearchStrategy[Event] = st.one_of(
    *[_MADE.get(event, st.builds(event)) for event in get_args(Event) if event not in (Missed, Tagged)]
)
"""Events of every kind that programs are told, also those that no room would let happen."""

REPLIES: st.SearchStrategy[Reply] = st.one_of(*[_MADE.get(reply, st.builds(reply)) for reply in get_args(Reply)])
"""Replies of every kind."""
