"""A server that says whatever it likes, for as long as it likes: what the client keeps of it has an end."""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any

import pytest
from twisted.internet.task import Clock

from chatroom.client import states
from chatroom.client.connection import Connection
from chatroom.client.model.chat import Chat
from chatroom.client.screens.screen import Screen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.session import Session
from chatroom.client.views.view import RoomView
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Error
from chatroom.wire.frames.requests import AnyRequest
from tests.client.cables import WELCOME, Cable, FakeEndpoint
from tests.client.caller import entered
from tests.client.reader import NOON

pytestmark = pytest.mark.slow

Frame = dict[str, Any]

ENOUGH = 10_500
"""Frames after which everything is full that has an end."""

SAME = 800_000
"""Bytes by which what is kept may grow and shrink; without an end, twice as many frames take twice that more."""

NOT_KEPT = (type, ModuleType, FunctionType, Clock, Cable)
"""What is part of the program, or of the test."""


class Face:
    """The screens of a chat, which nobody looks at."""

    def __init__(self, wanted: str) -> None:
        self.clock = Clock()
        self.endpoint = FakeEndpoint(self.clock)
        self.chat = Chat("localhost", lambda: NOON, NOON.tzinfo, wanted)
        self.screen: Screen = UsernameScreen(self.chat)
        self.session = Session(self.chat, self.connect, self)

    def connect(self, heard: Callable[[states.Incoming], None], changed: Callable[[states.State], None]) -> Connection:
        return Connection(self.clock, self.endpoint, heard=heard, changed=changed)

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        return self.screen.parse_response(frame, request)

    def refused(self, error: Error) -> None:
        raise AssertionError(error.message)

    def changed(self, state: states.State) -> None:
        pass

    def turn(self) -> None:
        self.screen = self.screen.change_state()

    def quit(self) -> None:
        pass

    def close(self) -> None:
        pass

    @property
    def cable(self) -> Cable:
        return self.endpoint.cables[-1]


@pytest.fixture
def face() -> Iterator[Face]:
    """Somebody in the room tea, on a server that tells lies from now on."""
    face = Face("tea")
    face.session.ask(requests.Login(username="alice"))
    face.clock.advance(0)
    face.cable.answer(WELCOME | {"type": "welcome"})
    face.cable.answer({"type": "rooms", "rooms": [], "more": False}, entered())
    yield face
    face.session.server.close()
    face.clock.advance(0)


def room(name: str) -> Frame:
    return {"room": name, "topic": f"about {name} " * 10, "members": 1, "capacity": 8}


def said(number: int, **fields: Any) -> Frame:
    return {"type": "said", "room": "tea", "seq": number, "at": "2026-11-20T12:00:00Z", "text": "x"} | fields


def size(face: Face) -> int:
    """Return how many bytes everything takes that is to be reached from *face*."""
    seen: dict[int, object] = {}
    found: list[object] = [face]
    while found:
        new = [one for one in found if id(one) not in seen and not isinstance(one, NOT_KEPT)]
        seen.update((id(one), one) for one in new)
        found = gc.get_referents(*new)
    return sum(map(sys.getsizeof, seen.values()))


STREAMS: dict[str, Callable[[int], list[Frame]]] = {
    "rooms": lambda n: [{"type": "rooms-changed", "rooms": [room(f"room{n}")], "closed": []}],
    "pages of rooms that nobody asked for": lambda n: [{"type": "rooms", "rooms": [room(f"room{n}")], "more": True}],
    "rooms into which one is let": lambda n: [entered(f"room{n}")],
    "people who come": lambda n: [{"type": "joined", "room": "tea", "username": f"bob{n}", "members": n}],
    "people who come, between messages": lambda n: [
        {"type": "joined", "room": "tea", "username": f"bob{n}", "members": n},
        *([{"type": "topic-changed", "room": "tea", "topic": "", "by": "bob"}] if n % 150 == 0 else []),
    ],
    "other names": lambda n: [{"type": "renamed", "room": "tea", "from": f"bob{n}", "to": f"bob{n + 1}"}],
    "names of people who are not there": lambda n: [{"type": "renamed", "room": "tea", "from": "x", "to": f"bob{n}"}],
    "people who write to one": lambda n: [
        {"type": "told", "from": f"bob{n}", "to": "alice", "at": "2026-11-20T12:00:00Z", "text": "x"}
    ],
    "people who speak": lambda n: [said(n, **{"from": f"bob{n}"})],
    "people who mention one": lambda n: [said(n, text="alice", **{"from": "bob"})],
    "messages that are taken back": lambda n: [
        {"type": "redacted", "room": "tea", "seq": n, "from": "bob", "by": "carol", "redactions": n}
    ],
}


@pytest.mark.parametrize("stream", STREAMS)
def test_what_is_kept_of_an_endless_stream_has_an_end(face: Face, stream: str) -> None:
    def hear(numbers: range) -> int:
        for first in range(numbers.start, numbers.stop, 100):
            frames = [frame for number in range(first, first + 100) for frame in STREAMS[stream](number)]
            face.cable.give(b"".join(json.dumps(frame).encode() + b"\n" for frame in frames))
            face.cable.clear()
        return size(face)

    full = hear(range(1, ENOUGH))
    assert hear(range(ENOUGH, 2 * ENOUGH)) - full < SAME


LONG = "x" * 60_000

LONG_FRAMES: dict[str, Callable[[int], Frame]] = {
    "rooms": lambda n: {"type": "rooms-changed", "rooms": [room(f"{n}{LONG}") | {"topic": LONG}], "closed": []},
    "names": lambda n: {"type": "renamed", "room": "tea", "from": f"{n}{LONG}", "to": f"{n}{LONG}"},
    "speakers": lambda n: said(n, **{"from": f"{n}{LONG}"}),
    "errors": lambda n: {"type": "error", "code": LONG, "message": LONG},
    "other rooms": lambda n: {"type": "level", "room": f"{n}{LONG}", "seq": n, "members": 1, "topic": LONG},
    "private words": lambda n: {
        "type": "told",
        "from": f"{n}{LONG}",
        "to": LONG,
        "at": "2026-11-20T12:00:00Z",
        "text": LONG,
    },
}


@pytest.mark.parametrize("frames", LONG_FRAMES)
def test_nothing_is_kept_that_is_longer_than_it_may_be(face: Face, frames: str) -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(200):
            face.cable.give(LONG_FRAMES[frames](number))
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 200 * 10_000
    finally:
        tracemalloc.stop()


def test_a_text_as_long_as_it_may_be_is_heard_whole(face: Face) -> None:
    face.cable.give(said(1, text="ü" * 2000, **{"from": "bob"}))
    view = face.screen.view()
    assert isinstance(view, RoomView)
    [message] = view.lines
    assert getattr(message, "text", "") == "ü" * 2000


def test_signs_of_life_wait_as_little_as_anything_else_for_a_server_that_takes_nothing(face: Face) -> None:
    link: Any = face.cable.protocol
    face.cable.take()
    link.pauseProducing()
    face.cable.give(*[{"type": "ping"}] * 100)
    assert face.cable.take() == []
    link.resumeProducing()
    face.cable.give({"type": "ping"})
    assert face.cable.take() == [{"type": "pong"}]
