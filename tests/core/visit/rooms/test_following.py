"""The rooms that somebody follows: whoever comes back is told of them, by whatever connection."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Authenticate,
    Create,
    Delete,
    Impose,
    Join,
    Kick,
    Leave,
    Lift,
    Login,
    Quit,
    Register,
    Unregister,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Authenticated, Welcome
from tests.core.scenes import POND, TEA, gather, kinds, session
from tests.core.visit.accounts.test_accounts import SECRET, world
from tests.fakes import Person, World


def welcomed(here: World, name: str = "bob", *, session: bytes | None = None, **more: Any) -> Welcome:
    """Let somebody come, and return what they are told."""
    person = here.visit()
    [welcome] = person.do(Login(Username(name), session, **more))
    assert isinstance(welcome, Welcome)
    person.do(Quit())
    return welcome


class FollowTests(SynchronousTestCase):
    def bob(self, here: World) -> Person:
        """Let alice open two rooms, and bob join them by a session."""
        self.alice = here.enter("alice", session=session("alice"))
        bob = here.enter("bob", session=session("bob"))
        for room in (TEA, POND):
            self.alice.do(Create(room))
            bob.do(Join(room))
        return bob

    def follows(self, here: World) -> tuple[RoomName, ...] | None:
        return welcomed(here, session=session("bob")).follows

    def test_who_quits_or_is_lost_goes_on_following(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        bob.do(Quit())
        assert self.follows(here) == (TEA, POND)
        bob = here.enter("bob", session=session("bob"))
        bob.do(Join(TEA))
        bob.visitor.lost()
        here.settle()
        assert self.follows(here) == (TEA, POND)

    def test_who_leaves_or_moves_does_not(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        bob.do(Leave(POND))
        bob.do(Quit())
        assert self.follows(here) == (TEA,)
        bob = here.enter("bob", session=session("bob"))
        bob.do(Join(TEA))
        bob.do(Join(POND, instead_of=TEA))
        bob.do(Quit())
        assert self.follows(here) == (POND,)

    def test_who_is_put_out_does_not_until_they_join_again(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        self.alice.do(Kick(TEA, bob.visitor.seat.username))  # type: ignore[union-attr]
        self.alice.do(Impose("ban", POND, Username("bob")))
        assert self.alice.do(Lift("ban", POND, Username("bob")))
        bob.do(Quit())
        assert self.follows(here) == ()
        bob = here.enter("bob", session=session("bob"))
        bob.do(Join(POND))
        bob.do(Quit())
        assert self.follows(here) == (POND,)

    def test_a_room_that_is_deleted_is_followed_by_nobody(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        self.alice.do(Delete(TEA))
        self.alice.do(Create(TEA))
        bob.do(Quit())
        assert self.follows(here) == (POND,)

    def test_who_is_known_by_nothing_follows_nothing(self) -> None:
        here = world(grace=0, follows=True)
        alice, bob = gather(here, "alice", "bob")
        bob.do(Quit())
        assert welcomed(here).follows is None
        assert "Registered" in kinds(alice.do(Register(Password(SECRET))))
        alice.do(Quit())
        # From then on they are known by an account.
        assert welcomed(here, "alice", password=Password(SECRET)).follows == (TEA,)
        ann = here.enter("ann")
        ann.do(Create(POND))
        shown = ann.do(Authenticate(Username("alice"), Password(SECRET)))
        assert [each.follows for each in shown if isinstance(each, Authenticated)] == [(TEA, POND)]

    def test_what_a_session_follows_its_account_does(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        bob.do(Register(Password(SECRET)))
        bob.do(Quit())
        assert welcomed(here, password=Password(SECRET)).follows == (TEA, POND)
        assert welcomed(here, "ann", session=session("bob")).follows == ()
        guest = here.enter("guest", session=session("guest"))
        guest.do(Create(garden := RoomName("garden")))
        shown = guest.do(Authenticate(Username("bob"), Password(SECRET)))
        [reply] = [each for each in shown if isinstance(each, Authenticated)]
        assert reply.follows == (TEA, POND, garden)
        guest.do(Quit())
        assert welcomed(here, "guest", session=session("guest")).follows == ()

    def test_an_account_that_is_no_more_follows_nothing(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        bob.do(Register(Password(SECRET)))
        bob.do(Unregister(Password(SECRET)))
        # As the guest that they are from then on, they are known by nothing.
        bob.do(Quit())
        assert self.follows(here) == ()

    def test_an_account_leaves_by_its_last_connection(self) -> None:
        here = world(grace=0, follows=True)
        bob = self.bob(here)
        bob.do(Register(Password(SECRET)))
        desk = here.enter("bob", password=SECRET)
        desk.do(Join(TEA))
        bob.do(Leave(TEA))
        assert welcomed(here, password=Password(SECRET)).follows == (TEA, POND)
        bob.do(Leave(TEA, everywhere=True))
        assert welcomed(here, password=Password(SECRET)).follows == (POND,)
        bob.do(Leave(POND, everywhere=True))
        assert welcomed(here, password=Password(SECRET)).follows == ()

    def test_who_is_put_out_on_the_way_to_their_account_does_not_follow(self) -> None:
        here = world(grace=0, follows=True)
        alice, bob = gather(here, "alice", "bob")
        bob.do(Register(Password(SECRET)))
        bob.do(Quit())
        alice.do(Impose("ban", TEA, Username("bob")))
        ann = here.enter("ann")
        ann.do(Join(TEA))
        shown = ann.do(Authenticate(Username("bob"), Password(SECRET)))
        assert [each.follows for each in shown if isinstance(each, Authenticated)] == [()]
