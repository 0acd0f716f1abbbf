"""What a connection does whatever it speaks, and what Twisted's receiver of lines may not do in its place."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.protocol import ServerFactory
from twisted.protocols.basic import LineReceiver
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.commands import Request
from chatroom.core.values.limits import Limits
from chatroom.fronts.factory import LineFactory
from chatroom.fronts.front import Front
from chatroom.fronts.line import LineFront
from chatroom.wire.dialect import Misread, Standpoint
from chatroom.wire.frames.frames import Frames
from tests.fakes import LateLog
from tests.fronts.house import ForwardingDialect, House, Peer, frame


class MethodsTest(SynchronousTestCase):
    """A line front is Twisted's receiver of lines, but its flow is the front's."""

    def test_one_factory_makes_receivers_of_lines(self) -> None:
        house = House()
        self.assertIsInstance(house.factory, ServerFactory)
        self.assertIsInstance(house.connect().front, LineReceiver)
        self.assertTrue(issubclass(LineFactory, ServerFactory))

    def test_what_both_have_is_the_front_s(self) -> None:
        for name in ("dataReceived", "pauseProducing", "resumeProducing", "connectionLost"):
            self.assertTrue(hasattr(LineReceiver, name), name)
            self.assertIs(getattr(LineFront, name), getattr(Front, name), name)


class Several(ForwardingDialect):
    """Frames of which several may stand in one line, with a tab between them; of a line ``{}``, nothing comes."""

    @override
    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        if line == b"{}":
            return ()
        return tuple(request for piece in line.split(b"\t") for request in self.dialect.read(piece, place))


class SeveralRequestsTest(SynchronousTestCase):
    """A line may hold any number of requests, which are begun like as many lines."""

    def house(self, log: LateLog | None = None, **limits: float) -> tuple[House, Peer]:
        house = House(log=log, frames=Several(Frames("chatroom", Limits())), **limits)
        return house, house.program("robot")

    def line(self, *requests: dict[str, object]) -> bytes:
        return b"\t".join(frame(**request).strip() for request in requests) + b"\n"

    def test_none(self) -> None:
        _, robot = self.house()
        robot.send(b"{}\n", frame(type="ping"))
        self.assertEqual(robot.frames(), [{"type": "pong"}])

    def test_two_are_answered_in_order(self) -> None:
        _, robot = self.house()
        robot.send(self.line({"type": "ping", "id": 1}, {"type": "dance", "id": 2}, {"type": "ping", "id": 3}))
        self.assertEqual([(it["id"], it["type"]) for it in robot.frames()], [(1, "pong"), (2, "error"), (3, "pong")])

    def test_one_that_waits_holds_up_the_next_of_its_line_and_the_next_line(self) -> None:
        log = LateLog(prompt=True)
        house, robot = self.house(log)
        log.prompt = False
        robot.send(self.line({"type": "create", "room": "tea"}, {"type": "ping", "id": 1}), frame(type="ping", id=2))
        self.assertEqual(robot.frames(), [])
        self.assertEqual(robot.wire.producerState, "paused")
        log.answer()
        house.settle()
        self.assertEqual([it["type"] for it in robot.frames()], ["entered", "level", "pong", "pong"])
        self.assertEqual(robot.wire.producerState, "producing")

    def test_each_costs_a_token(self) -> None:
        house, robot = self.house(burst=3, rate=1)
        house.settle(3)
        robot.send(self.line(*[{"type": "ping", "id": number} for number in range(5)]))
        self.assertEqual([it["type"] for it in robot.frames()], ["pong"] * 3 + ["slowed"])
        house.wait(2)
        self.assertEqual([it["type"] for it in robot.frames()], ["pong"] * 2)

    def test_all_are_begun_before_an_end_of_input_closes(self) -> None:
        house, _ = self.house(burst=3, rate=1)
        robot = house.connect("tcp")
        robot.send(self.line(*[{"type": "ping", "id": number} for number in range(5)]))
        robot.finish()
        house.wait(5)
        self.assertEqual([it["type"] for it in robot.frames()], ["pong"] * 3 + ["slowed"] + ["pong"] * 2)
        self.assertTrue(robot.closed)
