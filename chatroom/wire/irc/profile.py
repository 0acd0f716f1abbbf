"""What people say of themselves."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Describe
from chatroom.core.values.replies import Refused, Reply
from chatroom.core.values.texts import MAX_REALNAME
from chatroom.wire.irc import caps
from chatroom.wire.irc.fitting import fitting
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import Asked, request
from chatroom.wire.irc.session import IRCVisit


def away(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Say that one is away, or back."""
    text = fitting(line.params[0]).strip() if line.params else ""
    if not session.registered:
        # It holds from the login on.
        session.away = text
        return local(call, line, _away(session, text))

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Describe(), reply.error)
        return [_away(session, text)]

    return (request(call, line, Describe(away=text), write),)


def _away(session: IRCVisit, text: str) -> str:
    if text:
        return session.numeric("306", "You are away now")
    return session.numeric("305", "You are away no longer")


def setname(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Take another real name."""
    realname = fitting(line.params[0], MAX_REALNAME).strip()

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return [session.fail("SETNAME", "INVALID_REALNAME", str(reply.error))]
        # Others are told by an event, who share a room; this connection is told in any case.
        return [f":{session.mask} SETNAME :{realname}"] if session.has(caps.SETNAME) else []

    return (request(call, line, Describe(realname=realname), write),)
