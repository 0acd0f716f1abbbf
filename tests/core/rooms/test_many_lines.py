"""A message of many lines costs more than its bytes: each line gets a prefix where people read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chatroom.core.rooms.tail import Tail
from chatroom.core.tools.paging import newest, oldest
from chatroom.core.values.batch import MOST, slices
from chatroom.core.values.commands import History, Say, Tell
from chatroom.core.values.errors import TooManyLines
from chatroom.core.values.events import KINDS, Event, Message, MessageKind, Said
from chatroom.core.values.limits import PAGE_BYTES, TAIL_BYTES, TOKEN_BYTES
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Entries
from chatroom.core.values.texts import LINE_BYTES, MAX_LINES, MAX_TEXT, QUOTE_BYTES, message, written_size
from chatroom.wire.text.text import Text
from tests.core.scenes import BOB, TEA, affordable, gather
from tests.fakes import NOON, Person, World

LONGEST_NAME = Username("é" * 32)
PREFIX = len(f"00:00 <{LONGEST_NAME}> \n".encode())
MANY = "\n" * (MAX_LINES - 1) + "x" * (MAX_TEXT - MAX_LINES + 1)
"""The message that is the longest as written."""


def said(seq: int, text: str, *, kind: MessageKind = "text") -> Said:
    return Said(TEA, seq, Message(LONGEST_NAME, text, int(NOON * 1000), kind))


def length(*events: Event) -> int:
    """Return the bytes that people get."""
    text = Text("2023-11-14")
    return sum(len(text.event(event)) for event in events)


def test_a_message_has_400_lines_at_most() -> None:
    assert message(MANY) == MANY
    with pytest.raises(TooManyLines) as refused:
        message("\n" + MANY[:-1])
    assert (refused.value.code, refused.value.lines) == ("text-too-long", 401)
    assert str(refused.value) == "That has 401 lines, and 400 is the most; send it in pieces."


@given(st.text(st.sampled_from("\n\té中x"), min_size=1, max_size=MAX_TEXT // 3), st.sampled_from(KINDS))
def test_a_text_is_counted_for_what_is_written(text: str, kind: MessageKind) -> None:
    assert length(said(1, text, kind=kind)) <= written_size(text) + PREFIX
    assert written_size(text) >= len(text.encode())


def test_a_page_ends_when_so_many_bytes_are_written() -> None:
    rows = [(seq, said(seq, MANY).message) for seq in range(1, 101)]
    for page in (oldest(rows, 100), newest(reversed(rows), 100)):
        assert page.more
        assert length(*(said(seq, one.text) for seq, one in page.entries)) <= PAGE_BYTES + PREFIX * len(page.entries)


def test_who_is_shown_many_of_them_at_once_can_stop_in_between() -> None:
    batches = list(slices([said(seq, MANY) for seq in range(1, 61)]))
    assert len(batches) == 60
    assert max(length(*batch) for batch in batches) <= LINE_BYTES * MAX_LINES + MAX_TEXT


def test_what_they_answer_is_counted_too() -> None:
    long = Message(LONGEST_NAME, "é" * 2000, int(NOON * 1000))
    answers = [replace(said(seq, "x"), quoted=long) for seq in range(2, 502)]
    answers = [replace(answer, message=replace(answer.message, re=1)) for answer in answers]
    assert length(answers[0]) <= PREFIX + 1 + QUOTE_BYTES
    assert max(length(*batch) for batch in slices(answers)) <= MOST + PREFIX * MOST // QUOTE_BYTES + QUOTE_BYTES
    page = oldest([(answer.seq, answer.message) for answer in answers], 500)
    assert len(page.entries) == PAGE_BYTES // (QUOTE_BYTES + 1)


def test_a_room_keeps_fewer_of_them_in_memory() -> None:
    tail = Tail(0)
    fit = TAIL_BYTES // written_size(MANY)
    for seq in range(1, fit + 2):
        tail.append(seq, said(seq, MANY).message)
    assert tail.read(0, 100) is None
    assert tail.read(1, 100) is not None


COST = written_size(MANY) // TOKEN_BYTES
"""Further tokens for such a message, beside the one for each request."""


def rich(*names: str) -> list[Person]:
    """Return people in a room, each with a full bucket."""
    people = gather(World(burst=20), *names)
    people[0].world.settle(1000)
    for person in people:
        person.connection.take()
    return people


def test_whoever_says_it_is_charged_for_the_lines() -> None:
    assert COST == 2
    alice, bob = rich("alice", "bob")
    alice.do(Say(TEA, MANY))
    assert (affordable(alice), affordable(bob)) == (20 - 1 - COST, 20)
    alice.world.settle(1000)
    alice.do(Say(TEA, MANY.replace("\n", " ")))
    assert affordable(alice) == 20 - 1


def test_whoever_tells_it_is_charged_too_and_it_counts_for_what_waits_to_be_read() -> None:
    alice, bob = rich("alice", "bob")
    alice.do(Tell(BOB, MANY))
    assert affordable(alice) == 20 - 1 - COST
    alice.world.settle(1000)
    alice.connection.take()
    bob.connection.waiting = alice.world.lobby.limits.outbox - written_size(MANY) + 1
    assert alice.refused(Tell(BOB, MANY)) == "unavailable"


def test_whoever_reads_it_is_charged_for_the_lines() -> None:
    alice, bob = rich("alice", "bob")
    alice.do(Say(TEA, MANY))
    [page] = [reply for reply in bob.do(History(TEA)) if isinstance(reply, Entries)]
    assert len(page.entries) == 1
    assert affordable(bob) == 20 - 1 - COST
