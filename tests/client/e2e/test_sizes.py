"""Terminals of any size, and what they do to the screen."""

from __future__ import annotations

import random

from wcwidth import wcswidth

from tests.client.e2e.house import begun, client, drawn, enter, members, says, sees, shows, tabs, talk, typed, wait
from tests.client.terminal import ENTER, Terminal, ctrl
from tests.e2e.peers import bots
from tests.e2e.processes import Server


def test_a_small_terminal_has_the_talk_and_the_input(server: Server) -> None:
    with client(server.address[1], columns=20, rows=5) as t, bots(server.address, "bob") as [bob]:
        bob.ask("create", room="tea")
        shows(t, "Your")
        t.press("alice", ENTER)
        shows(t, "tea")
        t.press(ENTER)
        bob.event("joined")
        says(bob, "tea", "hi there")
        shows(t, "bob: hi there", " >")
        t.press("yes")
        wait(t, lambda t: t.line(-1).endswith("> yes"))
        t.press(ENTER)
        assert bob.wait(lambda frame: frame.get("from") == "alice")["text"] == "yes"


def test_a_terminal_that_does_not_know_its_size_is_drawn_on(port: int) -> None:
    with client(port, columns=0, rows=0) as t:
        begun(t)
        t.press("alice", ENTER)
        t.resize(80, 24)
        shows(t, " alice · lobby")


def test_one_cell_is_enough_to_talk(server: Server) -> None:
    with client(server.address[1], columns=1, rows=1) as t, bots(server.address, "bob") as [bob]:
        bob.ask("create", room="tea")
        begun(t)
        t.press("alice", ENTER)
        t.resize(80, 24)
        shows(t, " alice · lobby", "tea")
        t.resize(1, 1)
        t.press("/join tea", ENTER)
        assert bob.event("joined")["username"] == "alice"
        t.press("still here", ENTER)
        assert bob.wait(lambda frame: frame.get("from") == "alice")["text"] == "still here"
        t.resize(80, 24)
        shows(t, " alice · tea", "alice  still here")


def test_a_huge_terminal_is_filled(server: Server) -> None:
    with (
        bots(server.address, "bob") as [bob],
        client(server.address[1], "alice", room="huge", columns=400, rows=100) as t,
    ):
        bob.ask("join", room="huge")
        says(bob, "huge", *(f"line {number}" for number in range(150)))
        wait(t, lambda t: t.find("line 149")[0] == 97 if "line 149" in t.text else False)
        assert [line for line in talk(t) if "line" in line] == [f"bob line {number}" for number in range(54, 150)]
        assert members(t) == ["alice", "bob"]
        assert " 2 people · " in t.line(0)
        assert len(t.line(0)) == 399


def test_the_panels_come_with_the_width(port: int) -> None:
    with client(port, "alice", room="panels", columns=79) as t:
        assert "│" not in t.text
        for columns, panels in ((80, 1), (99, 1), (100, 2), (99, 1), (80, 1), (79, 0), (200, 2)):
            t.resize(columns, 30)
            has_panels(t, panels, columns)
            shows(t, " alice · panels")


def has_panels(t: Terminal, panels: int, columns: int) -> None:
    """Wait until the room is drawn *columns* wide, with so many *panels*."""
    wait(t, lambda t: t.line(3).count("│") == panels and len(t.line(0)) == columns - 1 and t.line(0).endswith("person"))


def test_resizing_while_text_arrives_leaves_a_right_screen(server: Server) -> None:
    chance = random.Random(7)
    with client(server.address[1], "alice", room="storm") as t, bots(server.address, "bob") as [bob]:
        bob.ask("join", room="storm")
        t.press("draft")
        typed(t, "draft")
        for number in range(50):
            bob.begin("say", room="storm", text=f"line {number}")
            t.resize(chance.randint(1, 200), chance.randint(1, 60))
            # What is on the screen is read as it comes.
            t.press(" ", "\x7f")
        says(bob, "storm", "the last line")
        t.resize(100, 30)
        expected = [*(f"bob line {number}" for number in range(26, 50)), "bob the last line"]
        wait(t, lambda t: talk(t)[-len(expected) :] == expected and members(t) == ["alice", "bob"])
        typed(t, "draft")
        assert tabs(t) == ["1 storm"]
        kept = steady(t)
        t.press(ctrl("l"))
        with_redraw(t)
        assert steady(t) == kept


def test_wide_and_joined_characters_keep_the_columns(server: Server) -> None:
    texts = (
        "漢字かな交じり文",
        "👩‍🚀 👍🏽 🇪🇺 and text",
        "e\u0301le\u0300ve a\u030a",
        "한국어",
        "עברית",
        "ไทยทำ",
        "plain",
    )
    names = ("李雷", "Юрий", "zoé", "bob")
    with client(server.address[1], "alice", room="wide", rows=40) as t, bots(server.address, *names) as some:
        for bot in some:
            bot.ask("join", room="wide")
        for bot in some:
            says(bot, "wide", *texts)
        wait(t, lambda t: t.text.count("plain") == len(names))
        width = t.find("bob  plain")[1] + len("bob  ")
        for text in texts:
            rows = [line for line in talk(t) if line.endswith(text)]
            assert len(rows) == len(names), text
            assert {t.find(f"{name}  {text}")[1] + wcswidth(name) + 2 for name in names} == {width}
        # The line right of the text is straight.
        rules = {tuple(column for column, cell in t.screen.row(row) if cell.data == "│") for row in range(2, 38)}
        assert len(rules) == 1
        t.press("漢字👩‍🚀")
        wait(t, lambda t: t.cursor == (39, len(" > ") + 6))


def steady(t: Terminal) -> list[str]:
    """Return the rows without the bar: how fast the server answers changes there at any time."""
    return [*t.lines[:-2], t.line(-1)]


def with_redraw(t: Terminal) -> None:
    """Wait until everything has been drawn anew."""
    t.press("x")
    wait(t, lambda t: t.line(-1).endswith("x"))
    t.press("\x7f")
    wait(t, lambda t: not t.line(-1).endswith("x") and drawn(t))


def test_a_spoiled_screen_is_drawn_anew(server: Server) -> None:
    with client(server.address[1], "alice", room="spoiled") as t, bots(server.address, "bob") as [bob]:
        bob.ask("join", room="spoiled")
        says(bob, "spoiled", "hello")
        sees(t, "→ bob joined", "bob hello")
        before = steady(t)
        # As if another program had written there.
        t.screen.feed(b"\x1b[1;1Hwall: the system goes down\x1b[10;20H\x1b[Jgarbage")
        assert steady(t) != before
        t.press(ctrl("l"))
        wait(t, lambda t: steady(t) == before)


def test_the_lobby_and_the_first_screen_follow_the_size(port: int) -> None:
    with client(port) as t:
        shows(t, "Your name:")
        for columns, rows in ((30, 8), (200, 50), (1, 1), (60, 12)):
            t.resize(columns, rows)
        shows(t, "Your name:")
        t.press("alice", ENTER)
        shows(t, " alice · lobby")
        t.resize(40, 6)
        wait(t, lambda t: t.line(-2).startswith(" alice"))
        t.resize(100, 30)
        shows(t, "Type to filter", " alice · lobby")
        enter(t, "alice", "sizes")
