"""From the command line to the first word: names, options, and what stops one at the door."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.client.e2e.house import PROGRAM, client, enter, page_colours, sees, shows, talk, wait
from tests.client.terminal import ENTER, ctrl, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server, free_port


def test_who_knows_only_host_and_port_is_soon_in_a_conversation(port: int) -> None:
    with client(port) as alice:
        shows(alice, "Choose a name", "Your name:", f"127.0.0.1 {port}")
        row, column = alice.find("Your name:")
        assert alice.cursor == (row, column + len("Your name: "))
        alice.press("alice", ENTER)
        shows(alice, "Type a name and press Enter to open one", " alice · lobby")
        alice.press("tea", ENTER)
        shows(alice, "Open the room tea: what is it about?")
        alice.press("Tea and biscuits", ENTER)
        shows(alice, " tea · Tea and biscuits", "1 person", " alice · tea")
        with client(port) as bob:
            shows(bob, "Your name:")
            bob.press("bob", ENTER)
            shows(bob, "tea    1/256   Tea and biscuits")
            bob.press(ENTER)
            shows(bob, "2 people", " bob · tea")
            bob.press("hello", ENTER)
            sees(alice, "→ bob joined", "bob hello")
            alice.press("welcome", ENTER)
            sees(bob, "bob hello", "alice welcome")


def test_a_burst_of_keys_is_taken_key_by_key(port: int) -> None:
    with client(port) as t:
        shows(t, "Your name:")
        t.press("alice", ENTER)
        shows(t, " alice · lobby")
        t.press("tea", ENTER, "Tea", ENTER)
        shows(t, " alice · tea", " tea · Tea")
        t.press("one", ENTER, "two", ENTER, "/me waves", ENTER, "three")
        sees(t, "alice one", "alice two", "* alice waves")
        assert t.line(-1) == " > three"


def test_a_name_that_is_taken_is_told_in_place_and_another_one_is_taken(server: Server) -> None:
    with bots(server.address, "alice"), client(server.address[1]) as t:
        shows(t, "Your name:")
        t.press("Alice", ENTER)
        shows(t, "alice is in use; choose another.", "Your name: Alice")
        t.press("2", ENTER)
        shows(t, " Alice2 · lobby")


def test_a_name_that_is_none_is_told_in_place_without_a_connection() -> None:
    with client(free_port()) as t:
        shows(t, "Your name:")
        for name in ("two words", "-dash", "a" * 33, "al\u0435x"):
            t.press(name, ENTER)
            shows(t, f"Your name: {name}", "another.")
            t.press(ctrl("u"), "x")
            wait(t, lambda t: re.search("Your name: x +│", t.text) is not None)
            t.press(ctrl("u"))
        t.press("alice", ENTER)
        shows(t, "trying again in")


def test_an_empty_name_is_asked_for_again(port: int) -> None:
    with client(port) as t:
        shows(t, "Your name:")
        t.press(ENTER, "alice", ENTER)
        shows(t, " alice · lobby")


def test_name_and_room_can_be_given_beforehand(server: Server) -> None:
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="tea", topic="Tea and biscuits")
        command = (PROGRAM, "127.0.0.1", str(server.address[1]))
        with terminal(*command, "--username", "alice", "--room", "tea") as t:
            shows(t, " tea · Tea and biscuits", " alice · tea", "2 people")
            assert bob.event("joined")["username"] == "alice"


def test_a_name_given_beforehand_that_is_taken_is_asked_for(server: Server) -> None:
    with (
        bots(server.address, "alice"),
        terminal(PROGRAM, "127.0.0.1", str(server.address[1]), "-u", "alice") as t,
    ):
        shows(t, "alice is in use; choose another.", "Your name: alice")
        t.press(ctrl("u"), "carol", ENTER)
        shows(t, " carol · lobby")


def test_a_room_given_beforehand_that_is_not_there_can_be_opened(port: int) -> None:
    with terminal(PROGRAM, "127.0.0.1", str(port), "-u", "alice", "-r", "tea") as t:
        shows(t, "There is no room called tea.", "Room: tea")
        t.press(ENTER)
        shows(t, "Open the room tea: what is it about?")
        t.press(ENTER)
        shows(t, " alice · tea")


@pytest.mark.parametrize("options", [("--username", "alice"), ()])
def test_who_does_not_want_to_wait_is_told_in_one_line(options: tuple[str, ...]) -> None:
    port = str(free_port())
    with terminal(PROGRAM, "127.0.0.1", port, "--no-wait", *options) as t:
        if not options:
            shows(t, "Your name:")
            t.press("alice", ENTER)
        assert t.ends() == 1
        assert "".join(t.lines).startswith(f"chatroom-urwid: can't connect to 127.0.0.1 {port}: ")
        assert t.text.count("chatroom-urwid") == 1
        assert t.left_changed() == []


def test_a_host_that_is_not_there_ends_it_with_one_line() -> None:
    # Where there is no name server, the wait for one is to be short.
    env = {"RES_OPTIONS": "timeout:1 attempts:1"}
    with terminal(PROGRAM, "no-such-host.invalid", "-u", "alice", env=env) as t:
        assert t.ends() == 1
        assert "".join(t.lines).startswith("chatroom-urwid: can't connect to no-such-host.invalid: ")
        assert "Traceback" not in t.text
        assert t.left_changed() == []


def test_help_teaches_how_to_begin() -> None:
    with terminal(PROGRAM, "--help", rows=60) as t:
        assert t.ends() == 0
        for text in ("HOST", "[PORT]", "8080", "--username", "--room", "--tls", "--ca", "NO_COLOR", "F1", "/quit"):
            assert text in t.text


@pytest.mark.parametrize("wrong", [(), ("127.0.0.1", "0"), ("127.0.0.1", "http"), ("127.0.0.1", "--theme", "pink")])
def test_a_wrong_command_line_is_told(wrong: tuple[str, ...]) -> None:
    with terminal(PROGRAM, *wrong) as t:
        assert t.ends() == 2
        assert "chatroom-urwid: error: " in t.text
        assert "Traceback" not in t.text


THEMES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "dark": ((), {}),
    "light": (("--theme", "light"), {}),
    "mono": (("--theme", "mono"), {}),
    "NO_COLOR": ((), {"NO_COLOR": "1"}),
    "dark in spite of NO_COLOR": (("--theme", "dark"), {"NO_COLOR": "1"}),
    "16 colours": ((), {"TERM": "xterm-16color"}),
    "true colours": ((), {"COLORTERM": "truecolor"}),
}


def test_the_theme_says_which_colours_there_are(port: int) -> None:
    seen = {}
    for name, (options, env) in THEMES.items():
        with client(port, "alice", *options, env=env) as t:
            enter(t, "alice", "tea")
            t.press("hello http://example.org", ENTER, "/nick", ENTER)
            shows(t, "Write /nick name")
            seen[name] = page_colours(t)
    assert seen["mono"] == seen["NO_COLOR"] == set()
    assert seen["dark"] == seen["dark in spite of NO_COLOR"]
    assert len({frozenset(seen[name]) for name in ("dark", "light", "16 colours", "true colours")}) >= 3
    named = {"black", "red", "green", "brown", "blue", "magenta", "cyan", "white"}
    assert {colour.removeprefix("bright") for colour in seen["16 colours"]} <= named
    assert all(len(colour) == 6 for colour in seen["true colours"] if colour not in named)


def test_a_mention_is_seen_without_colours_too(server: Server) -> None:
    with (
        bots(server.address, "bob") as [bob],
        client(server.address[1], "alice", room="tea", env={"NO_COLOR": "1"}) as t,
    ):
        bob.ask("join", room="tea")
        bob.ask("say", room="tea", text="hello alice and all")
        sees(t, "→ bob joined", "bob hello alice and all")
        row, column = t.find("alice and all")
        assert t.style(row, column).reverse
        assert not t.style(row, column + len("alice ")).reverse
        assert "bob hello alice and all" in talk(t)


def test_nothing_is_written_where_it_was_started(server: Server, tmp_path: Path) -> None:
    with client(server.address[1], "alice", env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) as t:
        t.press("/quit", ENTER)
        assert t.ends() == 0
    assert [path.name for path in tmp_path.iterdir()] in ([], [".local"])
