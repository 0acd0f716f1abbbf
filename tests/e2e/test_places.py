"""More connections than there is place for: the others are told so, and nobody inside notices."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Peer, bots
from tests.e2e.processes import LIMIT, Server, free_port, running

REFUSED = "! too-many-connections: "
CERTIFICATE = (
    "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2"
    " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
)
HOST, OTHER = "127.0.0.2", "127.0.0.3"


def refused(peer: Peer) -> bool:
    """Tell whether *peer* gets the line, and nothing else."""
    [line] = peer.rest()
    return line.startswith(REFUSED)


def gets_in(server: Server, host: str = HOST) -> bool:
    """Tell whether there is a place now."""
    with Peer(server.address, host=host) as another:
        another.send("help")
        line = another.receive()
        assert line
        return not line.startswith(REFUSED)


def reports(server: Server) -> int:
    """Return how many lines the server has logged about refusals; it has ended."""
    assert "EMFILE" not in server.output
    return server.output.count("refused ")


def last_words(port: int, context: ssl.SSLContext) -> str | None:
    """Return what somebody is told who comes by TLS, if there is time for that."""
    with (
        suppress(ssl.SSLEOFError, ConnectionError),
        socket.create_connection(("127.0.0.1", port), LIMIT) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as another,
    ):
        return another.makefile().read()
    return None


def test_a_host_has_so_many_connections_and_the_others_do_not_notice(tmp_path: Path) -> None:
    with running(tmp_path, "--per-host", "3") as server, ExitStack() as connections:
        inside = [connections.enter_context(Bot(server.address, f"b{number}", host=HOST)) for number in range(3)]
        for _ in range(100):
            with Peer(server.address, host=HOST) as another:
                assert refused(another)
        connections.enter_context(Bot(server.address, "other", host=OTHER))
        inside[0].close()
        assert any(gets_in(server) for _ in range(1000))
        assert inside[1].ask("who")["usernames"] == ["b1", "b2", "other"]
        server.stop()
        # They all come within a second or so.
        assert 1 <= reports(server) <= 3


def test_who_speaks_first_is_told_as_well(tmp_path: Path) -> None:
    with running(tmp_path, "--per-host", "1") as server, bots(server.address, "alice"):
        for _ in range(20):
            server.send_signal(signal.SIGSTOP)
            with Bot(server.address) as another:
                another.begin("login", username="bob")
                server.send_signal(signal.SIGCONT)
                line = Peer.receive(another)
                assert line
                assert line.startswith(REFUSED)
                assert Peer.receive(another) is None
                # What it said was read: otherwise the connection would break, and some systems then lose the line.
                assert another.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


def test_a_seat_that_is_held_takes_a_place(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--per-host", "2", "--grace", "2") as server,
        Bot(server.address, host=HOST) as alice,
        Bot(server.address, "bob", host=HOST) as bob,
    ):
        alice.ask("login", username="alice", session="a-session-of-22-characters")
        alice.reset()
        while bob.ask("tell", to="alice", text="hello")["type"] == "ok":
            pass
        with Peer(server.address, host=HOST) as another:
            assert refused(another)
        while bob.ask("tell", to="alice", text="hello")["code"] != "no-such-user":
            pass
        with Bot(server.address, "carol", host=HOST):
            pass


def test_everybody_is_refused_in_the_same_moment_by_a_server_that_is_full(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--per-host", "0", descriptors=160) as server,
        bots(server.address, "alice", "bob") as [alice, bob],
        ExitStack() as connections,
    ):
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        inside = [connections.enter_context(Bot(server.address, f"b{number}")) for number in range(160 - 64 - 2)]
        for _ in range(3):
            # The kernel holds them; the server finds them all at once.
            server.send_signal(signal.SIGSTOP)
            with ExitStack() as connections_outside:
                outside = [connections_outside.enter_context(Peer(server.address)) for _ in range(400)]
                server.send_signal(signal.SIGCONT)
                assert alice.ask("say", room="tea", text="does anybody notice?")["type"] == "ok"
                bob.event("said")
                assert alice.ask("history", room="tea")["type"] == "entries"
                assert all(map(refused, outside))
        inside.pop().close()
        assert any(gets_in(server) for _ in range(1000))
        server.stop()
        assert 1 <= reports(server) <= 10


def test_no_option_lets_in_more_than_there_are_descriptors(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--per-host", "0", "--max-connections", "10000", descriptors=100) as server,
        ExitStack() as connections,
    ):
        for number in range(100 - 64):
            connections.enter_context(Bot(server.address, f"b{number}"))
        with Peer(server.address) as another:
            assert refused(another)


def test_over_a_unix_socket_it_is_the_same(short_path: Path) -> None:
    where = "unix:chat"
    with running(short_path, "--max-connections", "1", "--listen", where) as server, bots(server.address, "alice"):
        for _ in range(50):
            with socket.socket(socket.AF_UNIX) as another:
                another.settimeout(LIMIT)
                another.connect(str(short_path / "chat"))
                assert another.makefile().read().startswith(REFUSED)


def test_over_tls_it_is_told_behind_the_handshake(tmp_path: Path) -> None:
    pytest.importorskip("OpenSSL")
    subprocess.run(["openssl", *CERTIFICATE.split()], cwd=tmp_path, capture_output=True, timeout=LIMIT, check=True)
    port = free_port()
    where = f"ssl:{port}:privateKey=key.pem:certKey=cert.pem:interface=127.0.0.1"
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with (
        running(tmp_path, "--max-connections", "1", "--listen", where, descriptors=120) as server,
        bots(server.address, "alice") as [alice],
        ExitStack() as connections,
    ):
        # Who is slow to shake hands holds a descriptor, and so there are few of them.
        for _ in range(200):
            connections.enter_context(socket.create_connection(("127.0.0.1", port)))
        assert alice.ask("ping")["type"] == "pong"
        connections.close()
        while (told := last_words(port, context)) is None:
            pass
        assert told.startswith(REFUSED)
        server.stop()
        reports(server)
