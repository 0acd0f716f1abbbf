"""While the database fails over nobody is disconnected, and nothing that was acknowledged is lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.peers import Bot
from tests.e2e.processes import UNLIMITED, Server, running
from tests.engine import Engine, placed
from tests.engine import running as primary_running

pytestmark = pytest.mark.engines

AWAY = {"unavailable", "storage-failed"}
"""What a request may be answered with while the database is away."""


@dataclass
class Speaker:
    """Somebody who says one thing after the other, each until it is acknowledged; *numbers* are what they got."""

    bot: Bot
    name: str
    numbers: dict[str, int] = field(default_factory=dict)

    def say(self, count: int) -> None:
        """Say so many things more."""
        for _ in range(count):
            text = f"{self.name} {len(self.numbers)}"
            while (reply := self.bot.ask("say", room="tea", text=text, cid=text))["type"] != "ok":
                assert reply["code"] in AWAY
            self.numbers[text] = reply["seq"]


class Chat:
    """A primary with a standby, two servers, and somebody at each."""

    def __init__(self, primary: Engine, standby: Engine, folder: Path, stack: ExitStack) -> None:
        self.primary = primary
        self.standby = standby
        database = primary.database().partition("@/")[2].partition("?")[0]
        standby.follow(primary, "s1")
        hosts = f"host={primary.folder},{standby.folder}&target_session_attrs=read-write"
        where = f"postgresql://chat@/{database}?{hosts}&connect_timeout=2"
        options = (*UNLIMITED, "--store", where, "--room", "tea", "--lease", "4")
        self.servers = [stack.enter_context(running(folder, *options)) for _ in range(2)]
        self.speakers = [self._come(stack, *one) for one in zip(self.servers, ("alice", "bob"), strict=True)]

    def _come(self, stack: ExitStack, server: Server, name: str) -> Speaker:
        bot = stack.enter_context(Bot(server.address))
        assert bot.ask("login", username=name, session=name * 10)["type"] == "welcome"
        assert bot.ask("join", room="tea")["type"] == "entered"
        return Speaker(bot, name)

    def speak(self, count: int) -> None:
        """Let both say so many things."""
        for speaker in self.speakers:
            speaker.say(count)

    def see_that_nothing_is_lost(self) -> None:
        """See that all has what was acknowledged, once, and that both were shown it in one order, without a hole."""
        acknowledged = {text: seq for speaker in self.speakers for text, seq in speaker.numbers.items()}
        last = max(acknowledged.values())
        views = []
        for speaker in self.speakers:
            speaker.bot.wait(lambda frame: frame["type"] == "said" and frame["seq"] == last)
            views.append([(frame["seq"], frame["text"]) for frame in speaker.bot.seen if frame["type"] == "said"])
        assert views[0] == views[1]
        assert [seq for seq, _ in views[0]] == list(range(1, last + 1))
        assert {text: seq for seq, text in views[0]} == acknowledged
        for speaker in self.speakers:
            assert speaker.bot.ask("history", room="tea", limit=1)["entries"][0]["seq"] == last
            assert speaker.bot.ask("who")["usernames"] == ["alice", "bob"]
        for server in self.servers:
            # That the database was away is said, and that it is back.
            server.meant.append("can't (hear|store|read)|can (hear|store|read)")


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    with ExitStack() as stack:
        primary = stack.enter_context(primary_running())
        standby = stack.enter_context(placed())
        yield Chat(primary, standby, tmp_path, stack)


def test_the_primary_is_killed_and_its_standby_promoted(chat: Chat) -> None:
    chat.speak(20)
    chat.primary.stop(signal.SIGKILL)
    chat.standby.execute("SELECT pg_promote()")
    chat.speak(20)
    chat.see_that_nothing_is_lost()


def test_the_primary_hangs_and_its_standby_is_promoted(chat: Chat) -> None:
    chat.speak(5)
    chat.primary.send_signal(signal.SIGSTOP)
    alice, _ = chat.speakers
    waiting = alice.bot.begin("say", room="tea", text="half way", cid="half way")
    chat.standby.execute("SELECT pg_promote()")
    chat.speak(5)
    reply = alice.bot.wait(lambda frame: frame.get("id") == waiting)
    while reply["type"] != "ok":
        assert reply["code"] in AWAY
        reply = alice.bot.ask("say", room="tea", text="half way", cid="half way")
    alice.numbers["half way"] = reply["seq"]
    chat.see_that_nothing_is_lost()


def test_the_database_is_killed_and_starts_again(chat: Chat) -> None:
    chat.speak(5)
    chat.primary.stop(signal.SIGKILL)
    chat.primary.start()
    chat.speak(5)
    chat.see_that_nothing_is_lost()


def test_the_standby_sleeps_and_nothing_is_acknowledged_meanwhile(chat: Chat) -> None:
    chat.speak(5)
    chat.standby.send_signal(signal.SIGSTOP)
    alice, bob = chat.speakers
    waiting = alice.bot.begin("say", room="tea", text="into the dark", cid="dark")
    # It waits for the standby; for others it does not exist.
    assert bob.bot.ask("ping")["type"] == "pong"
    chat.standby.send_signal(signal.SIGCONT)
    reply = alice.bot.wait(lambda frame: frame.get("id") == waiting)
    alice.numbers["into the dark"] = reply["seq"]
    chat.speak(5)
    chat.see_that_nothing_is_lost()


def test_a_commit_that_waits_for_the_standby_is_ended_and_asked_for_again(chat: Chat) -> None:
    chat.speak(5)
    chat.standby.send_signal(signal.SIGSTOP)
    alice, _ = chat.speakers
    waiting = alice.bot.begin("say", room="tea", text="once", cid="once")
    waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while not (pids := chat.primary.execute(waits)):
        pass
    # What it has stored is visible here now, and nowhere else.
    chat.primary.execute("SELECT pg_terminate_backend(%s)", pids[0][0])
    chat.standby.send_signal(signal.SIGCONT)
    reply = alice.bot.wait(lambda frame: frame.get("id") == waiting)
    while reply["type"] != "ok":
        assert reply["code"] in AWAY
        reply = alice.bot.ask("say", room="tea", text="once", cid="once")
    alice.numbers["once"] = reply["seq"]
    chat.speak(5)
    chat.see_that_nothing_is_lost()
