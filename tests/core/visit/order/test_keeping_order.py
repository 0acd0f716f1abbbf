"""Operators keep order at the whole server: they ban and mute people, ban networks, and let no more guests in."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Appoint,
    Configure,
    Impose,
    Join,
    Lift,
    ListSanctions,
    Login,
    ReadAudit,
    Register,
    Rename,
    Say,
    SetRole,
    Tell,
    Topic,
)
from chatroom.core.values.events import Bye, Left, Muted, Unmuted
from chatroom.core.values.names import Username, key
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList, Ok, Refused, SanctionList, Welcome
from chatroom.core.values.rights import Tuning
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, BOB, CAROL, TEA, come_back, gather, kinds, session
from tests.fakes import FakePasswords, LateLog, Person, World

PASSWORD = Password("correct horse")
HERE, THERE = "\n\0\2\7", "\v\0\2\7"
"""Two hosts, as they are known inside: 10.0.2.7 and 11.0.2.7."""


def house(*names: str, known: bool = False, **how: object) -> tuple[World, Person, list[Person]]:
    """Return a world that has opened its house, an operator, and people in a room."""
    world = World(**how)  # type: ignore[arg-type]
    world.lobby.restore(())
    world.settle()
    return world, world.operator(), gather(world, *names, known=known) if names else []


def answer(person: Person, command: Login) -> list[str]:
    """Return the kinds of what *person* is told upon *command*, or the code of the error."""
    return [it.error.code if isinstance(it, Refused) else type(it).__name__ for it in person.do(command)]


class BanTests(SynchronousTestCase):
    def test_who_is_banned_is_put_out_and_does_not_come_back(self) -> None:
        world, operator, [alice, bob] = house("alice", "bob", known=True)
        assert operator.do(Impose("ban", None, BOB, 60, "enough")) == [Ok()]
        assert bob.see() == [Bye("banned", None, "enough", AT + 60_000)]
        assert bob.connection.closed
        [left] = alice.see()
        assert isinstance(left, Left)
        assert (left.username, left.reason, left.by) == (BOB, "banned", None)
        again = come_back(world, "bob")
        [refused] = again.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "banned"
        assert str(refused.error).startswith("You are banned from this server until ")
        assert again.connection.closed
        by_another_name = come_back(world, "bob", called="bobby")
        assert kinds(by_another_name.see()) == ["Refused"]

    def test_it_is_lifted_by_each_name_of_an_account(self) -> None:
        _, operator, [alice] = house("alice", passwords=FakePasswords())
        ann = Username("ann")
        alice.do(Register(PASSWORD))
        alice.do(Rename(ann))
        for one, other in ((ALICE, ann), (ann, ALICE), (ALICE, ALICE)):
            operator.do(Impose("mute", None, one))
            assert kinds(alice.see())[-1] == "Muted"
            assert operator.do(Lift("mute", None, other)) == [Ok()]
            assert kinds(alice.see()) == ["Unmuted"]
            assert operator.do(ListSanctions(None)) == [SanctionList(None, (), more=False)]

    def test_it_ends(self) -> None:
        world, operator, _ = house("alice", "bob", known=True)
        operator.do(Impose("ban", None, BOB, 60))
        world.settle(61)
        assert "Welcome" in kinds(come_back(world, "bob").see())

    def test_it_is_lifted_by_name_or_by_number(self) -> None:
        world, operator, _ = house("alice", "bob", known=True)
        for lift in (Lift("ban", None, BOB), None):
            operator.do(Impose("ban", None, BOB))
            [found] = operator.do(ListSanctions(None))
            assert isinstance(found, SanctionList)
            [placed] = found.sanctions
            sanction = placed.sanction
            assert (sanction.username, sanction.by, placed.room) == (BOB, "/root", None)
            assert operator.do(lift or Lift("ban", None, number=sanction.number)) == [Ok()]
            bob = come_back(world, "bob")
            assert "Welcome" in kinds(bob.see())
        assert operator.refused(Lift("ban", None, number=99)) == "no-such-sanction"
        assert operator.do(Lift("ban", None, CAROL)) == [Ok()]

    def test_a_guest_without_a_session_is_known_by_name_and_host(self) -> None:
        world, operator, _ = house()
        world.enter("bob", host=HERE)
        operator.do(Impose("ban", None, BOB))
        assert answer(world.visit(host=HERE), Login(BOB)) == ["banned"]
        assert answer(world.visit(host=HERE), Login(CAROL)) == ["Welcome"]
        assert answer(world.visit(host=THERE), Login(BOB)) == ["Welcome"]

    def test_of_everybody_there_only_who_is_named_is_put_out_and_accounts_come_in(self) -> None:
        world, operator, _ = house(passwords=FakePasswords())
        bob, carol = world.enter("bob", host=HERE), world.enter("carol", host=HERE)
        carol.do(Register(PASSWORD))
        other = world.enter("dave", host=HERE)
        operator.do(Impose("ban", None, BOB, everybody=True))
        assert (bob.connection.closed, carol.connection.closed, other.connection.closed) == (True, False, False)
        assert answer(world.visit(host=HERE), Login(Username("erin"))) == ["banned"]
        assert answer(world.visit(host=HERE), Login(CAROL, password=PASSWORD)) == ["Welcome"]

    def test_an_account_is_banned_wherever_it_comes_from(self) -> None:
        world, operator, _ = house(passwords=FakePasswords())
        bob = world.enter("bob", host=HERE)
        bob.do(Register(PASSWORD))
        operator.do(Impose("ban", None, BOB))
        assert answer(world.visit(host=THERE), Login(BOB, password=PASSWORD)) == ["banned"]
        assert answer(world.visit(host=THERE), Login(BOB, password=Password("wrong horse"))) == ["password-wrong"]

    def test_a_seat_that_is_held_is_given_up(self) -> None:
        world, operator, [alice, bob] = house("alice", "bob", known=True)
        bob.visitor.lost()
        operator.do(Impose("ban", None, BOB))
        assert kinds(alice.see()) == ["Left"]
        assert key(BOB) not in world.lobby.users

    def test_only_operators_may(self) -> None:
        _, operator, [alice, bob] = house("alice", "bob")
        for command in (
            Impose("ban", None, BOB),
            Impose("mute", None, BOB),
            Impose("ban", None, None, network="10.0.2.0/24"),
            Lift("ban", None, BOB),
            ListSanctions(None),
            Configure(None, Tuning(guests=False)),
        ):
            assert alice.refused(command) == "not-allowed"
        assert not bob.connection.closed
        assert operator.refused(Impose("ban", None, Username("nobody"))) == "no-such-user"

    def test_nobody_acts_on_themselves_or_on_an_operator(self) -> None:
        world, operator, _ = house(passwords=FakePasswords())
        alice, bob = (world.enter(name) for name in ("alice", "bob"))
        for person in (alice, bob):
            person.do(Register(PASSWORD))
            operator.do(SetRole(person.visitor.seat.username, "operator"))  # type: ignore[union-attr]
        for name in (ALICE, BOB):
            assert alice.refused(Impose("ban", None, name)) == "not-allowed"
        assert operator.refused(Impose("ban", None, BOB)) == "not-allowed"

    def test_those_who_were_here_before_the_house_was_open_are_put_out(self) -> None:
        log = MemoryLog()
        _, operator, _ = house("alice", "bob", known=True, log=log)
        operator.do(Impose("ban", None, BOB))
        world = World(log=log)
        bob = world.enter("bob", session=session("bob"))
        world.lobby.restore(())
        world.settle()
        assert bob.connection.closed


class NetworkTests(SynchronousTestCase):
    def test_nobody_comes_in_from_there_and_who_is_here_is_put_out(self) -> None:
        world, operator, _ = house()
        bob, carol = world.enter("bob", host=HERE), world.enter("carol", host=THERE)
        nobody = world.visit(host=HERE)
        operator.do(Impose("ban", None, None, 60, "spam", network="10.0.2.0/24"))
        assert bob.see() == [Bye("banned", None, "spam", AT + 60_000)]
        assert not carol.connection.closed
        # Who had given no name yet is known by where they come from.
        assert answer(nobody, Login(Username("dave"))) == ["banned"]
        gate = world.lobby.house.network_ban
        assert str(gate(bytes([10, 0, 2, 1]))).endswith("(spam).")
        assert gate(bytes([10, 0, 3, 1])) is gate(None) is gate(bytes(8)) is None
        world.settle(61)
        assert gate(bytes([10, 0, 2, 1])) is None

    def test_it_is_listed_and_lifted_by_the_network(self) -> None:
        world, operator, _ = house()
        for reason in ("once", "again"):
            operator.do(Impose("ban", None, None, reason=reason, network="10.0.2.0/24"))
        [found] = operator.do(ListSanctions(None))
        assert isinstance(found, SanctionList)
        sanctions = [placed.sanction for placed in found.sanctions]
        assert [(each.network, each.reason, each.username) for each in sanctions] == [("10.0.2.0/24", "again", "")]
        operator.do(Lift("ban", None, network="10.0.2.0/24"))
        assert world.lobby.house.network_ban(bytes([10, 0, 2, 1])) is None
        assert operator.do(ListSanctions(None)) == [SanctionList(None, (), more=False)]

    def test_a_guest_of_no_name_is_not_met_by_it(self) -> None:
        world, operator, _ = house()
        operator.do(Impose("ban", None, None, network="10.0.2.0/24"))
        assert answer(world.visit(host=THERE), Login(BOB)) == ["Welcome"]

    def test_ones_own_can_not_be_banned(self) -> None:
        world, operator, _ = house(passwords=FakePasswords())
        alice = world.enter("alice", host=HERE)
        alice.do(Register(PASSWORD))
        operator.do(SetRole(ALICE, "operator"))
        assert alice.refused(Impose("ban", None, None, network="10.0.0.0/16")) == "not-allowed"
        assert alice.do(Impose("ban", None, None, network="11.0.2.0/24")) == [Ok()]


class MuteTests(SynchronousTestCase):
    def test_who_is_muted_is_told_and_says_nothing_anywhere(self) -> None:
        _, operator, [alice, bob] = house("alice", "bob")
        operator.do(Impose("mute", None, BOB, 60, "loud"))
        assert bob.see() == [Muted(None, Username("/root"), AT + 60_000, "loud")]
        for command in (Say(TEA, "hi"), Topic(TEA, "hi"), Tell(ALICE, "hi"), Rename(CAROL)):
            assert bob.refused(command) == "muted"
        assert alice.see() == []
        operator.do(Lift("mute", None, BOB))
        assert bob.see() == [Unmuted(None, Username("/root"))]
        assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]

    def test_a_role_in_a_room_does_not_help(self) -> None:
        _, operator, [alice, bob] = house("alice", "bob")
        alice.do(Appoint(TEA, BOB, "moderator"))
        operator.do(Impose("mute", None, BOB))
        bob.see()
        assert bob.refused(Say(TEA, "hi")) == "muted"


class GuestTests(SynchronousTestCase):
    def test_no_more_guests_come_in_and_those_who_are_here_stay(self) -> None:
        world, operator, _ = house(passwords=FakePasswords())
        alice = world.enter("alice")
        alice.do(Register(PASSWORD))
        guest = world.enter("bob")
        operator.do(Configure(None, Tuning(guests=False)))
        assert not guest.connection.closed
        assert answer(world.visit(), Login(CAROL)) == ["password-required"]
        assert answer(world.visit(), Login(ALICE, password=PASSWORD)) == ["Welcome"]
        operator.do(Configure(None, Tuning(guests=True)))
        assert answer(world.visit(), Login(CAROL)) == ["Welcome"]

    def test_into_a_room_come_those_with_an_account_or_a_role_and_who_was_there(self) -> None:
        world, _, _ = house(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob", known=True)
        carol = world.enter("carol")
        carol.do(Register(PASSWORD))
        alice.do(Configure(TEA, Tuning(guests=False)))
        assert world.enter("dave").refused(Join(TEA)) == "password-required"
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"
        bob.visitor.lost()
        bob = come_back(world, "bob")
        assert "Entered" in kinds(bob.do(Join(TEA)))
        alice.visitor.lost()
        assert "Entered" in kinds(come_back(world, "alice").do(Join(TEA)))

    def test_it_outlives_the_room_being_empty(self) -> None:
        world, _, _ = house(linger=0)
        [alice] = gather(world, "alice", known=True)
        alice.do(Configure(TEA, Tuning(guests=False)))
        alice.visitor.lost()
        world.settle(1000)
        assert world.enter("dave").refused(Join(TEA)) == "password-required"


class AuditTests(SynchronousTestCase):
    def test_all_of_it_is_in_the_audit(self) -> None:
        _, operator, _ = house("alice", "bob")
        operator.do(Impose("ban", None, None, network="10.0.2.0/24"))
        operator.do(Impose("mute", None, BOB))
        operator.do(Configure(None, Tuning(guests=False)))
        operator.do(Lift("ban", None, network="10.0.2.0/24"))
        [found] = operator.do(ReadAudit())
        assert isinstance(found, ActList)
        assert [(act.action, act.room, act.username, act.network) for act in found.acts] == [
            ("unban", None, None, "10.0.2.0/24"),
            ("configure", None, None, ""),
            ("mute", None, BOB, ""),
            ("ban", None, None, "10.0.2.0/24"),
        ]


class ClosedTests(SynchronousTestCase):
    def test_where_the_house_is_not_opened_nothing_can_be_changed(self) -> None:
        world = World()
        assert world.operator().refused(Configure(None, Tuning(guests=False))) == "unavailable"
        assert isinstance(world.enter("bob").world, World)
        assert answer(world.visit(), Login(CAROL)) == [Welcome.__name__]

    def test_what_is_asked_while_it_is_opened_waits(self) -> None:
        log = LateLog()
        world = World(log=log)
        world.lobby.restore(())
        operator = world.operator()
        assert not operator.do(Impose("ban", None, None, network="10.0.2.0/24"))
        assert not operator.do(Lift("ban", None, network="10.0.2.0/24"))
        for _ in range(4):
            log.answer()
            world.settle()
        assert [type(it) for it in operator.see()] == [Ok, Ok]

    def test_what_waits_is_refused_if_it_can_not_be_opened(self) -> None:
        log = LateLog()
        log.failing = True
        world = World(log=log)
        world.lobby.restore(())
        operator = world.operator()
        assert not operator.do(Configure(None, Tuning(guests=False)))
        log.answer()
        world.settle()
        [refused] = operator.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "unavailable"
