"""How far somebody has read is the same at all nodes."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.simulation.chat import Chat, NodeHouse, WireCable

SECRET = "correct horse"


class Reader:
    """A connection of somebody to *house*."""

    def __init__(self, chat: Chat, house: NodeHouse, **login: Any) -> None:
        self._chat = chat
        self.cable = WireCable(chat.recorder, chat, house)
        self.do("login", **login)

    def do(self, type: str, **fields: Any) -> list[dict[str, Any]]:
        """Ask for something, and return what comes."""
        self.cable.ask(type, **fields)
        self.cable.flush()
        return self.see()

    def see(self, seconds: float = 1) -> list[dict[str, Any]]:
        """Let time pass, and return what has come."""
        self._chat.settle(seconds)
        return list(self.cable.receive())


def marked(frames: list[dict[str, Any]]) -> list[int]:
    return [frame["seq"] for frame in frames if frame["type"] == "marked"]


def test_what_is_read_at_one_node_is_read_at_all() -> None:
    chat = Chat(Random(0), 2, 0)
    here, there = chat.houses
    alice = Reader(chat, here, username="alice")
    alice.do("register", password=SECRET)
    other = Reader(chat, there, username="alice", password=SECRET)
    bob = Reader(chat, there, username="bob")
    for each in alice, bob:
        each.do("join", room="tea")
    for text in ("one", "two", "for alice"):
        bob.do("say", room="tea", text=text)
    alice.see()
    other.see()
    [answer] = alice.do("mark", room="tea", seq=2)
    assert (answer["type"], answer["seq"]) == ("ok", 2)
    assert marked(other.see(2)) == [2]
    [answer] = other.do("unread")
    assert [(row["room"], row["marked"], row["first"], row["unread"], row["mentions"]) for row in answer["unread"]] == [
        ("tea", 2, 3, 1, 1)
    ]
    # In by a connection to another node is enough; and nothing goes back.
    [answer] = other.do("mark", room="tea", seq=1)
    assert answer["seq"] == 2
    [answer] = other.do("mark", room="tea", seq=3)
    assert answer["seq"] == 3
    assert marked(alice.see(2)) == [3]
    [entered, *_] = other.do("join", room="tea")
    assert entered["marked"] == 3
    # Somebody who comes by a node that knew nothing of them.
    late = Reader(chat, here, username="alice", password=SECRET)
    assert late.do("join", room="tea")[0]["marked"] == 3


def test_a_guest_who_is_an_account_s_has_read_what_they_had() -> None:
    chat = Chat(Random(0), 2, 0)
    here, there = chat.houses
    alice = Reader(chat, here, username="alice")
    alice.do("register", password=SECRET)
    guest = Reader(chat, there, username="ann", session="a" * 22)
    bob = Reader(chat, here, username="bob")
    for each in alice, guest, bob:
        each.do("join", room="tea")
    for text in ("one", "two"):
        bob.do("say", room="tea", text=text)
    guest.do("mark", room="tea", seq=1)
    guest.see(2)
    assert guest.do("authenticate", username="alice", password=SECRET)[0]["type"] == "ok"
    assert marked(alice.see(2)) == [1]
    [answer] = guest.do("mark", room="tea", seq=0)
    assert answer["seq"] == 1
