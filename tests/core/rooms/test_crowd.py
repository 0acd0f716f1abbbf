"""Big rooms show the number of their members, and not their coming and going."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Join, Leave, Rename, Say
from chatroom.core.values.events import Joined, Left, Presence
from chatroom.core.values.names import Username
from tests.core.scenes import TEA, gather, kinds
from tests.fakes import Person, World


def crowd(size: int) -> list[Person]:
    people = gather(World(room_capacity=0), *(f"u{number}" for number in range(size)))
    people[0].world.settle(2)
    for person in people:
        person.connection.take()
    return people


class CrowdTests(SynchronousTestCase):
    def test_up_to_500_are_named(self) -> None:
        first, *others = crowd(499)
        late = first.world.enter("late")
        late.do(Join(TEA))
        assert first.see() == others[-1].see() == [Joined(TEA, Username("late"), 500, 0)]

    def test_beyond_500_only_the_count_comes_once_a_second(self) -> None:
        first, *_ = crowd(500)
        for number in range(3):
            first.world.enter(f"late{number}").do(Join(TEA))
        assert first.see() == []
        first.world.settle(1.1)
        assert first.see() == [Presence(TEA, 503)]
        first.world.settle(5)
        assert first.see() == []

    def test_who_leaves_a_crowd_is_counted_too(self) -> None:
        first, *others = crowd(502)
        others[0].do(Leave(TEA))
        first.world.settle(1.1)
        assert first.see() == [Presence(TEA, 501)]
        others[1].do(Leave(TEA))
        assert first.see() == [Left(TEA, Username("u2"), 500, 0, "left")]

    def test_talk_and_new_names_are_shown_as_ever(self) -> None:
        first, second, *_ = crowd(501)
        second.do(Say(TEA, "hi"))
        second.do(Rename(Username("second")))
        assert kinds(first.see()) == ["Said", "Renamed"]
