"""Who comes through a proxy is who the proxy says, and is treated like everybody else."""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.endpoints import serverFromString
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.commands import Impose
from chatroom.fronts.guard.proxy_protocol import ProxiedFactory
from chatroom.fronts.line import LineFront
from tests.fronts.house import GREETING, House, logged

PROXY = IPv4Address("TCP", "127.0.0.1", 9)
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
STRANGER = (
    "closed 1 connections that did not begin with the PROXY protocol; "
    "let the proxy send it (send-proxy-v2), and nobody else connect there"
)


def first_version(host: str) -> bytes:
    family = "TCP6" if ":" in host else "TCP4"
    return f"PROXY {family} {host} {host} 40000 8080\r\n".encode()


def second_version(host: str) -> bytes:
    address = ip_address(host).packed
    family = 0x21 if len(address) == 16 else 0x11
    body = address * 2 + struct.pack("!HH", 40000, 8080)
    return SIGNATURE + struct.pack("!BBH", 0x21, family, len(body)) + body


class Connection(StringTransport):
    """The end of a connection to the proxy: what comes goes to its protocol, as with a socket."""

    aborted = False
    protocol: Any = None

    @override
    def abortConnection(self) -> None:
        self.aborted = True

    def come(self, data: bytes) -> None:
        self.protocol.dataReceived(data)


