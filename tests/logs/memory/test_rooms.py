"""The log in memory keeps rooms that are closed, as long as there are not too many."""

from __future__ import annotations

from chatroom.core.ports import NewRoom
from chatroom.core.values.events import digest
from chatroom.core.values.names import Username
from chatroom.logs.memory.log import CLOSED, MemoryLog
from tests.logs.scribe import Scribe, message, texts

SESSION = bytes(32)


def test_a_log_that_keeps_no_closed_rooms_begins_them_anew() -> None:
    scribe = Scribe(MemoryLog(closed=0))
    scribe.log.close(scribe.opened("tea", NewRoom()).log)
    assert scribe.open("tea") is None


def test_a_closed_room_is_opened_again_as_it_was() -> None:
    scribe = Scribe(MemoryLog())
    new = NewRoom("Herbs", 5, Username("alice"), SESSION)
    tea = scribe.opened("Tea", new).log
    scribe.append(tea, message("a", session=SESSION, cid="1"), message("b"))
    scribe.topic(tea, "Leaves")
    scribe.log.close(tea)
    again = scribe.open("TEA")
    assert (again.room, again.log, again.seq, again.first, again.topic) == ("Tea", tea, 2, 1, "Leaves")
    assert (again.capacity, again.creator, again.owner) == (5, "alice", SESSION)
    [sent] = again.sent
    assert (sent.session, sent.cid, sent.seq, sent.digest) == (SESSION, "1", 1, digest("a"))
    assert scribe.opened("tea", NewRoom("Cups")).topic == "Cups"


def test_what_is_no_longer_kept_is_not_known_when_it_is_sent_again() -> None:
    scribe = Scribe(MemoryLog(keep=1))
    tea = scribe.opened().log
    scribe.append(tea, *(message("a", session=SESSION, cid=cid) for cid in "123"))
    again = scribe.opened()
    assert (again.first, [sent.seq for sent in again.sent]) == (3, [3])


def test_the_first_of_too_many_closed_rooms_is_forgotten() -> None:
    scribe = Scribe(MemoryLog())
    logs = [scribe.opened(f"room{number}").log for number in range(CLOSED + 2)]
    scribe.say(logs[0], "a")
    for log in logs[:2]:
        scribe.log.close(log)
    scribe.open("room0")
    for log in logs[2:]:
        scribe.log.close(log)
    assert scribe.open("room1") is None
    assert texts(scribe.read(scribe.open("room0").log)) == ["a"]
    assert scribe.open("room2")


def test_nothing_is_restored() -> None:
    assert Scribe(MemoryLog()).restored() == []


def test_a_message_is_the_same_only_with_the_same_text_said_or_done() -> None:
    assert len({digest("a"), digest("a", "action"), digest("b")}) == 3
    assert len(digest("a")) == 8
