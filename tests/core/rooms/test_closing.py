"""Rooms that only the invited enter, that are in no list, that have a key, or whose topic few set: each by itself."""

from __future__ import annotations

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.accounts.guessing import PER_HOST, WINDOW
from chatroom.core.values.commands import (
    Appoint,
    Configure,
    Create,
    Invite,
    Join,
    Leave,
    List,
    ReadAudit,
    Register,
    SetRole,
    Topic,
    Who,
)
from chatroom.core.values.events import Configured, Rooms, RoomsChanged
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList, Entered, Ok, Refused
from chatroom.core.values.rights import Settings, Tuning
from chatroom.core.values.texts import room_key
from tests.core.scenes import ALICE, BOB, TEA, come_back, gather, kinds
from tests.fakes import FakePasswords, Person, World

SECRET = Password("correct horse")
INVITE_ONLY, HIDDEN = Configure(TEA, Tuning(invite_only=True)), Configure(TEA, Tuning(hidden=True))
KEYED = Configure(TEA, Tuning(key="milk"))


def entered(person: Person, room: RoomName = TEA, key: str = "") -> Entered:
    return next(it for it in person.do(Join(room, key=key)) if isinstance(it, Entered))


def listed(person: Person) -> list[RoomName]:
    """Return the names of the rooms that *person* is shown."""
    [rooms] = person.do(List())
    return [room.room for room in cast("Rooms", rooms).rooms]


def why(person: Person, command: Join) -> str:
    """Return the sentence with which *command* is refused."""
    [refused] = person.do(command)
    assert isinstance(refused, Refused)
    return str(refused.error)


