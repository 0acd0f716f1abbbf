"""The log of a room, read page by page and searched, by its members."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import History, Join, Leave, Redact, Register, Rename, Say, Search
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entries, Stored
from tests.core.scenes import POND, TEA, gather, kinds, said, stored
from tests.fakes import FakePasswords, LateLog, Person, World


def full_room(*texts: str, log: LateLog | None = None, **limits: float) -> Person:
    """Return a person in a room with messages *texts*."""
    [alice] = gather(World(log=log, **limits), "alice")
    for text in texts:
        alice.do(Say(TEA, text))
    return alice


def seqs(person: Person, command: History | Search) -> tuple[list[int], bool]:
    [entries] = person.do(command)
    assert isinstance(entries, Entries)
    assert entries.room == TEA
    return [entry.seq for entry in entries.entries], entries.more


def around(person: Person, seq: int, limit: int | None = None) -> tuple[list[int], bool | None, bool]:
    [entries] = person.do(History(TEA, around=seq, limit=limit))
    assert isinstance(entries, Entries)
    return [entry.seq for entry in entries.entries], entries.more_before, entries.more


class HistoryTests(SynchronousTestCase):
    def test_the_newest_come_oldest_first(self) -> None:
        alice = full_room("one", "two")
        assert alice.do(History(TEA)) == [
            Entries(TEA, (said(1, "alice", "one"), said(2, "alice", "two")), more=False),
        ]

    def test_before_reads_backwards(self) -> None:
        alice = full_room(*"12345")
        assert seqs(alice, History(TEA, before=4)) == ([1, 2, 3], False)
        assert seqs(alice, History(TEA, before=4, limit=2)) == ([2, 3], True)
        assert seqs(alice, History(TEA, before=2, limit=2)) == ([1], False)
        assert seqs(alice, History(TEA, before=3, limit=2)) == ([1, 2], False)
        assert seqs(alice, History(TEA, before=1)) == ([], False)
        assert seqs(alice, History(TEA, before=99, limit=2)) == ([4, 5], True)

    def test_after_reads_forwards(self) -> None:
        alice = full_room(*"12345")
        assert seqs(alice, History(TEA, after=2)) == ([3, 4, 5], False)
        assert seqs(alice, History(TEA, after=0, limit=2)) == ([1, 2], True)
        assert seqs(alice, History(TEA, after=3, limit=2)) == ([4, 5], False)
        assert seqs(alice, History(TEA, after=5)) == ([], False)
        assert seqs(alice, History(TEA, after=99)) == ([], False)

    def test_around_has_a_message_in_the_middle(self) -> None:
        alice = full_room(*"123456789")
        assert around(alice, 5, limit=4) == ([3, 4, 5, 6], True, True)
        assert around(alice, 5, limit=5) == ([3, 4, 5, 6, 7], True, True)
        assert around(alice, 5, limit=1) == ([5], True, True)
        assert around(alice, 1, limit=4) == ([1, 2], False, True)
        assert around(alice, 9, limit=4) == ([7, 8, 9], True, False)
        assert around(alice, 5, limit=20) == (list(range(1, 10)), False, False)
        assert around(alice, 99, limit=4) == ([8, 9], True, False)

    def test_each_half_takes_half_of_a_line(self) -> None:
        alice = full_room(*["é" * 2000] * 30)
        assert around(alice, 15) == (list(range(7, 23)), True, True)
        assert around(alice, 30) == (list(range(22, 31)), True, False)

    def test_since_and_until_read_by_time(self) -> None:
        alice = full_room()
        times = []
        for text in "12345":
            [answer, _] = alice.do(Say(TEA, text))
            assert isinstance(answer, Stored)
            times.append(answer.at)
            if text != "2":
                alice.world.clock.advance(1)
        first, second, same, fourth, last = times
        assert first < second == same < fourth < last
        assert seqs(alice, History(TEA, since=first - 1)) == ([1, 2, 3, 4, 5], False)
        assert seqs(alice, History(TEA, since=first)) == ([2, 3, 4, 5], False)
        assert seqs(alice, History(TEA, since=second, limit=1)) == ([4], True)
        assert seqs(alice, History(TEA, since=last)) == ([], False)
        assert seqs(alice, History(TEA, until=first)) == ([], False)
        assert seqs(alice, History(TEA, until=second)) == ([1], False)
        assert seqs(alice, History(TEA, until=fourth, limit=2)) == ([2, 3], True)
        assert seqs(alice, History(TEA, until=last + 1)) == ([1, 2, 3, 4, 5], False)

    def test_time_never_runs_back_in_a_log(self) -> None:
        alice = full_room("one")
        alice.world.ahead = -3600.0
        alice.do(Say(TEA, "two"))
        alice.world.ahead = 0.0
        alice.world.clock.advance(1)
        alice.do(Say(TEA, "three"))
        [entries] = alice.do(History(TEA))
        assert isinstance(entries, Entries)
        one, two, three = (entry.message.at for entry in entries.entries)
        assert one == two < three

    def test_what_is_taken_back_between_two_halves_is_gone(self) -> None:
        log = LateLog(prompt=True)
        alice = full_room("one", "two", "three", log=log)
        log.prompt = False
        alice.ask(History(TEA, around=2))
        log.answer()
        alice.ask(Redact(TEA, 3))
        alice.see()
        while log.waiting:
            log.answer()
            alice.world.settle()
        [entries] = [each for each in alice.see() if isinstance(each, Entries)]
        assert [entry.message.text for entry in entries.entries][:2] == ["one", "two"]

    def test_a_page_is_the_server_s_at_most(self) -> None:
        alice = full_room(*"12345", page=3)
        assert seqs(alice, History(TEA)) == ([3, 4, 5], True)
        assert seqs(alice, History(TEA, limit=4)) == ([3, 4, 5], True)
        assert seqs(alice, History(TEA, after=0)) == ([1, 2, 3], True)

    def test_without_a_limit_of_the_server_s_a_page_still_has_rows(self) -> None:
        alice = full_room(*"12345", page=0)
        assert seqs(alice, History(TEA)) == ([1, 2, 3, 4, 5], False)
        assert seqs(alice, History(TEA, limit=2)) == ([4, 5], True)

    def test_a_page_ends_before_65536_bytes_of_text(self) -> None:
        alice = full_room(*["é" * 2000] * 20)
        assert seqs(alice, History(TEA)) == (list(range(5, 21)), True)
        assert seqs(alice, History(TEA, after=0)) == (list(range(1, 17)), True)
        assert seqs(alice, History(TEA, after=16)) == (list(range(17, 21)), False)

    def test_only_members_read(self) -> None:
        alice = full_room("one")
        bob = alice.world.enter("bob")
        assert bob.refused(History(TEA)) == "not-a-member"
        assert bob.refused(Search(RoomName("Tea"), "one")) == "not-a-member"
        assert bob.refused(History(POND)) == "no-such-room"
        alice.do(Leave(TEA))
        assert alice.refused(History(TEA)) == "not-a-member"

    def test_what_one_has_said_before_is_in_it(self) -> None:
        log = LateLog(prompt=True)
        alice = full_room(log=log)
        log.prompt = False
        alice.ask(Say(TEA, "one"))
        assert alice.do(History(TEA)) == []
        log.answer()
        assert alice.see() == [stored(1), said(1, "alice", "one")]
        log.answer()
        assert alice.see() == [Entries(TEA, (said(1, "alice", "one"),), more=False)]

    def test_a_log_that_can_not_be_read_is_said_so(self) -> None:
        log = LateLog(prompt=True)
        alice = full_room("one", log=log)
        log.failing = True
        assert alice.refused(History(TEA)) == "storage-failed"
        assert alice.refused(Search(TEA, "one")) == "storage-failed"
        log.failing = False
        assert kinds(alice.do(History(TEA))) == ["Entries"]


class SearchTests(SynchronousTestCase):
    def test_the_newest_matches_come_oldest_first(self) -> None:
        alice = full_room("tea", "coffee", "more tea", "tea again")
        assert seqs(alice, Search(TEA, "tea")) == ([1, 3, 4], False)
        assert seqs(alice, Search(TEA, "tea", limit=2)) == ([3, 4], True)

    def test_by_whoever_has_said_it_and_when(self) -> None:
        alice = full_room()
        bob = alice.world.enter("bob")
        bob.do(Join(TEA))
        times = []
        for person in (alice, bob, alice, bob):
            person.do(Say(TEA, "more tea"))
            times.append(int(alice.world.wall() * 1000))
            alice.world.clock.advance(1)
        alice.see()
        assert seqs(alice, Search(TEA, "tea", author=Username("BOB"))) == ([2, 4], False)
        assert seqs(alice, Search(TEA, "", author=Username("alice"), limit=1)) == ([3], True)
        assert seqs(alice, Search(TEA, "tea", author=Username("nobody"))) == ([], False)
        assert seqs(alice, Search(TEA, "tea", since=times[1])) == ([3, 4], False)
        assert seqs(alice, Search(TEA, "tea", until=times[1])) == ([1], False)
        assert seqs(alice, Search(TEA, "tea", since=times[0], until=times[3], before=3)) == ([2], False)
        assert alice.refused(Search(TEA, "", since=times[0])) == "query-invalid"

    def test_an_account_has_said_it_by_all_its_names(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob")
        alice.do(Register(Password("correct horse")))
        alice.do(Say(TEA, "one"))
        alice.do(Rename(Username("zoe")))
        alice.do(Say(TEA, "two"))
        bob.do(Say(TEA, "three"))
        bob.see()
        for name in ("alice", "zoe"):
            assert seqs(bob, Search(TEA, "", author=Username(name))) == ([1, 2], False)

    def test_newest_first_if_asked_for(self) -> None:
        alice = full_room("tea", "coffee", "more tea", "tea again")
        assert seqs(alice, Search(TEA, "tea", newest_first=True)) == ([4, 3, 1], False)
        assert seqs(alice, Search(TEA, "tea", limit=2, newest_first=True)) == ([4, 3], True)

    def test_the_next_page_is_below_the_lowest_number(self) -> None:
        alice = full_room("tea", "coffee", "more tea", "tea again")
        assert seqs(alice, Search(TEA, "tea", before=4, limit=1)) == ([3], True)
        assert seqs(alice, Search(TEA, "tea", before=3, limit=1)) == ([1], False)

    def test_a_page_is_the_server_s_at_most(self) -> None:
        alice = full_room(*["tea"] * 5, page=3)
        assert seqs(alice, Search(TEA, "tea")) == ([3, 4, 5], True)
        assert seqs(alice, Search(TEA, "tea", limit=4)) == ([3, 4, 5], True)

    def test_nothing_found_is_no_error(self) -> None:
        assert seqs(full_room("tea"), Search(TEA, "coffee")) == ([], False)

    def test_what_can_not_be_searched_for_is_refused(self) -> None:
        alice = full_room("tea")
        for query in ("", "  ", "*", '"', '"tea', '""', 'tea "and'):
            assert alice.refused(Search(TEA, query)) == "query-invalid", query
        assert alice.connection.crashes == []
