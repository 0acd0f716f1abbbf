"""Masks: moderators mean many at once, by what these are to others."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.rooms.fitting import Fits, Masks
from chatroom.core.values.commands import (
    Appoint,
    Command,
    Configure,
    Create,
    Impose,
    Join,
    Leave,
    Lift,
    List,
    ListSanctions,
    ReadAudit,
    Register,
    Rename,
    Say,
    Topic,
)
from chatroom.core.values.errors import TextInvalid
from chatroom.core.values.limits import MASKS_A_TOKEN
from chatroom.core.values.masks import account_mask, mask
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Person as ShownPerson
from chatroom.core.values.replies import ActList, Ok, SanctionList
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Kind, Sanction
from chatroom.core.visit.order.moderation import MASKS, MASKS_OF_ONE
from tests.core.scenes import BOB, POND, TEA, affordable, gather, kinds
from tests.fakes import FakePasswords, Person, World
from tests.lateness import at_once

SECRET = Password("correct horse")


def on(kind: Kind, what: str) -> Impose:
    return Impose(kind, TEA, None, mask=what)


def masks(person: Person) -> list[tuple[str, str]]:
    """Return the kinds and masks that *person* is listed."""
    [found] = person.do(ListSanctions(TEA))
    return [(each.sanction.kind, each.sanction.mask) for each in cast("SanctionList", found).sanctions]


class MaskTests(SynchronousTestCase):
    def test_who_fits_a_ban_does_not_come_in_and_who_is_in_stays(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert alice.do(on("ban", "b?b!*@*")) == [Ok(TEA)]
        assert kinds(bob.do(Say(TEA, "hi")))[0] == "Stored"
        bob.do(Leave(TEA))
        assert bob.refused(Join(TEA)) == "banned"
        bob.do(Rename(Username("ben")))
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"

    def test_case_does_not_matter_and_a_cloak_is_a_host(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        cloak = world.lobby.users[cast("object", "bob")].person.host.split(".")[0]  # type: ignore[index]
        alice.do(on("ban", "BOB!*@*"))
        assert bob.refused(Join(TEA)) == "banned"
        alice.do(Lift("ban", TEA, mask="bob!*@*"))
        alice.do(on("ban", f"*!*@{cloak}*"))
        assert bob.refused(Join(TEA)) == "banned"

    def test_who_fits_a_mute_does_not_speak_unless_they_are_exempt_or_moderate(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(on("mute", "*!*@*"))
        assert bob.refused(Say(TEA, "hi")) == "muted"
        assert bob.refused(Rename(Username("ben"))) == "muted"
        assert kinds(alice.do(Say(TEA, "hi")))[0] == "Stored"
        alice.do(on("exempt", "bob!*@*"))
        bob.see()
        assert kinds(bob.do(Say(TEA, "hi")))[0] == "Stored"
        alice.do(Lift("exempt", TEA, mask="BOB!*@*"))
        bob.see()
        assert bob.refused(Say(TEA, "hi")) == "muted"
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        assert kinds(bob.do(Say(TEA, "hi")))[0] == "Stored"

    def test_a_voice_is_more_than_a_mute_of_many(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(on("mute", "*!*@*"))
        assert bob.refused(Say(TEA, "hi")) == "muted"
        alice.do(Appoint(TEA, BOB, "voiced"))
        assert "Stored" in kinds(bob.do(Say(TEA, "hi")))

    def test_a_mask_of_an_account_touches_no_guest(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob")
        alice.do(on("ban", "account:bob"))
        bob.do(Leave(TEA))
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"
        bob.do(Leave(TEA))
        bob.do(Register(SECRET))
        assert bob.refused(Join(TEA)) == "banned"

    def test_whom_a_mask_invites_comes_in_where_only_the_invited_do(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Leave(TEA))
        alice.do(Configure(TEA, Tuning(invite_only=True)))
        assert bob.refused(Join(TEA)) == "invite-only"
        alice.do(on("invite", "bob!*@*"))
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"
        bob.do(Leave(TEA))
        alice.do(Lift("invite", TEA, mask="bob!*@*"))
        assert bob.refused(Join(TEA)) == "invite-only"

    def test_they_are_listed_and_in_the_audit(self) -> None:
        [alice] = gather(World(), "alice")
        for kind, what in (("ban", "a!*@*"), ("exempt", "b!*@*"), ("invite", "c!*@*"), ("ban", "A!*@*")):
            alice.do(on(cast("Kind", kind), what))
        assert masks(alice) == [("ban", "A!*@*"), ("invite", "c!*@*"), ("exempt", "b!*@*")]
        alice.do(Lift("exempt", TEA, mask="b!*@*"))
        [acts] = alice.do(ReadAudit(TEA))
        told = [(act.action, act.mask) for act in cast("ActList", acts).acts]
        assert told[:3] == [("unexempt", "b!*@*"), ("ban", "A!*@*"), ("invite", "c!*@*")]

    def test_so_many_and_no_more(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        for number in range(MASKS):
            alice.do(on("ban", f"{number}!*@*"))
            world.settle(5)
        assert alice.refused(on("ban", "more!*@*")) == "not-allowed"
        # One that is there already is only set anew.
        assert alice.do(on("ban", "0!*@*")) == [Ok(TEA)]
        bob.see()
        assert bob.refused(on("ban", "more!*@*")) == "not-allowed"


class CostTests(SynchronousTestCase):
    def test_each_is_looked_at_once_for_somebody_who_pays_for_it(self) -> None:
        alice, bob = gather(World(burst=30), "alice", "bob")
        impose(alice, "mute", MASKS_A_TOKEN)
        assert spent(bob, Say(TEA, "hi")) == 2
        assert spent(bob, Say(TEA, "hi"), Topic(TEA, "hi"), Leave(TEA), Join(TEA)) == 1 + 5 + 1 + 1
        # Who is another person to others is looked at anew.
        assert spent(bob, Rename(Username("ben"))) == 5
        assert spent(bob, Say(TEA, "hi")) == 2

    def test_what_is_left_over_is_paid_for_with_the_next_ones(self) -> None:
        alice, bob = gather(World(burst=30), "alice", "bob")
        impose(alice, "mute", MASKS_A_TOKEN - 1)
        assert spent(bob, Say(TEA, "hi")) == 1
        alice.do(on("ban", "x*!*@*"))
        assert spent(bob, Say(TEA, "hi")) == 2

    @at_once
    def test_whoever_lists_rooms_pays_once_for_those_of_hidden_ones(self) -> None:
        world = World(burst=30)
        [alice] = gather(world, "alice")
        carol = world.enter("carol")
        alice.do(Configure(TEA, Tuning(hidden=True)))
        impose(alice, "invite", MASKS_A_TOKEN)
        assert spent(carol, List()) == 2
        assert spent(carol, List(), List(watch=True)) == 2

    def test_so_many_in_all_rooms_of_one_owner(self) -> None:
        world = World(rooms_per_visitor=8)
        alice, bob = gather(world, "alice", "bob")
        rooms = [RoomName(f"room{number}") for number in range(MASKS_OF_ONE // MASKS)]
        for room in rooms:
            alice.do(Create(room))
            for number in range(MASKS):
                alice.do(Impose("ban", room, None, mask=f"{number}!*@*"))
        assert alice.refused(on("ban", "more!*@*")) == "not-allowed"
        alice.do(Lift("ban", rooms[0], mask="0!*@*"))
        assert alice.do(on("ban", "more!*@*")) == [Ok(TEA)]
        bob.do(Create(POND))
        assert bob.do(Impose("ban", POND, None, mask="more!*@*")) == [Ok(POND)]

    def test_so_many_in_all_rooms_of_one_host(self) -> None:
        world = World()
        for number in range(MASKS_OF_ONE // MASKS):
            owner, room = world.enter(f"owner{number}", host="far"), RoomName(f"room{number}")
            owner.do(Create(room))
            for each in range(MASKS):
                owner.do(Impose("ban", room, None, mask=f"{each}!*@*"))
        alice, bob = world.enter("alice", host="far"), world.enter("bob", host="near")
        alice.do(Create(TEA))
        assert alice.refused(on("ban", "more!*@*")) == "not-allowed"
        bob.do(Create(POND))
        assert bob.do(Impose("ban", POND, None, mask="more!*@*")) == [Ok(POND)]


def impose(owner: Person, kind: Kind, number: int) -> None:
    """Let *owner* impose so many masks that fit nobody."""
    for each in range(number):
        owner.do(on(kind, f"{each}x!*@*"))
        owner.world.settle(5)


def spent(person: Person, *commands: Command) -> int:
    """Return how many tokens *person*, who has all of them, spends on *commands*."""
    person.world.settle(60)
    for command in commands:
        person.do(command)
    return 30 - affordable(person)


MASKED = ("*", "a*!*@*", "?b*", "*!*@*", "account:a*", "account:?b", "B?!*", "*@far", "c*@near")
"""Masks, each of which fits some of those below, or none."""

PEOPLE = [
    ShownPerson(Username(name), "~u", host, account)
    for name in ("ab", "bb", "cb")
    for host in ("far", "near")
    for account in (None, Username(name))
]


class Somebody:
    """Somebody who is one *person* to others, and then another one."""

    def __init__(self, person: ShownPerson) -> None:
        self.person = person
        self.fits = Fits()

    def charge(self, tokens: int) -> None:
        """Pay."""


@given(st.lists(st.integers(0, 9) | st.sampled_from(MASKED) | st.sampled_from(PEOPLE), max_size=30))
def test_what_is_remembered_is_what_would_be_found_anew(acts: list[int | str | ShownPerson]) -> None:
    masks, somebody, there = Masks(), Somebody(PEOPLE[0]), dict[int, Sanction]()
    for number, act in enumerate(acts):
        match act:
            case int():
                there.pop(act, None)
                masks.remove(act)
            case str():
                there[number % 10] = Sanction("ban", Username(""), b"", None, BOB, 0, mask=act, number=number % 10)
                masks.remove(number % 10)
                masks.add(there[number % 10])
            case ShownPerson():
                somebody.person = act
        anew = Masks()
        for each in sorted(there):
            anew.add(there[each])
        found = {each.number for each in masks.fitting(somebody)}
        assert found == {each.number for each in anew.fitting(Somebody(somebody.person))}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bob", "bob!*@*"),
        ("bob!*", "bob!*@*"),
        ("*@host", "*!*@host"),
        ("bob!u@host", "bob!u@host"),
        ("@host", "*!@host"),
        ("!u@host", "*!u@host"),
    ],
)
def test_what_a_mask_leaves_out_is_anything(typed: str, meant: str) -> None:
    assert mask(typed) == meant


@pytest.mark.parametrize("typed", ["", "a b", "a\x07", "x" * 129, "*a" * 10 + "*", "*a" * 10 + "\uff0a"])
def test_not_everything_is_one(typed: str) -> None:
    with pytest.raises(TextInvalid):
        mask(typed)
    with pytest.raises(TextInvalid):
        account_mask(typed)
