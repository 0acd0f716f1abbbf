"""A client as somebody wants it: its configuration file, from writing it to what is seen of it."""

from __future__ import annotations

import re
import subprocess
from itertools import count
from pathlib import Path

from chatroom.client.views.hues import first_choice
from tests.client.e2e.house import PROGRAM, client, enter, says, shows, solid, talk, wait
from tests.client.terminal import ENTER, ctrl, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import LIMIT, Server

FILE = """\
host = "127.0.0.1"
port = {port}
username = "alice"
theme = "drak"
highlight = "kettle"
text-width = 40
time-format = "%H.%M"

[keys]
lobby = "ctrl-g"
help = ["alt-h", "f2"]
redraw = "x"

[colors]
own = "bold, dark green"
"""


def test_host_name_keys_words_and_colours_come_from_the_file(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "chatroom" / "client.toml"
    path.parent.mkdir()
    path.write_text(FILE.format(port=server.address[1]), encoding="utf-8")
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    with terminal(PROGRAM, columns=240, env=env) as t, bots(server.address, "bob") as [bob]:
        # The rest counts, though not all of it is right.
        shows(t, " alice · lobby", "Alt+h keys")
        text = solid(t.text)
        assert solid(f'{path}, line 4, theme: "drak" is none of auto, dark') in text
        assert solid(f'{path}, line 12, redraw: "x" types text') in text

        enter(t, "alice", "own")
        bob.ask("join", room="own")
        says(bob, "own", "who has the kettle on a day like this, with so much rain?")
        said = re.compile(r"│ \d\d\.\d\d   bob ▏who has the kettle on a day like this, *│")
        wait(t, lambda t: bool(said.search(t.text)) and talk(t)[-1:] == ["with so much rain?"])
        row, column = t.find("kettle")
        assert t.style(row, column).bold
        assert not t.style(row, column - 2).bold
        assert t.style(*t.find("alice")).fg == "green"

        t.press(ctrl("g"))
        shows(t, " alice · lobby")
        t.press("\x1bh")
        shows(t, "type to find")
        t.press("kettle", ENTER, "/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []


def test_who_enters_a_room_at_once_is_told_there_what_is_wrong(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f"host = '127.0.0.1'\nport = {server.address[1]}\nroom = ['open', 'shut']\nlobby = 1", encoding="utf-8"
    )
    with bots(server.address, "bob") as [bob], terminal(PROGRAM, "--config", path) as t:
        bob.ask("create", room="open")
        says(bob, "open", *(f"line {number}" for number in range(50)))
        wrong = "line 4, lobby: there is no such option"
        # A path that is longer than the box is cut.
        wait(t, lambda t: "Your name:" in t.text and solid(wrong) in solid(t.text))
        t.press("alice", ENTER)
        shows(t, " alice · open", "line 49", "shut")
        wait(t, lambda t: solid(f"{path}, {wrong}") in solid("".join(talk(t))))


def test_where_there_are_few_colours_two_who_speak_do_not_look_alike(server: Server) -> None:
    # Rose and red are one colour of 16.
    other = next(name for name in map("p{}".format, count()) if first_choice(name) == first_choice("bob") + 1)
    few = client(server.address[1], "alice", room="few", env={"TERM": "xterm-16color"})
    with few as t, bots(server.address, "bob", other) as people:
        for each in people:
            each.ask("join", room="few")
            says(each, "few", "hello")
        wait(t, lambda t: {"bob hello", f"{other} hello"} <= set(talk(t)))
        assert t.style(*t.find("bob")).fg != t.style(*t.find(other)).fg


def run(*arguments: str | Path, home: Path) -> tuple[int, str, str]:
    """Return the exit status of a client, and what it writes where there is no terminal."""
    env = {"HOME": str(home)}
    ended = subprocess.run((PROGRAM, *arguments), env=env, capture_output=True, text=True, timeout=LIMIT, check=False)
    return ended.returncode, ended.stdout, ended.stderr


def test_a_file_is_written_and_one_that_is_missed_is_asked_for(tmp_path: Path) -> None:
    status, written, _ = run("--print-config", home=tmp_path)
    assert status == 0
    assert "#text-width = 100\n" in written
    assert '#lobby = "F2"\n' in written

    status, _, told = run(home=tmp_path)
    assert status == 2
    assert 'which server? Name its HOST, or write host = "…" into ' in told

    mistaken = tmp_path / "client.toml"
    mistaken.write_text("".join(f"x{number} = 1\n" for number in range(9)))
    for asked, ends in ([], 2), (["--check-config"], 1):
        status, written, told = run(*asked, "--config", mistaken, home=tmp_path)
        problems = [line for line in told.splitlines() if "there is no such option" in line]
        assert (status, written, len(problems)) == (ends, "", 9)
    assert "which server?" not in told
    mistaken.write_text("tls = true\n")
    assert run("--check-config", "--config", mistaken, home=tmp_path) == (0, "", "")

    assert run("localhost", "--config", tmp_path / "none", home=tmp_path) == (
        1,
        "",
        f"chatroom-urwid: it can't read {tmp_path / 'none'}: No such file or directory\n",
    )
