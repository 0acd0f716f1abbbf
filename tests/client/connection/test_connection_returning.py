"""A connection that was lost comes back, reads on where it stopped, and says what was not stored."""

from __future__ import annotations

from typing import Any

from chatroom.client.connection import Connecting, Disconnected, Nameless, Offline, Online, Outside, Refused, Waiting
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Entered, Gap, Redacted
from tests.client.cables import WELCOME
from tests.client.caller import OK, ConnectionCase, entered, error, said


def level(seq: int, room: str = "tea") -> dict[str, Any]:
    return {"type": "level", "room": room, "seq": seq, "members": 1, "topic": ""}


def redacted(redactions: int) -> dict[str, Any]:
    return {"type": "redacted", "room": "tea", "seq": 9, "from": "bob", "by": "bob", "redactions": redactions}


class WaitingTests(ConnectionCase):
    def test_it_waits_longer_after_each_failure_and_shortly_again_after_a_success(self) -> None:
        self.be_online()
        self.endpoint.refuses = True
        self.cable.lose()
        waits = []
        for _ in range(9):
            state = self.connection.state
            assert isinstance(state, Waiting)
            waits.append(state.retry_at - self.clock.seconds())
            self.clock.advance(waits[-1])
            self.clock.advance(0)
        assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30]
        assert isinstance(self.connection.state, Waiting)
        assert self.connection.state.reason == "nothing listens on this port"
        self.endpoint.refuses = False
        self.come_back()
        self.cable.lose()
        assert self.connection.state == Waiting(self.clock.seconds() + 1, "the server closed the connection")

    def test_it_tells_each_state(self) -> None:
        self.be_online()
        self.cable.lose()
        self.come_back()
        waiting, connecting, online = self.states
        assert isinstance(waiting, Waiting)
        assert connecting == Connecting()
        assert isinstance(online, Online)

    def test_who_has_been_let_in_without_tls_is_not_told_that_it_may_be_wanted(self) -> None:
        self.be_online()
        self.cable.lose()
        self.clock.advance(1)
        self.clock.advance(0)
        # A proxy closes so while its server is away.
        self.cable.lose()
        assert isinstance(self.connection.state, Waiting)
        assert self.connection.state.reason == "the server closed the connection"

    def test_it_comes_back_when_the_server_asks_for_it(self) -> None:
        self.be_online()
        self.cable.give({"type": "bye", "reason": "stopping", "retry_after": 7})
        self.cable.lose()
        assert self.connection.state == Waiting(8, "the server is stopping")

    def test_it_may_be_ended_at_the_beginning_of_an_attempt(self) -> None:
        self.be_online()
        self.cable.lose()
        self.on_change = lambda state: state == Connecting() and self.connection.close()
        self.clock.advance(1)
        self.clock.advance(0)
        assert len(self.endpoint.cables) == 1
        assert self.connection.state == Offline()
        assert not self.clock.getDelayedCalls()

    def test_a_login_while_it_waits_connects_at_once(self) -> None:
        self.be_online()
        self.cable.lose()
        welcome = self.connection.login("alice")
        self.clock.advance(0)
        self.cable.answer(WELCOME | {"type": "welcome"})
        self.successResultOf(welcome)
        assert isinstance(self.connection.state, Online)

    def test_it_comes_back_by_the_name_that_it_has_now(self) -> None:
        self.be_online()
        renamed = self.connection.request(requests.Rename(username="queen"))
        self.cable.answer(OK)
        self.successResultOf(renamed)
        self.cable.lose()
        self.clock.advance(1)
        self.clock.advance(0)
        [login] = self.cable.take()
        assert login["username"] == "queen"

    def test_a_name_that_somebody_else_has_taken_is_followed_by_another(self) -> None:
        self.be_online()
        self.be_in()
        message = self.connection.say("tea", "hello")
        self.cable.lose()
        self.clock.advance(1)
        self.clock.advance(0)
        self.cable.answer(error("username-taken"))
        assert isinstance(self.connection.state, Nameless)
        self.assertNoResult(message)
        self.connection.login("alice2")
        [login] = self.cable.answer(WELCOME | {"type": "welcome", "username": "alice2"})
        assert login["username"] == "alice2"
        join, say = self.cable.answer(entered(), OK | {"room": "tea", "seq": 1})
        assert (join["type"], say["type"]) == ("join", "say")
        self.successResultOf(message)


