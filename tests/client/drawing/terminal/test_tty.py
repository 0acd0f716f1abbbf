"""The terminal, played by a pseudo-terminal: what its keys are called, and that it is left as it was found."""

from __future__ import annotations

import os
import pty
import select
import termios
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from typing import TextIO

import pytest
import urwid
from typing_extensions import override

from chatroom.client.drawing.terminal.tty import Tty
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT

XTERM = {"TERM": "xterm-256color"}


class Desk:
    """A screen on a pseudo-terminal of which we hold the other end."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.input: TextIO = os.fdopen(theirs, "r", encoding="utf-8")
        self.output: TextIO = os.fdopen(os.dup(theirs), "w", encoding="utf-8")
        self.terminal = theirs
        self.closed = 0
        self.found = termios.tcgetattr(theirs)

    def screen(self, environ: dict[str, str] = XTERM) -> Tty:
        return Tty(self._count, self.input, self.output, environ)

    def typed(self, screen: Tty, keys: bytes) -> list[str]:
        """Return what *screen* calls the *keys* that are pressed."""
        os.write(self._ours, keys)
        assert select.select([self.terminal], [], [], 10)[0]
        names, _ = screen.get_input(raw_keys=True)
        return [name for name in names if isinstance(name, str)]

    def written(self) -> bytes:
        """Return what was written to the terminal since one last looked."""
        self.output.flush()
        seen = b""
        while select.select([self._ours], [], [], 0)[0]:
            seen += os.read(self._ours, 65536)
        return seen

    def hang_up(self) -> None:
        """Take the terminal away, if it is still there."""
        if self._ours >= 0:
            os.close(self._ours)
            self._ours = -1

    def clear_up(self) -> None:
        """Close all that is open."""
        self.input.close()
        # What was not written before the terminal went can't be any more.
        with suppress(OSError):
            self.output.close()
        self.hang_up()

    def _count(self) -> None:
        self.closed += 1


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.clear_up()


def test_enter_and_ctrl_j_are_two_keys(desk: Desk) -> None:
    screen = desk.screen()
    with screen.start():
        assert desk.typed(screen, b"\r\n\x1b\r") == ["enter", "ctrl j", "meta enter"]


@pytest.mark.parametrize(
    ("keys", "action"),
    [
        (b"\x01", Action.BEGINNING_OF_LINE),
        (b"\x05", Action.END_OF_LINE),
        (b"\x02", Action.BACKWARD_CHAR),
        (b"\x06", Action.FORWARD_CHAR),
        (b"\x1bb", Action.BACKWARD_WORD),
        (b"\x1b[1;5D", Action.BACKWARD_WORD),
        (b"\x1bf", Action.FORWARD_WORD),
        (b"\x1b[1;5C", Action.FORWARD_WORD),
        (b"\x17", Action.UNIX_WORD_RUBOUT),
        (b"\x1bd", Action.KILL_WORD),
        (b"\x1b\x7f", Action.BACKWARD_KILL_WORD),
        (b"\x15", Action.UNIX_LINE_DISCARD),
        (b"\x0b", Action.KILL_LINE),
        (b"\x19", Action.YANK),
        (b"\x14", Action.TRANSPOSE_CHARS),
        (b"\x1f", Action.UNDO),
        (b"\x1b_", Action.REDO),
        (b"\x12", Action.SEARCH_SENT),
        (b"\x07", Action.CANCEL),
        (b"\x1b[1;5A", Action.OLDER_ANYWHERE),
        (b"\x1b[1;5B", Action.NEWER_ANYWHERE),
        (b"\n", Action.NEWLINE),
        # So write terminals that are set to tell them from Enter.
        (b"\x1b[13;2u", Action.NEWLINE),
        (b"\x1b[27;5;13~", Action.NEWLINE),
    ],
)
def test_the_keys_of_readline_mean_what_they_do_there(desk: Desk, keys: bytes, action: Action) -> None:
    screen = desk.screen()
    with screen.start():
        assert [DEFAULT.actions[key] for key in desk.typed(screen, keys)] == [action]


@pytest.mark.parametrize("letter", "cqsvyo")
def test_what_a_terminal_would_keep_for_itself_is_a_key(desk: Desk, letter: str) -> None:
    screen = desk.screen()
    with screen.start():
        assert desk.typed(screen, bytes([ord(letter) & 31])) == [f"ctrl {letter}"]


def test_keys_that_other_systems_keep_are_asked_for_too(desk: Desk) -> None:
    with desk.screen().start():
        assert not termios.tcgetattr(desk.terminal)[3] & termios.IEXTEN


def test_what_is_pasted_is_told_from_what_is_typed(desk: Desk) -> None:
    screen = desk.screen()
    with screen.start():
        assert b"\x1b[?2004h" in desk.written()
        assert desk.typed(screen, b"\x1b[200~a\n\x1b[201~") == ["begin paste", "a", "ctrl j", "end paste"]
    assert b"\x1b[?2004l" in desk.written()


def test_the_terminal_tells_its_focus(desk: Desk) -> None:
    screen = desk.screen()
    with screen.start():
        assert b"\x1b[?1004h" in desk.written()
        assert desk.typed(screen, b"\x1b[Oa\x1b[I") == ["focus out", "a", "focus in"]
    assert b"\x1b[?1004l" in desk.written()


@pytest.mark.parametrize("term", ["linux", "dumb", ""])
def test_a_terminal_that_knows_neither_pasting_nor_focus_is_not_told_of_them(desk: Desk, term: str) -> None:
    with desk.screen({"TERM": term}).start():
        written = desk.written()
        assert b"2004" not in written
        assert b"1004" not in written


def test_the_title_of_the_window_is_told_once_and_given_back(desk: Desk) -> None:
    screen = desk.screen()
    with screen.start():
        assert b"\x1b[22;2t" in desk.written()
        screen.title("chatroom: tea")
        screen.title("chatroom: tea")
        assert desk.written() == b"\x1b]2;chatroom: tea\x1b\\"
        screen.title("\x1b[31m\x07" + "tea" * 100)
        assert b"\x1b" not in (title := desk.written())[4:-2]
        assert len(title.decode()) <= 90
    assert desk.written().count(b"\x1b[23;2t") == 1
    screen.title("too late")
    assert desk.written() == b""


def test_after_it_was_stopped_for_a_while_the_title_is_told_again(desk: Desk) -> None:
    screen = desk.screen()
    for _ in range(2):
        with screen.start():
            screen.title("chatroom")
            assert b"\x1b]2;chatroom\x1b\\" in desk.written()


@pytest.mark.parametrize("term", ["linux", "linux-16color", "dumb", "vt220", ""])
def test_a_terminal_that_knows_no_titles_is_not_told_of_them(desk: Desk, term: str) -> None:
    screen = desk.screen({"TERM": term})
    with screen.start():
        screen.title("chatroom")
    assert b"chatroom" not in (written := desk.written())
    assert b"2t" not in written


def test_xterm_is_told_to_tell_what_alt_means_and_then_is_as_it_was(desk: Desk) -> None:
    with desk.screen().start():
        assert b"\x1b[?1036;1039s\x1b[?1036;1039h" in desk.written()
    assert b"\x1b[?1036;1039r" in desk.written()
    with desk.screen({"TERM": "tmux-256color"}).start():
        assert b"1036" not in desk.written()


@pytest.mark.parametrize(
    ("environ", "slanted"),
    [({"TERM": "screen"}, False), ({"TERM": "screen", "TMUX": "/tmp/tmux"}, True), (XTERM, True)],
)
def test_what_is_slanted_is_not_shown_in_reverse(desk: Desk, environ: dict[str, str], slanted: bool) -> None:
    screen = desk.screen(environ)
    screen.register_palette_entry("action", "italics", "", "", "italics", "")
    with screen.start():
        screen.draw_screen((3, 1), urwid.AttrMap(urwid.Text("bow"), "action").render((3,)))
    assert (b"\x1b[0;39;3;49m" in desk.written()) == slanted


def test_the_mouse_is_given_back(desk: Desk) -> None:
    screen = desk.screen()
    with screen.start():
        assert b"\x1b[?1006h" not in desk.written()
        screen.set_mouse_tracking(True)
        assert b"\x1b[?1006h" in desk.written()
    assert b"\x1b[?1006l" in desk.written()


def test_a_terminal_that_was_never_told_its_size_has_the_usual_one(desk: Desk) -> None:
    assert desk.screen().get_cols_rows() == (80, 24)


def test_the_terminal_is_asked_nothing(desk: Desk) -> None:
    with desk.screen().start():
        assert b"$p" not in desk.written()


def test_the_terminal_is_left_as_it_was_found(desk: Desk) -> None:
    screen = desk.screen()
    screen.start()
    assert termios.tcgetattr(desk.terminal) != desk.found
    screen.stop()
    assert termios.tcgetattr(desk.terminal) == desk.found
    screen.stop()
    assert termios.tcgetattr(desk.terminal) == desk.found


def test_it_can_be_taken_and_left_again(desk: Desk) -> None:
    screen = desk.screen()
    for _ in range(2):
        with screen.start():
            assert desk.typed(screen, b"\n") == ["ctrl j"]
        assert termios.tcgetattr(desk.terminal) == desk.found


def test_after_a_start_that_failed_it_is_left_as_it_was_found(desk: Desk) -> None:
    class Broken(Tty):
        @override
        def signal_init(self) -> None:
            raise RuntimeError("not in this thread")

    screen = Broken(lambda: None, desk.input, desk.output, XTERM)
    with pytest.raises(RuntimeError, match="not in this thread"):
        screen.start()
    assert termios.tcgetattr(desk.terminal) != desk.found
    screen.stop()
    assert termios.tcgetattr(desk.terminal) == desk.found


def test_it_is_left_as_it_was_found_even_if_nothing_can_be_written(desk: Desk) -> None:
    class Stuck(StringIO):
        @override
        def flush(self) -> None:
            if full:
                raise OSError("no space left on device")

    full: list[bool] = []
    screen = Tty(lambda: None, desk.input, Stuck(), XTERM)
    screen.start()
    full.append(True)
    screen.stop()
    assert termios.tcgetattr(desk.terminal) == desk.found


def test_a_terminal_that_is_gone_is_told_of_and_does_no_harm(desk: Desk) -> None:
    screen = desk.screen()
    screen.start()
    desk.hang_up()
    assert screen.get_available_raw_input() == []
    assert desk.closed
    screen.stop()
    assert not screen.started


def test_the_screen_has_the_colours_of_its_terminal(desk: Desk) -> None:
    assert [desk.screen({"TERM": term}).colors for term in ("linux", "xterm", "xterm-direct")] == [16, 256, 2**24]
