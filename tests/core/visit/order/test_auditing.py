"""What was done to others is kept, and read by those who have rights."""

from __future__ import annotations

from msgspec.structs import replace
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.audit import Act
from chatroom.core.values.commands import (
    AddAccount,
    Appoint,
    Configure,
    Create,
    Delete,
    Impose,
    Kick,
    Lift,
    ReadAudit,
    Redact,
    Say,
    SetRole,
    Topic,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList
from chatroom.core.values.rights import Tuning
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, gather
from tests.fakes import FakePasswords, Person, World

ROOT = Username("/root")
MANY = 600
"""Acts that don't fit into a page."""


def acts(person: Person, room: RoomName | None = TEA, before: int | None = None, limit: int | None = None) -> list[Act]:
    """Return what *person* reads of the audit, without the numbers, and as if it had all been at once."""
    [found] = person.do(ReadAudit(room, before, limit))
    assert isinstance(found, ActList)
    assert all(act.at >= AT for act in found.acts)
    numbers = [act.number for act in found.acts]
    assert numbers == sorted(numbers, reverse=True)
    return [replace(act, at=AT, number=0) for act in found.acts]


class AuditTests(SynchronousTestCase):
    def test_all_that_is_done_to_others_in_a_room_is_there_the_newest_first(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        alice.do(Topic(TEA, "Tea"))
        for command in (
            Appoint(TEA, CAROL, "moderator"),
            Configure(TEA, Tuning(slow=10)),
            Impose("mute", TEA, BOB, 60, "loud"),
            Lift("mute", TEA, BOB),
            Redact(TEA, 1, reason="spam"),
            Kick(TEA, BOB, "enough"),
            Impose("ban", TEA, BOB, None, "", True),
            Lift("ban", TEA, BOB),
        ):
            alice.do(command)
        alice.see()
        assert acts(alice)[::-1] == [
            Act(AT, ALICE, "appoint", TEA, CAROL, role="moderator"),
            Act(AT, ALICE, "configure", TEA, tuning=Tuning(slow=10)),
            Act(AT, ALICE, "mute", TEA, BOB, until=AT + 60_000, reason="loud"),
            Act(AT, ALICE, "unmute", TEA, BOB),
            Act(AT, ALICE, "redact", TEA, BOB, seq=1, reason="spam"),
            Act(AT, ALICE, "kick", TEA, BOB, reason="enough"),
            Act(AT, ALICE, "ban", TEA, BOB, everybody=True),
            Act(AT, ALICE, "unban", TEA, BOB),
        ]
        carol.see()
        assert acts(carol) == acts(alice)

    def test_what_did_not_happen_is_not(self) -> None:
        alice, _ = gather(World(), "alice", "bob")
        for command in (Lift("ban", TEA, BOB), Kick(TEA, CAROL), Redact(TEA, 1), Impose("ban", TEA, ALICE)):
            alice.do(command)
        assert acts(alice) == []

    def test_only_those_with_rights_there_read_it(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert bob.refused(ReadAudit(TEA)) == alice.refused(ReadAudit()) == "not-allowed"
        assert alice.refused(ReadAudit(POND)) == "no-such-room"

    def test_a_room_made_anew_begins_anew_and_operators_read_of_all(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(Kick(TEA, BOB))
        alice.do(Delete(TEA))
        bob.see()
        bob.do(Create(TEA))
        assert acts(bob) == []
        operator = world.operator()
        assert acts(operator, None) == [
            Act(AT, ALICE, "delete", TEA),
            Act(AT, ALICE, "kick", TEA, BOB),
        ]
        assert acts(operator, TEA) == []

    def test_it_comes_in_pages(self) -> None:
        alice, _ = gather(World(), "alice", "bob")
        for number in range(MANY + 1):
            alice.do(Configure(TEA, Tuning(slow=number)))
        alice.see()
        before, found, more = None, list[Act](), True
        while more:
            [page] = alice.do(ReadAudit(TEA, before))
            assert isinstance(page, ActList)
            found += page.acts
            before, more = page.acts[-1].number, page.more
        assert [act.tuning for act in found] == [Tuning(slow=number) for number in range(MANY, -1, -1)]
        assert len(acts(alice, limit=3)) == 3

    def test_what_operators_do_on_the_whole_server_is_kept_too(self) -> None:
        world = World(passwords=FakePasswords())
        operator = world.operator()
        operator.do(AddAccount(CAROL, Password("correct horse")))
        operator.do(SetRole(CAROL, "operator"))
        assert acts(operator, None)[::-1] == [
            Act(AT, ROOT, "account", username=CAROL, account="add"),
            Act(AT, ROOT, "account", username=CAROL, account="role", role="operator"),
        ]
        carol = world.enter("carol", password="correct horse")
        carol.see()
        assert acts(carol, None) == acts(operator, None)
