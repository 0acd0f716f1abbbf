"""Writing: several lines, pastes, what is taken back, and what was sent before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.client.e2e.house import client, history, sees, shows, typed, wait
from tests.client.terminal import DOWN, ENTER, ESC, TAB, UP, Terminal, alt, ctrl
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server

CTRL_UP, CTRL_DOWN = "\x1b[1;5A", "\x1b[1;5B"


@contextmanager
def writer(server: Server, room: str) -> Iterator[tuple[Terminal, Bot]]:
    """Let alice open *room*, and a bot come into it."""
    with client(server.address[1], "alice", room=room) as t, bots(server.address, "bob") as [bob]:
        bob.ask("join", room=room)
        sees(t, "→ bob joined")
        yield t, bob


def box(t: Terminal, *lines: str, cursor: tuple[int, int] | None = None) -> None:
    """Wait until *lines* are in the box, with the *cursor* at a row and column of them, or at the end."""
    rows = [(" > " if not number else "   ") + line for number, line in enumerate(lines)]
    row, column = cursor or (len(lines) - 1, len(lines[-1]))
    place = len(t.lines) - len(lines) + row, column + 3

    def seen(t: Terminal) -> bool:
        return t.lines[-len(lines) :] == [row.rstrip() for row in rows] and t.cursor == place

    seen.__name__ = f"the box {lines}"
    wait(t, seen)


def test_a_message_of_several_lines_is_written_and_its_history_gone_through(server: Server) -> None:
    with writer(server, "lines") as (t, bob):
        t.press("one", alt(ENTER), "two", ctrl("j"), "three")
        box(t, "one", "two", "three")
        t.press(UP, ctrl("a"))
        box(t, "one", "two", "three", cursor=(1, 0))
        t.press("x", ctrl("e"), "y", DOWN, UP, UP)
        box(t, "one", "xtwoy", "three", cursor=(0, 3))
        t.press(ENTER)
        assert bob.wait(lambda frame: frame.get("from") == "alice")["text"] == "one\nxtwoy\nthree"
        sees(t, "→ bob joined", "alice one", "xtwoy", "three")
        t.press("a long draft", ctrl("w"), ctrl("w"), ctrl("_"), ctrl("_"))
        typed(t, "a long draft")
        t.press(ctrl("_"))
        typed(t, "a long ")
        t.press(alt("_"), CTRL_UP)
        box(t, "one", "xtwoy", "three")
        t.press(CTRL_DOWN, ctrl("r"), "TWO")
        wait(t, lambda t: t.lines[-3:] == [" (search: TWO) one", "               xtwoy", "               three"])
        t.press(ENTER)
        box(t, "one", "xtwoy", "three")
        t.press(ctrl("_"))
        typed(t, "a long draft")
        t.press(ctrl("r"), "zz")
        shows(t, " (no match: zz) a long draft")
        t.press(ctrl("g"))
        typed(t, "a long draft")
        t.press(ctrl("u"), "/nick ", TAB)
        typed(t, "/nick alice ")
        t.press(ctrl("u"), "/rooms lines", ENTER)
        shows(t, " 1 lines · 2 people · you are here")
        assert history(bob, "lines") == ["alice one\nxtwoy\nthree"]


def test_a_paste_of_several_lines_is_sent_edited_or_dropped(server: Server) -> None:
    with writer(server, "paste") as (t, bob):
        t.press("look: ")
        t.paste("one\ntwo\nthree\n")
        shows(t, "3 lines pasted", " │ two", "Enter send as one message · Ctrl+e edit · Esc drop")
        typed(t, "look: ")
        bob.ask("say", room="paste", text="still nothing")
        shows(t, "bob  still nothing", "3 lines pasted")
        assert history(bob, "paste") == ["bob still nothing"]
        t.press(ENTER)
        assert bob.wait(lambda frame: frame.get("from") == "alice")["text"] == "look: one\ntwo\nthree"
        sees(t, "bob still nothing", "alice look: one", "two", "three")
        assert t.line(-2).startswith(" alice · paste")

        t.paste("a single line\n")
        typed(t, "a single line")
        t.press(ctrl("u"))
        t.paste("/quit\n/quit\n")
        shows(t, "2 lines pasted")
        t.press(ctrl("e"))
        box(t, "/quit", "/quit")
        t.press(ctrl("c"))
        t.paste("x" * 4001)
        shows(t, "1 line pasted · too long for one message: 4,001 bytes of 4,000", " Enter send as 2 messages")
        t.press(ESC)
        typed(t, "")
        shows(t, " alice · paste", without=("pasted",))
        assert len(history(bob, "paste")) == 2
        t.paste("\n".join(str(number) for number in range(1000)))
        shows(t, "1000 lines pasted · too long for one message: more than 400 lines", " Enter send as 3 messages")
        t.press(ENTER)
        sees(t, "998", "999")
        pieces = [line.removeprefix("alice ") for line in history(bob, "paste")[2:]]
        assert "\n".join(pieces).split("\n") == [str(number) for number in range(1000)]
        assert len(pieces) == 3
