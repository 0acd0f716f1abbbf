"""A client that comes again, or that nobody reads: what it is shown unasked of what was said before."""

from __future__ import annotations

import pytest

from chatroom.logs.memory.log import MemoryLog
from tests.fronts.irc.clients import Client, IRCHouse
from tests.wire.irc.grammar import Read

CAPS = "server-time batch"
"""What a client can do that is shown the last messages."""

HERE = "10.0.0.1"


class House(IRCHouse):
    """A server that keeps how far people have read, in a *log* that another one may have had before."""

    def __init__(self, log: MemoryLog | None = None, **limits: float) -> None:
        super().__init__(log=log or MemoryLog(), follows=True, **limits)  # type: ignore[arg-type]


def texts(client: Client, lines: list[Read]) -> list[str]:
    """Return what was said in *lines*, all of which *client* says to have got, if it is asked."""
    client.peer.send("".join(f"PONG {line.params[0]}\r\n" for line in lines if line.command == "PING").encode())
    return [line.params[1] for line in lines if line.command == "PRIVMSG"]


def comes(house: House, name: str = "alice", caps: str = CAPS, host: str = HERE) -> tuple[Client, list[str]]:
    """Let a guest come into tea; return what they are shown there."""
    client = house.client(name, caps, host=host)
    return client, texts(client, client.send("JOIN #tea"))


def said(house: House, *what: str) -> None:
    program = house.program("zoe")
    program.ask({"type": "join", "room": "tea"}, *({"type": "say", "room": "tea", "text": text} for text in what))
    program.vanish()
    house.wait(31)


def test_a_guest_is_shown_what_was_missed_and_not_again_what_was_seen() -> None:
    house = House()
    said(house, "one", "two")
    alice, shown = comes(house)
    assert shown == ["one", "two"]
    alice.peer.vanish()
    said(house, "three")
    assert comes(house)[1] == ["three"]


def test_that_holds_for_the_next_server_on_the_same_store() -> None:
    log = MemoryLog()
    house = House(log=log)
    said(house, "one", "two")
    comes(house)
    house.wait(2)
    again = House(log=log)
    again.cloaks.cloak_key = house.cloaks.cloak_key
    said(again, "three")
    assert comes(again)[1] == ["three"]


def test_what_has_not_come_is_shown_again() -> None:
    house = House()
    said(house, "one")
    alice = house.client("alice", CAPS, host=HERE)
    assert [line.params[1] for line in alice.send("JOIN #tea") if line.command == "PRIVMSG"] == ["one"]
    alice.peer.vanish()
    house.wait(1)
    assert comes(house)[1] == ["one"]


def test_whoever_says_that_they_go_has_seen_what_they_were_shown() -> None:
    house = House()
    said(house, "one")
    alice = house.client("alice", CAPS, "#tea", host=HERE)
    alice.send("QUIT :bye")
    assert comes(house)[1] == []


def test_no_more_than_the_last_ten_are_shown_to_a_guest() -> None:
    house = House(burst=0)
    said(house, "first")
    alice, _ = comes(house)
    alice.send("QUIT")
    said(house, *(str(number) for number in range(30)))
    assert comes(house)[1] == [str(number) for number in range(20, 30)]


@pytest.mark.parametrize(("name", "host"), [("alice", "10.0.0.9"), ("bob", HERE)])
def test_somebody_else_is_shown_the_last_ten(name: str, host: str) -> None:
    house = House()
    said(house, "one", "two")
    alice, _ = comes(house)
    alice.send("QUIT")
    house.wait(2)
    assert comes(house, name, host=host)[1] == ["one", "two"]


def test_what_is_said_at_once_is_asked_for_at_last() -> None:
    house = House()
    alice, _ = comes(house)
    said(house, "one", "two", "three")
    house.wait(6)
    assert texts(alice, alice.take()) == ["one", "two", "three"]
    house.settle()
    alice.peer.vanish()
    house.wait(1)
    assert comes(house)[1] == []
    # Nobody is asked about nothing.
    bob, _ = comes(house, "bob")
    house.wait(20)
    assert bob.take() == []


def test_what_the_server_asks_for_costs_the_client_nothing() -> None:
    rooms = [f"#r{number}" for number in range(20)]
    house = House(burst=20, rate=1, rooms_per_visitor=0)
    alice, bob = house.client("alice", CAPS, host=HERE), house.client("bob")
    for client in (alice, bob):
        client.send(f"JOIN {','.join(rooms)}")
        house.wait(60)
        client.take()
    for room in rooms:
        bob.send(f"PRIVMSG {room} :hello")
    house.wait(30)
    texts(alice, alice.take())
    house.settle()
    alice.take()
    assert [line.command for line in alice.send("PING x", "PING y")] == ["PONG", "PONG"]


@pytest.mark.parametrize(
    "lines",
    [
        ("NICK teabot", "USER tea 0 * :Tea"),
        ("NICK tea", "USER ircbot 0 * :ircbot"),
        ("NICK tea", "USER tea 0 * :A bot for tea"),
        ("NICK Bot2", "USER tea 0 * :Tea"),
    ],
)
def test_who_is_called_a_bot_is_shown_nothing_to_answer(lines: tuple[str, ...]) -> None:
    house = House()
    said(house, "!quit")
    bot = Client(house.connect())
    bot.send(f"CAP REQ :{CAPS}", *lines, "CAP END")
    assert texts(bot, bot.send("JOIN #tea")) == []


def test_a_name_that_only_holds_the_letters_is_nobodys_bot() -> None:
    house = House()
    said(house, "hello")
    assert comes(house, "abbott")[1] == ["hello"]
