"""What calls somebody is what terminals understand, and nothing else, whatever was said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.columns import width
from chatroom.client.drawing.terminal.notification import notification
from chatroom.client.views.alert import Alert
from tests.client.drawing.test_rows import ANY_TEXT, HARM

ALERT = Alert("bob in tea", "alice: hello")
PAYLOAD = re.compile(r"(?:9;[^;]*|777;notify;[^;]*;[^;]*)")


@pytest.mark.parametrize(
    ("kind", "sequence"),
    [
        ("bell", "\a"),
        ("osc9", "\x1b]9;bob in tea: alice: hello\x1b\\"),
        ("osc777", "\x1b]777;notify;bob in tea;alice: hello\x1b\\"),
        ("none", ""),
    ],
)
def test_each_kind_is_written_as_terminals_read_it(kind: str, sequence: str) -> None:
    assert notification(kind, ALERT, {}) == sequence  # type: ignore[arg-type]


def test_what_was_said_in_lines_is_one() -> None:
    assert notification("osc9", Alert("bob in tea", "alice:\ntea\n\tor milk?"), {}) == (
        "\x1b]9;bob in tea: alice: tea or milk?\x1b\\"
    )


def test_in_tmux_it_is_wrapped_for_the_terminal_around_it() -> None:
    sequence = notification("osc9", ALERT, {"TMUX": "/run/tmux/1,2,0"})
    assert sequence == "\x1bPtmux;\x1b\x1b]9;bob in tea: alice: hello\x1b\x1b\\\x1b\\"
    assert notification("bell", ALERT, {"TMUX": "/run/tmux/1,2,0"}) == "\a"


@given(st.sampled_from(["osc9", "osc777"]), ANY_TEXT, ANY_TEXT)
def test_nothing_that_is_said_gets_out_of_it(kind: str, title: str, text: str) -> None:
    sequence = notification(kind, Alert(title, text * 50), {})  # type: ignore[arg-type]
    assert sequence.startswith("\x1b]")
    assert sequence.endswith("\x1b\\")
    payload = sequence[2:-2]
    assert PAYLOAD.fullmatch(payload)
    assert not HARM.search(payload)
    assert width(payload) <= 430
