"""People in a room are told apart by their hues, which they keep as long as nobody who speaks needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.model.hues import ALL_DIFFER, MOST, Hues
from chatroom.client.model.room import Room
from chatroom.client.views.hues import HUES, first_choice
from chatroom.client.views.lines import MessageLine, Traffic

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PEOPLE = [f"person-{number}" for number in range(40)]
SIXTEEN, SEVENTEENTH = PEOPLE[:16], PEOPLE[16]


def said(speaker: str, seq: int = 1) -> MessageLine:
    return MessageLine(seq, NOON, speaker, "tea?")


def page(*speakers: str) -> list[MessageLine]:
    return [said(speaker, number) for number, speaker in enumerate(speakers, 1)]


def alike(name: str) -> str:
    """Return somebody else whose first choice is that of *name*."""
    return next(other for other in PEOPLE if other != name and first_choice(other) == first_choice(name))


def test_the_first_choice_of_a_name_is_the_same_however_it_is_written() -> None:
    hues = Hues()
    hues.came(["Alice"])
    assert hues.given == {"alice": first_choice("ALICE")}


def test_who_would_have_the_same_has_the_next_that_is_free() -> None:
    one, other = "person-0", alike("person-0")
    hues = Hues()
    hues.came([one, other])
    assert hues.given[one] == first_choice(one)
    assert hues.given[other] == (first_choice(other) + 7) % 16


def test_sixteen_people_have_sixteen_hues() -> None:
    hues = Hues()
    hues.came(SIXTEEN)
    assert sorted(hues.given.values()) == list(range(16))
    for name in SIXTEEN:
        before = hues.given[name]
        hues.spoke(name)
        assert hues.given[name] == before


def test_where_there_are_more_who_speaks_has_that_of_somebody_silent() -> None:
    hues = Hues()
    hues.came([*SIXTEEN, SEVENTEENTH])
    for name in SIXTEEN[1:]:
        hues.spoke(name)
    hues.spoke(SEVENTEENTH)
    assert hues.given[SEVENTEENTH] == hues.given[SIXTEEN[0]]
    # And who had it has another one as soon as they speak.
    hues.spoke(SIXTEEN[0])
    assert hues.given[SIXTEEN[0]] != hues.given[SEVENTEENTH]


def test_what_was_shared_stays_with_who_speaks_if_the_other_does_not() -> None:
    hues = Hues()
    hues.came([*SIXTEEN, SEVENTEENTH])
    shared = hues.given[SEVENTEENTH]
    hues.spoke(SEVENTEENTH)
    assert hues.given[SEVENTEENTH] == shared


def test_who_has_gone_and_said_nothing_leaves_theirs_to_others() -> None:
    hues = Hues()
    hues.came(SIXTEEN)
    hues.spoke(SIXTEEN[0])
    hues.left(SIXTEEN[:2])
    hues.came([SEVENTEENTH])
    assert hues.given[SEVENTEENTH] == hues.given[SIXTEEN[1]]


@given(
    st.lists(st.sampled_from(PEOPLE)),
    st.lists(st.sampled_from(PEOPLE), max_size=60),
    st.sampled_from((ALL_DIFFER, [0, 0, 2, 2, 4, 5, 5, 7, 8, 9, 9, 11, 11, 13, 14, 14], [0] * 8 + [8] * 8)),
)
def test_of_the_last_who_spoke_no_two_look_the_same(here: list[str], speakers: list[str], looks: list[int]) -> None:
    hues = Hues(looks=looks)
    hues.came(here)
    for number, name in enumerate(speakers, 1):
        hues.spoke(name)
        last = list(dict.fromkeys(reversed(speakers[:number])))[: len(set(looks))]
        assert len({looks[hues.given[name]] for name in last}) == len(last)


def test_what_the_user_has_chosen_stays_and_others_give_way() -> None:
    bob = first_choice("bob")
    hues = Hues({"Carol": bob})
    hues.spoke("bob")
    assert hues.given["bob"] == bob
    hues.spoke("carol")
    assert hues.given["carol"] == bob
    assert hues.given["bob"] != bob
    hues.spoke("bob")
    hues.spoke("carol")
    assert hues.given["carol"] == bob


def test_the_same_can_be_chosen_for_two() -> None:
    hues = Hues({"bob": 3, "carol": 3})
    for name in ("bob", "carol", "bob"):
        hues.spoke(name)
    assert hues.given == {"bob": 3, "carol": 3}


def test_who_would_look_like_somebody_else_has_another_hue() -> None:
    looks = [hue // 2 for hue in range(16)]
    hues = Hues(looks=looks)
    hues.came(PEOPLE[:8])
    assert len({looks[hues.given[name]] for name in PEOPLE[:8]}) == 8
    hues.left(PEOPLE[:1])
    hues.came(PEOPLE[8:9])
    assert looks[hues.given[PEOPLE[8]]] == looks[hues.given[PEOPLE[0]]]
    older = Hues(looks=looks)
    older.heard(page(*PEOPLE))
    assert all(looks[older.given[one]] != looks[older.given[two]] for one, two in pairwise(PEOPLE))


def test_older_messages_are_of_people_who_differ_from_those_beside_them() -> None:
    hues = Hues()
    hues.came(SIXTEEN)
    speakers = [*PEOPLE[16:], *PEOPLE[16:]]
    hues.heard(page(*speakers))
    assert all(hues.given[one] != hues.given[two] for one, two in pairwise(speakers))


def test_no_more_names_are_kept_than_a_room_can_have() -> None:
    hues = Hues()
    hues.came(f"{number}" for number in range(MOST + 10))
    assert len(hues.given) == MOST


def test_a_room_gives_hues_to_those_who_are_there_and_who_speak() -> None:
    room = Room("tea")
    room.people(["alice", "bob"], {}, first=True)
    room.said(said("carol"), seen=True)
    room.traffic(Traffic(NOON, joined=("dave",)))
    room.page(page("erin"), more=False, before=None, after=None)
    room.traffic(Traffic(NOON, renamed=(("dave", "frank"),)))
    assert {"alice", "bob", "carol", "dave", "erin", "frank"} == set(room.hues.given)
    assert len({*room.hues.given.values()}) >= len(HUES) // 3


def test_those_of_a_room_who_the_user_has_chosen_a_hue_for_have_it() -> None:
    room = Room("tea", hues=Hues({"bob": 5}))
    room.people(["alice", "bob"], {}, first=True)
    assert room.hues.given["bob"] == 5
