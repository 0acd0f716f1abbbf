"""People who come into a chat room by the client, and what they see there."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.client.emulator import CURSOR_SHOWN
from tests.client.terminal import ENTER, LIMIT, Terminal, terminal
from tests.e2e.peers import Bot
from tests.e2e.processes import noon

PROGRAM = Path(sys.executable).with_name("chatroom-urwid")
"""The client, as it is installed."""


@contextmanager
def client(
    port: int,
    username: str = "",
    *options: str,
    room: str = "",
    columns: int = 100,
    rows: int = 30,
    env: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run a client; *username* comes into the lobby by it, or into *room*, which is opened if it is not there."""
    # Most tests are about other things than who is shown, and how often; one that is not says so.
    arguments = ["--joins", "all", "--no-runs", *options, *(("--username", username) if username else ())]
    # The rows of a screen are counted, and no day is to end among them.
    environment = {"TZ": noon(), **(env or {})}
    program = terminal(PROGRAM, "127.0.0.1", str(port), *arguments, columns=columns, rows=rows, env=environment)
    with program as t:
        if username:
            shows(t, f" {username} · lobby", "Type to filter")
        if room:
            enter(t, username, room)
        yield t


def enter(t: Terminal, username: str, room: str) -> None:
    """Let *username*, who is in the lobby, enter *room* or open it."""
    wait(t, lambda t: re.search(r"\d rooms? ", t.line(0)) is not None)
    t.press(room)
    shows(t, f"Room: {room}")
    t.press(ENTER)
    wait(t, lambda t: f" {username} · {room}" in t.text or "Topic:" in t.line(-1))
    if "Topic:" in t.line(-1):
        t.press(ENTER)
    shows(t, f" {username} · {room}", username)


def drawn(t: Terminal) -> bool:
    """Tell whether the screen is no half of a drawing, at the beginning of which the cursor is hidden."""
    return CURSOR_SHOWN in t.screen.on


def wait(t: Terminal, true: Callable[[Terminal], bool], within: float = LIMIT) -> None:
    """Wait until a whole screen is such that something is *true*."""
    t.wait_for(lambda t: drawn(t) and true(t), within)


def shows(t: Terminal, *texts: str, without: tuple[str, ...] = (), within: float = LIMIT) -> None:
    """Wait until all of *texts* are on the screen together, and none of those that it is to be *without*."""

    def shown(t: Terminal) -> bool:
        return drawn(t) and all(text in t.text for text in texts) and not any(text in t.text for text in without)

    shown.__name__ = f"{texts} without {without}"
    t.wait_for(shown, within)


def typed(t: Terminal, text: str) -> None:
    """Wait until the line that is typed is *text*, with the cursor behind it."""

    def seen(t: Terminal) -> bool:
        prompt = f" > {text}"
        return drawn(t) and t.line(-1) == prompt.rstrip() and t.cursor == (t.screen.cells.lines - 1, len(prompt))

    seen.__name__ = f"the typed line {text!r}"
    t.wait_for(seen)


def begun(t: Terminal) -> None:
    """Wait until a client whose screen is too small to be told by its text has drawn for the first time."""
    t.wait_for(lambda t: b"\x1b[?25l" in t.raw and drawn(t))


def talk(t: Terminal) -> list[str]:
    """Return what is said, row by row, without the panels, the time, the marks of roles and what is around it."""
    lines = [line.replace("▏", " ") for line in t.lines[1:]]
    # Below it is the bar, or above that a box.
    ends = (number for number, line in enumerate(lines) if re.match(r" \S+ · \S", line) or (number and line[:1] == "─"))
    rows = [line.split("│")[1] if "│" in line else line for line in lines[: next(ends, len(lines) - 1)]]
    return [
        text for row in rows if (text := re.sub(r"^ +\d\d:\d\d +[~&@]?| {2,}", " ", row).strip()) and "─┬─" not in text
    ]


def sees(t: Terminal, *lines: str) -> None:
    """Wait until the last lines of the room are *lines*, each as :func:`talk` writes it."""

    def seen(t: Terminal) -> bool:
        return drawn(t) and talk(t)[-len(lines) :] == list(lines)

    seen.__name__ = f"the lines {lines}"
    t.wait_for(seen)


def solid(text: str) -> str:
    """Return *text* without blanks and borders: where a path is part of it, which may be long, rows end anywhere."""
    return "".join(text.replace("│", "").split())


def tabs(t: Terminal) -> list[str]:
    """Return the rooms in the left panel, each as its number, its name and its news."""
    rows = [" ".join(line.split("│")[0].split()) for line in t.lines[2:-2] if "│" in line]
    return [row for row in rows if row]


def members(t: Terminal) -> list[str]:
    """Return the names in the right panel, without the marks of roles."""
    names = [line.split("│")[2].strip() for line in t.lines[2:-2] if line.count("│") == 2]
    return [name.lstrip("~&@") for name in names if name]


def says(bot: Bot, room: str, *texts: str) -> None:
    """Let *bot* say *texts* one after the other, until the last is stored."""
    for text in texts[:-1]:
        bot.begin("say", room=room, text=text)
    assert bot.ask("say", room=room, text=texts[-1])["type"] == "ok"


def history(bot: Bot, room: str) -> list[str]:
    """Return everything that was ever said in *room*, each line with the name of who said it."""
    lines: list[str] = []
    after = 0
    while True:
        page = bot.ask("history", room=room, after=after)
        lines += (f"{entry['from']} {entry['text']}" for entry in page["entries"])
        if not page["more"]:
            return lines
        after = page["entries"][-1]["seq"]


def page_colours(t: Terminal) -> set[str]:
    """Return the colours above the bar, which tells how fast answers come, but for the terminal's own."""
    rows, columns = range(t.screen.cells.lines - 2), range(t.screen.cells.columns)
    cells = [t.style(row, column) for row in rows for column in columns]
    return ({cell.fg for cell in cells} | {cell.bg for cell in cells}) - {"default"}
