"""A moderator and somebody who shouts, each at a screen of their own."""

from __future__ import annotations

from tests.client.e2e.house import client, says, sees, shows, talk, typed, wait
from tests.client.e2e.test_mouse import click
from tests.client.terminal import DOWN, ENTER, ESC, UP, Terminal, alt, ctrl
from tests.e2e.peers import bots
from tests.e2e.processes import Server

RIGHT = 2


def take(t: Terminal, row: str) -> None:
    """Go down to a *row* of the menu, and take it."""
    shows(t, f"│ {row}", "Enter does it · Esc back")
    rows = [line for line in t.lines if line.startswith(" │ ")]
    t.press(DOWN * rows.index(f" │ {row}"), ENTER)


def test_who_shouts_is_muted_by_a_menu_and_keeps_what_they_typed(server: Server) -> None:
    port = server.address[1]
    with client(port, "alice", room="tea", columns=80, rows=30) as alice, client(port, "bob", room="tea") as bob:
        bob.press("THE KETTLE IS ON", ENTER)
        sees(alice, "→ bob joined", "bob THE KETTLE IS ON")
        alice.press("a draft", alt("x"))
        shows(alice, "Enter opens its menu, Esc goes back")
        alice.press(ENTER)
        shows(alice, "· THE KETTLE IS ON", "│ copy what was said", "│ make bob a moderator")
        take(alice, "mute bob …")
        shows(alice, "How long, and why: 2h shouting", "Mute bob:", without=("│ mute bob …",))
        alice.press("1h shouting", ENTER)
        shows(alice, "You muted bob for 1 hour.")
        typed(alice, "a draft")
        shows(bob, " · muted for 60 min (shouting)")
        bob.press("but it\nboils", ENTER)
        shows(bob, "Not sent: but it", " > but it\n   boils")
        bob.press("!")
        alice.press(alt("w"), "bo", ENTER)
        take(alice, "let bob speak again")
        shows(bob, " bob · tea ", "alice lets you speak again.", without=("muted for",))
        bob.press(ENTER)
        sees(alice, "bob but it", "boils!")

        alice.press(alt("w"), "bo", ENTER)
        take(alice, "ban bob for a day …")
        shows(alice, "Why, if you like", "Enter: ban bob for a day")
        alice.press(ESC)
        shows(alice, " alice · tea ")
        typed(alice, "a draft")
        bob.press("half a line")
        alice.press(alt("w"), "bo", ENTER)
        take(alice, "ban bob for a day …")
        shows(alice, "Ban bob:")
        alice.press("enough", ENTER)
        shows(bob, " · banned from tea for 24 h (enough)", "What you had begun there is kept")
        bob.press("tea", ENTER)
        shows(bob, "banned from tea for 24 h (enough)")
        for t in (alice, bob):
            t.press(ctrl("u"), "/quit", ENTER)
            assert t.ends() == 0
            assert t.left_changed() == []


def test_a_menu_is_opened_by_the_mouse_and_roles_are_seen(server: Server) -> None:
    with bots(server.address, "bob", "carol") as [bob, carol], client(server.address[1], "alice", "--mouse") as t:
        bob.ask("create", room="tea")
        carol.ask("join", room="tea")
        t.press("tea")
        shows(t, "Room: tea", " tea ")
        t.press(ENTER)
        shows(t, " alice · tea", "~bob")
        assert bob.ask("appoint", room="tea", username="carol", role="moderator")["type"] == "ok"
        shows(t, "@carol")
        says(bob, "tea", "hello", "two\nlines")
        says(carol, "tea", "calm down")
        wait(t, lambda t: talk(t)[-1:] == ["carol calm down"])
        assert any(line.split("│")[1].strip().endswith("~bob  hello") for line in t.lines if line.count("│") == 2)
        click(t, "hello")
        shows(t, "· hello", "│ copy what was said", "│ mention bob", without=("mute bob",))
        click(t, "mention bob")
        click(t, "mention bob")
        typed(t, "bob: ")
        click(t, "@carol  calm")
        shows(t, " carol · moderator", "│ mention carol", without=("copy what was said",))
        click(t, "calm down", RIGHT)
        shows(t, "· calm down", "│ copy what was said")
        t.press(UP, ESC)
        shows(t, " alice · tea")
        [row] = [number for number, line in enumerate(t.lines) if line.endswith("│ ~bob")]
        t.press(f"\x1b[<{RIGHT};{t.line(row).rindex('bob') + 1};{row + 1}M")
        shows(t, " bob · owns the room", "│ tell bob …")
        t.press(" hi")
        typed(t, "bob:  hi")
        t.press(ENTER, "/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []
