"""Requests whose replies are for one part of the client."""

from __future__ import annotations

from chatroom.client.pages.errands import Errands
from chatroom.client.pages.search import Search
from chatroom.wire.frames import requests
from tests.client.pages.reader import Reader


def test_a_reply_is_for_whoever_asked_and_comes_once() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    errands, search = Errands(), Search(reader.chat, reader.room_page.conversation)
    first = errands.ask(requests.Search(room="tea", query="kettle"), search)
    # It is the same request that counts, not an equal one.
    assert errands.take(requests.Search(room="tea", query="kettle")) is None
    assert errands.take(None) is None
    assert errands.take(first) is search
    assert errands.take(first) is None
