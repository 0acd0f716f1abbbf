"""Listening: on every kind of address that an operator may name."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, UNIXClientEndpoint, connectProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.services.listening.listen_address import LISTEN_BACKLOG, ListenAddress
from chatroom.services.listening.listener import Listener
from tests.authority import Authority
from tests.e2e.processes import free_port


class Greeter(Protocol):
    """Greets, and closes."""

    @override
    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(b"hello")
        self.transport.loseConnection()


class Visitor(Protocol):
    """Keeps what it gets until the connection is closed."""

    def __init__(self) -> None:
        self.got = b""
        self.done: Deferred[bytes] = Deferred()

    @override
    def dataReceived(self, data: bytes) -> None:
        self.got += data

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.done.callback(self.got)


def has_ipv6() -> bool:
    """Tell whether this machine can be reached by IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def started(listener: Listener) -> None:
    """Start *listener* as twistd does."""
    listener.privilegedStartService()
    listener.startService()


async def greeted(client: Any) -> bytes:
    """Return what somebody gets who connects to *client*."""
    visitor = await connectProtocol(client, Visitor())
    got: bytes = await visitor.done.addTimeout(30, reactor)
    return got


@pytest_twisted.ensureDeferred
async def test_a_bare_number_is_that_port_on_both_families() -> None:
    port = await ListenAddress(reactor, "0").listen(Factory.forProtocol(Greeter))
    try:
        host = port.getHost()
        assert isinstance(host, IPv4Address | IPv6Address)
        assert await greeted(TCP4ClientEndpoint(reactor, "127.0.0.1", host.port, timeout=30)) == b"hello"
        if has_ipv6():
            assert await greeted(TCP6ClientEndpoint(reactor, "::1", host.port, timeout=30)) == b"hello"
    finally:
        await maybeDeferred(port.stopListening)


@pytest_twisted.ensureDeferred
async def test_a_listener_listens_until_it_is_stopped(short_path: Path) -> None:
    where = short_path / "socket"
    listener = Listener(ListenAddress(reactor, f"unix:{where}"), Factory.forProtocol(Greeter), "here")
    started(listener)
    assert where.is_socket()
    await listener.stopService()
    assert not where.exists()


PORTS = [
    "{port}",
    "tcp:{port}",
    "tcp:{port}:interface=127.0.0.1",
    "haproxy:tcp:{port}",
    "ssl:{port}:privateKey={folder}/key.pem:certKey={folder}/fullchain.pem",
]


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # Twisted does
@pytest.mark.parametrize("description", PORTS)
@pytest_twisted.ensureDeferred
async def test_a_port_is_taken_from_the_start_and_lets_nobody_in_before_the_rest_has_started(
    description: str, tmp_path: Path
) -> None:
    Authority(tmp_path).certify()
    port = free_port()
    where = description.format(port=port, folder=tmp_path)
    address = ("127.0.0.1", port)
    listener = Listener(ListenAddress(reactor, where), Factory.forProtocol(Greeter), where)
    listener.privilegedStartService()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(address)
    listener.startService()
    socket.create_connection(address).close()
    await listener.stopService()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


@pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 here")
@pytest_twisted.ensureDeferred
async def test_a_port_of_ipv6_that_was_taken_before_greets() -> None:
    port = free_port()
    where = f"tcp6:{port}:interface=\\:\\:1"
    listener = Listener(ListenAddress(reactor, where), Factory.forProtocol(Greeter), where)
    started(listener)
    assert await greeted(TCP6ClientEndpoint(reactor, "::1", port, timeout=30)) == b"hello"
    await listener.stopService()


@pytest_twisted.ensureDeferred
async def test_whoever_has_come_first_of_two_that_start_at_once_listens() -> None:
    where = f"tcp:{free_port()}:interface=127.0.0.1"
    first, second = (Listener(ListenAddress(reactor, where), Factory(), where) for _ in range(2))
    for each in (first, second):
        each.privilegedStartService()
    second.startService()
    with pytest.raises(SystemExit, match="it is in use already"):
        first.startService()
    await second.stopService()


@pytest_twisted.ensureDeferred
async def test_what_never_came_to_listen_gives_its_port_back() -> None:
    port = free_port()
    listener = Listener(ListenAddress(reactor, f"tcp:{port}"), Factory(), "here")
    for end in (listener.abandon, listener.stopService):
        listener.privilegedStartService()
        end()
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))


