"""One person with several seats, who is a member once."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.rooms.reader import Reader
from chatroom.core.values.commands import Create, Delete, Join, Leave, Rename, Say, Tell, Who
from chatroom.core.values.events import Called, Deleted, Joined, Left, Memberships, Renamed, Said, Told
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Members
from tests.core.scenes import ALICE, AT, BOB, TEA, kinds, said
from tests.fakes import Person, World


class SeatsOfOneTests(SynchronousTestCase):
    """Alice has two seats, and bob sees one alice."""

    @override
    def setUp(self) -> None:
        self.world = World()
        self.bob = self.world.enter("bob")
        self.alice = self.world.enter("alice")
        self.other = self.second_seat_of(self.alice)
        self.bob.do(Create(TEA, capacity=2))

    def second_seat_of(self, person: Person) -> Person:
        """Return *person* over another connection, as a directory will let an account have it."""
        other = self.world.enter("other")
        seat = other.visitor.seat
        assert person.visitor.seat
        assert seat
        seat.user = person.visitor.seat.user
        seat.user.seats += (seat,)
        return other

    def test_the_room_hears_once_that_they_came_and_went(self) -> None:
        self.alice.do(Join(TEA))
        assert self.bob.see() == [Joined(TEA, ALICE, 2, 2)]
        # Two are as many as may be in, and by another seat nobody more is in.
        assert self.other.see() == [Memberships((TEA,))]
        assert kinds(self.other.do(Join(TEA))) == ["Entered", "Level"]
        self.alice.do(Leave(TEA))
        assert self.bob.see() == []
        assert self.bob.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={BOB: "owner"})]
        self.other.do(Leave(TEA))
        assert self.bob.see() == [Left(TEA, ALICE, 1, 2, "left")]

    def test_each_seat_reads_for_itself(self) -> None:
        self.alice.do(Join(TEA))
        self.other.do(Join(TEA))
        self.other.connection.busy = True
        self.bob.do(Say(TEA, "one"))
        assert self.alice.see() == [said(1, "bob", "one")]
        assert self.other.see() == []
        self.other.connection.busy = False
        self.other.visitor.drained()
        assert kinds(self.other.see()) == ["Said", "Level"]

    def test_who_leaves_by_one_seat_sees_no_more_there(self) -> None:
        self.alice.do(Join(TEA))
        self.other.do(Join(TEA))
        self.alice.do(Leave(TEA))
        self.bob.do(Say(TEA, "one"))
        assert self.alice.see() == []
        assert [type(event) for event in self.other.see()] == [Said]

    def test_who_is_lost_by_one_seat_is_still_here(self) -> None:
        self.alice.do(Join(TEA))
        self.other.do(Join(TEA))
        self.bob.see()
        self.alice.visitor.lost()
        assert self.bob.see() == []
        assert self.bob.do(Tell(ALICE, "psst"))
        assert self.other.see() == [Told(BOB, ALICE, AT, "psst")]
        self.other.visitor.lost()
        assert self.bob.see() == [Left(TEA, ALICE, 1, 2, "lost")]
        assert self.bob.refused(Tell(ALICE, "psst")) == "no-such-user"

    def test_all_hear_what_they_are_told(self) -> None:
        self.bob.do(Tell(ALICE, "psst"))
        assert self.alice.see() == self.other.see() == [Told(BOB, ALICE, AT, "psst")]

    def test_all_have_one_name(self) -> None:
        self.alice.do(Join(TEA))
        self.other.do(Join(TEA))
        self.bob.see()
        anna = Username("anna")
        self.alice.do(Rename(anna))
        assert self.bob.see() == [Renamed(TEA, ALICE, anna)]
        assert self.other.see() == [Called(ALICE, anna), Renamed(TEA, ALICE, anna)]
        assert self.bob.do(Who(TEA)) == [Members(TEA, (anna, BOB), more=False, roles={BOB: "owner"})]
        self.other.do(Say(TEA, "hi"))
        assert self.bob.see() == [said(1, "anna", "hi")]

    def test_all_are_out_of_a_room_that_is_deleted(self) -> None:
        self.alice.do(Join(TEA))
        self.other.do(Join(TEA))
        self.bob.do(Delete(TEA))
        assert self.alice.see()[-1] == self.other.see()[-1] == Deleted(TEA, BOB)
        assert self.alice.rooms == self.other.rooms == []

    def test_a_reader_is_of_one_seat(self) -> None:
        self.alice.do(Join(TEA))
        self.other.do(Join(TEA))
        readers = [reader for reader in self.world.lobby.room(TEA, None).audience.readers if isinstance(reader, Reader)]
        assert [reader.seat.username for reader in readers] == [BOB, ALICE, ALICE]
        assert len(self.world.lobby.room(TEA, None).members) == 2