class ProxyTest(SynchronousTestCase):
    """A proxy connects, says for whom, and then passes on what that one says."""

    @override
    def setUp(self) -> None:
        self.house = House(per_host=2, first_line_timeout=20)
        self.listen()

    def listen(self) -> None:
        memory = MemoryReactorClock()
        proxied = ProxiedFactory(self.house.factory, self.house.factory)
        serverFromString(memory, "haproxy:tcp:1").listen(proxied)
        self.listening: Any = memory.tcpServers[0][1]

    def connect(self) -> Connection:
        connection = Connection(peerAddress=PROXY)
        connection.protocol = self.listening.buildProtocol(PROXY)
        connection.protocol.makeConnection(connection)
        return connection

    def lines(self, connection: Connection) -> list[str]:
        self.house.settle()
        lines: list[str] = connection.value().decode().splitlines()
        connection.clear()
        return lines

    def test_what_follows_the_word_of_the_proxy_is_heard_in_either_version(self) -> None:
        for word in (first_version, second_version):
            for host in ("192.0.2.1", "2001:db8::1"):
                connection = self.connect()
                connection.come(word(host) + b"alice\nquit\n")
                self.assertEqual(self.lines(connection)[-1], "* Bye.")

    def test_the_word_may_come_in_any_pieces(self) -> None:
        for word in (first_version("192.0.2.1"), second_version("192.0.2.1"), second_version("2001:db8::1")):
            said = word + b"alice\nquit\n"
            for pieces in [
                *((said[:at], said[at:]) for at in range(1, len(word) + 1)),
                [said[at : at + 1] for at in range(len(said))],
            ]:
                connection = self.connect()
                for piece in pieces:
                    connection.come(piece)
                self.assertEqual(self.lines(connection)[-1], "* Bye.", pieces)
                connection.protocol.connectionLost()

    def test_an_address_of_ipv4_is_one_whatever_clothes_the_proxy_puts_it_in(self) -> None:
        for word in (first_version, second_version):
            connection = self.connect()
            connection.come(word("::ffff:192.0.2.15") + b"help\n")
            self.assertEqual(connection.protocol.peer, "192.0.2.15:40000")
            self.assertEqual(connection.protocol.host, bytes((192, 0, 2, 15)))

    def test_a_proxy_that_speaks_for_itself_by_the_second_version_is_let_in(self) -> None:
        local = SIGNATURE + struct.pack("!BBH", 0x20, 0, 0)
        connection = self.connect()
        connection.come(local + b"alice\nquit\n")
        self.assertEqual(self.lines(connection)[-1], "* Bye.")
        silent = self.connect()
        silent.come(local)
        self.house.settle(1)
        self.house.settle(1)
        self.assertEqual(self.lines(silent), [GREETING])

    def test_who_says_nothing_is_greeted(self) -> None:
        connection = self.connect()
        connection.come(first_version("192.0.2.1"))
        self.house.settle(0.5)
        self.assertEqual(self.lines(connection), [GREETING])
        self.assertIsInstance(connection.protocol, LineFront)
        connection.come(b"alice\n")
        self.assertTrue(self.lines(connection)[0].startswith("* Hello alice."))

    def test_who_comes_from_nowhere_that_the_proxy_knows_comes_from_the_proxy(self) -> None:
        for word in (
            b"PROXY UNKNOWN\r\n",
            b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n",
            b"PROXY UNKNOWN " + b"x" * 91 + b"\r\n",
        ):
            for size in (1, 5, 13, 14, 15, 1000):
                connection = self.connect()
                said = word + b"alice\nquit\n"
                while said and not connection.disconnecting:
                    connection.come(said[:size])
                    said = said[size:]
                self.assertEqual(self.lines(connection)[-1], "* Bye.", (word, size))
                self.assertEqual(connection.protocol.peer, "127.0.0.1:9")
                connection.protocol.connectionLost()

    def test_who_comes_from_nowhere_and_says_nothing_is_greeted_too(self) -> None:
        for word in (b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"):
            connection = self.connect()
            connection.come(word)
            self.house.settle(1)
            self.house.settle(1)
            self.assertEqual(self.lines(connection), [GREETING])
            connection.protocol.connectionLost()

    def test_a_proxy_that_only_looks_whether_we_are_there_is_no_visitor(self) -> None:
        with logged("c") as lines:
            connection = self.connect()
            connection.come(b"PROXY UNKNOWN\r\n")
            connection.protocol.connectionLost(None)
            self.house.wait(30)
            self.assertEqual(lines, [])
        self.assertEqual(self.house.factory.admission.taken, 0)

    def test_each_host_behind_the_proxy_has_places_of_its_own(self) -> None:
        for host in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3"):
            self.connect().come(first_version(host) + b"help\n")
        one_more = self.connect()
        one_more.come(second_version("192.0.2.1") + b"help\n")
        self.assertTrue(self.lines(one_more)[0].startswith("! too-many-connections: There are 2 "))

    def test_a_network_is_banned_by_what_the_proxy_says_and_never_the_proxy(self) -> None:
        self.house.lobby.restore(())
        self.house.operator().do(Impose("ban", None, None, network="192.0.2.0/24"))
        self.house.operator().do(Impose("ban", None, None, network="127.0.0.0/8"))
        banned, other = self.connect(), self.connect()
        banned.come(first_version("192.0.2.1") + b"help\n")
        self.assertEqual(self.lines(banned), ["! banned: You are banned from this server."])
        other.come(first_version("198.51.100.1") + b"help\n")
        self.assertEqual(self.lines(other)[0], GREETING)

    def test_who_is_not_yet_introduced_takes_a_place_but_no_hosts(self) -> None:
        self.house = House(per_host=2, max_connections=3, first_line_timeout=20)
        self.listen()
        waiting = [self.connect() for _ in range(3)]
        [line] = self.lines(self.connect())
        self.assertEqual(line, "! too-many-connections: The server is full; try again later.")
        waiting[0].come(first_version("192.0.2.1") + b"alice\n")
        self.assertIn("* Hello alice.", "\n".join(self.lines(waiting[0])))
        waiting[1].protocol.connectionLost(None)
        self.connect().come(second_version("192.0.2.2") + b"bob\n")
        self.house.wait(30)
        self.assertTrue(waiting[2].aborted)
        waiting[2].protocol.connectionLost(None)
        self.assertEqual(self.house.factory.admission.taken, 2)

    def test_who_goes_gives_the_place_free(self) -> None:
        connection = self.connect()
        connection.come(first_version("192.0.2.1") + b"alice\n")
        self.assertEqual(list(self.house.factory.admission.hosts.values()), [1])
        connection.protocol.connectionLost()
        self.assertEqual(self.house.factory.admission.hosts, {})
        self.assertEqual(self.listening.protocols, {})

    def test_a_proxy_that_says_nothing_has_to_go(self) -> None:
        connection = self.connect()
        self.house.wait(19)
        self.assertFalse(connection.aborted)
        self.house.wait(2)
        self.assertTrue(connection.aborted)

    def test_who_was_introduced_has_the_usual_time_to_say_something(self) -> None:
        connection = self.connect()
        self.house.wait(15)
        connection.come(first_version("192.0.2.1"))
        self.house.wait(15)
        self.assertFalse(connection.aborted)
        self.assertEqual(self.lines(connection), [GREETING])

    def test_who_comes_without_a_proxy_is_not_let_in(self) -> None:
        for said in (
            b"alice\ncreate tea\n",
            b"PROXY TCP4 tea tea 1 2\r\nalice\n",
            b"PROXY TCP4 192.0.2.1 192.0.2.9 40000 tea\r\nalice\n",
            b"PROXY TCP4 192.0.2.1 192.0.2.9 99999 80\r\nalice\n",
            b"PROXY TCP4 192.0.2.1 192.0.2.9 +1 80\r\nalice\n",
            b"PROXY TCP4 2001:db8::1 2001:db8::9 40000 80\r\nalice\n",
            b"PROXY TCP6 192.0.2.1 192.0.2.9 40000 80\r\nalice\n",
            b"PROXY TCP6 fe80::1%a 2001:db8::9 40000 80\r\nalice\n",
            b"PROXY TCP6 2001:db8::1 2001:db8::9 40000\r\nalice\n",
            b"PROXY TCP4 192.0.2.1 192.0.2.9 1 2 3\r\nalice\n",
            SIGNATURE + struct.pack("!BBH", 0x31, 0x11, 12) + bytes(12),
            SIGNATURE + struct.pack("!BBH", 0x21, 0x11, 3) + bytes(3),
            b"PROXY TCP4 192.0.2.1 192.0.2.9 \xff 80\r\nalice\n",
            b"PROXY TCP6 \xff 2001:db8::9 40000 80\r\n",
            b"PROXY UNKNOWNS\r\nalice\n",
            b"PROXY UNKNOWN\nalice\n" + b"x" * 107,
            b'{"type":"login"}\n',
        ):
            connection = self.connect()
            connection.come(said)
            self.assertTrue(connection.disconnecting or connection.aborted, said)
            self.assertEqual(self.lines(connection), [])
            connection.protocol.connectionLost(None)
        self.assertEqual(self.house.factory.admission.taken, 0)

    def test_those_who_come_without_a_proxy_are_logged_in_one_line_every_10_s(self) -> None:
        with logged("closed") as lines:
            for _ in range(50):
                for said in (
                    b"alice\n",
                    b"PROXY TCP4 tea tea 1 2\r\nalice\n",
                    b"PROXY TCP4 192.0.2.1 192.0.2.9 1 tea\r\n",
                ):
                    connection = self.connect()
                    connection.come(said)
                    connection.protocol.connectionLost(None)
            self.assertEqual(lines, [STRANGER])
            self.house.wait(11)
            self.assertEqual(lines[1][:23], "closed 149 connections ")
            # Who waits to be greeted before saying anything waits in vain: of this one hears, too.
            self.connect()
            self.house.wait(30)
            self.assertEqual([line[:9] for line in lines], ["closed 1 ", "closed 14", "closed 1 "])

    def test_who_goes_or_was_introduced_is_no_stranger(self) -> None:
        with logged("closed") as lines:
            self.connect().protocol.connectionLost(None)
            connection = self.connect()
            connection.come(first_version("192.0.2.1") + b"alice\nquit\n")
            self.house.wait(30)
            connection.protocol.connectionLost()
            self.assertEqual(lines, [])

    def test_a_proxy_may_hang_up_before_it_says_anything(self) -> None:
        connection = self.connect()
        connection.protocol.connectionLost(None)
        self.house.wait(30)
        self.assertFalse(connection.aborted)

    def test_nobody_is_let_in_when_the_server_stops(self) -> None:
        connection = self.connect()
        self.successResultOf(self.house.factory.stop())
        connection.come(first_version("192.0.2.1") + b"alice\n")
        self.assertTrue(connection.aborted)
