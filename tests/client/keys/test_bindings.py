"""Keys as somebody wants them, written as people write them."""

from __future__ import annotations

import pytest

from chatroom.client.keys.actions import KEYS, Action, label
from chatroom.client.keys.bindings import DEFAULT, BadKey, Bindings, key_named
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.help import HelpScreen
from tests.client.reader import Reader


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ctrl-x", "ctrl x"),
        ("Ctrl+X", "ctrl x"),
        ("control x", "ctrl x"),
        ("alt+p", "meta p"),
        ("Alt+P", "meta P"),
        ("alt-shift-p", "meta P"),
        ("meta-/", "meta /"),
        ("alt--", "meta -"),
        ("alt-+", "meta +"),
        ("ctrl-alt-h", "meta ctrl h"),
        ("ctrl-_", "ctrl _"),
        ("F5", "f5"),
        ("PgUp", "page up"),
        ("alt-page-down", "meta page down"),
        ("ctrl+shift+left", "shift ctrl left"),
        ("return", "enter"),
        (" Del ", "delete"),
    ],
)
def test_a_key_is_known_however_it_is_written(written: str, key: str) -> None:
    assert key_named(written) == key


@pytest.mark.parametrize("key", [key for row in KEYS for key in row.keys])
def test_a_key_can_be_written_as_the_help_writes_it(key: str) -> None:
    assert key_named(label(key)) == key


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("x", '"x" types text'),
        ("shift-x", '"shift-x" types text'),
        ("alt-\x01", "types text"),
        ("", "no key is named"),
        ("ctrl-1", 'terminals have no "ctrl-1"'),
        ("ctrl-i", "the same for Ctrl\\+i and Tab"),
        ("ctrl-z", "is the terminal's"),
        ("ctrl-\\", "is the terminal's"),
        ("ctrl-pgupp", 'there is no key "ctrl-pgupp"'),
        ("hyper-x", 'there is no key "hyper-x"'),
        ("f99", 'there is no key "f99"'),
    ],
)
def test_what_no_terminal_tells_is_refused_with_a_reason(written: str, reason: str) -> None:
    with pytest.raises(BadKey, match=reason):
        key_named(written)


def test_nobody_has_changed_anything_at_first() -> None:
    assert DEFAULT.actions == {key: row.action for row in KEYS for key in row.keys}


def test_a_key_bound_anew_loses_its_old_meaning() -> None:
    bindings = Bindings({Action.LOBBY: ["f1", "ctrl g"]})

    assert bindings.actions["f1"] is Action.LOBBY
    assert bindings.label(Action.LOBBY) == "F1"
    assert "f2" not in bindings.actions
    assert bindings.keys(Action.HELP) == []
    assert bindings.label(Action.HELP) == ""


def test_the_help_shows_the_keys_as_they_are() -> None:
    bindings = Bindings({Action.LOBBY: ["ctrl g"], Action.REDRAW: [], Action.ROOM_3: ["f3"]})
    shown = {keys: purpose for _, rows in bindings.groups() for keys, purpose in rows}

    assert shown["Ctrl+g"] == "to the lobby, to enter another room; and back"
    assert shown["F3"] == "to room 3"
    assert "Ctrl+l" not in shown
    assert "Alt+2" not in shown


def test_keys_of_ones_own_are_pressed_and_named() -> None:
    reader = Reader(keys=Bindings({Action.LOBBY: ["ctrl g"], Action.SUBMIT: ["f9"], Action.HELP: ["f3"]}))
    reader.come_in()
    reader.enter_room("tea")

    reader.press("ctrl g")
    assert isinstance(reader.screen, LobbyScreen)
    reader.press("elsewhere", "f9")
    assert reader.lobby_view.question.endswith("F9 alone for no topic, Esc to go back.")
    reader.press("esc", "f3")
    assert isinstance(reader.screen, HelpScreen)
    assert "F9" in [keys for _, rows in reader.screen.view().groups for keys, _ in rows]


def test_words_of_ones_own_count_as_ones_name() -> None:
    reader = Reader(highlight_words=["kettle"])
    reader.come_in()
    reader.enter_room("tea")
    reader.enter_room("coffee")

    reader.hear_said("the kettles", "The Kettle is on", room="tea")

    assert reader.room_view.status.highlight_words == ("kettle",)
    assert [tab.mentioned for tab in reader.room_view.tabs] == [True, False]
    reader.press("meta 1")
    assert [getattr(line, "mention", None) for line in reader.room_view.lines] == [False, True]
