"""Links as the terminal is told of them."""

from __future__ import annotations

import re

import pytest
import urwid

from chatroom.client.drawing.widget import ViewWidget
from tests.client.drawing.reading import a_room, said
from tests.client.fakes import FakeDisplay

OPENED = re.compile(rb"\x1b\]8;id=([0-9a-f]+);([!-~]+)\x1b\\(.*?)\x1b\]8;;\x1b\\", re.DOTALL)
SIZE = 60, 12
LINK = "https://example.org/" + "x" * 60


def drawn(text: str, term: str = "xterm-256color", *, links: bool = True) -> FakeDisplay:
    """Return a terminal on which somebody has said *text*."""
    urwid.set_encoding("utf-8")
    display = FakeDisplay(*SIZE, term=term, links=links)
    display.start()
    widget = ViewWidget()
    widget.show(a_room(said(1, text)))
    display.draw_screen(SIZE, widget.render(SIZE))
    return display


def test_each_piece_of_a_wrapped_link_leads_to_the_whole_of_it() -> None:
    found = OPENED.findall(drawn(f"see {LINK} now").frame)
    assert {to for _, to, _ in found} == {LINK.encode()}
    assert len({id for id, _, _ in found}) == 1
    shown = [re.sub(rb"\x1b\[[0-9;]*m", b"", piece) for _, _, piece in found]
    assert b"".join(shown) == LINK.encode()
    assert len(shown) > 1


def test_what_stands_on_the_screen_is_the_same_with_and_without() -> None:
    text = f"❤️ see {LINK} ❤️ and https://bücher.example/❤️ お茶 www.a.example"
    with_links, without = drawn(text), drawn(text, links=False)
    assert with_links.screen.lines == without.screen.lines
    assert b"\x1b]8;" in with_links.frame
    assert b"\x1b]8;" not in without.frame


@pytest.mark.parametrize("term", ["linux", "screen", "screen.xterm-256color", "vt100", "dumb", ""])
def test_a_terminal_that_might_print_it_is_told_nothing(term: str) -> None:
    assert b"]8;" not in drawn(LINK, term).frame


def test_another_link_that_looks_the_same_is_drawn_anew() -> None:
    urwid.set_encoding("utf-8")
    display = FakeDisplay(*SIZE)
    display.start()
    widget = ViewWidget()
    for end in "ab":
        widget.show(a_room(said(1, f"https://example.org/{'x' * 99}{end}")))
        display.draw_screen(SIZE, widget.render(SIZE))
        pieces = OPENED.findall(display.frame)
        assert len(pieces) > 1
        assert {to[-1:] for _, to, _ in pieces} == {end.encode()}
