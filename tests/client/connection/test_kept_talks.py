"""What accounts tell each other is heard once, in order, also what was told while the connection was away."""

from __future__ import annotations

from typing import Any

from chatroom.client.connection import Disconnected, Refused
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Ok, Told
from tests.client.cables import WELCOME
from tests.client.caller import OK, ConnectionCase, error

ACCOUNT = {"account": "alice", "role": "member", "features": ["talks"]}


def at(seq: int) -> str:
    return f"2026-11-20T23:29:{seq:02}.000Z"


def told(seq: int, text: str = "psst", *, with_: str = "bob", **fields: Any) -> dict[str, Any]:
    """Return what bob has told."""
    about = {"with": with_, "seq": seq, "at": at(seq), "from": with_, "to": "alice", "text": text}
    return {"type": "told"} | about | fields


def row(seq: int, with_: str = "bob") -> dict[str, Any]:
    """Return a talk as it is listed."""
    return {"with": with_, "seq": seq, "at": at(seq), "from": with_, "text": "psst", "marked": 0, "unread": 1}


def talks(*rows: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"type": "talks", "talks": list(rows), "more": more}


def entries(*seqs: int, with_: str = "bob", more: bool = False, **fields: Any) -> dict[str, Any]:
    """Return a page of a talk."""
    said = [{"seq": seq, "at": at(seq), "from": with_, "text": "psst"} | fields for seq in seqs]
    return {"type": "entries", "with": with_, "entries": said, "more": more}


