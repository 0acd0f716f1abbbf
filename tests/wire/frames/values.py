"""Values of every shape, for properties of the dialects."""

from __future__ import annotations

from datetime import UTC
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from chatroom.core.values import errors
from chatroom.core.values.errors import ChatError, CidReused, InNoRoom, NotAllowed, TextTooLong, UsernameTaken
from chatroom.core.values.events import Event, Missed, Tagged
from chatroom.core.values.moments import Moment
from chatroom.core.values.replies import Reply
from chatroom.wire.frames import requests

SHAPES = {inspect.type_info(shape).tag: shape for shape in requests.AnyRequest.__args__}  # type: ignore[attr-defined]
"""The shapes of all requests, by their type."""

NAMES = st.sampled_from(["alice", "tea", "Tea", "Zoë", "田中", "tea.2", "no name", "help", ""])

_ERRORS: st.SearchStrategy[ChatError] = st.one_of(
    st.builds(InNoRoom),
    st.builds(TextTooLong),
    st.builds(UsernameTaken, NAMES),
    st.builds(CidReused, st.text(max_size=64), NAMES),
    st.builds(NotAllowed, st.text(), NAMES),
    st.builds(errors.Muted, NAMES, st.none() | st.integers(0, 4_000_000_000_000), st.text()),
    st.builds(errors.SlowMode, NAMES, st.integers(0, 9), st.integers(0, 9)),
)


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Return a strategy for what may stand in a field of that *kind*."""
    match kind:
        case inspect.StrType(min_length=least, max_length=most):
            return st.text(min_size=least, max_size=most) if least else NAMES | st.text(max_size=most)
        case inspect.BytesType():
            return st.binary()
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, most)
        case inspect.FloatType():
            return st.floats(0, 1e6)
        case inspect.ListType(item_type, max_length=most):
            return st.lists(_values(item_type), max_size=min(most or 3, 3))
        case inspect.VarTupleType(item_type):
            return st.lists(_values(item_type), max_size=3).map(tuple)
        case inspect.TupleType(item_types):
            return st.tuples(*map(_values, item_types))
        case inspect.DictType(key_type, value_type):
            return st.dictionaries(_values(key_type), _values(value_type), max_size=3)
        case inspect.LiteralType(values):
            return st.sampled_from(values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.DateTimeType():
            return st.datetimes(timezones=st.just(UTC))
        case inspect.UnionType(types):
            return st.one_of(*[_values(kind) for kind in types if kind != inspect.CustomType(msgspec.UnsetType)])
        case inspect.StructType(cls, fields):
            return st.builds(cls, **{field.name: _values(field.type) for field in fields})
        case inspect.CustomType(cls) if cls is ChatError:
            return _ERRORS
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

MOMENTS = _values(inspect.type_info(Moment))
"""The times that there may be."""

EVENTS: st.SearchStrategy[Event] = st.one_of(
    *[_values(inspect.type_info(event)) for event in get_args(Event) if event not in (Missed, Tagged)]
)
"""Events of every kind that programs are told, also those that no room would let happen."""

REPLIES: st.SearchStrategy[Reply] = st.one_of(*[_values(inspect.type_info(reply)) for reply in get_args(Reply)])
"""Replies of every kind."""
