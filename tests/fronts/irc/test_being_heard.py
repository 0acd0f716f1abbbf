"""What clients of IRC are shown of somebody who may not speak: that they come and go, and no text of theirs."""

from __future__ import annotations

import pytest

from tests.fronts.irc.clients import ALL, IRCHouse


@pytest.mark.parametrize("restraint", ["+m", "+b m:alice!*@*"])
def test_who_may_not_speak_comes_and_goes_without_a_text(restraint: str) -> None:
    house = IRCHouse()
    owner, one, other = (
        house.client("owner", "", "#milk"),
        house.client("alice", ALL),
        house.client("carol", ALL, "#milk"),
    )
    owner.send(f"MODE #milk {restraint}")
    one.send("AWAY :psst", "SETNAME :psst")
    house.quiet(other)
    one.send("JOIN #milk", "PART #milk :psst", "JOIN #milk")
    one.send("@+psst=psst TAGMSG #milk")
    one.send("NICK psst", "AWAY", "AWAY :psst", "SETNAME :psst", "QUIT :psst")
    heard = other.heard()
    assert heard[:3] == ["alice: JOIN #milk * alice", "alice: PART #milk", "alice: JOIN #milk * alice"]
    assert "psst" not in " ".join(heard)
    assert heard[-1] == "alice: QUIT Quit"


def test_who_may_speak_does_so_also_when_they_go() -> None:
    house = IRCHouse()
    one, other = house.client("alice", ALL), house.client("carol", ALL, "#milk")
    one.send("AWAY :out", "SETNAME :Alice B.")
    house.quiet(other)
    one.send("JOIN #milk", "PART #milk :so long")
    assert other.heard() == ["alice: JOIN #milk * Alice B.", "alice: AWAY out", "alice: PART #milk so long"]