@pytest.mark.parametrize("description", ["{port}", "tcp:{port}", "tcp:{port}:interface=127.0.0.1"])
def test_a_port_that_is_in_use_ends_the_program_with_one_line(description: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        where = description.format(port=other.getsockname()[1])
        listener = Listener(ListenAddress(reactor, where), Factory(), where)
        with pytest.raises(SystemExit) as ended:
            listener.privilegedStartService()
    line = str(ended.value)
    assert line.startswith(f"chatroom can't listen on {where}: it is in use already")
    assert "\n" not in line
    assert ended.value.code == line


def test_another_reason_is_told_too(short_path: Path) -> None:
    where = f"unix:{short_path}/nowhere/socket"
    with pytest.raises(SystemExit) as ended:
        Listener(ListenAddress(reactor, where), Factory(), where).privilegedStartService()
    assert str(ended.value) == f"chatroom can't listen on {where}: No such file or directory."


@pytest_twisted.ensureDeferred
async def test_a_listener_that_never_listened_stops() -> None:
    await Listener(ListenAddress(reactor, "tcp:0"), Factory(), "tcp:0").stopService()


@pytest.mark.parametrize("description", ["tcp:1", "tcp:1:interface=127.0.0.1"])
def test_many_may_wait_to_be_let_in(description: str) -> None:
    memory = MemoryReactorClock()
    ListenAddress(memory, description).listen(Factory())
    assert [backlog for _, _, backlog, _ in memory.tcpServers] == [LISTEN_BACKLOG]


@pytest.mark.parametrize(
    ("description", "interface"), [("1", "127.0.0.1"), ("tcp:1", ""), ("tcp:1:interface=127.0.0.2", "127.0.0.2")]
)
def test_a_bare_number_may_be_meant_for_this_machine_only(description: str, interface: str) -> None:
    memory = MemoryReactorClock()
    ListenAddress(memory, description, "127.0.0.1").listen(Factory())
    assert [(port, where) for port, _, _, where in memory.tcpServers] == [(1, interface)]


def test_who_says_how_many_may_wait_is_obeyed() -> None:
    memory = MemoryReactorClock()
    ListenAddress(memory, "tcp:1:backlog=5").listen(Factory())
    assert [backlog for _, _, backlog, _ in memory.tcpServers] == [5]


@pytest.mark.parametrize(
    "description", ["65536", "9" * 5000, "", "tea", "tcp", "tcp:tea", "nothing:1", "tcp:1:tea=1", "-1"]
)
def test_what_is_no_endpoint_is_told_in_one_line(description: str) -> None:
    for interface in ("", "127.0.0.1"):
        with pytest.raises(ValueError, match=r"\A.+\Z"):
            ListenAddress(reactor, description, interface)


def test_tls_behind_a_proxy_is_the_proxys(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\A.*let the proxy do TLS.*\Z"):
        ListenAddress(reactor, "haproxy:ssl:1")


@pytest.mark.parametrize("which", ["index=0", "name=chat"])
def test_a_socket_that_systemd_did_not_pass_is_told_in_one_line(which: str) -> None:
    where = f"systemd:domain=INET:{which}"
    with pytest.raises(ValueError, match=f"{where} is no socket that systemd has passed to this process"):
        ListenAddress(reactor, where)


@pytest_twisted.ensureDeferred
async def test_the_socket_of_a_killed_server_is_no_obstacle_even_if_its_number_is_ours(
    short_path: Path,
) -> None:
    where = short_path / "socket"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(where))
    (short_path / "socket.lock").symlink_to(str(os.getpid()))
    listener = Listener(ListenAddress(reactor, f"unix:{where}:mode=600"), Factory.forProtocol(Greeter), "here")
    started(listener)
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    await listener.stopService()
    assert list(short_path.iterdir()) == []


@pytest_twisted.ensureDeferred
async def test_a_socket_on_which_somebody_listens_is_in_use(short_path: Path) -> None:
    where = f"unix:{short_path}/socket"
    first = Listener(ListenAddress(reactor, where), Factory.forProtocol(Greeter), where)
    started(first)
    with pytest.raises(SystemExit) as ended:
        Listener(ListenAddress(reactor, where), Factory(), where).privilegedStartService()
    assert str(ended.value).startswith(f"chatroom can't listen on {where}: it is in use already; ")
    client = UNIXClientEndpoint(reactor, f"{short_path}/socket", timeout=30)
    assert await greeted(client) == b"hello"
    await first.stopService()


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letters"
    file.write_text("dear alice")
    with pytest.raises(SystemExit, match="it is there, but no socket; remove it, or choose another path"):
        Listener(ListenAddress(reactor, f"unix:{file}"), Factory(), "here").privilegedStartService()
    assert file.read_text() == "dear alice"
    assert list(tmp_path.iterdir()) == [file]


def test_a_path_that_is_too_long_leaves_no_lock(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="its path is too long; choose a shorter one"):
        Listener(ListenAddress(reactor, f"unix:{tmp_path}/{'a' * 200}"), Factory(), "here").privilegedStartService()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("description", "port", "interface"),
    [("tcp:1", 7, ""), ("tcp:1:interface=127.0.0.2", 7, "127.0.0.2"), ("haproxy:tcp:1:interface=\\:\\:1", 7, "::1")],
)
def test_a_room_may_have_another_port_of_the_same_kind(description: str, port: int, interface: str) -> None:
    memory = MemoryReactorClock()
    address = ListenAddress(memory, description)
    assert address.has_ports
    address.listen(Factory(), port)
    address.listen(Factory())
    assert [(number, where, backlog) for number, _, backlog, where in memory.tcpServers] == [
        (port, interface, LISTEN_BACKLOG),
        (1, interface, LISTEN_BACKLOG),
    ]


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # Twisted does
def test_other_ports_show_the_same_certificate_even_if_its_files_are_gone(tmp_path: Path) -> None:
    Authority(tmp_path).certify()
    memory = MemoryReactorClock()
    address = ListenAddress(memory, f"ssl:1:privateKey={tmp_path}/key.pem:certKey={tmp_path}/fullchain.pem")
    (tmp_path / "key.pem").unlink()
    for port in (None, 7):
        address.listen(Factory(), port)
    (first, _, shown, _, _), (second, _, shown_too, _, _) = memory.sslServers
    assert (first, second) == (1, 7)
    assert shown is shown_too


@pytest.mark.parametrize("description", ["unix:here", "haproxy:unix:here"])
def test_where_there_are_no_ports_a_room_has_none(description: str) -> None:
    assert not ListenAddress(reactor, description).has_ports
