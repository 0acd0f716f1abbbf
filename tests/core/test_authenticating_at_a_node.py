"""Where several servers share rooms, a guest logs in again to be an account's."""

from __future__ import annotations

from chatroom.core.values.commands import Authenticate, Register
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from tests.core.scenes import gather
from tests.fakes import FakePasswords, World
from tests.lateness import NODE, lateness

SECRET = Password("correct horse")


def test_a_guest_stays_one() -> None:
    with lateness(NODE):
        alice, ann = gather(World(passwords=FakePasswords()), "alice", "ann")
    alice.do(Register(SECRET))
    assert ann.refused(Authenticate(Username("alice"), password=SECRET)) == "not-allowed"
    assert ann.visitor.seat
    assert not ann.visitor.seat.user.has_account
