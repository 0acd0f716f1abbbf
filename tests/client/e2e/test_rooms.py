"""Several rooms at once: going from one to the other, and what is new where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.client.e2e.house import client, members, says, sees, shows, tabs, talk, typed, wait
from tests.client.terminal import ENTER, F2, Terminal, alt, ctrl
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server

NEW = "new"
F7, F8 = "\x1b[18~", "\x1b[19~"


@contextmanager
def three(server: Server, *rooms: str) -> Iterator[tuple[Terminal, Bot]]:
    """Let bob open three *rooms*, and alice go into all of them, last the third."""
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice") as t:
        for room in rooms:
            bob.ask("create", room=room)
            says(bob, room, f"first in {room}")
        for room in rooms:
            t.press(f"/join {room}", ENTER)
            shows(t, f" alice · {room}", f"first in {room}", "2 people")
        wait(t, lambda t: tabs(t) == [f"{number} {room}" for number, room in enumerate(rooms, 1)])
        yield t, bob


def divided(t: Terminal) -> tuple[list[str], list[str]]:
    """Return what is said above the line between read and new, and below it."""
    lines = [line.replace("─", "").strip() for line in talk(t)]
    at = lines.index(NEW)
    return lines[:at], lines[at + 1 :]


def test_what_is_new_is_counted_for_each_room_and_mentions_are_marked(server: Server) -> None:
    with three(server, "a", "b", "c") as (t, bob):
        says(bob, "a", "one", "two")
        says(bob, "b", "for alice")
        wait(t, lambda t: tabs(t) == ["1 a 2", "2 b @1", "3 c"])
        looks = {room: t.style(row, 3) for row, room in ((2, "a"), (3, "b"), (4, "c"))}
        assert [looks[room].data for room in "abc"] == ["a", "b", "c"]
        assert len({(look.fg, look.bold) for look in looks.values()}) == 3
        says(bob, "c", "seen at once")
        sees(t, "bob seen at once")
        assert tabs(t) == ["1 a 2", "2 b @1", "3 c"]
        t.press(alt("1"))
        wait(t, lambda t: tabs(t) == ["1 a", "2 b @1", "3 c"])


def test_a_line_parts_what_is_new_from_what_was_read(server: Server) -> None:
    with three(server, "d", "e", "f") as (t, bob):
        says(bob, "d", "new one", "new two")
        wait(t, lambda t: tabs(t)[0] == "1 d 2")
        t.press(alt("1"))
        shows(t, " alice · d", "new two")
        above, below = divided(t)
        assert above[-1] == "bob first in d"
        assert below == ["bob new one", "bob new two"]
        says(bob, "d", "and one more")
        sees(t, "bob and one more")
        assert divided(t)[1] == ["bob new one", "bob new two", "bob and one more"]
        t.press(alt("2"))
        shows(t, " alice · e")
        t.press(alt("1"))
        shows(t, " alice · d", "and one more", without=(f"─ {NEW} ─",))


def test_the_keys_lead_from_room_to_room(server: Server) -> None:
    with three(server, "g", "h", "i") as (t, bob):
        for key, room in (
            (alt("2"), "h"),
            (ctrl("n"), "i"),
            (ctrl("n"), "g"),
            (ctrl("p"), "i"),
            (ctrl("p"), "h"),
            (alt("1"), "g"),
            (alt("/"), "h"),
            (alt("3"), "i"),
            (alt("9"), "i"),
        ):
            t.press(key, room)
            shows(t, f" alice · {room}", f"first in {room}", f" > {room}")
            t.press(ctrl("u"))
            typed(t, "")
        # Where most goes on comes first, and before that where one is mentioned.
        says(bob, "g", "one", "two", "three")
        says(bob, "h", "alice")
        wait(t, lambda t: tabs(t) == ["1 g 3", "2 h @1", "3 i"])
        t.press(alt("a"))
        shows(t, " alice · h", "bob ▏alice")
        t.press(alt("a"))
        shows(t, " alice · g", "bob  three")
        t.press(alt("a"), "x")
        shows(t, " alice · g", " > x")


def test_a_draft_waits_in_its_room(server: Server) -> None:
    with three(server, "j", "k", "l") as (t, _):
        t.press("half a sen", alt("b"))
        shows(t, " > half a sen")
        t.press(alt("1"), "other")
        shows(t, " alice · j")
        typed(t, "other")
        t.press(alt("3"))
        shows(t, " alice · l", " > half a sen")
        assert t.cursor == (29, len(" > half a "))
        t.press(alt("1"))
        typed(t, "other")


def test_the_lobby_is_left_for_where_one_was(server: Server) -> None:
    with three(server, "m", "n", "o") as (t, _):
        t.press(F2)
        shows(t, " alice · lobby", "Type to filter", " • m ", " • o ")
        t.press(F2)
        shows(t, " alice · o")


def test_who_leaves_a_room_is_where_one_was_before_and_at_last_in_the_lobby(server: Server) -> None:
    with three(server, "x", "y", "z") as (t, _):
        t.press("/leave", ENTER)
        shows(t, " alice · y")
        wait(t, lambda t: tabs(t) == ["1 x", "2 y"])
        t.press("/leave x", ENTER, "/leave", ENTER)
        shows(t, " alice · lobby", "Type to filter")


def test_a_room_that_is_deleted_is_left(server: Server) -> None:
    with three(server, "p", "q", "r") as (t, bob):
        bob.ask("delete", room="r")
        shows(t, "bob deleted r.", " alice · lobby")
        t.press(F2)
        shows(t, " alice · q")
        wait(t, lambda t: tabs(t) == ["1 p", "2 q"])


def test_the_panels_are_shown_and_hidden_by_keys(server: Server) -> None:
    with three(server, "s", "t", "u") as (t, _):
        wait(t, lambda t: members(t) == ["alice", "bob"])
        t.press(F7)
        wait(t, lambda t: t.line(3).count("│") == 1)
        t.press(F8)
        wait(t, lambda t: "│" not in t.text)
        t.press(F7, F8)
        wait(t, lambda t: tabs(t) == ["1 s", "2 t", "3 u"] and members(t) == ["alice", "bob"])
