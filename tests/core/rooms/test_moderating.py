"""Rooms are moderated: people are put out, given roles, made to wait, and kept from speaking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.people.departed import DAY
from chatroom.core.values.commands import (
    Appoint,
    Configure,
    Create,
    Delete,
    Impose,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListSanctions,
    Quit,
    Rename,
    Say,
    Topic,
    Who,
)
from chatroom.core.values.errors import SlowMode
from chatroom.core.values.events import (
    Appointed,
    Configured,
    Deleted,
    Joined,
    Left,
    Muted,
    Removed,
    RoomInfo,
    Rooms,
    Said,
    Unmuted,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Entered, Ok, Refused, SanctionList
from chatroom.core.values.rights import Role, Settings, Tuning
from chatroom.core.values.sanctions import Placed
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import (
    ALICE,
    AT,
    BOB,
    CAROL,
    MANY,
    TEA,
    come_back,
    gather,
    gather_late,
    kinds,
    said,
    say_much,
    stored,
)
from tests.fakes import NOON, Person, World

SLOW = Configure(TEA, Tuning(slow=10))
LOCK, UNLOCK = Configure(TEA, Tuning(locked=True)), Configure(TEA, Tuning(locked=False))


def kicked(name: str, members: int, note: str = "", by: Username = ALICE) -> Left:
    return Left(TEA, Username(name), members, 256, "kicked", by, note)


def roles(person: Person) -> object:
    """Return what is shown of roles in the room."""
    [people] = person.do(Who(TEA))
    return people.roles  # type: ignore[union-attr]


def capacity(person: Person) -> int:
    """Return the capacity of the only room, as the lobby shows it."""
    [rooms] = (it for it in person.do(List()) if isinstance(it, Rooms))
    [info] = rooms.rooms
    return info.capacity


def why(person: Person, command: object) -> str:
    """Return the sentence with which *command* is refused."""
    [refused] = person.do(command)  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    return str(refused.error)


class KickTests(SynchronousTestCase):
    def test_somebody_is_put_out_and_all_are_told(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        assert alice.do(Kick(TEA, Username("BOB"), "why")) == [Ok(TEA, event_follows=True), kicked("bob", 2, "why")]
        assert bob.see() == [Removed(TEA, ALICE, "kicked", "why")]
        assert carol.see() == [kicked("bob", 2, "why")]
        assert bob.refused(Say(TEA, "hi")) == "not-a-member"
        assert alice.do(Say(TEA, "hi"))[1:] == carol.see() == [said(1, "alice", "hi")]
        assert bob.see() == []

    def test_they_may_come_back(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Kick(TEA, BOB))
        bob.see()
        assert kinds(bob.do(Join(TEA))) == ["Entered", "Level"]
        assert alice.see() == [Joined(TEA, BOB, 2, 256)]
        assert bob.do(Say(TEA, "hi")) == [stored(1), *alice.see()]

    def test_others_see_the_role_of_who_comes_back(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        alice.do(Appoint(TEA, BOB, "moderator"))
        for person in (bob, carol):
            person.do(Leave(TEA))
            person.do(Join(TEA))
        joined = [it for it in alice.see() if isinstance(it, Joined)]
        assert [(it.username, it.role) for it in joined] == [(BOB, "moderator"), (CAROL, None)]
        alice.do(Leave(TEA))
        alice.do(Join(TEA))
        assert carol.see()[-1] == Joined(TEA, ALICE, 3, 256, "owner")

    def test_what_was_said_before_is_seen_first(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        bob.ask(Say(TEA, "one"))
        alice.ask(Kick(TEA, BOB))
        bob.ask(Say(TEA, "two"))
        world.settle()
        # The message, for which the act waits, and then the act.
        for _ in range(2):
            log.answer()
            world.settle()
        # What is taken later has its place behind it, or is refused.
        shown = [it for it in bob.see() if isinstance(it, Said | Removed)]
        assert (shown[0], shown[-1]) == (said(1, "bob", "one"), removed())
        seen = [it for it in alice.see() if isinstance(it, Said | Left)]
        assert shown[:-1] == seen[: kinds(seen).index("Left")]
        assert bob.refused(Say(TEA, "three")) == "not-a-member"

    def test_who_quits_meanwhile_sees_it_before_their_bye(self) -> None:
        reading = list[Callable[[], None]]()
        world = World(log=MemoryLog(reading.append))
        [alice] = gather(world, "alice")
        say_much(alice)
        bob = world.enter("bob")
        bob.do(Join(TEA, backlog=MANY))
        alice.do(Kick(TEA, BOB))
        bob.ask(Quit())
        while reading:
            reading.pop()()
            world.settle()
        assert kinds(bob.see()) == [*["Said"] * MANY, "Removed", "Bye"]

    def test_who_reads_slowly_reads_on_to_that_place(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        alice.do(Kick(TEA, BOB))
        alice.do(Say(TEA, "two"))
        bob.ask(Join(TEA, backlog=0))
        assert bob.see() == []
        bob.connection.busy = False
        bob.visitor.drained()
        alice.world.settle()
        assert bob.see()[:2] == [said(1, "alice", "one"), removed()]

    def test_who_comes_back_meanwhile_is_in_when_all_that_is_read(self) -> None:
        reading = list[Callable[[], None]]()
        world = World(log=MemoryLog(reading.append))
        [alice] = gather(world, "alice")
        say_much(alice)
        bob = world.enter("bob")
        bob.do(Join(TEA, backlog=MANY))
        alice.do(Kick(TEA, BOB))
        bob.ask(Join(TEA, backlog=0))
        world.settle()
        assert bob.see() == []
        while reading:
            reading.pop()()
            world.settle()
        told = kinds(bob.see())
        assert told[: MANY + 1] == [*["Said"] * MANY, "Removed"]
        assert told[MANY + 1 :] == ["Entered", "Level"]

    def test_who_goes_on_to_another_room_meanwhile_is_told_first(self) -> None:
        reading = list[Callable[[], None]]()
        world = World(log=MemoryLog(reading.append))
        [alice] = gather(world, "alice")
        say_much(alice)
        bob = world.enter("bob")
        bob.do(Join(TEA, backlog=MANY))
        alice.do(Kick(TEA, BOB))
        bob.ask(Create(RoomName("pond")))
        while reading:
            reading.pop()()
            world.settle()
        assert kinds(bob.see()) == [*["Said"] * MANY, "Removed", "Entered", "Level"]

    def test_a_seat_that_is_held_is_given_up(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        assert kinds(alice.do(Kick(TEA, BOB))) == ["Ok", "Left"]
        bob = come_back(world, "bob")
        [welcome] = bob.see()
        assert welcome.rooms == ()  # type: ignore[union-attr]
        assert alice.see() == []

    def test_who_has_come_back_and_not_to_the_room_is_told(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.see()
        alice.do(Kick(TEA, BOB))
        assert bob.see() == [removed()]
        world.settle(31)
        assert alice.see() == [kicked("bob", 1)][1:]

    def test_one_from_the_lobby_acts_too(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Leave(TEA))
        bob.see()
        assert alice.do(Kick(TEA, BOB)) == [Ok(TEA)]
        assert bob.see() == [removed()]

    def test_a_room_that_is_empty_then_is_closed(self) -> None:
        world = World(linger=5)
        alice, _ = gather(world, "alice", "bob")
        alice.do(Leave(TEA))
        alice.do(Kick(TEA, BOB))
        world.settle(6)
        assert alice.do(List()) == [Rooms((), more=False)]

    def test_only_moderators_may_and_not_on_everybody(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        assert why(bob, Kick(TEA, CAROL)) == "Only the moderators of tea may do that."
        assert bob.refused(Kick(TEA, ALICE)) == "not-allowed"
        assert why(alice, Kick(TEA, ALICE)) == "That can't be done to oneself."
        alice.do(Appoint(TEA, BOB, "moderator"))
        alice.do(Appoint(TEA, CAROL, "moderator"))
        for person in (alice, bob, carol):
            person.see()
        assert why(bob, Kick(TEA, CAROL)) == "carol is a moderator of tea as well."
        assert why(bob, Kick(TEA, ALICE)) == "alice is the owner of tea and outranks you."
        assert carol.see() == alice.see() == []

    def test_a_moderator_steps_down_and_nobody_else_can_be_done_away_with_like_that(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.do(Appoint(TEA, CAROL, "voiced"))
        for person in (alice, bob, carol):
            person.see()
        assert why(alice, Appoint(TEA, ALICE, "member")) == "That can't be done to oneself."
        assert why(bob, Appoint(TEA, BOB, "voiced")) == "That can't be done to oneself."
        assert carol.refused(Appoint(TEA, CAROL, "member")) == "not-allowed"
        assert bob.do(Appoint(TEA, BOB, "member"))[0] == Ok(TEA, event_follows=True)
        assert bob.refused(Appoint(TEA, CAROL, "member")) == "not-allowed"

    def test_nobody_is_put_out_who_is_not_there(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        world.enter("dave")
        assert alice.refused(Kick(TEA, Username("nobody"))) == "no-such-user"
        assert why(alice, Kick(TEA, Username("dave"))) == "dave is not in tea."
        assert alice.refused(Kick(RoomName("coffee"), BOB)) == "no-such-room"
        assert bob.see() == []

    def test_two_at_once_put_somebody_out_once(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        alice.do(Appoint(TEA, CAROL, "moderator"))
        for person in (alice, bob, carol):
            person.see()
        alice.ask(Kick(TEA, BOB))
        carol.ask(Kick(TEA, BOB))
        alice.world.settle()
        told = kinds(alice.see()) + kinds(carol.see())
        assert (told.count("Left"), told.count("Refused")) == (2, 1)
        assert kinds(bob.see()) == ["Removed"]

    def test_who_leaves_meanwhile_has_left_or_is_put_out(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.ask(Kick(TEA, BOB))
        bob.ask(Leave(TEA))
        alice.world.settle()
        assert kinds(alice.see()) in (["Ok", "Left"], ["Left", "Refused"])
        assert sorted(kinds(bob.see())) in (["Refused", "Removed"], ["Ok"])
        assert bob.connection.crashes == []


def removed(note: str = "") -> Removed:
    return Removed(TEA, ALICE, "kicked", note)


class RoleTests(SynchronousTestCase):
    def test_the_owner_makes_moderators(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        appointed = Appointed(TEA, BOB, "moderator", ALICE)
        assert alice.do(Appoint(TEA, BOB, "moderator")) == [Ok(TEA, event_follows=True), appointed]
        assert bob.see() == carol.see() == [appointed]
        assert kinds(bob.do(Kick(TEA, CAROL))) == ["Ok", "Left"]
        alice.do(Appoint(TEA, BOB, "member"))
        bob.see()
        assert bob.refused(SLOW) == "not-allowed"

    def test_nobody_else_does(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        carol.see()
        everything: list[Role] = ["moderator", "owner", "voiced", "member"]
        for role in everything[:2]:
            assert bob.refused(Appoint(TEA, CAROL, role)) == "not-allowed"
        for role in everything:
            assert carol.refused(Appoint(TEA, CAROL, role)) == "not-allowed"
        assert alice.refused(Appoint(TEA, ALICE, "member")) == "not-allowed"

    def test_who_is_voiced_speaks_where_few_may_and_nothing_else(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        appointed = Appointed(TEA, BOB, "voiced", ALICE)
        assert alice.do(Appoint(TEA, BOB, "voiced")) == [Ok(TEA, event_follows=True), appointed]
        assert bob.see() == carol.see() == [appointed]
        assert roles(carol) == {ALICE: "owner", BOB: "voiced"}
        alice.do(Configure(TEA, Tuning(slow=10, locked=True)))
        carol.see()
        for text in ("one", "two"):
            assert kinds(bob.do(Say(TEA, text))[-2:]) == ["Stored", "Said"]
        carol.see()
        assert carol.refused(Say(TEA, "hi")) == "locked"
        assert bob.refused(Topic(TEA, "Tea")) == "locked"
        for command in (UNLOCK, Kick(TEA, CAROL), Appoint(TEA, CAROL, "voiced"), ListSanctions(TEA)):
            assert bob.refused(command) == "not-allowed"
        alice.do(Appoint(TEA, BOB, "member"))
        bob.see()
        assert bob.refused(Say(TEA, "three")) == "locked"

    def test_moderators_give_voices_and_take_them(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        carol.see()
        given: list[Role] = ["voiced", "member"]
        for role in given:
            assert kinds(bob.do(Appoint(TEA, CAROL, role))) == ["Ok", "Appointed"]
        assert why(bob, Appoint(TEA, ALICE, "voiced")) == "alice is the owner of tea and outranks you."
        carol.see()
        assert carol.refused(Appoint(TEA, BOB, "voiced")) == "not-allowed"
        assert kinds(alice.do(Appoint(TEA, BOB, "voiced"))[-1:]) == ["Appointed"]
        assert roles(alice) == {ALICE: "owner", BOB: "voiced"}
        alice.do(Appoint(TEA, BOB, "moderator"))
        assert roles(alice) == {ALICE: "owner", BOB: "moderator"}

    def test_a_voice_is_no_way_in(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Appoint(TEA, BOB, "voiced"))
        alice.do(Configure(TEA, Tuning(guests=False)))
        bob.do(Leave(TEA))
        assert bob.refused(Join(TEA)) == "password-required"

    def test_a_room_gets_another_owner(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Appoint(TEA, BOB, "owner"))
        bob.see()
        assert alice.refused(Delete(TEA)) == "not-allowed"
        assert kinds(alice.do(LOCK)) == ["Ok", "Configured"]
        bob.see()
        assert kinds(bob.do(Appoint(TEA, ALICE, "member"))) == ["Ok", "Appointed"]
        assert bob.do(Delete(TEA)) == [Ok(TEA, event_follows=True), Deleted(TEA, BOB)]

    def test_roles_are_shown_and_go_with_whoever_has_them(self) -> None:
        world = World()
        alice, bob, carol = gather(world, "alice", "bob", "carol", known=True)
        assert roles(carol) == {ALICE: "owner"}
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.do(Rename(Username("ben")))
        carol.see()
        assert roles(carol) == {ALICE: "owner", "ben": "moderator"}
        bob.do(Quit())
        other = world.enter("ben")
        other.do(Join(TEA))
        carol.see()
        assert roles(carol) == {ALICE: "owner"}
        assert other.refused(LOCK) == "not-allowed"

    def test_who_has_a_session_has_it_again(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.do(Quit())
        bob = come_back(world, "bob")
        bob.do(Join(TEA))
        assert kinds(bob.do(LOCK)) == ["Ok", "Configured"]

    def test_it_is_kept_with_the_room(self) -> None:
        world = World(linger=1)
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(Appoint(TEA, BOB, "moderator"))
        alice.do(Appoint(TEA, BOB, "owner"))
        alice.do(SLOW)
        for person in (alice, bob):
            person.do(Leave(TEA))
        world.settle(5)
        assert alice.do(List()) == [Rooms((), more=False)]
        alice.do(Join(TEA))
        entered = next(it for it in bob.do(Join(TEA)) if isinstance(it, Entered))
        assert entered.settings == Settings(slow=10)
        assert roles(bob) == {ALICE: "moderator", BOB: "owner"}

    def test_another_one_who_is_called_like_somebody_with_a_role_has_none(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(Quit())
        other = world.enter("alice")
        other.do(Join(TEA))
        bob.see()
        assert roles(bob) == {}
        assert other.refused(Kick(TEA, BOB)) == "not-allowed"


class SettingTests(SynchronousTestCase):
    def test_who_has_no_role_says_one_message_in_a_while(self) -> None:
        world = World()
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        configured = Configured(TEA, ALICE, Tuning(slow=10))
        assert alice.do(SLOW) == [Ok(TEA, event_follows=True), configured]
        assert bob.see() == [configured]
        bob.do(Say(TEA, "one"))
        world.settle(4)
        [refused] = bob.do(Say(TEA, "two"))
        assert isinstance(refused, Refused)
        assert isinstance(refused.error, SlowMode)
        assert refused.error.retry_after in (6, 7)
        assert str(refused.error).startswith("In tea there are 10 s between two messages of one person")
        assert kinds(carol.do(Say(TEA, "another"))[-1:]) == ["Said"]
        for text in ("owners", "need not wait"):
            assert kinds(alice.do(Say(TEA, text))[-2:]) == ["Stored", "Said"]
        world.settle(7)
        assert kinds(bob.do(Say(TEA, "two"))[-2:]) == ["Stored", "Said"]

    def test_several_sent_at_once_are_one(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(SLOW)
        bob.see()
        for text in ("one", "two", "three"):
            bob.ask(Say(TEA, text))
        world.settle()
        assert sorted(kinds(bob.see())) == ["Refused", "Refused", "Said", "Stored"]

    def test_another_name_is_no_way_around_it(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(SLOW)
        bob.do(Say(TEA, "one"))
        bob.do(Rename(Username("ben")))
        assert bob.refused(Say(TEA, "two")) == "slow-mode"

    def test_a_topic_is_read_by_all_and_counts_as_a_message(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(SLOW)
        bob.see()
        assert kinds(bob.do(Topic(TEA, "one"))) == ["Ok", "TopicChanged"]
        assert bob.refused(Topic(TEA, "two")) == "slow-mode"
        assert bob.refused(Say(TEA, "two")) == "slow-mode"
        world.settle(10)
        assert kinds(bob.do(Say(TEA, "three")))[-2:] == ["Stored", "Said"]
        assert bob.refused(Topic(TEA, "four")) == "slow-mode"
        assert kinds(alice.do(Topic(TEA, "the owner's")))[-2:] == ["Ok", "TopicChanged"]
        assert kinds(alice.do(Topic(TEA, "at once")))[-2:] == ["Ok", "TopicChanged"]

    def test_what_could_not_be_stored_does_not_count(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(SLOW)
        alice.world.settle()
        log.answer()
        alice.world.settle()
        bob.see()
        log.failing = True
        bob.ask(Say(TEA, "one"))
        log.answer()
        assert kinds(bob.see()) == ["Refused"]
        log.failing = False
        bob.ask(Say(TEA, "one"))
        log.answer()
        assert kinds(bob.see()) == ["Stored", "Said"]

    def test_in_a_locked_room_only_those_with_a_role_speak(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(LOCK)
        bob.see()
        assert why(bob, Say(TEA, "hi")) == "tea is locked; only its moderators speak."
        assert bob.refused(Topic(TEA, "Tea")) == "locked"
        assert kinds(alice.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        alice.do(UNLOCK)
        assert kinds(bob.do(Say(TEA, "hi"))[-2:]) == ["Stored", "Said"]

    def test_it_is_shown_to_who_enters_and_in_the_lobby(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        carol = world.enter("carol")
        carol.do(List(watch=True))
        alice.do(Configure(TEA, Tuning(slow=5, locked=True)))
        world.settle(1)
        [changed] = carol.see()
        assert changed.rooms[0].settings == Settings(5, locked=True)  # type: ignore[union-attr]
        [listed] = carol.do(List())
        assert listed == Rooms((RoomInfo(TEA, "", 1, 256, settings=Settings(5, locked=True), created=AT),), more=False)
        entered = carol.do(Join(TEA))[0]
        assert isinstance(entered, Entered)
        assert entered.settings == Settings(5, locked=True)

    def test_the_owner_says_how_many_may_be_in(self) -> None:
        world = World()
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        assert kinds(alice.do(Configure(TEA, Tuning(capacity=2)))) == ["Ok", "Configured"]
        # Nobody is put out by it.
        bob.do(Leave(TEA))
        assert bob.refused(Join(TEA)) == "room-full"
        alice.do(Appoint(TEA, CAROL, "moderator"))
        carol.see()
        assert carol.refused(Configure(TEA, Tuning(capacity=5))) == "not-allowed"
        alice.do(Configure(TEA, Tuning(capacity=0)))
        [listed] = alice.do(List())
        assert listed.rooms[0].capacity == 256  # type: ignore[union-attr]

    def test_a_capacity_is_cut_to_the_servers_of_today_and_kept(self) -> None:
        world = World(room_capacity=10)
        alice, bob = gather(world, "alice", "bob")
        assert alice.do(Configure(TEA, Tuning(capacity=20)))[1] == Configured(TEA, ALICE, Tuning(capacity=10))
        world.lobby.limit(replace(world.lobby.limits, room_capacity=15))
        assert capacity(bob) == 15
        world.lobby.limit(replace(world.lobby.limits, room_capacity=0))
        assert capacity(bob) == 20
        alice.do(Configure(TEA, Tuning(capacity=0)))
        assert capacity(bob) == 0

    def test_who_has_no_role_changes_nothing(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        for command in (SLOW, LOCK, Configure(TEA, Tuning(capacity=1))):
            assert bob.refused(command) == "not-allowed"
        assert alice.see() == []

    def test_what_can_not_be_stored_changes_nothing(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        log.failing = True
        for command in (LOCK, Appoint(TEA, BOB, "moderator")):
            alice.ask(command)
            alice.world.settle()
            log.answer()
            alice.world.settle()
            assert kinds(alice.see()) == ["Refused"]
        assert bob.see() == []


def mute(name: str = "bob", **more: Any) -> Impose:
    return Impose("mute", TEA, Username(name), **more)


def ban(name: str = "bob", **more: Any) -> Impose:
    return Impose("ban", TEA, Username(name), **more)


def listed(person: Person) -> list[tuple[str, str, bool]]:
    """Return what is listed of the sanctions."""
    [found] = person.do(ListSanctions(TEA))
    assert isinstance(found, SanctionList)
    sanctions = [placed.sanction for placed in found.sanctions]
    return [(each.kind, each.username, each.everybody) for each in sanctions]


class SanctionTests(SynchronousTestCase):
    def test_who_is_muted_reads_on(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert kinds(alice.do(mute(seconds=600, reason="why"))) == ["Ok"]
        until = int(NOON * 1000) + 600_000
        [event] = bob.see()
        assert isinstance(event, Muted)
        assert (event.by, event.reason, until <= (event.until or 0) <= until + 100) == (ALICE, "why", True)
        assert why(bob, Say(TEA, "hi")) == "You are muted in tea until 2023-11-14 22:23 UTC (why)."
        assert bob.refused(Topic(TEA, "Tea")) == "muted"
        alice.do(Say(TEA, "quiet"))
        assert bob.see() == [said(1, "alice", "quiet")]

    def test_it_ends(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(mute(seconds=10))
        bob.see()
        world.settle(11)
        assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        alice.see()
        assert listed(alice) == []

    def test_it_is_lifted(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(mute())
        assert kinds(bob.see()) == ["Muted"]
        assert kinds(alice.do(Lift("mute", TEA, Username("BOB")))) == ["Ok"]
        assert bob.see() == [Unmuted(TEA, ALICE)]
        assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        alice.see()
        # Of nothing, that is done already.
        assert kinds(alice.do(Lift("ban", TEA, CAROL))) == ["Ok"]

    def test_it_is_lifted_by_each_name_of_a_guest(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob, ben = world.enter("bob", session=b"bob's"), Username("ben")
        for name in (ben, BOB):
            bob.do(Rename(BOB))
            alice.do(mute())
            assert kinds(bob.do(Rename(ben))) == ["Ok"]
            bob.do(Join(TEA))
            assert bob.refused(Say(TEA, "hi")) == "muted"
            assert kinds(alice.do(Lift("mute", TEA, name)))[-1] == "Ok"
            assert bob.see() == [Unmuted(TEA, ALICE)]
            assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]
            bob.do(Leave(TEA))
            alice.see()

    def test_it_is_lifted_by_a_later_name_of_who_has_gone(self) -> None:
        world = World(grace=0)
        [alice] = gather(world, "alice")
        bob, ben = world.enter("bob", session=b"bob's"), Username("ben")
        alice.do(ban())
        bob.do(Rename(ben))
        bob.do(Quit())
        alice.do(Lift("ban", TEA, ben))
        assert listed(alice) == []
        # Nobody knows any more who had the name.
        carol = world.enter("carol")
        alice.do(Impose("ban", TEA, CAROL))
        carol.do(Quit())
        world.clock.advance(DAY + 1)
        assert kinds(alice.do(Lift("ban", TEA, CAROL))) == ["Ok"]
        assert listed(alice) == []

    def test_who_is_banned_is_out_and_stays_so(self) -> None:
        world = World()
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        assert alice.do(ban(reason="why")) == [Ok(TEA, event_follows=True), out("why")]
        assert bob.see() == [Removed(TEA, ALICE, "banned", "why")]
        assert carol.see() == [out("why")]
        assert why(bob, Join(TEA)) == "You are banned from tea (why)."
        assert kinds(alice.do(Lift("ban", TEA, BOB))) == ["Ok"]
        assert kinds(bob.do(Join(TEA))) == ["Entered", "Level"]

    def test_who_is_banned_is_told_until_when(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Impose("ban", TEA, BOB, 60, "why"))
        [event] = bob.see()
        assert isinstance(event, Removed)
        assert int(NOON * 1000) + 60_000 <= (event.until or 0) <= int(NOON * 1000) + 60_100

    def test_neither_another_name_nor_another_session_is_a_way_around_it(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob", session=b"bob's", host="there")
        bob.do(Join(TEA))
        alice.do(ban())
        bob.see()
        bob.do(Rename(Username("ben")))
        assert bob.refused(Join(TEA)) == "banned"
        bob.do(Quit())
        assert world.enter("ben", session=b"bob's", host="elsewhere").refused(Join(TEA)) == "banned"
        assert world.enter("bob", session=b"another", host="there").refused(Join(TEA)) == "banned"
        assert kinds(world.enter("carl", host="there").do(Join(TEA))) == ["Entered", "Level"]

    def test_another_one_of_that_name_from_elsewhere_may_come(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob", host="there")
        bob.do(Join(TEA))
        alice.do(ban())
        bob.do(Quit())
        assert kinds(world.enter("bob", host="elsewhere").do(Join(TEA))) == ["Entered", "Level"]

    def test_all_from_there_may_be_kept_out(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob, ben = world.enter("bob", host="there"), world.enter("ben", host="there")
        for person in (bob, ben):
            person.do(Join(TEA))
        alice.do(ban(everybody=True))
        # Nobody is put out by it but the one named.
        assert kinds(ben.see()) == ["Left"]
        ben.do(Leave(TEA))
        assert ben.refused(Join(TEA)) == "banned"
        assert world.enter("new", host="there").refused(Join(TEA)) == "banned"
        alice.see()
        assert listed(alice) == [("ban", "bob", True)]

    def test_who_is_gone_can_be_banned_for_a_day(self) -> None:
        world = World()
        [alice] = gather(world, "alice", "bob")[:1]
        bob = world.enter("ben", session=b"ben's")
        bob.do(Quit())
        alice.see()
        assert alice.do(ban("ben")) == [Ok(TEA)]
        assert world.enter("ben", session=b"ben's").refused(Join(TEA)) == "banned"
        assert alice.refused(ban("nobody")) == "no-such-user"

    def test_who_has_come_back_by_another_name_is_found_by_the_old_one(self) -> None:
        world = World()
        alice = gather(world, "alice", "bob", known=True)[0]
        world.enter("ben", session=b"ben's").do(Quit())
        jack = world.enter("jack", session=b"ben's")
        jack.do(Join(TEA))
        alice.see()
        assert alice.do(ban("ben"))[1:] == [Left(TEA, Username("jack"), 2, 256, "banned", ALICE)]
        assert kinds(jack.see()) == ["Removed"]

    def test_a_second_one_replaces_the_first(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(mute())
        alice.do(mute(seconds=10))
        assert listed(alice) == [("mute", "bob", False)]
        bob.see()
        world.settle(11)
        assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]

    def test_they_are_listed_newest_first_and_lifted_by_their_numbers(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        alice.do(mute("bob"))
        alice.do(ban("carol"))
        assert listed(alice) == [("ban", "carol", False), ("mute", "bob", False)]
        [found] = alice.do(ListSanctions(TEA))
        assert isinstance(found, SanctionList)
        newest, oldest = (placed.sanction for placed in found.sanctions)
        [below] = alice.do(ListSanctions(TEA, newest.number))
        assert below == SanctionList(TEA, (Placed(TEA, oldest),), more=False)
        assert alice.refused(Lift("ban", TEA, number=oldest.number)) == "no-such-sanction"
        assert kinds(alice.do(Lift("ban", TEA, number=newest.number))) == ["Ok"]
        assert alice.refused(Lift("ban", TEA, number=newest.number)) == "no-such-sanction"
        carol.see()
        assert kinds(carol.do(Join(TEA))) == ["Entered", "Level"]
        bob.see()
        for command in (mute("carol"), ban("carol"), Lift("mute", TEA, BOB), ListSanctions(TEA)):
            assert bob.refused(command) == "not-allowed"

    def test_it_is_kept_with_the_room(self) -> None:
        world = World(linger=1)
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(ban())
        alice.do(Leave(TEA))
        world.settle(5)
        bob.see()
        assert bob.refused(Join(TEA)) == "banned"
        alice.see()
        assert listed(alice) == [("ban", "bob", False)]

    def test_who_has_a_role_shares_none_of_their_host_but_has_their_own(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob, carol = world.enter("bob", host="there"), world.enter("carol", host="there")
        bob.do(Join(TEA))
        carol.do(Join(TEA))
        alice.do(mute("bob", everybody=True))
        alice.do(Appoint(TEA, CAROL, "moderator"))
        carol.see()
        assert kinds(carol.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        alice.do(mute("carol"))
        carol.see()
        assert carol.refused(Say(TEA, "hi")) == "muted"

    def test_who_is_banned_gets_no_role(self) -> None:
        alice, _ = gather(World(), "alice", "bob")
        alice.do(ban("bob"))
        assert alice.refused(Appoint(TEA, BOB, "moderator")) == "not-allowed"
        assert alice.refused(Appoint(TEA, BOB, "owner")) == "not-allowed"

    def test_nobody_acts_on_a_higher_rank_or_on_themselves(self) -> None:
        alice, carol = gather(World(), "alice", "carol")
        alice.do(Appoint(TEA, CAROL, "moderator"))
        carol.see()
        assert carol.refused(ban("alice")) == "not-allowed"
        assert carol.refused(ban("carol")) == "not-allowed"


def out(note: str = "") -> Left:
    return Left(TEA, BOB, 2, 256, "banned", ALICE, note)
