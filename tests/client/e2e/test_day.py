"""A day's talk of two people and a bot over a bad network: each line is on both screens once, and in order."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.client.e2e.house import client, drawn, history, says, shows, talk, wait
from tests.client.terminal import ENTER, PAGE_DOWN, PAGE_UP, Terminal
from tests.e2e.peers import bots
from tests.e2e.processes import running
from tests.proxy import flaky

LINES = 60
PEOPLE = ("alice", "bob", "robot")
PATIENCE = 60.0
"""Seconds for a line to come through, should the network be lost several times in a row."""

BYTES = 9000
"""A connection lasts for so many at most: some lines, or the way in."""


def said(t: Terminal) -> list[str]:
    """Return the lines in view that people have said."""
    return [line for line in talk(t) if re.fullmatch(rf"({'|'.join(PEOPLE)}) \d+", line)]


def heard(lines: set[str]) -> Callable[[Terminal], bool]:
    """Return what tells whether all *lines* are in view."""
    return lambda t: lines <= set(said(t))


def turn(t: Terminal, key: str, seen: Callable[[Terminal], object]) -> None:
    """Press *key*, and wait until something else is *seen*."""
    before = seen(t)
    t.press(key)
    wait(t, lambda t: seen(t) != before, PATIENCE)


def read_all(t: Terminal) -> list[str]:
    """Go to the beginning of the room, and return what is said from there to the end."""
    while "the room begins here" not in t.text:
        # Whatever it is that changes: a key too many does no harm at the top.
        turn(t, PAGE_UP, lambda t: t.lines)
    lines = said(t)
    while "-- more --" in t.text:
        # What the bar shows changes by itself, and two pages at once would be one that is not read.
        turn(t, PAGE_DOWN, lambda t: (said(t), "-- more --" in t.text))
        page = said(t)
        both = next(number for number in range(len(page), -1, -1) if page[:number] == lines[len(lines) - number :])
        lines += page[both:]
    return lines


def test_a_days_talk_over_a_bad_network_is_whole_on_both_screens(tmp_path: Path) -> None:
    with (
        running(tmp_path) as server,
        flaky(server.address[1], after=BYTES, seed=1) as near,
        flaky(server.address[1], after=BYTES, piece=700, seed=2) as far,
        bots(server.address, "robot") as [robot],
    ):
        robot.ask("create", room="day", topic="What a day")
        with client(near.port, rows=40) as alice, client(far.port, rows=40) as bob:
            for t, name in ((alice, "alice"), (bob, "bob")):
                come(t, name)
            for number in range(1, LINES + 1):
                says(robot, "day", str(number))
                alice.press(str(number), ENTER)
                bob.press(str(number), ENTER)
                # They answer each other, now and then, and go on typing when the network is lost.
                if number % 3 == 0:
                    each(alice, bob, heard({f"alice {number}", f"bob {number}"}))
            each(alice, bob, lambda t: "…" not in t.text and "waiting" not in t.line(-2))
            everything = len(PEOPLE) * LINES
            log = history(robot, "day")
            assert len(log) == everything
            for name in PEOPLE:
                spoken = [line for line in log if line.startswith(f"{name} ")]
                assert spoken == [f"{name} {number}" for number in range(1, LINES + 1)]
            each(alice, bob, lambda t: said(t)[-1:] == log[-1:])
            for t in (alice, bob):
                assert read_all(t) == log
        assert near.cuts > 3
        assert far.cuts > 3


def each(alice: Terminal, bob: Terminal, true: Callable[[Terminal], bool]) -> None:
    """Wait until both see something at once; each terminal is read meanwhile, as a client waits for one that is not."""
    deadline = time.monotonic() + PATIENCE
    while not all(drawn(t) and true(t) for t in (alice, bob)) and time.monotonic() < deadline:
        for t in (alice, bob):
            with suppress(AssertionError):
                wait(t, true, 0.1)
    for t in (alice, bob):
        wait(t, true, 0)


def come(t: Terminal, name: str) -> None:
    """Let somebody come into the room, over a connection that may be lost at any time."""
    shows(t, "Your name:")
    t.press(name, ENTER)
    while "2 people" not in t.text and "3 people" not in t.text:
        t.wait_for(lambda t: drawn(t) and ("lobby" in t.text or " day" in t.text), PATIENCE)
        t.press("/join day", ENTER)
        wait(t, lambda t: t.line(-1) == " Room:" or t.line(-1) == " >", PATIENCE)
        wait(t, lambda t: " · day" in t.text or "not done" in t.text, PATIENCE)
