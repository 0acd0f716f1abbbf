"""A defect of ours, or one bad connection, ends one visit and harms nobody else."""

from __future__ import annotations

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Create, History, Join, Leave, Login, Ping, Say, Search, Topic
from tests.core.scenes import BOB, MANY, POND, TEA, come_back, gather, kinds, said, say_much, seqs
from tests.fakes import BrokenLog, FakeConnection, Person, World


class BrokenConnection(FakeConnection):
    """A connection on which nothing can be written: it is lost soon after, as at a front."""

    lost: Callable[[], None] = staticmethod(lambda: None)

    @override
    def show(self, batch: Batch) -> bool:
        self.crashed()
        self.lost()
        return True


def crashed(person: Person) -> bool:
    """Return whether the visit of *person* ended by a defect; their connection is lost then."""
    if person.connection.crashes:
        person.visitor.lost()
    return bool(person.connection.crashes)


class DefectTests(SynchronousTestCase):
    def test_a_defect_in_a_command_ends_that_visit_only(self) -> None:
        for what, command in (
            ("open", Create(POND)),
            ("append", Say(TEA, "hi")),
            ("read", History(TEA)),
            ("search", Search(TEA, "hi")),
        ):
            log = BrokenLog()
            world = World(log=log)
            alice, bob = gather(world, "alice", "bob")
            log.broken = [what]
            bob.do(command)
            log.broken = []
            assert crashed(bob), what
            assert isinstance(bob.connection.crashes[0], ZeroDivisionError), what
            assert kinds(alice.see()) == ["Left"], what
            assert alice.do(Say(TEA, "hi"))[1:] == [said(1, "alice", "hi")], what
            assert kinds(alice.do(Topic(TEA, "Tea"))) == ["Ok", "TopicChanged"], what
            assert kinds(alice.do(Create(POND))) == ["Entered", "Level"], what
            assert kinds(world.visit().do(Login(BOB))) == ["Welcome"], what
            assert not crashed(alice), what

    def test_a_defect_in_reading_on_ends_that_visit_only(self) -> None:
        log = BrokenLog()
        world = World(log=log)
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        for slow in (bob, carol):
            slow.connection.busy = True
        say_much(alice)
        log.broken = ["read"]
        bob.connection.busy = False
        bob.visitor.drained()
        world.settle()
        log.broken = []
        assert crashed(bob)
        carol.connection.busy = False
        carol.visitor.drained()
        assert kinds(carol.see()) == [*["Said"] * MANY, "Level"]
        assert kinds(alice.do(Leave(TEA)))[-1] == "Ok"

    def test_a_broken_connection_keeps_nothing_from_the_others(self) -> None:
        world = World()
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        broken = BrokenConnection()
        bob.visitor.connection = broken
        broken.lost = bob.visitor.lost
        alice.do(Say(TEA, "one"))
        assert broken.crashes
        alice.do(Say(TEA, "two"))
        assert seqs(carol.see()) == [1, 2]
        assert kinds(alice.do(Ping())) == ["Pong"]
        assert kinds(world.visit().do(Login(BOB))) == ["Welcome"]

    def test_what_the_log_choked_on_may_be_sent_again(self) -> None:
        log = BrokenLog()
        world = World(log=log)
        _, bob = gather(world, "alice", "bob", known=True)
        log.broken = ["append"]
        bob.do(Say(TEA, "one", cid="c1"))
        log.broken = []
        assert crashed(bob)
        bob = come_back(world, "bob")
        bob.do(Join(TEA))
        assert kinds(bob.do(Say(TEA, "one", cid="c1"))) == ["Stored", "Said"]

    def test_so_may_a_topic(self) -> None:
        log = BrokenLog()
        world = World(log=log)
        alice, bob = gather(world, "alice", "bob")
        log.broken = ["topic"]
        bob.do(Topic(TEA, "Tea"))
        log.broken = []
        assert crashed(bob)
        assert kinds(alice.see()) == ["Left"]
        assert kinds(alice.do(Topic(TEA, "Tea"))) == ["Ok", "TopicChanged"]

    def test_nothing_more_is_taken_of_who_has_crashed(self) -> None:
        log = BrokenLog()
        [alice] = gather(World(log=log), "alice")
        log.broken = ["search"]
        alice.ask(Search(TEA, "hi"))
        assert not alice.visitor.is_free()
        assert crashed(alice)
        assert not alice.visitor.is_free()
        assert alice.connection.proceeded == 0

    def test_a_refusal_is_no_defect(self) -> None:
        alice = World().enter("alice")
        assert alice.refused(Join(TEA)) == "no-such-room"
        assert not crashed(alice)
