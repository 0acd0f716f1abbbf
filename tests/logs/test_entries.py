"""Entries: what happens in a log is followed in its order, in both engines alike, whether it is stored or not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from gc import collect
from pathlib import Path
from typing import Any, cast
from weakref import ref

import pytest
from msgspec.structs import replace
from twisted.logger import LogEvent

from chatroom.core.ports import AuditStore, LogId, NewRoom, SeatId
from chatroom.core.values.accounts import Merged
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import (
    Admitted,
    Called,
    Came,
    Change,
    Entry,
    Erased,
    Gone,
    Invited,
    Kicked,
    Lifted,
    Ranked,
    Redaction,
    Retitled,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.errors import ChatError, RoomExists, RoomFull, StorageFailed, StoreAway
from chatroom.core.values.events import Message, digest
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import PLAIN, Settings, Tuning
from chatroom.core.values.sanctions import Kind, Sanction
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.maintenance import REMOVED
from tests.logs.scribe import (
    ALICE,
    BOB,
    SEAT,
    TEA,
    Scribe,
    SQLiteScribe,
    erased,
    locked,
    message,
    seqs,
    sqlite,
    texts,
    timeless,
)

CAROL = Username("carol")
FIRST, SECOND = SeatId(1, 1), SeatId(2, 1)


class Followed:
    """A log that is followed: *heard* has its entries and, behind each, the answer to who asked for it."""

    def __init__(self, scribe: Scribe) -> None:
        self.scribe = scribe
        self.log: LogId = scribe.opened().log
        self.heard: list[object] = []
        assert list(scribe.log.follow(self.log, lambda entry: self.heard.append(timeless(entry)))) == []

    def change(self, change: Change, by: SeatId = FIRST) -> Entry | ChatError | None:
        """Let *change* happen, and return the answer."""
        answers = list[Entry | ChatError | None]()
        self.scribe.log.change(self.log, change, by, answers.append)
        self.scribe.until(lambda: bool(answers))
        [answer] = answers
        return timeless(answer)

    def note(self, *changes: Change) -> None:
        """Let *changes* happen at once, and note each answer among what is heard."""
        answered = len(self.heard) + 2 * len(changes)
        for change in changes:
            self.scribe.log.change(
                self.log, change, FIRST, lambda answer: self.heard.append(("done", timeless(answer)))
            )
        self.scribe.until(lambda: len(self.heard) == answered)


@pytest.fixture
def tea(scribe: Scribe) -> Followed:
    """Follow the log of a room called tea."""
    return Followed(scribe)


def test_whatever_happens_is_an_entry_and_a_message_has_a_number(tea: Followed) -> None:
    changes: list[Change] = [
        Came(ALICE),
        message("one"),
        Called(ALICE, BOB),
        Retitled("Tea", BOB),
        message("two"),
        Went(BOB, "left", note="see you all"),
        Gone(BOB),
    ]
    assert [tea.change(change) for change in changes] == tea.heard
    assert [entry.change for entry in tea.heard if isinstance(entry, Entry)] == changes
    assert [entry.seq for entry in tea.heard if isinstance(entry, Entry)] == [0, 1, 0, 0, 2, 0, 0]


def test_whoever_asked_is_answered_when_it_was_followed(tea: Followed) -> None:
    tea.note(message("one"), Retitled("Tea", ALICE), message("two"))
    one, topic, two = (Entry(message("one"), 1), Entry(Retitled("Tea", ALICE)), Entry(message("two"), 2))
    assert tea.heard == [one, ("done", one), topic, ("done", topic), two, ("done", two)]


def test_by_a_second_seat_nobody_comes_or_goes(tea: Followed) -> None:
    assert tea.change(Came(ALICE), FIRST) == Entry(Came(ALICE))
    assert tea.change(Came(ALICE), SECOND) is None
    assert tea.change(Went(ALICE, "left"), FIRST) is None
    assert tea.change(Went(ALICE, "lost"), SECOND) == Entry(Went(ALICE, "lost"))
    assert tea.change(Went(ALICE, "lost"), SECOND) is None


def test_one_who_is_renamed_goes_by_another_name(tea: Followed) -> None:
    tea.change(Came(ALICE))
    tea.change(Came(Username("ALICE")), SECOND)
    tea.change(Called(ALICE, BOB))
    assert tea.change(Went(ALICE, "left")) is None
    assert tea.change(Went(BOB, "left")) is None
    assert tea.change(Went(BOB, "left"), SECOND) == Entry(Went(BOB, "left"))


@pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
def test_who_is_called_like_somebody_who_is_in_is_them(tea: Followed) -> None:
    tea.change(Came(ALICE))
    tea.change(Came(BOB), SECOND)
    assert tea.change(Called(BOB, ALICE), SECOND) == Entry(Went(BOB, "moved"))
    assert tea.change(Called(BOB, CAROL), SECOND) is None
    assert tea.change(Went(ALICE, "left")) is None
    assert tea.change(Went(ALICE, "left"), SECOND) == Entry(Went(ALICE, "left"))


@pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
def test_what_rooms_know_of_a_guest_they_know_of_an_account(tea: Followed) -> None:
    guest, account = b"guest", b"account"
    ban = Sanction("ban", ALICE, guest, b"host", BOB, 7)
    for change in (
        Ranked(ALICE, guest, "moderator", BOB),
        Ranked(CAROL, b"carol", "moderator", BOB),
        Ranked(BOB, b"bob", "voiced", BOB),
        Ranked(BOB, b"again", "voiced", BOB),
        Sanctioned(ban),
        Sanctioned(replace(ban, kind="mute", username=CAROL, person=b"carol")),
    ):
        tea.change(change)
    store: Any = tea.scribe.log
    for merged in (Merged(guest, account), Merged(b"bob", b"owner"), Merged(b"again", account)):
        assert tea.scribe.ask(partial(store.change_accounts, [merged])) is None
    tea.scribe.log.close(tea.log)
    opened = tea.scribe.opened()
    assert sorted(opened.moderators) == [account, b"carol"]
    # Nor is a moderator voiced besides.
    assert [*opened.voiced] == [b"owner"]
    assert [(each.username, each.person) for each in opened.sanctions] == [(ALICE, account), (CAROL, b"carol")]
    again = Followed(tea.scribe)
    again.change(Ranked(ALICE, b"session", "owner", BOB))
    assert tea.scribe.ask(partial(store.change_accounts, [Merged(b"session", account)])) is None
    tea.scribe.log.close(tea.log)
    opened = tea.scribe.opened()
    # An owner is no moderator besides.
    assert (opened.owner, [*opened.moderators]) == (account, [b"carol"])


def test_who_is_put_out_is_so_by_all_seats(tea: Followed) -> None:
    kicked = Kicked(Username("Alice"), BOB, "why")
    assert tea.change(kicked, SECOND) is None
    for seat in (FIRST, SECOND):
        tea.change(Came(ALICE), seat)
    happened = tea.change(kicked, SeatId(0, 0))
    assert isinstance(happened, Entry)
    assert isinstance(happened.change, Kicked)
    assert (happened.change.by, happened.change.note) == (BOB, "why")
    assert tea.heard[-1] == happened
    assert tea.change(Went(ALICE, "left"), FIRST) is None
    assert tea.change(kicked) is None
    assert tea.change(Came(ALICE), FIRST) == Entry(Came(ALICE))


def test_roles_and_settings_are_entries_and_kept(tea: Followed) -> None:
    changes: list[Change] = [
        Ranked(ALICE, b"a", "moderator", BOB),
        Ranked(BOB, b"b", "moderator", ALICE),
        Ranked(CAROL, b"c", "moderator", ALICE),
        Ranked(CAROL, b"c", "member", ALICE),
        Ranked(CAROL, b"c", "voiced", ALICE),
        Ranked(BOB, b"b", "voiced", ALICE),
        Ranked(ALICE, b"a", "voiced", ALICE),
        Ranked(ALICE, b"a", "owner", ALICE),
        Ranked(ALICE, b"a", "voiced", ALICE),
        Ranked(BOB, b"b", "owner", ALICE),
        Ranked(BOB, b"b", "owner", ALICE),
        Tuned(Tuning(slow=10, capacity=7), ALICE),
        Tuned(Tuning(locked=True), ALICE),
    ]
    assert [tea.change(change, SeatId(0, 0)) for change in changes] == tea.heard == [*map(Entry, changes)]
    tea.scribe.log.close(tea.log)
    opened = tea.scribe.opened()
    assert (opened.log, opened.owner, sorted(opened.moderators)) == (tea.log, b"b", [b"a"])
    assert [*opened.voiced] == [b"c"]
    assert (opened.settings, opened.capacity) == (Settings(10, locked=True), 7)


def admitted(tea: Followed) -> list[bytes]:
    """Return who may come in while the room is private, as it is opened anew."""
    tea.scribe.log.close(tea.log)
    opened = tea.scribe.opened()
    tea.scribe.log.follow(opened.log, lambda entry: None)
    return sorted(opened.admitted)


def test_who_is_in_when_a_room_becomes_private_and_who_is_invited_is_kept(tea: Followed) -> None:
    tea.change(Came(ALICE))
    invited, hidden = Invited(CAROL, b"c", BOB), Tuned(Tuning(private=True), BOB, (b"person",))
    assert tea.change(invited) == Entry(invited)
    assert tea.change(hidden) == Entry(hidden)
    # Nodes say of each other's people who they are, and that before it holds.
    heard = [entry for entry in tea.heard[2:] if not isinstance(cast("Entry", entry).change, Admitted)]
    assert heard == [Entry(hidden)]
    assert tea.heard[-1] == Entry(hidden)
    assert tea.scribe.opened().settings == Settings(invite_only=True, hidden=True)
    assert admitted(tea) == [b"c", b"person"]
    # To make it so again changes nothing, for who has come since is there by a right of their own.
    tea.change(Invited(CAROL, b"c", BOB))
    tea.change(Tuned(Tuning(private=True), BOB))
    assert admitted(tea) == [b"c", b"person"]
    tea.change(Tuned(Tuning(private=False), BOB))
    assert admitted(tea) == []
    assert tea.scribe.opened().settings is PLAIN


def test_who_is_only_told_of_a_room_is_not_admitted(tea: Followed) -> None:
    told = Invited(CAROL, b"c", BOB, admits=False)
    assert tea.change(told) == Entry(told)
    assert admitted(tea) == []
    assert tea.scribe.audit(tea.log) == []


def test_each_half_of_what_makes_a_room_private_is_kept_and_so_is_a_key(tea: Followed) -> None:
    def kept() -> tuple[Settings, str, list[bytes]]:
        tea.scribe.log.close(tea.log)
        opened = tea.scribe.opened()
        tea.scribe.log.follow(opened.log, lambda entry: None)
        return opened.settings, opened.key, sorted(opened.admitted)

    def tune(*admitted: bytes, **how: Any) -> None:
        tea.change(Tuned(Tuning(**how), BOB, admitted))

    tea.change(Came(ALICE))
    tune(hidden=True)
    assert kept() == (Settings(hidden=True), "", [])
    tune(b"person", invite_only=True, hidden=False)
    assert kept() == (Settings(invite_only=True), "", [b"person"])
    # That it is in lists or not changes nothing for who may come in.
    tune(hidden=True, key="milk", topic_locked=True)
    everything = Settings(invite_only=True, hidden=True, topic_locked=True, keyed=True)
    assert kept() == (everything, "milk", [b"person"])
    tune(invite_only=False)
    assert kept() == (Settings(hidden=True, topic_locked=True, keyed=True), "milk", [])
    tune(private=False, key="", topic_locked=False)
    assert kept() == (PLAIN, "", [])
    [act] = [act for act in tea.scribe.audit(tea.log) if act.tuning and act.tuning.keyed]
    assert act.tuning == Tuning(hidden=True, topic_locked=True, keyed=True)


@pytest.mark.parametrize("how", [Tuning(invite_only=True), Tuning(key="milk"), Tuning(topic_locked=True)])
def test_a_guarded_room_that_is_closed_is_not_made_anew(tea: Followed, how: Tuning) -> None:
    tea.change(Tuned(how, BOB))
    tea.scribe.log.close(tea.log)
    assert isinstance(tea.scribe.open("Tea", NewRoom("Mine", creator=CAROL, owner=b"c")), RoomExists)


def test_who_set_the_topic_is_kept_and_when_the_room_was_made(scribe: Scribe) -> None:
    begun = scribe.opened("tea", NewRoom("Herbs", creator=ALICE, at=7))
    assert (begun.topic_by, begun.topic_at) == (ALICE, begun.begun)
    scribe.log.follow(begun.log, lambda entry: None)
    scribe.topic(begun.log, "Coffee")
    scribe.log.close(begun.log)
    again = scribe.opened("tea", None)
    assert (again.topic, again.topic_by, again.begun) == ("Coffee", ALICE, begun.begun)
    assert again.topic_at >= begun.topic_at
    scribe.log.follow(begun.log, lambda entry: None)
    scribe.log.close(begun.log)
    assert scribe.opened("tea", NewRoom("Milk", creator=BOB, at=8)).topic_by == BOB


@pytest.mark.parametrize("topic", ["", "Herbs"])
def test_a_topic_that_is_set_as_it_is_already_changes_nothing(scribe: Scribe, topic: str) -> None:
    begun = scribe.opened("tea", NewRoom(topic, creator=ALICE, at=7))
    scribe.log.follow(begun.log, lambda entry: None)
    scribe.ask(partial(scribe.change, begun.log, Retitled(topic, BOB)))
    scribe.log.close(begun.log)
    again = scribe.opened("tea", NewRoom(topic, creator=BOB, at=8))
    assert (again.topic, again.topic_by, again.topic_at) == (topic, begun.topic_by, begun.topic_at)


def test_a_room_that_is_opened_again_tells_when_its_newest_message_was_said(tea: Followed) -> None:
    scribe = tea.scribe
    pond = scribe.opened("pond").log
    scribe.log.follow(pond, lambda entry: None)
    for log in (tea.log, pond, tea.log):
        scribe.say(log, "tea", at=log)
        scribe.tick()
    tea.change(Came(BOB))
    for log, name in ((tea.log, "tea"), (pond, "pond")):
        [(_, newest)] = scribe.read(log, limit=1).entries
        scribe.log.close(log)
        assert scribe.opened(name, None).at == newest.at > 0


def test_who_is_kicked_or_banned_is_invited_no_more(tea: Followed) -> None:
    tea.change(Came(ALICE))
    for username, person in ((ALICE, b"a"), (BOB, b"b"), (CAROL, b"c")):
        tea.change(Invited(username, person, BOB))
    kicked = Kicked(ALICE, BOB, "why", b"a")
    assert tea.change(kicked) == Entry(kicked)
    # Who is not in can't be put out.
    tea.change(Kicked(CAROL, BOB, "why", b"c"))
    tea.change(Sanctioned(Sanction("ban", BOB, b"b", None, ALICE, 7)))
    tea.change(Sanctioned(Sanction("mute", CAROL, b"c", None, ALICE, 7)))
    assert admitted(tea) == [b"c"]


def test_a_private_room_that_is_closed_is_not_made_anew(tea: Followed) -> None:
    tea.change(Tuned(Tuning(private=True), BOB))
    tea.scribe.log.close(tea.log)
    assert tea.scribe.opened("tea", None).log == tea.log
    tea.scribe.log.follow(tea.log, lambda entry: None)
    tea.scribe.log.close(tea.log)
    refused = tea.scribe.open("Tea", NewRoom("Mine", creator=CAROL, owner=b"c"))
    assert isinstance(refused, RoomExists)
    assert refused.room == "Tea"
    # The operator's is open whatever it is.
    assert tea.scribe.opened("tea", NewRoom("Herbs", permanent=True)).topic == "Herbs"


def test_an_act_that_changes_nothing_in_a_room_is_among_its_acts(tea: Followed) -> None:
    act = Act(0, BOB, "join", TEA)
    assert tea.scribe.ask(lambda done: cast("AuditStore", tea.scribe.log).note(act, done, tea.log)) is None
    assert [timeless(each) for each in tea.scribe.audit(tea.log)] == [act]
    tea.change(Invited(CAROL, b"c", BOB))
    assert timeless(tea.scribe.audit(tea.log)[0]) == Act(0, BOB, "invite", TEA, CAROL)


def test_sanctions_have_numbers_and_are_kept(tea: Followed) -> None:
    def imposed(kind: Kind, username: Username, **more: Any) -> Sanction:
        return Sanction(kind, username, username.encode(), b"host", BOB, 7, **more)

    tea.change(Came(ALICE), FIRST)
    mute, ban = imposed("mute", CAROL, until=1 << 45, reason="why"), imposed("ban", ALICE, everybody=True)
    one, two, three = (tea.change(Sanctioned(each), SeatId(0, 0)) for each in (mute, ban, mute))
    assert isinstance(one, Entry)
    assert isinstance(two, Entry)
    assert isinstance(three, Entry)
    assert 0 < one.seq < two.seq < three.seq
    assert (one.change, two.change) == (Sanctioned(mute), Sanctioned(ban))
    # Whoever is banned is out.
    assert tea.change(Went(ALICE, "left"), FIRST) is None
    replacing = tea.change(Sanctioned(imposed("mute", CAROL), (one.seq,)), SeatId(0, 0))
    assert isinstance(replacing, Entry)
    lifted = Lifted("mute", CAROL, (three.seq,), BOB)
    assert tea.change(lifted, SeatId(0, 0)) == Entry(lifted)
    tea.change(message("hello"))
    tea.scribe.log.close(tea.log)
    kept = {each.number: each for each in tea.scribe.opened().sanctions}
    assert kept == {
        two.seq: replace(ban, number=two.seq),
        replacing.seq: imposed("mute", CAROL, number=replacing.seq),
    }


def test_what_is_on_a_mask_is_kept(tea: Followed) -> None:
    kinds: list[Kind] = ["mute", "ban", "exempt", "invite"]
    given = [Sanction(kind, Username(""), b"", None, BOB, 7, mask=f"{kind}!*@*") for kind in kinds]
    tea.change(Came(ALICE))
    for sanction in given:
        tea.change(Sanctioned(sanction))
    # Nobody is put out by it.
    assert tea.change(Went(ALICE, "left")) == Entry(Went(ALICE, "left"))
    tea.scribe.log.close(tea.log)
    assert [replace(each, number=0) for each in tea.scribe.opened().sanctions] == given
    assert [placed.sanction.mask for placed in tea.scribe.sanctions(0)] == [each.mask for each in reversed(given)]
    assert {(act.action, act.mask) for act in tea.scribe.audit(tea.log)} == {(kind, f"{kind}!*@*") for kind in kinds}


def test_what_is_taken_back_is_an_entry_and_its_text_is_nowhere(tea: Followed) -> None:
    scribe, log = tea.scribe, tea.log
    sent = [message(text, session=b"s", cid=cid) for text, cid in (("one", "a"), ("two", None), ("three", "c"))]
    scribe.append(log, *sent)
    tea.heard.clear()
    # There is no fourth one, and there were no more a moment ago.
    first = tea.change(erased(3, 1, 4, 1, by=BOB, note="why"))
    assert tea.heard == [first] == [Entry(erased(3, 1, by=BOB, note="why"))]
    # Who is later finds less to do, or nothing; a note is kept of the first one only.
    assert tea.change(erased(1, 2, 3)) == Entry(erased(2))
    assert tea.change(erased(1, 2, 3)) is None
    assert (seqs(scribe.read(log)), texts(scribe.read(log))) == ([1, 2, 3], ["", "", ""])
    assert [seqs(scribe.search(log, word)) for word in ("one", "two", "three")] == [[], [], []]
    redactions = [Redaction(3, ALICE, BOB, "why"), Redaction(1, ALICE, BOB, "why"), Redaction(2, ALICE, ALICE)]
    assert list(scribe.redactions(log)) == redactions
    assert list(scribe.redactions(log, after=1, limit=1)) == redactions[1:2]
    assert list(scribe.redactions(log, after=3)) == []
    scribe.log.close(log)
    again = scribe.opened()
    assert again.redactions == 3
    # What may be sent again is known, whatever it was.
    assert [(sent.seq, sent.cid, sent.digest) for sent in again.sent] == [(1, "a", b""), (3, "c", b"")]


def test_what_was_said_a_moment_ago_can_be_taken_back(tea: Followed) -> None:
    tea.note(message("one"), erased(1), message("two"), erased(1, 2), message("three"))
    entries = [
        Entry(message("one"), 1),
        Entry(erased(1)),
        Entry(message("two"), 2),
        Entry(erased(2)),
        Entry(message("three"), 3),
    ]
    assert tea.heard == [each for entry in entries for each in (entry, ("done", entry))]
    assert texts(tea.scribe.read(tea.log)) == ["", "", "three"]
    assert [seqs(tea.scribe.search(tea.log, word)) for word in ("one", "two", "three")] == [[], [], [3]]


def test_the_audit_keeps_who_did_what_to_whom(tea: Followed) -> None:
    scribe, log = tea.scribe, tea.log
    milk = scribe.opened("Milk").log
    scribe.log.follow(milk, lambda entry: None)
    tea.change(Came(ALICE))
    scribe.say(log, "one", "two")
    sanction = Sanction("mute", CAROL, b"c", None, BOB, 7, 1 << 45, "loud", everybody=True)
    changes: list[Change] = [
        Retitled("Tea", BOB),
        Kicked(CAROL, BOB, "she is not here"),
        Kicked(ALICE, BOB, "why"),
        Ranked(CAROL, b"c", "moderator", BOB),
        Sanctioned(sanction),
        Lifted("mute", CAROL, (1,), BOB),
        Tuned(Tuning(slow=10), BOB),
        erased(1, by=BOB, note="no"),
        erased(1, 2),
        erased(1, 2),
        Gone(BOB),
    ]
    for change in changes:
        tea.change(change, SeatId(0, 0))
    assert scribe.note(Act(1, BOB, "disconnect", connection=7)) is None
    assert scribe.ask(lambda done: scribe.log.change(milk, Gone(ALICE), SeatId(0, 0), done)) == Entry(Gone(ALICE))
    expected = [
        Act(0, ALICE, "delete", RoomName("Milk")),
        Act(0, BOB, "disconnect", connection=7),
        Act(0, BOB, "delete", TEA),
        Act(0, ALICE, "redact", TEA, ALICE, seq=2),
        Act(0, BOB, "redact", TEA, ALICE, seq=1, reason="no"),
        Act(0, BOB, "configure", TEA, tuning=Tuning(slow=10)),
        Act(0, BOB, "unmute", TEA, CAROL),
        Act(0, BOB, "mute", TEA, CAROL, everybody=True, until=1 << 45, reason="loud"),
        Act(0, BOB, "appoint", TEA, CAROL, role="moderator"),
        Act(0, BOB, "kick", TEA, ALICE, reason="why"),
    ]
    acts = scribe.audit()
    assert [timeless(act) for act in acts] == expected
    # The log is gone, and what was done there is known.
    assert [timeless(act) for act in scribe.audit(log)] == expected[2:]
    assert [timeless(act) for act in scribe.audit(before=acts[1].number, limit=2)] == expected[2:4]
    assert [timeless(act) for act in scribe.audit(log, before=acts[3].number, limit=2)] == expected[4:6]


def test_what_an_earlier_connection_of_a_seat_asked_for_undoes_no_later_one(tea: Followed) -> None:
    tea.change(Came(ALICE), FIRST)
    assert tea.change(Came(ALICE), FIRST._replace(connection=2)) is None
    assert tea.change(Went(ALICE, "lost"), FIRST) is None
    assert tea.change(Went(ALICE, "lost"), FIRST._replace(connection=3)) == Entry(Went(ALICE, "lost"))


def test_a_room_has_as_many_people_as_may_be_in(tea: Followed) -> None:
    assert tea.change(Came(ALICE, 2)) == Entry(Came(ALICE, 2))
    assert tea.change(Came(BOB, 2), SECOND) == Entry(Came(BOB, 2))
    full = tea.change(Came(CAROL, 2), SeatId(3, 1))
    assert isinstance(full, RoomFull)
    assert full.room == TEA
    # Another seat of somebody who is in takes no place.
    assert tea.change(Came(ALICE, 2), SeatId(4, 1)) is None
    assert tea.change(Came(CAROL, 0), SeatId(3, 1)) == Entry(Came(CAROL, 0))


here = pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
"""The logs of one machine."""


def taken_back(seq: int, note: str = "") -> Redaction:
    return Redaction(seq, ALICE, BOB, note)


@here
@pytest.mark.parametrize("indexed", [True, False])
def test_what_is_taken_back_is_an_entry_and_its_text_gone(scribe: Scribe, tea: Followed, indexed: bool) -> None:
    said = [message(text, session=b"s", cid=text) for text in ("milk", "cup of milk", "milk, green", "tea, green")]
    scribe.append(tea.log, *said)
    if indexed and isinstance(scribe, SQLiteScribe):
        scribe.tend()
    tea.heard.clear()
    assert scribe.take_back(tea.log, 2, note="why") == Entry(Erased((taken_back(2, "why"),)))
    assert scribe.take_back(tea.log, 3, 2, 1, 3, 9) == Entry(Erased((taken_back(3), taken_back(1))))
    # What was taken back before, or is not there, is no part of an entry; and where that was all, there is none.
    assert scribe.take_back(tea.log, 1, 2, 3) is None
    assert tea.heard == [Entry(Erased((taken_back(2, "why"),))), Entry(Erased((taken_back(3), taken_back(1))))]
    for _ in range(2):
        page = scribe.read(tea.log, after=0)
        assert page.entries == [
            (seq, replace(each, text="" if seq < 4 else each.text)) for seq, each in enumerate(said, 1)
        ]
        assert texts(scribe.search(tea.log, "milk")) == []
        assert texts(scribe.search(tea.log, "green")) == ["tea, green"]
        if isinstance(scribe, SQLiteScribe):
            scribe.tend()
    assert scribe.redactions(tea.log) == [taken_back(2, "why"), taken_back(3), taken_back(1)]
    assert scribe.redactions(tea.log, after=1, limit=1) == [taken_back(3)]
    assert list(scribe.redactions(tea.log, after=3)) == []


def test_an_answer_keeps_what_it_answers(scribe: Scribe, tea: Followed) -> None:
    said = [message(text, session=b"s", cid=text, re=re) for text, re in (("one", None), ("two", 1), ("three", 2))]
    said[1:] = [replace(said[1], kind="notice"), replace(said[2], kind="action")]
    for each in said:
        tea.change(each)
    assert tea.heard == [Entry(each, seq) for seq, each in enumerate(said, 1)]
    for _ in range(2):
        assert timeless(scribe.read(tea.log)).entries == [*enumerate(said, 1)]
        assert timeless(scribe.search(tea.log, "three")).entries == [(3, said[2])]
        scribe.log.close(tea.log)
        digests = [digest(each.text, each.kind, each.re) for each in said]
        assert [sent.digest for sent in scribe.opened().sent] == digests
    scribe.take_back(tea.log, 2)
    assert [(kept.text, kept.re) for _, kept in scribe.read(tea.log).entries] == [("one", None), ("", 1), ("three", 2)]


@here
def test_redactions_are_kept_with_the_room_and_go_with_it(scribe: Scribe, tea: Followed) -> None:
    scribe.append(tea.log, *(message(text, session=b"s", cid=text) for text in "ab"))
    assert scribe.opened().redactions == 0
    scribe.take_back(tea.log, 1)
    scribe.log.close(tea.log)
    opened = scribe.opened()
    assert opened.redactions == 1
    # Whoever sends it again is told its number, whatever the text is now.
    assert [(sent.seq, sent.digest) for sent in opened.sent] == [(1, b""), (2, digest("b"))]
    assert isinstance(scribe.take_back(tea.log, 2), Entry)
    assert scribe.redactions(tea.log) == [taken_back(1), taken_back(2)]
    scribe.forget(tea.log)
    new = scribe.opened()
    assert (new.redactions, list(scribe.redactions(new.log))) == (0, [])
    scribe.say(new.log, "c")
    assert isinstance(scribe.take_back(new.log, 1), Entry)
    assert scribe.redactions(new.log) == [taken_back(1)]


@here
def test_the_audit_has_what_was_done_to_others_in_its_order(scribe: Scribe, tea: Followed) -> None:
    pond = scribe.opened("pond").log
    scribe.say(tea.log, "one", "two")
    tea.change(Came(ALICE))
    ban = Sanction("ban", CAROL, b"c", None, BOB, 7, until=1 << 45, reason="why", everybody=True)
    nowhere = Act(5, BOB, "account", username=CAROL, account="add")
    banned = tea.change(Sanctioned(ban))
    assert isinstance(banned, Entry)
    for change in (
        Kicked(ALICE, BOB, "why"),
        # Nobody is there: nothing is done to anybody.
        Kicked(ALICE, BOB, "again"),
        Sanctioned(replace(ban, kind="mute", everybody=False, until=None), (banned.seq,)),
        Lifted("mute", CAROL, (banned.seq,), BOB),
        Ranked(CAROL, b"c", "moderator", BOB),
        Tuned(Tuning(slow=10), BOB),
        Retitled("Herbs", BOB),
        message("three"),
        Erased((taken_back(2, "why"), taken_back(1))),
        Erased((taken_back(2, "again"),)),
    ):
        tea.change(change)
    assert scribe.note(nowhere) is None
    scribe.ask(lambda done: scribe.log.change(pond, Gone(ALICE), FIRST, done))
    every = [replace(act, at=0, number=0) for act in scribe.audit()]
    room = [
        Act(0, BOB, "ban", TEA, CAROL, everybody=True, until=1 << 45, reason="why"),
        Act(0, BOB, "kick", TEA, ALICE, reason="why"),
        Act(0, BOB, "mute", TEA, CAROL, reason="why"),
        Act(0, BOB, "unmute", TEA, CAROL),
        Act(0, BOB, "appoint", TEA, CAROL, role="moderator"),
        Act(0, BOB, "configure", TEA, tuning=Tuning(slow=10)),
        Act(0, BOB, "redact", TEA, ALICE, seq=2, reason="why"),
        Act(0, BOB, "redact", TEA, ALICE, seq=1),
    ]
    assert every[::-1] == [*room, replace(nowhere, at=0), Act(0, ALICE, "delete", RoomName("pond"))]
    assert [replace(act, at=0, number=0) for act in scribe.audit(tea.log)] == room[::-1]
    numbers = [act.number for act in scribe.audit()]
    assert numbers == sorted(set(numbers), reverse=True)
    assert [act.number for act in scribe.audit(limit=3)] == numbers[:3]
    assert [act.number for act in scribe.audit(before=numbers[2], limit=2)] == numbers[3:5]
    assert [act.number for act in scribe.audit(tea.log, before=numbers[-2])] == numbers[-1:]
    assert list(scribe.audit(before=numbers[-1])) == []


def test_what_can_not_be_taken_back_is_not_in_the_audit_either(tmp_path: Path, nothing_logged: list[LogEvent]) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        tea = Followed(scribe)
        scribe.say(tea.log, "one")
        with locked(scribe.log.path):
            assert isinstance(scribe.take_back(tea.log, 1), StorageFailed)
            assert isinstance(scribe.note(Act(0, BOB, "disconnect", username=ALICE)), StorageFailed)
        assert texts(scribe.read(tea.log)) == texts(scribe.search(tea.log, "one")) == ["one"]
        assert (list(scribe.audit()), list(scribe.redactions(tea.log)), scribe.opened().redactions) == ([], [], 0)
        assert isinstance(scribe.take_back(tea.log, 1), Entry)
        assert [act.action for act in scribe.audit()] == ["redact"]
    # That it could not store was meant.
    nothing_logged.clear()


def test_what_is_no_longer_kept_can_not_be_taken_back(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", retention=Retention(messages=10)) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["one"] * (2 * REMOVED))
        scribe.tend()
        assert scribe.take_back(tea, 1, 2) is None
        assert (list(scribe.redactions(tea)), list(scribe.audit())) == ([], [])


def test_redactions_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "one", "two")
        scribe.take_back(tea, 2, note="why")
        scribe.note(Act(5, BOB, "disconnect", username=ALICE))
    with sqlite(path) as scribe:
        [opened] = scribe.restored()
        assert opened.redactions == 1
        assert scribe.redactions(tea) == [taken_back(2, "why")]
        assert texts(scribe.read(tea)) == ["one", ""]
        assert [(act.action, act.seq) for act in scribe.audit()] == [("disconnect", None), ("redact", 2)]
        assert scribe.take_back(tea, 2) is None


@pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
def test_nobody_is_in_a_log_that_is_opened_again(tea: Followed) -> None:
    tea.change(Came(ALICE, 1))
    tea.scribe.log.close(tea.log)
    again = Followed(tea.scribe)
    assert again.change(Came(BOB, 1), SECOND) == Entry(Came(BOB, 1))
    assert tea.heard == [Entry(Came(ALICE, 1))]


def test_what_can_not_be_stored_is_no_entry_and_people_come_and_go_meanwhile(
    tmp_path: Path, nothing_logged: list[LogEvent]
) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        tea = Followed(scribe)
        with locked(scribe.log.path):
            assert isinstance(tea.change(message("one")), StorageFailed)
            assert isinstance(tea.change(Retitled("Tea", ALICE)), StorageFailed)
            assert tea.change(Came(ALICE)) == Entry(Came(ALICE))
        assert tea.heard == [Entry(Came(ALICE))]
        assert tea.change(message("two")) == Entry(message("two"), 1)
    # That it could not store was meant.
    nothing_logged.clear()


def test_nobody_waits_for_a_commit_to_come_or_go(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        tea = Followed(scribe)
        answers = list[object]()
        for change in (message("one"), Came(ALICE), Went(ALICE, "left")):
            scribe.log.change(tea.log, change, SEAT, answers.append)
        assert answers == [Entry(Came(ALICE)), Entry(Went(ALICE, "left"))]


def test_people_are_stored_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with sqlite(path) as scribe:
        Followed(scribe).change(Came(ALICE, 1))
    scribe = SQLiteScribe(path)
    try:
        [opened] = scribe.restored()
        heard = list[Entry]()
        assert list(scribe.log.follow(opened.log, heard.append)) == []
        scribe.log.change(opened.log, Came(BOB, 1), SECOND, lambda answer: None)
        assert heard == [Entry(Came(BOB, 1))]
    finally:
        scribe.stop()


def test_a_log_that_is_gone_or_closed_is_followed_by_nobody(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        ends: list[Callable[[Followed], object]] = [
            lambda tea: tea.change(Gone(ALICE)),
            lambda tea: scribe.log.close(tea.log),
        ]
        for end in ends:
            heard = Heard()
            tea = Followed(scribe)
            scribe.log.follow(tea.log, heard.note)
            end(tea)
            gone = ref(heard)
            del heard
            collect()
            assert gone() is None


class Heard:
    """Somebody who follows a log."""

    def note(self, entry: Entry) -> None:
        """Hear of *entry*."""


@pytest.mark.parametrize("scribe", ["simulated", pytest.param("postgres", marks=pytest.mark.engines)], indirect=True)
def test_nobody_comes_in_whose_seat_was_given_up_meanwhile(scribe: Scribe, tea: Followed) -> None:
    scribe.free(FIRST)
    # They asked for it before, at another node, which could not say so for long: nobody could ever leave for them.
    assert isinstance(tea.change(Came(ALICE), FIRST), StoreAway)
    assert tea.change(Came(BOB, 1), SECOND) == Entry(Came(BOB, 1))


def test_an_entry_that_is_not_taken_is_answered_and_costs_no_other(
    scribe: Scribe, nothing_logged: list[LogEvent]
) -> None:
    log = scribe.opened().log
    heard, answers = list[str](), list[object]()

    def follow(entry: Entry) -> None:
        assert isinstance(entry.change, Message)
        heard.append(entry.change.text)
        if entry.change.text == "two":
            raise ZeroDivisionError

    scribe.log.follow(log, follow)
    for text in ("one", "two", "three"):
        # A log in memory has answered by then.
        with suppress(ZeroDivisionError):
            scribe.change(log, message(text), answers.append)
    scribe.until(lambda: len(answers) == 3)
    assert heard == ["one", "two", "three"]
    assert answers == [1, 2, 3]
    nothing_logged.clear()
