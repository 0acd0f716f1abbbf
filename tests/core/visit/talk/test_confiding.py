"""What is told to those with a role in a room alone: at once, and kept nowhere."""

from __future__ import annotations

from chatroom.core.values.commands import Appoint, Confide, Configure, History, Impose, Leave, Say
from chatroom.core.values.events import Confided
from chatroom.core.values.replies import Entries, Ok
from chatroom.core.values.rights import Role, Tuning
from tests.core.scenes import ALICE, AT, BOB, CAROL, TEA, gather, gather_late, said, stored
from tests.fakes import Person, World
from tests.lateness import at_once

HELP = Confide(TEA, "a troll is here")


def confided(person: Person) -> list[Confided]:
    """Return what *person* has been told by now."""
    return [event for event in person.see() if isinstance(event, Confided)]


def appoint(role: Role, by: Person) -> None:
    """Let carol have a *role*."""
    by.do(Appoint(TEA, CAROL, role))


@at_once
def test_those_are_told_who_moderate_and_nobody_else() -> None:
    alice, bob, carol, dave = gather(World(), "alice", "bob", "carol", "dave")
    appoint("moderator", alice)
    bob.see()
    assert bob.do(HELP) == [Ok(TEA, count=2, at=AT)]
    assert confided(alice) == [Confided(TEA, BOB, ALICE, AT, HELP.text)]
    assert confided(carol) == [Confided(TEA, BOB, CAROL, AT, HELP.text)]
    assert confided(dave) == []


@at_once
def test_who_is_voiced_is_told_what_is_for_them_too() -> None:
    alice, bob, carol = gather(World(), "alice", "bob", "carol")
    appoint("voiced", alice)
    bob.see()
    assert bob.do(HELP) == [Ok(TEA, count=1, at=AT)]
    assert confided(carol) == []
    assert bob.do(Confide(TEA, "tea?", "action", "voiced", (("+a", "b"),))) == [Ok(TEA, count=2, at=AT)]
    assert confided(carol) == [Confided(TEA, BOB, CAROL, AT, "tea?", "action", "voiced", (("+a", "b"),))]


def test_it_comes_behind_what_was_said_before_and_is_kept_nowhere() -> None:
    log, [alice, bob] = gather_late("alice", "bob")
    bob.ask(Say(TEA, "one"))
    bob.ask(HELP)
    assert alice.see() == []
    log.answer()
    assert bob.see() == [stored(1), said(1, "bob", "one"), Ok(TEA, count=1, at=AT)]
    assert alice.see() == [said(1, "bob", "one"), Confided(TEA, BOB, ALICE, AT, HELP.text)]
    bob.ask(History(TEA))
    log.answer()
    [page] = bob.see()
    assert isinstance(page, Entries)
    assert page.entries == (said(1, "bob", "one"),)


@at_once
def test_where_nobody_else_has_such_a_role_that_is_answered() -> None:
    alice, bob = gather(World(), "alice", "bob")
    assert alice.refused(HELP) == "unavailable"
    alice.do(Leave(TEA))
    bob.see()
    assert bob.refused(HELP) == "unavailable"
    bob.do(Leave(TEA))
    assert bob.refused(HELP) == "not-a-member"


@at_once
def test_who_is_muted_may_not_and_others_may_while_the_room_is_locked() -> None:
    alice, bob, carol = gather(World(), "alice", "bob", "carol")
    alice.do(Impose("mute", TEA, BOB))
    alice.do(Configure(TEA, Tuning(locked=True, slow=60)))
    bob.see()
    assert bob.refused(HELP) == "muted"
    alice.see()
    carol.see()
    assert carol.do(HELP) == [Ok(TEA, count=1, at=AT)]
    assert carol.do(HELP) == [Ok(TEA, count=1, at=AT)]
    assert len(confided(alice)) == 2


@at_once
def test_who_does_not_read_is_not_told() -> None:
    alice, bob = gather(World(outbox=1000), "alice", "bob")
    alice.connection.waiting = 990
    assert bob.refused(HELP) == "unavailable"
    assert confided(alice) == []
