"""KICK and INVITE: who is to go, and who is to come."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Invite, Kick, Request
from chatroom.core.values.errors import RoomInvalid, UsernameInvalid
from chatroom.core.values.names import RoomName, Username, key, username
from chatroom.core.values.replies import Ok, Refused, Reply
from chatroom.wire.irc.channels import CHANNEL, channel, room_of
from chatroom.wire.irc.fitting import fitting
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import Asked, request
from chatroom.wire.irc.session import IRCVisit


def kick(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Put people out of a room, or one out of each of several."""
    targets, names = line.params[0].split(","), line.params[1].split(",")
    if len(targets) == 1:
        targets *= len(names)
    if len(targets) != len(names):
        said = "Say whom: several names for one room, or one name for each room"
        return local(call, line, session.numeric("461", "KICK", said))
    reason = fitting(line.params[2]) if len(line.params) > 2 else ""
    requests: list[Request] = []
    for target, name in zip(targets, names, strict=True):
        try:
            requests.append(_kicked(call, line, room_of(target), name, reason))
        except UsernameInvalid as error:
            requests += local(call, line, session.numeric("401", name or "*", str(error)))
        except RoomInvalid as error:
            requests += local(call, line, session.numeric("403", target or "*", str(error)))
    return requests


def _kicked(call: LabeledResponse, line: Line, room: RoomName, name: str, reason: str) -> Request:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Kick(room, Username(name)), reply.error)
        assert isinstance(reply, Ok)
        if reply.event_follows:
            session.labels.wait(call, "KICK", key(room), key(username(name)))
            return []
        return [f":{session.mask} KICK {CHANNEL}{reply.name} {name} :{reason or session.nick}"]

    return request(call, line, Kick(room, username(name), reason), write)


def invite(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Ask somebody into a room, or be told where one was asked to come."""
    if len(line.params) < 2:
        rooms = [session.numeric("336", channel(room)) for room in session.invited.values()]
        return local(call, line, *rooms, session.numeric("337", "End of the list"))
    name, target = line.params[:2]

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Invite(room, Username(name)), reply.error)
        return [session.numeric("341", name, target)]

    room = room_of(target)
    return (request(call, line, Invite(room, username(name)), write),)