class KeptTalksTests(ConnectionCase):
    def begin(self, *rows: dict[str, Any]) -> None:
        """Log in to the account, which has talks."""
        welcome = self.connection.login("alice", password="correct horse")
        self.clock.advance(0)
        self.cable.answer(WELCOME | {"type": "welcome"} | ACCOUNT)
        self.successResultOf(welcome)
        [asked] = self.cable.answer(talks(*rows))
        assert asked["type"] == "talks"

    def come_again(self, *rows: dict[str, Any], more: bool = False) -> list[dict[str, Any]]:
        """Lose the connection, come back, and return what is asked when the talks were listed."""
        self.cable.lose()
        [asked] = self.come_back(**ACCOUNT)
        assert asked["type"] == "talks"
        self.cable.give({"id": asked["id"]} | talks(*rows, more=more))
        return self.cable.take()

    def numbers(self) -> list[int | None]:
        """Return the numbers of what was told since this was called last."""
        numbers = [frame.seq if isinstance(frame.seq, int) else None for frame in self.heard if isinstance(frame, Told)]
        self.heard.clear()
        return numbers

    def test_what_is_told_is_heard_and_what_was_before_is_not(self) -> None:
        self.begin(row(3))
        self.cable.give(told(4), told(1, with_="carol"), told(5))
        assert self.numbers() == [4, 1, 5]
        assert self.cable.take() == []

    def test_what_was_told_meanwhile_is_read_in_pages(self) -> None:
        self.begin(row(3))
        [asked] = self.come_again(row(6))
        assert (asked["with"], asked["after"]) == ("bob", 3)
        self.cable.give({"id": asked["id"]} | entries(4, 5, more=True))
        # What is told meanwhile waits for its turn.
        self.cable.give(told(7))
        assert self.numbers() == [4, 5]
        [asked] = self.cable.answer(entries(6, 7))
        assert asked["after"] == 5
        assert self.numbers() == [6, 7]
        self.cable.give(told(8))
        assert self.numbers() == [8]

    def test_it_is_told_as_it_was_then(self) -> None:
        self.begin()
        [asked] = self.come_again(row(1))
        self.cable.give({"id": asked["id"]} | entries(1, action=True, re=7))
        [event] = self.heard
        assert isinstance(event, Told)
        assert (event.from_, event.to, event.with_, event.text) == ("bob", "alice", "bob", "psst")
        assert (event.seq, event.at, event.action, event.re) == (1, at(1), True, 7)

    def test_with_whom_one_talks_for_the_first_time_all_since_then_is_read(self) -> None:
        self.begin(row(3))
        [asked] = self.come_again(row(20, "carol"), row(2, "dave"))
        assert (asked["with"], asked["since"]) == ("carol", "2026-11-20T23:29:03Z")
        self.cable.give({"id": asked["id"]} | entries(19, 20, with_="carol"))
        assert self.numbers() == [19, 20]

    def test_all_that_is_new_is_listed(self) -> None:
        self.begin(row(3))
        history, listed = self.come_again(row(6), more=True)
        assert history["type"] == "history"
        assert (listed["type"], listed["before"]) == ("talks", "2026-11-20T23:29:06Z")

    def test_who_lost_something_on_the_way_reads_it(self) -> None:
        self.begin(row(3))
        self.cable.give(told(6))
        assert self.numbers() == []
        [asked] = self.cable.answer(entries(4, 5, 6))
        assert asked["after"] == 3
        assert self.numbers() == [4, 5, 6]

    def test_what_is_never_there_is_asked_for_once(self) -> None:
        self.begin(row(3))
        self.cable.give(told(6))
        self.cable.answer(entries(6))
        self.cable.give(told(7))
        assert self.numbers() == [6, 7]
        assert self.cable.take() == []

    def test_one_s_own_is_answered_and_not_heard(self) -> None:
        self.begin(row(3))
        stored = self.connection.tell("bob", "hello", re=3)
        [asked] = self.cable.answer(OK | {"seq": 4, "at": at(4)})
        assert (asked["to"], asked["text"], asked["re"], len(asked["cid"])) == ("bob", "hello", 3, 16)
        reply = self.successResultOf(stored)
        assert isinstance(reply, Ok)
        assert reply.seq == 4
        self.cable.give(told(5))
        assert self.numbers() == [5]
        [history] = self.come_again(row(6))
        self.cable.give({"id": history["id"]} | entries(6))
        assert self.numbers() == [6]

    def test_own_words_of_which_nobody_knew_are_not_heard_either(self) -> None:
        self.begin(row(3))
        self.connection.tell("bob", "hello", cid="c1")
        lost = self.cable.take()
        self.cable.lose()
        listed, again = self.come_back(**ACCOUNT)
        assert again == lost[0] | {"id": again["id"]}
        self.cable.give({"id": listed["id"]} | talks(row(5)), {"id": again["id"]} | OK | {"seq": 4, "at": at(4)})
        [asked] = self.cable.take()
        self.cable.give({"id": asked["id"]} | entries(4, 5))
        assert self.numbers() == [5]

    def test_what_is_told_waits_for_the_connection_and_is_given_up_with_it(self) -> None:
        self.begin()
        self.cable.lose()
        stored = self.connection.tell("bob", "hello")
        self.assertNoResult(stored)
        self.connection.close()
        self.failureResultOf(stored, Disconnected)

    def test_what_is_refused_fails(self) -> None:
        self.begin()
        stored = self.connection.tell("nobody", "hello")
        self.cable.answer(error("no-such-user"))
        assert self.failureResultOf(stored, Refused).value.error.code == "no-such-user"

    def test_if_it_can_not_be_read_what_waits_is_heard(self) -> None:
        self.begin(row(3))
        self.cable.give(told(6))
        self.cable.answer(error("unavailable"))
        assert self.numbers() == [6]

    def test_a_connection_that_is_lost_meanwhile_reads_it_all_again(self) -> None:
        self.begin(row(3))
        self.come_again(row(6))
        [asked] = self.come_again(row(6))
        self.cable.give({"id": asked["id"]} | entries(4, 5, 6))
        assert self.numbers() == [4, 5, 6]

    def test_guests_have_no_talks_and_hear_what_is_told(self) -> None:
        self.be_online()
        assert self.cable.take() == []
        self.cable.give({"type": "told", "from": "bob", "to": "alice", "at": at(1), "text": "psst"})
        assert self.numbers() == [None]
        told = self.connection.request(requests.Tell(to="bob", text="hi"))
        self.cable.answer(OK)
        self.successResultOf(told)
