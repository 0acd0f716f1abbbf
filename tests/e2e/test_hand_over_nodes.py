"""The operator of one server has a hold of the connections to all that share its database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatroom.admin.control_client import ControlClient, ControlRefused
from chatroom.admin.main import main
from chatroom.logs.nodes.hand import STRIDE
from tests.e2e.peers import Bot, Frame
from tests.e2e.test_nodes import Chat, of
from tests.engine import Engine

pytestmark = pytest.mark.engines


@pytest.fixture
def chat(postgresql: Engine, tmp_path: Path) -> Iterator[Chat]:
    with ExitStack() as stack:
        yield Chat(postgresql.database(), tmp_path, stack)


@pytest.fixture
def patient(postgresql: Engine, tmp_path: Path) -> Iterator[Chat]:
    """Have a chat in which nobody is taken for dead so soon."""
    with ExitStack() as stack:
        yield Chat(postgresql.database(), tmp_path, stack, lease="60")


def listed(operator: ControlClient, match: str = "", after: int = 0) -> list[Frame]:
    """Return the connections that *operator* sees, but for how long they are there."""
    found = operator.ask("connections", match=match, **({"after": after} if after else {}))["connections"]
    return [{field: each[field] for field in each if field != "since"} for each in found]


def refusal(operator: ControlClient, type: str, **fields: object) -> str:
    """Return the sentence by which *operator* is refused."""
    with pytest.raises(ControlRefused) as refused:
        operator.ask(type, **fields)
    return str(refused.value)


def test_the_connections_to_all_servers_are_listed_with_where_they_are(chat: Chat) -> None:
    for server, name in zip(chat.servers, ("alice", "bob"), strict=True):
        chat.come(server, name)
    for operator in chat.operators:
        # Which of the servers became a node first, nobody knows.
        first, second = listed(operator)
        assert {first["username"], second["username"]} == {"alice", "bob"}
        assert [first["rooms"], second["rooms"]] == [["tea"], ["tea"]]
        # Each stands behind its node: no two have the same number, wherever one asks.
        nodes = [each["connection"] // STRIDE for each in (first, second)]
        assert nodes[0] < nodes[1]
        assert first["node"] != second["node"]
        assert [*listed(operator, match=first["username"]), *listed(operator, match=second["username"])] == [
            first,
            second,
        ]
        assert listed(operator, after=first["connection"]) == [second]
        assert listed(operator, after=second["connection"]) == []
        assert "missing" not in operator.ask("connections")


def test_somebody_at_another_server_is_disconnected_by_name_and_by_number(chat: Chat) -> None:
    one, other = chat.servers
    operator, another = chat.operators
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob")
    assert operator.ask("disconnect", username="Bob", reason="enough") == {"type": "ok", "id": 1}
    assert bob.wait(of("bye"))["note"] == "enough"
    [number] = [each["connection"] for each in listed(another, match="alice")]
    another.ask("disconnect", connection=number)
    assert alice.wait(of("bye"))["reason"] == "kicked"
    # Who has no name yet has a number.
    with Bot(other.address) as nobody:
        assert nobody.ask("ping")["type"] == "pong"
        [nameless] = [each for each in listed(operator) if "username" not in each]
        operator.ask("disconnect", connection=nameless["connection"])
        assert nobody.wait(of("bye"))["reason"] == "kicked"
    assert "bob" in refusal(operator, "disconnect", username="bob")
    for gone in (number, nameless["connection"], 7, 999 * STRIDE + 1):
        assert refusal(another, "disconnect", connection=gone) == f"There is no connection {gone}."


def test_a_notice_is_shown_at_all_servers(chat: Chat) -> None:
    people = [chat.come(server, name) for server, name in zip(chat.servers, ("alice", "bob"), strict=True)]
    for operator in chat.operators:
        operator.ask("notice", text="We stop at six.")
        assert [person.wait(of("notice"))["text"] for person in people] == ["We stop at six."] * 2


def test_a_server_that_does_not_answer_is_named(patient: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = patient.servers
    operator, _ = patient.operators
    alice, bob = patient.come(one, "alice"), patient.come(other, "bob")
    [bobs] = listed(operator, match="bob")
    admin = ["--control", str(patient.folder / "0.control")]
    os.kill(other.process.pid, signal.SIGSTOP)
    try:
        found = operator.ask("connections")
        assert [each["username"] for each in found["connections"]] == ["alice"]
        assert found["missing"] == [bobs["node"]]
        assert operator.ask("notice", text="hear")["missing"] == [bobs["node"]]
        assert alice.wait(of("notice"))["text"] == "hear"
        # Nobody can know whether they are there.
        assert bobs["node"] in refusal(operator, "disconnect", username="bob")
        assert bobs["node"] in refusal(operator, "disconnect", connection=bobs["connection"])
        assert main([*admin, "who"]) == 1
        assert bobs["node"] in capsys.readouterr().err
        assert operator.ask("disconnect", username="alice")["missing"] == [bobs["node"]]
    finally:
        os.kill(other.process.pid, signal.SIGCONT)
    # It hears later what it was asked for.
    assert bob.wait(of("bye"))["reason"] == "kicked"
    assert "missing" not in operator.ask("connections")


def test_a_server_that_is_killed_while_it_is_asked_is_missing(patient: Chat) -> None:
    one, other = patient.servers
    operator, _ = patient.operators
    patient.come(one, "alice")
    patient.come(other, "bob")
    os.kill(other.process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(operator.ask, "connections")
        other.kill()
        found = asking.result()
    assert [each["username"] for each in found["connections"]] == ["alice"]
    assert len(found["missing"]) == 1


def test_the_devices_at_other_servers_are_listed_and_logged_out(chat: Chat) -> None:
    one, other = chat.servers
    alice = chat.come(one, "alice")
    assert alice.ask("register", password="correct horse")["type"] == "ok"
    second, welcome = chat.enter(other, "alice", password="correct horse", client="second")
    stranger, _ = chat.enter(other, "bob")
    assert stranger.ask("register", password="correct horse")["type"] == "ok"
    found = alice.ask("devices")
    assert [device["current"] for device in found["devices"]] == [True, False]
    assert found["devices"][1]["device"] == welcome["device"]
    assert found["devices"][1]["host"].startswith("127.0.0.1")
    assert second.ask("devices")["devices"][0]["device"] == welcome["device"]
    assert stranger.ask("revoke", device=welcome["device"])["code"] == "no-such-device"
    assert alice.ask("revoke", device=welcome["device"])["type"] == "ok"
    assert second.wait(of("bye"))["reason"] == "revoked"
    assert alice.ask("revoke", device=welcome["device"])["code"] == "no-such-device"
