"""The talk in the README is what happens."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.peers import Peer, bots
from tests.e2e.processes import Server

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
TALK = re.search(r"^\$ nc localhost 8080\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_talk_of_the_readme_is_what_happens(server: Server) -> None:
    assert TALK
    with bots(server.address, "bob") as [bob], Peer(server.address) as alice:
        bob.ask("create", room="tea", topic="Tea and biscuits")
        for line in TALK[1].splitlines():
            if not re.match(r"\* |\d\d:\d\d ", line):
                alice.send(line)
                continue
            if found := re.search(r"<bob> (.*)", line):
                bob.ask("say", room="tea", text=found[1])
            assert re.sub(r"^\d\d:\d\d", "23:20", alice.receive() or "") == line
        bob.ask("delete", room="tea")
