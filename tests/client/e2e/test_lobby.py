"""The lobby: which rooms there are, as it changes, and how one gets into them, opens and deletes them."""

from __future__ import annotations

import re

from tests.client.e2e.house import client, drawn, enter, sees, shows, wait
from tests.client.terminal import BACKSPACE, DOWN, ENTER, ESC, F2, UP, Terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server

ALT_DELETE = "\x1b[3;3~"
ALT_ENTER = "\x1b\r"


def rooms(t: Terminal) -> list[str]:
    """Return the rows of the table, each without the spaces that align it."""
    rows = [" ".join(line.split()) for line in t.lines[3:-3]]
    return [row for row in rows if re.search(r"\d/\d", row)]


def lists(t: Terminal, *rows: str) -> None:
    """Wait until the table has exactly these *rows*."""

    def seen(t: Terminal) -> bool:
        return drawn(t) and rooms(t) == list(rows)

    seen.__name__ = f"the rooms {rows}"
    t.wait_for(seen)


def chosen(t: Terminal) -> str:
    """Return the name of the room that is chosen, which is the only one with another background."""
    rows = [row for row in range(2, t.screen.cells.lines - 2) if t.style(row, 3).bg != "default"]
    assert len(rows) == 1
    return t.line(rows[0]).split()[0]


def test_the_list_of_the_rooms_is_always_that_of_this_moment(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob", "carol") as [bob, carol]:
        shows(t, "0 rooms", "No room is open.")
        bob.ask("create", room="coffee", topic="Beans", capacity=8)
        lists(t, "coffee 1/8 Beans")
        shows(t, "1 room")
        carol.ask("join", room="coffee")
        lists(t, "coffee 2/8 Beans")
        carol.ask("topic", room="coffee", topic="Beans and mills")
        lists(t, "coffee 2/8 Beans and mills")
        bob.ask("leave", room="coffee")
        lists(t, "coffee 1/8 Beans and mills")
        carol.ask("leave", room="coffee")
        shows(t, "0 rooms", "No room is open.")


def test_what_is_typed_leaves_the_rooms_with_it_in_their_name(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob") as [bob]:
        for room in ("coffee", "green-tea", "Tea"):
            bob.ask("create", room=room, capacity=8)
        lists(t, "coffee 1/8", "green-tea 1/8", "Tea 1/8")
        t.press("te")
        lists(t, "Tea 1/8", "green-tea 1/8")
        shows(t, "2 of 3 rooms")
        assert chosen(t) == "Tea"
        t.press("xt")
        shows(t, "No room is called so. Press Enter to open it.", "0 of 3 rooms")
        t.press(ESC)
        lists(t, "coffee 1/8", "green-tea 1/8", "Tea 1/8")
        t.press("tea", ENTER)
        shows(t, " alice · Tea", "2 people")


def test_up_and_down_choose_among_the_rooms_and_enter_joins(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob") as [bob]:
        for room in ("a", "b", "c"):
            bob.ask("create", room=room, capacity=8)
        lists(t, "a 1/8", "b 1/8", "c 1/8")
        assert chosen(t) == "a"
        assert t.cursor == (29, len(" Room: "))
        for key, room in ((UP, "a"), (DOWN, "b"), (DOWN, "c"), (DOWN, "c"), (UP, "b")):
            t.press(key, "x")
            shows(t, "Room: x")
            t.press("\x7f")
            wait(t, lambda t: t.line(-1) == " Room:" and len(rooms(t)) == 3)
            assert chosen(t) == room
        # It stays the same room, whatever comes before it.
        bob.ask("create", room="aa", capacity=8)
        lists(t, "a 1/8", "aa 1/8", "b 1/8", "c 1/8")
        assert chosen(t) == "b"
        t.press(ENTER)
        shows(t, " alice · b", "2 people")


def test_a_room_of_any_name_is_opened_with_its_topic(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob") as [bob]:
        bob.ask("create", room="tearoom", capacity=8)
        lists(t, "tearoom 1/8")
        t.press("tea", ALT_ENTER)
        shows(t, "Open the room tea: what is it about?", "Topic:")
        t.press(ESC)
        shows(t, "Room:", "tearoom", without=("Topic:",))
        t.press("tea", ALT_ENTER)
        shows(t, "Topic:")
        t.press("Green and black", ENTER)
        shows(t, " tea · Green and black", " alice · tea")
        opened = [room["topic"] for room in bob.ask("list", match="tea")["rooms"] if room["room"] == "tea"]
        assert opened == ["Green and black"]
        t.press(F2, "te a", ENTER, ENTER)
        shows(t, "! ", " alice · lobby")


def test_a_room_of_ones_own_is_deleted_after_a_question(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob") as [bob]:
        enter(t, "alice", "mine")
        bob.ask("join", room="mine")
        sees(t, "→ bob joined")
        t.press(F2)
        lists(t, "• mine 2/256 yours")
        t.press(ALT_DELETE)
        shows(t, "Delete mine and all that was said there?", "Delete it? (yes or no)")
        t.press("no", ENTER)
        shows(t, "Room:", without=("Delete it?",))
        assert rooms(t) == ["• mine 2/256 yours"]
        t.press(ALT_DELETE, "yes", ENTER)
        assert bob.event("deleted")["by"] == "alice"
        shows(t, "alice deleted mine.", "No room is open.")


def test_a_room_of_somebody_else_is_not_deleted(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob") as [bob]:
        bob.ask("create", room="his", capacity=8)
        lists(t, "his 1/8")
        t.press(ALT_DELETE, "yes", ENTER)
        shows(t, " ! ", "his")
        assert [room["room"] for room in bob.ask("list")["rooms"]] == ["his"]


def test_a_full_room_says_so(server: Server) -> None:
    with client(server.address[1], "alice") as t, bots(server.address, "bob") as [bob]:
        bob.ask("create", room="small", capacity=1)
        lists(t, "small 1/1 full")
        t.press(ENTER)
        said = "small is full with 1 in it; try again when somebody has left."
        shows(t, said, " alice · lobby")
        bob.ask("topic", room="small", topic="Full")
        lists(t, "small 1/1 Full full")
        t.press("x", BACKSPACE)
        shows(t, "Room:", without=(said,))
        t.press("/join small", ENTER)
        # The server's words are the client's.
        shows(t, said)


def test_enter_alone_does_nothing_where_there_is_no_room(port: int) -> None:
    with client(port, "alice") as t:
        shows(t, "0 rooms")
        t.press(ENTER, "x")
        shows(t, "Room: x", " alice · lobby")
        assert "Topic:" not in t.text


def test_many_rooms_are_scrolled_through(server: Server) -> None:
    with client(server.address[1], "alice", rows=12) as t, bots(server.address, "b0", "b1", "b2") as some:
        names = [f"room{number:02}" for number in range(24)]
        for number, name in enumerate(names):
            some[number % 3].ask("create", room=name, capacity=8)
        shows(t, "24 rooms", "room00", without=("room20",))
        t.press(DOWN * 30)
        shows(t, "room23", without=("room00",))
        assert chosen(t) == "room23"
        t.press(ENTER)
        shows(t, " alice · room23")
