"""A connection to a server: signs of life, what is said over it, and its end."""

from __future__ import annotations

from chatroom.client.connection import (
    Away,
    Connecting,
    Disconnected,
    Offline,
    Online,
    Waiting,
)
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Ok
from tests.client.caller import OK, ConnectionCase, error, said


class SignsOfLifeTests(ConnectionCase):
    def test_it_answers_pings(self) -> None:
        self.be_online()
        self.cable.give({"type": "ping"})
        assert self.cable.take() == [{"type": "pong"}]

    def test_it_knows_how_long_the_server_takes(self) -> None:
        self.be_online()
        assert self.connection.lag == 0
        self.clock.advance(15)
        [ping] = self.cable.take()
        assert ping["type"] == "ping"
        self.clock.advance(2)
        assert self.connection.lag == 2
        self.clock.advance(1)
        self.cable.give({"type": "pong", "id": ping["id"]})
        assert self.connection.lag == 3
        self.clock.advance(12)
        assert self.connection.lag == 3
        self.cable.lose()
        assert self.connection.lag is None

    def test_another_reply_does_not_answer_a_ping(self) -> None:
        self.be_online()
        self.connection.request(requests.List())
        [asked] = self.cable.take()
        self.clock.advance(15)
        self.clock.advance(1)
        self.cable.give({"type": "rooms", "id": asked["id"], "rooms": [], "more": False})
        self.clock.advance(1)
        assert self.connection.lag == 2

    def test_it_knows_for_how_long_there_is_no_answer_whatever_one_asks(self) -> None:
        self.be_online()
        self.be_in()
        assert self.connection.silence == 0
        self.connection.say("tea", "one")
        self.clock.advance(3)
        self.connection.say("tea", "two")
        self.clock.advance(4)
        assert self.connection.silence == 7
        first, second = self.cable.take()
        self.cable.give(OK | {"id": first["id"], "room": "tea", "seq": 1})
        assert self.connection.silence == 0
        self.clock.advance(2)
        assert self.connection.silence == 2
        self.cable.give(said(1))
        assert self.connection.silence == 0
        self.cable.give(OK | {"id": second["id"], "room": "tea", "seq": 2})
        self.clock.advance(5)
        assert self.connection.silence == 0
        # How long a message takes to be stored says nothing about the way there.
        assert self.connection.lag == 0

    def test_a_server_is_given_up_to_the_second(self) -> None:
        self.be_online()
        self.clock.advance(7)
        self.be_in()
        self.clock.advance(1)
        self.connection.request(requests.List()).addErrback(lambda _: None)
        self.clock.pump([29.9, 0])
        assert isinstance(self.connection.state, Online)
        self.clock.pump([0.1, 0])
        assert isinstance(self.connection.state, Waiting)

    def test_a_server_that_is_silent_is_given_up_whatever_one_asks(self) -> None:
        self.be_online()
        for _ in range(7):
            self.clock.advance(5)
            self.connection.request(requests.Ping()).addErrback(lambda _: None)
        assert self.cable.aborted

    def test_a_server_that_is_silent_is_given_up(self) -> None:
        self.be_online()
        self.clock.pump([15, 15, 14])
        self.cable.give(b"\n")
        self.clock.pump([1, 15])
        assert not self.cable.aborted
        self.clock.pump([15, 0])
        assert self.cable.aborted
        assert isinstance(self.connection.state, Waiting)
        assert self.connection.state.reason == "no answer for 30 s"


