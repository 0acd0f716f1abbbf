"""The log of a room, read page by page and searched, by its members."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import History, Leave, Say, Search
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Entries
from tests.core.scenes import POND, TEA, gather, kinds, said, stored
from tests.fakes import LateLog, Person, World


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
