"""The log in memory: it numbers, keeps the newest, and reads and searches by pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.ports import LogId, NewRoom, Opened, Page, Resendable, Searched
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Change, Entry, Erased, Gone, Redaction, Retitled
from chatroom.core.values.errors import ChatError, QueryInvalid, SearchTooLong, StorageFailed
from chatroom.core.values.events import Message, digest
from chatroom.core.values.limits import RECALLED, RESENDABLE, Limits
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.memory.audit import KEPT as ACTS
from chatroom.logs.memory.log import CLOSED, KEPT, MemoryLog
from tests.logs.scribe import ALICE


def message(text: str, cid: str | None = None) -> Message:
    return Message(Username("alice"), text, 0, session=b"alice's" if cid else None, cid=cid)


class Book:
    """One room's log, asked without callbacks."""

    def __init__(self, *texts: str, keep: int = KEPT, log: MemoryLog | None = None, name: str = "tea") -> None:
        self.log = log or MemoryLog(keep=keep)
        self.name = RoomName(name)
        self.opened = self.open(NewRoom())
        self.id: LogId = self.opened.log
        self.seqs = [self.append(text) for text in texts]

    def open(self, new: NewRoom | None) -> Opened:
        opened = list[Opened | ChatError | None]()
        self.log.open(self.name, new, opened.append)
        [answer] = opened
        assert isinstance(answer, Opened)
        return answer

    def append(self, text: str, cid: str | None = None) -> int:
        [entry] = self.change(message(text, cid))
        assert isinstance(entry, Entry)
        return entry.seq

    def change(self, change: Change) -> list[Entry | ChatError | None]:
        done = list[Entry | ChatError | None]()
        self.log.change(self.id, change, None, done.append)
        return done

    def read(self, *, after: int | None = None, before: int | None = None, limit: int = 100) -> tuple[list[int], bool]:
        got = list[Page | StorageFailed]()
        self.log.read(self.id, after=after, before=before, limit=limit, got=got.append)
        return self._page(got)

    def search(self, query: str, *, before: int | None = None, limit: int = 100) -> tuple[list[int], bool]:
        got = list[Searched]()
        self.log.search(self.id, query, before=before, limit=limit, got=got.append)
        return self._page([found.result for found in got])

    def _page(self, got: Sequence[object]) -> tuple[list[int], bool]:
        [page] = got
        assert isinstance(page, Page)
        return [seq for seq, _ in page.entries], page.more


class MemoryLogTests(SynchronousTestCase):
    def test_it_numbers_from_1_in_every_room(self) -> None:
        tea = Book("a", "b")
        pond = Book("c", log=tea.log, name="pond")
        assert (tea.opened.seq, tea.seqs, pond.seqs, tea.append("d")) == (0, [1, 2], [1], 3)
        assert tea.id != pond.id

    def test_every_life_of_a_room_has_an_epoch_of_its_own(self) -> None:
        first = Book()
        first.change(Gone(ALICE))
        second = Book(log=first.log)
        assert first.opened.epoch != second.opened.epoch
        assert second.append("a") == 1

    def test_what_is_read_is_what_was_said(self) -> None:
        got = list[Page | StorageFailed]()
        book = Book("a")
        book.log.read(book.id, after=0, before=None, limit=1, got=got.append)
        assert got == [Page([(1, message("a"))], more=False)]

    def test_the_newest_are_kept_and_the_numbers_go_on(self) -> None:
        book = Book(*"abcde", keep=3)
        assert book.seqs == [1, 2, 3, 4, 5]
        assert book.read() == ([3, 4, 5], False)
        assert book.read(after=1) == ([3, 4, 5], False)
        assert book.read(after=3) == ([4, 5], False)
        assert book.read(before=5) == ([3, 4], False)
        assert book.search("a") == ([], False)

    def test_ten_thousand_are_kept_unless_told_otherwise(self) -> None:
        book = Book(*["a"] * 10_001)
        assert book.read(after=0, limit=1) == ([2], True)

    def test_an_empty_log_is_read(self) -> None:
        book = Book()
        assert book.read() == book.read(after=0) == book.read(before=1) == book.search("a") == ([], False)

    def test_a_search_reads_no_further_than_its_page(self) -> None:
        book = Book(*["tea", "coffee"] * 5)
        assert book.search("tea", limit=2) == ([7, 9], True)
        assert book.search("tea", before=7, limit=3) == ([1, 3, 5], False)
        assert book.search("tea", before=1) == ([], False)

    def test_a_page_ends_before_65536_bytes_but_has_one_row(self) -> None:
        book = Book(*["x" * 40_000] * 3, "x" * 70_000)
        assert book.read(after=0) == ([1], True)
        assert book.read() == book.search("x*") == ([4], True)
        assert book.read(before=4) == ([3], True)

    def test_what_can_not_be_searched_for_is_refused_at_once(self) -> None:
        book = Book("a")
        with self.assertRaises(QueryInvalid):
            book.search('"')

    def test_pages_come_when_it_is_their_turn(self) -> None:
        soon = list[Callable[[], None]]()
        got = list[object]()
        book = Book("a", log=MemoryLog(soon.append))
        book.log.read(book.id, after=0, before=None, limit=1, got=got.append)
        book.log.search(book.id, "a", before=None, limit=1, got=lambda found: got.append(found.result))
        assert got == []
        for action in soon:
            action()
        assert got == [Page([(1, message("a"))], more=False)] * 2

    def test_pages_of_what_was_forgotten_meanwhile_are_empty(self) -> None:
        soon = list[Callable[[], None]]()
        got = list[Page | StorageFailed]()
        book = Book("a", log=MemoryLog(soon.append))
        book.log.read(book.id, after=0, before=None, limit=1, got=got.append)
        book.change(Gone(ALICE))
        for action in soon:
            action()
        assert got == [Page([], more=False)]


