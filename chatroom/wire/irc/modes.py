"""MODE: how a room is, and who may do what there."""

from __future__ import annotations

from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.people import user_mode
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.session import Call, Session, is_channel, room_of


def mode(session: Session, line: Line, call: Call) -> Requests:
    """Tell or change how a room is, or oneself."""
    if not is_channel(line.params[0]):
        return user_mode(session, line, call)
    room = room_of(line.params[0])
    del room
    return local(call, line)
