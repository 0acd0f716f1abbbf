"""The logs of private talks have names that no room has, which are the same for both people."""

from __future__ import annotations

from chatroom.core.values.names import Key, RoomName, key
from chatroom.core.values.talks import people, place

ALICE, BOB = b"\x0a" * 16, b"\xb0" * 16


def test_a_talk_is_the_same_place_for_both_and_is_known_by_them() -> None:
    talk = place(ALICE, BOB)
    assert talk == place(BOB, ALICE) != place(ALICE, ALICE)
    assert people(talk) == (ALICE, BOB)
    assert people(place(BOB, BOB)) == (BOB, BOB)
    assert key(talk) == Key(talk)


def test_a_room_and_the_house_are_no_talks() -> None:
    assert people(RoomName("tea")) is None
    assert people(RoomName("")) is None
