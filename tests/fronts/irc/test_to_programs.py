"""What IRC clients ask each other's programs comes through to nobody, and the sentence says so."""

from __future__ import annotations

import pytest

from tests.fronts.house import House


@pytest.mark.parametrize("target", ["#tea", "alice"])
def test_a_request_to_programs_comes_through_to_nobody(target: str) -> None:
    house = House()
    alice, bob = house.person("alice"), house.connect()
    alice.type("create tea")
    bob.type("NICK bob", "USER bob 0 * :Bob", "JOIN #tea")
    alice.lines()
    [answer] = bob.type(f"PRIVMSG {target} :\x01VERSION\x01")
    assert answer == f":chatroom.chat 404 bob {target} :Requests from program to program do not come through here\r"
    assert alice.lines() == []
