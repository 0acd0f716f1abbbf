"""How much of what was said before a client is shown of a room, unasked."""

from __future__ import annotations

from chatroom.core.values.commands import Join
from chatroom.core.values.names import RoomName
from chatroom.wire.irc import caps
from chatroom.wire.irc.session import IRCVisit


def entering(session: IRCVisit, room: RoomName) -> Join:
    """Return the request to enter *room*, with as much of what was said before as a client is to be shown unasked.

    That is nothing for one that can ask, that would take it for new, or that answers by itself; and nothing that it was
    shown before.
    """
    names = not session.has(caps.NO_IMPLICIT_NAMES)
    if not session.replays:
        return Join(room, backlog=0, names=names)
    return Join(room, backlog=session.server.replay, names=names, unread=session.is_known)
