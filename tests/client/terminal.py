"""A terminal for tests: a program under a real pseudo-terminal, keys pressed, and its screen as people see it.

>>> with terminal("chatroom-urwid", "127.0.0.1", "8080") as t:
...     t.wait_for("Username")
...     t.press("alice", ENTER)
...     t.wait_for("Lobby")
...     t.press(ctrl("c"))
...     assert t.ends() == 0
...     assert t.left_changed() == []
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyte.screens import Char
from typing_extensions import override

from tests.client.emulator import CURSOR_SHOWN, WRAPS, Emulator
from tests.forking.children import fork

LIMIT = 60.0
"""Seconds after which what is waited for will not come."""

ENTER, TAB, ESC, BACKSPACE, SPACE = "\r", "\t", "\x1b", "\x7f", " "
SHIFT_TAB = "\x1b[Z"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END = "\x1b[H", "\x1b[F"
INSERT, DELETE, PAGE_UP, PAGE_DOWN = "\x1b[2~", "\x1b[3~", "\x1b[5~", "\x1b[6~"
F1, F2, F3, F4, F5 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~"
CTRL_LEFT, CTRL_RIGHT, ALT_LEFT, ALT_RIGHT = "\x1b[1;5D", "\x1b[1;5C", "\x1b[1;3D", "\x1b[1;3C"

LEADER = Path(__file__).with_name("leader.py")
REPORT = re.compile(rb"\x1b\]leader;(\w+);(-?\d+)\x07")
REPORT_BEGUN = re.compile(rb"\x1b(?:\](?:[leadr]*(?:;[-\w]*){0,2})?)?\Z")


def ctrl(key: str) -> str:
    """Return what Ctrl with *key* sends."""
    return chr(ord(key.upper()) & 0x1F)


def alt(key: str) -> str:
    """Return what Alt with *key* sends."""
    return ESC + key


class Terminal:
    """A program and the terminal that it runs in; coordinates are rows and columns from 0."""

    def __init__(
        self, command: tuple[str | Path, ...], screen: Emulator, env: Mapping[str, str], answers: bool
    ) -> None:
        self.screen = screen
        self.raw = b""
        self.pid = 0
        self.status: int | None = None
        self._stopped = False
        self._answers = answers
        self._unparsed = b""
        self._unsent = b""
        self._ours, self._its = os.openpty()
        os.set_blocking(self._ours, False)
        self._size(screen.cells.columns, screen.cells.lines)
        self._settings = self.settings()
        child = fork(command, env, (self._its, self._its, self._its), leads=True)
        self._leader = child or subprocess.Popen(
            [sys.executable, "-IS", LEADER, *command],
            stdin=self._its,
            stdout=self._its,
            stderr=self._its,
            env=env,
            start_new_session=True,
        )
        try:
            self._until(lambda: self.pid > 0, LIMIT, f"{command[0]} did not start")
        except BaseException:
            self.close()
            raise

    @property
    def lines(self) -> list[str]:
        """What stands in the rows, without the blanks at their ends."""
        return self.screen.lines

    def line(self, row: int) -> str:
        """Return what stands in *row*; -1 is the last."""
        return self.screen.lines[row]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.screen.lines)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor."""
        return self.screen.cursor

    def find(self, text: str) -> tuple[int, int]:
        """Return row and column where *text* begins."""
        return self.screen.find(text)

    def style(self, row: int, column: int) -> Char:
        """Return what stands in a cell, with its ``fg``, ``bg``, ``bold``, ``italics``, ``underscore``, ``reverse``."""
        return self.screen.style(row, column)

    def press(self, *keys: str) -> None:
        """Type texts and keys."""
        self._send("".join(keys).encode())

    def paste(self, text: str) -> None:
        """Paste *text* as terminals do: bracketed if the program has asked for that."""
        text = text.replace("\n", "\r")
        self.press(f"\x1b[200~{text}\x1b[201~" if 2004 in self.screen.on else text)

    def wait_for(self, what: str | Callable[[Terminal], bool], within: float = LIMIT) -> None:
        """Read what the program writes until the screen shows a text, or what a predicate asks for."""
        shown = what if callable(what) else lambda terminal: what in terminal.text
        name = getattr(what, "__name__", "what was asked for") if callable(what) else repr(what)
        self._until(lambda: self.screen.whole and shown(self), within, f"{name} does not come")

    def ends(self, within: float = LIMIT) -> int:
        """Return its exit status, negative for a signal: it is about to end by itself."""
        self._until(lambda: self.status is not None, within, "it does not end")
        assert self.status is not None
        return self.status

    def stops(self, within: float = LIMIT) -> None:
        """See that it stops, as after Ctrl+Z: it is then in the background."""
        self._until(lambda: self._stopped, within, "it does not stop")

    def go_on(self) -> None:
        """Continue it in the foreground, as a shell does by ``fg``."""
        self._stopped = False
        self._leader.send_signal(signal.SIGUSR1)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.status is None, "it has ended"
        os.kill(self.pid, number)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size; the kernel then sends SIGWINCH."""
        self.screen.cells.resize(rows, columns)
        self._size(columns, rows)

    def settings(self) -> list[object]:
        """Return how the kernel treats the terminal's input and output; see :manpage:`termios(3)`."""
        settings: list[object] = termios.tcgetattr(self._its)
        return settings

    def left_changed(self) -> list[str]:
        """Return what is not as it was before the program ran, now that it has ended or stopped."""
        changed = [f"mode {mode} is on" for mode in sorted(self.screen.on - {CURSOR_SHOWN, WRAPS})]
        changed += [f"mode {mode} is off" for mode in (CURSOR_SHOWN, WRAPS) if mode not in self.screen.on]
        if self.settings() != self._settings:
            changed.append("the settings of the terminal")
        if self.screen.cells.cursor.attrs != self.screen.cells.default_char:
            changed.append("colours or looks")
        if self.raw.count(b"\x1b[>1u") != self.raw.count(b"\x1b[<u"):
            changed.append("the keyboard's protocol")
        if self.raw.count(b"\x1b[22;2t") != self.raw.count(b"\x1b[23;2t"):
            changed.append("the title of the window")
        return changed

    @override
    def __str__(self) -> str:
        """Draw the screen."""
        state = f"ended with {self.status}" if self.status is not None else "stopped" if self._stopped else "running"
        return f"cursor at {self.cursor}, {state}\n{self.screen}"

    def close(self) -> None:
        """End the program, if it has not ended, and give everything back."""
        # The leader takes it along: as long as it has not seen it end, the number is nobody else's.
        self._leader.terminate()
        try:
            self._leader.wait(LIMIT)
        finally:
            self._leader.kill()
            self._leader.wait()
            os.close(self._ours)
            os.close(self._its)

    def _size(self, columns: int, rows: int) -> None:
        termios.tcsetwinsize(self._ours, (rows, columns))

    def _until(self, happened: Callable[[], bool], within: float, otherwise: str) -> None:
        deadline = time.monotonic() + within
        while not happened():
            left = deadline - time.monotonic()
            if left <= 0 or self.status is not None:
                raise AssertionError(f"{otherwise}; {self}")
            self._exchange(left)

    def _exchange(self, within: float) -> None:
        """Read what the program wrote, and send what it has not read, as soon as one is possible."""
        readable, writable, _ = select.select([self._ours], [self._ours] if self._unsent else [], [], within)
        if writable:
            self._unsent = self._unsent[os.write(self._ours, self._unsent) :]
        if readable:
            self._take(os.read(self._ours, 65536))

    def _send(self, data: bytes) -> None:
        # What does not fit goes out while something is waited for.
        self._unsent += data
        self._exchange(0)

    def _take(self, data: bytes) -> None:
        data = self._unparsed + data
        position = 0
        for report in REPORT.finditer(data):
            self._show(data[position : report.start()])
            self._note(report[1].decode(), int(report[2]))
            position = report.end()
        begun = REPORT_BEGUN.search(data, position)
        end = begun.start() if begun else len(data)
        self._show(data[position:end])
        self._unparsed = data[end:]

    def _show(self, data: bytes) -> None:
        self.raw += data
        answer = self.screen.feed(data)
        if self._answers:
            self._unsent += answer.encode()

    def _note(self, what: str, number: int) -> None:
        match what:
            case "started":
                self.pid = number
            case "stopped":
                self._stopped = True
            case "ended":
                self.status = number


@contextmanager
def terminal(
    *command: str | Path,
    columns: int = 100,
    rows: int = 30,
    env: Mapping[str, str] | None = None,
    clusters: bool = True,
    dark: bool = True,
    answers: bool = True,
) -> Iterator[Terminal]:
    """Run *command* in a terminal of its own, at most until the block is left.

    *env* adds to an environment that is the same everywhere; *clusters* and *dark* are those of
    :class:`~tests.client.emulator.Emulator`; without *answers* the terminal leaves the program's questions open.
    """
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
            "HOME": home,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            **(env or {}),
        }
        screen = Emulator(columns, rows, clusters=clusters, dark=dark)
        running = Terminal(command, screen, environment, answers)
        try:
            yield running
        finally:
            running.close()
