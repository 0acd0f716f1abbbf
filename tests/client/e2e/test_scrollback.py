"""Reading back: older pages come, the view stays, and one key leads to the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.client.e2e.house import client, says, sees, shows, talk, typed, wait
from tests.client.terminal import END, ENTER, PAGE_DOWN, PAGE_UP, Terminal
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server

SAID = 300
CTRL_HOME, CTRL_END = "\x1b[1;5H", "\x1b[1;5F"


@contextmanager
def reader(server: Server, room: str) -> Iterator[tuple[Terminal, Bot]]:
    """Let bob say 300 lines in *room*, and alice come in after that."""
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice") as t:
        bob.ask("create", room=room)
        says(bob, room, *(f"line {number}" for number in range(1, SAID + 1)))
        t.press(f"/join {room}", ENTER)
        shows(t, f" alice · {room}", f"line {SAID}", "2 people")
        yield t, bob


def numbers(t: Terminal) -> list[int]:
    """Return the numbers of the lines in view."""
    return [int(line.split()[-1]) for line in talk(t) if line.startswith("bob line ")]


def begins_before(t: Terminal, first: int) -> None:
    """Wait until lines before *first* are in view, and no more of them are still to come by themselves."""
    wait(t, lambda t: "loading …" not in t.text and bool(numbers(t)) and numbers(t)[0] < first)


def test_page_up_at_the_top_fetches_older_pages_and_the_line_in_view_stays(server: Server) -> None:
    with reader(server, "pages") as (t, _):
        seen = numbers(t)
        assert seen == list(range(SAID - len(seen) + 1, SAID + 1))
        while numbers(t)[0] != 1:
            first = numbers(t)[0]
            t.press(PAGE_UP)
            begins_before(t, first)
            now = numbers(t)
            # Nothing is left out, and a line of the page before is still in view.
            assert now == list(range(now[0], now[0] + len(now)))
            assert first in now
        t.press(PAGE_UP)
        shows(t, "the room begins here", "line 1")
        t.press(END)
        wait(t, lambda t: numbers(t) == seen)


def test_what_comes_does_not_move_what_one_reads(server: Server) -> None:
    with reader(server, "still") as (t, bob):
        t.press(PAGE_UP * 2)
        wait(t, lambda t: numbers(t)[-1] < SAID - 20)
        shows(t, "-- more --")
        before = t.lines[:-2]
        says(bob, "still", *(f"more {number}" for number in range(12)))
        shows(t, "12 new, End to jump")
        assert t.lines[:-2] == before
        t.press("typing goes on")
        typed(t, "typing goes on")
        assert t.lines[:-2] == before
        t.press(END)
        sees(t, "bob more 10", "bob more 11")
        shows(t, "typing goes on", without=("End to jump", "-- more --"))
        # There it is the key that goes to the end of what is typed.
        t.press("\x01", END, "!")
        typed(t, "typing goes on!")


def test_paging_down_to_the_end_follows_again(server: Server) -> None:
    with reader(server, "down") as (t, bob):
        t.press(PAGE_UP)
        shows(t, "-- more --")
        t.press(PAGE_DOWN * 2)
        shows(t, f"line {SAID}", without=("-- more --",))
        says(bob, "down", "followed")
        sees(t, "bob followed")


def test_one_key_leads_to_the_top_and_one_to_the_end(server: Server) -> None:
    with reader(server, "ends") as (t, _):
        t.press(CTRL_HOME)
        wait(t, lambda t: numbers(t)[0] <= SAID - 99)
        t.press(CTRL_END)
        wait(t, lambda t: numbers(t)[-1] == SAID)


def test_ones_own_line_leads_to_the_end_or_is_waiting_there(server: Server) -> None:
    with reader(server, "own") as (t, bob):
        t.press(PAGE_UP)
        shows(t, "-- more --")
        t.press("my line", ENTER)
        assert bob.wait(lambda frame: frame.get("from") == "alice")["text"] == "my line"
        t.press(END)
        sees(t, "alice my line")