class InviteOnlyTests(SynchronousTestCase):
    def test_all_see_it_and_only_the_invited_come_in(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob")
        carol = world.enter("carol")
        carol.do(Register(SECRET))
        told = Configured(TEA, ALICE, Tuning(invite_only=True))
        assert alice.do(INVITE_ONLY) == [Ok(TEA, event_follows=True), told]
        assert listed(carol) == [TEA]
        assert kinds(carol.do(Who(TEA))) == ["Members"]
        assert why(carol, Join(TEA)) == "Only those who are invited come into tea; ask a moderator there."
        assert carol.refused(Join(TEA)) == "invite-only"
        alice.do(Invite(TEA, Username("carol")))
        carol.see()
        assert entered(carol).settings == Settings(invite_only=True)
        # Who was in may come back.
        bob.do(Leave(TEA))
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"

    def test_a_moderator_may_say_so_unless_it_is_private(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        assert kinds(bob.do(INVITE_ONLY)) == ["Ok", "Configured"]
        assert bob.refused(HIDDEN) == "not-allowed"
        alice.see()
        # By the other half it becomes private.
        assert alice.do(HIDDEN)[1] == Configured(TEA, ALICE, Tuning(hidden=True, private=True))
        bob.see()
        assert bob.refused(Configure(TEA, Tuning(invite_only=False))) == "not-allowed"

    def test_nobody_makes_it_anew(self) -> None:
        world = World(linger=1)
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(INVITE_ONLY)
        for person in (alice, bob):
            person.do(Leave(TEA))
        world.settle(5)
        stranger = world.enter("stranger")
        assert stranger.refused(Create(TEA, "Mine")) == "room-exists"
        assert stranger.refused(Join(TEA)) == "invite-only"
        assert entered(bob).topic == ""

    def test_an_operator_who_comes_in_is_in_the_audit(self) -> None:
        world = World(passwords=FakePasswords())
        [alice] = gather(world, "alice")
        alice.do(INVITE_ONLY)
        oliver = world.enter("oliver")
        oliver.do(Register(SECRET))
        world.operator().do(SetRole(Username("oliver"), "operator"))
        assert entered(oliver).room == TEA
        [acts] = alice.do(ReadAudit(TEA))[-1:]
        assert cast("ActList", acts).acts[0].action == "join"


class HiddenTests(SynchronousTestCase):
    def test_who_knows_its_name_comes_in_and_nobody_else_hears_of_it(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        bob.do(List(watch=True))
        assert kinds(alice.do(HIDDEN)) == ["Ok", "Configured"]
        world.settle(2)
        [changed] = bob.see()
        assert changed == RoomsChanged((), (TEA,))
        assert (listed(bob), listed(alice)) == ([], [TEA])
        assert bob.refused(Who(TEA)) == "no-such-room"
        assert entered(bob).settings == Settings(hidden=True)
        assert listed(bob) == [TEA]
        assert kinds(bob.do(Who(TEA))) == ["Members"]


class KeyTests(SynchronousTestCase):
    def test_who_has_no_key_stays_out(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        carol = world.enter("carol")
        told = Configured(TEA, ALICE, Tuning(keyed=True))
        assert alice.do(KEYED) == [Ok(TEA, event_follows=True), told]
        assert bob.see() == [told]
        for key in ("", "Milk", "mi"):
            assert carol.refused(Join(TEA, key=key)) == "key-wrong"
        got = entered(carol, key="milk")
        assert (got.key, got.settings) == ("milk", Settings(keyed=True))
        alice.do(Configure(TEA, Tuning(key="")))
        assert alice.see() == []
        carol.do(Leave(TEA))
        assert entered(carol).settings == Settings()

    def test_it_is_the_same_from_any_keyboard(self) -> None:
        composed, apart = "caf\u00e9", "cafe\u0301"
        for given, typed in ((composed, apart), (apart, composed)):
            world = World()
            alice, _ = gather(world, "alice", "bob")
            alice.do(Configure(TEA, Tuning(key=room_key(given))))
            assert entered(world.enter("carol"), key=typed).key == composed
            # One that was kept as it came, before that was so.
            alice.do(Configure(TEA, Tuning(key=given)))
            assert entered(world.enter("dave"), key=typed).key == given

    def test_it_can_be_guessed_at_a_few_times_only(self) -> None:
        world = World(passwords=FakePasswords())
        gather(world, "alice", "bob")[0].do(KEYED)
        carol = world.enter("carol", host="there")
        carol.do(Register(SECRET))
        for _ in range(3 * PER_HOST):
            # A program that has an old one goes on trying it.
            assert carol.refused(Join(TEA, key="stale")) == "key-wrong"
        for number in range(PER_HOST - 1):
            assert carol.refused(Join(TEA, key=f"{number}")) == "key-wrong"
        assert carol.refused(Join(TEA, key="milk")) == "key-wrong"
        # That is no reason to hang up, or to let nobody log in.
        assert world.enter("carol", host="there", password=SECRET).refused(Join(TEA, key="milk")) == "key-wrong"
        assert entered(world.enter("dave", host="elsewhere"), key="milk").key == "milk"
        world.settle(WINDOW)
        assert entered(carol, key="milk").key == "milk"

    def test_some_need_none(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(Appoint(TEA, BOB, "moderator"))
        alice.do(KEYED)
        carol = world.enter("carol")
        carol.do(Register(SECRET))
        assert carol.refused(Join(TEA)) == "key-wrong"
        alice.do(Invite(TEA, Username("carol")))
        carol.see()
        for person in (alice, bob, carol):
            person.do(Leave(TEA))
            assert entered(person).key == "milk"

    def test_a_held_seat_is_come_back_to_without_it(self) -> None:
        world = World(grace=60)
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(KEYED)
        bob.visitor.lost()
        assert entered(come_back(world, "bob")).key == "milk"

    def test_it_is_nowhere_else(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        bob.do(List(watch=True))
        alice.do(KEYED)
        world.settle(2)
        shown = [*bob.see(), *bob.do(List()), *alice.do(ReadAudit(TEA))]
        assert "milk" not in repr(shown)
        [acts] = alice.do(ReadAudit(TEA))
        [act] = cast("ActList", acts).acts
        assert (act.action, act.tuning) == ("configure", Tuning(keyed=True))
        assert "milk" not in repr([KEYED, Join(TEA, key="milk"), entered(bob, key="milk")])

    def test_it_is_kept_and_nobody_makes_the_room_anew(self) -> None:
        world = World(linger=1)
        [alice] = gather(world, "alice", known=True)
        alice.do(KEYED)
        alice.do(Leave(TEA))
        world.settle(5)
        bob = world.enter("bob")
        assert bob.refused(Create(TEA)) == "room-exists"
        assert bob.refused(Join(TEA)) == "key-wrong"
        assert entered(bob, key="milk").room == TEA


class TopicLockTests(SynchronousTestCase):
    def test_only_moderators_set_the_topic(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Configure(TEA, Tuning(topic_locked=True)))
        alice.do(Appoint(TEA, BOB, "voiced"))
        bob.see()
        assert bob.refused(Topic(TEA, "Tea")) == "not-allowed"
        assert kinds(alice.do(Topic(TEA, "Tea"))) == ["Ok", "TopicChanged"]
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        assert kinds(bob.do(Topic(TEA, "Coffee"))) == ["Ok", "TopicChanged"]
        alice.do(Appoint(TEA, BOB, "member"))
        alice.do(Configure(TEA, Tuning(topic_locked=False)))
        bob.see()
        assert kinds(bob.do(Topic(TEA, "Milk"))) == ["Ok", "TopicChanged"]
