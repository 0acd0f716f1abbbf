"""Nobody learns by what they say that there is a room of which they may not know."""

from __future__ import annotations

from tests.fronts.house import House


def test_the_hint_of_a_command_names_no_private_room() -> None:
    house = House()
    alice, bob = house.person("alice"), house.person("bob")
    alice.type("create den")
    bob.type("create tea")
    bob.lines()
    hint = "* That was said to everybody. The command is /join den."
    assert hint in bob.type("join den")
    alice.type("/private on")
    assert hint not in bob.type("join den")
    alice.type("/private off")
    assert hint in bob.type("join den")
