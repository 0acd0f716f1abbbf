"""Searches that take long: nobody else waits for them, and they end."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, bots
from tests.e2e.processes import FAST, running
from tests.logs import scribe

SLOW = '"a b a"'
"""A phrase of which there are only the words: all that was said has to be looked through."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where a log is in which a search takes a second or more, for nothing of it is indexed yet."""
    with scribe.sqlite(tmp_path / "chatroom.sqlite") as log:
        log.say(log.opened("tea").log, *["é " + "a " * 1990 + "b"] * 4000)
        # Not for one commit only, for then it would be indexed as it is said.
        log.opened("pond")
    return tmp_path


def enter(bot: Bot, room: str) -> None:
    assert bot.ask("join", room=room)["type"] == "entered"


def test_who_asks_for_too_much_is_told_so_and_others_do_not_wait(folder: Path) -> None:
    with (
        running(folder, *FAST, "--search-timeout", "0.1") as server,
        bots(server.address, "alice", "bob") as (alice, bob),
    ):
        enter(alice, "tea")
        enter(bob, "pond")
        asked = alice.begin("search", room="tea", query=SLOW)
        answer = alice.wait(lambda frame: frame.get("id") == asked)
        assert (answer["type"], answer["code"]) == ("error", "unavailable")
        assert answer["message"].startswith("That search took too long")
        assert bob.ask("search", room="pond", query=SLOW)["type"] == "entries"


def test_searches_that_wait_do_not_hold_up_the_end(folder: Path) -> None:
    names = [f"bot{number}" for number in range(12)]
    with (
        # Each could take as long as it takes: more than all have until they are hung up on.
        running(folder, *FAST, "--search-timeout", "0", "--stop-timeout", "4") as server,
        bots(server.address, *names) as searchers,
    ):
        for bot in searchers:
            enter(bot, "tea")
        asked = [bot.begin("search", room="tea", query=SLOW) for bot in searchers]
        # A page is read meanwhile, and tells that they have been asked for.
        with Bot(server.address, "bob") as bob:
            enter(bob, "tea")
            assert len(bob.ask("history", room="tea", limit=10)["entries"]) == 10
            server.send_signal(signal.SIGTERM)
            assert bob.to_the_end()[-1]["reason"] == "stopping"
        for bot, id in zip(searchers, asked, strict=True):
            frames = bot.to_the_end()
            [answer] = [frame for frame in frames if frame.get("id") == id]
            assert answer["type"] == "entries" or answer["code"] == "unavailable"
            assert frames[-1]["reason"] == "stopping"
        server.ended_by(signal.SIGTERM)
