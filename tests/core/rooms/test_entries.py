"""A room applies what is in its log, whoever has asked for it: here other servers over the same log."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import SeatId
from chatroom.core.rooms.participant import Position
from chatroom.core.values.commands import Create, Delete, Join, Leave, Rename, Say, Topic, Who
from chatroom.core.values.errors import NoSuchRoom
from chatroom.core.values.events import Deleted, Gap, Joined, Left, Level, Renamed, TopicChanged
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Entered, Members
from tests.core.scenes import ALICE, BOB, CAROL, TEA, kinds, said, seqs, session, stored
from tests.fakes import Person, World
from tests.nodes import ServerLog, Store


class EntriesTests(SynchronousTestCase):
    """Alice and bob are in one room, each at a server of their own."""

    @override
    def setUp(self) -> None:
        store = Store()
        self.here, self.there = store.server(), store.server()
        self.alice = World(log=self.here).enter("alice", session=session("alice"))
        self.bob = World(log=self.there).enter("bob")
        self.alice.do(Create(TEA, capacity=3))
        self.bob.do(Join(TEA))
        self.sees(self.alice, self.here)

    def sees(self, person: Person, log: ServerLog) -> list[object]:
        """Return what *person* sees when their server is told by *log* what happened at others."""
        log.told()
        return [*person.see()]

    def test_who_comes_in_elsewhere_is_a_member_for_all(self) -> None:
        carol = World(log=self.there).enter("carol")
        entered, _ = carol.do(Join(TEA))
        assert isinstance(entered, Entered)
        assert (entered.members, entered.capacity) == (3, 3)
        assert self.sees(self.alice, self.here) == [Joined(TEA, CAROL, 3, 3)]
        assert self.alice.do(Who(TEA)) == [Members(TEA, (ALICE, BOB, CAROL), more=False, roles={ALICE: "owner"})]

    def test_who_opens_a_room_finds_who_is_in(self) -> None:
        dave = World(log=self.there).enter("dave")
        assert kinds(dave.do(Join(TEA))) == ["Entered", "Level"]
        assert dave.do(Who(TEA)) == [Members(TEA, (ALICE, BOB, Username("dave")), more=False)]

    def test_what_is_said_elsewhere_has_its_number_here(self) -> None:
        self.bob.do(Say(TEA, "one"))
        assert self.sees(self.alice, self.here) == [said(1, "bob", "one")]

    def test_all_see_one_order_but_not_at_the_same_time(self) -> None:
        assert self.bob.do(Say(TEA, "one")) == [stored(1), said(1, "bob", "one")]
        assert self.alice.do(Say(TEA, "two")) == [stored(2), said(1, "bob", "one"), said(2, "alice", "two")]
        self.bob.do(Topic(TEA, "Coffee"))
        assert self.sees(self.bob, self.there) == []
        assert self.sees(self.alice, self.here) == [TopicChanged(TEA, "Coffee", BOB)]

    def test_who_leaves_elsewhere_is_out(self) -> None:
        self.bob.do(Leave(TEA))
        assert self.sees(self.alice, self.here) == [Left(TEA, BOB, 1, 3, "left")]
        assert self.alice.do(Who(TEA)) == [Members(TEA, (ALICE,), more=False, roles={ALICE: "owner"})]

    def test_who_is_renamed_elsewhere_has_another_name(self) -> None:
        ben = Username("ben")
        self.bob.do(Rename(ben))
        assert self.sees(self.alice, self.here) == [Renamed(TEA, BOB, ben)]
        assert self.alice.do(Who(TEA)) == [Members(TEA, (ALICE, ben), more=False, roles={ALICE: "owner"})]

    def test_a_room_that_is_deleted_elsewhere_is_gone(self) -> None:
        self.bob.do(Say(TEA, "one"))
        self.alice.do(Delete(TEA))
        assert self.sees(self.bob, self.there) == [Deleted(TEA, ALICE)]
        assert self.bob.rooms == []
        assert self.bob.refused(Join(TEA)) == "no-such-room"

    def test_who_has_just_come_in_when_a_room_is_deleted_elsewhere_is_told_once(self) -> None:
        assert self.bob.visitor.seat
        reader = self.bob.visitor.seat.reader(TEA)
        # As a join does, in the turn in which the other server's deletion is heard of.
        reader.enter(Position(0))
        self.alice.do(Delete(TEA))
        self.there.told()
        reader.start()
        assert self.bob.see() == [Deleted(TEA, ALICE)]

    def test_two_who_delete_a_room_at_once_delete_it_once(self) -> None:
        room = self.alice.world.lobby.room(TEA, None)
        room.delete(ALICE, SeatId(1, 1), lambda error: None)
        other = self.bob.world.lobby.room(TEA, None)
        errors = list[Exception | None]()
        other.delete(BOB, SeatId(1, 1), errors.append)
        assert [type(error) for error in errors] == [NoSuchRoom]
        assert self.bob.see() == [Deleted(TEA, ALICE)]
        assert other.closing
        assert not self.bob.world.lobby.rooms

    def test_who_is_behind_when_a_room_is_deleted_elsewhere_has_a_gap(self) -> None:
        self.bob.connection.busy = True
        self.alice.do(Say(TEA, "one"))
        self.alice.do(Delete(TEA))
        assert self.sees(self.bob, self.there) == [Gap(TEA, 1, 1, kept=False), Deleted(TEA, ALICE)]

    def test_a_full_room_is_full_everywhere(self) -> None:
        World(log=self.there).enter("carol").do(Join(TEA))
        assert World(log=self.here).enter("dave").refused(Join(TEA)) == "room-full"

    def test_what_was_said_elsewhere_is_read_by_who_is_behind_here(self) -> None:
        self.alice.connection.busy = True
        self.bob.do(Say(TEA, "one"))
        self.bob.do(Say(TEA, "two"))
        assert self.sees(self.alice, self.here) == []
        self.alice.connection.busy = False
        self.alice.visitor.drained()
        one, two, level = self.alice.see()
        assert seqs([one, two]) == [1, 2]
        assert level == Level(TEA, 2, 2, "")

    def test_what_was_sent_to_another_server_before_is_not_stored_again(self) -> None:
        world = World(log=self.there)
        self.alice.do(Say(TEA, "one", cid="a"))
        again = world.enter("alice", session=session("alice"))
        again.do(Join(TEA))
        assert kinds(again.do(Say(TEA, "one", cid="a"))) == ["Stored"]
        assert kinds(again.do(Say(TEA, "two"))) == ["Stored", "Said"]
