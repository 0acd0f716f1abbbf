"""The talks on the first pages are what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.e2e.peers import Peer, bots
from tests.e2e.processes import Server, running
from tests.e2e.scenes import pattern

ROOT = Path(__file__).parents[2]
FRAMES = re.search(
    r"^\$ printf '%s\\n' (.*) \| nc -N localhost 8080\n(.*?)^```$",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def talk(page: str) -> list[str]:
    """Return the lines of the talk by netcat on *page*."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(r"^\$ nc localhost 8080\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found[1].splitlines()


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_the_talk_with_bob_is_what_happens(page: str, server: Server) -> None:
    with bots(server.address, "bob") as [bob], Peer(server.address) as alice:
        bob.ask("create", room="tea", topic="Tea and biscuits")
        for line in talk(page):
            if not re.match(r"\* |\d\d:\d\d ", line):
                alice.send(line)
                continue
            if found := re.search(r"<bob> (.*)", line):
                bob.ask("say", room="tea", text=found[1])
            assert re.sub(r"^\d\d:\d\d", "23:20", alice.receive() or "") == line
        bob.ask("delete", room="tea")


def test_the_first_words_on_a_new_server_are_what_happens(tmp_path: Path) -> None:
    with running(tmp_path) as server, Peer(server.address) as alice:
        for line in talk("docs/install.md"):
            if re.match(r"\* |\d\d:\d\d ", line):
                assert re.sub(r"^\d\d:\d\d", "12:00", alice.receive() or "") == line
            else:
                alice.send(line)


def test_the_frames_of_the_readme_are_what_happens(server: Server) -> None:
    assert FRAMES
    with bots(server.address, "bob") as [bob], Peer(server.address) as robot:
        bob.ask("create", room="tea", topic="Tea and biscuits")
        for line in shlex.split(FRAMES[1]):
            robot.send(line)
        robot.half_close()
        shown = FRAMES[2].splitlines()
        got = robot.rest()
        assert len(got) == len(shown)
        assert all(pattern(line).fullmatch(answer) for line, answer in zip(shown, got, strict=True)), got
        bob.ask("delete", room="tea")