class ReadingOnTests(ConnectionCase):
    def test_it_reads_on_behind_the_last_message_that_it_heard(self) -> None:
        self.be_online()
        self.be_in("tea", seq=3)
        self.be_in("milk", epoch="e2")
        self.cable.give(said(4), said(5), said(1, "milk"))
        self.cable.lose()
        tea, milk = self.come_back()
        assert (tea["room"], tea["after"], tea["epoch"]) == ("tea", 5, "e1")
        assert (milk["room"], milk["after"], milk["epoch"]) == ("milk", 1, "e2")
        self.heard.clear()
        self.cable.give(entered(id=tea["id"], resumed=True, seq=7))
        assert isinstance(self.heard[0], Entered)
        self.cable.give(said(5), said(6), said(7), said(7), level(7), said(8))
        assert self.seqs() == [6, 7, 8]

    def test_nothing_heard_means_reading_on_behind_what_was_there_before(self) -> None:
        self.be_online()
        self.be_in("tea", seq=3)
        self.cable.lose()
        [join] = self.come_back()
        assert join["after"] == 3

    def test_a_backlog_of_which_nothing_was_heard_is_asked_for_again(self) -> None:
        self.be_online()
        joined = self.connection.join("tea", backlog=10)
        self.cable.answer(entered(seq=30))
        self.successResultOf(joined)
        self.cable.lose()
        [join] = self.come_back()
        assert join["backlog"] == 10
        assert "after" not in join
        self.cable.give(entered(id=join["id"], seq=30), said(21), said(22))
        self.cable.lose()
        [join] = self.come_back()
        assert join["after"] == 22
        assert "backlog" not in join

    def test_an_empty_backlog_is_over_when_it_is_level(self) -> None:
        self.be_online()
        self.connection.join("tea", backlog=10)
        self.cable.answer(entered())
        self.cable.give(level(0))
        self.cable.lose()
        [join] = self.come_back()
        assert join["after"] == 0

    def test_a_gap_counts_as_heard(self) -> None:
        self.be_online()
        self.be_in()
        self.cable.give({"type": "gap", "room": "tea", "first": 1, "last": 9, "kept": False})
        assert isinstance(self.heard[-1], Gap)
        self.cable.lose()
        [join] = self.come_back()
        assert join["after"] == 9

    def test_a_room_that_begins_anew_is_heard_from_its_beginning(self) -> None:
        self.be_online()
        self.be_in("tea", seq=30)
        self.cable.lose()
        [join] = self.come_back()
        self.cable.give(entered(id=join["id"], epoch="e9", seq=2), said(1))
        assert self.seqs() == [1]
        self.cable.lose()
        [join] = self.come_back()
        assert (join["after"], join["epoch"]) == (1, "e9")

    def test_it_says_of_how_many_messages_it_knows_that_they_were_taken_back(self) -> None:
        self.be_online()
        self.be_in("tea", seq=30, redactions=3)
        self.cable.give(redacted(4))
        self.cable.lose()
        [join] = self.come_back()
        assert join["redactions"] == 4
        # Until it is level, some of those that are counted are still to be told.
        self.cable.give(entered(id=join["id"], seq=30, resumed=True, redactions=7), redacted(5))
        self.cable.lose()
        [join] = self.come_back()
        assert join["redactions"] == 5
        self.cable.give(entered(id=join["id"], seq=30, resumed=True, redactions=7), redacted(6), level(30))
        assert [event.redactions for event in self.heard if isinstance(event, Redacted)] == [4, 5, 6]
        self.cable.lose()
        [join] = self.come_back()
        assert join["redactions"] == 7

    def test_a_room_that_begins_anew_has_redactions_of_its_own(self) -> None:
        self.be_online()
        self.be_in("tea", seq=30, redactions=3)
        self.cable.lose()
        [join] = self.come_back()
        self.cable.give(entered(id=join["id"], epoch="e9", seq=2, redactions=1), level(2))
        self.cable.lose()
        [join] = self.come_back()
        assert (join["epoch"], join["redactions"]) == ("e9", 1)

    def test_who_does_not_say_how_many_they_know_of_knows_of_all(self) -> None:
        self.be_online()
        self.connection.request(requests.Join(room="tea", after=5, epoch="e1"))
        self.cable.answer(entered(seq=9, resumed=True, redactions=3))
        self.cable.lose()
        [join] = self.come_back()
        assert join["redactions"] == 3

    def test_what_one_asked_for_oneself_is_read_on_as_well(self) -> None:
        self.be_online()
        self.connection.request(requests.Join(room="tea", after=5, epoch="e1"))
        self.cable.answer(entered(seq=9, resumed=True))
        self.connection.request(requests.Create(room="milk"))
        self.cable.answer(entered("milk", epoch="e2"))
        self.cable.lose()
        tea, milk = self.come_back()
        assert (tea["after"], milk["after"]) == (5, 0)

    def test_a_room_that_cannot_be_entered_again_is_told(self) -> None:
        self.be_online()
        self.be_in()
        message = self.connection.say("tea", "hello")
        self.cable.lose()
        join, say = self.come_back()
        self.cable.give(error("no-such-room", id=join["id"], room="tea"))
        self.cable.give(error("not-a-member", id=say["id"], room="tea"))
        [outside] = self.heard
        assert isinstance(outside, Outside)
        assert (outside.room, outside.error.code) == ("tea", "no-such-room")
        assert self.failureResultOf(message, Refused).value.error.code == "no-such-room"
        self.cable.lose()
        assert self.come_back() == []

    def test_a_room_is_asked_for_again_if_the_reply_is_lost(self) -> None:
        self.be_online()
        self.be_in("tea", seq=3)
        for _ in range(3):
            self.cable.lose()
            [join] = self.come_back()
            assert join["after"] == 3
        assert not self.heard

    def test_a_join_that_was_lost_is_not_made_again_nor_what_was_said_there(self) -> None:
        self.be_online()
        joined, message = self.connection.join("tea"), self.connection.say("tea", "hello")
        self.cable.lose()
        self.failureResultOf(joined, Disconnected)
        self.failureResultOf(message, Disconnected)
        assert self.come_back() == []

    def test_a_room_whose_port_one_came_by_is_entered_again(self) -> None:
        self.be_online()
        self.cable.give(entered(seq=3), said(4))
        self.cable.lose()
        [join] = self.come_back()
        assert (join["room"], join["after"]) == ("tea", 4)

    def test_rooms_that_were_left_or_deleted_or_out_of_which_one_was_put_are_not_entered_again(self) -> None:
        self.be_online()
        self.be_in("tea")
        self.be_in("coffee")
        self.cable.give({"type": "removed", "room": "coffee", "by": "bob", "why": "kicked"})
        self.be_in("milk")
        self.connection.request(requests.Leave(room="TEA"))
        self.cable.answer(OK)
        self.cable.give({"type": "deleted", "room": "milk", "by": "bob"})
        self.cable.lose()
        assert self.come_back() == []


