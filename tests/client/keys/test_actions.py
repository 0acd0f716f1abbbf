"""The table of keys, and the help that is made of it."""

from __future__ import annotations

from collections import Counter

import pytest

from chatroom.client.keys.actions import KEYS, Action, label
from chatroom.client.keys.bindings import DEFAULT
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.views.roles import EXPLAINED, MARKS
from chatroom.client.views.view import HelpView
from tests.client.reader import Reader


def test_no_key_means_two_things() -> None:
    counts = Counter(name for key in KEYS for name in key.keys)

    assert [name for name, count in counts.items() if count > 1] == []


def test_every_action_has_a_key() -> None:
    assert set(DEFAULT.actions.values()) == set(Action)


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("f5", Action.PREVIOUS_ROOM),
        ("f6", Action.NEXT_ROOM),
        ("meta B", Action.SHOW_ROOMS),
        ("meta N", Action.SHOW_MEMBERS),
    ],
)
def test_keys_that_hands_know_from_elsewhere_work_too(key: str, action: Action) -> None:
    assert DEFAULT.actions[key] is action


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("meta a", "Alt+a"),
        ("ctrl page up", "Ctrl+PgUp"),
        ("page down", "PgDn"),
        ("f1", "F1"),
        ("shift tab", "Shift+Tab"),
        ("meta /", "Alt+/"),
        ("meta ctrl h", "Alt+Ctrl+h"),
        ("meta U", "Alt+Shift+u"),
    ],
)
def test_keys_are_written_as_people_write_them(key: str, shown: str) -> None:
    assert label(key) == shown


def test_the_help_names_every_key() -> None:
    shown = " ".join(keys for _, lines in DEFAULT.groups() for keys, _ in lines)

    assert [key for key in KEYS if key.purpose and label(key.keys[0]) not in shown] == []


def test_the_help_says_what_the_marks_of_names_mean() -> None:
    reader = Reader()
    reader.come_in()
    reader.press("f1")
    view = reader.screen.view()
    assert isinstance(view, HelpView)
    assert ("Names", [*EXPLAINED]) in view.groups
    assert [shown.removesuffix("name") for shown, _ in EXPLAINED] == list(MARKS.values())


def test_the_help_goes_and_what_happened_meanwhile_is_there() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.press("a draft")
    reader.press("f1")
    assert isinstance(reader.screen, HelpScreen)
    reader.hear_said("meanwhile")

    reader.press("esc")

    assert reader.texts == ["bob: meanwhile"]
    assert reader.room_view.input.text == "a draft"
