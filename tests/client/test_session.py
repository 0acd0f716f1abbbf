"""A session between the screens and a server that the test plays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.model.memory import Memory, SavedView
from chatroom.client.model.preferences import NotRemembered
from chatroom.client.model.sessions import SessionStore
from chatroom.client.model.tokens import TokenStore
from chatroom.client.ports import UserInterface
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.session import MAX_AWAITED, Session
from chatroom.client.states import Away, Outside, State
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest
from tests.client.fakes import FakePlaces, FakeServer
from tests.client.reader import Reader, entered, rooms, said


class FakeInterface:
    """The screens of *reader*, at which nobody looks."""

    def __init__(self, reader: Reader, *, reads: bool = True) -> None:
        self.refusals: list[str] = []
        self.states: list[State] = []
        self.closed = False
        self.session = Session(reader.chat, FakeServer, self, reads=reads)
        self._reader = reader

    @property
    def server(self) -> FakeServer:
        assert isinstance(self.session.server, FakeServer)
        return self.session.server

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        return self._reader.screen.parse_response(frame, request)

    def refused(self, error: answers.Error) -> None:
        self.refusals.append(error.message)

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
        before = len(self.reader.asked)
        self.reader.press(*keys)
        for asked in self.reader.asked[before:]:
            self.session.ask(asked)

    def be_in(self, room: str, **fields: Any) -> None:
        """Come in, and enter *room* from the lobby."""
        self.press("alice", "enter")
        self.server.let_in(**fields)
        self.server.answer(answers.Rooms(rooms=rooms(room), more=False))
        if "talks" in fields.get("features", ()):
            self.server.answer(answers.Talks(talks=[], more=False))
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

    def test_what_is_told_waits_on_its_page_until_it_is_stored(self) -> None:
        self.be_in("tea", account="alice", features=["talks"])
        self.press("/query bob hello", "enter")
        tell, history = self.server.asked
        assert isinstance(tell, requests.Tell)
        assert isinstance(history, requests.History)
        assert len(self.reader.room_view.pending) == 1
        self.server.answer(answers.Ok(seq=1, at="2026-11-20T12:01:00Z"), answers.Entries(with_="bob", entries=[]))
        assert not self.reader.room_view.pending
        assert self.reader.texts == ["alice: hello"]

    def test_what_is_told_in_answer_names_the_message(self) -> None:
        self.be_in("tea", account="alice", features=["replies", "talks"])
        self.press("/query bob hello", "enter")
        self.server.answer(answers.Ok(seq=7, at="2026-11-20T12:01:00Z"), answers.Entries(with_="bob", entries=[]))
        self.press("/reply 7 as I said", "enter")
        [tell] = self.server.asked
        assert isinstance(tell, requests.Tell)
        assert (tell.to, tell.text, tell.re) == ("bob", "as I said", 7)

    def test_talks_that_could_not_be_asked_for_are_asked_for_again_without_a_word(self) -> None:
        self.press("alice", "enter")
        self.server.let_in(account="alice", features=["talks"])
        assert self.server.asked == [requests.List(watch=True), requests.Talks()]
        self.server.answer(answers.Rooms(rooms=[], more=False))
        self.server.break_off("the connection broke")
        assert self.reader.lobby_texts() == []

    def test_the_mark_of_a_page_that_is_closed_is_asked_for_without_a_word(self) -> None:
        self.be_in("tea", account="alice", features=["marks", "talks"])
        self.server.hear(
            answers.Told(from_="bob", to="alice", at="2026-11-20T12:01:00Z", text="psst", with_="bob", seq=1)
        )
        self.press("meta 2", "/close", "enter")
        assert self.server.asked[-1] == requests.Mark(with_="bob", seq=1)
        self.server.break_off("the connection broke")
        assert self.reader.texts == []

    def test_a_name_that_is_taken_is_told_once(self) -> None:
        self.press("alice", "enter")
        self.server.turn_away("alice is in use")
        assert self.interface.refusals == ["alice is in use"]
        assert not self.session.awaited

    def test_a_request_that_is_lost_is_told(self) -> None:
        self.be_in("tea")
        self.press("/topic green", "enter")
        self.server.break_off("the connection broke")
        assert self.reader.told == ["! That was not done: the connection broke."]

    def test_what_the_client_asks_by_itself_is_lost_without_a_word(self) -> None:
        self.press("alice", "enter")
        self.server.let_in(features=["moderation", "reports"])
        self.press("/join tea", "enter")
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False), entered())
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic="green"))
        self.server.answer(answers.Members(room="tea", usernames=["alice"], roles={"alice": "owner"}, more=False))
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic="green"))
        assert [type(asked) for asked in self.server.asked] == [requests.Reports, requests.Who]
        self.server.break_off("the connection broke")
        assert self.reader.told == []
        self.press("/who", "enter")
        self.server.break_off("the connection broke")
        assert self.reader.told == ["! That was not done: the connection broke."]

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

    def test_the_server_is_told_how_far_one_has_read(self) -> None:
        self.be_in("tea", features=["marks"])
        self.server.hear(said(1, "hello"))
        self.session.remember()
        self.session.remember()
        assert self.server.asked == [requests.Mark(room="tea", seq=1)]
        self.server.answer(answers.Error(code="not-a-member", message="You are not in tea."))
        assert self.reader.texts == ["bob: hello"]

    def test_it_is_told_before_one_leaves_a_room_and_before_one_goes(self) -> None:
        self.be_in("tea", features=["marks"])
        self.server.hear(said(1, "hello"))
        self.press("/leave", "enter")
        assert self.server.asked == [requests.Mark(room="tea", seq=1), requests.Leave(room="tea")]
        self.server.break_off("the connection broke")
        self.server.hear(said(2, "hello"))
        self.press("/quit", "enter")
        assert self.server.asked == [requests.Mark(room="tea", seq=2)]
        self.server.break_off("the end")

    def test_a_program_has_not_read_what_it_is_sent(self) -> None:
        self.interface = FakeInterface(self.reader, reads=False)
        self.session, self.server = self.interface.session, self.interface.server
        self.be_in("tea", features=["marks"])
        self.server.hear(said(1, "hello"))
        self.session.end(0)
        assert self.server.asked == []

    def test_a_room_of_the_last_time_that_could_not_be_asked_for_is_asked_for_again(self) -> None:
        self.reader = Reader("tea")
        self.interface = FakeInterface(self.reader)
        self.session, self.server = self.interface.session, self.interface.server
        self.press("alice", "enter")
        self.server.let_in()
        self.server.break_off("the connection broke")
        assert self.reader.told == []
        self.session.ask(requests.Login(username="alice"))
        self.server.let_in()
        assert self.server.asked == [requests.List(watch=True), requests.Join(room="tea", backlog=100)]

    def test_what_a_server_says_leads_to_a_bounded_number_of_requests(self) -> None:
        self.be_in("tea")
        for seq in range(MAX_AWAITED + 10):
            self.server.hear(answers.Level(room="tea", seq=seq, members=1, topic=""))
        assert len(self.server.asked) == MAX_AWAITED


class FakeTokens:
    """Tokens by name; nothing is written while it is *full*."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.full = False

    def recall(self, username: str) -> str:
        return self.kept.get(username, "")

    def keep(self, username: str, token: str) -> None:
        if self.full:
            raise NotRemembered("the disk is full")
        self.kept[username] = token

    def forget(self, token: str) -> None:
        self.kept = {name: other for name, other in self.kept.items() if other != token}


class TokenTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.tokens = FakeTokens()
        self.reader = Reader(tokens=self.tokens)
        self.interface = FakeInterface(self.reader)
        self.session, self.server = self.interface.session, self.interface.server

    def log_in(self, username: str = "alice", password: str | UnsetType = UNSET) -> None:
        self.session.ask(requests.Login(username=username, password=password))

    def test_a_token_is_kept_and_used_the_next_time(self) -> None:
        self.log_in(password="correct horse")
        assert self.server.remembers
        self.server.let_in("t" * 43, account="alice")
        assert self.tokens.kept == {"alice": "t" * 43}
        self.server.become(Away("elsewhere"))
        self.server.break_off("elsewhere")
        self.log_in()
        [login] = self.server.asked
        assert isinstance(login, requests.Login)
        assert (login.password, login.token) == (UNSET, "t" * 43)

    def test_without_a_place_for_tokens_none_is_asked_for(self) -> None:
        self.session = FakeInterface(Reader()).session
        self.log_in()
        assert isinstance(self.session.server, FakeServer)
        assert not self.session.server.remembers

    def test_a_token_of_another_name_is_not_used(self) -> None:
        self.tokens.kept = {"alice": "t" * 43}
        self.log_in("bob")
        assert self.server.asked == [requests.Login(username="bob")]

    def test_a_token_that_is_worth_nothing_is_forgotten_and_that_is_said(self) -> None:
        self.tokens.kept = {"alice": "t" * 43, "bob": "u" * 43}
        self.log_in()
        self.server.turn_away("alice is registered.", "password-required")
        assert self.tokens.kept == {"bob": "u" * 43}
        assert self.interface.refusals == ["You are not remembered here any more. alice is registered."]

    def test_a_wrong_password_forgets_nothing(self) -> None:
        self.tokens.kept = {"alice": "t" * 43}
        self.log_in(password="wrong")
        self.server.turn_away("That is not right.", "password-wrong")
        assert self.interface.refusals == ["That is not right."]
        assert self.tokens.kept == {"alice": "t" * 43}

    def test_who_is_signed_out_is_not_remembered(self) -> None:
        self.tokens.kept = {"alice": "t" * 43}
        self.log_in()
        self.server.let_in(account="alice")
        self.server.token = ""
        self.server.become(Away("you were signed out here"))
        assert self.tokens.kept == {}

    def test_who_gives_up_the_account_is_not_remembered(self) -> None:
        self.tokens.kept = {"alice": "t" * 43}
        self.log_in()
        self.server.let_in(account="alice")
        self.session.ask(requests.Unregister(password="correct horse"))
        self.server.token = ""
        self.server.answer(answers.Rooms(rooms=[], more=False), answers.Ok())
        assert self.tokens.kept == {}

    def test_an_account_is_remembered_by_its_new_name_too(self) -> None:
        self.tokens.kept = {"alice": "t" * 43}
        self.log_in()
        self.server.let_in(account="alice")
        self.server.hear(answers.Renamed(from_="alice", to="alicia"))
        assert self.tokens.kept == {"alice": "t" * 43, "alicia": "t" * 43}

    def test_what_can_not_be_kept_is_said(self) -> None:
        self.tokens.full = True
        self.log_in(password="correct horse")
        self.server.let_in("t" * 43, account="alice")
        assert self.reader.lobby_texts() == ["! You may be asked for your password again: the disk is full."]

    def test_who_is_somebody_else_from_now_on_is_remembered_as_that(self) -> None:
        self.log_in("ann")
        self.server.let_in()
        self.server.answer(answers.Rooms(rooms=[], more=False))
        self.session.ask(requests.Authenticate(username="alice", password="correct horse", remember=True))
        self.server.token = "t" * 43
        self.server.answer(answers.Ok(account="alice", username="alice", role="member"))
        assert self.tokens.kept == {"alice": "t" * 43}

    def test_a_guest_has_nothing_to_be_kept(self) -> None:
        self.log_in()
        self.server.let_in()
        self.server.hear(answers.Renamed(from_="alice", to="carol"))
        assert self.tokens.kept == {}