class EndTests(ConnectionCase):
    def test_it_says_good_bye(self) -> None:
        self.be_online()
        done = self.connection.quit()
        [asked] = self.cable.answer({"type": "bye", "reason": "quit"})
        assert asked["type"] == "quit"
        assert not self.cable.aborted
        self.assertNoResult(done)
        self.clock.advance(0)
        self.successResultOf(done)
        assert self.connection.state == Offline()
        assert not self.clock.getDelayedCalls()

    def test_a_server_that_does_not_close_is_dropped(self) -> None:
        self.be_online()
        done = self.connection.quit()
        also = self.connection.quit()
        assert len(self.cable.take()) == 1
        self.clock.advance(2)
        self.clock.advance(0)
        assert self.cable.aborted
        self.successResultOf(done)
        self.successResultOf(also)
        assert not self.clock.getDelayedCalls()

    def test_to_quit_is_fine_when_nothing_was_begun_and_while_it_waits(self) -> None:
        self.successResultOf(self.connection.quit())
        assert not self.states
        self.be_online()
        self.cable.lose()
        assert isinstance(self.connection.state, Waiting)
        self.successResultOf(self.connection.quit())
        assert not self.clock.getDelayedCalls()

    def test_to_close_ends_everything_at_once(self) -> None:
        self.be_online()
        waiting = [self.connection.request(requests.List()), self.connection.say("tea", "hello")]
        self.cable.take()
        done = self.connection.close()
        # Nothing is left but that the cable closes in the next turn.
        assert {call.getTime() for call in self.clock.getDelayedCalls()} == {self.clock.seconds()}
        for one in waiting:
            self.failureResultOf(one, Disconnected)
        assert not self.cable.take()
        assert not self.connection.unsent
        self.clock.advance(0)
        self.successResultOf(done)
        assert self.connection.state == Offline()
        assert not self.clock.getDelayedCalls()

    def test_a_connection_that_is_not_made_yet_can_be_given_up(self) -> None:
        self.endpoint.hangs = True
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        self.successResultOf(self.connection.close())
        self.failureResultOf(welcome, Disconnected)
        assert self.states == [Connecting(), Offline()]

    def test_it_can_begin_again_after_the_end(self) -> None:
        self.be_online()
        self.be_in()
        self.connection.close()
        self.connection.login("alice")
        assert not self.come_back()
        assert isinstance(self.connection.state, Online)

    def test_whoever_was_replaced_stays_away_until_the_next_login(self) -> None:
        self.be_online()
        self.be_in()
        message = self.connection.say("tea", "hello")
        rooms = self.connection.request(requests.List())
        self.cable.give({"type": "bye", "reason": "replaced"})
        self.failureResultOf(rooms, Disconnected)
        assert self.states == [Away("this session has come by another connection")]
        self.clock.advance(100)
        assert not self.clock.getDelayedCalls()
        self.assertNoResult(message)
        self.connection.login("alice")
        join, say = self.come_back()
        assert (join["type"], say["type"]) == ("join", "say")

    def test_whom_the_operator_has_hung_up_on_stays_away_too_and_says_why(self) -> None:
        self.be_online()
        self.be_in()
        self.cable.give({"type": "bye", "reason": "kicked", "note": "the third time"})
        assert self.states == [Away("the operator has hung up on us (the third time)")]
        self.clock.advance(100)
        assert not self.clock.getDelayedCalls()

    def test_who_is_banned_from_the_server_stays_away_and_says_until_when(self) -> None:
        self.be_online()
        self.cable.give({"type": "bye", "reason": "banned", "until": "2026-11-24T12:00:00.000Z", "note": "enough"})
        assert self.states == [Away("you are banned from this server until 2026-11-24 12:00 UTC (enough)")]
        self.clock.advance(100)
        assert not self.clock.getDelayedCalls()

    def test_who_was_banned_while_it_was_lost_stays_away_too(self) -> None:
        self.be_online()
        self.cable.lose()
        self.clock.advance(30)
        self.clock.advance(0)
        [login] = self.cable.take()
        self.cable.give(error("banned", id=login["id"]) | {"message": "You are banned from this server (enough)."})
        self.cable.lose()
        assert self.connection.state == Away("you are banned from this server (enough)")
        self.clock.advance(100)
        assert not self.clock.getDelayedCalls()

    def test_who_comes_from_where_nobody_is_let_in_any_more_stays_away_as_well(self) -> None:
        self.be_online()
        self.cable.lose()
        self.clock.advance(30)
        self.clock.advance(0)
        self.cable.give(b"! banned: You are banned from this server.\n")
        self.cable.lose()
        assert self.connection.state == Away("you are banned from this server")
        self.clock.advance(100)
        assert not self.clock.getDelayedCalls()
        self.connection.login("alice")
        assert self.come_back() == []

    def test_whoever_is_replaced_while_it_quits_has_quit(self) -> None:
        self.be_online()
        done = self.connection.quit()
        self.cable.give({"type": "bye", "reason": "replaced"})
        self.cable.lose()
        self.successResultOf(done)
        assert self.connection.state == Offline()


class SayingTests(ConnectionCase):
    def test_what_one_says_is_acknowledged(self) -> None:
        self.be_online()
        message = self.connection.say("tea", "waves", action=True, cid="c1", re=5)
        assert self.connection.unsent == 1
        [say] = self.cable.answer(OK | {"room": "tea", "seq": 7, "cid": "c1"})
        assert (say["text"], say["action"], say["cid"], say["re"]) == ("waves", True, "c1", 5)
        stored = self.successResultOf(message)
        assert isinstance(stored, Ok)
        assert stored.seq == 7
        assert not self.connection.unsent

    def test_messages_of_a_room_that_one_is_not_in_any_more_are_given_up(self) -> None:
        self.be_online()
        self.be_in("tea")
        self.be_in("milk")
        tea, milk = self.connection.say("Tea", "hello"), self.connection.say("milk", "hello")
        left = self.connection.request(requests.Leave(room="tea"))
        *_, leave = self.cable.take()
        self.cable.give(OK | {"id": leave["id"]})
        self.successResultOf(left)
        self.failureResultOf(tea, Disconnected)
        self.cable.give({"type": "deleted", "room": "milk", "by": "bob"})
        self.failureResultOf(milk, Disconnected)
        self.be_in("coffee")
        coffee = self.connection.say("coffee", "hello")
        self.cable.give({"type": "removed", "room": "coffee", "by": "bob", "why": "kicked"})
        self.failureResultOf(coffee, Disconnected)
        self.cable.lose()
        assert self.come_back() == []

    def test_what_is_said_is_heard_in_the_rooms_one_is_not_known_to_be_in(self) -> None:
        self.be_online()
        self.cable.give(said(1), said(1))
        assert self.seqs() == [1, 1]
