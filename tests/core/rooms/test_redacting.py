"""What was said is taken back: its text is gone from everywhere, and all who may have it are told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import LogId, Page, Searched
from chatroom.core.rooms.redactions import AT_ONCE, RECENT
from chatroom.core.values.commands import (
    Appoint,
    Create,
    History,
    Impose,
    Join,
    Leave,
    Quit,
    Redact,
    Register,
    Rename,
    Say,
    Search,
)
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Level, Redacted, Said
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entered, Entries, Ok, Reply, Stored
from tests.core.scenes import ALICE, BOB, MANY, POND, TEA, come_back, gather, gather_late, kinds, said, say_much, stored
from tests.fakes import FakePasswords, ForwardingLog, Person, World
from tests.lateness import at_once


class AnsweringLater(ForwardingLog):
    """A log that reads at once, and gives each answer when it is called."""

    in_hand = True

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Callable[[], None]] = []

    @override
    def read(self, log: LogId, *, got: Callable[[Page | StorageFailed], None], **where: Any) -> None:
        super().read(log, got=lambda page: self.answers.append(partial(got, page)), **where)

    @override
    def search(self, log: LogId, query: str, *, got: Callable[[Searched], None], **where: Any) -> None:
        super().search(log, query, got=lambda found: self.answers.append(partial(got, found)), **where)


def redacted(seq: int, speaker: str, by: Username, number: int = 1, note: str = "") -> Redacted:
    return Redacted(TEA, seq, Username(speaker), by, number, note)


def texts(person: Person) -> list[str]:
    """Return the texts that the room's history has for *person*."""
    *_, entries = person.do(History(TEA))
    assert isinstance(entries, Entries)
    return [entry.message.text for entry in entries.entries]


