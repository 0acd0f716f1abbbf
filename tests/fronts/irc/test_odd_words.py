"""Whatever words a client puts behind a command: what answers it is a line of IRC."""

from __future__ import annotations

from itertools import product

import pytest

from chatroom.wire.irc.commands import COMMANDS
from tests.fronts.irc.clients import ALL, IRCHouse

ODD = (":a b", ":", ":#a b", "::x", "x" * 220, "é" * 110, "a,b,,", ",", "*", "#tea", "#", "alice", "+bk", "%", "a\tb")


@pytest.mark.parametrize("name", COMMANDS)
def test_odd_words_are_answered_by_lines(name: str) -> None:
    for caps in ("", ALL):
        # It reads each line by the grammar.
        one = IRCHouse(accounts=True).client("alice", caps, "#tea")
        for words in [*product(ODD), *product(ODD, ODD), *product(["#tea", "alice", "*"], ["+b", "x"], ODD)]:
            if not one.peer.closed:
                one.send(" ".join([name, *words]))
