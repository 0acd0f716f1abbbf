"""The list of keys and commands, and finding something in it."""

from __future__ import annotations

import pytest

from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.views.view import Groups, HelpView
from tests.client.reader import Reader


def groups(reader: Reader) -> Groups:
    view = reader.screen.view()
    assert isinstance(view, HelpView)
    return view.groups


def listed(reader: Reader) -> list[str]:
    return [keys for _, lines in groups(reader) for keys, _ in lines]


def test_f1_begins_with_the_keys_and_help_with_the_commands(reader: Reader) -> None:
    reader.press("f1")
    keys_first = [title for title, _ in groups(reader)]
    reader.press("esc")
    reader.enter("/help")
    commands_first = [title for title, _ in groups(reader)]
    assert (keys_first[0], commands_first[0]) == ("Typing", "Commands")
    assert sorted(keys_first) == sorted(commands_first)


def test_what_is_typed_leaves_the_lines_with_all_its_words(reader: Reader) -> None:
    reader.press("f1", "list Rooms hide")
    assert listed(reader) == ["F7, Alt+Shift+b"]
    reader.press("ctrl u", "/bans")
    assert listed(reader) == ["/bans"]


def test_the_title_of_a_group_is_found_and_its_lines_with_it(reader: Reader) -> None:
    reader.enter("/help")
    moderating = dict(groups(reader))["Moderating"]
    reader.press("moderat")
    assert dict(groups(reader))["Moderating"] == moderating
    reader.press(" nowhere")
    assert groups(reader) == []


def test_what_is_typed_there_is_none_of_the_line_in_the_room(reader: Reader) -> None:
    reader.press("draft", "f1", "undo")
    assert isinstance(reader.screen, HelpScreen)
    reader.press("enter")
    assert reader.room_view.input.text == "draft"


@pytest.mark.parametrize("key", ["esc", "enter", "f1", "ctrl c", "f3"])
def test_what_edits_nothing_closes_it(reader: Reader, key: str) -> None:
    reader.press("f1", key)
    assert reader.room_view.room == "tea"
