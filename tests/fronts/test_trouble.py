"""Defects of our own: each is logged and ends one connection, and nobody else notices."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Ping, Request
from chatroom.core.values.events import Event
from chatroom.core.values.limits import Limits
from chatroom.core.values.replies import Pong, Reply
from chatroom.wire.dialect import Misread, Standpoint
from chatroom.wire.frames.frames import Frames
from tests.fakes import BrokenLog
from tests.fronts.house import ForwardingDialect, House, Peer, frame

SAY = {"type": "say", "room": "tea", "text": "hello"}


class Defect(Exception):
    """What a test lets happen."""


class PoorFrames(ForwardingDialect):
    """Frames that can't do what *fails* names."""

    def __init__(self, fails: str) -> None:
        super().__init__(Frames("chatroom", Limits()))
        self._fails = fails

    @override
    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        requests = super().read(line, place)
        if self._fails == "read" and Request(Ping()) in requests:
            raise Defect
        return requests

    @override
    def reply(self, request: Request, reply: Reply) -> bytes:
        if self._fails == "reply" and isinstance(reply, Pong):
            raise Defect
        return super().reply(request, reply)

    @override
    def event(self, event: Event) -> bytes:
        if self._fails == "event":
            raise Defect
        return super().event(event)

    @override
    def batch(self, batch: Batch) -> bytes:
        if self._fails == "batch":
            raise Defect
        return super().batch(batch)


class TroubleTest(SynchronousTestCase):
    """An exception in one visitor's path."""

    def settle_in(self, house: House) -> tuple[Peer, Peer]:
        """Return alice and bob, two people in a room."""
        alice, bob = house.person("alice"), house.person("bob")
        alice.type("create tea")
        bob.type("join tea")
        alice.lines()
        return alice, bob

    def assert_ended(self, peer: Peer) -> None:
        """See that *peer* was disconnected at once, for one defect that is in the log with its traceback."""
        [failure] = self.flushLoggedErrors(Defect)
        self.assertIn("    raise ", failure.getTraceback())
        self.assertTrue(peer.wire.aborted)
        self.assertTrue(peer.closed)

    def assert_well(self, alice: Peer, bob: Peer) -> None:
        """See that *alice* and *bob* are in a room that works, and that nobody else is here."""
        self.assertEqual([line[6:] for line in alice.type("well?")], ["<alice> well?"])
        self.assertEqual([line[6:] for line in bob.lines()], ["<alice> well?"])
        self.assertEqual(bob.type("/topic x"), ["* bob set the topic: x"])
        self.assertEqual(alice.type("/nick anna")[-1], "* alice is now anna.")
        self.assertEqual(bob.type("/leave")[-1], "* You left tea. You are in the lobby.")
        self.assertEqual(bob.type("who"), ["* Online: anna, bob."])

    def test_a_line_that_can_not_be_read_ends_its_connection(self) -> None:
        house = House(frames=PoorFrames("read"))
        alice, bob = self.settle_in(house)
        eve = house.program("eve")
        eve.send(frame(type="ping") + frame(type="say", room="tea", text="not heard"))
        self.assertEqual(eve.frames(), [])
        self.assert_ended(eve)
        self.assert_well(alice, bob)

    def test_a_reply_that_can_not_be_written_ends_its_connection(self) -> None:
        house = House(frames=PoorFrames("reply"))
        alice, bob = self.settle_in(house)
        eve = house.program("eve")
        eve.send(frame(type="ping"), frame(type="say", room="tea", text="not heard"))
        self.assertEqual(eve.frames(), [])
        self.assert_ended(eve)
        self.assert_well(alice, bob)

    def test_an_event_that_can_not_be_written_ends_its_connection(self) -> None:
        house = House(frames=PoorFrames("event"))
        alice, bob = self.settle_in(house)
        eve = house.program("eve")
        bob.type("/tell eve hello")
        self.assert_ended(eve)
        self.assert_well(alice, bob)

    def test_talk_that_can_not_be_written_ends_the_connections_of_those_who_speak_so(self) -> None:
        house = House(frames=PoorFrames("batch"))
        alice, bob = self.settle_in(house)
        eve = house.program("eve")
        eve.ask({"type": "join", "room": "tea"})
        self.assertFalse(eve.closed)
        alice.type("hello")
        self.assert_ended(eve)
        alice.lines(), bob.lines()
        self.assert_well(alice, bob)

    def test_a_message_that_the_log_chokes_on_ends_the_connection_of_its_speaker(self) -> None:
        log = BrokenLog(Defect)
        house = House(log=log)
        alice, bob = self.settle_in(house)
        eve = house.program("eve")
        eve.ask({"type": "join", "room": "tea"})
        log.broken = ["append"]
        eve.ask(SAY)
        log.broken = []
        self.assert_ended(eve)
        alice.lines(), bob.lines()
        self.assert_well(alice, bob)

    def test_a_room_that_can_not_be_opened_may_be_so_later(self) -> None:
        log = BrokenLog(Defect)
        house = House(log=log)
        eve, alice = house.program("eve"), house.person("alice")
        log.broken = ["open"]
        eve.ask({"type": "create", "room": "tea"})
        log.broken = []
        self.assert_ended(eve)
        self.assertEqual(alice.type("create tea")[0][:27], "* You are in tea (1/256). T")

    def test_a_page_that_can_not_be_read_ends_the_connection_of_its_reader(self) -> None:
        log = BrokenLog(Defect)
        house = House(log=log, linger=0)
        alice, bob = self.settle_in(house)
        eve, mallory = house.program("eve"), house.program("mallory")
        alice.type("hello")
        # What was said before the room was opened again is not in its memory.
        alice.type("/leave"), bob.type("/leave")
        alice.type("create tea"), bob.type("join tea"), alice.lines()
        log.broken = ["read"]
        eve.ask({"type": "join", "room": "tea", "backlog": 1})
        self.assert_ended(eve)
        mallory.ask({"type": "join", "room": "tea"}, {"type": "history", "room": "tea"})
        self.assert_ended(mallory)
        log.broken = []
        alice.lines(), bob.lines()
        self.assert_well(alice, bob)
