"""The end of a turn, batches, and pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.tools.paging import page
from chatroom.core.tools.turn import Turn
from chatroom.core.values.batch import Batch
from chatroom.core.values.events import Event
from chatroom.core.values.limits import PAGE_BYTES
from tests.core.scenes import said


class FakeRoom:
    """A room that counts how often it is *flushed*, and then calls *then*."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.flushed = 0
        self._then = then

    def flush(self) -> None:
        self.flushed += 1
        self._then()


def touch(turn: Turn, *rooms: FakeRoom) -> None:
    for room in rooms:
        turn.touch(room)


class TurnTests(SynchronousTestCase):
    def test_a_room_is_flushed_once_however_often_it_is_touched(self) -> None:
        ends = list[Callable[[], None]]()
        turn, room, other = Turn(ends.append), FakeRoom(), FakeRoom()
        touch(turn, room, other, room)
        assert len(ends) == 1
        assert room.flushed == 0
        ends.pop()()
        assert (room.flushed, other.flushed) == (1, 1)
        assert ends == []

    def test_what_is_touched_at_the_end_has_a_turn_of_its_own(self) -> None:
        ends = list[Callable[[], None]]()
        turn = Turn(ends.append)
        other = FakeRoom()
        room = FakeRoom(lambda: touch(turn, other, other))
        touch(turn, room)
        ends.pop()()
        assert other.flushed == 0
        [end] = ends
        end()
        assert other.flushed == 1

    def test_rooms_are_flushed_in_the_order_in_which_something_happened_there(self) -> None:
        order = list[str]()
        turn = Turn(lambda end: None)
        touch(turn, *(FakeRoom(partial(order.append, name)) for name in "abc"))
        turn.flush()
        assert order == ["a", "b", "c"]
        turn.end()
        assert order == ["a", "b", "c"]

    def test_whoever_takes_a_name_that_somebody_has_left_comes_behind_that(self) -> None:
        turn, room = Turn(lambda end: None), FakeRoom()
        touch(turn, room)
        turn.comes("anna")
        assert room.flushed == 0
        turn.went("anna")
        turn.comes("anna")
        assert room.flushed == 1
        touch(turn, room)
        turn.comes("anna")
        assert room.flushed == 1

    def test_after_a_defect_in_one_room_the_others_are_flushed(self) -> None:
        ends = list[Callable[[], None]]()
        turn = Turn(ends.append)

        def defect() -> None:
            raise RuntimeError

        broken, before, after = FakeRoom(defect), FakeRoom(), FakeRoom()
        touch(turn, before, broken, after)
        while ends:
            try:
                ends.pop()()
            except RuntimeError:
                continue
        assert (before.flushed, broken.flushed, after.flushed) == (1, 1, 1)

    def test_what_was_written_is_sent_when_all_rooms_are_flushed(self) -> None:
        ends = list[Callable[[], None]]()
        done = list[str]()
        turn = Turn(ends.append)

        def flushed() -> None:
            done.append("flushed")
            turn.send_at_end(lambda: done.append("shown"))

        room = FakeRoom(flushed)
        turn.send_at_end(lambda: done.append("replied"))
        touch(turn, room)
        ends.pop()()
        assert done == ["flushed", "replied", "shown"]
        assert ends == []

    def test_what_is_written_while_all_is_sent_has_a_turn_of_its_own(self) -> None:
        ends = list[Callable[[], None]]()
        done = list[str]()
        turn = Turn(ends.append)
        turn.send_at_end(lambda: turn.send_at_end(lambda: done.append("sent")))
        ends.pop()()
        assert done == []
        ends.pop()()
        assert done == ["sent"]


class BatchTests(SynchronousTestCase):
    def test_it_is_encoded_once_for_each_dialect(self) -> None:
        made = list[str]()

        def short(events: Sequence[Event]) -> bytes:
            made.append("short")
            return b"short"

        def count(events: Sequence[Event]) -> int:
            made.append("count")
            return len(events)

        batch = Batch([said(1, "alice", "one"), said(2, "alice", "two")])
        assert [batch.encoded(short) for _ in range(3)] == [b"short"] * 3
        assert [batch.encoded(count) for _ in range(3)] == [2] * 3
        assert made == ["short", "count"]


@given(st.lists(st.integers(0, PAGE_BYTES) | st.integers(0, 2 * PAGE_BYTES)), st.integers(1, 9))
def test_pages_together_are_the_whole(sizes: list[int], limit: int) -> None:
    rest, pages = sizes, list[list[int]]()
    more = True
    while more:
        some, more = page(rest, limit, lambda size: size)
        pages.append(some)
        rest = rest[len(some) :]
        assert len(some) <= limit
        assert len(some) <= 1 or sum(some) <= PAGE_BYTES
        assert not more or len(some) == limit or sum([*some, rest[0]]) > PAGE_BYTES
    assert rest == []
    assert [size for some in pages for size in some] == sizes
