"""Many visitors, who come and go in every way there is."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server, running

VISITORS = 500
ROOMS = ["north", "east", "south", "west"]
FAREWELLS = ["quit", "close", "reset"]


def test_five_hundred_visitors_come_and_go_and_leave_nothing_behind(server: Server) -> None:
    names = [f"visitor{number:03}" for number in range(VISITORS)]
    places = [ROOMS[number % len(ROOMS)] for number in range(VISITORS)]
    with bots(server.address, "keeper") as [keeper], ExitStack() as connections:
        for room in ROOMS:
            keeper.ask("create", room=room)

        visitors = [connections.enter_context(Bot(server.address)) for _ in names]
        for visitor, name, room in zip(visitors, names, places, strict=True):
            visitor.begin("login", username=name)
            visitor.begin("join", room=room)
            visitor.begin("say", room=room, text="hello")
        for visitor in visitors:
            assert [visitor.wait(lambda frame: "id" in frame)["type"] for _ in range(3)] == ["welcome", "entered", "ok"]
        assert keeper.ask("who")["usernames"] == ["keeper", *names]
        assert {room["members"] for room in keeper.ask("list")["rooms"]} == {1 + VISITORS // len(ROOMS)}

        for number, visitor in enumerate(visitors):
            match FAREWELLS[number % len(FAREWELLS)]:
                case "quit":
                    visitor.begin("quit")
                case "close":
                    visitor.close()
                case "reset":
                    visitor.reset()
        gone = [keeper.event("left") for _ in visitors]

        assert sorted(left["username"] for left in gone) == names
        quitters = {left["username"] for left in gone if left["reason"] == "quit"}
        assert quitters == set(names[:: len(FAREWELLS)])
        assert {left["reason"] for left in gone} == {"quit", "lost"}
        for room in ROOMS:
            counts = [left["members"] for left in gone if left["room"] == room]
            assert counts == list(range(VISITORS // len(ROOMS), 0, -1))
            assert keeper.ask("who", room=room)["usernames"] == ["keeper"]
        assert {room["members"] for room in keeper.ask("list")["rooms"]} == {1}
        assert keeper.ask("who")["usernames"] == ["keeper"]
    with bots(server.address, *names):
        pass


def test_a_hundred_who_come_at_once_wait_for_a_server_that_is_busy(tmp_path: Path) -> None:
    with running(tmp_path, "--per-host", "0") as server, ExitStack() as connections, bots(server.address, "keeper"):
        server.send_signal(signal.SIGSTOP)
        # The kernel holds them for the server; where it is asked to hold fewer, this never ends.
        visitors = [connections.enter_context(Bot(server.address)) for _ in range(100)]
        server.send_signal(signal.SIGCONT)
        assert [visitor.ask("ping")["type"] for visitor in visitors] == ["pong"] * 100
