"""What somebody says of themselves, and whom that is shown to."""

from __future__ import annotations

from msgspec.structs import replace

from chatroom.core.values.commands import Describe
from chatroom.core.values.people import Profile
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.visit.rule import Ask


async def describe(ask: Ask, command: Describe) -> Reply:
    """Change what *command* names of the profile of the visitor."""
    lobby, seat = ask.lobby, ask.seat
    user = seat.user
    if command.away or command.realname:
        # Whoever asks for it is shown it. (Where few may speak, only those in the room are not.)
        seat.admit()
        for reader in user.readers:
            reader.room.standing.refuse_muted(user.username, user.identity, seat.host, seat)
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
    return Ok(seat.username)