class BrokenPlaces(FakePlaces):
    """A store with a defect."""

    @override
    def keep(self, place: SavedView) -> None:
        self.writes += 1
        raise RuntimeError("a defect")


class MemoryTests(SynchronousTestCase):
    def test_a_client_whose_memory_has_a_defect_ends_in_order(self) -> None:
        places = BrokenPlaces()
        interface = FakeInterface(Reader("tea", memory=Memory(places)))
        interface.session.ask(requests.Login(username="alice"))
        interface.server.let_in()
        interface.server.answer(answers.Rooms(rooms=[], more=False), entered())
        interface.session.remember()
        interface.session.remember()
        interface.session.end(0)
        assert interface.closed
        assert self.successResultOf(interface.session.ended) == (0, "")
        assert places.writes == 1
        assert len(self.flushLoggedErrors(RuntimeError)) == 1


class FakeSessions:
    """Secrets by name; *busy* says that another client holds them, *trouble* why they can't be had."""

    def __init__(self) -> None:
        self.held = ""
        self.busy = False
        self.trouble = ""

    def take(self, username: str) -> str:
        if self.trouble:
            raise NotRemembered(self.trouble)
        self.held = "" if self.busy else f"{username}'s {'s' * 22}"
        return self.held

    def release(self) -> None:
        self.held = ""


class KeptSessionTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.sessions = FakeSessions()
        self.reader = Reader(sessions=self.sessions)
        self.interface = FakeInterface(self.reader)
        self.session, self.server = self.interface.session, self.interface.server

    def test_who_was_here_comes_by_the_session_of_that_name_and_gives_it_back(self) -> None:
        self.session.ask(requests.Login(username="alice"))
        assert self.server.session == self.sessions.held == f"alice's {'s' * 22}"
        self.server.let_in()
        self.session.end(0)
        assert self.sessions.held == ""

    def test_a_second_client_does_without(self) -> None:
        self.sessions.busy = True
        self.session.ask(requests.Login(username="alice"))
        assert self.server.session == ""
        assert self.reader.chat.sessions.elsewhere

    def test_that_it_can_not_be_had_is_said(self) -> None:
        self.sessions.trouble = "FILE can't be used"
        self.session.ask(requests.Login(username="alice"))
        self.server.let_in()
        assert self.server.session == ""
        assert self.reader.lobby_texts() == [
            "! If this client is killed, your place will wait for half a minute: FILE can't be used."
        ]


_: tuple[type[UserInterface], type[TokenStore], type[SessionStore]] = (FakeInterface, FakeTokens, FakeSessions)
