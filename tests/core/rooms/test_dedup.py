"""``cid``: a message that is sent again is stored once."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, History, Join, Leave, Say
from chatroom.core.values.events import Message
from chatroom.core.values.limits import RESENDABLE
from chatroom.core.values.replies import Entries, Refused, Reply, Stored
from tests.core.scenes import AT, BOB, POND, TEA, come_back, gather, gather_late, seqs, session
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once

ONE = Say(TEA, "one", cid="c1")


def confirmed(seq: int, *, at: int = AT, cid: str | None = "c1") -> Stored:
    return Stored(TEA, seq, at, cid)


def texts(person: Person) -> list[str]:
    """Return the texts that *person* finds in the log."""
    [entries] = person.do(History(TEA))
    assert isinstance(entries, Entries)
    return [said.message.text for said in entries.entries]


def code(reply: object) -> str:
    assert isinstance(reply, Refused)
    return reply.error.code


class SendAgainTests(SynchronousTestCase):
    def test_it_is_stored_once_and_has_its_first_number(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        assert bob.do(ONE)[0] == confirmed(1)
        assert seqs(alice.see()) == [1]
        alice.do(Say(TEA, "two"))
        bob.see()
        world.settle(5)
        assert bob.do(ONE) == [confirmed(1)]
        assert alice.see() == []
        assert texts(alice) == ["one", "two"]

    def test_the_log_learns_by_whom_it_may_come_again(self) -> None:
        world = World()
        [bob] = gather(world, "bob", known=True)
        bob.do(ONE)
        [entries] = bob.do(History(TEA))
        assert isinstance(entries, Entries)
        assert entries.entries[0].message == Message(BOB, "one", AT, session=session("bob"), cid="c1")

    def test_while_the_first_is_in_flight_both_are_answered_when_it_is_stored(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        bob.ask(ONE)
        bob.ask(Say(TEA, "two"))
        bob.ask(ONE)
        assert len(log.waiting) == 2
        log.answer()
        assert bob.see()[:3] == [confirmed(1), confirmed(2, cid=None), confirmed(1)]
        assert seqs(alice.see()) == [1, 2]

    def test_it_may_come_again_after_the_connection_was_lost(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(ONE)
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.do(Join(TEA))
        assert bob.do(ONE) == [confirmed(1)]
        assert seqs(alice.see()) == [1]

    def test_even_when_the_seat_was_given_up(self) -> None:
        world = World(grace=30)
        _, bob = gather(world, "alice", "bob", known=True)
        bob.do(ONE)
        bob.visitor.lost()
        world.settle(31)
        ben = come_back(world, "bob", called="ben")
        ben.do(Join(TEA))
        assert ben.do(ONE) == [confirmed(1)]

    def test_or_while_it_was_in_flight(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        world = alice.world
        bob.ask(ONE)
        bob.visitor.lost()
        again = come_back(world, "bob")
        again.ask(Join(TEA, None, 0, world.lobby.room(TEA, None).epoch))
        log.answer(1)
        again.ask(ONE)
        assert not log.waiting
        sent = again.see()
        assert sent[2] == confirmed(1)
        assert seqs(sent) == [1]
        assert seqs(alice.see()) == [1]

    def test_and_after_the_room_was_closed_and_opened_again(self) -> None:
        world = World(linger=0)
        [bob] = gather(world, "bob", known=True)
        bob.do(ONE)
        bob.do(Leave(TEA))
        world.settle(5)
        bob.do(Join(TEA))
        assert bob.do(ONE) == [confirmed(1)]
        assert code(bob.do(Say(TEA, "two", cid="c1"))[0]) == "cid-reused"
        assert bob.do(Say(TEA, "two", cid="c2"))[0] == confirmed(2, at=AT + 5000, cid="c2")

    def test_another_message_may_not_have_the_same_cid(self) -> None:
        world = World()
        _, bob = gather(world, "alice", "bob", known=True)
        bob.do(ONE)
        assert bob.refused(Say(TEA, "two", cid="c1")) == "cid-reused"
        assert bob.refused(Say(TEA, "one", kind="action", cid="c1")) == "cid-reused"
        assert texts(bob) == ["one"]

    def test_not_even_while_the_first_is_in_flight(self) -> None:
        log, [_, bob] = gather_late("alice", "bob", known=True)
        bob.ask(ONE)
        bob.ask(Say(TEA, "two", cid="c1"))
        log.answer()
        first, second, *_ = bob.see()
        assert first == confirmed(1)
        assert code(second) == "cid-reused"

    def test_what_failed_may_be_sent_again(self) -> None:
        log = LateLog(prompt=True)
        alice, bob = gather(World(log=log), "alice", "bob", known=True)
        log.failing = True
        assert bob.refused(ONE) == "storage-failed"
        log.failing = False
        assert bob.do(ONE)[0] == confirmed(1)
        assert seqs(alice.see()) == [1]

    def test_all_who_wait_for_it_hear_that_it_failed(self) -> None:
        log, [_, bob] = gather_late("alice", "bob", known=True)
        bob.ask(ONE)
        bob.ask(ONE)
        log.failing = True
        log.answer()
        assert [code(reply) for reply in bob.see()] == ["storage-failed"] * 2

    def test_each_session_has_cids_of_its_own(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(ONE)
        assert [type(it) for it in bob.do(ONE)].count(Stored) == 1
        assert texts(bob) == ["one", "one"]

    def test_so_has_each_room(self) -> None:
        world = World()
        _, bob = gather(world, "alice", "bob", known=True)
        bob.do(Create(POND))
        bob.do(ONE)
        assert bob.do(Say(POND, "two", cid="c1"))[0] == Stored(POND, 1, AT, "c1")

    @at_once
    def test_without_a_session_it_is_known_again_on_the_same_connection_only(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        bob.do(ONE)
        assert bob.do(ONE) == [confirmed(1)]
        assert bob.refused(Say(TEA, "two", cid="c1")) == "cid-reused"
        assert alice.do(ONE)[-2:-1] == [confirmed(2)]
        bob.visitor.lost()
        bob = world.enter("bob")
        bob.do(Join(TEA))
        assert bob.do(ONE)[0] == confirmed(3)

    def test_also_if_the_room_was_closed_meanwhile(self) -> None:
        world = World(linger=0)
        [bob] = gather(world, "bob")
        bob.do(ONE)
        bob.do(Leave(TEA))
        world.settle(5)
        bob.do(Join(TEA))
        assert bob.do(ONE) == [confirmed(1)]

    def test_without_a_cid_it_is_another_message(self) -> None:
        [bob] = gather(World(), "bob", known=True)
        replies = [bob.do(Say(TEA, "one"))[0] for _ in range(2)]
        assert replies == [confirmed(1, cid=None), confirmed(2, cid=None)]

    @at_once
    def test_the_newest_ten_thousand_are_known_again(self) -> None:
        [bob] = gather(World(), "bob", known=True)
        assert RESENDABLE == 10_000

        def say(number: int) -> Reply:
            bob.ask(Say(TEA, "a", cid=f"a{number}"))
            return bob.connection.replies.pop()[1]

        for number in range(1, 10_001):
            say(number)
        assert say(1) == confirmed(1, cid="a1")
        say(10_001)
        assert say(1) == confirmed(10_002, cid="a1")
        assert say(3) == confirmed(3, cid="a3")
