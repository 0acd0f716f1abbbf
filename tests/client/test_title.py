"""The title of the window: where one is, and what is new."""

from __future__ import annotations

from chatroom.client.app import title
from tests.client.reader import Reader


def test_it_says_where_one_is_and_how_much_is_new_elsewhere() -> None:
    reader = Reader()
    assert title(reader.chat) == "chatroom"
    reader.come_in()
    reader.enter_room("coffee")
    reader.enter_room("tea")
    assert title(reader.chat) == "chatroom: tea"
    reader.hear_said("one", "two", room="coffee")
    assert title(reader.chat) == "chatroom: tea (2)"
    reader.hear_said("alice!", first=3, room="coffee")
    assert title(reader.chat) == "chatroom: tea (3!)"
    reader.chat.look(None)
    assert title(reader.chat) == "chatroom (3!)"
