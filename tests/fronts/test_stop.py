"""The end of the server: nothing new begins, what was begun is answered, and everybody hears it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import LateLog
from tests.fronts.house import House, frame


class StopTest(SynchronousTestCase):
    """Everybody is told, and the result fires when the last is gone."""

    def test_everybody_hears_bye_in_its_own_dialect(self) -> None:
        house = House()
        person, program, silent = house.person("alice"), house.program("bob"), house.connect()
        person.type("create tea")
        program.ask({"type": "join", "room": "tea"})
        person.lines()
        stopped = house.factory.stop()
        self.assertEqual(person.lines(), ["* Bye: stopping."])
        self.assertEqual(program.frames(), [{"type": "bye", "reason": "stopping", "retry_after": 1.0}])
        self.assertEqual(silent.lines(), ["* Bye: stopping."])
        self.assertTrue(person.closed and program.closed and silent.closed)
        self.assertIsNone(self.successResultOf(stopped))

    def test_who_has_begun_a_frame_hears_it_in_one(self) -> None:
        house = House()
        program = house.connect()
        program.send(b'{"type":"lo')
        house.factory.stop()
        self.assertEqual([bye["type"] for bye in program.frames()], ["bye"])

    def test_nobody_is_let_in_any_more(self) -> None:
        house = House()
        self.assertIsNone(self.successResultOf(house.factory.stop()))
        self.assertIsNone(house.factory.buildProtocol(None))

    def test_what_was_taken_is_stored_answered_and_shown_first(self) -> None:
        log = LateLog()
        house = House(log=log)
        alice = house.program("alice")
        alice.send(frame(type="create", room="tea"))
        log.answer()
        alice.frames()
        alice.send(*[frame(type="say", id=number, room="tea", text="hello") for number in (1, 2)])
        stopped = house.factory.stop()
        house.settle(1)
        self.assertNoResult(stopped)
        log.answer()
        answers = [answer.get("id", answer["type"]) for answer in alice.frames()]
        self.assertEqual(answers, [1, 2, "said", "said", "bye"])
        self.assertIsNone(self.successResultOf(stopped))

    def test_lines_that_wait_and_lines_that_come_are_not_begun(self) -> None:
        house = House()
        program = house.connect(stuck=True)
        program.send(b'{"type":"ping"}\n' * 100)
        program.take()
        house.factory.stop()
        program.send(b'{"type":"ping"}\n')
        self.assertEqual([bye["type"] for bye in program.frames()], ["bye"])

    def test_who_does_not_go_is_made_to(self) -> None:
        log = LateLog()
        house = House(log=log)
        waiting, stuck = house.person("alice"), house.person("bob", stuck=True)
        waiting.type("create tea")
        stopped = house.factory.stop()
        house.settle(4.8)
        self.assertFalse(stuck.wire.aborted)
        house.settle(0.4)
        self.assertTrue(stuck.wire.aborted)
        house.settle(4.6)
        self.assertNoResult(stopped)
        house.settle(0.4)
        self.assertTrue(waiting.wire.aborted)
        self.assertIsNone(self.successResultOf(stopped))

    def test_without_a_limit_the_last_is_waited_for(self) -> None:
        house = House(stop_timeout=0, close_timeout=0)
        stuck = house.person("alice", stuck=True)
        stopped = house.factory.stop()
        house.settle(1_000_000)
        self.assertNoResult(stopped)
        stuck.vanish()
        self.assertIsNone(self.successResultOf(stopped))

    def test_who_is_closing_already_hears_nothing_more(self) -> None:
        house = House()
        person = house.person("alice", stuck=True)
        self.assertEqual(person.type("quit"), ["* Bye."])
        house.factory.stop()
        self.assertEqual(person.lines(), [])