class OneTests(SynchronousTestCase):
    def test_one_takes_back_what_one_has_said_and_all_are_told(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Say(TEA, "one"))
        bob.do(Say(TEA, "two"))
        alice.see()
        assert bob.do(Redact(TEA, 1)) == [Ok(TEA, event_follows=True), redacted(1, "bob", BOB)]
        assert alice.see() == [redacted(1, "bob", BOB)]
        assert texts(alice) == texts(bob) == ["", "two"]

    def test_without_a_number_it_is_the_newest(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        for person, text in ((bob, "one"), (bob, "two"), (alice, "three")):
            person.do(Say(TEA, text))
        bob.do(Redact(TEA))
        assert texts(alice) == ["one", "", "three"]
        bob.do(Redact(TEA))
        assert texts(alice) == ["", "", "three"]
        bob.see()
        assert bob.refused(Redact(TEA)) == "no-such-message"

    def test_a_moderator_takes_back_what_others_have_said(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        carol.see()
        assert carol.refused(Redact(TEA, 1)) == "not-allowed"
        assert carol.refused(Redact(TEA, username=BOB)) == "not-allowed"
        assert alice.do(Redact(TEA, 1, reason="why"))[-1] == redacted(1, "bob", ALICE, note="why")

    def test_rank_does_not_matter(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Appoint(TEA, BOB, "moderator"))
        alice.do(Say(TEA, "one"))
        bob.see()
        assert bob.do(Redact(TEA, 1))[-1] == redacted(1, "alice", BOB)

    def test_a_second_time_nothing_happens(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Say(TEA, "one"))
        alice.do(Redact(TEA, 1))
        bob.see()
        assert alice.do(Redact(TEA, 1)) == [Ok(TEA)]
        assert bob.see() == []

    def test_what_is_not_there_can_not_be_taken_back(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        for seq in (1, 2**53):
            assert alice.refused(Redact(TEA, seq)) == bob.refused(Redact(TEA, seq)) == "no-such-message"
        assert alice.refused(Redact(POND, 1)) == "no-such-room"

    def test_only_who_is_in_takes_back_their_own_but_moderators_may_be_anywhere(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Say(TEA, "one"))
        bob.do(Leave(TEA))
        assert bob.refused(Redact(TEA, 1)) == "not-a-member"
        alice.do(Create(POND))
        alice.do(Leave(TEA))
        assert alice.do(Redact(TEA, 1)) == [Ok(TEA)]

    def test_somebody_else_of_the_same_name_has_not_said_it(self) -> None:
        world = World()
        _, bob = gather(world, "alice", "bob")
        bob.do(Say(TEA, "one"))
        bob.do(Quit())
        other = world.enter("bob")
        other.do(Join(TEA))
        assert other.refused(Redact(TEA, 1)) == "not-allowed"

    def test_it_is_ones_own_by_another_name_and_after_a_loss_too(self) -> None:
        world = World()
        _, bob = gather(world, "alice", "bob", known=True)
        bob.do(Say(TEA, "one"))
        bob.do(Rename(Username("bobby")))
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.do(Join(TEA))
        assert bob.do(Redact(TEA, 1))[-1] == redacted(1, "bob", Username("bobby"))

    def test_who_may_not_speak_may_still_take_back(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Say(TEA, "one"))
        alice.do(Impose("mute", TEA, BOB))
        assert isinstance(bob.do(Redact(TEA, 1))[-1], Redacted)

    def test_by_several_connections_one_is_one_person(self) -> None:
        world = World(passwords=FakePasswords())
        gather(world, "alice")
        one = world.enter("bob")
        one.do(Register(Password("correct horse")))
        two = world.enter("bob", password="correct horse")
        one.do(Join(TEA))
        one.do(Say(TEA, "one"))
        two.see()
        assert two.do(Redact(TEA, 1)) == [Ok(TEA)]
        assert one.see()[-1] == redacted(1, "bob", BOB)


class AllTests(SynchronousTestCase):
    def test_all_that_somebody_said_lately_is_taken_back(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        bob.do(Say(TEA, "old"))
        world.settle(100)
        for number in range(3):
            bob.do(Say(TEA, f"{number}"))
            alice.do(Say(TEA, "mine"))
        bob.see()
        [answer, *events] = alice.do(Redact(TEA, username=BOB, seconds=60, reason="spam"))
        assert answer == Ok(TEA, event_follows=True, count=3)
        assert {event.seq for event in events if isinstance(event, Redacted)} == {2, 4, 6}
        assert bob.see() == events
        assert texts(alice) == ["old", "", "mine", "", "mine", "", "mine"]

    def test_also_of_somebody_who_has_gone_and_by_each_of_their_names(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Say(TEA, "one"))
        bob.do(Rename(Username("bobby")))
        bob.do(Say(TEA, "two"))
        bob.do(Quit())
        alice.see()
        assert alice.do(Redact(TEA, username=Username("bobby"), seconds=60))[0] == Ok(TEA, count=2, event_follows=True)

    def test_of_nobody_known_there_is_nothing(self) -> None:
        [alice] = gather(World(), "alice")
        assert alice.refused(Redact(TEA, username=Username("nobody"), seconds=60)) == "no-such-user"
        assert alice.refused(Redact(TEA, username=Username("nobody"))) == "no-such-message"
        assert alice.do(Redact(TEA, username=ALICE, seconds=60)) == [Ok(TEA, count=0)]

    def test_many_are_told_in_pieces(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        say_much(bob)
        alice.see()
        # The first ones may be told before the last ones are found.
        events = alice.do(Redact(TEA, username=BOB, seconds=60))
        [count] = [it.count for it in events if isinstance(it, Ok)]
        assert count == MANY == len(events) - 1
        assert [event.number for event in events if isinstance(event, Redacted)] == [*range(1, MANY + 1)]
        assert not any(texts(bob))
        assert AT_ONCE < MANY


class CopyTests(SynchronousTestCase):
    """Nobody keeps a copy without being told."""

    def test_who_comes_later_reads_that_there_was_something(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        bob.do(Say(TEA, "one"))
        bob.do(Redact(TEA, 1))
        carol = world.enter("carol")
        [entered, *shown] = carol.do(Join(TEA, backlog=10))
        assert isinstance(entered, Entered)
        assert entered.redactions == 1
        assert shown[0] == said(1, "bob", "")
        assert kinds(shown) == ["Said", "Level"]
        del alice

    def test_who_reads_on_is_told_of_what_was_taken_back_meanwhile_before_they_are_level(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        for number in range(4):
            alice.do(Say(TEA, f"{number}"))
        alice.do(Redact(TEA, 1))
        [entered] = world.lobby.rooms.values()
        bob.visitor.lost()
        alice.do(Redact(TEA, 2))
        alice.do(Redact(TEA, 3))
        bob = come_back(world, "bob")
        shown = bob.do(Join(TEA, after=4, epoch=entered.epoch, redactions=1))
        assert kinds(shown)[-4:] == ["Entered", "Redacted", "Redacted", "Level"]
        assert shown[-3:-1] == [redacted(2, "alice", ALICE, 2), redacted(3, "alice", ALICE, 3)]

    def test_who_does_not_say_what_they_know_is_told_nothing(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(Say(TEA, "one"))
        [room] = world.lobby.rooms.values()
        bob.visitor.lost()
        alice.do(Redact(TEA, 1))
        bob = come_back(world, "bob")
        assert kinds(bob.do(Join(TEA, after=1, epoch=room.epoch)))[-2:] == ["Entered", "Level"]

    def test_many_come_from_the_log(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        for _ in range(RECENT // MANY + 1):
            say_much(alice)
        [room] = world.lobby.rooms.values()
        bob.visitor.lost()
        alice.do(Redact(TEA, username=ALICE, seconds=60))
        assert room.redactions.behind(0) is None
        bob = come_back(world, "bob")
        shown = bob.do(Join(TEA, after=room.head, epoch=room.epoch, redactions=0))
        numbers = [event.number for event in shown if isinstance(event, Redacted)]
        assert numbers == [*range(1, room.head + 1)]
        assert isinstance(shown[-1], Level)

    def test_who_reads_slowly_is_told_when_they_have_caught_up(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        bob.see()
        bob.connection.busy = True
        alice.do(Say(TEA, "two"))
        alice.do(Redact(TEA, 1))
        alice.do(Redact(TEA, 2))
        bob.connection.busy = False
        bob.visitor.drained()
        shown = bob.see()
        assert shown[0] == said(2, "alice", "")
        assert kinds(shown) == ["Said", "Redacted", "Redacted", "Level"]

    def test_what_is_taken_back_in_the_turn_in_which_it_was_said_is_shown_before(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.ask(Say(TEA, "one"))
        bob.ask(Redact(TEA, 1))
        shown = [it for it in alice.see() if isinstance(it, Said | Redacted)]
        assert shown[-1] == redacted(1, "bob", BOB)

    @at_once
    def test_what_was_read_before_has_nothing_of_it(self) -> None:
        for command, found in ((History(TEA), ["", "two tea"]), (Search(TEA, "tea"), ["two tea"])):
            log = AnsweringLater()
            alice, bob = gather(World(log=log), "alice", "bob")
            for text in ("one tea", "two tea"):
                alice.do(Say(TEA, text))
            bob.see()
            bob.ask(command)
            alice.ask(Redact(TEA, 1))
            read, asked = log.answers
            asked()
            alice.world.settle()
            read()
            [entries] = [it for it in bob.see() if isinstance(it, Entries)]
            assert [entry.message.text for entry in entries.entries] == found


class AgainTests(SynchronousTestCase):
    def test_a_message_that_is_sent_again_is_the_one_that_was_taken_back(self) -> None:
        world = World()
        _, bob = gather(world, "alice", "bob", known=True)
        first: list[Reply] = [it for it in bob.do(Say(TEA, "one", cid="c")) if isinstance(it, Stored)]
        bob.do(Redact(TEA, 1))
        # Whatever it says now: nobody knows what it was.
        for text in ("one", "two"):
            assert bob.do(Say(TEA, text, cid="c")) == first
        assert bob.do(Say(TEA, "two"))[0] == stored(2)

    def test_also_when_the_room_was_closed_meanwhile(self) -> None:
        world = World(linger=0)
        [bob] = gather(world, "bob", known=True)
        bob.do(Say(TEA, "one", cid="c"))
        bob.do(Redact(TEA, 1))
        bob.do(Leave(TEA))
        assert not world.lobby.rooms
        bob.do(Join(TEA))
        [answer] = bob.do(Say(TEA, "one", cid="c"))
        assert isinstance(answer, Stored)
        assert answer.seq == 1


class FailingTests(SynchronousTestCase):
    def test_what_can_not_be_stored_has_not_happened(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Say(TEA, "one"))
        log.answer()
        bob.see()
        alice.see()
        alice.ask(Redact(TEA, 1))
        alice.world.settle()
        log.answer()
        log.failing = True
        alice.world.settle()
        log.answer()
        log.failing = False
        alice.world.settle()
        assert kinds(alice.see()) == ["Refused"]
        assert bob.see() == []
