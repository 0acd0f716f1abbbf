"""Who may read a room: that is asked anew each time, and the same for every way to what was said there.

That each way asks is tried in :mod:`tests.e2e.test_shut_out`; here is what depends on who somebody is.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Appoint,
    Command,
    Configure,
    Create,
    Delete,
    Impose,
    Invite,
    Join,
    Lift,
    ListSanctions,
    ListUnread,
    MarkRead,
    Quit,
    ReadAudit,
    ReadReports,
    Register,
    Rename,
    Report,
    Resolve,
    Say,
    Search,
    ShowRoom,
    Unregister,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entries, RoomShown, UnreadList
from chatroom.core.values.rights import Tuning
from tests.core.scenes import BOB, TEA, session
from tests.core.visit.accounts.test_accounts import SECRET, world
from tests.fakes import Person, World


def seen(person: Person) -> tuple[list[RoomName], list[RoomName | None]]:
    """Return where *person* has something unread, and where they find something."""
    [unread] = [each for each in person.do(ListUnread()) if isinstance(each, UnreadList)]
    [found] = [each for each in person.do(Search(None, "tea")) if isinstance(each, Entries)]
    return [row.newest.room for row in unread.rooms], [said.room for said in found.entries]


NOTHING: tuple[list[Any], list[Any]] = ([], [])
ALL = [TEA], [TEA]


class ReadableTests(SynchronousTestCase):
    def people(self, here: World, **more: Any) -> tuple[Person, Person]:
        """Let alice and bob be in a room that asks for a key, in which alice says something."""
        alice, bob = (here.enter(name, session=session(name), **more) for name in ("alice", "bob"))
        alice.do(Create(TEA))
        alice.do(Configure(TEA, Tuning(key="sesame")))
        bob.do(Join(TEA, key="sesame"))
        alice.do(Say(TEA, "tea"))
        for person in (alice, bob):
            person.connection.take()
        return alice, bob

    def back(self, here: World, bob: Person) -> Person:
        """Let bob quit, and come back, and be in no room."""
        bob.do(Quit())
        return here.enter("bob", session=session("bob"))

    def test_by_the_present_key_one_reads_on_until_it_is_another_one(self) -> None:
        here = world(follows=True, grace=0)
        alice, bob = self.people(here)
        bob = self.back(here, bob)
        assert seen(bob) == ALL
        assert bob.refused(Join(TEA)) == "key-wrong"
        # Whatever else is set.
        alice.do(Configure(TEA, Tuning(slow=1)))
        assert seen(bob) == ALL
        for key in ("other", "sesame"):
            alice.do(Configure(TEA, Tuning(key=key)))
            assert seen(bob) == NOTHING
        bob.do(Join(TEA, key="sesame"))
        bob.connection.take()
        bob = self.back(here, bob)
        assert seen(bob) == ALL
        alice.do(Configure(TEA, Tuning(key="other")))
        assert seen(bob) == NOTHING
        alice.do(Configure(TEA, Tuning(key="")))
        assert seen(bob) == ALL

    def test_who_stays_in_reads_on_and_who_goes_needs_the_key_then(self) -> None:
        here = world(follows=True, grace=0)
        alice, bob = self.people(here)
        alice.do(Configure(TEA, Tuning(key="other")))
        bob.connection.take()
        assert seen(bob) == ALL
        assert seen(self.back(here, bob)) == NOTHING

    def test_who_needs_no_key_reads_without_and_no_longer_than_that(self) -> None:
        here = world(follows=True, grace=0)
        alice, bob = self.people(here)
        alice.do(Appoint(TEA, BOB, "moderator"))
        alice.do(Configure(TEA, Tuning(key="other")))
        bob = self.back(here, bob)
        assert seen(bob) == ALL
        bob.do(Join(TEA))
        bob.connection.take()
        alice.do(Appoint(TEA, BOB, "member"))
        bob = self.back(here, bob)
        assert seen(bob) == NOTHING
        alice.do(Invite(TEA, BOB))
        bob.connection.take()
        assert seen(bob) == ALL

    def test_by_the_key_that_the_guest_gave_the_account_reads(self) -> None:
        here = world(follows=True, grace=0)
        _, bob = self.people(here)
        bob.do(Register(Password(SECRET)))
        bob.do(Quit())
        bob = here.enter("bob", password=SECRET)
        assert seen(bob) == ALL
        # What the account has read is the guest's no more.
        bob.do(Unregister(Password(SECRET)))
        assert seen(bob) == NOTHING

    def test_so_does_the_account_of_a_guest_who_was_known_by_nothing(self) -> None:
        here = world(follows=True, grace=0)
        alice, _ = self.people(here)
        carol = here.enter("carol")
        carol.do(Join(TEA, key="sesame"))
        carol.do(Register(Password(SECRET)))
        carol.do(Quit())
        alice.do(Say(TEA, "tea"))
        carol = here.enter("carol", password=SECRET)
        assert seen(carol) == ([TEA], [TEA, TEA])

    def test_who_has_a_place_that_is_held_and_is_banned_by_a_mask_learns_nothing(self) -> None:
        here = world(follows=True)
        alice, bob = self.people(here)
        bob.visitor.lost()
        here.settle()
        alice.do(Impose("ban", TEA, None, mask="bob!*@*"))
        alice.do(Say(TEA, "tea"))
        bob = here.enter("bob", session=session("bob"))
        assert seen(bob) == NOTHING
        assert bob.refused(MarkRead(TEA, at=1 << 50)) == "not-a-member"
        assert bob.refused(Report(TEA, "spam", 1)) == "not-a-member"
        [shown] = bob.do(ShowRoom(TEA))
        assert isinstance(shown, RoomShown)
        assert shown.key == ""
        assert bob.refused(Join(TEA)) == "banned"
        alice.do(Lift("ban", TEA, mask="bob!*@*"))
        assert seen(bob) == ([TEA], [TEA, TEA])

    def test_by_a_new_name_a_mask_may_fit_or_not(self) -> None:
        here = world(follows=True, grace=0)
        alice, bob = self.people(here)
        alice.do(Impose("ban", TEA, None, mask="robert!*@*"))
        bob = self.back(here, bob)
        assert seen(bob) == ALL
        bob.do(Rename(Username("robert")))
        assert seen(bob) == NOTHING
        alice.do(Impose("exempt", TEA, None, mask="rob*!*@*"))
        assert seen(bob) == ALL

    def test_a_ban_that_has_ended_hides_nothing_in_a_closed_room_either(self) -> None:
        here = world(follows=True, grace=0, linger=0)
        alice, bob = self.people(here)
        bob.do(Quit())
        alice.do(Impose("ban", TEA, None, mask="bob!*@*", seconds=60))
        alice.do(Quit())
        here.settle(1)
        assert not here.lobby.rooms
        bob = here.enter("bob", session=session("bob"))
        assert seen(bob) == NOTHING
        here.settle(60)
        assert seen(bob) == ALL

    def test_a_role_is_worth_nothing_to_who_is_banned(self) -> None:
        """Else a moderator whom the owner has banned reads the reports, and lifts the ban."""
        here = world(follows=True, grace=0)
        alice, bob = self.people(here)
        alice.do(Appoint(TEA, BOB, "moderator"))
        carol = here.enter("carol")
        carol.do(Join(TEA, key="sesame"))
        carol.do(Report(TEA, "spam", 1))
        alice.do(Impose("ban", TEA, BOB))
        bob.connection.take()
        asked: list[Command] = [
            ReadReports(TEA),
            ReadAudit(TEA),
            ListSanctions(TEA),
            Configure(TEA, Tuning(key="")),
            Lift("ban", TEA, BOB),
        ]
        assert [bob.refused(each) for each in asked] == ["not-allowed"] * len(asked)
        assert bob.refused(Resolve(1)) == "no-such-report"
        assert bob.refused(Lift("ban", None, number=1)) == "no-such-sanction"
        assert seen(bob) == NOTHING
        alice.do(Lift("ban", TEA, BOB))
        assert [type(each).__name__ for each in bob.do(ReadReports(TEA))] == ["ReportList"]

    def test_who_had_deleted_it_reads_nothing_of_it(self) -> None:
        here = world(follows=True, grace=0)
        alice, _ = self.people(here)
        alice.do(Delete(TEA))
        alice.connection.take()
        assert seen(alice) == NOTHING
