"""Who has spoken lately, and is still here."""

from __future__ import annotations

from datetime import timedelta

from chatroom.client.model.lately import LATELY, MAX_LATELY, Lately
from chatroom.wire.frames import answers, requests
from tests.client.reader import NOON, Reader

SECOND = timedelta(seconds=1)


def test_who_spoke_is_here_lately_for_a_while_by_whatever_name() -> None:
    lately = Lately()
    lately.spoke("bob", NOON)
    lately.spoke("carol", NOON + SECOND)
    lately.renamed("bob", "rob")
    lately.renamed("nobody", "somebody")
    here = {"rob", "carol", "dave"}
    assert lately.among(here, NOON + 2 * SECOND) == 2
    assert lately.among({"carol"}, NOON + 2 * SECOND) == 1
    assert lately.among(here, NOON + LATELY) == 1
    assert lately.among(here, NOON + LATELY + SECOND) == 0


def test_of_a_crowd_the_last_ones_are_known() -> None:
    lately = Lately()
    names = [f"somebody{number}" for number in range(2 * MAX_LATELY)]
    for name in names:
        lately.spoke(name, NOON)
    assert lately.among(names, NOON) == MAX_LATELY


def test_a_room_counts_those_who_are_in_it(reader: Reader) -> None:
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), requests.Who(room="tea"))
    reader.hear_said("hello")
    reader.hear_said("hello", first=2, speaker="carol")
    assert reader.room_view.lately == 1
    reader.time += timedelta(minutes=2) + LATELY
    assert reader.room_view.lately == 0
