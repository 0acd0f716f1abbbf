"""A connection to a server: login, requests and events."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionRefusedError  # noqa: A004

from chatroom.client.connection import (
    Connecting,
    Disconnected,
    Nameless,
    Offline,
    Online,
    Refused,
    State,
    Waiting,
)
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Rooms, Slowed, Welcome
from tests.client.cables import WELCOME
from tests.client.caller import OK, SESSION, ConnectionCase, entered, error


class LoginTests(ConnectionCase):
    def test_it_connects_and_logs_in_with_its_session(self) -> None:
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        [login] = self.cable.answer(WELCOME | {"type": "welcome"})
        assert (login["type"], login["username"], login["session"]) == ("login", "alice", SESSION)
        assert self.connection.username == "alice"
        assert self.states == [Connecting(), Online(self.successResultOf(welcome))]

    def test_a_name_that_is_refused_is_followed_by_another_on_the_same_connection(self) -> None:
        first = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.answer(error("username-taken"))
        refused = self.failureResultOf(first, Refused).value
        assert str(refused) == "That is username-taken."
        assert self.connection.state == Nameless(refused.error)
        second = self.connection.login("bob")
        [login] = self.cable.answer(WELCOME | {"type": "welcome", "username": "bob"})
        assert login["username"] == "bob"
        assert self.successResultOf(second).username == "bob"
        assert len(self.endpoint.cables) == 1

    def test_whoever_failed_too_often_connects_again_by_the_next_login_only(self) -> None:
        first = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.answer(error("username-taken"))
        self.failureResultOf(first, Refused)
        self.cable.give({"type": "bye", "reason": "too-many-tries"})
        self.cable.lose()
        assert isinstance(self.connection.state, Nameless)
        self.clock.advance(100)
        assert not self.clock.getDelayedCalls()
        self.connection.login("bob")
        self.clock.advance(0)
        [login] = self.cable.take()
        assert login["username"] == "bob"
        assert len(self.endpoint.cables) == 2

    def test_the_first_connection_that_fails_is_not_tried_again(self) -> None:
        self.endpoint.refuses = True
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        self.failureResultOf(welcome, ConnectionRefusedError)
        assert self.states == [Connecting(), Offline()]
        assert not self.clock.getDelayedCalls()

    def test_a_server_that_has_no_place_is_quoted_without_harm(self) -> None:
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.give(b"! too-many-connections: no \x1b[2Jplace\r\n")
        self.cable.lose()
        failure = self.failureResultOf(welcome, Disconnected)
        assert str(failure.value) == "too-many-connections: no \ufffd[2Jplace"
        assert self.connection.state == Offline()

    def test_the_last_error_says_why_the_server_closed(self) -> None:
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.give(error("login-timeout"))
        self.cable.lose()
        assert str(self.failureResultOf(welcome, Disconnected).value) == "That is login-timeout."

    def test_a_second_login_is_refused_by_the_server(self) -> None:
        self.be_online()
        again = self.connection.login("bob")
        self.cable.answer(error("already-logged-in"))
        self.failureResultOf(again, Refused)
        assert isinstance(self.connection.state, Online)
        assert self.connection.username == "alice"

    def test_a_server_that_never_answers_the_login_is_given_up(self) -> None:
        welcome = self.connection.login("alice")
        self.clock.pump([0, 15, 14.9])
        self.assertNoResult(welcome)
        self.clock.pump([0.1, 0])
        assert "no answer for 30 s" in str(self.failureResultOf(welcome, Disconnected).value)

    def test_whoever_is_told_of_a_failure_may_log_in_at_once(self) -> None:
        again: list[Deferred[Welcome]] = []

        def log_in(_: object) -> None:
            again.append(self.connection.login("bob"))

        self.connection.login("alice").addErrback(log_in)
        self.clock.advance(0)
        self.cable.answer(error("username-taken"))
        self.cable.answer(WELCOME | {"type": "welcome", "username": "bob"})
        online = Online(self.successResultOf(again[0]))
        assert self.states == [Connecting(), Connecting(), online]

    def test_whoever_hears_that_a_name_is_taken_may_log_in_at_once(self) -> None:
        again: list[Deferred[Welcome]] = []

        def log_in(state: State) -> None:
            if isinstance(state, Nameless):
                again.append(self.connection.login("bob"))

        self.on_change = log_in
        first = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.answer(error("username-taken"))
        self.failureResultOf(first, Refused)
        self.cable.answer(WELCOME | {"type": "welcome", "username": "bob"})
        assert self.successResultOf(again[0]).username == "bob"


class RequestTests(ConnectionCase):
    def test_replies_find_their_requests(self) -> None:
        self.be_online()
        first, second = self.connection.join("tea"), self.connection.request(requests.List())
        join, asked = self.cable.take()
        assert join["backlog"] == 50
        assert join["id"] != asked["id"]
        self.cable.give({"type": "rooms", "id": asked["id"], "rooms": [], "more": False})
        self.assertNoResult(first)
        assert isinstance(self.successResultOf(second), Rooms)
        self.cable.give(error("no-such-room", id=join["id"], room="tea"))
        assert self.failureResultOf(first, Refused).value.error.code == "no-such-room"
        assert not self.heard

    def test_there_is_no_request_without_a_connection(self) -> None:
        self.failureResultOf(self.connection.request(requests.List()), Disconnected)
        self.failureResultOf(self.connection.say("tea", "hello"), Disconnected)

    def test_what_is_lost_before_the_reply_fails(self) -> None:
        self.be_online()
        rooms = self.connection.request(requests.List())
        self.cable.lose()
        assert str(self.failureResultOf(rooms, Disconnected).value) == "the server closed the connection"

    def test_what_cannot_be_sent_is_refused_here(self) -> None:
        self.be_online()
        for text, code in (("\ud800", "text-invalid"), ("x" * 40_000, "text-too-long")):
            assert self.failureResultOf(self.connection.say("tea", text), Refused).value.error.code == code
            topic = self.connection.request(requests.Topic(room="tea", topic=text))
            assert self.failureResultOf(topic, Refused).value.error.code == code
        assert not self.cable.take()
        assert not self.connection.unsent

    def test_a_coroutine_can_wait_for_replies(self) -> None:
        async def talk() -> int | object:
            await self.connection.join("tea")
            return (await self.connection.say("tea", "hello")).seq

        self.be_online()
        talking = Deferred.fromCoroutine(talk())
        self.cable.answer(entered())
        self.cable.answer(OK | {"room": "tea", "seq": 1})
        assert self.successResultOf(talking) == 1


class HearingTests(ConnectionCase):
    def test_every_event_is_heard(self) -> None:
        self.be_online()
        self.cable.give({"type": "slowed", "rate": 5}, {"type": "rooms", "rooms": [], "more": False})
        slowed, rooms = self.heard
        assert slowed == Slowed(rate=5)
        assert isinstance(rooms, Rooms)

    def test_junk_is_skipped(self) -> None:
        self.be_online()
        rooms = self.connection.request(requests.List())
        [asked] = self.cable.take()
        id = str(asked["id"]).encode()
        self.cable.give(
            b"\n\r\n* Welcome to chatroom.\n",
            b"\xff\xfe{}\n",
            b"{\n",
            b"{}\n",
            b'{"type":"\xff"}\n',
            b'{"type":"said"}\n',
            b'{"type":"mystery"}\n',
            b'{"type":' + b"[" * 50_000 + b"\n",
            b'{"type":"pong","id":12345}\n',
            b'{"type":"pong","id":' + id + b"}\n",
            b'{"type":"pong","id":' + b"9" * 100 + b"}\n",
        )
        assert not self.heard
        self.assertNoResult(rooms)
        self.cable.give(b'{"type":"slowed","rate":1,"unknown":[1]}\n')
        assert self.heard == [Slowed(rate=1)]

    def test_frames_may_come_in_pieces(self) -> None:
        self.be_online()
        for byte in b'{"type":"slowed","rate":1}\n{"type":"slowed","rate":2}\n':
            self.cable.give(bytes([byte]))
        assert self.heard == [Slowed(rate=1), Slowed(rate=2)]

    def test_a_line_without_an_end_ends_the_connection(self) -> None:
        self.be_online()
        self.cable.give(b"{" * 196_608)
        assert not self.cable.aborted
        self.cable.give(b"{")
        assert self.cable.aborted
        self.cable.give(b'\n{"type":"slowed","rate":1}\n')
        assert not self.heard
        self.clock.advance(0)
        assert isinstance(self.connection.state, Waiting)
        assert "too long" in self.connection.state.reason

    def test_what_fails_in_the_listeners_harms_nothing_else(self) -> None:
        def fail(_: object) -> None:
            raise ZeroDivisionError

        self.on_hear = self.on_change = fail
        self.be_online()
        self.cable.give({"type": "slowed", "rate": 1}, {"type": "slowed", "rate": 2})
        assert len(self.heard) == 2
        assert len(self.flushLoggedErrors(ZeroDivisionError)) == 4

    def test_the_listeners_may_end_it(self) -> None:
        for kind in (Connecting, Online):
            self.setUp()

            def end(state: State, kind: type[State] = kind) -> None:
                if isinstance(state, kind):
                    self.connection.close()

            self.on_change = end
            welcome = self.connection.login("alice")
            self.clock.advance(0)
            if self.endpoint.cables:
                self.cable.answer(WELCOME | {"type": "welcome"})
            self.clock.advance(0)
            assert self.connection.state == Offline()
            assert not self.clock.getDelayedCalls()
            welcome.addErrback(lambda _: None)

    def test_nothing_is_heard_after_the_end(self) -> None:
        self.be_online()
        self.on_hear = lambda _: self.connection.close()
        self.cable.give(b'{"type":"slowed","rate":1}\n{"type":"slowed","rate":2}\n')
        assert self.heard == [Slowed(rate=1)]
