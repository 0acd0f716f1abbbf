"""The connection is lost and comes back: nothing that was said is missed, and nothing is said twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client.e2e.house import client, history, says, sees, shows, talk, typed, wait
from tests.client.terminal import ENTER, ESC, Terminal
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server, free_port, running
from tests.proxy import flaky

COUNTDOWN = re.compile(r" · ○ back in \d+ s, Alt\+r at once \(.+\)")


def listening(port: int) -> str:
    """Return where a server is to listen that is to be found again at *port*."""
    return f"tcp:{port}:interface=127.0.0.1"


def lost(t: Terminal) -> bool:
    """Tell whether the bar says that the connection is lost, and when it is tried again."""
    return COUNTDOWN.search(t.text) is not None


def heard(t: Terminal) -> list[str]:
    """Return what people have said, without day lines, and who came and went."""
    return [line for line in talk(t) if re.match(r"(… )?(alice|bob) ", line)]


@pytest.mark.parametrize("end", [Server.kill, Server.stop], ids=["kill -9", "SIGTERM"])
def test_what_is_typed_while_the_server_is_down_is_said_once_when_it_is_back(
    tmp_path: Path, end: Callable[[Server], None]
) -> None:
    port = free_port()
    with running(tmp_path, port=listening(port)) as server, client(port, "alice", room="tea") as t:
        with Bot(server.address, "bob") as bob:
            bob.ask("join", room="tea")
            says(bob, "tea", "before")
            sees(t, "→ bob joined", "bob before")
            end(server)
        wait(t, lost)
        if end is Server.stop:
            shows(t, "the server is stopping")
        t.press("first", ENTER, "/me waits", ENTER, "third", ENTER, "dra")
        wait(t, lambda t: talk(t)[-3:] == ["… alice first", "… * alice waits", "… alice third"])
        shows(t, "3 waiting")
        typed(t, "dra")
        with running(tmp_path, port=listening(port)) as again, Bot(again.address, "bob") as bob:
            wait(t, lambda t: "…" not in t.text and not lost(t))
            sees(t, "alice first", "* alice waits", "alice third")
            typed(t, "dra")
            bob.ask("join", room="tea")
            says(bob, "tea", "after")
            sees(t, "bob after")
            said = [line for line in talk(t) if re.match(r"(\* )?(alice|bob) ", line)]
            assert said == ["bob before", "alice first", "* alice waits", "alice third", "bob after"]
            assert history(bob, "tea") == [line.removeprefix("* ") for line in said]
            t.press("ft", ENTER)
            sees(t, "alice draft")


@pytest.mark.parametrize("reset", [True, False], ids=["RST", "FIN"])
def test_what_was_said_while_one_was_away_is_read_on_return(tmp_path: Path, reset: bool) -> None:
    with (
        running(tmp_path) as server,
        flaky(server.address[1]) as proxy,
        bots(server.address, "bob") as [bob],
        client(proxy.port, "alice", room="tea") as t,
        client(server.address[1], "carol", room="tea") as carol,
    ):
        bob.ask("join", room="tea")
        says(bob, "tea", "before")
        sees(t, "→ carol, bob joined", "bob before")
        proxy.cut(reset=reset)
        proxy.refuse()
        wait(t, lost)
        says(bob, "tea", *(f"missed {number}" for number in range(15)))
        t.press("from afar", ENTER)
        wait(t, lambda t: heard(t)[-1:] == ["… alice from afar"])
        proxy.accept()
        wait(t, lambda t: not lost(t) and "…" not in t.text)
        expected = ["bob before", *(f"bob missed {number}" for number in range(15)), "alice from afar"]
        wait(t, lambda t: heard(t) == expected)
        assert history(bob, "tea") == expected
        # What was missed is new.
        row, _ = t.find("missed 0")
        assert "─ new ─" in t.line(row - 1)
        # The seat was held meanwhile, so nobody saw alice go.
        sees(carol, "bob missed 14", "alice from afar")
        assert "alice left" not in carol.text


def test_a_message_that_may_have_arrived_is_sent_again_and_said_once(tmp_path: Path) -> None:
    with (
        running(tmp_path) as server,
        flaky(server.address[1], delay=0.2) as proxy,
        bots(server.address, "bob") as [bob],
        client(proxy.port, "alice", room="tea") as t,
    ):
        bob.ask("join", room="tea")
        sees(t, "→ bob joined")
        for number in range(3):
            t.press(f"line {number}", ENTER)
            # Now the server has it, and its answer is on the way.
            bob.event("said")
            proxy.cut()
        wait(t, lambda t: "…" not in t.text and heard(t) == [f"alice line {number}" for number in range(3)])
        assert history(bob, "tea") == [f"alice line {number}" for number in range(3)]


def test_an_answer_that_does_not_come_holds_nothing_up(tmp_path: Path) -> None:
    with (
        running(tmp_path) as server,
        flaky(server.address[1]) as proxy,
        bots(server.address, "bob") as [bob],
        client(proxy.port, "alice", room="tea") as t,
    ):
        bob.ask("join", room="tea")
        sees(t, "→ bob joined")
        proxy.stall()
        t.press("one", ENTER, "two", ENTER, "three")
        sees(t, "… alice one", "… alice two")
        typed(t, "three")
        shows(t, "2 waiting")
        proxy.go_on()
        sees(t, "→ bob joined", "alice one", "alice two")
        typed(t, "three")


def test_the_countdown_goes_on_by_itself_and_quit_does_not_wait_for_it(tmp_path: Path) -> None:
    with running(tmp_path) as server, flaky(server.address[1]) as proxy, client(proxy.port, "alice") as t:
        proxy.refuse()
        wait(t, lost)
        seen = set()

        def counted(t: Terminal) -> bool:
            seen.update(re.findall(r"back in (\d+) s", t.text))
            return len(seen) > 1

        wait(t, counted)
        t.press("/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []


def test_a_room_that_is_gone_meanwhile_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    with (
        running(tmp_path) as server,
        flaky(server.address[1]) as proxy,
        bots(server.address, "bob") as [bob],
        client(proxy.port, "alice", room="tea") as t,
    ):
        bob.ask("create", room="gone")
        t.press("/join gone", ENTER)
        shows(t, " alice · gone", "2 people")
        proxy.refuse()
        wait(t, lost)
        bob.ask("delete", room="gone")
        proxy.accept()
        shows(t, " alice · lobby", "You are not in gone any more", without=("○",))
        t.press(ESC)
        shows(t, " alice · tea")
        t.press("still here", ENTER)
        sees(t, "alice still here")
