"""Readers that read slowly, or not at all, over real sockets: the kernel holds a few megabytes for each."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.churn import LONGEST, LOUD, shout
from tests.e2e.meter import MIB, percentile, processor_time, taken
from tests.e2e.peers import Bot, Frame, bots
from tests.e2e.processes import UNLIMITED, Server, running

BEFORE = 200
STOPPED = 100
EACH = 128 * 1024
"""Bytes of the server's memory that a stopped reader may take: what waits for it, and a page of the log."""


def said(bot: Bot) -> list[Frame]:
    """Return the messages that *bot* has been shown."""
    return [frame for frame in bot.seen if frame["type"] == "said"]


def test_a_slow_reader_catches_up_from_the_log_and_is_then_level(server: Server) -> None:
    with bots(server.address, "alice") as [alice], Bot(server.address, "slow", small=True) as slow:
        alice.ask("create", room="tea")
        slow.ask("join", room="tea")
        assert slow.event("level")["seq"] == 0
        shout(alice, "tea", LOUD)
        alice.ask("topic", room="tea", topic="Tea")
        # Until now it has read nothing of that.
        level = slow.event("level")
        assert [frame["seq"] for frame in said(slow)] == list(range(1, LOUD + 1))
        assert {len(frame["text"]) for frame in said(slow)} == {LONGEST}
        assert (level["seq"], level["topic"]) == (LOUD, "Tea")
        assert not [frame for frame in slow.seen if frame["type"] in {"topic-changed", "gap"}]
        # And from now on it is like everybody else.
        alice.ask("say", room="tea", text="there you are")
        assert slow.wait(lambda frame: frame.get("text") == "there you are")["seq"] == LOUD + 1
        assert slow.ask("leave", room="tea")["type"] == "ok"


def test_a_hundred_who_stop_reading_cost_little_and_those_who_read_notice_nothing(tmp_path: Path) -> None:
    with (
        running(tmp_path, *UNLIMITED, forked=False) as server,
        bots(server.address, "alice", "reader") as (alice, reader),
        ExitStack() as connections,
    ):
        alice.ask("create", room="tea")
        reader.ask("join", room="tea")
        # So that what the server keeps of a room on purpose is not counted.
        shout(alice, "tea", BEFORE)
        stopped = [connections.enter_context(Bot(server.address, f"stopped{n}", small=True)) for n in range(STOPPED)]
        for bot in stopped:
            bot.ask("join", room="tea")
        before = taken(server.process.pid).memory
        # In its own time, for others may have the processors.
        latencies = []
        for _ in range(LOUD // 10):
            shout(alice, "tea", 10)
            since = processor_time(server.process.pid)
            last = alice.ask("say", room="tea", text="and now?")["seq"]
            while reader.event("said")["seq"] != last:
                pass
            latencies.append(processor_time(server.process.pid) - since)
        grown = taken(server.process.pid).memory - before
        assert grown < STOPPED * EACH, f"{grown / MIB:.1f} MiB"
        assert percentile(latencies, 0.99) < 1, f"{percentile(latencies, 0.99):.3f} s"
        assert [frame["seq"] for frame in said(reader)] == list(range(1, last + 1))
        # They were behind: who reads again gets a level.
        last_one = stopped[-1]
        assert last_one.wait(lambda frame: frame["type"] == "level" and frame["seq"] > BEFORE)["seq"] == last


def test_those_who_stop_reading_do_not_each_keep_what_many_say_at_once(tmp_path: Path) -> None:
    with running(tmp_path, *UNLIMITED, forked=False) as server, ExitStack() as connections:
        speakers = [connections.enter_context(Bot(server.address, f"speaker{n}")) for n in range(40)]
        speakers[0].ask("create", room="tea")
        shout(speakers[0], "tea", BEFORE)
        for bot in speakers[1:]:
            bot.ask("join", room="tea")
        for number in range(STOPPED):
            bot = connections.enter_context(Bot(server.address, f"stopped{number}", small=True))
            bot.ask("join", room="tea")
        before = taken(server.process.pid).memory
        # So that it finds all of this when it goes on.
        server.send_signal(signal.SIGSTOP)
        for bot in speakers:
            for _ in range(10):
                bot.begin("say", room="tea", text="x" * LONGEST)
        server.send_signal(signal.SIGCONT)
        for bot in speakers:
            bot.wait(lambda frame: frame["type"] == "ok" and frame.get("seq", 0) > BEFORE)
        grown = taken(server.process.pid).memory - before
        assert grown < STOPPED * EACH, f"{grown / MIB:.1f} MiB"
