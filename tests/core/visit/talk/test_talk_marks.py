"""How far talks are read, what is unread there and answers what, and what somebody who ignores is never shown."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.people.talks import UNUSED
from chatroom.core.values.commands import (
    Authenticate,
    Create,
    History,
    Ignore,
    ListUnread,
    Login,
    MarkRead,
    Quit,
    Redact,
    Report,
    Say,
    Search,
    Talks,
    Tell,
    Unregister,
)
from chatroom.core.values.events import Marked, Missed, TakenBack, Told
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entries, Kept, MarkKept, Ok, TalkList, UnreadList
from tests.core.scenes import ALICE, AT, BOB, CAROL, TEA, kinds
from tests.core.visit.accounts.test_accounts import SECRET, registered, world
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once


def mark(person: Person, other: Username, seq: int | None = None, *, at: int | None = None) -> int:
    """Let *person* mark their talk with *other*, and return how far it is read."""
    [reply] = [it for it in person.do(MarkRead(None, seq, at, other)) if isinstance(it, MarkKept)]
    return reply.mark.seq if reply.mark else 0


def unread(person: Person, before: int | None = None) -> list[tuple[str, int, int, int, int]]:
    """Return where something is unread to *person*: read up to where, the first, how much, and how often named."""
    [reply] = [it for it in person.do(ListUnread(before)) if isinstance(it, UnreadList)]
    return [
        (row.newest.other or row.newest.room, row.marked, row.first, row.unread, row.mentions) for row in reply.rooms
    ]


def talks(person: Person) -> list[tuple[str, int, str, int, int]]:
    """Return the talks of *person*: with whom, the newest message, up to where it is read, and how much is unread."""
    [reply] = [it for it in person.do(Talks()) if isinstance(it, TalkList)]
    return [(talk.other, talk.seq, talk.message.text, talk.marked, talk.unread) for talk in reply.talks]


def entries(person: Person, other: Username, **more: Any) -> list[tuple[int, str]]:
    [found] = [it for it in person.do(History(None, other=other, **more)) if isinstance(it, Entries)]
    return [(said.seq, said.message.text) for said in found.entries]


def found(person: Person, query: str = "tea", **more: Any) -> list[tuple[str, int]]:
    """Return where and as which number *person* finds something everywhere."""
    [found] = [it for it in person.do(Search(None, query, **more)) if isinstance(it, Entries)]
    return [(said.other or said.room, said.seq) for said in found.entries]


def by_hand(here: World, name: str) -> Person:
    """Let somebody come in who reads by hand."""
    person = here.visit()
    person.connection.reads = True
    person.ask(Login(Username(name), password=Password(SECRET)))
    return person


class TalkCase(SynchronousTestCase):
    """Alice and bob have accounts, and carol has none."""

    @override
    def setUp(self) -> None:
        self.world = world(grace=0, follows=True)
        self.alice, self.bob = registered(self.world), registered(self.world, "bob")
        self.carol = self.world.enter("carol")

    def told(self, *texts: str, by: Person | None = None, to: Username = BOB) -> None:
        """Let alice tell bob *texts*, or whoever somebody else."""
        for text in texts:
            (by or self.alice).do(Tell(to, text))
        for person in (self.alice, self.bob):
            person.see()


class MarkTests(TalkCase):
    def test_a_talk_is_read_as_far_as_one_says_and_never_back(self) -> None:
        self.told("one", "two", "three")
        assert talks(self.bob) == [("alice", 3, "three", 0, 3)]
        assert mark(self.bob, ALICE, 2) == mark(self.bob, ALICE, 1) == 2
        assert talks(self.bob) == [("alice", 3, "three", 2, 1)]
        assert unread(self.bob) == [("alice", 2, 3, 1, 0)]
        assert mark(self.bob, ALICE, 99) == 3
        assert talks(self.bob) == [("alice", 3, "three", 3, 0)]
        assert unread(self.bob) == []

    def test_a_time_finds_its_message(self) -> None:
        self.told("one")
        self.world.settle(60)
        self.told("two")
        assert mark(self.bob, ALICE, at=AT + 30_000) == 1
        assert unread(self.bob) == [("alice", 1, 2, 1, 0)]

    def test_one_s_other_connections_hear_of_it(self) -> None:
        other = self.world.enter("bob", password=SECRET)
        self.told("one", "two")
        other.see()
        mark(self.bob, ALICE, 1)
        assert other.see() == [Marked(None, 1, AT, ALICE)]
        assert self.bob.see() == []

    def test_with_whom_one_never_talked_there_is_nothing_to_read(self) -> None:
        assert mark(self.alice, BOB, 7) == mark(self.alice, CAROL, 7) == 0
        assert self.alice.refused(MarkRead(None, 1, other=Username("dave"))) == "no-such-user"
        assert self.carol.refused(MarkRead(None, 1, other=ALICE)) == "password-required"
        assert talks(self.alice) == []

    def test_who_has_read_all_and_answers_has_read_that_too(self) -> None:
        other = self.world.enter("alice", password=SECRET)
        self.told("one")
        assert Marked(None, 1, AT, BOB) in other.see()
        self.told("two", by=self.bob, to=ALICE)
        # What bob has said is unread to alice, so what she says does not mark it.
        self.told("three")
        assert unread(self.alice) == [("bob", 1, 2, 1, 0)]
        mark(self.alice, BOB, 3)
        self.told("four")
        assert talks(self.alice) == [("bob", 4, "four", 4, 0)]

    def test_one_s_notes_are_never_unread(self) -> None:
        self.alice.do(Tell(ALICE, "milk for alice"))
        assert talks(self.alice) == [("alice", 1, "milk for alice", 1, 0)]
        assert unread(self.alice) == []

    def test_they_are_kept(self) -> None:
        self.told("one", "two")
        mark(self.bob, ALICE, 1)
        self.bob.do(Quit())
        self.world.settle(UNUSED + 60)
        bob = self.world.enter("bob", password=SECRET)
        assert unread(bob) == [("alice", 1, 2, 1, 0)]

    def test_who_is_registered_anew_has_read_nothing(self) -> None:
        self.told("one")
        mark(self.bob, ALICE, 1)
        self.bob.do(Unregister(Password(SECRET)))
        self.bob.do(Quit())
        again = registered(self.world, "bob")
        self.told("hello")
        assert talks(again) == [("alice", 1, "hello", 0, 1)]

    def test_a_talk_with_somebody_who_is_gone_can_be_read(self) -> None:
        self.told("one", "two")
        self.alice.do(Unregister(Password(SECRET)))
        assert unread(self.bob) == [("alice", 0, 1, 2, 0)]
        assert mark(self.bob, ALICE, 1) == 1
        assert talks(self.bob) == [("alice", 2, "two", 1, 1)]


class UnreadTests(TalkCase):
    def test_rooms_and_talks_are_in_one_list_the_newest_first(self) -> None:
        self.told("hi bob", "bobs are not meant")
        self.world.settle(1)
        self.bob.do(Create(TEA))
        self.bob.do(Say(TEA, "for nobody"))
        self.bob.do(MarkRead(TEA, 1))
        self.alice.do(Tell(BOB, "bob?"))
        self.world.settle(1)
        dave = registered(self.world, "dave")
        dave.do(Tell(BOB, "hello"))
        assert unread(self.bob) == [("dave", 0, 1, 1, 0), ("alice", 0, 1, 3, 2)]
        [reply] = self.bob.do(ListUnread())
        assert isinstance(reply, UnreadList)
        newest, mention = reply.rooms[1].newest, reply.rooms[1].mention
        assert mention
        assert (newest.seq, newest.message.text, newest.other) == (3, "bob?", ALICE)
        assert (mention.seq, mention.message.text, mention.other) == (3, "bob?", ALICE)
        assert unread(self.bob, before=reply.rooms[0].newest.message.at) == [("alice", 0, 1, 3, 2)]

    def test_what_was_taken_back_is_not_unread(self) -> None:
        self.told("one", "two")
        self.alice.do(Redact(None, 2, other=BOB))
        assert unread(self.bob) == [("alice", 0, 1, 1, 0)]
        self.alice.do(Redact(None, 1, other=BOB))
        assert unread(self.bob) == []
        assert talks(self.bob) == [("alice", 2, "", 0, 0)]

    def test_nobody_else_has_it(self) -> None:
        dave = registered(self.world, "dave")
        self.told("psst")
        assert unread(dave) == unread(self.carol) == unread(self.alice) == []
        assert found(dave, "psst") == found(self.carol, "psst") == []


class FindingTests(TalkCase):
    def test_talks_are_searched_with_the_rooms(self) -> None:
        self.alice.do(Create(TEA))
        self.alice.do(Say(TEA, "green tea"))
        self.world.settle(1)
        self.told("black tea", "milk")
        self.world.settle(1)
        self.told("white tea", by=self.bob, to=ALICE)
        assert found(self.alice) == [("tea", 1), ("bob", 1), ("bob", 3)]
        assert found(self.alice, newest_first=True) == [("bob", 3), ("bob", 1), ("tea", 1)]
        assert found(self.alice, author=BOB) == [("bob", 3)]
        assert found(self.alice, "", author=ALICE) == [("tea", 1), ("bob", 1), ("bob", 2)]
        assert found(self.alice, until=AT + 1000) == [("tea", 1)]
        assert found(self.bob) == [("alice", 1), ("alice", 3)]

    def test_what_is_taken_back_is_not_found(self) -> None:
        self.told("black tea")
        self.alice.do(Redact(None, 1, other=BOB))
        assert found(self.bob) == []

    def test_of_somebody_who_is_gone_it_is_found_by_their_last_name(self) -> None:
        self.told("black tea")
        self.alice.do(Unregister(Password(SECRET)))
        assert found(self.bob) == [("alice", 1)]


class AnswerTests(TalkCase):
    def test_one_answers_a_message_there(self) -> None:
        self.told("tea?")
        assert self.bob.do(Tell(ALICE, "yes", re=1)) == [Kept(ALICE, 2, AT)]
        [told] = self.alice.see()
        assert isinstance(told, Told)
        assert (told.re, told.quoted and told.quoted.text) == (1, "tea?")
        [page] = self.bob.do(History(None, other=ALICE))
        assert isinstance(page, Entries)
        assert [(said.message.re, said.quoted and said.quoted.text) for said in page.entries] == [
            (None, None),
            (1, "tea?"),
        ]

    def test_what_is_not_there_is_not_answered(self) -> None:
        self.told("tea?")
        for re in (2, 99):
            assert self.bob.refused(Tell(ALICE, "yes", re=re)) == "no-such-message"
        dave = registered(self.world, "dave")
        assert dave.refused(Tell(ALICE, "yes", re=1)) == "no-such-message"
        assert talks(dave) == []
        # With a guest on either side nothing is kept.
        assert self.carol.refused(Tell(ALICE, "yes", re=1)) == "no-such-message"
        assert self.alice.refused(Tell(CAROL, "yes", re=1)) == "no-such-message"

    def test_what_was_taken_back_is_still_there(self) -> None:
        self.told("tea?")
        self.alice.do(Redact(None, 1, other=BOB))
        self.bob.see()
        assert self.bob.do(Tell(ALICE, "what?", re=1)) == [Kept(ALICE, 2, AT)]

    def test_old_ones_are_looked_up_and_what_comes_again_is_not(self) -> None:
        self.told("tea?")
        self.world.settle(UNUSED + 1)
        assert kinds(self.bob.do(Tell(ALICE, "yes", cid="c1", re=1))) == ["Kept"]
        assert self.bob.do(Tell(ALICE, "yes", cid="c1", re=1))[0] == Kept(ALICE, 2, self.world.lobby.now(), "c1")
        assert self.bob.refused(Tell(ALICE, "yes", cid="c1")) == "cid-reused"


class IgnoredTests(TalkCase):
    """Bob ignores alice for a while."""

    @override
    def setUp(self) -> None:
        super().setUp()
        self.told("before")
        self.bob.do(Ignore(ALICE))
        self.told("meanwhile bob")
        self.bob.do(Ignore(ALICE, ends=True))

    def test_who_is_ignored_learns_nothing_of_it(self) -> None:
        self.bob.do(Ignore(ALICE))
        assert self.alice.do(Tell(BOB, "hey")) == [Kept(BOB, 3, AT)]
        assert entries(self.alice, BOB) == [(1, "before"), (2, "meanwhile bob"), (3, "hey")]
        assert talks(self.alice) == [("bob", 3, "hey", 3, 0)]
        assert found(self.alice, "meanwhile") == [("bob", 2)]
        assert self.alice.do(Tell(BOB, "again", re=2)) == [Kept(BOB, 4, AT)]
        assert self.alice.do(Redact(None, 2, other=BOB)) == [Ok("bob")]

    def test_what_they_told_then_is_shown_nowhere_also_later(self) -> None:
        assert entries(self.bob, ALICE) == [(1, "before")]
        assert entries(self.bob, ALICE, around=2) == [(1, "before")]
        assert talks(self.bob) == [("alice", 1, "before", 0, 1)]
        assert unread(self.bob) == [("alice", 0, 1, 1, 0)]
        assert found(self.bob, "meanwhile") == []
        [search] = self.bob.do(Search(None, "meanwhile", other=ALICE))
        assert isinstance(search, Entries)
        assert search.entries == ()

    def test_nothing_can_be_done_to_it(self) -> None:
        for command in (Report(None, "why", 2, other=ALICE), Tell(ALICE, "what?", re=2)):
            assert self.bob.refused(command) == "no-such-message"
        assert self.bob.refused(Redact(None, 2, other=ALICE)) == "no-such-message"

    def test_that_it_is_taken_back_is_not_told_either(self) -> None:
        other = self.world.enter("alice", password=SECRET)
        self.alice.do(Redact(None, 2, other=BOB))
        assert self.bob.see() == []
        assert other.see() == [TakenBack(BOB, 2, ALICE)]
        self.alice.do(Redact(None, 1, other=BOB))
        assert self.bob.see() == [TakenBack(ALICE, 1, ALICE)]

    def test_what_answers_it_does_not_quote_it(self) -> None:
        self.alice.do(Tell(BOB, "as I said", re=2))
        [told] = self.bob.see()
        assert isinstance(told, Told)
        assert (told.seq, told.re, told.quoted) == (3, 2, None)
        [page] = self.bob.do(History(None, other=ALICE))
        assert isinstance(page, Entries)
        assert [said.quoted for said in page.entries] == [None, None]

    def test_a_talk_of_nothing_else_is_none(self) -> None:
        dave = registered(self.world, "dave")
        self.bob.do(Ignore(Username("dave")))
        dave.do(Tell(BOB, "hi"))
        self.bob.do(Ignore(Username("dave"), ends=True))
        assert [talk[0] for talk in talks(self.bob)] == ["alice"]
        assert [talk[0] for talk in talks(dave)] == ["bob"]
        self.world.settle(1)
        self.told("hello", by=dave)
        assert talks(self.bob)[0] == ("dave", 2, "hello", 0, 1)


class HandTests(TalkCase):
    """What is told by hand is read when it is shown."""

    def test_who_logs_in_is_told_once_for_each_talk_what_came_meanwhile(self) -> None:
        self.bob.do(Quit())
        self.told("one", "two")
        self.world.settle(1)
        dave = registered(self.world, "dave")
        dave.do(Tell(BOB, "hello"))
        bob = by_hand(self.world, "bob")
        assert bob.see()[1:] == [Missed(((Username("dave"), 1), (ALICE, 2)))]
        assert entries(bob, ALICE, unread=True, limit=1) == [(1, "one"), (2, "two")]
        bob.do(Quit())
        assert by_hand(self.world, "bob").see()[1:] == [Missed(((Username("dave"), 1),))]

    def test_who_has_missed_nothing_is_told_nothing(self) -> None:
        self.bob.do(Quit())
        assert kinds(by_hand(self.world, "bob").see()) == ["Welcome"]

    def test_a_guest_who_becomes_an_account_s_is_told_so_as_well(self) -> None:
        self.bob.do(Quit())
        self.told("one")
        guest = self.world.visit()
        guest.connection.reads = True
        guest.do(Login(Username("guest")))
        assert guest.do(Authenticate(BOB, Password(SECRET)))[1:] == [Missed(((ALICE, 1),))]

    def test_a_program_is_not_told(self) -> None:
        self.bob.do(Quit())
        self.told("one")
        assert kinds(self.world.enter("bob", password=SECRET).see()) == []

    @at_once
    def test_if_it_can_not_be_looked_up_they_are_told_that(self) -> None:
        log = LateLog(prompt=True)
        here = world(log=log, grace=0, follows=True)
        bob = registered(here, "bob")
        registered(here).do(Tell(BOB, "one"))
        bob.do(Quit())
        log.failing = True
        assert by_hand(here, "bob").see()[1:] == [Missed((), known=False)]

    def test_what_is_shown_is_read(self) -> None:
        self.bob.do(Quit())
        bob = by_hand(self.world, "bob")
        bob.see()
        self.told("one")
        assert kinds(bob.see()) == ["Told"]
        bob.do(Tell(ALICE, "two"))
        self.told("three")
        bob.see()
        assert talks(bob) == [("alice", 3, "three", 3, 0)]

    def test_but_not_before_what_came_earlier_is_shown(self) -> None:
        self.bob.do(Quit())
        self.told("one")
        bob = by_hand(self.world, "bob")
        bob.see()
        self.told("two")
        bob.see()
        assert unread(bob) == [("alice", 0, 1, 2, 0)]
        assert entries(bob, ALICE, unread=True, limit=10) == [(1, "one"), (2, "two")]
        assert unread(bob) == []

    def test_what_is_withheld_between_is_no_hindrance(self) -> None:
        self.bob.do(Quit())
        bob = by_hand(self.world, "bob")
        bob.do(Ignore(ALICE))
        self.told("one")
        bob.do(Ignore(ALICE, ends=True))
        self.told("two")
        bob.see()
        assert unread(bob) == []
