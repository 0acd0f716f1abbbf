"""A session between the screens and a server that the test plays."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.ports import UserInterface
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.session import MAX_AWAITED, Session
from chatroom.client.states import Away, Outside, State
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest
from tests.client.fakes import FakeServer
from tests.client.reader import Reader, entered, rooms, said


class FakeInterface:
    """The screens of *reader*, at which nobody looks."""

    def __init__(self, reader: Reader) -> None:
        self.refusals: list[str] = []
        self.states: list[State] = []
        self.closed = False
        self.session = Session(reader.chat, FakeServer, self)
        self._reader = reader

    @property
    def server(self) -> FakeServer:
        assert isinstance(self.session.server, FakeServer)
        return self.session.server

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        return self._reader.screen.parse_response(frame, request)

    def refused(self, message: str) -> None:
        self.refusals.append(message)

    def changed(self, state: State) -> None:
        self.states.append(state)

    def turn(self) -> None:
        self._reader.screen = self._reader.screen.change_state()

    def quit(self) -> None:
        self.session.end(0)

    def close(self) -> None:
        self.closed = True


class SessionTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.reader = Reader()
        self.interface = FakeInterface(self.reader)
        self.session, self.server = self.interface.session, self.interface.server

    def press(self, *keys: str) -> None:
        self.session.ask(self.reader.press(*keys))

    def be_in(self, room: str) -> None:
        """Come in, and enter *room* from the lobby."""
        self.press("alice", "enter")
        self.server.let_in()
        self.server.answer(answers.Rooms(rooms=rooms(room), more=False))
        self.press(room, "enter")
        self.server.answer(entered(room))
        self.server.hear(answers.Level(room=room, seq=0, members=1, topic=""))
        self.server.answer(answers.Members(room=room, usernames=["alice"], more=False))

    def test_from_the_first_screen_into_a_room(self) -> None:
        assert isinstance(self.reader.screen, UsernameScreen)
        self.press("alice", "enter")
        self.server.let_in()
        assert isinstance(self.reader.screen, LobbyScreen)
        assert self.server.asked == [requests.List(watch=True)]
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False))
        self.press("tea", "enter")
        assert self.server.asked == [requests.Join(room="tea", backlog=100)]
        self.server.answer(entered())
        assert isinstance(self.reader.screen, RoomScreen)

    def test_what_is_said_waits_until_it_is_stored_and_shown(self) -> None:
        self.be_in("tea")
        self.press("hello", "enter")
        [say] = self.server.asked
        assert isinstance(say, requests.Say)
        assert (say.room, say.text) == ("tea", "hello")
        assert len(self.reader.room_view.pending) == 1
        self.server.answer(answers.Ok(seq=1, at="2026-11-20T12:01:00Z"))
        self.server.hear(said(1, "hello", speaker="alice"))
        assert not self.reader.room_view.pending
        assert self.reader.texts == ["alice: hello"]

    def test_a_name_that_is_taken_is_told_once(self) -> None:
        self.press("alice", "enter")
        self.server.turn_away("alice is in use")
        assert self.interface.refusals == ["alice is in use"]
        assert not self.session.awaited

    def test_a_request_that_is_lost_is_told(self) -> None:
        self.be_in("tea")
        self.press("/topic green", "enter")
        self.server.break_off("the connection broke")
        assert self.reader.texts == ["! That was not done: the connection broke."]

    def test_a_room_without_one_is_left(self) -> None:
        self.be_in("tea")
        self.server.hear(Outside("tea", answers.Error(code="no-such-room", message="there is none")))
        assert isinstance(self.reader.screen, LobbyScreen)
        assert self.reader.lobby_texts() == ["! You are not in tea any more: there is none"]

    def test_a_state_is_told(self) -> None:
        self.be_in("tea")
        self.server.become(Away("elsewhere"))
        assert self.interface.states[-1] == Away("elsewhere")
        assert self.reader.chat.news == "elsewhere"

    def test_to_quit_closes_both_sides(self) -> None:
        self.be_in("tea")
        self.press("/quit", "enter")
        assert self.interface.closed
        assert self.server.left
        assert self.successResultOf(self.session.ended) == (0, "")

    def test_what_a_server_says_leads_to_a_bounded_number_of_requests(self) -> None:
        self.be_in("tea")
        for seq in range(MAX_AWAITED + 10):
            self.server.hear(answers.Level(room="tea", seq=seq, members=1, topic=""))
        assert len(self.server.asked) == MAX_AWAITED


_: type[UserInterface] = FakeInterface
