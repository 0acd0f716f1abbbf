"""Asides: there until they have been seen."""

from __future__ import annotations

from chatroom.client.model.asides import MAX_ASIDES, Asides
from chatroom.client.views.lines import NoticeLine
from tests.client.reader import NOON


def test_those_that_were_seen_are_put_away_and_those_that_came_since_are_not() -> None:
    asides = Asides()
    asides.tell(NoticeLine(NOON, "one"))
    seen = asides.waiting
    # To be told the same again is another answer.
    asides.tell(NoticeLine(NOON, "one"))
    asides.put_away(seen)
    assert [aside.text for aside in asides.waiting] == ["one"]
    asides.put_away(asides.waiting)
    assert not asides.waiting


def test_those_that_are_printed_are_there_no_longer() -> None:
    asides = Asides()
    asides.tell(NoticeLine(NOON, "one"))
    assert [aside.text for aside in asides.take()] == ["one"]
    assert not asides.take()


def test_of_many_that_nobody_sees_the_last_ones_wait() -> None:
    asides = Asides()
    for number in range(3 * MAX_ASIDES):
        asides.tell(NoticeLine(NOON, str(number)))
    assert [aside.text for aside in asides.waiting] == [str(number) for number in range(2 * MAX_ASIDES, 3 * MAX_ASIDES)]
