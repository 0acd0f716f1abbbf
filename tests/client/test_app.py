"""The whole client over a server and a terminal that the test plays: no socket, and no tty."""

from __future__ import annotations

from datetime import UTC
from typing import cast

from twisted.internet.base import ReactorBase
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.app import App
from chatroom.client.bell import Bell
from chatroom.client.drawing.themes import theme
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.model.chat import Chat
from chatroom.client.states import Waiting
from chatroom.client.terminal import INTERVAL, Terminal
from chatroom.wire.frames import answers
from tests.client.fakes import FakeDisplay, FakeServer
from tests.client.reader import NOON, entered, rooms, said


class AppTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.clock = MemoryReactorClock()
        self.display = FakeDisplay()
        self.chat = Chat("localhost", lambda: NOON, UTC)
        # To urwid a reactor is one of Twisted's own.
        terminal = Terminal(
            cast(ReactorBase, self.clock), self.display, theme("dark"), ViewWidget(), self.fail_for, mouse=False
        )
        bell = Bell(lambda _: None, self.clock.seconds)
        self.app = App(self.clock, terminal, self.chat, FakeServer, bell)
        self.app.start()
        server = self.app.session.server
        assert isinstance(server, FakeServer)
        self.server = server

    def fail_for(self, failure: Failure) -> None:
        raise AssertionError(failure.getTraceback())

    def type(self, keys: str) -> None:
        self.display.type(keys.encode())

    @property
    def text(self) -> str:
        """What is on the screen."""
        self.clock.advance(2 * INTERVAL)
        return "\n".join(self.display.screen.lines)

    def be_in_tea(self) -> None:
        self.type("alice\r")
        self.server.let_in()
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False))
        self.type("tea\r")
        self.server.answer(entered(topic="green"))
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic="green"))
        self.server.answer(answers.Members(room="tea", usernames=["alice"], more=False))

    def test_from_the_first_screen_to_the_last(self) -> None:
        assert "Your name:" in self.text
        self.be_in_tea()
        assert "green" in self.text
        self.server.hear(said(1, "hello"))
        assert "hello" in self.text
        self.type("/quit\r")
        assert self.server.left
        assert self.successResultOf(self.app.ended) == (0, "")

    def test_what_is_typed_and_not_sent_is_seen(self) -> None:
        self.be_in_tea()
        self.type("one\ntwo")
        assert "> one\n   two" in self.text

    def test_a_terminal_of_another_size_is_drawn_anew(self) -> None:
        self.be_in_tea()
        self.display.resize(40, 10)
        assert max(map(len, self.text.split("\n"))) <= 40
        assert "tea" in self.text

    def test_a_loss_is_seen_with_its_seconds(self) -> None:
        self.be_in_tea()
        self.server.become(Waiting(self.clock.seconds() + 5, "the connection broke"))
        assert "retry in 5 s" in self.text
        self.clock.advance(1)
        assert "retry in 4 s" in self.text
        self.type("/quit\r")
