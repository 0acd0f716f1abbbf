"""The mouse, the text alone, and the title of the window."""

from __future__ import annotations

import signal

from tests.client.e2e.house import client, sees, shows, talk, typed, wait
from tests.client.terminal import ENTER, F2, Terminal, alt, ctrl
from tests.e2e.peers import bots
from tests.e2e.processes import Server

FOCUS_IN, FOCUS_OUT = "\x1b[I", "\x1b[O"
WHEEL_UP, WHEEL_DOWN = 64, 65
MOUSE = {1000, 1002, 1006}


def click(t: Terminal, text: str, button: int = 0) -> None:
    """Click on *text*, or turn the wheel there."""
    # What was pressed before may be half drawn.
    shows(t, text)
    row, column = t.find(text)
    place = f"\x1b[<{button};{column + 1};{row + 1}"
    t.press(f"{place}M" if button else f"{place}M{place}m")


def mouse(t: Terminal, *, on: bool) -> None:
    """Wait until the terminal tells what the mouse does, or no more."""
    wait(t, lambda t: t.screen.on >= MOUSE if on else not MOUSE & t.screen.on)


def test_wheel_and_clicks_work_while_the_mouse_is_on_and_the_text_can_be_copied(server: Server) -> None:
    link = "https://example.org/" + "x" * 100
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", room="tea") as t:
        bob.ask("create", room="coffee", topic="Beans")
        bob.ask("join", room="tea")
        for number in range(60):
            bob.begin("say", room="tea", text=f"message {number}")
        bob.ask("say", room="tea", text=f"message 60 {link}")
        shows(t, "message 60")
        mouse(t, on=False)
        t.press(alt("m"), "a draft")
        shows(t, "mouse on, Shift+drag marks text")
        mouse(t, on=True)
        click(t, "message 58", WHEEL_UP)
        click(t, "message 58", WHEEL_UP)
        shows(t, "-- more --", without=("message 60",))
        typed(t, "a draft")
        click(t, "message 50", WHEEL_DOWN)
        click(t, "message 50", WHEEL_DOWN)
        shows(t, "message 60", without=("-- more --",))
        [row] = [number for number, line in enumerate(t.lines) if line.endswith("│  bob")]
        t.press(f"\x1b[<0;{t.line(row).rindex('bob') + 1};{row + 1}M")
        typed(t, "a draft bob ")

        t.press(F2)
        shows(t, "Beans")
        click(t, "Beans")
        click(t, "Beans")
        shows(t, " alice · coffee", "2 people")
        click(t, "1 tea")
        shows(t, " alice · tea", "message 60")

        t.press(alt("l"))
        shows(t, "any key goes back.", f"<bob> message 60 {link[:60]}", without=("│", " alice · tea"))
        assert link in "".join(t.lines)
        mouse(t, on=False)
        t.press(FOCUS_OUT, FOCUS_IN)
        t.resize(80, 20)
        wait(t, lambda t: link in "".join(t.lines) and "any key goes back." in t.line(19))
        bob.ask("say", room="tea", text="meanwhile")
        t.press("y")
        shows(t, " alice · tea", "meanwhile", "mouse on")
        typed(t, "a draft bob ")
        mouse(t, on=True)

        t.press(ctrl("z"))
        t.stops()
        assert t.left_changed() == []
        t.go_on()
        mouse(t, on=True)
        t.press(alt("m"))
        shows(t, " alice · tea", without=("mouse on",))
        mouse(t, on=False)
        t.press(alt("m"), alt("l"))
        shows(t, "any key goes back.")
        t.paste("pasted")
        typed(t, "a draft bob pasted")
        t.press(alt("l"))
        shows(t, "any key goes back.")
        t.signal(signal.SIGTERM)
        assert t.ends() == 128 + signal.SIGTERM
        assert t.left_changed() == []


def test_the_title_of_the_window_says_what_is_new(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", "--mouse", room="news") as t:
        mouse(t, on=True)
        wait(t, lambda t: t.screen.cells.title == "chatroom: news")
        bob.ask("join", room="news")
        sees(t, "→ bob joined")
        t.press("/create other", ENTER)
        wait(t, lambda t: t.screen.cells.title == "chatroom: other")
        bob.ask("say", room="news", text="one")
        wait(t, lambda t: t.screen.cells.title == "chatroom: other (1)")
        bob.ask("say", room="news", text="alice?")
        wait(t, lambda t: t.screen.cells.title == "chatroom: other (2!)")
        t.press(alt("a"))
        wait(t, lambda t: t.screen.cells.title == "chatroom: news" and "bob alice?" in talk(t))
        t.press("/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []
        assert t.screen.cells.title == ""
