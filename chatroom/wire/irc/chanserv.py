"""What is told to ChanServ by those who are used to it: it is nobody, and a room is its owner's without it."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Delete
from chatroom.core.values.errors import ChatError
from chatroom.core.values.replies import Refused, Reply
from chatroom.wire.irc.channels import channel, room_of
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.session import IRCVisit

CHANSERV = "ChanServ"

HELP = (
    "Who makes a room owns it, and with an account goes on owning it; nothing has to be registered.",
    "MODE #room +o <name> makes somebody a moderator, MODE #room +b <mask> bans, TOPIC and KICK are as ever.",
    "DROP #room deletes a room of yours, with all that was said there.",
)
"""What it can be told."""

SURE = "YES"


def chanserv(session: IRCVisit, line: Line, call: LabeledResponse, text: str) -> Requests:
    """Delete a room of one's own, or tell how rooms are one's own."""
    word, *words = text.split() or ["HELP"]
    if word.upper() != "DROP" or not words:
        return local(call, line, *(_answer(session, each) for each in HELP))
    try:
        room = room_of(words[0])
    except ChatError as error:
        return local(call, line, _answer(session, str(error)))
    if [word.upper() for word in words[1:]] != [SURE]:
        return local(
            call, line, _answer(session, f"All that was said there goes. DROP {channel(room)} {SURE} does it.")
        )

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        said = str(reply.error) if isinstance(reply, Refused) else f"{channel(room)} is deleted."
        return [_answer(session, said)]

    return (request(call, line, Delete(room), write),)


def _answer(session: IRCVisit, text: str) -> str:
    return f":{CHANSERV}!{CHANSERV}@{session.server.name} NOTICE {session.target} :{text}"
