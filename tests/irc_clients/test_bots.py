"""Limnoria: a bot does what it is asked for, and not what somebody asked for before it came."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.peers import bots
from tests.e2e.processes import started
from tests.irc_clients.conftest import House, program

pytestmark = pytest.mark.e2e

CONF = """
supybot.nick: echo
supybot.ident: echo
supybot.networks: chat
supybot.networks.chat.servers: 127.0.0.1:{port}
supybot.networks.chat.ssl: False
supybot.networks.chat.channels: #tea
supybot.plugins: Utilities Misc
supybot.plugins.Utilities: True
supybot.plugins.Misc: True
supybot.reply.whenAddressedBy.chars: !
supybot.log.stdout: True
"""


def test_a_bot_leaves_alone_what_was_said_before_it_came(house: House, tmp_path: Path) -> None:
    limnoria = program("limnoria")
    conf = tmp_path / "echo.conf"
    conf.write_text(CONF.format(port=house.port), encoding="utf-8")
    with bots(house.server.address, "frank") as [frank]:
        frank.ask("join", room="tea")
        frank.ask("say", room="tea", text="!echo before")
        with started(limnoria, "--allow-root", conf, cwd=tmp_path) as bot:
            assert frank.event("joined")["username"] == "echo"
            # It is in, for itself too, when it has been told all that belongs to coming in.
            while "synced" not in (bot.receive() or "synced"):
                pass
            frank.ask("say", room="tea", text="!echo now")
            answer = frank.wait(lambda frame: frame["type"] == "said" and frame["from"] == "echo")
            assert answer["text"] == "now"
