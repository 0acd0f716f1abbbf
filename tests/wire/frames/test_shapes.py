"""Frames as shapes: what the core asks and says, without a byte of JSON."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from msgspec import UNSET

from chatroom.core.values import commands, replies
from chatroom.core.values.commands import Request
from chatroom.core.values.errors import RoomInvalid
from chatroom.core.values.events import Event
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import room_name, username
from chatroom.core.values.replies import Refused, Reply
from chatroom.wire.dialect import Misread
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.shapes import Replies, event_shape, request
from tests.wire.frames.values import EVENTS, REPLIES

SHAPES = Replies("chatroom", Limits(), ())
TEA = room_name("tea")


def test_a_shape_asks_for_a_command() -> None:
    assert request(requests.Leave(room="tea", id=1)) == Request(commands.Leave(TEA), 1)
    assert request(requests.Ping()) == Request(commands.Ping(), None)


def test_one_that_asks_for_what_can_not_be_keeps_its_id() -> None:
    misread = request(requests.Leave(room="no room", id="a"))
    assert isinstance(misread, Misread)
    assert isinstance(misread.error, RoomInvalid)
    assert misread.request == Request(None, "a")


def test_a_reply_has_the_id_of_its_request() -> None:
    welcome = SHAPES.shape(7, replies.Welcome(username("alice"), None))
    assert isinstance(welcome, answers.Welcome)
    assert (welcome.id, welcome.username, welcome.server) == (7, "alice", "chatroom")
    refused = SHAPES.shape(UNSET, Refused(RoomInvalid("It is empty")))
    assert isinstance(refused, answers.Error)
    assert (refused.id, refused.code) == (UNSET, "room-invalid")


@given(REPLIES)
def test_every_reply_has_a_shape(reply: Reply) -> None:
    assert isinstance(SHAPES.shape(UNSET, reply), get_args(AnyReply))


@given(EVENTS)
def test_every_event_has_a_shape(event: Event) -> None:
    assert isinstance(event_shape(event), (*get_args(AnyEvent), *get_args(AnyReply)))
