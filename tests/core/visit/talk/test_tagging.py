"""Live tags: shown to those who are there and want them, and kept nowhere."""

from __future__ import annotations

from chatroom.core.values import texts
from chatroom.core.values.commands import History, Impose, Join, Leave, Say, Tag, Tell
from chatroom.core.values.events import Message, Said, Tagged, Told
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Entries, Ok
from tests.core.scenes import ALICE, AT, BOB, TEA, gather, gather_late, kinds, said, stored
from tests.fakes import World
from tests.lateness import at_once

TYPING = (("+typing", "active"),)


@at_once
def test_only_those_are_shown_tags_who_want_them() -> None:
    alice, bob, carol = gather(World(), "alice", "bob", "carol")
    alice.connection.tags = bob.connection.tags = True
    assert alice.do(Tag(TEA, TYPING)) == [Ok(TEA)]
    assert bob.see() == [Tagged(TEA, ALICE, TYPING)]
    assert carol.see() == []


@at_once
def test_who_can_not_take_them_now_never_gets_them() -> None:
    alice, bob = gather(World(), "alice", "bob")
    bob.connection.tags = bob.connection.busy = True
    assert alice.do(Tag(TEA, TYPING)) == [Ok(TEA)]
    bob.connection.busy = False
    bob.visitor.drained()
    assert bob.see() == []


def test_they_come_behind_what_was_said_before() -> None:
    log, [alice, bob] = gather_late("alice", "bob")
    bob.connection.tags = True
    alice.ask(Say(TEA, "one"))
    alice.ask(Tag(TEA, TYPING))
    assert bob.see() == []
    log.answer()
    assert alice.see() == [stored(1), said(1, "alice", "one"), Ok(TEA)]
    assert bob.see() == [said(1, "alice", "one"), Tagged(TEA, ALICE, TYPING)]


def test_one_person_is_shown_tags_anywhere() -> None:
    world = World()
    alice, bob = world.enter("alice"), world.enter("bob")
    bob.connection.tags = True
    assert alice.do(Tag(None, TYPING, BOB)) == [Ok("bob")]
    assert bob.see() == [Tagged(None, ALICE, TYPING, BOB)]
    assert alice.refused(Tag(None, TYPING, Username("carol"))) == "no-such-user"


def test_only_who_may_speak_may_tag() -> None:
    alice, bob, carol = gather(World(), "alice", "bob", "carol")
    carol.connection.tags = True
    alice.do(Impose("mute", TEA, BOB))
    bob.see()
    assert bob.refused(Tag(TEA, TYPING)) == "muted"
    bob.do(Leave(TEA))
    assert bob.refused(Tag(TEA, TYPING)) == "not-a-member"
    assert "Tagged" not in kinds(carol.see())


def test_a_message_has_its_tags_while_it_is_new_and_never_again() -> None:
    alice, bob = gather(World(), "alice", "bob")
    message = Message(ALICE, "hello", AT)
    alice.do(Say(TEA, "hello", tags=TYPING))
    [shown] = bob.see()
    assert shown in (Said(TEA, 1, message, tags=TYPING), Said(TEA, 1, message))
    [page] = bob.do(History(TEA))
    assert isinstance(page, Entries)
    assert page.entries == (Said(TEA, 1, message),)
    bob.do(Leave(TEA))
    assert said(1, "alice", "hello") in bob.do(Join(TEA, 10))


@at_once
def test_what_is_told_has_its_tags_too() -> None:
    world = World()
    alice, bob = world.enter("alice"), world.enter("bob")
    alice.do(Tell(BOB, "hello", tags=TYPING))
    assert bob.see() == [Told(ALICE, BOB, AT, "hello", tags=TYPING)]


def test_tags_that_harm_a_terminal_are_none() -> None:
    assert texts.tags([("+a", "\x1b[2J"), ("+b", "\u202e"), ("+c", "\t é\n")]) == (("+c", "\t é\n"),)