class SayingAgainTests(ConnectionCase):
    def test_what_was_not_acknowledged_is_said_again_in_order(self) -> None:
        self.be_online()
        self.be_in()
        stored = [self.connection.say("tea", text) for text in ("one", "two", "three")]
        first, second, third = self.cable.take()
        self.cable.give(OK | {"id": first["id"], "room": "tea", "seq": 1})
        self.cable.lose()
        stored.append(self.connection.say("tea", "four"))
        assert self.connection.unsent == 3
        join, *says = self.come_back()
        assert join["type"] == "join"
        assert [say["text"] for say in says] == ["two", "three", "four"]
        assert [say["cid"] for say in says[:2]] == [second["cid"], third["cid"]]
        for seq, say in enumerate(says, 2):
            self.cable.give(OK | {"id": say["id"], "room": "tea", "seq": seq})
        assert [self.successResultOf(one).seq for one in stored] == [1, 2, 3, 4]
        assert not self.connection.unsent

    def test_what_is_said_before_the_welcome_waits_for_it(self) -> None:
        self.be_online()
        self.be_in()
        self.cable.lose()
        self.clock.advance(1)
        self.clock.advance(0)
        self.connection.say("tea", "one")
        self.cable.answer(WELCOME | {"type": "welcome"})
        join, say = self.cable.take()
        assert (join["type"], say["text"]) == ("join", "one")

    def test_what_is_said_upon_coming_back_comes_after_what_waited(self) -> None:
        self.be_online()
        self.be_in()
        self.connection.say("tea", "one")
        self.cable.lose()
        self.on_change = lambda state: isinstance(state, Online) and self.connection.say("tea", "two")
        join, *says = self.come_back()
        assert join["type"] == "join"
        assert [say["text"] for say in says] == ["one", "two"]

    def test_what_the_server_refuses_is_not_said_again(self) -> None:
        self.be_online()
        self.be_in()
        message = self.connection.say("tea", "\x07")
        self.cable.answer(error("text-invalid"))
        assert self.failureResultOf(message, Refused).value.error.code == "text-invalid"
        self.cable.lose()
        [join] = self.come_back()
        assert join["type"] == "join"