class ReopeningTests(SynchronousTestCase):
    def test_a_room_is_new_only_once(self) -> None:
        book = Book()
        new = NewRoom("Tea and biscuits", 9, Username("alice"), b"alice's")
        assert book.opened.created
        assert not book.open(NewRoom()).created
        garden = Book(name="garden", log=book.log)
        garden.change(Gone(ALICE))
        opened = garden.open(new)
        assert opened.created
        assert (opened.topic, opened.capacity, opened.creator, opened.owner) == (
            "Tea and biscuits",
            9,
            "alice",
            b"alice's",
        )

    def test_what_was_never_opened_is_not_there(self) -> None:
        opened = list[Opened | ChatError | None]()
        MemoryLog().open(RoomName("tea"), None, opened.append)
        assert opened == [None]

    def test_a_closed_room_opens_as_it_was(self) -> None:
        book = Book("a", "b", "c", keep=2)
        book.change(Retitled("Coffee", ALICE))
        book.log.close(book.id)
        again = book.open(None)
        assert (again.log, again.epoch, again.topic) == (book.id, book.opened.epoch, "Coffee")
        assert (again.seq, again.first, again.created) == (3, 2, False)
        assert book.read() == ([2, 3], False)
        assert book.append("d") == 4

    def test_it_is_found_by_its_name_in_any_case_and_called_as_before(self) -> None:
        book = Book()
        book.name = RoomName("TEA")
        again = book.open(None)
        assert (again.log, again.room) == (book.id, "tea")

    def test_only_a_topic_that_is_given_replaces_the_old_one(self) -> None:
        book = Book()
        assert book.open(NewRoom("Tea")).topic == "Tea"
        assert book.open(NewRoom()).topic == "Tea"
        assert book.open(None).topic == "Tea"

    def test_nothing_is_there_from_before_the_process(self) -> None:
        restored = list[object]()
        MemoryLog().restore(restored.append)
        assert restored == [[]]

    def test_the_last_rooms_that_were_closed_are_kept(self) -> None:
        log = MemoryLog()
        books = [Book("a", log=log, name=f"room{number}") for number in range(CLOSED + 2)]
        stays = books.pop(0)
        for book in books:
            log.close(book.id)
        opened = list[Opened | ChatError | None]()
        log.open(books[0].name, None, opened.append)
        assert opened == [None]
        assert not books[1].open(None).created
        assert stays.read() == ([1], False)

    def test_a_room_that_was_opened_again_is_not_closed(self) -> None:
        log = MemoryLog()
        books = [Book("a", log=log, name=f"room{number}") for number in range(CLOSED + 1)]
        log.close(books[0].id)
        books[0].open(None)
        for book in books[1:]:
            log.close(book.id)
        assert books[0].read() == ([1], False)

    def test_it_knows_which_messages_may_be_sent_again(self) -> None:
        book = Book("a")
        book.append("b", "b1")
        book.append("c")
        book.append("d", "d1")
        assert list(book.open(None).sent) == [
            Resendable(b"alice's", "b1", 2, 0, digest("b")),
            Resendable(b"alice's", "d1", 4, 0, digest("d")),
        ]

    def test_it_looks_for_them_piece_by_piece(self) -> None:
        soon = list[Callable[[], None]]()
        book = Book(log=MemoryLog(soon.append))
        for number in range(2 * RECALLED + 1):
            book.append("a", f"a{number}")
        opened = list[object]()
        book.log.open(book.name, None, opened.append)
        assert (len(soon), opened) == (1, [])
        # The list grows while it is walked.
        for action in soon:
            action()
        assert len(soon) == 2
        [answer] = opened
        assert isinstance(answer, Opened)
        assert [sent.seq for sent in answer.sent] == list(range(1, 2 * RECALLED + 2))

    def test_so_it_does_of_the_newest_only(self) -> None:
        book = Book(keep=RESENDABLE + 5)
        for number in range(1, RESENDABLE + 2):
            book.append("a", f"a{number}")
        assert [sent.seq for sent in book.open(None).sent] == list(range(2, RESENDABLE + 2))


