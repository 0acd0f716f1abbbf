"""Frames as bytes, whatever they say."""

from __future__ import annotations

import sys

from chatroom.wire.frames.answers import Ping, Pong
from chatroom.wire.frames.codec import decode, encode, encode_all
from chatroom.wire.frames.requests import Say


def test_a_shape_is_a_line_and_so_is_each_of_several() -> None:
    assert encode(Pong(id=1)) == b'{"type":"pong","id":1}\n'
    assert encode_all([Ping(), Pong(id="a")]) == b'{"type":"ping"}\n{"type":"pong","id":"a"}\n'
    assert encode_all([]) == b""


def test_a_request_comes_back_as_it_was() -> None:
    say = Say(room="tea", text="hello\u2028\x9b", id=7)
    line = encode(say)
    assert line.isascii()
    assert decode(line) == say


def test_short_frames_take_little_memory_for_the_outbox_of_a_slow_reader_holds_many() -> None:
    for written in (encode(Pong(id=1)), encode_all([Pong(id=1)])):
        assert sys.getsizeof(written) == sys.getsizeof(bytes(len(written)))
