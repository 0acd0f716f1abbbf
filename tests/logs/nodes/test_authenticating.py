"""The seat of a guest that is an account's from one commit on, in both stores of nodes alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest

from chatroom.core.ports import LogId, NewRoom, SeatId
from chatroom.core.values.accounts import Account, Dropped, Merged, Unlike
from chatroom.core.values.changes import (
    Called,
    Came,
    Change,
    Entry,
    Invited,
    Kicked,
    Ranked,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.logs.nodes.changes import (
    AskedChange,
    Become,
    Decision,
    authenticating,
    changing,
    claiming,
    following,
    row,
)
from chatroom.logs.nodes.log import NodeLog
from tests.logs.scribe import ALICE, BOB, NOON, SEAT, Scribe, SimulatedScribe, postgres, timeless
from tests.simulation.world import World

ANN = Username("ann")
GUEST, OWNER = b"guest", b"owner"
ACCOUNT = Account(OWNER, ALICE, "hash", 1, 1)
MUTE = Sanction("mute", ANN, GUEST, None, BOB, 7, reason="enough")
BAN = Sanction("ban", ANN, GUEST, None, BOB, 7, reason="enough")


class Chat:
    """A chat of one node, in which ann is a guest and alice has an account."""

    def __init__(self, scribe: Scribe) -> None:
        self.scribe = scribe
        assert isinstance(scribe.log, NodeLog)
        self.node = scribe.log.node
        self.heard: dict[LogId, list[Change]] = {}
        self.ask(changing([ACCOUNT], {}, {}))
        self.ann = self.seat(ANN, GUEST)

    def ask(self, *rows: Any) -> list[Decision]:
        """Let the changes *rows* happen in one commit; return what became of each."""
        answers: list[Decision] = self.scribe.ask(lambda got: self.node.ask(AskedChange(rows, got)))
        return answers

    def seat(self, name: Username, person: bytes, *, proved: bool = False) -> SeatId:
        """Let somebody have a seat."""
        [answer] = self.ask(claiming(name, None, person, proved=proved))
        assert (answer.outcome, answer.pos and answer.seq) == ("claimed", 1)
        return SeatId(answer.pos or 0, 1)

    def room(self, name: str) -> LogId:
        """Open a room, and follow it."""
        log = self.scribe.opened(name, NewRoom()).log
        self.heard[log] = []
        self.scribe.log.follow(log, lambda entry: self.heard[log].append(entry.change))
        return log

    def change(self, log: LogId, change: Change, by: SeatId = SEAT) -> Any:
        """Let *change* happen, and forget what was heard before."""
        self.heard[log].clear()
        answer: object = self.scribe.ask(partial(self.scribe.log.change, log, change, by))
        return timeless(answer)

    def authenticate(self, *logs: LogId, most: int = 0) -> tuple[Decision, Become | None]:
        """Let ann be a connection of alice; return what is answered, once all is heard in *logs*."""
        for heard in self.heard.values():
            heard.clear()
        asked = authenticating(self.ann, ALICE, OWNER, device=7, most=most)
        answer, *_ = self.ask(asked, *map(following, logs))
        become = msgspec.json.decode(answer.content, type=Become) if answer.content else None
        return answer, become

    def reopened(self, log: LogId, name: str) -> Any:
        """Return a room as it is stored."""
        self.scribe.log.close(log)
        return self.scribe.opened(name)


@pytest.fixture(params=["simulated", pytest.param("postgres", marks=pytest.mark.engines)])
def chat(request: pytest.FixtureRequest) -> Iterator[Chat]:
    if request.param == "simulated":
        yield Chat(SimulatedScribe(World(int(NOON * 1000))))
    else:
        with postgres(request.getfixturevalue("postgresql").database()) as scribe:
            yield Chat(scribe)


def test_each_room_hears_in_its_order_who_it_is(chat: Chat) -> None:
    tea, milk, pond = (chat.room(name) for name in ("tea", "milk", "pond"))
    chat.change(tea, Came(ANN, person=GUEST), chat.ann)
    chat.change(tea, Ranked(ANN, GUEST, "owner", BOB))
    chat.change(tea, Sanctioned(MUTE))
    chat.change(milk, Invited(ANN, GUEST, BOB))
    answer, become = chat.authenticate(tea, milk, pond)
    assert (answer.outcome, answer.name) == ("authenticated", ALICE)
    assert become == Become([(tea, 5), (milk, 2)], [], (RoomName("tea"),))
    assert chat.heard == {tea: [Merged(GUEST, OWNER), Called(ANN, ALICE)], milk: [Merged(GUEST, OWNER)], pond: []}
    stored = chat.reopened(tea, "tea")
    assert (stored.owner, [each.person for each in stored.sanctions]) == (OWNER, [OWNER])
    assert chat.reopened(milk, "milk").admitted == (OWNER,)
    # The name is free, and who has it now is somebody else.
    assert chat.seat(ANN, b"another").number > chat.ann.number


def test_where_the_account_is_in_it_is_counted_once(chat: Chat) -> None:
    tea = chat.room("tea")
    alice = chat.seat(ALICE, OWNER, proved=True)
    chat.change(tea, Came(ALICE, person=OWNER), alice)
    chat.change(tea, Came(ANN, person=GUEST), chat.ann)
    chat.change(tea, Ranked(ALICE, OWNER, "owner", BOB))
    chat.change(tea, Ranked(ANN, GUEST, "moderator", BOB))
    chat.authenticate(tea)
    assert chat.heard[tea] == [Merged(GUEST, OWNER), Went(ANN, "moved")]
    assert chat.change(tea, Went(ALICE, "left"), alice) is None
    assert chat.change(tea, Went(ALICE, "left"), chat.ann) == Entry(Went(ALICE, "left"))
    stored = chat.reopened(tea, "tea")
    assert (stored.owner, stored.moderators) == (OWNER, ())


@pytest.mark.parametrize("act", [MUTE, Ranked(ANN, GUEST, "moderator", BOB), Invited(ANN, GUEST, BOB)])
def test_what_was_asked_for_against_the_guest_is_the_account_s_afterwards(chat: Chat, act: Any) -> None:
    tea = chat.room("tea")
    chat.authenticate()
    late = Sanctioned(act) if act is MUTE else act
    chat.change(tea, late)
    chat.ask(following(tea))
    assert chat.heard[tea] == [late, Merged(GUEST, OWNER)]
    stored = chat.reopened(tea, "tea")
    known = [each.person for each in stored.sanctions] or [*stored.moderators, *stored.admitted]
    assert known == [OWNER]


NEW = Account(b"new", ANN, "hash", 1, 1)


def test_whoever_makes_an_account_keeps_their_seat_and_what_rooms_know_of_them(chat: Chat) -> None:
    tea, pond = chat.room("tea"), chat.room("pond")
    for log in (tea, pond):
        chat.change(log, Came(ANN, person=GUEST), chat.ann)
    chat.change(tea, Ranked(ANN, GUEST, "owner", BOB))
    chat.change(tea, Sanctioned(MUTE))
    for heard in chat.heard.values():
        heard.clear()
    asked = changing([NEW, Unlike(NEW.id), Merged(GUEST, NEW.id)], {}, {})
    [answer, *_] = chat.ask(asked, *map(following, (tea, pond)))
    assert (answer.outcome, msgspec.json.decode(answer.content or "")) == ("changed", [[tea, 4]])
    assert chat.heard == {tea: [Merged(GUEST, NEW.id)], pond: []}
    # It is a seat of the account.
    assert [each.outcome for each in chat.ask(authenticating(chat.ann, ANN, NEW.id))] == ["replaced"]
    # What was asked for against the guest at that time is moved along.
    chat.change(pond, Ranked(ANN, GUEST, "moderator", BOB))
    chat.ask(following(pond))
    assert chat.heard[pond] == [Ranked(ANN, GUEST, "moderator", BOB), Merged(GUEST, NEW.id)]
    assert chat.change(tea, Went(ANN, "left"), chat.ann) == Entry(Went(ANN, "left"))
    stored = chat.reopened(tea, "tea")
    assert (stored.owner, [each.person for each in stored.sanctions]) == (NEW.id, [NEW.id])


def test_an_account_that_can_not_be_made_changes_nothing(chat: Chat) -> None:
    tea = chat.room("tea")
    chat.change(tea, Ranked(ANN, GUEST, "owner", BOB))
    chat.heard[tea].clear()
    taken = Account(NEW.id, ALICE, "hash", 1, 1)
    [answer, *_] = chat.ask(changing([taken, Unlike(NEW.id), Merged(GUEST, NEW.id)], {}, {}), following(tea))
    assert answer.outcome == "username-taken"
    assert chat.heard[tea] == []
    assert chat.reopened(tea, "tea").owner == GUEST


def test_who_is_banned_as_the_guest_afterwards_is_put_out(chat: Chat) -> None:
    tea = chat.room("tea")
    chat.change(tea, Came(ANN, person=GUEST), chat.ann)
    chat.authenticate(tea)
    chat.change(tea, Sanctioned(BAN))
    chat.ask(following(tea))
    assert chat.heard[tea] == [Sanctioned(BAN), Merged(GUEST, OWNER), Kicked(ALICE, BOB, "enough", OWNER)]
    assert chat.change(tea, Went(ALICE, "left"), chat.ann) is None


def test_in_one_commit_the_one_is_before_the_other(chat: Chat) -> None:
    tea = chat.room("tea")
    chat.heard[tea].clear()
    late = row(tea, Sanctioned(MUTE), SEAT)
    chat.ask(late, authenticating(chat.ann, ALICE, OWNER), following(tea))
    assert [each.person for each in chat.reopened(tea, "tea").sanctions] == [OWNER]


def test_a_private_room_is_known_to_the_account(chat: Chat) -> None:
    tea = chat.room("tea")
    chat.change(tea, Came(ANN, person=GUEST), chat.ann)
    chat.change(tea, Tuned(Tuning(private=True), BOB))
    chat.authenticate(tea)
    assert chat.reopened(tea, "tea").admitted == (OWNER,)


def test_what_can_not_be_changes_nothing(chat: Chat) -> None:
    tea = chat.room("tea")
    chat.change(tea, Came(ANN, person=GUEST), chat.ann)
    chat.change(tea, Ranked(ANN, GUEST, "owner", BOB))
    chat.seat(ALICE, OWNER, proved=True)
    assert chat.authenticate(tea, most=1)[0].outcome == "too-many-connections"
    later = chat.ann._replace(connection=0)
    [answer] = chat.ask(authenticating(later, ALICE, OWNER))
    assert answer.outcome == "replaced"
    chat.ask(changing([Dropped(OWNER)], {OWNER: ACCOUNT}, {}))
    assert chat.authenticate(tea)[0].outcome == "gone"
    assert chat.heard[tea] == []
    assert chat.reopened(tea, "tea").owner == GUEST