numbers = st.none() | st.integers(0, 25)


@given(st.integers(0, 20), st.integers(1, 25), numbers, numbers, st.integers(1, 25))
def test_a_page_is_the_first_beyond_or_the_newest_below(
    size: int, keep: int, after: int | None, before: int | None, limit: int
) -> None:
    book = Book(*["tea"] * size, keep=keep)
    kept = list(range(1, size + 1))[-keep:]
    if after is not None:
        beyond = [seq for seq in kept if seq > after]
        assert book.read(after=after, limit=limit) == (beyond[:limit], len(beyond) > limit)
    below = [seq for seq in kept if before is None or seq < before]
    newest = (below[-limit:], len(below) > limit)
    assert book.read(before=before, limit=limit) == newest
    assert book.search("tea", before=before, limit=limit) == newest


# Searches have an end, and take turns.


class Looks:
    """Time of which some *step* of seconds passes each time somebody looks."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


class Turns:
    """What is to be done in the turns that come."""

    def __init__(self) -> None:
        self.waiting = deque[Callable[[], None]]()
        self.count = 0

    def end_all(self) -> None:
        while self.waiting:
            self.count += 1
            self.waiting.popleft()()


def test_a_search_lets_others_have_their_turn_after_5_ms() -> None:
    turns, looks, found = Turns(), Looks(0.001), list[Searched]()
    book = Book(*["milk"] * 100, log=MemoryLog(turns.waiting.append, seconds=looks))
    book.log.search(book.id, "tea", before=None, limit=1, got=found.append)
    turns.end_all()
    assert turns.count >= 20
    [answer] = found
    assert answer.result == Page([], more=False)
    # Only what it has worked counts, not the turns of others between.
    assert 0.1 < answer.seconds < looks.now


def test_a_search_ends_after_its_time_and_others_are_not_delayed_for_long() -> None:
    turns, found = Turns(), list[Searched]()
    log = MemoryLog(turns.waiting.append, search_timeout=1, seconds=Looks(0.001))
    book = Book(*["milk"] * 5000, log=log)
    for _ in range(3):
        book.log.search(book.id, "tea", before=None, limit=1, got=found.append)
    turns.end_all()
    assert [type(answer.result) for answer in found] == [SearchTooLong] * 3
    # A tenth each while others wait; and one after the other, so that they add nothing to a turn.
    assert [round(answer.seconds, 1) for answer in found] == [0.1, 0.1, 1.0]


def test_a_search_has_the_time_that_was_said_last() -> None:
    turns, found = Turns(), list[Searched]()
    log = MemoryLog(turns.waiting.append, search_timeout=9, seconds=Looks(0.001))
    book = Book(*["milk"] * 5000, log=log)
    book.log.search(book.id, "tea", before=None, limit=1, got=found.append)
    log.limit(Limits(search_timeout=2))
    turns.end_all()
    [answer] = found
    assert isinstance(answer.result, SearchTooLong)
    assert round(answer.seconds, 1) == 2


def test_searches_that_are_called_off_end_at_once() -> None:
    turns, found = Turns(), list[Searched]()
    book = Book(*["milk"] * 5000, log=MemoryLog(turns.waiting.append, seconds=Looks(0.001)))
    for _ in range(3):
        book.log.search(book.id, "tea", before=None, limit=1, got=found.append)
    turns.waiting.popleft()()
    book.log.cancel_searches()
    turns.end_all()
    assert [type(answer.result) for answer in found] == [SearchTooLong] * 3
    assert turns.count == 3


def test_the_newest_acts_are_remembered() -> None:
    log, found = MemoryLog(), list[object]()
    for number in range(ACTS + 5):
        log.note(Act(number, ALICE, "disconnect"), found.append)
    assert found == [None] * (ACTS + 5)
    found.clear()
    for before in (None, 8, 6):
        log.audit(None, before=before, limit=3, got=lambda acts: found.append([act.number for act in acts]))  # type: ignore[union-attr]
    assert found == [[ACTS + 5, ACTS + 4, ACTS + 3], [7, 6], []]


def test_what_was_forgotten_can_not_be_taken_back() -> None:
    book = Book("one", "two", "three", keep=2)
    redactions = tuple(Redaction(seq, ALICE, ALICE) for seq in (1, 2, 4))
    assert book.change(Erased(redactions)) == [Entry(Erased(redactions[1:2]))]
    assert book.change(Erased(redactions)) == [None]
