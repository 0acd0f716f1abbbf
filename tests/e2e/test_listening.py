"""Sockets that others open, people whom a proxy brings, and ports of rooms: all with real ones."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import LIMIT, TWISTD, complaints, free_port, running

ACTIVATE = """
import os, sys
listening, *command = sys.argv[1:]
os.dup2(int(listening), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "chat"}
os.execv(command[0], command)
"""
"""Starts a program as systemd does: it inherits a socket, as descriptor 3."""


def free_ports(count: int) -> int:
    """Return the first of so many ports in a row that no program listens on; other tests may be looking, too."""
    for _ in range(1000):
        first = free_port()
        with ExitStack() as probes:
            try:
                for port in range(first, first + count):
                    probes.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first
    raise AssertionError("there are no ports in a row")


@pytest.mark.parametrize("which", ["index=0", "name=chat"])
def test_it_takes_over_a_socket_that_systemd_has_opened(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        # Whoever comes before the server waits for it.
        with Bot(listening.getsockname()) as alice:
            login = alice.begin("login", username="alice")
            activate = (sys.executable, "-c", ACTIVATE, str(listening.fileno()), TWISTD)
            with running(tmp_path, port=f"systemd:domain=INET:{which}", twistd=activate, passes=[listening]) as server:
                assert alice.wait(lambda frame: frame.get("id") == login)["type"] == "welcome"
                assert server.address == listening.getsockname()


def test_who_comes_through_a_proxy_is_counted_where_it_comes_from(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--per-host", "1", port="haproxy:tcp:0:interface=127.0.0.1") as server,
        ExitStack() as connections,
    ):
        for number in (1, 2):
            bot = connections.enter_context(Bot(server.address))
            bot.write(f"PROXY TCP4 192.0.2.{number} 192.0.2.9 40000 80\r\n".encode())
            assert bot.ask("login", username=f"bot{number}")["type"] == "welcome"
        another = connections.enter_context(Peer(server.address))
        another.send("PROXY TCP4 192.0.2.2 192.0.2.9 40001 80\r")
        assert str(another.receive()).startswith("! too-many-connections: ")
        # Who has said all is answered, as without a proxy.
        person = connections.enter_context(Peer(server.address))
        person.write(b"PROXY TCP4 192.0.2.3 192.0.2.9 40001 80\r\nperson\nwho")
        person.half_close()
        assert person.rest()[-1] == "* Online: bot1, bot2, person."


def test_each_room_has_a_port_while_it_is_open(tmp_path: Path) -> None:
    first = free_ports(2)
    ports = ("--room-ports", f"{first}-{first + 1}")
    with running(tmp_path, *ports, "--linger", "0") as server, Bot(server.address, "alice") as alice:
        assert alice.ask("create", room="tea")["port"] == first
        assert alice.ask("create", room="pond")["port"] == first + 1
        assert "port" not in alice.ask("create", room="fair")
        with Peer(("127.0.0.1", first)) as bob:
            bob.write(b"bob\nhello\n")
            assert alice.event("said")["text"] == "hello"
            assert "* You are in tea (2/256). Type to talk," in "\n".join(str(bob.receive()) for _ in range(7))
        assert alice.event("left")["username"] == "bob"
        with Bot(("127.0.0.1", first + 1), "carol") as carol:
            entered = carol.event("entered")
            assert (entered["room"], entered["port"], "id" in entered) == ("pond", first + 1, False)
            alice.ask("delete", room="pond")
            carol.event("deleted")
        # Deleted or left by all, a room gives its port back; what is open at the end has one at the next start.
        assert alice.ask("create", room="duck")["port"] == first + 1
        assert alice.ask("leave", room="duck")["type"] == "ok"
        server.kill()
    with running(tmp_path, *ports) as server:
        # Before anybody is let in elsewhere.
        assert server.address[1] == first
        with Bot(("127.0.0.1", first), "alice") as alice:
            assert alice.event("entered")["room"] == "tea"


def test_a_port_that_another_program_has_is_no_rooms(tmp_path: Path) -> None:
    first = free_ports(2)
    with (
        socket.create_server(("127.0.0.1", first)),
        running(tmp_path, "--room-ports", f"{first}-{first + 1}", "--room", "tea") as server,
    ):
        server.logs(f"no room gets port {first}: it is in use")
        server.logs(f"starting on {first + 1}$")
        with Bot(("127.0.0.1", first + 1), "alice") as alice:
            assert alice.event("entered")["room"] == "tea"
        server.send_signal(signal.SIGTERM)
        assert server.end() == -signal.SIGTERM


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--room-ports", "9000"), "9000"),
        (("--room-ports", "9002-9001"), "9002-9001"),
        (("--room-ports", "9000-9001", "--port", "unix:chat"), "unix:chat"),
        (("--port", "haproxy:ssl:8080"), "let the proxy do TLS"),
        (("--port", "systemd:domain=INET:index=0"), "no socket that systemd has passed"),
    ],
)
def test_what_can_not_be_ends_the_start_with_one_line(tmp_path: Path, options: tuple[str, ...], why: str) -> None:
    [line] = complaints(tmp_path, *options)
    assert line.startswith("twistd chatroom: ")
    assert why in line


def test_a_socket_in_the_file_system_is_free_again_after_a_kill(short_path: Path) -> None:
    for _ in range(2):
        with running(short_path, "--listen", "unix:chat:mode=660") as server:
            # Who is answered comes to a server that listens everywhere.
            Bot(server.address, "bob").close()
            with socket.socket(socket.AF_UNIX) as person:
                person.settimeout(LIMIT)
                person.connect(str(short_path / "chat"))
                person.sendall(b"alice\nquit\n")
                assert person.makefile().read().endswith("* Bye.\n")
            server.kill()
