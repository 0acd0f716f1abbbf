"""The welcome names every mode that there is."""

from __future__ import annotations

from chatroom.wire.irc.modes import ALWAYS, FLAGS, LISTS, ROLES
from chatroom.wire.irc.user_modes import SETTABLE
from tests.fronts.house import House


def test_the_welcome_names_every_mode() -> None:
    lines = House().connect().type("NICK alice", "USER alice 0 * :Alice")
    [words] = [line.split() for line in lines if line.split()[1] == "004"]
    of_people, of_rooms, with_words = words[5:]
    assert of_people == SETTABLE
    assert of_rooms == "".join(sorted({*ALWAYS, *FLAGS, *LISTS, *ROLES, *"kl"}))
    assert with_words == "".join(sorted({*LISTS, *ROLES, *"kl"}))
