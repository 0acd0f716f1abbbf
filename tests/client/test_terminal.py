from __future__ import annotations

import signal
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.client.emulator import Emulator
from tests.client.terminal import ENTER, UP, Terminal, alt, ctrl, terminal

ECHO = """
import sys, termios, tty
tty.setraw(0)
sys.stdout.write("\\x1b[?1049h\\x1b[?2004h\\x1b[?2026$p\\x1b[c\\x1b[?25lready")
sys.stdout.flush()
while (key := sys.stdin.buffer.raw.read(100)) != b"q":
    sys.stdout.write("\\x1b[2J\\x1b[H" + ascii(key))
    sys.stdout.flush()
"""
"""A program that draws what it reads, until a q, and cleans nothing up."""


def shown(*data: bytes, columns: int = 20, rows: int = 3, clusters: bool = True) -> Emulator:
    screen = Emulator(columns, rows, clusters=clusters)
    for piece in data:
        screen.feed(piece)
    return screen


def test_what_is_typed_and_written_is_on_the_screen() -> None:
    with terminal("cat", columns=20, rows=4) as t:
        t.press("tea", ENTER)
        t.wait_for(lambda t: t.lines == ["tea", "tea", "", ""])
        assert t.cursor == (2, 0)
        assert t.line(0) == "tea"


def test_a_program_that_ends_gives_its_status_and_what_it_wrote_last() -> None:
    with terminal(sys.executable, "-c", "print('bye'); raise SystemExit(3)") as t:
        assert t.ends() == 3
        assert t.line(0) == "bye"
        assert t.left_changed() == []


def test_a_signal_ends_a_program() -> None:
    with terminal("cat") as t:
        t.signal(signal.SIGTERM)
        assert t.ends() == -signal.SIGTERM


def test_what_does_not_come_fails_with_a_picture() -> None:
    with terminal("cat", columns=10, rows=2) as t:
        t.press("tea", ENTER)
        with pytest.raises(AssertionError, match=r"(?s)'coffee' does not come.*running.*│tea       │"):
            t.wait_for("coffee", within=0.2)


def test_what_does_not_come_from_a_program_that_has_ended_fails_at_once() -> None:
    with terminal("true") as t, pytest.raises(AssertionError, match="ended with 0"):
        t.wait_for("anything", within=3600)


def test_a_program_that_is_not_there_says_so_on_the_screen() -> None:
    with terminal("no-such-program") as t:
        assert t.ends() == 1
        assert "FileNotFoundError" in t.text


def test_a_program_is_ended_when_the_block_is_left() -> None:
    with terminal(sys.executable, "-c", "import signal\nsignal.signal(15, signal.SIG_IGN)\nprint('up')\ninput()") as t:
        t.wait_for("up")
    with pytest.raises(ProcessLookupError):
        t.signal(signal.SIGTERM)


def test_keys_are_sent_as_terminals_send_them() -> None:
    with terminal(sys.executable, "-c", ECHO, answers=False) as t:
        t.wait_for("ready")
        for key, sent in {UP: r"b'\x1b[A'", ctrl("a"): r"b'\x01'", alt("7"): r"b'\x1b7'", "é": r"b'\xc3\xa9'"}.items():
            t.press(key)
            t.wait_for(sent)


def test_a_paste_is_bracketed_where_that_is_asked_for() -> None:
    with terminal(sys.executable, "-c", ECHO, answers=False) as t:
        t.wait_for("ready")
        t.paste("one\ntwo")
        t.wait_for(r"b'\x1b[200~one\rtwo\x1b[201~'")


def test_a_program_is_answered() -> None:
    with terminal(sys.executable, "-c", ECHO) as t:
        t.wait_for(r"b'\x1b[?2026;2$y\x1b[?62;22c'")


def test_a_program_is_not_answered_if_it_is_not_to_be() -> None:
    with terminal(sys.executable, "-c", ECHO, answers=False) as t:
        t.wait_for("ready")
        t.press("x")
        t.wait_for("b'x'")


def test_what_a_program_leaves_switched_on_is_told() -> None:
    with terminal(sys.executable, "-c", ECHO) as t:
        t.wait_for("b'")
        t.press("q")
        assert t.ends() == 0
        changed = ["mode 1049 is on", "mode 2004 is on", "mode 25 is off", "the settings of the terminal"]
        assert t.left_changed() == changed


def test_a_window_of_another_size_is_told_to_the_program() -> None:
    # It waits for a signal that may come before it waits.
    waits = "signal.pthread_sigmask(signal.SIG_BLOCK, [28])\nprint('up', flush=True)\nsignal.sigwait([28])"
    program = f"import os, signal\n{waits}\nprint(os.get_terminal_size())\ninput()"
    with terminal(sys.executable, "-c", program) as t:
        t.wait_for("up")
        t.resize(61, 17)
        t.wait_for("columns=61, lines=17")
        assert len(t.lines) == 17


def test_a_program_stops_and_goes_on() -> None:
    with terminal("cat") as t:
        t.press("one", ENTER, ctrl("z"))
        t.stops()
        t.go_on()
        t.press("two", ENTER)
        t.wait_for(lambda t: t.text.count("two") == 2)


def test_a_program_that_reads_nothing_holds_nobody_up() -> None:
    with terminal(sys.executable, "-c", "import tty; tty.setraw(0); print('up'); import signal; signal.pause()") as t:
        t.wait_for("up")
        t.press("x" * 100_000)
        t.signal(signal.SIGKILL)
        assert t.ends() == -signal.SIGKILL


def test_the_environment_is_the_same_everywhere() -> None:
    with terminal("env", env={"NO_COLOR": "1"}, columns=200) as t:
        t.ends()
        assert {"TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC", "NO_COLOR=1"} <= set(t.lines)


