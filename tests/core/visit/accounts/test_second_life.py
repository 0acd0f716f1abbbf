"""An account that is given up, and who comes afterwards: nothing of it is theirs."""

from __future__ import annotations

from chatroom.core.values.commands import (
    Appoint,
    Create,
    Delete,
    History,
    Join,
    Kick,
    Quit,
    Redact,
    Register,
    RemoveAccount,
    Say,
    Search,
    Tell,
    Unregister,
)
from chatroom.core.values.events import Said
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entries, Ok, Refused, Registered, Stored
from tests.core.scenes import ALICE, BOB, POND, TEA, come_back, gather, session
from tests.core.visit.accounts.test_accounts import SECRET, registered, world
from tests.fakes import Person, World

RIGHT = Password(SECRET)


def owner(world: World) -> Person:
    """Return alice, whose account has a room, and a talk with bob."""
    [alice] = gather(world, "alice", known=True)
    alice.do(Register(RIGHT))
    registered(world, "bob").do(Tell(ALICE, "psst"))
    alice.do(Create(POND))
    return alice


def see_that_nothing_is_left(world: World) -> None:
    """Let somebody come by alice's session, and find nothing of the account."""
    again = come_back(world, "alice")
    again.see()
    for room in (TEA, POND):
        again.do(Join(room))
        assert again.refused(Delete(room)) == "not-allowed"
    assert again.do(Register(RIGHT))[0] == Registered(ALICE)
    for room in (TEA, POND):
        assert again.refused(Delete(room)) == "not-allowed"
    [talk] = again.do(History(None, other=BOB))
    assert isinstance(talk, Refused) or (isinstance(talk, Entries) and not talk.entries)


def test_who_gives_up_an_account_has_nothing_of_it_when_they_come_again() -> None:
    here = world(grace=0)
    alice = owner(here)
    alice.do(Unregister(RIGHT))
    assert alice.refused(Delete(TEA)) == "not-allowed"
    alice.do(Quit())
    see_that_nothing_is_left(here)


def test_nor_who_comes_by_the_session_of_one_that_was_removed() -> None:
    here = world(grace=0)
    owner(here)
    here.operator().do(RemoveAccount(ALICE))
    see_that_nothing_is_left(here)


def test_no_id_is_given_out_twice_and_none_is_a_session() -> None:
    here = world(grace=0)
    found = set[bytes]()
    for number in range(3):
        alice = here.enter("alice", session=session("alice"))
        alice.do(Register(RIGHT))
        assert here.accounts
        account = here.accounts.named(ALICE)
        assert account
        assert account.id != session("alice")
        found.add(account.id)
        assert len(found) == number + 1
        alice.do(Unregister(RIGHT))
        alice.do(Quit())


def test_what_the_guest_was_the_account_is_also_in_rooms_where_they_are_not() -> None:
    here = world(grace=0)
    [carol] = gather(here, "carol", known=True)
    alice = here.enter("alice", session=session("alice"))
    alice.do(Create(POND))
    alice.do(Quit())
    alice = come_back(here, "alice")
    alice.see()
    alice.do(Join(TEA))
    carol.do(Appoint(TEA, ALICE, "moderator"))
    alice.do(Register(RIGHT))
    alice.do(Quit())
    again = here.enter("alice", password=SECRET)
    again.do(Join(POND))
    assert again.do(Delete(POND))[0] == Ok(POND, event_follows=True)
    again.do(Join(TEA))
    bob = here.enter("bob")
    bob.do(Join(TEA))
    again.see()
    assert again.do(Kick(TEA, BOB))[0] == Ok(TEA, event_follows=True)


def test_what_was_said_before_is_theirs_while_they_are_here() -> None:
    here = world(grace=30)
    alice, bob = gather(here, "alice", "bob", known=True)
    alice.do(Say(TEA, "one", cid="1"))
    alice.do(Say(TEA, "two", cid="2"))
    alice.do(Register(RIGHT))
    # Nothing is stored twice, whether the reply had come or not.
    alice.visitor.lost()
    alice = come_back(here, "alice")
    alice.see()
    alice.do(Join(TEA, after=2, epoch="x"))
    [stored] = alice.do(Say(TEA, "one", cid="1"))
    assert isinstance(stored, Stored)
    assert stored.seq == 1
    assert alice.do(Redact(TEA, 1))[0] == Ok(TEA, event_follows=True)
    [found] = bob.do(Search(TEA, "two", author=ALICE))[-1:]
    assert isinstance(found, Entries)
    assert [each.seq for each in found.entries if isinstance(each, Said)] == [2]
