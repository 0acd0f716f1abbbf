"""Whoever comes back, and whatever came between: a lost connection, or another life of the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Frame, Peer, bots
from tests.e2e.processes import FAST, Server, running
from tests.logs.scribe import locked

ALICE, BOB = "alice" * 5, "bobby" * 5
"""Their sessions."""

ENDINGS = {"SIGTERM": Server.stop, "kill -9": Server.kill}
ENDED = pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)


def texts(frames: list[Frame]) -> list[str]:
    """Return what is said in *frames*."""
    return [frame["text"] for frame in frames if frame["type"] == "said"]


def replayed(bot: Bot, room: str, **fields: object) -> tuple[Frame, list[str]]:
    """Let *bot* join *room*; return the reply, and what it is shown before it is level."""
    entered = bot.ask("join", room=room, **fields)
    shown: list[Frame] = []
    while (frame := bot.frame())["type"] != "level":
        shown.append(frame)
    return entered, texts(shown)


def settle(server: Server) -> tuple[str, Frame]:
    """Let alice say in tea what is to be found again; return the room's epoch, and the last acknowledgement."""
    with Bot(server.address) as alice:
        assert alice.ask("login", username="alice", session=ALICE)["type"] == "welcome"
        entered = alice.ask("create", room="tea", topic="Cups", capacity=7)
        assert entered["type"] == "entered", entered
        epoch = entered["epoch"]
        for number in range(1, 13):
            said = alice.ask("say", room="tea", text=f"cup {number}", cid=f"c{number}")
        assert alice.ask("topic", room="tea", topic="Tea and biscuits")["type"] == "ok"
        for room in ("milk", "gone"):
            alice.ask("create", room=room)
            alice.ask("say", room=room, text="still here?")
        assert alice.ask("delete", room="gone")["type"] == "ok"
        return epoch, said


def test_a_seat_is_held_while_a_connection_is_lost_and_nobody_is_told(server: Server) -> None:
    with bots(server.address, "carol") as [carol]:
        carol.ask("create", room="tea")
        with Bot(server.address) as lost:
            lost.ask("login", username="alice", session=ALICE)
            entered = lost.ask("join", room="tea")
            lost.ask("say", room="tea", text="one", cid="1")
            lost.reset()
        carol.ask("say", room="tea", text="two")

        with Bot(server.address) as alice:
            welcome = alice.ask("login", username="somebody", session=ALICE)
            assert [welcome[name] for name in ("username", "resumed", "rooms")] == ["alice", True, ["tea"]]
            assert alice.ask("say", room="tea", text="two")["code"] == "not-a-member"
            again, missed = replayed(alice, "tea", after=1, epoch=entered["epoch"])
            assert (again["resumed"], again["members"], missed) == (True, 2, ["two"])
            assert alice.ask("say", room="tea", text="one", cid="1")["seq"] == 1

            with Bot(server.address) as other:
                assert other.ask("login", username="alice", session=ALICE)["resumed"]
                assert alice.to_the_end()[-1] == {"type": "bye", "reason": "replaced"}
                other.ask("quit")
        assert carol.event("left")["reason"] == "quit"
        assert [frame["username"] for frame in carol.seen if frame["type"] == "joined"] == ["alice"]


def test_a_seat_is_given_up_when_its_time_is_over(tmp_path: Path) -> None:
    with running(tmp_path, "--grace", "0.2") as server, bots(server.address, "carol") as [carol]:
        carol.ask("create", room="tea")
        with Bot(server.address) as lost:
            assert lost.ask("login", username="alice", session=ALICE)["limits"]["grace"] == 0.2
            lost.ask("join", room="tea")
        assert carol.event("left")["reason"] == "lost"
        with Bot(server.address) as alice:
            assert not alice.ask("login", username="alice", session=ALICE)["resumed"]


