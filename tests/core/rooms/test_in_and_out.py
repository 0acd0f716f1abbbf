"""In and out: what a join, a leave and a quit see, and when; a sentence each, while the log is late with everything."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import Happened, LogId, SeatId
from chatroom.core.values.changes import Change
from chatroom.core.values.commands import Create, Delete, Join, Leave, Quit, Say, Who
from chatroom.core.values.events import Bye, Joined, Left, Level, Said
from chatroom.core.values.replies import Entered, Members, Ok, Welcome
from tests.core.scenes import ALICE, BOB, CAROL, POND, TEA, come_back, kinds, said, seqs, session
from tests.fakes import LateLog, Person, World


class VeryLateLog(LateLog):
    """A log that is late with every change, stored or not, as one on another machine is."""

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        self.forward(type(change).__name__, lambda: self.log.change(log, change, by, done), done)


class InAndOutTests(SynchronousTestCase):
    """Alice and bob are in a room, whose log does what it is asked when it is told to."""

    @override
    def setUp(self) -> None:
        self.log = VeryLateLog(prompt=True)
        self.world = World(log=self.log)
        self.alice = self.world.enter("alice")
        self.bob = self.world.enter("bob", session=session("bob"))
        self.alice.do(Create(TEA))
        self.bob.do(Join(TEA))
        self.alice.see()
        self.log.prompt = False

    def answer(self, count: int = 1) -> None:
        """Let the log do the first *count* of what it was asked for, one in a turn."""
        for _ in range(count):
            self.log.answer(1)
            self.world.settle()

    def answer_all(self) -> None:
        self.world.settle()
        while self.log.waiting:
            self.answer()

    def carol(self) -> Person:
        return self.world.enter("carol")

    # A join.

    def test_who_comes_in_is_told_the_number_and_the_count_of_that_place(self) -> None:
        self.alice.ask(Say(TEA, "one"))
        self.answer_all()
        carol, dave = self.carol(), self.world.enter("dave")
        carol.ask(Join(TEA))
        self.alice.ask(Say(TEA, "two"))
        dave.ask(Join(TEA))
        self.answer_all()
        [came, *_], [came_later, *_] = carol.see(), dave.see()
        assert isinstance(came, Entered)
        assert isinstance(came_later, Entered)
        assert (came.seq, came.members) == (1, 3)
        assert (came_later.seq, came_later.members) == (2, 4)

    def test_and_reads_from_there(self) -> None:
        carol = self.carol()
        self.alice.ask(Say(TEA, "one"))
        carol.ask(Join(TEA))
        self.answer_all()
        self.alice.ask(Say(TEA, "two"))
        self.answer_all()
        assert kinds(sent := carol.see()) == ["Entered", "Level", "Said"]
        assert seqs(sent) == [2]

    def test_so_their_own_coming_is_never_shown_to_them(self) -> None:
        carol = self.carol()
        carol.ask(Join(TEA))
        self.answer_all()
        assert Joined(TEA, CAROL, 3, 256) in self.alice.see()
        assert kinds(carol.see()) == ["Entered", "Level"]

    def test_the_others_hear_when_it_has_happened(self) -> None:
        self.carol().ask(Join(TEA))
        assert self.alice.see() == []
        assert self.bob.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})]
        self.answer()
        assert self.alice.see() == [Joined(TEA, CAROL, 3, 256)]

    def test_who_is_gone_when_they_are_let_in_is_out_again(self) -> None:
        carol = self.carol()
        carol.ask(Join(TEA))
        carol.visitor.lost()
        self.answer_all()
        assert self.alice.see() == [Joined(TEA, CAROL, 3, 256), Left(TEA, CAROL, 2, 256, "lost")]
        assert self.bob.do(Who(TEA))[-1] == Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})

    def test_who_has_come_back_before_that_comes_in_after_it(self) -> None:
        carol = self.world.enter("carol", session=session("carol"))
        carol.ask(Join(TEA))
        carol.visitor.lost()
        again = come_back(self.world, "carol")
        again.ask(Join(TEA))
        self.answer_all()
        assert kinds(self.alice.see()) == ["Joined", "Left", "Joined"]
        assert kinds(again.see()) == ["Welcome", "Entered", "Level"]
        assert again.rooms == [TEA]

    # A leave.

    def test_who_leaves_is_out_when_the_replies_before_have_left(self) -> None:
        self.bob.ask(Say(TEA, "one"))
        self.bob.ask(Leave(TEA))
        self.answer_all()
        assert kinds(self.bob.see()) == ["Stored", "Said", "Ok"]

    def test_the_room_hears_it_at_its_place(self) -> None:
        self.alice.ask(Say(TEA, "one"))
        self.bob.ask(Leave(TEA))
        self.answer()
        self.alice.ask(Say(TEA, "two"))
        self.answer_all()
        left = Left(TEA, BOB, 1, 256, "left")
        assert [it for it in self.alice.see() if isinstance(it, Said | Left)] == [
            said(1, "alice", "one"),
            left,
            said(2, "alice", "two"),
        ]

    def test_it_hears_it_too_while_who_leaves_is_behind(self) -> None:
        self.bob.connection.busy = True
        self.alice.ask(Say(TEA, "one"))
        self.answer_all()
        self.bob.ask(Leave(TEA))
        self.answer_all()
        assert self.alice.see()[-1] == Left(TEA, BOB, 1, 256, "left")
        assert self.bob.see() == []

    def test_who_leaves_reads_on_to_the_last_message_before_and_no_further(self) -> None:
        self.bob.connection.busy = True
        self.alice.ask(Say(TEA, "one"))
        self.answer_all()
        self.bob.ask(Leave(TEA))
        self.alice.ask(Say(TEA, "two"))
        self.answer_all()
        self.alice.ask(Say(TEA, "three"))
        self.answer_all()
        self.bob.connection.busy = False
        self.bob.visitor.drained()
        self.answer_all()
        # Level as it was there.
        assert self.bob.see() == [said(1, "alice", "one"), Level(TEA, 1, 2, ""), Ok(TEA)]

    def test_what_was_said_between_the_asking_and_the_going_is_shown_to_who_is_level(self) -> None:
        self.log.prompt = True
        self.alice.ask(Say(TEA, "one"))
        self.log.prompt = False
        self.bob.ask(Leave(TEA))
        self.answer_all()
        assert self.bob.see() == [said(1, "alice", "one"), Ok(TEA)]

    def test_what_is_said_after_it_is_not_a_member_s(self) -> None:
        self.bob.ask(Leave(TEA))
        self.answer_all()
        self.bob.see()
        assert self.bob.refused(Say(TEA, "hi")) == "not-a-member"

    def test_a_room_is_open_until_the_last_who_left_has_read_it(self) -> None:
        world = World(linger=0)
        alice, bob = world.enter("alice"), world.enter("bob")
        alice.do(Create(TEA))
        bob.do(Join(TEA))
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        bob.do(Leave(TEA))
        alice.do(Leave(TEA))
        assert [room.name for room in world.lobby.rooms.values()] == [TEA]
        bob.connection.busy = False
        bob.visitor.drained()
        assert kinds(bob.see()) == ["Said", "Level", "Ok"]
        assert not world.lobby.rooms

    def test_it_reads_on_whatever_becomes_of_other_rooms(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("bob")
        for room in (TEA, POND):
            alice.do(Create(room))
            bob.do(Join(room))
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        bob.do(Leave(TEA))
        alice.do(Delete(POND))
        bob.connection.busy = False
        bob.visitor.drained()
        assert kinds(bob.see()) == ["Deleted", "Said", "Level", "Ok"]

    # A quit, and a loss.

    def test_who_quits_reads_no_further_than_what_was_taken_before(self) -> None:
        self.alice.ask(Say(TEA, "one"))
        self.bob.ask(Quit())
        self.answer()
        self.alice.ask(Say(TEA, "two"))
        self.answer_all()
        assert self.bob.see() == [said(1, "alice", "one"), Bye("quit")]

    def test_their_name_is_free_when_they_are_out(self) -> None:
        self.bob.ask(Quit())
        assert self.bob.see() == []
        self.answer_all()
        assert kinds(self.bob.see()) == ["Bye"]
        again = self.world.enter("bob")
        assert again.do(Who()) == [Members(None, (ALICE, BOB), more=False)]

    def test_who_is_lost_is_out_in_turn(self) -> None:
        carol = self.carol()
        carol.ask(Join(TEA))
        self.answer_all()
        self.alice.see()
        self.alice.ask(Say(TEA, "one"))
        carol.visitor.lost()
        self.answer_all()
        assert kinds(self.alice.see()) == ["Stored", "Said", "Left"]

    # One of several seats.

    def test_a_held_seat_that_is_joined_again_tells_nobody(self) -> None:
        self.bob.visitor.lost()
        again = come_back(self.world, "bob")
        again.ask(Join(TEA, after=0, epoch=self.world.lobby.room(TEA, None).epoch))
        self.alice.ask(Say(TEA, "one"))
        self.answer_all()
        welcome, entered, *rest = again.see()
        assert isinstance(welcome, Welcome)
        assert isinstance(entered, Entered)
        assert (entered.members, entered.resumed) == (2, True)
        assert kinds(rest) in (["Level", "Said"], ["Said", "Level"])
        assert kinds(self.alice.see()) == ["Stored", "Said"]

    def test_a_seat_that_is_given_up_while_it_is_joined_again_is_one_that_comes_anew(self) -> None:
        self.bob.visitor.lost()
        again = come_back(self.world, "bob")
        self.world.settle(30.5)
        again.ask(Join(TEA))
        self.answer_all()
        assert kinds(again.see()) == ["Welcome", "Entered", "Level"]
        assert self.alice.see() == [Left(TEA, BOB, 1, 256, "lost"), Joined(TEA, BOB, 2, 256)]
        assert again.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})]
