"""What the clients and bots that people have send by themselves: coming in, coming back after a restart, and going.

The lines of WeeChat 3.8 and irssi 1.4 are those that they were seen to send; those of the others are as their sources
and manuals have them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chatroom.core.values.names import room_name
from chatroom.logs.memory.log import MemoryLog
from tests.fronts.irc.clients import Client, IRCHouse, commands
from tests.wire.irc.grammar import Read

ROOMS = ("#tea", *(f"#room{number}" for number in range(13)))
ALL = ",".join(ROOMS)


@dataclass(frozen=True)
class Habit:
    """A client: what it sends to *come*, to *join* all rooms, and then to *ask* of them; and what it sends to *go*.

    What it is *refused* by when it comes is expected. It *dates* messages if it knows when they were said.
    """

    come: tuple[str, ...]
    join: tuple[str, ...]
    ask: tuple[str, ...]
    alive: str
    go: str
    refused: tuple[str, ...] = ()
    dates: bool = False


def of_each(*lines: str) -> tuple[str, ...]:
    """Return *lines* for each room."""
    return tuple(line.format(room) for room in ROOMS for line in lines)


HABITS = {
    "WeeChat": Habit(
        (
            "CAP LS 302",
            "NICK ida",
            "USER christopher 0 * :ida",
            (
                "CAP REQ :server-time message-tags cap-notify multi-prefix userhost-in-names extended-join"
                " invite-notify chghost away-notify account-notify setname"
            ),
            "CAP END",
        ),
        (f"JOIN {ALL}",),
        of_each("MODE {}", "WHO {} %cuhsnfdar"),
        "PING chatroom.chat",
        "QUIT :WeeChat 3.8",
        dates=True,
    ),
    "irssi": Habit(
        (
            "CAP LS 302",
            "JOIN :",
            "CAP REQ :multi-prefix extended-join setname invite-notify away-notify chghost account-notify server-time",
            "CAP END",
            "NICK ida",
            "USER christopher christopher 127.0.0.1 :Ida",
        ),
        ("MODE ida +i", f"JOIN {ALL}"),
        of_each("MODE {}", "WHO {}", "MODE {} b"),
        "PING chatroom.chat",
        "QUIT :leaving",
        # So it finds out what a server says to who has no name yet.
        refused=("451",),
        dates=True,
    ),
    "HexChat": Habit(
        (
            "CAP LS 302",
            "NICK ida",
            "USER DOMAIN\\ida 0 * :realname",
            (
                "CAP REQ :server-time away-notify account-notify account-tag chghost setname invite-notify"
                " extended-join multi-prefix userhost-in-names"
            ),
            "CAP END",
        ),
        (f"JOIN {ALL} ",),
        of_each("MODE {}", "WHO {} %chtsunfra,152"),
        "PING LAG1764072000",
        "QUIT :Leaving",
        dates=True,
    ),
    "catgirl": Habit(
        (
            "CAP LS",
            "NICK ida",
            "USER ida 0 * :ida",
            (
                "CAP REQ :account-notify chghost extended-join invite-notify message-tags multi-prefix server-time"
                " setname userhost-in-names"
            ),
            "CAP END",
        ),
        (f"JOIN {ALL}",),
        (),
        "PING :nyaa",
        "QUIT :nyaa~",
        dates=True,
    ),
    "EPIC5": Habit(
        ("USER ida box 127.0.0.1 :* I'm to lame to read BitchX.doc *", "NICK ida"),
        ("USERHOST ida", "MODE ida +iw", *(f"JOIN {room}" for room in ROOMS)),
        of_each("MODE {}", "WHO {}", "MODE {} b"),
        "PING 1764072000",
        "QUIT :EPIC5-2.2 -- Are we there yet?",
    ),
    "sic": Habit(
        ("NICK ida", "USER ida localhost chat.example.org :ida"),
        tuple(f"JOIN {room}" for room in ROOMS),
        (),
        "PING x",
        "QUIT",
    ),
    "ii": Habit(
        ("NICK ida", "USER ida localhost chat.example.org :ida"),
        tuple(f"JOIN {room} " for room in ROOMS),
        ("TOPIC #tea ",),
        "PING x",
        "QUIT bye",
    ),
    "ZNC": Habit(
        (
            "CAP LS 302",
            "NICK ida",
            'USER ida "ida" "chat.example.org" :Got ZNC?',
            *(
                f"CAP REQ :{word}"
                for word in ("away-notify", "account-notify", "extended-join", "multi-prefix", "userhost-in-names")
            ),
            "CAP REQ :server-time",
            "CAP REQ :batch",
            "CAP END",
        ),
        ("WHO ida", "MODE ida +i", f"JOIN {ALL}"),
        of_each("MODE {}"),
        "PING :ZNC",
        "QUIT :ZNC 1.8.2 - https://znc.in",
        dates=True,
    ),
    "irc-framework": Habit(
        (
            "CAP LS 302",
            "NICK ida",
            "USER ircbot 0 * :ircbot",
            (
                "CAP REQ :batch multi-prefix message-tags away-notify invite-notify account-notify account-tag"
                " server-time userhost-in-names extended-join"
            ),
            "CAP END",
        ),
        of_each("JOIN {}"),
        of_each("WHO {}"),
        "PING kiwitime-1764072000000",
        "QUIT :bye",
    ),
    "Limnoria": Habit(
        (
            "CAP LS 302",
            "NICK ida",
            "USER limnoria 0 * :Limnoria 2024.10.10",
            (
                "CAP REQ :account-notify account-tag away-notify batch chghost echo-message extended-join"
                " invite-notify labeled-response message-tags multi-prefix server-time setname userhost-in-names"
            ),
            "CAP END",
        ),
        ("MODE ida +B", f"JOIN {ALL}"),
        of_each("MODE {}", "WHO {} %tuhnairf,1", "MODE {} +b"),
        "PING 1764072000",
        "QUIT :Limnoria 2024.10.10",
    ),
}
"""What each of them does."""


class House(IRCHouse):
    """A server whose *log* another one may have had before, of which it is the next life."""

    def __init__(self, before: House | None = None) -> None:
        self.log: MemoryLog = before.log if before else MemoryLog()
        super().__init__(log=self.log, follows=True, burst=30, rate=5)  # type: ignore[arg-type]
        if before:
            self.cloaks.cloak_key = before.cloaks.cloak_key
        for room in ROOMS[1:]:
            self.lobby.open_permanently(room_name(room[1:]))


def errors(lines: list[Read]) -> list[str]:
    return [line.command for line in lines if line.command[0] in "45" or line.command in ("FAIL", "ERROR")]


def come(house: House, habit: Habit) -> tuple[Client, list[Read]]:
    """Let the client come in and join, and ask of the rooms; return what it was told since it joined."""
    one = Client(house.connect(host="10.0.0.1"))
    came = one.send(*habit.come)
    # No message of the day is no error.
    assert [error for error in errors(came) if error != "422"] == list(habit.refused)
    assert commands(came).count("001") == 1
    told = one.send(*habit.join)
    house.wait(1)
    told += one.take()
    assert [line.params[0] for line in told if line.command == "JOIN"] == list(ROOMS)
    told += one.send(*habit.ask)
    house.wait(20)
    told += one.take()
    pongs(one, told)
    assert errors(told) == []
    assert [line.params[1] for line in told if line.command == "366"] == list(ROOMS)
    house.wait(2)
    return one, told


def pongs(one: Client, lines: list[Read]) -> None:
    """Let the client answer what it is asked, as all do."""
    assert one.send(*(f"PONG :{line.params[0]}" for line in lines if line.command == "PING")) == []


def said(lines: list[Read]) -> list[str]:
    return [line.params[1] for line in lines if line.command == "PRIVMSG"]


@pytest.mark.parametrize("name", HABITS)
def test_it_comes_in_and_back_after_a_restart_and_goes(name: str) -> None:
    habit = HABITS[name]
    house = House()
    bob = house.client("bob", "", *ROOMS)
    bob.send("PRIVMSG #room12 :before")
    one, told = come(house, habit)
    assert said(told) == (["before"] if habit.dates else [])
    assert bob.send("PRIVMSG #room12 :live") is not None
    heard = one.take()
    assert said(heard) == ["live"]
    pongs(one, heard)
    assert [line.command for line in one.send(habit.alive)] == ["PONG"]
    house.wait(2)
    # A cut: nobody says good-bye.
    for client in (one, bob):
        client.peer.vanish()
    house.wait(2)
    after = House(house)
    bob = after.client("bob", "", *ROOMS)
    bob.send("PRIVMSG #room12 :missed")
    one, told = come(after, habit)
    assert said(told) == (["missed"] if habit.dates else [])
    assert one.send(f"PRIVMSG {ROOMS[-1]} :back again") is not None
    assert said(bob.take()) == ["back again"]
    assert one.send(habit.go)[-1].command == "ERROR"
    assert one.peer.closed
    assert [line.command for line in bob.take()] == ["QUIT"]
