"""The table of rules says what holds for each command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest

from chatroom.core.values.commands import Command, Invite, MarkRead, Redact, Register, Report, Search
from chatroom.core.values.events import Event
from chatroom.core.values.replies import Refused, Reply
from chatroom.core.visit.rules import RULES
from tests.core.examples import EXAMPLES
from tests.core.scenes import come_back, gather
from tests.fakes import FakePasswords, World


def refusals(sent: Sequence[Reply | Event]) -> list[str]:
    return [it.error.code for it in sent if isinstance(it, Refused)]


def test_every_command_has_a_rule() -> None:
    assert set(RULES) == set(get_args(Command)) == set(map(type, EXAMPLES))


@pytest.mark.parametrize("command", EXAMPLES, ids=lambda command: type(command).__name__)
class TestRule:
    def test_its_state_is_where_it_may_come(self, command: Command) -> None:
        state = RULES[type(command)].state
        world = World(passwords=FakePasswords())
        nobody = refusals(world.visit().do(command))
        _, bob = gather(world, "alice", "bob")
        somebody = refusals(bob.do(command))
        # What is early can still lack a name.
        early = RULES[type(command)].early and not isinstance(command, Register)
        assert ("not-logged-in" in nobody) == (state in {"named", "operator"} and not early)
        assert ("already-logged-in" in somebody) == (state == "username")

    def test_its_membership_is_what_is_needed(self, command: Command) -> None:
        # What was said may be taken back, reported, or read, by who is in by any connection.
        needed = "person" if isinstance(command, Redact | Report | MarkRead) else RULES[type(command)].membership
        if command == Search(None, "hi"):
            needed = None
        if isinstance(command, Invite):
            # Of a room that all may enter, everybody tells others who is in, by any connection.
            needed = "person"
        world = World(passwords=FakePasswords())
        _, bob = gather(world, "alice", "bob", known=True)
        carol = world.enter("carol")
        assert ("not-a-member" in refusals(carol.do(command))) == (needed is not None)
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.see()
        assert ("not-a-member" in refusals(bob.do(command))) == (needed == "member")

    def test_a_right_is_not_everybody_s(self, command: Command) -> None:
        _, bob = gather(World(passwords=FakePasswords()), "alice", "bob")
        rule = RULES[type(command)]
        if isinstance(command, Invite):
            return
        assert ("not-allowed" in refusals(bob.do(command))) == (rule.right is not None or rule.state == "operator")
