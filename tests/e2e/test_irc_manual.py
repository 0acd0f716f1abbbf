"""The bot of the manual of IRC does what it is said to do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.peers import bots
from tests.e2e.processes import running, started

pytestmark = pytest.mark.e2e

MANUAL = Path(__file__).parents[2] / "docs" / "irc.md"


def test_the_bot_counts_what_is_said_while_it_is_there(tmp_path: Path) -> None:
    [code] = re.findall(r"^```python\n(.*?)^```$", MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    bot = tmp_path / "bot.py"
    bot.write_text(code, encoding="utf-8")
    with running(tmp_path) as server, bots(server.address, "alice") as [alice]:
        alice.ask("create", room="tea")
        alice.ask("say", room="tea", text="!count")
        alice.ask("say", room="tea", text="this was before")
        host, port = server.address
        with started(sys.executable, bot, host, str(port), "#tea"):
            assert alice.event("joined")["username"] == "countess"
            for text in ("one", "two", "!count"):
                alice.ask("say", room="tea", text=text)
            answer = alice.wait(lambda frame: frame["type"] == "said" and frame["from"] == "countess")
        assert answer["text"] == "alice 2"
        assert answer["notice"] is True
