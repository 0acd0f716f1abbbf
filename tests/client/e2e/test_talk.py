"""People talk: what each sees of it, and how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.client.e2e.house import client, history, members, says, sees, shows, tabs, talk, typed, wait
from tests.client.terminal import (
    BACKSPACE,
    DOWN,
    ENTER,
    ESC,
    F1,
    HOME,
    LEFT,
    SHIFT_TAB,
    TAB,
    UP,
    Terminal,
    alt,
    ctrl,
)
from tests.e2e.peers import bots
from tests.e2e.processes import Server


@contextmanager
def two(port: int, room: str) -> Iterator[tuple[Terminal, Terminal]]:
    """Let alice open *room*, and bob come into it."""
    with client(port, "alice", room=room) as alice, client(port, "bob", room=room) as bob:
        sees(alice, "→ bob joined")
        yield alice, bob


def test_two_people_talk(port: int) -> None:
    with two(port, "talk") as (alice, bob):
        alice.press("hello bob", ENTER)
        sees(bob, "alice hello bob")
        bob.press("hello alice, how is life?", ENTER)
        for t in (alice, bob):
            sees(t, "alice hello bob", "bob hello alice, how is life?")
            assert t.line(-1) == " >"
            assert members(t) == ["alice", "bob"]
            assert tabs(t) == ["1 talk"]
            shows(t, "2 people", "the room begins here")


def test_a_line_is_time_name_and_text_and_goes_on_under_its_text(port: int) -> None:
    with two(port, "lines") as (alice, bob):
        alice.press("short", ENTER)
        sees(bob, "alice short")
        bob.press(" ".join(["word"] * 30), ENTER)
        wait(alice, lambda t: t.text.count("word") == 30)
        row, column = alice.find("short")
        assert re.search(r"│ \d\d:\d\d ~alice  short", alice.line(row))
        for number in range(1, 4):
            assert alice.line(row + number)[column:].startswith("word word")
        assert alice.line(row + 2)[14:column].strip() == alice.line(row + 3)[14:column].strip() == ""


def test_each_name_has_a_look_of_its_own_and_ones_own_another(port: int) -> None:
    with two(port, "looks") as (alice, bob):
        alice.press("from alice", ENTER)
        bob.press("from bob", ENTER)
        for t in (alice, bob):
            wait(t, lambda t: {"alice from alice", "bob from bob"} <= set(talk(t)))

        def look(t: Terminal, name: str) -> tuple[str, bool]:
            row, column = t.find(f"{name}  from {name}")
            cell = t.style(row, column)
            return cell.fg, cell.bold

        assert look(alice, "alice") == look(bob, "bob") == ("default", True)
        assert len({look(alice, "bob"), look(bob, "alice"), ("default", True)}) == 3


def test_an_action_is_told_of_who_does_it(port: int) -> None:
    with two(port, "actions") as (alice, bob):
        alice.press("/me pours tea", ENTER)
        for t in (alice, bob):
            sees(t, "* alice pours tea")
            assert t.style(*t.find("pours tea")).italics


def test_what_is_said_privately_is_seen_by_one_alone(server: Server) -> None:
    with two(server.address[1], "private") as (alice, bob), client(server.address[1], "carol", room="private") as carol:
        sees(alice, "→ bob, carol joined")
        alice.press("/msg bob psst", ENTER)
        shows(alice, "Told bob.")
        wait(bob, lambda t: tabs(t) == ["1 private", "2 @alice @1"] and "psst" not in t.text)
        bob.press(alt("a"))
        shows(bob, " @alice · only here, until you close the client", " bob · @alice", "alice  psst")
        bob.press("yes?", ENTER, alt("1"))
        wait(alice, lambda t: tabs(t) == ["1 private", "2 @bob @1"])
        alice.press("aloud", ENTER)
        sees(carol, "alice aloud")
        assert "psst" not in carol.text
        bob.press("/msg nobody x", ENTER)
        shows(bob, " ! Nobody called nobody is here.")


def test_a_mention_and_a_link_stand_out(port: int) -> None:
    with two(port, "marks") as (alice, bob):
        alice.press("look, bob: http://a.org/tea, is it not?", ENTER)
        sees(bob, "alice look, bob: http://a.org/tea, is it not?")
        sees(alice, "alice look, bob: http://a.org/tea, is it not?")
        row, column = bob.find("look, bob")
        name = bob.style(row, column + len("look, "))
        assert name.bold
        assert name.fg != "default"
        # Time and bar have the same colour, so that it is seen from afar; who said it has another.
        time = re.search(r"\d\d:\d\d", bob.line(row))
        assert time
        assert bob.style(row, time.start()).fg == name.fg
        assert bob.style(row, column - 1).fg == name.fg
        assert bob.style(row, bob.find("alice ▏look")[1]).fg not in ("default", name.fg)
        assert not bob.style(row, column).bold
        assert not alice.style(*alice.find("bob: http")).bold
        for t in (alice, bob):
            row, column = t.find("http://")
            assert t.style(row, column).underscore
            assert t.style(row, column + len("http://a.org/tea") - 1).underscore
            assert not t.style(row, column + len("http://a.org/tea")).underscore


def test_the_day_is_written_above_its_first_line(port: int) -> None:
    with two(port, "day") as (alice, _):
        alice.press("hello", ENTER)
        sees(alice, "→ bob joined", "alice hello")
        row, _ = alice.find("bob joined")
        day = r"── (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d\d? [A-Z][a-z]+ \d{4} ──"
        assert re.search(day, alice.line(row - 1))
        assert len(re.findall(day, alice.text)) == 1


def test_coming_and_going_is_one_line(server: Server) -> None:
    with client(server.address[1], "alice", room="doors") as t:
        with bots(server.address, "bob", "carol", "dave") as [bob, carol, dave]:
            for bot in (bob, carol, dave):
                bot.ask("join", room="doors")
            sees(t, "→ bob, carol, dave joined")
            shows(t, "4 people")
            assert members(t) == ["alice", "bob", "carol", "dave"]
            bob.ask("leave", room="doors")
            sees(t, "→ carol, dave joined")
            carol.ask("say", room="doors", text="hello")
            sees(t, "→ carol, dave joined", "carol hello")
            dave.ask("rename", username="david")
            sees(t, "carol hello", "↔ dave is now david")
            wait(t, lambda t: members(t) == ["alice", "carol", "david"])
        sees(t, "carol hello", "↔ david, carol left · dave is now david")
        shows(t, "1 person")


def test_commands_answer_beside_what_is_said(server: Server) -> None:
    with client(server.address[1], "alice", room="commands") as t, bots(server.address, "bob") as [bob]:
        bob.ask("join", room="commands")
        t.press("/who", ENTER)
        shows(t, " In commands: ~alice, bob")
        t.press("/topic", ENTER)
        shows(t, " commands has no topic.", without=("In commands",))
        t.press("/topic About all and nothing", ENTER)
        sees(t, "-- alice set the topic: About all and nothing")
        assert t.line(0).startswith(" commands · About all and nothing")
        t.press("/nick Alice2", ENTER)
        shows(t, " Alice2 · commands", "alice is now Alice2")
        assert bob.event("renamed")["to"] == "Alice2"
        t.press("//slash", ENTER)
        sees(t, "Alice2 /slash")
        t.press("/nick bob", ENTER)
        shows(t, "! bob is in use; choose another.")
        sees(t, "Alice2 /slash")
        t.press("/wave", ENTER)
        shows(t, "There is no command /wave.")
        typed(t, "/wave")
        t.press(ctrl("u"), "/msg", ENTER)
        shows(t, "Write /msg user [text]")
        typed(t, "/msg")
        assert history(bob, "commands") == ["Alice2 /slash"]


def test_help_and_f1_list_the_commands_and_the_keys(port: int) -> None:
    commands = "/join /leave /create /delete /me /msg /nick /topic /who /lobby /help /quit".split()
    with client(port, "alice", room="help", columns=120, rows=170) as t:
        t.press("/help", ENTER)
        t.wait_for(lambda t: all(word in t.text for word in (*commands, "type to find")))
        t.press(ESC)
        shows(t, " alice · help", without=("type to find",))
        t.press("draft")
        typed(t, "draft")
        t.press(F1)
        t.wait_for(lambda t: all(word in t.text for word in ("type to find", "Ctrl+a", "Alt+a", "PgUp", "Ctrl+z")))
        t.press("put aside")
        shows(t, "Find: put aside", without=("Ctrl+z",))
        t.press(ESC)
        shows(t, " alice · help", without=("type to find",))
        typed(t, "draft")


def test_names_rooms_and_commands_are_completed(server: Server) -> None:
    with (
        client(server.address[1], "alice", room="complete") as t,
        bots(server.address, "bea", "ben", "carol") as [bea, ben, carol],
    ):
        for bot in (bea, ben, carol):
            bot.ask("join", room="complete")
        ben.ask("say", room="complete", text="hello")
        sees(t, "→ bea, ben, carol joined", "ben hello")
        t.press("c", TAB)
        typed(t, "carol: ")
        t.press("hi, be", TAB)
        typed(t, "carol: hi, ben ")
        shows(t, " ben  bea")
        t.press(TAB)
        typed(t, "carol: hi, bea ")
        t.press(SHIFT_TAB)
        typed(t, "carol: hi, ben ")
        t.press(ctrl("u"), "/to", TAB)
        typed(t, "/topic ")
        t.press(ctrl("u"), "/join com", TAB)
        typed(t, "/join complete ")
        t.press(ctrl("u"), "bea: you", ENTER)
        sees(t, "alice bea: you")
        t.press("b", TAB)
        typed(t, "bea: ")


def test_lines_sent_before_are_taken_up_again(port: int) -> None:
    with client(port, "alice", room="recall") as t:
        t.press("one", ENTER, "two", ENTER, "dra")
        sees(t, "alice one", "alice two")
        for key, text in ((UP, "two"), (UP, "one"), (UP, "one"), (DOWN, "two"), (DOWN, "dra"), (DOWN, "dra")):
            t.press(key)
            typed(t, text)
        t.press(UP, BACKSPACE, ENTER)
        sees(t, "alice one", "alice two", "alice tw")


def test_the_keys_of_readline_edit_the_line(port: int) -> None:
    with client(port, "alice", room="readline") as t:
        t.press("the quick fox", ctrl("w"), "brown fox")
        typed(t, "the quick brown fox")
        t.press(ctrl("a"), alt("f"), ctrl("d"), ctrl("e"), ctrl("h"))
        typed(t, "thequick brown fo")
        t.press(HOME, ctrl("k"), "x", ctrl("y"))
        typed(t, "xthequick brown fo")
        t.press(LEFT * 2, ctrl("t"))
        wait(t, lambda t: t.line(-1) == " > xthequick brownf o" and t.cursor == (29, len(" > xthequick brownf ")))
        t.press(alt("b"), alt("d"), ctrl("e"))
        typed(t, "xthequick  o")
        t.press(ctrl("u"), "gone", ctrl("c"), "über 👩‍🚀")
        typed_line = " > über 👩‍🚀"
        wait(t, lambda t: t.line(-1) == typed_line)
        t.press(BACKSPACE, BACKSPACE, ESC)
        wait(t, lambda t: t.line(-1) == " >")
        t.press("end")
        typed(t, "end")


def test_what_somebody_goes_on_saying_stands_under_their_name(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", "--runs", room="runs") as t:
        assert bob.ask("join", room="runs")["type"] != "error"
        says(bob, "runs", "one", "two `x`", "#tea and three")
        wait(t, lambda t: "three" in t.text)
        row, column = t.find("one")
        assert t.line(row).split("│")[1].split()[1:] == ["bob", "one"]
        for further in (1, 2):
            assert not t.line(row + further)[14:column].strip(" ")
        assert t.style(row + 1, t.find("`x`")[1]).bg != "default"
        assert t.style(row + 2, column).fg != "default"
