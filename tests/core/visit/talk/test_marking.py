"""How far somebody has read: never back, the same for all of their connections, and what is unread beyond that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.people.reading import AT_ONCE
from chatroom.core.values.commands import (
    Authenticate,
    Configure,
    Create,
    Delete,
    Join,
    Kick,
    Leave,
    ListUnread,
    Login,
    MarkRead,
    Quit,
    Redact,
    Register,
    Say,
    Unregister,
)
from chatroom.core.values.events import Marked
from chatroom.core.values.limits import TAIL_ROWS, UNREAD_ROOMS
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entered, MarkKept, UnreadList
from chatroom.core.values.rights import Tuning
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import AT, POND, TEA, come_back, gather, kinds, session
from tests.core.visit.accounts.test_accounts import SECRET, world
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once

PASSWORD = Password(SECRET)

BEGUN = Mark(0, 0)
"""How far somebody has read who came in when nothing was said."""


def mark(person: Person, seq: int | None = None, *, room: RoomName = TEA, at: int | None = None) -> Mark | None:
    """Let *person* mark *room*, and return how far it is read."""
    [reply] = [it for it in person.do(MarkRead(room, seq, at)) if isinstance(it, MarkKept)]
    return reply.mark


def unread(person: Person, **more: Any) -> list[Unread]:
    [reply] = [it for it in person.do(ListUnread(**more)) if isinstance(it, UnreadList)]
    return list(reply.rooms)


def counts(person: Person) -> dict[str, tuple[int, int, int, int]]:
    """Return by rooms up to where they are read, what is unread first, how much, and how often somebody is named."""
    return {row.newest.room: (row.marked, row.first, row.unread, row.mentions) for row in unread(person)}


def marked(person: Person) -> list[tuple[str, int]]:
    """Return what *person* was told of their marks."""
    return [(it.room or "", it.seq) for it in person.see() if isinstance(it, Marked)]


def entered(person: Person, room: RoomName = TEA) -> Mark | None:
    """Let *person* join *room*, and return how far they have read it."""
    [reply] = [it for it in person.do(Join(room)) if isinstance(it, Entered)]
    return reply.mark


def talk(person: Person, *texts: str, room: RoomName = TEA) -> None:
    for text in texts:
        person.do(Say(room, text))


class MarkTests(SynchronousTestCase):
    def people(self, *names: str, known: bool = True, **limits: Any) -> list[Person]:
        return gather(World(follows=True, **limits), *(names or ("alice", "bob")), known=known)

    def test_it_never_goes_back_nor_beyond_the_newest(self) -> None:
        alice, bob = self.people()
        assert mark(bob, 7) == BEGUN
        talk(alice, "one", "two", "three")
        assert mark(bob, 0) == BEGUN
        assert mark(bob, 2) == Mark(2, AT)
        assert mark(bob, 1) == Mark(2, AT)
        assert mark(bob, 99) == Mark(3, AT)
        assert mark(bob, 2, room=RoomName("Tea")) == Mark(3, AT)

    def test_a_time_means_the_newest_message_that_is_not_later(self) -> None:
        alice, bob = self.people()
        assert mark(bob, at=-5) == BEGUN
        talk(alice, "one")
        alice.world.settle(10)
        talk(alice, "two")
        said = next(row.newest.message.at for row in unread(bob))
        assert mark(bob, at=said - 1) == Mark(1, said - 1)
        assert mark(bob, at=said - 2) == Mark(1, said - 1)
        # What is still to come nobody has read.
        assert mark(bob, at=10**15) == Mark(2, said)
        assert mark(alice, at=-5) == Mark(2, said)

    def test_the_time_of_an_old_message_is_looked_up(self) -> None:
        alice, bob = self.people()
        talk(alice, "old")
        alice.world.settle(10)
        for number in range(TAIL_ROWS + 1):
            alice.ask(Say(TEA, str(number)))
        alice.world.settle()
        found = mark(bob, 1)
        assert found is not None
        assert mark(bob, 2) == Mark(2, found.at + 10_000)

    def test_who_is_not_in_can_not(self) -> None:
        alice, bob = self.people()
        carol = alice.world.enter("carol")
        assert carol.refused(MarkRead(TEA, 1)) == "not-a-member"
        assert carol.refused(MarkRead(POND, 1)) == "no-such-room"
        bob.do(Leave(TEA))
        assert bob.refused(MarkRead(TEA, 1)) == "not-a-member"

    def test_who_enters_is_told(self) -> None:
        alice, bob = self.people()
        talk(alice, "one", "two")
        mark(bob, 1)
        bob.do(Leave(TEA))
        assert entered(bob) == Mark(1, AT)
        bob.visitor.lost()
        bob = come_back(bob.world, "bob")
        bob.see()
        assert entered(bob) == Mark(1, AT)
        assert entered(alice.world.enter("carol")) is None

    def test_it_is_kept_for_who_is_known_and_goes_with_the_connection_of_others(self) -> None:
        alice, bob = self.people()
        here = alice.world
        carol = here.enter("carol")
        carol.do(Join(TEA))
        talk(alice, "one", "two")
        assert (mark(bob, 1), mark(carol, 1)) == (Mark(1, AT), Mark(1, AT))
        for person in bob, carol:
            person.do(Quit())
        # Before it is written.
        assert entered(here.enter("bob", session=session("bob"))) == Mark(1, AT)
        assert entered(here.enter("carol")) is None

    def test_it_belongs_to_the_life_of_the_room(self) -> None:
        alice, bob = self.people()
        talk(alice, "one", "two")
        mark(bob, 2)
        bob.world.settle(2)
        alice.do(Delete(TEA))
        bob.see()
        assert bob.refused(MarkRead(TEA, 1)) == "no-such-room"
        alice.do(Create(TEA))
        talk(alice, "again")
        assert counts(bob) == {}
        assert entered(bob) == Mark(1, AT + 2000)
        talk(alice, "and again")
        assert counts(bob) == {TEA: (1, 2, 1, 0)}

    # Where nobody has marked anything.

    def test_who_enters_for_the_first_time_has_read_up_to_there(self) -> None:
        alice, bob = self.people()
        talk(alice, "one", "two")
        carol = alice.world.enter("carol", session=session("carol"))
        assert entered(carol) == Mark(2, AT)
        talk(alice, "three")
        assert counts(carol) == {TEA: (2, 3, 1, 0)}
        assert counts(bob) == {TEA: (0, 1, 3, 0)}

    def test_who_reads_on_for_the_first_time_has_read_up_to_there(self) -> None:
        alice, _bob = self.people()
        talk(alice, "one", "two")
        carol = alice.world.enter("carol", session=session("carol"))
        epoch = alice.world.lobby.rooms[key(TEA)].epoch
        [reply] = [it for it in carol.do(Join(TEA, after=1, epoch=epoch)) if isinstance(it, Entered)]
        assert reply.mark == Mark(1, AT)
        assert counts(carol) == {TEA: (1, 2, 1, 0)}

    def test_who_has_followed_a_room_without_a_mark_has_not_read_it(self) -> None:
        here = world(follows=True)
        alice, bob = gather(here, "alice", "bob", known=False)
        talk(alice, "one")
        bob.do(Register(PASSWORD))
        talk(alice, "bob, two")
        other = here.enter("bob", password=SECRET)
        assert entered(other) is None
        assert counts(other) == {TEA: (0, 1, 2, 1)}

    def test_who_was_put_out_reads_nothing(self) -> None:
        alice, bob = self.people()
        talk(alice, "one")
        alice.do(Kick(TEA, Username("bob")))
        bob.see()
        assert bob.refused(MarkRead(TEA, 1)) == "not-a-member"
        assert counts(bob) == {}

    # One's own messages.

    def test_who_speaks_has_read_what_was_shown_if_nothing_was_unread(self) -> None:
        alice, bob = self.people()
        talk(alice, "one")
        mark(bob, 1)
        talk(bob, "two", "three")
        assert counts(bob) == {}
        talk(alice, "four")
        assert counts(bob) == {TEA: (3, 4, 1, 0)}
        talk(bob, "five")
        assert counts(bob) == {TEA: (3, 4, 1, 0)}
        mark(bob, 4)
        talk(bob, "six")
        talk(alice, "seven")
        assert counts(bob) == {TEA: (6, 7, 1, 0)}

    def test_what_was_taken_back_is_not_unread(self) -> None:
        alice, bob = self.people()
        talk(alice, "one", "two")
        mark(bob, 1)
        alice.do(Redact(TEA, 2))
        assert counts(bob) == {}
        talk(bob, "three")
        talk(alice, "four")
        assert counts(bob) == {TEA: (3, 4, 1, 0)}

    def test_who_has_no_mark_gets_none_by_speaking(self) -> None:
        alice, bob = self.people()
        talk(alice, "one")
        talk(bob, "two")
        assert counts(bob) == {TEA: (0, 1, 1, 0)}

    # Text.

    def test_what_is_shown_as_text_is_read(self) -> None:
        alice, bob = self.people()
        bob.do(Quit())
        bob = bob.world.visit()
        bob.connection.reads = True
        bob.ask(Login(Username("bob"), session("bob")))
        bob.see()
        bob.do(Join(TEA))
        talk(alice, "one", "two")
        bob.world.settle(2)
        talk(alice, "three")
        assert unread(bob) == []
        talk(alice, "four")
        bob.do(Leave(TEA))
        talk(alice, "five")
        assert entered(bob) == Mark(4, AT + 2000)
        talk(alice, "six")
        bob.visitor.lost()
        bob.world.settle(2)
        bob = come_back(bob.world, "bob")
        bob.see()
        assert entered(bob) == Mark(6, AT + 2000)

    def test_a_guest_who_reads_text_has_nothing_unread(self) -> None:
        [alice] = self.people("alice")
        bob = alice.world.visit()
        bob.connection.reads = True
        bob.ask(Login(Username("bob")))
        bob.see()
        bob.do(Join(TEA))
        talk(alice, "one")
        assert unread(bob) == []

    # What is unread.

    def test_what_is_unread(self) -> None:
        alice, bob = self.people()
        alice.do(Create(POND))
        talk(alice, "one", "Bob, two", "bobs", "three for BOB", "four")
        alice.world.settle(5)
        bob.see()
        [row] = unread(bob)
        assert row.newest.message.text == "four"
        assert row.mention is not None
        assert (row.mention.seq, row.mention.message.text) == (4, "three for BOB")
        assert counts(bob) == {TEA: (0, 1, 5, 2)}
        bob.do(Join(POND))
        talk(alice, "here too", room=POND)
        assert [row.newest.room for row in unread(bob)] == [POND, TEA]
        assert [row.newest.room for row in unread(bob, before=unread(bob)[0].newest.message.at)] == [TEA]
        mark(bob, 4)
        assert counts(bob)[TEA] == (4, 5, 1, 0)
        assert unread(alice) == []

    def test_a_room_that_one_may_not_enter_any_more_is_not_in_it(self) -> None:
        alice, bob, carol = self.people("alice", "bob", "carol")
        bob.do(Quit())
        talk(alice, "one")
        alice.do(Configure(TEA, Tuning(private=True)))
        talk(alice, "two")
        bob = alice.world.enter("bob", session=session("bob"))
        assert counts(bob) == {}
        carol.do(Quit())
        carol = alice.world.enter("carol", session=session("carol"))
        assert counts(carol) == {TEA: (0, 1, 2, 0)}

    def test_a_closed_room_is_in_it_too(self) -> None:
        alice, bob = self.people(grace=0, linger=0)
        talk(alice, "one")
        mark(bob, 1)
        talk(alice, "two")
        for person in bob, alice:
            person.do(Quit())
        alice.world.settle(1)
        bob = alice.world.enter("bob", session=session("bob"))
        assert counts(bob) == {TEA: (1, 2, 1, 0)}

    def test_very_many_rooms_are_several_pages(self) -> None:
        alice, bob = self.people(max_rooms=0, rooms_per_visitor=0)
        for number in range(UNREAD_ROOMS + 1):
            room = RoomName(f"room{number}")
            alice.do(Create(room))
            bob.do(Join(room))
            alice.world.settle(1)
            talk(alice, "hello", room=room)
            alice.do(Leave(room))
        [page] = [it for it in bob.do(ListUnread()) if isinstance(it, UnreadList)]
        assert (len(page.rooms), page.more) == (UNREAD_ROOMS, True)
        [rest] = [it for it in bob.do(ListUnread(page.rooms[-1].newest.message.at)) if isinstance(it, UnreadList)]
        assert ([row.newest.room for row in rest.rooms], rest.more) == (["room0"], False)

    @at_once
    def test_what_is_taken_back_meanwhile_is_not_told(self) -> None:
        later: list[Callable[[], None]] = []
        alice, bob = gather(World(log=MemoryLog(later.append), follows=True), "alice", "bob", known=True)
        talk(alice, "one", "two")
        bob.ask(ListUnread())
        look = later.pop()
        alice.ask(Redact(TEA, 2))
        while later:
            later.pop()()
        # What was found has the text still.
        look()
        [page] = [it for it in bob.see() if isinstance(it, UnreadList)]
        assert [row.newest.message.text for row in page.rooms] == [""]

    @at_once
    def test_what_is_read_meanwhile_is_not_told(self) -> None:
        later: list[Callable[[], None]] = []
        here = world(log=MemoryLog(later.append), follows=True)
        alice, bob = gather(here, "alice", "bob")
        bob.do(Register(PASSWORD))
        other = here.enter("bob", password=SECRET)
        talk(alice, "one")
        other.ask(ListUnread())
        mark(bob, 1)
        while later:
            later.pop(0)()
        assert [it for it in other.see() if isinstance(it, UnreadList)] == [UnreadList((), more=False)]

    # Several connections, and accounts.

    def two(self) -> tuple[Person, Person, Person]:
        """Return alice, and two connections of bob, who has an account."""
        here = world(follows=True)
        alice, bob = gather(here, "alice", "bob")
        bob.do(Register(PASSWORD))
        other = here.enter("bob", password=SECRET)
        talk(alice, "one", "two", "three")
        for person in bob, other:
            person.see()
        return alice, bob, other

    def test_other_connections_are_told(self) -> None:
        alice, bob, other = self.two()
        assert mark(bob, 2) == Mark(2, AT)
        assert (marked(other), marked(bob)) == ([(TEA, 2)], [])
        mark(bob, 1)
        assert marked(other) == []
        # In by any connection is enough.
        assert mark(other, 3) == Mark(3, AT)
        assert marked(bob) == [(TEA, 3)]
        talk(bob, "four")
        assert marked(other) == [(TEA, 4)]
        assert counts(other) == {}
        talk(alice, "five")
        assert counts(other) == {TEA: (4, 5, 1, 0)}

    def test_a_guest_who_gets_an_account_has_read_what_they_had(self) -> None:
        here = world(follows=True)
        alice, bob = gather(here, "alice", "bob", known=True)
        talk(alice, "one", "two", "three")
        mark(bob, 2)
        bob.do(Register(PASSWORD))
        assert mark(bob, 1) == Mark(2, AT)
        bob.do(Quit())
        bob = here.enter("bob", password=SECRET)
        assert entered(bob) == Mark(2, AT)
        dave = here.enter("dave", session=session("dave"))
        dave.do(Join(TEA))
        mark(dave, 3)
        assert "Authenticated" in kinds(dave.do(Authenticate(Username("bob"), PASSWORD)))
        assert mark(bob, 1) == Mark(3, AT)
        here.settle(2)
        for person in bob, dave:
            person.do(Quit())
        assert entered(here.enter("bob", password=SECRET)) == Mark(3, AT)

    def test_who_gives_up_their_account_has_read_nothing(self) -> None:
        _, bob, other = self.two()
        mark(bob, 2)
        other.do(Quit())
        bob.world.settle(2)
        bob.do(Unregister(PASSWORD))
        assert mark(bob, 1) == Mark(1, AT)

    # The writing.

    @at_once
    def test_it_is_written_within_a_second_and_again_if_that_fails(self) -> None:
        log = LateLog(prompt=True)
        alice, bob = gather(World(log=log, follows=True), "alice", "bob", known=True)
        talk(alice, "one", "two")
        log.prompt = False
        assert mark(bob, 1) == Mark(1, AT)
        assert mark(bob, 2) == Mark(2, AT)
        assert kept(log) == {}
        log.failing = True
        bob.world.settle(1.2)
        log.answer()
        log.failing = False
        bob.world.settle(1.2)
        log.answer()
        assert list(kept(log).values()) == [Mark(2, AT)]

    @at_once
    def test_what_was_shown_as_text_is_written_when_they_go(self) -> None:
        log = MemoryLog()
        here = World(log=log, follows=True)
        [alice] = gather(here, "alice", known=True)
        bob = here.visit()
        bob.connection.reads = True
        bob.ask(Login(Username("bob"), session("bob")))
        bob.see()
        bob.do(Join(TEA))
        talk(alice, "one")
        bob.do(Quit())
        assert list(log_marks(log).values()) == [Mark(1, AT)]

    @at_once
    def test_many_are_written_piece_by_piece(self) -> None:
        log = LateLog(prompt=True)
        here = World(log=log, follows=True, room_capacity=0)
        [alice] = gather(here, "alice", known=True)
        talk(alice, "one")
        people = [here.enter(f"bob{number}", session=session(f"bob{number}")) for number in range(AT_ONCE + 1)]
        for bob in people:
            bob.do(Join(TEA))
        log.prompt = False
        for bob in people:
            bob.ask(MarkRead(TEA, 1))
        here.settle(1.2)
        assert len(log.waiting) == 1
        log.answer()
        here.settle(1.2)
        assert len(log.waiting) == 1
        log.answer()
        here.settle(3)
        assert len(log.waiting) == 0

    @at_once
    def test_who_comes_again_is_told_also_what_is_not_written_or_just_now(self) -> None:
        for answers in range(2):
            log = LateLog(prompt=True)
            here = World(log=log, follows=True, grace=0)
            alice, bob = gather(here, "alice", "bob", known=True)
            talk(alice, "one", "two")
            mark(bob, 2)
            bob.do(Quit())
            log.prompt = False
            here.settle(1.2)
            bob = here.visit()
            bob.ask(Login(Username("bob"), session("bob")))
            # The mark is written, or about to be, and was read before that.
            [write, read] = log.waiting
            log.waiting.clear()
            read() if answers else write()
            write() if answers else read()
            log.prompt = True
            log.answer()
            bob.see()
            assert entered(bob) == Mark(2, AT)

    @at_once
    def test_what_is_left_is_written_at_the_end(self) -> None:
        log = LateLog(prompt=True)
        alice, bob = gather(World(log=log, follows=True), "alice", "bob", known=True)
        talk(alice, "one")
        mark(bob, 1)
        bob.world.lobby.marks.finish()
        assert list(kept(log).values()) == [Mark(1, AT)]


def kept(log: LateLog) -> dict[Any, Mark]:
    """Return the marks of bob that are kept in *log*."""
    assert isinstance(log.log, MemoryLog)
    return log_marks(log.log)


def log_marks(log: MemoryLog) -> dict[Any, Mark]:
    found: list[Any] = []
    log.marks(session("bob"), found.append)
    return dict(found[0])
