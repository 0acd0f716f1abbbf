"""What operators do with the server itself, by the control socket or by an account of their own."""

from __future__ import annotations

from chatroom.core.values.commands import AddAccount, Login, LogLevel, Reload, SetLogLevel, SetRole
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Ok
from tests.core.scenes import ALICE, kinds
from tests.fakes import FakeHand, FakePasswords, Person, World

SECRET = Password("correct horse")


def test_operators_have_the_server_read_again_and_are_told_what_came_of_it() -> None:
    world = World(passwords=FakePasswords())
    hand = world.lobby.hand = FakeHand()
    root, alice = world.operator(), world.visit()
    root.do(AddAccount(ALICE, SECRET))
    assert kinds(alice.do(Login(ALICE, password=SECRET))) == ["Welcome"]
    assert alice.refused(Reload()) == alice.refused(SetLogLevel("warn")) == "not-allowed"
    root.do(SetRole(ALICE, "operator"))
    for person in (root, alice):
        assert person.do(Reload()) == [hand.reloaded]
    levels: list[tuple[Person, LogLevel]] = [(root, "warn"), (alice, "error")]
    for person, level in levels:
        assert person.do(SetLogLevel(level)) == [Ok()]
        assert hand.log_level == level
