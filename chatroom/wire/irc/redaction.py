"""REDACT: messages that are taken back."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Redact, ShowRoom
from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import key
from chatroom.core.values.replies import Ok, Refused, Reply
from chatroom.wire.irc.fitting import fitting
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line, formatted
from chatroom.wire.irc.places import Wrong, place_of
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.irc.speech import read_msgid

REDACT = "REDACT"


def redact(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Take a message back."""
    target, identity = line.params[:2]
    note = fitting(line.params[2]) if len(line.params) > 2 else ""
    epoch, seq = read_msgid(identity) or ("", -1)

    def unknown() -> str:
        return session.fail(REDACT, "UNKNOWN_MSGID", target, identity, "There is no such message here")

    def not_there(session: IRCVisit, reply: Reply) -> Sequence[str]:
        return [_not_redacted(session, target, identity, reply.error) if isinstance(reply, Refused) else unknown()]

    try:
        place = place_of(target)
    except Wrong as error:
        return local(call, line, session.fail(REDACT, "INVALID_TARGET", target, error.sentence))
    is_ours = place.room is None or epoch == session.server.epoch(place.room)
    if not is_ours or seq < 0:
        if place.room is None:
            return local(call, line, unknown())
        # Whether there is such a room is for those to know who may.
        return (request(call, line, ShowRoom(place.room), not_there),)

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return [_not_redacted(session, target, identity, reply.error)]
        assert isinstance(reply, Ok)
        if reply.event_follows and place.room is not None:
            session.labels.wait(call, REDACT, key(place.room), str(seq))
            return []
        return [formatted(f":{session.mask}", REDACT, target, identity, *([note] if note else []))]

    command = Redact(place.room, seq=seq, reason=note, other=place.other)
    return (request(call, line, command, write),)


def _not_redacted(session: IRCVisit, target: str, identity: str, error: ChatError) -> str:
    match error.code:
        case "not-allowed":
            return session.fail(REDACT, "REDACT_FORBIDDEN", target, identity, str(error))
        case "no-such-room" | "no-such-user" | "password-required":
            return session.fail(REDACT, "INVALID_TARGET", target, str(error))
    return session.fail(REDACT, "UNKNOWN_MSGID", target, identity, str(error))
