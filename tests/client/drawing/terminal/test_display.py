"""What a terminal can and what is written to it, without a tty."""

from __future__ import annotations

import pytest

from chatroom.client.drawing.terminal.display import colours, written_apart
from chatroom.client.drawing.themes import theme
from tests.client.fakes import FakeDisplay


@pytest.mark.parametrize(
    ("environ", "number"),
    [
        ({}, 1),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, 1),
        ({"TERM": "vt220"}, 1),
        ({"TERM": "linux"}, 16),
        ({"TERM": "xterm-16color"}, 16),
        ({"TERM": "xterm"}, 256),
        ({"TERM": "screen.xterm-256color"}, 256),
        ({"TERM": "tmux-256color", "COLORTERM": "24bit"}, 2**24),
        ({"TERM": "xterm-direct"}, 2**24),
    ],
)
def test_the_colours_of_terminals_are_known(environ: dict[str, str], number: int) -> None:
    assert colours(environ) == number


def test_enter_and_ctrl_j_are_written_apart() -> None:
    assert bytes(written_apart(b"a\n\r")) == b"a\x1b[106;5u\r"


def test_a_terminal_is_known_by_its_environment_and_not_by_ours() -> None:
    assert [FakeDisplay(term=term).colors for term in ("linux", "xterm", "xterm-direct")] == [16, 256, 2**24]
    assert [FakeDisplay(term=term).fg_bright_is_bold for term in ("linux", "xterm")] == [True, False]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_nothing_is_black_where_a_bright_colour_is_a_bold_one(name: str) -> None:
    display = FakeDisplay(term="linux")
    display.register_palette(theme(name).palette)
    looks = {entry[0]: display.resolve_attr(entry[0], 0) for entry in theme(name).palette}
    assert looks["dim"].foreground == "default,faint"
    seen = [look for look in looks.values() if look.background == "default"]
    assert not {look.foreground_number % 8 for look in seen if look.foreground_basic} & {0}


def test_the_title_is_that_of_the_terminal() -> None:
    display = FakeDisplay()
    with display.start():
        display.title("chatroom: tea")
        assert display.screen.cells.title == "chatroom: tea"
