"""To a room by a few letters of its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.screens.overlays.jump import JumpScreen
from chatroom.client.screens.overlays.mentions import MentionsScreen
from chatroom.client.screens.overlays.search import SearchScreen
from chatroom.client.text.fuzzy import misfit
from chatroom.client.views.items import RoomItem
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, rooms


@pytest.fixture
def reader() -> Reader:
    """Somebody called alice, in the rooms tea, coffee and cake; she looks at the last."""
    reader = Reader()
    reader.come_in()
    listed = rooms("cake", "coffee", "release-2", "tea", "team", "steam")
    reader.hear(answers.Rooms(rooms=listed, more=False), requests.List(watch=True))
    for room in ("tea", "coffee", "cake"):
        reader.enter_room(room)
    return reader


def listed(reader: Reader) -> list[str]:
    """Return the rooms that are listed."""
    assert isinstance(reader.screen, JumpScreen)
    return [item.room for item in reader.screen.view().items if isinstance(item, RoomItem)]


def test_it_begins_with_where_one_was_last_and_ends_with_where_one_is_not(reader: Reader) -> None:
    reader.press("ctrl k")
    assert listed(reader) == ["coffee", "tea", "cake", "release-2", "steam", "team"]


def test_where_something_is_new_comes_before_and_mentions_first(reader: Reader) -> None:
    reader.press("meta 2", "meta 1", "meta 3")
    reader.hear_said("hello", room="coffee")
    reader.press("ctrl k")
    assert listed(reader)[:3] == ["coffee", "tea", "cake"]
    reader.hear_said("alice?", room="tea")
    assert listed(reader)[:3] == ["tea", "coffee", "cake"]


def test_what_is_typed_leaves_what_fits_the_best_first(reader: Reader) -> None:
    reader.press("ctrl k", "tea")
    assert listed(reader) == ["tea", "team", "steam"]
    reader.press("ctrl u", "rl2")
    assert listed(reader) == ["release-2"]
    reader.press("x")
    assert listed(reader) == []
    assert reader.press("enter") is None
    assert isinstance(reader.screen, JumpScreen)
    assert reader.screen.view().notice == "No room has these letters in its name, in this order."


def test_enter_goes_to_a_room_that_one_is_in(reader: Reader) -> None:
    assert reader.press("a draft", "home", "ctrl k", "ctrl k", "te", "enter") is None
    assert reader.room_view.room == "tea"


def test_enter_goes_into_another(reader: Reader) -> None:
    assert reader.press("ctrl k", "team", "enter") == requests.Join(room="team", backlog=100)
    assert reader.room_view.room == "cake"


def test_another_can_be_chosen(reader: Reader) -> None:
    reader.press("ctrl k", "down", "enter")
    assert reader.room_view.room == "tea"


def test_what_is_typed_after_that_chooses_anew(reader: Reader) -> None:
    reader.press("ctrl k", "down", "down", "down", "down", "tea", "enter")
    assert reader.room_view.room == "tea"


def test_the_key_cuts_where_there_is_something_to_cut(reader: Reader) -> None:
    reader.press("a draft", "home", "ctrl k")
    assert reader.room_view.input.text == ""
    reader.press("ctrl y", "ctrl k", "esc")
    assert reader.room_view.input.text == "a draft"


def test_it_leads_out_of_the_lobby(reader: Reader) -> None:
    reader.press("f2")
    assert isinstance(reader.screen, LobbyScreen)
    reader.press("ctrl k", "tea", "enter")
    assert reader.room_view.room == "tea"


# How well letters fit.


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("tea", "tea", "team"),
        ("tea", "team", "my-tea"),
        ("tea", "my-tea", "steam"),
        ("tea", "steam", "theatre"),
        ("tm", "team", "the-arm"),
        ("JURG", "jürgen", "a-jürgen"),
    ],
)
def test_one_name_fits_better_than_another(typed: str, better: str, worse: str) -> None:
    one, other = misfit(typed, better), misfit(typed, worse)
    assert one is not None
    assert other is not None
    assert one < other


@pytest.mark.parametrize(("typed", "name"), [("eat", "tea"), ("teas", "tea"), ("tt", "tea")])
def test_letters_that_are_not_there_in_order_do_not_fit(typed: str, name: str) -> None:
    assert misfit(typed, name) is None


@given(st.text(min_size=1, max_size=10), st.text(max_size=30))
def test_any_text_fits_or_not(typed: str, name: str) -> None:
    misfit(typed, name)
    if "".join(typed.split()):
        assert misfit(typed, f"{name} {typed}") is not None


@pytest.mark.parametrize("key", ["f3", "f4", "ctrl s", "ctrl k"])
def test_from_each_list_one_gets_to_the_others_to_rooms_and_to_the_lobby(reader: Reader, key: str) -> None:
    others = {"f1": HelpScreen, "f3": CatchupScreen, "f4": MentionsScreen, "ctrl s": SearchScreen}
    for other, page in others.items():
        if other != key:
            reader.press(key, other)
            assert isinstance(reader.screen, page)
            # What it lay over is still there, and once.
            reader.press("esc")
            assert reader.room_view.room == "cake"
    reader.press(key, "meta 1")
    assert reader.room_view.room == "tea"
    reader.press(key, "f2")
    assert isinstance(reader.screen, LobbyScreen)
