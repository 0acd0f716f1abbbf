"""What one is told while one looks elsewhere, and what one is spared."""

from __future__ import annotations

from pathlib import Path

from tests.client.e2e.house import client, members, says, sees, shows, tabs, talk, typed, wait
from tests.client.terminal import ENTER, F2, Terminal, alt, ctrl
from tests.e2e.peers import bots
from tests.e2e.processes import Server

FOCUS_IN, FOCUS_OUT = "\x1b[I", "\x1b[O"
FOCUS_REPORTED = 1004
BELL = b"\a"


def focus(t: Terminal, report: str) -> None:
    """Let the terminal get or lose the focus, and wait until the client knows."""
    t.press(report, "x")
    typed(t, "x")
    t.press(ctrl("u"))
    typed(t, "")


def test_one_is_told_what_one_wants_to_be_and_no_more(server: Server, tmp_path: Path) -> None:
    home = {"XDG_STATE_HOME": str(tmp_path)}
    port = server.address[1]
    with bots(server.address, "bob", "carol") as [bob, carol]:
        bob.ask("create", room="q")
        with client(port, "alice", "--joins", "known", room="p", env=home) as t:
            # Who comes and goes.
            bob.ask("join", room="p")
            shows(t, "1 hidden, Alt+= shows", without=("joined",))
            assert members(t) == ["alice", "bob"]
            t.press(alt("="))
            sees(t, "→ bob joined")
            t.press(alt("="))
            shows(t, "1 hidden, Alt+= shows", without=("joined",))
            says(bob, "p", "hello")
            bob.ask("leave", room="p")
            sees(t, "bob hello", "← bob left")
            bob.ask("join", room="p")
            shows(t, "1 hidden", without=("bob left",))

            # The bell, and the line before what is new.
            says(bob, "p", "alice: seen")
            sees(t, "bob alice: seen")
            assert BELL not in t.raw
            focus(t, FOCUS_OUT)
            says(bob, "p", "alice: not seen")
            wait(t, lambda t: tabs(t) == ["1 p @1"] and BELL in t.raw)
            assert [line.replace("─", "").strip() for line in talk(t)[-2:]] == ["new", "bob alice: not seen"]
            focus(t, FOCUS_IN)
            wait(t, lambda t: tabs(t) == ["1 p"])

            # How much of each room, and of whom nothing.
            t.press("/join q", ENTER)
            shows(t, " alice · q")
            t.press("/notify p mute", ENTER)
            shows(t, "p: you are told of nothing")
            t.press("/ignore carol", ENTER)
            shows(t, "What carol says is hidden")
            # As dim as its number.
            assert (t.style(2, 1).data, t.style(2, 3).data) == ("1", "p")
            assert t.style(2, 1).fg == t.style(2, 3).fg
            t.press(F2)
            shows(t, " alice · lobby")
            t.press("/quit", ENTER)
            assert t.ends() == 0
            assert t.left_changed() == []

        # All that is remembered.
        with client(port, "alice", "--notify", "osc777", env=home) as t:
            t.press("/join p", ENTER)
            shows(t, " alice · p", "alice: not seen")
            t.press("/join q", ENTER)
            shows(t, " alice · q")
            assert FOCUS_REPORTED in t.screen.on
            carol.ask("join", room="q")
            focus(t, FOCUS_OUT)
            says(carol, "q", "alice: ~")
            says(bob, "p", "alice: this is muted")
            assert bob.ask("tell", to="alice", text="come here; now")["type"] == "ok"
            shows(t, "3 @bob")
            wait(t, lambda t: b"\x1b]777;notify;bob privately;come here, now\x1b\\" in t.raw)
            assert t.raw.count(b"]777;") == 1
            assert tabs(t) == ["1 p", "2 q", "3 @bob @1"]
            assert "carol alice" not in t.text
            t.press("/unignore carol", ENTER)
            shows(t, "alice: ~", "You see again what carol says.")
