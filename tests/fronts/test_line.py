"""The first bytes of a connection of lines: they tell the dialect, and when the server speaks."""

from __future__ import annotations

from itertools import pairwise

from twisted.internet.interfaces import IHandshakeListener
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from tests.fronts.house import GREETING, House, Peer, frame

WILL_ECHO, DO_NAWS, NOP = b"\xff\xfb\x01", b"\xff\xfd\x1f", b"\xff\xf1"
WINDOW_SIZE = b"\xff\xfa\x1f\x00\x50\xff\xff\x18\xff\xf0"
BOM = b"\xef\xbb\xbf"
SAYS_NOTHING = [
    b"",
    b"\n\n",
    b"\r\n",
    b"  ",
    BOM,
    WILL_ECHO,
    NOP,
    WINDOW_SIZE,
    BOM + b"\r\n  " + DO_NAWS + NOP + b"\n" + WINDOW_SIZE + BOM + b" ",
]


def ways_to_send(data: bytes) -> list[list[bytes]]:
    """Cut *data* in two wherever that can be, and into single bytes."""
    cuts = [[0, at, len(data)] for at in range(1, len(data))] + [list(range(len(data) + 1))]
    return [[data[start:end] for start, end in pairwise(cut)] for cut in cuts]


class FirstByteTest(SynchronousTestCase):
    """The first byte that means something decides, however it comes."""

    def test_an_opening_brace_means_frames(self) -> None:
        for before in SAYS_NOTHING:
            for pieces in ways_to_send(before + frame(type="ping", id=1)):
                program = House().connect()
                program.send(*pieces)
                self.assertEqual(program.lines(), ['{"type":"pong","id":1}'], pieces)

    def test_anything_else_means_text(self) -> None:
        for before in SAYS_NOTHING:
            for pieces in ways_to_send(before + b"zo\xc3\xab\r\n"):
                person = House().connect()
                person.send(*pieces)
                self.assertEqual([line[:13] for line in person.lines()[:2]], [GREETING[:13], "* Hello zoë. "], pieces)

    def test_an_endless_telnet_command_is_not_kept(self) -> None:
        person = House().connect()
        person.send(b"\xff\xfa" + b"a" * 60_000, b"b" * 60_000 + b"\xff\xf0alice\n")
        self.assertIn("* Hello alice.", person.take().decode())

    def test_telnet_commands_are_taken_out_of_text_wherever_they_come(self) -> None:
        person = House().connect()
        person.send(b"al" + WILL_ECHO + b"i" + WINDOW_SIZE + b"ce" + NOP + b"\r" + DO_NAWS + b"\n")
        self.assertIn("* Hello alice.", person.take().decode())

    def test_so_it_is_at_the_greeting(self) -> None:
        house = House()
        person = house.connect()
        person.send(NOP + b"\xff\xfd\x06")
        house.lobby.turn.end()
        self.assertEqual(person.wire.value(), b"\xff\xfc\x06")

    def test_telnet_is_answered_when_ctrl_c_was_pressed_for_it_shows_nothing_until_then(self) -> None:
        person = House().person("alice")
        for _ in range(2):
            person.send(b"\xff\xf4\xff\xfd\x06", b"who\n")
            self.assertEqual(person.take(), b"\xff\xfc\x06* Online: alice.\n")

    def test_frames_are_left_as_they_are(self) -> None:
        program = House().connect()
        self.assertEqual(program.ask({"type": "ping"}), [{"type": "pong"}])
        program.send(b'{"type":"ping"}' + NOP + b"\n")
        self.assertEqual([answer.get("code") for answer in program.frames()], ["bad-frame"])


class GreetingTest(SynchronousTestCase):
    """People are greeted, once, when they have said something or nothing for 300 ms."""

    @override
    def setUp(self) -> None:
        self.house = House()
        self.peer = self.house.connect()

    def after(self, seconds: float, peer: Peer | None = None) -> list[str]:
        self.house.settle(seconds)
        return (peer or self.peer).lines()

    def test_who_says_nothing_is_greeted_after_300_ms(self) -> None:
        self.assertEqual(self.after(0.25), [])
        self.assertEqual(self.after(0.15), [GREETING])
        self.assertEqual(self.after(10), [])
        self.assertTrue(self.peer.type("alice")[0].startswith("* Hello alice."))

    def test_the_first_line_is_answered_at_once_and_then_there_is_no_more_greeting(self) -> None:
        greeting, hello = self.peer.type("alice")[:2]
        self.assertEqual((greeting, hello[:14]), (GREETING, "* Hello alice."))
        self.assertEqual(self.after(1), [])

    def test_half_a_line_is_not_answered_until_300_ms_have_passed(self) -> None:
        self.peer.send(b"ali")
        self.assertEqual(self.after(0.25), [])
        self.assertEqual(self.after(0.15), [GREETING])
        self.assertTrue(self.peer.type("ce")[0].startswith("* Hello alice."))

    def test_bytes_that_say_nothing_are_no_first_line(self) -> None:
        self.peer.send(b"\r\n \n" + BOM + WILL_ECHO)
        self.assertEqual(self.after(0.25), [])
        self.assertEqual(self.after(0.15), [GREETING])

    def test_a_program_is_not_greeted(self) -> None:
        self.peer.send(b'{"type":')
        self.assertEqual(self.after(5), [])
        self.peer.send(b'"ping"}\n')
        self.assertEqual(self.after(5), ['{"type":"pong"}'])

    def test_a_slow_program_is_greeted_and_still_speaks_frames(self) -> None:
        self.assertEqual(self.after(1), [GREETING])
        self.assertEqual(self.peer.ask({"type": "ping", "id": "a"}), [{"type": "pong", "id": "a"}])
        self.assertEqual(self.after(1), [])

    def test_over_tls_the_300_ms_begin_after_the_handshake(self) -> None:
        peer = self.house.connect("tls")
        self.assertTrue(IHandshakeListener.providedBy(peer.front))
        self.assertEqual(self.after(5, peer), [])
        peer.front.handshakeCompleted()
        self.assertEqual(self.after(0.25, peer), [])
        self.assertEqual(self.after(0.15, peer), [GREETING])

    def test_small_writes_to_a_socket_do_not_wait(self) -> None:
        self.assertFalse(self.house.connect("tcp").wire.delays)

    def test_nobody_is_greeted_who_is_gone(self) -> None:
        self.peer.vanish()
        self.assertEqual(self.after(1), [])
