"""Somebody at a terminal who types a line that begins IRC is told so."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.fronts.line import GREETING_DELAY
from tests.fronts.house import House

HINT = b"NOTICE * :This is IRC now. For plain text connect again and type only your name.\r\n"


class HintTest(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.house = House()
        self.person = self.house.connect()

    def test_who_types_one_such_line_and_waits_is_told(self) -> None:
        self.house.settle(GREETING_DELAY)
        self.person.take()
        self.person.send(b"NICK alice\n")
        self.house.wait(6)
        self.assertEqual(self.person.take(), HINT)

    def test_a_client_says_more_at_once_and_is_not(self) -> None:
        self.person.send(b"NICK alice\r\nUSER alice 0 * :Alice\r\n")
        self.person.take()
        self.house.wait(6)
        self.assertEqual(self.person.take(), b"")

    def test_whoever_gives_a_name_is_not(self) -> None:
        self.person.send(b"alice\n")
        self.person.take()
        self.house.wait(6)
        self.assertEqual(self.person.take(), b"")
