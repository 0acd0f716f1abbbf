"""The ways in that are not lines: each is answered in its own language, and closed."""

from __future__ import annotations

import struct

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from tests.fronts.house import GREETING, House


class BrowserTest(SynchronousTestCase):
    """No web page talks through a browser."""

    @override
    def setUp(self) -> None:
        self.house = House()
        self.peer = self.house.connect()

    def browse(self, request: bytes) -> bytes:
        self.peer.send(request)
        self.house.settle()
        return self.peer.take()

    def test_a_first_line_of_http_is_answered_in_http_and_closed(self) -> None:
        for version in (b"1.0", b"1.1"):
            self.peer = self.house.connect()
            request = b"POST / HTTP/" + version + b"\r\nHost: x\r\n\r\nalice\r\njoin tea\r\n"
            head, _, body = self.browse(request).partition(b"\r\n\r\n")
            self.assertTrue(head.startswith(b"HTTP/1.1 400 "))
            self.assertIn(b"Connection: close", head)
            self.assertTrue(body.isascii() and body.endswith(b"\n"))
            self.assertTrue(self.peer.closed)
            self.assertFalse(self.house.lobby.users)

    def test_a_browser_that_thinks_first_gets_that_after_the_greeting(self) -> None:
        self.house.settle(1)
        greeting, _, answer = self.browse(b"GET / HTTP/1.1\r\n\r\n").partition(b"\n")
        self.assertEqual(greeting.decode(), GREETING)
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "))
        self.assertTrue(self.peer.closed)

    def test_only_the_first_line_may_be_that_of_a_browser(self) -> None:
        self.peer.type("al ice")
        self.assertEqual([line[:19] for line in self.peer.type("GET / HTTP/1.1")], ["! username-invalid:"])
        self.peer.type("alice")
        self.peer.type("create tea")
        self.assertEqual(self.peer.type("It is HTTP/1.1")[-1][5:], " <alice> It is HTTP/1.1")

    def test_a_frame_is_not_from_a_browser(self) -> None:
        self.assertIn(b'"bad-frame"', self.browse(b'{"GET / HTTP/1.1\n'))
        self.assertFalse(self.peer.closed)


class SSHTest(SynchronousTestCase):
    """Somebody tries ``ssh -p 8080``, and is told at once what this is."""

    def test_a_client_of_ssh_is_told_what_this_is_in_its_own_language(self) -> None:
        house = House()
        version = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
        for pieces in ([version], [version[at : at + 1] for at in range(len(version))]):
            peer = house.connect()
            peer.send(*pieces)
            house.settle()
            ours, packet = peer.wire.value().split(b"\r\n", 1)
            self.assertEqual(ours, b"SSH-2.0-chatroom")
            size, padding, kind, why, words = struct.unpack("!IBBII", packet[:14])
            self.assertEqual((len(packet), len(packet) % 8, kind, why), (size + 4, 0, 1, 11))
            self.assertEqual(packet[14 : 14 + words].decode()[:37], "This is a chat, and speaks no SSH. Re")
            self.assertEqual(packet[14 + words :], bytes(4 + padding))
            self.assertGreaterEqual(padding, 4)
            self.assertTrue(peer.closed)
            self.assertEqual(house.factory.closes.pop("ssh"), 1)

    def test_somebody_may_be_called_like_it(self) -> None:
        for name in ("S", "SSH", "SSH-2", "SSH-20"):
            self.assertEqual(House().connect().type(name)[1][: 8 + len(name)], f"* Hello {name}"[: 8 + len(name)])


class TLSTest(SynchronousTestCase):
    """No web page talks through a browser by the greeting of TLS either: a page decides about a part of that."""

    HELLO = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\nmallory\ncreate pwned\nsaid by a browser\n"

    def test_whatever_greets_in_tls_is_told_so_in_one_line_and_closed(self) -> None:
        house = House()
        for pieces in ([self.HELLO], [self.HELLO[at : at + 1] for at in range(len(self.HELLO))]):
            peer = house.connect()
            peer.send(*pieces)
            self.assertEqual(peer.lines(), ["* This port speaks no TLS. Connect to it without, or to another one."])
            self.assertTrue(peer.closed)
            self.assertFalse(house.lobby.users)
            self.assertFalse(house.lobby.rooms)
            self.assertEqual(house.factory.closes.pop("tls"), 1)

    def test_nothing_else_is_said_to_it_whatever_happens_before_it_is_gone(self) -> None:
        house = House(first_line_timeout=1, close_timeout=10)
        peer = house.connect(stuck=True)
        peer.send(self.HELLO)
        self.assertEqual(len(peer.lines()), 1)
        house.settle(2)
        house.factory.stop()
        self.assertEqual(peer.lines(), [])

    def test_so_is_one_that_was_greeted_before(self) -> None:
        house = House()
        peer = house.connect()
        house.settle(1)
        peer.send(self.HELLO)
        self.assertEqual(len(peer.lines()), 2)
        self.assertTrue(peer.closed)

    def test_later_that_byte_is_only_a_control(self) -> None:
        person = House().person("alice")
        person.type("create tea")
        self.assertEqual(person.type("\x16\x03"), ["! text-invalid: A text can't hold U+0016."])
        self.assertFalse(person.closed)
