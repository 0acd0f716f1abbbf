"""What somebody says of themselves, and whom that is shown to."""

from __future__ import annotations

from msgspec.structs import replace

from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.seat import Seat
from chatroom.core.values.commands import Describe
from chatroom.core.values.people import Profile


def describe(lobby: Lobby, seat: Seat, command: Describe) -> None:
    """Change what *command* names of the profile of whoever has *seat*."""
    user = seat.user
    old = user.profile or Profile()
    given = {
        "realname": command.realname,
        "away": command.away,
        "bot": command.bot,
        "invisible": command.invisible,
    }
    new = replace(old, **{name: value for name, value in given.items() if value is not None})
    if new.away == "":
        new = replace(new, away=None)
    if new != old:
        before = user.person
        user.describe(new)
        lobby.people.changed(user, before, seat)
