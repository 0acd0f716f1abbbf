"""What accounts tell each other is kept for both, wherever they are; with guests it is as it was."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.people.talks import UNUSED
from chatroom.core.values.commands import (
    Command,
    History,
    Impose,
    Quit,
    ReadAudit,
    ReadReports,
    Redact,
    Rename,
    Report,
    Resolve,
    Search,
    SetRole,
    Talks,
    Tell,
    Unregister,
)
from chatroom.core.values.events import Marked, Message, Reported, TakenBack, Told
from chatroom.core.values.limits import TOKEN_BYTES
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList, Entries, Kept, Ok, Refused, ReportList, TalkInfo, TalkList
from chatroom.core.values.reports import OPEN_REPORTS
from chatroom.core.visit.rule import OPENING
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, BOB, CAROL, affordable, kinds
from tests.core.visit.accounts.test_accounts import SECRET, registered, world
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once

DAVE = Username("dave")


def entries(person: Person, other: Username, **more: Any) -> list[tuple[int, Username, str]]:
    """Return what *person* reads of their talk with *other*."""
    [found] = person.do(History(None, other=other, **more))
    assert isinstance(found, Entries)
    assert (found.room, found.other) == (None, other)
    return [(said.seq, said.message.speaker, said.message.text) for said in found.entries]


def talks(person: Person, before: int | None = None) -> list[tuple[Username, int, str, bool]]:
    """Return with whom *person* has talked."""
    [found] = person.do(Talks(before))
    assert isinstance(found, TalkList)
    return [(talk.other, talk.seq, talk.message.text, talk.gone) for talk in found.talks]


class KeptTests(SynchronousTestCase):
    """Alice and bob have accounts, and carol has none."""

    @override
    def setUp(self) -> None:
        self.world = world(grace=30)
        self.alice, self.bob = registered(self.world), registered(self.world, "bob")
        self.carol = self.world.enter("carol")

    def away(self, person: Person) -> None:
        person.visitor.lost()
        self.world.settle(60)

    def test_it_is_numbered_and_told_by_both_to_all_other_connections(self) -> None:
        other = self.world.enter("alice", password=SECRET)
        assert self.alice.do(Tell(BOB, "psst", cid="c1")) == [Kept(BOB, 1, AT, "c1")]
        assert self.bob.see() == [Told(ALICE, BOB, AT, "psst", ALICE, 1, "c1")]
        # In whichever order: at another server each comes by itself.
        told, marked = sorted(other.see(), key=lambda event: isinstance(event, Marked))
        assert (told, marked) == (Told(ALICE, BOB, AT, "psst", BOB, 1, "c1"), Marked(None, 1, AT, BOB))
        assert self.alice.see() == self.carol.see() == []
        assert self.bob.do(Tell(Username("ALICE"), "waves", kind="action")) == [Kept(ALICE, 2, AT)]
        assert self.alice.see() == other.see() == [Told(BOB, ALICE, AT, "waves", BOB, 2, kind="action")]

    def test_who_is_not_there_or_does_not_read_finds_it_later(self) -> None:
        self.away(self.bob)
        assert self.alice.do(Tell(BOB, "one"))[0] == Kept(BOB, 1, self.world.lobby.now())
        bob = self.world.enter("bob", password=SECRET)
        bob.connection.waiting = 10**6
        assert kinds(self.alice.do(Tell(BOB, "two"))) == ["Kept"]
        bob.connection.waiting = 0
        assert bob.see() == []
        assert entries(bob, ALICE) == [(1, ALICE, "one"), (2, ALICE, "two")]
        assert talks(bob) == [(ALICE, 2, "two", False)]

    def test_what_comes_again_is_told_once(self) -> None:
        self.alice.do(Tell(BOB, "psst", cid="c1"))
        self.bob.see()
        assert self.alice.do(Tell(BOB, "psst", cid="c1")) == [Kept(BOB, 1, AT, "c1")]
        self.world.settle(UNUSED + 1)
        assert self.alice.do(Tell(BOB, "psst", cid="c1")) == [Kept(BOB, 1, AT, "c1")]
        assert self.bob.see() == []
        [refused] = self.alice.do(Tell(BOB, "else", cid="c1"))
        assert isinstance(refused, Refused)
        assert (refused.error.code, str(refused.error)) == (
            "cid-reused",
            "Another message in your talk with bob had this cid; make up a new one for each.",
        )

    def test_time_never_runs_back_in_a_talk(self) -> None:
        self.alice.do(Tell(BOB, "one"))
        self.world.ahead = -3600
        assert self.alice.do(Tell(BOB, "two")) == [Kept(BOB, 2, AT)]
        self.world.settle(UNUSED + 1)
        self.bob.see()
        assert self.bob.do(Tell(ALICE, "three")) == [Kept(ALICE, 3, AT)]

    def test_one_s_notes_are_a_talk_too(self) -> None:
        assert self.alice.do(Tell(ALICE, "milk")) == [Kept(ALICE, 1, AT)]
        assert entries(self.alice, ALICE) == [(1, ALICE, "milk")]
        assert talks(self.alice) == [(ALICE, 1, "milk", False)]
        assert self.alice.do(Redact(None, 1, other=ALICE)) == [Ok("alice")]
        assert talks(self.alice) == [(ALICE, 1, "", False)]

    def test_with_a_guest_on_either_side_it_is_live(self) -> None:
        assert self.carol.do(Tell(ALICE, "hi")) == [Ok("alice", at=AT)]
        assert self.alice.see() == [Told(CAROL, ALICE, AT, "hi")]
        assert self.alice.do(Tell(CAROL, "waves", kind="action")) == [Ok("carol", at=AT)]
        assert self.carol.see() == [Told(ALICE, CAROL, AT, "waves", kind="action")]
        assert talks(self.alice) == []
        self.away(self.bob)
        assert self.carol.refused(Tell(BOB, "hi")) == "unavailable"
        assert self.carol.refused(Tell(DAVE, "hi")) == self.alice.refused(Tell(DAVE, "hi")) == "no-such-user"

    def test_guests_have_no_talks(self) -> None:
        asked: list[Command] = [
            Talks(),
            History(None, other=ALICE),
            Search(None, "tea", other=ALICE),
            Redact(None, 1, other=ALICE),
            Report(None, "why", 1, other=ALICE),
        ]
        for command in asked:
            assert self.carol.refused(command) == "password-required"

    def test_where_there_are_no_accounts_nobody_has_talks(self) -> None:
        assert World().enter("alice").refused(Talks()) == "not-allowed"

    def test_with_whom_one_never_talked_there_is_nothing(self) -> None:
        assert entries(self.alice, BOB) == entries(self.alice, CAROL) == []
        assert self.alice.do(Search(None, "tea", other=BOB)) == [Entries(None, (), more=False, other=BOB)]
        assert self.alice.refused(History(None, other=DAVE)) == "no-such-user"
        assert self.alice.refused(Search(None, "tea", other=DAVE)) == "no-such-user"
        assert self.alice.refused(Search(None, "!", other=BOB)) == "query-invalid"
        for command in Redact(None, 1, other=BOB), Report(None, "why", 1, other=BOB):
            assert self.alice.refused(command) == "no-such-message"
        assert talks(self.alice) == []

    def test_it_is_read_and_searched_as_a_room_is(self) -> None:
        for text in ("green tea", "black tea", "milk"):
            self.alice.do(Tell(BOB, text))
        self.bob.see()
        assert entries(self.bob, ALICE, limit=2) == [(2, ALICE, "black tea"), (3, ALICE, "milk")]
        assert entries(self.bob, ALICE, after=0, limit=1) == [(1, ALICE, "green tea")]
        [found] = self.bob.do(Search(None, "tea", newest_first=True, author=ALICE, other=ALICE))
        assert isinstance(found, Entries)
        assert ([said.seq for said in found.entries], found.other) == ([2, 1], ALICE)
        [found] = self.bob.do(Search(None, "tea", author=BOB, other=ALICE))
        assert isinstance(found, Entries)
        assert found.entries == ()

    def test_talks_are_listed_from_the_newest_on(self) -> None:
        for name in ("dave", "erin", "fred"):
            self.world.settle(1)
            registered(self.world, name)
            self.alice.do(Tell(Username(name), f"hi {name}"))
        assert [talk[0] for talk in talks(self.alice)] == ["fred", "erin", "dave"]
        [found] = self.alice.do(Talks())
        assert isinstance(found, TalkList)
        assert not found.more
        at = found.talks[1].message.at
        assert self.alice.visitor.seat
        message = Message(ALICE, "hi erin", at, session=self.alice.visitor.seat.identity)
        assert found.talks[1] == TalkInfo(Username("erin"), 1, message, marked=1)
        assert talks(self.alice, before=at) == [("dave", 1, "hi dave", False)]

    def test_a_page_ends_where_one_can_go_on(self) -> None:
        names = [Username(f"user{number}") for number in range(8)]
        for number, name in enumerate(names):
            registered(self.world, name)
            # Two at a time.
            self.world.settle(number % 2)
            self.alice.do(Tell(name, "é" * (TOKEN_BYTES // 2)))
        seen, before = list[Username](), None
        while True:
            [found] = self.alice.do(Talks(before))
            assert isinstance(found, TalkList)
            seen += [talk.other for talk in found.talks]
            if not found.more:
                break
            before = found.talks[-1].message.at
        assert sorted(seen) == sorted(names)

    def test_who_has_another_name_has_the_same_talks(self) -> None:
        self.alice.do(Tell(BOB, "one"))
        bert = Username("bert")
        self.bob.do(Rename(bert))
        assert self.alice.do(Tell(BOB, "two")) == [Kept(bert, 2, AT)]
        assert talks(self.alice) == [(bert, 2, "two", False)]
        [found] = self.alice.do(History(None, other=BOB))
        assert isinstance(found, Entries)
        assert found.other == bert

    def test_of_an_account_that_is_gone_the_other_has_the_talk_still(self) -> None:
        self.alice.do(Tell(BOB, "one"))
        assert self.alice.do(Unregister(Password(SECRET))) == [Ok()]
        assert self.alice.refused(Talks()) == "password-required"
        self.bob.see()
        assert talks(self.bob) == [(ALICE, 1, "one", True)]
        assert entries(self.bob, ALICE) == [(1, ALICE, "one")]
        # A name that is registered anew is another talk's.
        self.alice.do(Quit())
        again = registered(self.world)
        assert entries(self.bob, ALICE) == entries(again, BOB) == []
        self.world.settle(1)
        again.do(Tell(BOB, "I am new"))
        self.bob.see()
        assert talks(self.bob) == [(ALICE, 1, "I am new", False), (ALICE, 1, "one", True)]

    def test_who_is_muted_everywhere_tells_nothing(self) -> None:
        self.world.lobby.restore(())
        self.world.settle()
        self.alice.do(Tell(BOB, "one"))
        self.world.operator().do(Impose("mute", None, ALICE))
        self.alice.see()
        assert self.alice.refused(Tell(BOB, "two")) == "muted"
        assert entries(self.alice, BOB) == [(1, ALICE, "one")]

    # Taking back.

    def test_one_takes_back_what_one_has_told(self) -> None:
        other = self.world.enter("alice", password=SECRET)
        self.alice.do(Tell(BOB, "psst", cid="c1"))
        self.bob.see(), other.see()
        assert self.bob.refused(Redact(None, 1, other=ALICE)) == "not-allowed"
        assert self.alice.refused(Redact(None, 2, other=BOB)) == "no-such-message"
        assert self.alice.do(Redact(None, 1, reason="why", other=BOB)) == [Ok("bob")]
        assert self.bob.see() == [TakenBack(ALICE, 1, ALICE, "why")]
        assert other.see() == [TakenBack(BOB, 1, ALICE, "why")]
        assert self.alice.do(Redact(None, 1, other=BOB)) == [Ok("bob")]
        assert self.bob.see() == other.see() == []
        assert entries(self.bob, ALICE) == [(1, ALICE, "")]
        assert talks(self.bob) == [(ALICE, 1, "", False)]

    def test_nobody_else_takes_it_back(self) -> None:
        self.alice.do(Tell(BOB, "psst"))
        operator = self.world.operator()
        operator.do(SetRole(BOB, "operator"))
        self.bob.see()
        assert self.bob.refused(Redact(None, 1, other=ALICE)) == "not-allowed"
        assert operator.refused(Redact(None, 1, other=ALICE)) == "not-allowed"

    # Reports.

    def test_what_is_told_is_reported_to_operators(self) -> None:
        self.world.lobby.restore(())
        self.world.settle()
        registered(self.world, "dave")
        dave = self.world.enter("dave", password=SECRET)
        self.world.operator().do(SetRole(DAVE, "operator"))
        for text in ("one", "two"):
            self.alice.do(Tell(BOB, text))
        self.bob.see()
        assert self.bob.refused(Report(None, "why", 3, other=ALICE)) == "no-such-message"
        assert self.bob.do(Report(None, "why", 2, other=ALICE)) == [Ok("alice")]
        assert dave.see() == [Reported(None, 1, 2, BOB, "why", ALICE)]
        assert self.alice.see() == self.bob.see() == []
        [found] = dave.do(ReadReports())
        assert isinstance(found, ReportList)
        [kept] = found.reports
        assert (kept.said.message.text, [said.message.text for said in kept.context]) == ("two", ["one"])
        assert kinds(dave.do(Resolve(1, "seen"))) == ["Ok"]
        [acts] = dave.do(ReadAudit())
        assert isinstance(acts, ActList)
        assert [(act.action, act.room, act.username) for act in acts.acts if act.action == "resolve"] == [
            ("resolve", None, ALICE)
        ]

    def test_not_more_are_reported_than_operators_can_look_at(self) -> None:
        self.world.lobby.restore(())
        self.world.settle()
        for number in range(OPEN_REPORTS + 1):
            self.alice.do(Tell(BOB, str(number)))
            answer = self.bob.do(Report(None, "why", number + 1, other=ALICE))[-1]
        assert isinstance(answer, Refused)
        assert (answer.error.code, str(answer.error)) == (
            "not-allowed",
            "100 reports of your talk with alice wait for the operators already.",
        )

    # What they are: logs that are open for a while.

    @at_once
    def test_a_talk_that_nobody_uses_is_closed_and_costs_to_open(self) -> None:
        world_ = world(burst=40, rate=1)
        alice = registered(world_)
        registered(world_, "bob")
        for command in Tell(BOB, "one"), History(None, other=BOB):
            world_.settle(1000)
            alice.do(command)
            assert affordable(alice) == 40 - 1 - OPENING
        world_.settle(1000)
        alice.do(Tell(BOB, "two"))
        world_.settle(UNUSED - 1)
        alice.do(Tell(BOB, "three"))
        assert affordable(alice) == 40 - 1


class LateTests(SynchronousTestCase):
    """The log takes its time."""

    @override
    def setUp(self) -> None:
        self.log = LateLog(kept := MemoryLog(), prompt=True)
        self.world: World = world(log=self.log, kept=kept, grace=30)
        self.alice, self.bob = registered(self.world), registered(self.world, "bob")
        self.log.prompt = False

    def test_nothing_is_told_before_it_is_kept(self) -> None:
        self.alice.ask(Tell(BOB, "psst"))
        # It is opened, then stored.
        for _ in range(2):
            assert self.bob.see() == []
            self.log.answer()
        assert self.bob.see() == [Told(ALICE, BOB, AT, "psst", ALICE, 1)]
        assert self.alice.see() == [Kept(BOB, 1, AT)]

    def test_it_is_told_though_the_connection_is_lost(self) -> None:
        self.alice.ask(Tell(BOB, "psst"))
        self.log.answer()
        self.alice.visitor.lost()
        self.log.answer()
        assert self.bob.see() == [Told(ALICE, BOB, AT, "psst", ALICE, 1)]

    def test_both_may_open_it_at_once(self) -> None:
        self.alice.ask(History(None, other=BOB))
        self.bob.ask(Tell(ALICE, "psst"))
        for _ in range(4):
            self.log.answer()
        assert Entries(None, (), more=False, other=BOB) in self.alice.see()
        assert self.bob.see() == [Kept(ALICE, 1, AT)]

    def test_who_is_muted_or_gone_meanwhile_is_looked_at_again(self) -> None:
        self.alice.ask(Tell(BOB, "psst"))
        self.bob.do(Unregister(Password(SECRET)))
        for _ in range(3):
            self.log.answer()
        [refused] = self.alice.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "no-such-user"

    def test_what_can_not_be_stored_is_refused_and_told_to_nobody(self) -> None:
        self.log.prompt = True
        self.alice.do(Tell(BOB, "one", cid="c1"))
        self.bob.see()
        self.log.failing = True
        assert self.alice.refused(Tell(BOB, "two", cid="c2")) == "storage-failed"
        self.log.failing = False
        assert self.bob.see() == []
        assert self.alice.do(Tell(BOB, "two", cid="c2")) == [Kept(BOB, 2, AT, "c2")]
        assert self.bob.see() == [Told(ALICE, BOB, AT, "two", ALICE, 2, "c2")]
