"""What only a newer server knows is passed over by an older one beside it, and never taken for something else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chatroom.core.ports import LogId
from chatroom.core.values.changes import Came, Entry, Gone, Went
from chatroom.core.values.errors import StoreAway
from chatroom.core.values.events import NUMBERS, Message, kind_of
from chatroom.core.values.wording import appointed
from chatroom.logs.nodes.changes import Decision, Record
from chatroom.logs.nodes.log import objection
from tests.logs.scribe import ALICE, TEA, message

RECORD = Record(LogId(1), 7, None, 1000, "gone", ALICE, None, None, None, None)


def test_an_entry_of_a_kind_that_is_known_is_what_it_says() -> None:
    assert RECORD.entry() == Entry(Gone(ALICE))


@pytest.mark.parametrize(
    "record",
    [
        RECORD._replace(kind="reacted", text="+1"),
        RECORD._replace(kind="ranked", text="herald", session=b"bob"),
        RECORD._replace(kind="tuned", text='{"slow": "never"}'),
        RECORD._replace(kind="sanctioned", text='{"sanction": {"kind": "deafened"}}'),
        RECORD._replace(kind="erased", text="<erased>"),
    ],
)
def test_an_entry_of_another_kind_or_with_a_content_that_is_not_known_is_passed_over(record: Record) -> None:
    assert record.entry() is None


def test_what_has_a_number_keeps_it_so_that_the_next_one_follows() -> None:
    entry = RECORD._replace(kind="polled", seq=3, text="tea or coffee").entry()
    assert entry == Entry(Message(ALICE, "", 1000), 3)


def test_who_is_in_is_known_whatever_their_role_and_why_they_went() -> None:
    assert RECORD._replace(kind="came", text="herald").entry() == Entry(Came(ALICE))
    assert RECORD._replace(kind="came", text="voiced").entry() == Entry(Came(ALICE, role="voiced"))
    assert RECORD._replace(kind="went", text="beamed up").entry() == Entry(Went(ALICE, "left", note="up"))
    assert RECORD._replace(kind="went", text="quit bye").entry() == Entry(Went(ALICE, "quit", note="bye"))
    assert RECORD._replace(kind="went").entry() == Entry(Went(ALICE, None))


def test_a_message_of_a_kind_that_is_not_known_is_shown_as_its_text() -> None:
    said = RECORD._replace(kind="said", seq=1, text="hello", action=99).entry()
    assert said == Entry(replace(message("hello"), at=1000), 1)
    assert all(kind_of(number) == kind for kind, number in NUMBERS.items())


def test_what_a_newer_database_answers_is_no_success() -> None:
    said = message("hello")
    assert objection(said, Decision("none", pos=1), TEA) is None
    assert isinstance(objection(said, Decision("frozen", pos=1), TEA), StoreAway)


def test_a_role_that_is_not_known_is_not_taken_for_none() -> None:
    assert appointed("bob", "member") == "took the role of bob back"
    assert appointed("bob", "herald") == "made bob herald"
