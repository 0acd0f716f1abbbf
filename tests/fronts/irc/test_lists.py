"""Lists of masks over IRC: clients ask for them when they join, also those of members who may not read them."""

from __future__ import annotations

from tests.fronts.house import House, Peer


def irc(house: House, name: str) -> Peer:
    """Let somebody called *name* come by IRC, into tea."""
    peer = house.connect()
    peer.type(f"NICK {name}", f"USER {name} 0 * :{name}", "JOIN #tea")
    return peer


def test_a_member_is_shown_no_masks_and_no_error() -> None:
    house = House()
    alice, bob = irc(house, "alice"), irc(house, "bob")
    alice.type("MODE #tea +b *!*@nowhere.*")
    [row, _] = alice.type("MODE #tea b")
    assert row.startswith(":chatroom.chat 367 alice #tea *!*@nowhere.* alice ")
    bob.lines()
    assert bob.type("MODE #tea b") == [":chatroom.chat 368 bob #tea :The moderators know who is on the list\r"]


def test_of_a_room_that_is_not_there_no_list_is_shown() -> None:
    house = House()
    alice = irc(house, "alice")
    assert alice.type("MODE #milk b") == [":chatroom.chat 403 alice #milk :There is no room called milk.\r"]
