"""The end of the server, however busy it is."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Frame, Peer, bots
from tests.e2e.processes import FAST, running

BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)


def numbers(frames: list[Frame], type: str) -> list[int]:
    """Return the numbers of the messages that the frames of *type* are about."""
    return [frame["seq"] for frame in frames if frame["type"] == type]


def overfill(peer: Bot, witness: Bot) -> None:
    """Let *peer*, who reads nothing, ask for more than the kernels take, until *witness* hears of it no longer."""
    peer.ask("create", room="tea")
    for _ in range(20):
        peer.ask("say", room="tea", text="x" * 4000)
    for _ in range(400):
        peer.begin("history", room="tea")
        peer.begin("tell", to="witness", text="another page")
    witness.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        witness.to_the_end()


@BOTH
def test_what_is_acknowledged_when_it_stops_was_shown_to_all(number: signal.Signals, tmp_path: Path) -> None:
    with (
        running(tmp_path, *FAST) as server,
        bots(server.address, "alice", "bob") as (alice, bob),
        Peer(server.address) as person,
        Peer(server.address) as nobody,
    ):
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        person.send("carol")
        assert person.receive() == "* Welcome to chatroom. Type the username you want."
        assert nobody.receive() == "* Welcome to chatroom. Type the username you want."
        says = [{"type": "say", "id": id, "room": "tea", "text": "hello"} for id in range(1000, 4000)]
        with ThreadPoolExecutor() as meanwhile:
            answered = meanwhile.submit(alice.to_the_end)
            alice.send("\n".join(map(json.dumps, says)))
            bob.event("said")
            server.send_signal(number)
            shown = bob.to_the_end()
            server.ended_by(number)
            answers = answered.result()

        acknowledged = numbers(answers, "ok")
        assert acknowledged == list(range(1, len(acknowledged) + 1))
        assert acknowledged == numbers(answers, "said") == [1, *numbers(shown, "said")]
        for last in (answers[-1], shown[-1]):
            assert last == {"type": "bye", "reason": "stopping", "retry_after": last["retry_after"]}
            assert 0 < last["retry_after"] < 60
        assert person.rest()[-1] == "* Bye: stopping."
        assert nobody.rest() == ["* Bye: stopping."]


@BOTH
def test_who_does_not_read_does_not_hold_up_the_end(number: signal.Signals, tmp_path: Path) -> None:
    with (
        running(tmp_path, *FAST, "--stop-timeout", "1", "--close-timeout", "0") as server,
        Bot(server.address, "stubborn", small=True) as stubborn,
        bots(server.address, "witness", "bob") as (witness, bob),
    ):
        # A second may not be enough for the store as well, on a machine that does much else.
        server.meant.append("was not closed in time")
        overfill(stubborn, witness)
        server.send_signal(number)
        assert bob.to_the_end()[-1]["reason"] == "stopping"
        # A second signal while it waits for the others, and a third.
        server.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGINT)
        server.ended_by(number)


def test_two_signals_at_once_stop_it_like_one(tmp_path: Path) -> None:
    with running(tmp_path) as server, Bot(server.address, "alice") as alice:
        server.send_signal(signal.SIGSTOP)
        server.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGINT)
        server.send_signal(signal.SIGCONT)
        assert alice.to_the_end()[-1]["reason"] == "stopping"
        assert server.end() in {-signal.SIGTERM, -signal.SIGINT}
        assert "Traceback" not in server.output
