"""A connection of which everything is noted, and whose server is played by the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.connection import Connection, Incoming, State
from chatroom.wire.frames.answers import Said
from tests.client.cables import WELCOME, Cable, FakeEndpoint

SESSION = "s" * 22

ENTERED = {
    "type": "entered",
    "room": "tea",
    "topic": "",
    "members": 1,
    "capacity": 256,
    "epoch": "e1",
    "seq": 0,
    "resumed": False,
}


def entered(room: str = "tea", **fields: Any) -> dict[str, Any]:
    """Return the reply to a join."""
    return ENTERED | {"room": room} | fields


def said(seq: int, room: str = "tea", text: str = "hello") -> dict[str, Any]:
    """Return a message."""
    return {"type": "said", "room": room, "seq": seq, "at": "2026-11-20T23:29:12.123Z", "from": "bob", "text": text}


def error(code: str, **fields: Any) -> dict[str, Any]:
    """Return an error."""
    return {"type": "error", "code": code, "message": f"That is {code}."} | fields


OK = {"type": "ok"}


class ConnectionCase(SynchronousTestCase):
    """A test of a connection."""

    @override
    def setUp(self) -> None:
        self.clock = Clock()
        self.endpoint = FakeEndpoint(self.clock)
        self.heard: list[Incoming] = []
        self.states: list[State] = []
        self.on_change: Callable[[State], object] = lambda _: None
        self.on_hear: Callable[[Incoming], object] = lambda _: None
        self.connection = Connection(
            self.clock,
            self.endpoint,
            heard=self.hear,
            changed=self.change,
            session=SESSION,
            random=lambda _, most: most,
        )

    def hear(self, frame: Incoming) -> None:
        self.heard.append(frame)
        self.on_hear(frame)

    def change(self, state: State) -> None:
        self.states.append(state)
        self.on_change(state)

    @property
    def cable(self) -> Cable:
        return self.endpoint.cables[-1]

    def seqs(self) -> list[int]:
        """Return the numbers of the messages that were heard since this was called last."""
        seqs = [frame.seq for frame in self.heard if isinstance(frame, Said)]
        self.heard.clear()
        return seqs

    def be_online(self) -> None:
        """Log in."""
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.answer(WELCOME | {"type": "welcome"})
        self.successResultOf(welcome)
        self.states.clear()

    def be_in(self, room: str = "tea", **fields: Any) -> None:
        """Join *room*, of which nothing is shown that was before."""
        joined = self.connection.join(room, backlog=0)
        self.cable.answer(entered(room, **fields))
        self.successResultOf(joined)

    def come_back(self, **fields: Any) -> list[dict[str, Any]]:
        """Connect and log in again, and return what else is sent."""
        self.clock.advance(30)
        self.clock.advance(0)
        [login] = self.cable.take()
        self.cable.give(WELCOME | {"type": "welcome", "id": login["id"]} | fields)
        return self.cable.take()
