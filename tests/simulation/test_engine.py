"""The engine in plain Python does what the functions in the database do: any batches are answered alike."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatroom.core.ports import LogId, NewRoom, SeatId
from chatroom.core.values.changes import Called, Came, Change, Gone, Retitled, Went
from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.nodes.changes import PROBE, Row, opening, row
from chatroom.logs.nodes.changes import closing as closed
from chatroom.logs.nodes.engine import Appended, Bounds
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention
from tests.engine import Engine
from tests.simulation.engine import World

names = st.sampled_from([Username("alice"), Username("Bob"), Username("carol")])
logs = st.integers(1, 4).map(LogId)
seats = st.builds(SeatId, st.integers(1, 3), st.integers(1, 2))
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(Message, names, st.just("hello"), st.just(0)),
    st.builds(Came, names, st.integers(0, 2)),
    st.builds(Went, names, st.sampled_from(["left", "lost", None])),
    st.builds(Called, names, names),
    st.builds(Retitled, st.sampled_from(["", "Tea"]), names),
    st.builds(Gone, names),
)
new = st.none() | st.builds(NewRoom, st.just("Tea"), creator=st.none() | names)
rows = st.one_of(
    st.builds(row, logs, changes, seats),
    st.builds(opening, st.sampled_from(["tea", "TEA", "pond"]).map(RoomName), new),
    st.builds(closed, logs),
    st.just(PROBE),
)
batches = st.lists(st.lists(rows, min_size=1, max_size=6), min_size=1, max_size=6)
bounds = st.builds(Bounds, st.sampled_from([0, 1]), st.just(0), st.none() | st.just(1 << 60))


@pytest.mark.engines
def test_any_batches_are_answered_alike(postgresql: Engine) -> None:
    where = postgresql.database()

    @settings(max_examples=100)
    @given(batches, bounds)
    def alike(asked: list[list[Row]], kept: Bounds) -> None:
        world = World(1 << 50)
        with closing(Writer(where, "the database", Retention())) as writer, psycopg.connect(where) as connection:
            connection.execute("DROP SCHEMA IF EXISTS chat CASCADE")
            connection.commit()
            writer.begin()
            node = world.join()
            for number, batch in enumerate(asked, 1):
                known = dict.fromkeys({row.log for row in batch if row.log is not None}, number)
                expected = told(world.append(node, number, batch, known, kept))
                assert told(writer.append(number, batch, known, kept)) == expected
                # Again, by somebody who does not know whether it has happened.
                assert told(writer.append(number, batch, known, kept)) == expected
                assert told(world.append(node, number, batch, known, kept)) == expected
            state = connection.execute("SELECT id, key, topic, closed IS NULL, pos, seq, members FROM chat.logs")
            assert sorted(state.fetchall()) == sorted(
                (life.log, life.key, life.topic, life.closed is None, life.pos, life.seq, life.members)
                for life in world.logs.values()
            )
            while world.sweep(kept):
                pass
            while writer.sweep(kept):
                pass
            left = connection.execute("SELECT log, pos FROM chat.entries ORDER BY log, pos").fetchall()
            assert left == [(log, each.pos) for log, life in sorted(world.logs.items()) for each in life.entries]
            assert connection.execute("SELECT id FROM chat.logs ORDER BY id").fetchall() == [
                (log,) for log in world.logs
            ]

    alike()


def told(appended: Appended) -> tuple[list[object], list[object]]:
    """Return what a batch was told, but for the time."""
    others = sorted((record.log, record.pos, record.seq, record[4:]) for record in appended.others)
    return [answer[:4] for answer in appended.answers], [*others]
