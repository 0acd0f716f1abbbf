"""People with netcat."""

from __future__ import annotations

import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.processes import LIMIT, Server, netcats, running, started
from tests.e2e.scenes import Stage

NETCATS = netcats()

CONVERSATION = """
alice < * Welcome to chatroom. Type the username you want.
alice > list
alice < ! not-logged-in: Choose a username first.
alice > help join
alice < * Type the name …
alice < * JOIN room [key]  …
alice > alice
alice < * Hello alice. You are in the lobby; …
alice < *   lounge   0/256

bob < * Welcome to chatroom. Type the username you want.
bob > Alice
bob < ! username-taken: …
bob > bob
bob < * Hello bob. You are in the lobby; …
bob < *   lounge   0/256

alice > create tea Tea and biscuits
alice < * You are in tea (1/256). Topic: Tea and biscuits. Type to talk, /help for commands, /leave for the lobby.
alice > is it still hot?
alice < 23:20 <alice> is it still hot?

bob > hello?
bob < ! unknown-type: …
bob > list
bob < *   lounge   0/256
bob < *   tea      1/256   Tea and biscuits
bob > list tea
bob < *   tea   1/256   Tea and biscuits
bob > join tea
bob < * You are in tea (2/256). Topic: Tea and biscuits. Type to talk, /help for commands, /leave for the lobby.
bob < 23:20 <alice> is it still hot?
alice < * bob joined tea (2/256).

bob > it is, and there is milk
bob < 23:21 <bob> it is, and there is milk
alice < 23:21 <bob> it is, and there is milk
alice > /me fetches a cup
alice < 23:21 * alice fetches a cup
bob < 23:21 * alice fetches a cup
bob > //me is how it is written
bob < 23:21 <bob> /me is how it is written
alice < 23:21 <bob> /me is how it is written

bob > /nick robert
bob < * bob is now robert.
alice < * bob is now robert.
alice > /who
alice < * In tea: alice, robert.
alice > /tell robert the biscuits are gone
alice < * Told robert.
robert? < * Welcome to chatroom. Type the username you want.
robert? > Robert
robert? < ! username-taken: …
robert? > quit
robert? < * Bye.
robert? .
bob < 23:22 [alice] the biscuits are gone
bob > /topic Tea
bob < * robert set the topic: Tea
alice < * robert set the topic: Tea

bob > /leave
bob < * You left tea. You are in the lobby.
alice < * robert left tea (1/256).
alice > are you there?
alice < 23:23 <alice> are you there?
bob > who tea
bob < * In tea: alice.
bob > delete tea
bob < ! not-allowed: …
bob > join Tea
bob < * You are in tea (2/256). Topic: Tea. Type to talk, /help for commands, /leave for the lobby.
bob < 23:20 <alice> is it still hot?
bob < 23:21 <bob> it is, and there is milk
bob < 23:21 * alice fetches a cup
bob < 23:21 <bob> /me is how it is written
bob < 23:23 <alice> are you there?
alice < * robert joined tea (2/256).
alice > /search CUP
alice < 23:21 * alice fetches a cup
alice > /history 1
alice < 23:23 <alice> are you there?
alice > Join lounge
alice < * That was said to everybody. The command is /join lounge.
alice < 23:24 <alice> Join lounge
bob < 23:24 <alice> Join lounge
bob > join us tomorrow
bob < 23:24 <robert> join us tomorrow
alice < 23:24 <robert> join us tomorrow

alice > /delete tea
alice < * alice deleted tea. You are in the lobby.
bob < * alice deleted tea. You are in the lobby.
alice > who
alice < * Online: alice, robert.
alice > quit
alice < * Bye.
alice .
bob > join lounge
bob < * You are in lounge (1/256). Type to talk, /help for commands, /leave for the lobby.
bob > /quit
bob < * Bye.
bob .
"""


@pytest.fixture(params=NETCATS)
def netcat(request: pytest.FixtureRequest) -> tuple[str | Path, ...]:
    return NETCATS[request.param]


def piped(netcat: tuple[str | Path, ...], server: Server, script: str) -> list[str]:
    """Return what comes when *script* is all that netcat has to send."""
    host, port = server.address
    done = subprocess.run(
        [*netcat, "-N", host, str(port)],
        input=script,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=True,
    )
    return [re.sub(r"^\d\d:\d\d", "HH:MM", line) for line in done.stdout.splitlines()]


def test_two_people_hold_a_conversation(netcat: tuple[str | Path, ...], tmp_path: Path) -> None:
    with running(tmp_path, "--room", "lounge") as server, ExitStack() as open_netcats:
        host, port = server.address
        Stage(lambda: open_netcats.enter_context(started(*netcat, host, str(port)))).play(CONVERSATION)
        server.stop()
        for said in ("hot", "milk", "biscuits", "tea"):
            assert said not in server.output
        # Who they were when, but not what they did.
        for name, came in (("alice", "is alice (text)"), ("robert", ": bob is now robert")):
            assert server.output.count(name) == 2
            assert server.output.count(came) == server.output.count(f"quit ({name}, text)") == 1


def test_a_script_is_carried_out_to_its_last_line_and_answered(netcat: tuple[str | Path, ...], server: Server) -> None:
    shown = piped(netcat, server, "alice\ncreate tea\nhello\n/who\n/me waves\r\n\n/tell alice so long\nbye")
    assert shown[0] == "* Welcome to chatroom. Type the username you want."
    entered = "* You are in tea (1/256). Type to talk, /help for commands, /leave for the lobby."
    after = shown[shown.index(entered) + 1 :]
    said = ["HH:MM <alice> hello", "HH:MM * alice waves", "HH:MM <alice> bye"]
    assert [line for line in after if line in said] == said
    # What is kept is shown once it is kept; what is answered at once may come before it, or after.
    notes = "! no-such-user: What you tell yourself is kept for an account; register makes your name yours."
    assert sorted(after) == sorted([*said, "* In tea: alice.", notes])


def test_a_long_script_ends_when_all_of_it_is_shown(netcat: tuple[str | Path, ...], server: Server) -> None:
    said = [f"line {number}" for number in range(300)]
    shown = piped(netcat, server, "\n".join(["alice", "create tea", *said]))
    assert shown[-len(said) :] == [f"HH:MM <alice> {line}" for line in said]


def test_frames_go_through_netcat_as_well(netcat: tuple[str | Path, ...], server: Server) -> None:
    requests = ['{"type":"login","username":"bob"}', '{"type":"ping","id":1}', '{"type":"quit","id":2}']
    shown = piped(netcat, server, "\r\n \n" + "\n".join(requests))
    assert [line[:30] for line in shown] == [
        '{"type":"welcome","username":"',
        '{"type":"pong","id":1}',
        '{"type":"bye","id":2,"reason":',
    ]
