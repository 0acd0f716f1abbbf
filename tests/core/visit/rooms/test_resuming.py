"""Reading on: a join with the number seen last brings the messages after it, without a hole or a repeat."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Delete, Join, Leave, Say
from chatroom.core.values.events import Event, Gap
from chatroom.core.values.limits import BACKLOG
from chatroom.core.values.replies import Entered, Reply
from tests.core.scenes import MANY, TEA, come_back, gather, keeping, kinds, say_much, seqs, session
from tests.fakes import LateLog, Person, World


def epoch(world: World) -> str:
    return world.lobby.room(TEA, None).epoch


def resume(
    person: Person, after: int | None, *, epoch: str | None, backlog: int | None = None
) -> tuple[bool, list[Reply | Event]]:
    """Let *person* join, and return whether they are resumed, and the events that come then."""
    entered, *rest = person.do(Join(TEA, backlog, after, epoch))
    assert isinstance(entered, Entered)
    assert kinds(rest)[-1] == "Level"
    return entered.resumed, rest[:-1]


def skipped(sent: list[Reply | Event], *, kept: bool) -> list[int]:
    """Return the numbers of messages in the gaps."""
    gaps = [it for it in sent if isinstance(it, Gap) and it.kept is kept]
    return [seq for gap in gaps for seq in range(gap.first, gap.last + 1)]


class ResumeTests(SynchronousTestCase):
    def talk(self, count: int) -> World:
        """Return a world in which alice has said *count* messages."""
        world = World()
        [alice] = gather(world, "alice")
        for number in range(1, count + 1):
            alice.do(Say(TEA, str(number)))
        return world

    def test_exactly_what_came_after_is_shown(self) -> None:
        world = self.talk(5)
        bob = world.enter("bob")
        for after in range(6):
            resumed, sent = resume(bob, after, epoch=epoch(world))
            assert resumed
            assert seqs(sent) == list(range(after + 1, 6))
            assert kinds(sent) == ["Said"] * (5 - after)
            bob.do(Leave(TEA))

    def test_who_was_lost_reads_on_where_it_was(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(Say(TEA, "1"))
        assert seqs(bob.see()) == [1]
        bob.visitor.lost()
        for number in "23":
            alice.do(Say(TEA, number))
        bob = come_back(world, "bob")
        alice.do(Say(TEA, "4"))
        bob.see()
        resumed, sent = resume(bob, 1, epoch=epoch(world))
        assert resumed
        assert seqs(sent) == [2, 3, 4]
        alice.do(Say(TEA, "5"))
        assert seqs(bob.see()) == [5]

    def test_what_is_said_in_the_same_turn_is_neither_missed_nor_doubled(self) -> None:
        world = self.talk(2)
        alice = world.enter("anna")
        alice.do(Join(TEA))
        for after in (1, 2, 3):
            bob = world.enter(f"bob{after}")
            newest = world.lobby.room(TEA, None).head
            alice.ask(Say(TEA, "before"))
            bob.ask(Join(TEA, None, after, epoch(world)))
            alice.ask(Say(TEA, "after"))
            sent = bob.see()
            assert seqs(sent) == list(range(after + 1, newest + 3))
            assert kinds(sent)[0] == "Entered"

    def test_nor_is_what_is_said_while_the_pages_come(self) -> None:
        log = LateLog(keeping(*"12345"), prompt=True)
        world = World(log=log, page=2)
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        log.prompt = False
        bob.ask(Join(TEA, None, 1, epoch(world)))
        for number in "6789":
            alice.ask(Say(TEA, number))
            log.answer(1)
            world.settle()
        while log.waiting:
            log.answer(1)
            world.settle()
        sent = bob.see()
        assert seqs(sent) == [2, 3, 4, 5, 6, 7, 8, 9]
        assert kinds(sent).count("Level") == 1

    def test_a_page_that_was_asked_for_before_the_loss_is_not_shown_after_it(self) -> None:
        log = LateLog(keeping(*"12345"), prompt=True)
        world = World(log=log)
        gather(world, "alice")
        bob = world.enter("bob", session=session("bob"))
        log.prompt = False
        bob.do(Join(TEA, 2))
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.do(Join(TEA, None, 1, epoch(world)))
        bob.see()
        assert len(log.waiting) == 2
        log.answer()
        assert kinds(bob.see()) == [*["Said"] * 4, "Level"]

    def test_nor_is_what_waits_for_the_log(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        [alice] = gather(world, "alice")
        alice.do(Say(TEA, "1"))
        bob = world.enter("bob")
        log.prompt = False
        alice.ask(Say(TEA, "2"))
        bob.ask(Join(TEA, None, 1, epoch(world)))
        alice.ask(Say(TEA, "3"))
        log.answer()
        entered, *rest = bob.see()
        assert isinstance(entered, Entered)
        assert (entered.resumed, entered.seq) == (True, 2)
        assert seqs(rest) == [2, 3]

    def test_more_than_a_room_remembers_is_read_from_the_log(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        say_much(alice)
        resumed, sent = resume(world.enter("bob"), 0, epoch=epoch(world))
        assert resumed
        assert seqs(sent) == list(range(1, MANY + 1))

    def test_of_another_epoch_or_none_the_last_messages_come(self) -> None:
        world = self.talk(60)
        bob = world.enter("bob")
        for after, of in ((3, "another"), (3, None), (0, None), (60, None), (61, epoch(world)), (1000, epoch(world))):
            resumed, sent = resume(bob, after, epoch=of)
            assert not resumed
            assert seqs(sent) == list(range(11, 61))
            assert kinds(sent) == ["Said"] * 50
            bob.do(Leave(TEA))

    def test_or_as_many_as_were_asked_for(self) -> None:
        world = self.talk(9)
        bob = world.enter("bob")
        for backlog in (0, 2, 20):
            resumed, sent = resume(bob, 3, epoch="another", backlog=backlog)
            assert not resumed
            assert seqs(sent) == list(range(1, 10))[max(0, 9 - backlog) :]
            bob.do(Leave(TEA))

    def test_an_epoch_alone_resumes_nothing(self) -> None:
        world = self.talk(9)
        assert resume(world.enter("bob"), None, epoch=epoch(world)) == (False, [])

    def test_nothing_is_resumed_in_a_room_that_was_deleted_and_created_again(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        alice.do(Say(TEA, "1"))
        before = epoch(world)
        alice.do(Delete(TEA))
        alice.do(Create(TEA))
        alice.do(Say(TEA, "2"))
        resumed, sent = resume(world.enter("bob"), 1, epoch=before)
        assert not resumed
        assert seqs(sent) == [1]

    def test_if_more_than_the_backlog_is_missing_a_gap_tells_so(self) -> None:
        world = self.talk(9)
        bob = world.enter("bob")
        _, [gap, *sent] = resume(bob, 3, epoch=epoch(world), backlog=2)
        assert gap == Gap(TEA, 4, 7, kept=True)
        assert seqs(sent) == [8, 9]
        bob.do(Leave(TEA))
        resumed, sent = resume(bob, 3, epoch=epoch(world), backlog=0)
        assert resumed
        assert sent == [Gap(TEA, 4, 9, kept=True)]

    def test_if_no_more_is_missing_there_is_no_gap(self) -> None:
        world = self.talk(9)
        bob = world.enter("bob")
        for after, backlog in ((7, 2), (8, 2), (9, 2), (9, 0)):
            _, sent = resume(bob, after, epoch=epoch(world), backlog=backlog)
            assert kinds(sent) == ["Said"] * (9 - after)
            bob.do(Leave(TEA))

    def test_what_is_no_longer_kept_is_a_gap(self) -> None:
        world = World(log=keeping(*"123456789", keep=4))
        gather(world, "alice")
        bob = world.enter("bob")
        _, [gap, *sent] = resume(bob, 2, epoch=epoch(world))
        assert gap == Gap(TEA, 3, 5, kept=False)
        assert seqs(sent) == [6, 7, 8, 9]
        bob.do(Leave(TEA))
        _, [gone, left_out, *sent] = resume(bob, 2, epoch=epoch(world), backlog=1)
        assert [gone, left_out] == [Gap(TEA, 3, 5, kept=False), Gap(TEA, 6, 8, kept=True)]
        assert seqs(sent) == [9]


@given(
    said=st.integers(0, 70),
    keep=st.integers(1, 70),
    page=st.integers(1, 20),
    after=st.integers(0, 80),
    knows_epoch=st.booleans(),
    backlog=st.none() | st.integers(0, 80),
)
def test_every_number_is_shown_or_named_in_a_gap(
    said: int, keep: int, page: int, after: int, knows_epoch: bool, backlog: int | None
) -> None:
    world = World(log=keeping(*map(str, range(1, said + 1)), keep=keep), page=page)
    gather(world, "alice")
    resumed, sent = resume(world.enter("bob"), after, epoch=epoch(world) if knows_epoch else None, backlog=backlog)
    assert resumed == (knows_epoch and after <= said)
    newest = max(0, said - (BACKLOG if backlog is None else backlog))
    missed = range((after if resumed else newest) + 1, said + 1)
    oldest = max(0, said - keep)
    left_out = newest if resumed and backlog is not None else 0
    assert seqs(sent) == [seq for seq in missed if seq > oldest and seq > left_out]
    assert skipped(sent, kept=False) == [seq for seq in missed if seq <= oldest]
    assert skipped(sent, kept=True) == [seq for seq in missed if oldest < seq <= left_out]