@ENDED
def test_rooms_are_there_again_with_all_that_was_said(end: Callable[[Server], None], tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server:
        epoch, _ = settle(server)
        end(server)
    with running(tmp_path) as server, Bot(server.address, "carol") as carol:
        rooms = carol.ask("list")["rooms"]
        assert [[room["room"], room["topic"], room["members"], room["capacity"]] for room in rooms] == [
            ["milk", "", 0, 256],
            ["tea", "Tea and biscuits", 0, 7],
        ]
        entered, _ = replayed(carol, "tea")
        fields = ("topic", "members", "capacity", "epoch", "seq", "resumed", "creator")
        assert [entered[name] for name in fields] == ["Tea and biscuits", 1, 7, epoch, 12, False, "alice"]
        assert [one["text"] for one in carol.ask("history", room="tea")["entries"]] == [
            f"cup {number}" for number in range(1, 13)
        ]
        found = carol.ask("search", room="tea", query="cup 1*")["entries"]
        assert [one["seq"] for one in found] == [1, 10, 11, 12]
        assert carol.ask("say", room="tea", text="more")["seq"] == 13
        assert carol.ask("join", room="gone")["code"] == "no-such-room"


def test_who_comes_while_the_log_is_being_opened_is_in_the_same_room(tmp_path: Path) -> None:
    # Many that have a name, so that it takes a moment to find the rooms again.
    before = 4000
    with running(tmp_path, *FAST) as server, Bot(server.address) as alice:
        alice.ask("login", username="alice", session=ALICE)
        alice.ask("create", room="lounge")
        alice.ask("create", room="tea")
        for number in range(before):
            alice.begin("say", room="tea", text="hello", cid=f"{number}")
        alice.wait(lambda frame: frame["type"] == "said" and frame["seq"] == before)
    with (
        running(tmp_path, "--busy-timeout", "60") as server,
        Bot(server.address) as alice,
        Bot(server.address) as bob,
        ExitStack() as later,
    ):
        # From now on it waits for another program.
        later.enter_context(locked(tmp_path / "chatroom.sqlite"))
        for bot, *rooms in ((alice, "lounge", "tea"), (bob, "tea", "lounge")):
            bot.begin("login", username=f"in-{rooms[0]}")
            for room in rooms:
                bot.begin("join", room=room)
        later.close()
        for room, seq in (("tea", before + 1), ("lounge", 1)):
            came = [bot.wait(lambda frame, room=room: frame.get("room") == room) for bot in (alice, bob)]  # type: ignore[misc]
            assert sorted(entered["members"] for entered in came) == [1, 2]
            assert alice.ask("say", room=room, text="hello")["seq"] == seq
            said = [bot.event("said") for bot in (alice, bob)]
            assert [(one["room"], one["seq"]) for one in said] == [(room, seq)] * 2


@ENDED
def test_a_client_goes_on_where_it_was(end: Callable[[Server], None], tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server:
        epoch, said = settle(server)
        end(server)
    with running(tmp_path) as server, Bot(server.address) as alice, Bot(server.address) as bob:
        # The seats are forgotten, and so is who was called so.
        bob.ask("login", username="alice", session=BOB)
        welcome = alice.ask("login", username="alicia", session=ALICE)
        assert [welcome[name] for name in ("username", "resumed", "rooms")] == ["alicia", False, []]
        entered, missed = replayed(alice, "tea", after=9, epoch=epoch)
        assert (entered["resumed"], missed) == (True, ["cup 10", "cup 11", "cup 12"])

        again = alice.ask("say", room="tea", text="cup 12", cid="c12")
        assert (again["seq"], again["at"]) == (said["seq"], said["at"])
        assert alice.ask("say", room="tea", text="cup 13", cid="c12")["code"] == "cid-reused"
        bob.ask("join", room="tea")
        # Another session has ids of its own.
        assert bob.ask("say", room="tea", text="cup 12", cid="c12")["seq"] == 13

        # And who created a room is known by the session, not by the name.
        assert bob.ask("delete", room="tea")["code"] == "not-allowed"
        assert alice.ask("delete", room="tea")["type"] == "ok"


@ENDED
def test_a_person_who_enters_sees_the_last_ten(end: Callable[[Server], None], tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server:
        settle(server)
        end(server)
    with running(tmp_path) as server, Peer(server.address) as dora:
        dora.write(b"dora\njoin tea\nhello\n/quit\n")
        lines = [re.sub(r"^\d\d:\d\d", "HH:MM", line) for line in dora.rest()]
        assert lines[-13:] == [
            "* You are in tea (1/7). Topic: Tea and biscuits. Type to talk, /help for commands, /leave for the lobby.",
            *[f"HH:MM <alice> cup {number}" for number in range(3, 13)],
            "HH:MM <dora> hello",
            "* Bye.",
        ]


@ENDED
def test_a_closed_room_is_opened_again_by_its_name(end: Callable[[Server], None], tmp_path: Path) -> None:
    with running(tmp_path, *FAST, "--linger", "0") as server:
        epoch, _ = settle(server)
        with Bot(server.address, "carol") as carol:
            # Alice's rooms are closed with her, and that is stored before whatever is said after.
            carol.ask("create", room="sugar")
            end(server)
    with running(tmp_path, "--linger", "0") as server, Bot(server.address, "dora") as dora:
        assert "tea" not in [room["room"] for room in dora.ask("list")["rooms"]]
        entered, missed = replayed(dora, "tea", after=11, epoch=epoch)
        assert (entered["topic"], entered["creator"], missed) == ("Tea and biscuits", "alice", ["cup 12"])
        again = dora.ask("create", room="milk", topic="Semi-skimmed")
        assert (again["seq"], again["topic"], again["creator"]) == (1, "Semi-skimmed", "alice")


def test_the_operators_rooms_keep_what_was_said_too(tmp_path: Path) -> None:
    for number in range(3):
        with running(tmp_path, "--room", "lounge", "--linger", "0") as server, Bot(server.address, "bob") as bob:
            assert bob.ask("join", room="lounge")["seq"] == number
            assert bob.ask("say", room="lounge", text="hello")["seq"] == number + 1


@pytest.mark.parametrize(("end", "resumed"), [(Server.stop, True), (Server.kill, False)], ids=ENDINGS)
def test_who_does_not_wait_for_the_disk_may_have_to_begin_anew(
    end: Callable[[Server], None], resumed: bool, tmp_path: Path
) -> None:
    with running(tmp_path, *FAST, "--sync", "normal") as server:
        epoch, _ = settle(server)
        end(server)
    with running(tmp_path) as server, Bot(server.address, "carol") as carol:
        entered, missed = replayed(carol, "tea", after=10, epoch=epoch)
        assert entered["resumed"] is resumed is (entered["epoch"] == epoch)
        assert missed == [f"cup {number}" for number in range(11 if resumed else 1, 13)]
        assert carol.ask("say", room="tea", text="more")["seq"] == 13


def test_what_is_kept_in_memory_is_gone_with_the_server(tmp_path: Path) -> None:
    with running(tmp_path, *FAST, "--store", "memory") as server:
        epoch, _ = settle(server)
    with running(tmp_path, "--store", "memory") as server, Bot(server.address, "carol") as carol:
        assert carol.ask("list")["rooms"] == []
        assert carol.ask("create", room="tea")["epoch"] != epoch
    assert not any(tmp_path.glob("chatroom.sqlite*"))
