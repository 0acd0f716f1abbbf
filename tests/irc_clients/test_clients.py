"""WeeChat and irssi: people who use them talk with everybody, and miss nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.client.terminal import ENTER, LIMIT, Terminal, terminal
from tests.e2e.peers import bots
from tests.irc_clients.conftest import MANY, House, program

pytestmark = pytest.mark.e2e

IRSSI = """
servers = ({{ address = "127.0.0.1"; chatnet = "chat"; port = "{port}"; autoconnect = "yes"; }});
chatnets = {{ chat = {{ type = "IRC"; nick = "ida"; }}; }};
settings = {{ core = {{ real_name = "Ida"; user_name = "ida"; nick = "ida"; server_reconnect_time = "1s"; }}; }};
"""


def weechat(port: int, home: Path, *rooms: str) -> AbstractContextManager[Terminal]:
    """Run WeeChat with its settings in *home*; it comes into *rooms* by itself, as ida."""
    joined = ",".join(f"#{room}" for room in rooms)
    commands = (
        "/set irc.look.server_buffer independent",
        f"/server add chat 127.0.0.1/{port} -nicks=ida -username=ida -autojoin={joined} -autoreconnect_delay=1",
        "/connect chat",
    )
    words = [word for command in commands for word in ("--run-command", command)]
    return terminal(program("weechat"), "--dir", home, *words)


@contextmanager
def irssi(port: int, home: Path, *rooms: str) -> Iterator[Terminal]:
    """Run irssi with its settings in *home*, and come into *rooms*, as ida."""
    home.mkdir()
    (home / "config").write_text(IRSSI.format(port=port), encoding="utf-8")
    with terminal(program("irssi"), f"--home={home}") as screen:
        screen.wait_for("Welcome to chatroom")
        screen.press(f"/join {','.join(f'#{room}' for room in rooms)}", ENTER)
        yield screen


Client = Callable[..., AbstractContextManager[Terminal]]


def until(screen: Terminal, happened: Callable[[], bool]) -> None:
    """Let the client on *screen* go on until something has *happened* at the server, of which it shows nothing."""
    given_up = time.monotonic() + LIMIT
    while not happened():
        assert time.monotonic() < given_up, screen.text
        screen.press()


def until_in_all(screen: Terminal, house: House) -> None:
    """Let the client on *screen*, which is ida's, go on until she is in all of :data:`MANY`."""
    with bots(house.server.address, "counter") as [counter]:
        # irssi makes its user invisible to who shares no room with them.
        for room in MANY:
            counter.ask("join", room=room)

        def rooms() -> int:
            answer = counter.ask("whois", username="ida")
            return len(answer["people"][0].get("rooms", ())) if "people" in answer else 0

        until(screen, lambda: rooms() == len(MANY))


@pytest.fixture(params=[weechat, irssi])
def ida(request: pytest.FixtureRequest, house: House, tmp_path: Path) -> Iterator[Terminal]:
    """Return the screen of somebody in tea."""
    with request.param(house.port, tmp_path / "home", "tea") as screen:
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


@pytest.mark.parametrize("client", [weechat, irssi])
def test_somebody_in_many_rooms_comes_back_into_all_of_them(client: Client, large_house: House, tmp_path: Path) -> None:
    with client(large_house.port, tmp_path / "home", *MANY) as screen:
        until_in_all(screen, large_house)
        large_house.kill()
        large_house.comes_back()
        until_in_all(screen, large_house)


def test_who_logs_in_by_a_long_name_comes_in(house: House, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = IRSSI.replace('user_name = "ida"', 'user_name = "christopher.smith"')
    (home / "config").write_text(settings.format(port=house.port), encoding="utf-8")
    with terminal(program("irssi"), f"--home={home}") as screen:
        screen.wait_for("Welcome to chatroom")


def test_nothing_comes_twice_to_who_comes_back(ida: Terminal, house: House) -> None:
    ned = house.netcat("ned")
    ida.wait_for("ned")
    for number in range(5):
        ned.send(f"number {number}")
        ida.wait_for(f"number {number}")
    # By then the client has said that it has got all, and that is written down.
    until(ida, lambda: house.seen() == 5)
    house.kill()
    house.says_meanwhile("max", "said meanwhile")
    house.comes_back()
    ida.wait_for("said meanwhile")
    shown = "\n".join(ida.lines)
    assert [shown.count(f"number {number}") for number in range(5)] == [1] * 5
