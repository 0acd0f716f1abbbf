"""Metrics for Prometheus, gathered when it asks, from numbers that are there anyway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate, product
from typing import Protocol, get_args

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from chatroom import __version__
from chatroom.core.lobby import Lobby
from chatroom.core.tools.stats import Histogram
from chatroom.core.values.events import Ending
from chatroom.wire.dialect import DialectName

STATES = ("username", "lobby", "room", "closing")
DIALECTS = (*get_args(DialectName), "unknown")


class MeasuredConnections(Protocol):
    """The connections of all fronts."""

    @property
    def closes(self) -> Mapping[Ending, int]:
        """Connections that have ended, counted by reason."""

    def states(self) -> Iterable[tuple[str, str]]:
        """Return the state and the dialect of each connection."""


class Commits(Protocol):
    """A log that commits many messages at once."""

    @property
    def commit_sizes(self) -> Histogram:
        """Changes in a commit."""

    @property
    def commit_seconds(self) -> Histogram:
        """Seconds that a commit takes."""

    commits_awaited: int
    commits_late: int

    def trouble(self) -> str | None:
        """Return why nothing can be stored, if that is so."""


class MeasuredLease(Protocol):
    """The lease of a node."""

    @property
    def left(self) -> float:
        """The seconds for which it still holds."""


class MeasuredFollowing(Protocol):
    """What a node hears of others."""

    holes_filled: int
    late_hints: int


class MeasuredNode(Protocol):
    """The server as one of several that share a database."""

    fenced: int

    @property
    def lease(self) -> MeasuredLease:
        """Its lease."""

    @property
    def following(self) -> MeasuredFollowing:
        """What it hears."""

    @property
    def standby_named(self) -> bool:
        """Whether a commit waits for one standby by its name."""


class Metrics:
    """The numbers of the server as metrics.

    *commits* is the log, or ``None`` if that makes none; *lag* is the reactor's, in seconds.
    The server may be a *node*. Of each certificate *ends* yields the name, and the time at which it expires.
    """

    def __init__(
        self,
        lobby: Lobby,
        connections: MeasuredConnections,
        commits: Commits | None,
        lag: Histogram,
        node: MeasuredNode | None = None,
        ends: Callable[[], Iterable[tuple[str, float]]] = tuple,
    ) -> None:
        self._node = node
        self._ends = ends
        self._lobby = lobby
        self._connections = connections
        self._commits = commits
        self._lag = lag

    def trouble(self) -> str | None:
        """Return what keeps the server from doing its work, if anything does."""
        if self._lobby.stopping:
            return "the server is stopping"
        return self._commits.trouble() if self._commits else None

    def collect(self) -> list[Metric]:
        """Return all metrics as they are now; to be called where nothing moves meanwhile, in the reactor's thread."""
        version = InfoMetricFamily("chatroom", "Version of the server", {"version": __version__})
        return [version, *self._visitors(), *self._rooms(), *self._work()]

    def _visitors(self) -> Iterable[Metric]:
        connections = GaugeMetricFamily(
            "chatroom_connections",
            "Connections, by state and dialect; unknown before the first line",
            labels=["state", "dialect"],
        )
        states = Counter(self._connections.states())
        for state in product(STATES, DIALECTS):
            connections.add_metric(state, states[state])
        yield connections
        closes = CounterMetricFamily(
            "chatroom_connections_closed",
            "Connections ended or refused, by reason; lost ended without a word",
            labels=["reason"],
        )
        for reason, count in sorted(self._connections.closes.items()):
            closes.add_metric([reason], count)
        yield closes

    def _rooms(self) -> Iterable[Metric]:
        rooms = self._lobby.rooms.values()
        yield GaugeMetricFamily("chatroom_rooms", "Open rooms", len(rooms))
        members = sum(len(room.members) for room in rooms)
        yield GaugeMetricFamily("chatroom_members", "Members of all rooms, with held seats", members)
        behind = [room.audience.shown - reader.cursor for room in rooms for reader in room.audience.behind]
        yield GaugeMetricFamily(
            "chatroom_readers_behind",
            "Members behind their room, who read on in the log",
            len(behind),
        )
        yield GaugeMetricFamily(
            "chatroom_readers_behind_messages",
            "Messages that these members have still to read",
            sum(behind),
        )
        yield GaugeMetricFamily(
            "chatroom_readers_behind_messages_max",
            "Largest lag of a member, in messages",
            max(behind, default=0),
        )

    def _work(self) -> Iterable[Metric]:
        tally = self._lobby.stats
        yield CounterMetricFamily("chatroom_messages", "Messages stored and shown", tally.batches.sum)
        yield CounterMetricFamily(
            "chatroom_deliveries", "Messages shown, counted once for each member", tally.deliveries
        )
        yield _histogram("chatroom_batch_messages", "Messages of one room shown together, in one turn", tally.batches)
        if self._commits:
            yield _histogram(
                "chatroom_commit_changes",
                "Messages and other changes in one commit",
                self._commits.commit_sizes,
            )
            yield _histogram("chatroom_commit_seconds", "Seconds until a commit was safe", self._commits.commit_seconds)
            waits = CounterMetricFamily(
                "chatroom_commits_awaited",
                "Commits that the reactor has waited for, a millisecond at most; late ones took longer",
                labels=["end"],
            )
            waits.add_metric(["in time"], self._commits.commits_awaited)
            waits.add_metric(["late"], self._commits.commits_late)
            yield waits
        if self._node:
            yield from self._as_node(self._node)
        yield _histogram("chatroom_reactor_lateness_seconds", "Lag of the reactor, in seconds", self._lag)
        if ends := tuple(self._ends()):
            expiry = GaugeMetricFamily(
                "chatroom_certificate_expiry_timestamp_seconds",
                "Time at which a certificate expires, in seconds since 1970",
                labels=["certificate"],
            )
            for name, end in ends:
                expiry.add_metric([name], end)
            yield expiry
        yield GaugeMetricFamily("chatroom_healthy", "1 if /healthz says ok, else 0", int(self.trouble() is None))

    def _as_node(self, node: MeasuredNode) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "chatroom_lease_seconds", "Seconds for which other servers still take this one for alive", node.lease.left
        )
        yield CounterMetricFamily("chatroom_fenced", "Times that other servers have given up this one", node.fenced)
        yield CounterMetricFamily(
            "chatroom_holes_filled", "Entries of other servers that were read, not heard", node.following.holes_filled
        )
        yield CounterMetricFamily(
            "chatroom_late_hints", "Hints of other servers that told nothing new", node.following.late_hints
        )
        yield GaugeMetricFamily(
            "chatroom_standby_named", "1 if the database has one synchronous standby by name", int(node.standby_named)
        )


def _histogram(name: str, help: str, histogram: Histogram) -> Metric:
    bounds = [*map(str, map(float, histogram.bounds)), "+Inf"]
    buckets = list(zip(bounds, accumulate(histogram.counts), strict=True))
    return HistogramMetricFamily(name, help, buckets=buckets, sum_value=histogram.sum)
