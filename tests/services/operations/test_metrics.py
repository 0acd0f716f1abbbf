"""What the server counts is what Prometheus is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from chatroom import __version__
from chatroom.core.tools.stats import Histogram
from chatroom.core.values.commands import Say
from chatroom.core.values.events import Ending
from chatroom.logs.machinery.group_commit import RETRY
from chatroom.logs.machinery.health import PATIENCE
from chatroom.services.operations.metrics import Commits, Metrics
from chatroom.services.operations.metrics_http import Snapshot
from chatroom.services.operations.reactor_lag import BOUNDS, PERIOD, ReactorLag
from tests.core.scenes import TEA, gather
from tests.fakes import World
from tests.logs.scribe import SQLiteScribe, health_lines, locked, message, sqlite
from tests.logs.sqlite.test_trouble import full


class FakeConnections:
    """Connections whose states a test sets."""

    def __init__(self) -> None:
        self.here: list[tuple[str, str]] = []
        self.closes: dict[Ending, int] = {}

    def states(self) -> list[tuple[str, str]]:
        return self.here


class Gauge:
    """Looks at the metrics of *world*."""

    def __init__(self, world: World, commits: Commits | None = None) -> None:
        self.connections = FakeConnections()
        self.lag = Histogram(BOUNDS)
        self.metrics = Metrics(world.lobby, self.connections, commits, self.lag)

    def read(self, name: str, labels: Mapping[str, str] | None = None) -> float | None:
        """Return the value of a sample, if there is one."""
        registry = CollectorRegistry()
        registry.register(Snapshot(self.metrics.collect()))
        return registry.get_sample_value(name, dict(labels or {}))


@pytest.fixture
def scribe(tmp_path: Path) -> Iterator[SQLiteScribe]:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        yield scribe


def test_connections_are_counted_by_state_and_dialect() -> None:
    gauge = Gauge(World())
    gauge.connections.here = [("room", "text"), ("username", "unknown"), ("room", "text"), ("closing", "frames")]
    assert gauge.read("chatroom_connections", {"state": "room", "dialect": "text"}) == 2
    assert gauge.read("chatroom_connections", {"state": "username", "dialect": "unknown"}) == 1
    assert gauge.read("chatroom_connections", {"state": "closing", "dialect": "frames"}) == 1
    assert gauge.read("chatroom_connections", {"state": "lobby", "dialect": "frames"}) == 0


def test_when_certificates_expire_is_told() -> None:
    gauge = Gauge(World())
    name = "chatroom_certificate_expiry_timestamp_seconds"
    assert gauge.read(name, {"certificate": "server.pem"}) is None
    gauge.metrics = Metrics(World().lobby, gauge.connections, None, gauge.lag, ends=lambda: [("server.pem", 5.0)])
    assert gauge.read(name, {"certificate": "server.pem"}) == 5.0


def test_closes_are_counted_by_reason() -> None:
    gauge = Gauge(World())
    gauge.connections.closes = {"quit": 3, "lost": 1}
    assert gauge.read("chatroom_connections_closed_total", {"reason": "quit"}) == 3
    assert gauge.read("chatroom_connections_closed_total", {"reason": "lost"}) == 1


def test_talk_is_counted() -> None:
    world = World()
    gauge = Gauge(world)
    alice, _ = gather(world, "alice", "bob")
    for text in ("one", "two", "three"):
        alice.ask(Say(TEA, text))
    world.settle()
    assert gauge.read("chatroom_rooms") == 1
    assert gauge.read("chatroom_members") == 2
    assert gauge.read("chatroom_messages_total") == 3
    assert gauge.read("chatroom_deliveries_total") == 6
    buckets = [gauge.read("chatroom_batch_messages_bucket", {"le": le}) for le in ("1.0", "2.0", "4.0", "8.0", "+Inf")]
    assert buckets == [0, 0, 1, 1, 1]
    assert gauge.read("chatroom_batch_messages_sum") == 3
    assert gauge.read("chatroom_batch_messages_count") == 1


def test_it_is_told_how_far_readers_are_behind() -> None:
    world = World()
    gauge = Gauge(world)
    alice, bob, carol = gather(world, "alice", "bob", "carol")
    bob.connection.busy = True
    for text in ("one", "two", "three"):
        alice.do(Say(TEA, text))
    carol.connection.busy = True
    alice.do(Say(TEA, "four"))
    assert gauge.read("chatroom_readers_behind") == 2
    assert gauge.read("chatroom_readers_behind_messages") == 5
    assert gauge.read("chatroom_readers_behind_messages_max") == 4
    bob.connection.busy = False
    bob.visitor.drained()
    carol.visitor.lost()
    world.settle()
    assert gauge.read("chatroom_readers_behind") == 0
    assert gauge.read("chatroom_readers_behind_messages_max") == 0


def test_commits_are_counted(scribe: SQLiteScribe) -> None:
    gauge = Gauge(World(), scribe.log)
    opened = scribe.opened()
    scribe.say(opened.log, "one", "two", "three")
    assert gauge.read("chatroom_commit_changes_count") == 2
    assert gauge.read("chatroom_commit_changes_sum") == 4
    assert gauge.read("chatroom_commit_seconds_count") == 2
    awaited = [gauge.read("chatroom_commits_awaited_total", {"end": end}) for end in ("in time", "late")]
    # The first one is not: it is not known yet how long they take.
    assert sum(filter(None, awaited)) == 1


def test_a_log_that_makes_no_commits_has_none_to_count() -> None:
    gauge = Gauge(World())
    assert gauge.read("chatroom_commit_changes_count") is None
    assert gauge.read("chatroom_healthy") == 1


def test_it_is_not_healthy_while_the_log_can_not_store(scribe: SQLiteScribe, nothing_logged: list[LogEvent]) -> None:
    gauge = Gauge(World(), scribe.log)
    opened = scribe.opened()
    with locked(scribe.log.path):
        scribe.say(opened.log, "one")
        assert gauge.metrics.trouble() == f"can't store messages in {scribe.log.path}: database is locked"
        assert gauge.read("chatroom_healthy") == 0
    scribe.say(opened.log, "two")
    assert gauge.metrics.trouble() is None
    assert gauge.read("chatroom_healthy") == 1
    nothing_logged.clear()


@pytest.mark.parametrize("trouble", [locked, full])
def test_it_is_found_out_that_it_can_store_again_though_nobody_asks(
    trouble: Callable[[Path], AbstractContextManager[None]], scribe: SQLiteScribe, nothing_logged: list[LogEvent]
) -> None:
    log = scribe.log
    tea = scribe.opened().log
    with health_lines() as lines:
        with trouble(log.path):
            # Each writes one page; in the end there is no place for one.
            assert any(scribe.topic(tea, f"topic {number}") for number in range(100))
            for _ in range(3):
                assert log.trouble()
                scribe.wait(RETRY)
                scribe.until(lambda: not log._commits.running)
            assert log.trouble()
        scribe.wait(RETRY)
        scribe.until(lambda: not log._commits.running)
    assert log.trouble() is None
    began, ended = (line for line in lines if "store" in line)
    assert began.startswith(f"can't store messages in {log.path}: ")
    assert ended == f"can store messages in {log.path} again"
    assert scribe.say(tea, "hello") == [1]
    nothing_logged.clear()


def test_it_is_not_healthy_while_a_commit_does_not_come_back(tmp_path: Path, nothing_logged: list[LogEvent]) -> None:
    # The commit hangs as where the disk stalls: no error comes as long as the file is locked.
    with sqlite(tmp_path / "chatroom.sqlite", busy_timeout=600) as scribe:
        gauge = Gauge(World(), scribe.log)
        tea = scribe.opened().log
        answers = list[object]()
        with locked(scribe.log.path):
            scribe.change(tea, message("one"), answers.append)
            scribe.clock.advance(0)
            assert gauge.read("chatroom_healthy") == 1
            scribe.wait(PATIENCE)
            assert gauge.metrics.trouble() == f"can't store messages in {scribe.log.path}: no answer for 4 s"
            assert gauge.read("chatroom_healthy") == 0
        scribe.until(lambda: bool(answers))
        assert answers == [1]
        assert gauge.metrics.trouble() is None
    nothing_logged.clear()


def test_the_version_is_told() -> None:
    assert Gauge(World()).read("chatroom_info", {"version": __version__}) == 1


def test_it_is_not_healthy_when_it_stops() -> None:
    world = World()
    gauge = Gauge(world)
    world.lobby.stopping = True
    assert gauge.metrics.trouble() == "the server is stopping"
    assert gauge.read("chatroom_healthy") == 0


def test_the_lateness_of_the_reactor_is_how_much_later_it_calls_than_it_was_asked_to() -> None:
    clock = Clock()
    lag = ReactorLag(clock)
    lag.startService()
    clock.advance(PERIOD)
    clock.advance(PERIOD + 0.04)
    clock.advance(PERIOD - 0.01)
    clock.advance(0.01 + 0.3)
    assert sum(lag.seconds.counts) == 3
    assert lag.seconds.counts[BOUNDS.index(0.001)] == 1
    assert lag.seconds.counts[BOUNDS.index(0.05)] == 1
    assert lag.seconds.counts[BOUNDS.index(0.5)] == 1
    assert lag.seconds.sum == pytest.approx(0.34)
    lag.stopService()
    assert not clock.getDelayedCalls()


def test_lateness_is_told() -> None:
    gauge = Gauge(World())
    gauge.lag.add(0.02)
    gauge.lag.add(7)
    assert gauge.read("chatroom_reactor_lateness_seconds_bucket", {"le": "0.01"}) == 0
    assert gauge.read("chatroom_reactor_lateness_seconds_bucket", {"le": "0.025"}) == 1
    assert gauge.read("chatroom_reactor_lateness_seconds_bucket", {"le": "5.0"}) == 1
    assert gauge.read("chatroom_reactor_lateness_seconds_count") == 2
