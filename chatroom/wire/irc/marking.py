"""MARKREAD: how far one has read."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import MarkRead
from chatroom.core.values.names import key
from chatroom.core.values.replies import MarkKept, Reply
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.places import Wrong, place_of
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.timestamps import milliseconds

MARKREAD = "MARKREAD"

MOST_READ = 100
"""People of whom it is known how far one has read them, at most."""


def markread(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell or set how far one has read."""
    if not line.params or not line.params[0]:
        return local(
            call, line, session.fail(MARKREAD, "NEED_MORE_PARAMS", "Say where: MARKREAD <target> [timestamp=…]")
        )
    target, at = line.params[0], None
    if len(line.params) > 1:
        word = line.params[1]
        at = milliseconds(word.removeprefix("timestamp=")) if word.startswith("timestamp=") else None
        if at is None:
            return local(
                call, line, session.fail(MARKREAD, "INVALID_PARAMS", target, "timestamp=<time> is what is wanted")
            )

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, MarkKept) or place.other is None:
            mark = reply.mark if isinstance(reply, MarkKept) else None
            return [session.marked(target, mark.at if mark else None)]
        # What people without an account tell each other is kept nowhere; this holds as long as the connection.
        if at is not None and len(session.read_of) < MOST_READ:
            session.read_of[key(place.other)] = max(at, session.read_of.get(key(place.other), 0))
        return [session.marked(target, session.read_of.get(key(place.other)))]

    try:
        place = place_of(target)
    except Wrong as error:
        return local(call, line, session.fail(MARKREAD, "INVALID_PARAMS", target, error.sentence))
    return (request(call, line, MarkRead(place.room, at=at, other=place.other), write),)
