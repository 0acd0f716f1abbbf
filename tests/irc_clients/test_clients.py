"""WeeChat and irssi: people who use them talk with everybody, and miss nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.client.terminal import ENTER, Terminal, terminal
from tests.e2e.peers import bots
from tests.irc_clients.conftest import House, program

pytestmark = pytest.mark.e2e

IRSSI = """
servers = ({{ address = "127.0.0.1"; chatnet = "chat"; port = "{port}"; autoconnect = "yes"; }});
chatnets = {{ chat = {{ type = "IRC"; nick = "ida"; }}; }};
settings = {{ core = {{ real_name = "Ida"; user_name = "ida"; nick = "ida"; server_reconnect_time = "1s"; }}; }};
"""


def weechat(port: int, home: Path) -> AbstractContextManager[Terminal]:
    """Run WeeChat with its settings in *home*; it comes into tea by itself, as ida."""
    commands = (
        "/set irc.look.server_buffer independent",
        f"/server add chat 127.0.0.1/{port} -nicks=ida -username=ida -autojoin=#tea -autoreconnect_delay=1",
        "/connect chat",
    )
    words = [word for command in commands for word in ("--run-command", command)]
    return terminal(program("weechat"), "--dir", home, *words)


@contextmanager
def irssi(port: int, home: Path) -> Iterator[Terminal]:
    """Run irssi with its settings in *home*, and come into tea, as ida."""
    home.mkdir()
    (home / "config").write_text(IRSSI.format(port=port), encoding="utf-8")
    with terminal(program("irssi"), f"--home={home}") as screen:
        screen.wait_for("Welcome to chatroom")
        screen.press("/join #tea", ENTER)
        yield screen


@pytest.fixture(params=[weechat, irssi])
def ida(request: pytest.FixtureRequest, house: House, tmp_path: Path) -> Iterator[Terminal]:
    """Return the screen of somebody in tea."""
    with request.param(house.port, tmp_path / "home") as screen:
        screen.wait_for("#tea: ")
        yield screen


def test_all_talk_with_each_other(ida: Terminal, house: House) -> None:
    with bots(house.server.address, "frank") as [frank]:
        frank.ask("join", room="tea")
        ned = house.netcat("ned")
        ida.wait_for("ned")
        ned.send("hello from netcat")
        ida.wait_for("hello from netcat")
        frank.ask("say", room="tea", text="hello from a program")
        ida.wait_for("hello from a program")
        ida.press("hello from a client, äöü 茶", ENTER)
        while not (ned.receive() or "").endswith("<ida> hello from a client, äöü 茶"):
            pass
        ida.press("/me waves", ENTER)
        while not (ned.receive() or "").endswith("* ida waves"):
            pass
        ida.press("/msg ned between us", ENTER)
        while not (ned.receive() or "").endswith("[ida] between us"):
            pass


def test_a_server_that_is_killed_comes_back_and_nothing_is_missed(ida: Terminal, house: House) -> None:
    ned = house.netcat("ned")
    ida.wait_for("ned")
    ned.send("before")
    ida.wait_for("before")
    house.kill()
    house.says_meanwhile("max", "said meanwhile")
    house.comes_back()
    ida.wait_for("said meanwhile")
    ned = house.netcat("ned")
    ida.press("back again", ENTER)
    while not (ned.receive() or "").endswith("<ida> back again"):
        pass
