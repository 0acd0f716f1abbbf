"""Typing is never disturbed, whatever comes meanwhile."""

from __future__ import annotations

import re
from threading import Event, Thread
from typing import Self

from tests.client.e2e.house import client, history, shows, typed, wait
from tests.client.terminal import BACKSPACE, ENTER, LEFT, Terminal, ctrl
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server

TEXT = "typed key by key, whatever comes"


class Flood:
    """A bot that says lines in *room* one after the other, about a hundred a second, until the block is left."""

    def __init__(self, bot: Bot, room: str) -> None:
        self._bot, self._room = bot, room
        self._over = Event()
        self._thread = Thread(target=self._say, daemon=True)
        self.said = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _say(self) -> None:
        while not self._over.wait(0.01):
            self.said += 1
            self._bot.ask("say", room=self._room, text=f"line {self.said} of a flood, with https://example.org/")


def reached(t: Terminal, number: int) -> None:
    """Wait until the flood has come to line *number*; which lines are in view when the screen is drawn is chance."""
    wait(t, lambda t: any(int(found) >= number for found in re.findall(r"line (\d+) of", t.text)))


def is_at(t: Terminal, column: int) -> None:
    """Wait until the cursor is in *column* of the last row."""
    wait(t, lambda t: t.cursor == (29, column))


def test_what_is_typed_and_the_cursor_stay_while_a_flood_comes(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", room="flood") as t:
        bob.ask("join", room="flood")
        with Flood(bob, "flood") as flood:
            reached(t, 30)
            for end in range(1, len(TEXT) + 1):
                t.press(TEXT[end - 1])
                typed(t, TEXT[:end])
            for back in range(1, 6):
                t.press(LEFT)
                is_at(t, len(f" > {TEXT}") - back)
                assert t.line(-1) == f" > {TEXT}"
            begun = flood.said
            t.press(ctrl("e"), BACKSPACE, ENTER)
            typed(t, "")
            reached(t, begun + 50)
            typed(t, "")
        last = f"line {flood.said} of"
        shows(t, last)
        said = history(bob, "flood")
        assert [line for line in said if line.startswith("alice")] == [f"alice {TEXT[:-1]}"]
        assert len(said) == flood.said + 1


def test_a_long_line_grows_upwards_and_shrinks_again(port: int) -> None:
    with client(port, "alice", room="long", columns=60, rows=20) as t:
        t.press("x" * 100)
        wait(t, lambda t: t.lines[-2:] == [" > " + "x" * 57, "   " + "x" * 43] and t.cursor == (19, 46))
        t.press(ctrl("u"), "y")
        typed(t, "y")
        assert t.line(-2).startswith(" alice · long")