def test_the_normal_screen_comes_back_as_it_was() -> None:
    screen = shown(b"before", b"\x1b[?1049h\x1b[2J\x1b[2;2Hinside")
    assert screen.lines == ["", " inside", ""]
    assert 1049 in screen.on
    screen.feed(b"\x1b[?1049l!")
    assert screen.lines == ["before!", "", ""]


def test_styles_and_colours_belong_to_cells() -> None:
    screen = shown(b"a\x1b[1;31mb\x1b[0;38;5;208;48;2;1;2;3mc\x1b[3;4;7md\x1b[mE")
    styles = [screen.style(0, column) for column in range(5)]
    assert (styles[1].bold, styles[1].fg) == (True, "red")
    assert (styles[2].bold, styles[2].fg, styles[2].bg) == (False, "ff8700", "010203")
    assert styles[3].italics
    assert styles[3].underscore
    assert styles[3].reverse
    assert styles[4] == styles[0]._replace(data="E")


def test_wide_characters_have_two_cells_and_read_right() -> None:
    screen = shown("日本 x".encode())
    assert screen.lines[0] == "日本 x"
    assert screen.find("x") == (0, 5)
    assert screen.cursor == (0, 6)
    screen.feed(b"\x1b[1;2H!")
    assert screen.lines[0] == " !本 x"


def test_a_wide_character_that_does_not_fit_goes_to_the_next_line() -> None:
    assert shown("abc日".encode(), columns=4).lines == ["abc", "日", ""]


@pytest.mark.parametrize("cluster", ["e\u0301", "ก็", "日\u0301"])
def test_combining_characters_stay_with_what_they_combine_with(cluster: str) -> None:
    screen = shown(f"a{cluster}b".encode())
    assert screen.lines[0] == f"a{cluster}b"


@pytest.mark.parametrize("emoji", ["❤\ufe0f", "👨\u200d👩\u200d👧", "👍🏽", "🇩🇪"])
def test_an_emoji_has_two_cells(emoji: str) -> None:
    screen = shown(f"a{emoji}b".encode())
    assert screen.lines[0] == f"a{emoji}b"
    assert screen.find("b") == (0, 3)


def test_in_an_older_terminal_every_character_of_an_emoji_has_cells() -> None:
    assert shown("👨\u200d👩b".encode(), clusters=False).find("b") == (0, 4)


@pytest.mark.parametrize(
    "sequence",
    [
        b"\x1b[>1u", b"\x1b[<u", b"\x1b[?u", b"\x1b[?2026$p", b"\x1b[c", b"\x1b[>c", b"\x1b[>q", b"\x1b[>4;2m",
        b"\x1b[22;0;0t", b"\x1b[2 q", b"\x1b[!p", b"\x1b]11;?\x07", b"\x1b]10;?\x1b\\", b"\x1b]8;;http://x\x1b\\",
        b"\x1bP+q544e\x1b\\", b"\x1b_G\x1b\\", b"\x1b=", b"\x1b>", b"\x1b)0", b"\x1b%G", b"\x1b[4:3m\x1b[m",
        b"\xc2\x9b0m",
    ],
)  # fmt: skip
def test_what_the_terminal_does_not_know_leaves_no_trace_however_it_comes(sequence: bytes) -> None:
    whole = shown(b"a" + sequence + b"b")
    assert whole.lines[0] == "ab"
    assert whole.style(0, 1)._replace(data="a") == whole.style(0, 0)
    pieces = shown(b"a", *(sequence[at : at + 1] for at in range(len(sequence))), b"b")
    assert pieces.lines == whole.lines


def test_the_terminal_tells_its_colours() -> None:
    assert Emulator(9, 9).feed(b"\x1b]11;?\x07") == "\x1b]11;rgb:0000/0000/0000\x1b\\"
    assert Emulator(9, 9, dark=False).feed(b"\x1b]11;?\x07") == "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"


def test_the_terminal_tells_which_modes_are_on() -> None:
    screen = shown(b"\x1b[?2004h")
    assert screen.feed(b"\x1b[?2004$p\x1b[?1006$p\x1b[?2027$p") == "\x1b[?2004;1$y\x1b[?1006;2$y\x1b[?2027;0$y"


def test_a_screen_that_shrinks_keeps_its_cursor_inside() -> None:
    screen = shown(b"\x1b[?1049hone\x1b[3;9Hx", columns=10)
    screen.cells.resize(1, 5)
    assert screen.lines == ["one"]
    assert screen.cursor == (0, 4)
    screen.feed(b"\x1b[?1049l")
    assert screen.lines == [""]


JUNK = st.lists(
    st.text() | st.from_regex(r"\x1b[\[\]P_()#%]?[<=>?]?[0-9;:]{0,6}[ -/]?[@-~]", fullmatch=True), max_size=8
)


@example(junk=["\x1b[?r", "\x1b[?;s"], clusters=False)
@given(JUNK, st.booleans())
def test_nothing_written_breaks_the_screen(junk: list[str], clusters: bool) -> None:
    screen = shown(*(piece.encode("utf-8", "surrogatepass") for piece in junk), clusters=clusters)
    row, column = screen.cursor
    assert len(screen.lines) == screen.cells.lines
    assert 0 <= row < screen.cells.lines
    assert 0 <= column < screen.cells.columns


def test_a_terminal_draws_itself() -> None:
    with terminal("true", columns=3, rows=1) as t:
        t.ends()
        assert str(t) == "cursor at (0, 0), ended with 0\n┌───┐\n│   │\n└───┘"
        assert isinstance(t, Terminal)
