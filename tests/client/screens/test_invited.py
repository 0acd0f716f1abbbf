"""Who is invited into a room reads so, sees it in the lobby, and enters it by a key."""

from __future__ import annotations

from chatroom.client.views.alert import Alert
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader

ENTER = "meta j"
DEN = answers.RoomInfo(room="den", topic="", members=2, capacity=0, private=True)
TOLD = "bob invites you to den: /join den enters it, and Alt+j."


def invite(reader: Reader, room: str = "den", by: str = "bob") -> None:
    reader.hear(answers.Invited(room=room, by=by))


def asked(reader: Reader) -> str | None:
    """Return which room the key asks for."""
    request = reader.press(ENTER)
    return request.room if isinstance(request, requests.Join) else None


def test_an_invitation_is_told_and_a_key_enters(reader: Reader) -> None:
    invite(reader)
    assert reader.texts == [TOLD]
    assert reader.chat.alerts.take() == Alert("bob invites you", "den")
    assert asked(reader) == "den"


def test_also_from_the_lobby_where_the_room_is_marked(reader: Reader) -> None:
    reader.press("f2")
    reader.hear(answers.RoomsChanged(rooms=[DEN], closed=[]))
    assert [(room.private, room.invited) for room in reader.lobby_view.rooms if room.room == "den"] == [(True, False)]
    invite(reader, "Den")
    assert [(room.private, room.invited) for room in reader.lobby_view.rooms if room.room == "den"] == [(True, True)]
    assert asked(reader) == "Den"


def test_of_several_the_newest_is_meant_and_who_has_come_in_has_none(reader: Reader) -> None:
    for room in ("den", "lair", "den"):
        invite(reader, room)
    assert asked(reader) == "den"
    reader.enter_room("den")
    assert asked(reader) == "lair"
    reader.enter_room("lair")
    assert asked(reader) is None
    assert reader.told[-1] == "You have no invitation."


def test_one_into_a_room_where_one_is_needs_no_key(reader: Reader) -> None:
    invite(reader, "tea")
    assert reader.texts == ["bob invites you to tea, where you are."]
    assert asked(reader) is None


def test_one_that_is_taken_back_is_forgotten(reader: Reader) -> None:
    invite(reader)
    reader.hear(answers.RoomsChanged(rooms=[], closed=["den"]))
    assert asked(reader) is None
    invite(reader)
    request = reader.press(ENTER)
    reader.hear(answers.Error(code="no-such-room", message="There is no room called den.", room="den"), request)
    assert asked(reader) is None
    invite(reader)
    reader.hear(answers.Removed(room="den", by="bob", why="kicked"))
    assert asked(reader) is None


def test_one_by_somebody_who_is_ignored_is_not_shown(reader: Reader) -> None:
    reader.enter("/ignore bob")
    invite(reader)
    assert TOLD not in reader.texts
    assert reader.chat.alerts.take() is None
    assert asked(reader) is None


def test_only_so_many_are_known(reader: Reader) -> None:
    for number in range(150):
        invite(reader, f"den{number}")
    found = []
    while room := asked(reader):
        found.append(room)
        reader.hear(answers.RoomsChanged(rooms=[], closed=[room]))
    assert found == [f"den{number}" for number in range(149, 49, -1)]
