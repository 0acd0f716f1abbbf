"""Masks: moderators mean many at once, by what these are to others."""

from __future__ import annotations

from typing import cast

import pytest
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Appoint,
    Configure,
    Impose,
    Join,
    Leave,
    Lift,
    ListSanctions,
    ReadAudit,
    Register,
    Rename,
    Say,
)
from chatroom.core.values.errors import TextInvalid
from chatroom.core.values.masks import account_mask, mask
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList, Ok, SanctionList
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Kind
from chatroom.core.visit.moderation import MASKS
from tests.core.scenes import BOB, TEA, gather, kinds
from tests.fakes import FakePasswords, Person, World

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


@pytest.mark.parametrize("typed", ["", "a b", "a\x07", "x" * 129])
def test_not_everything_is_one(typed: str) -> None:
    with pytest.raises(TextInvalid):
        mask(typed)
    with pytest.raises(TextInvalid):
        account_mask(typed)
