"""Requests and their replies."""

from __future__ import annotations

from typing import get_args

from chatroom.client.connection.pending_requests import REPLIES
from chatroom.wire.frames.answers import AnyReply, Error
from chatroom.wire.frames.requests import AnyRequest, Pong


def test_the_reply_to_every_request_is_known() -> None:
    assert set(REPLIES) == {*get_args(AnyRequest)} - {Pong}
    assert {*REPLIES.values(), Error} == {*get_args(AnyReply)}
