"""Requests whose replies are for one part of the client."""

from __future__ import annotations

from chatroom.client.model.lookups import Lookups
from chatroom.client.navigation.search import SearchResults
from chatroom.wire.frames import requests
from tests.client.reader import Reader


def test_a_reply_is_for_whoever_asked_and_comes_once() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    lookups, search = Lookups(), SearchResults(reader.chat, reader.room_screen.conversation)
    first = lookups.ask(requests.Search(room="tea", query="kettle"), search)
    # It is the same request that counts, not an equal one.
    assert lookups.take(requests.Search(room="tea", query="kettle")) is None
    assert lookups.take(None) is None
    assert lookups.take(first) is search
    assert lookups.take(first) is None
