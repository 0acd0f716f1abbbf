"""MONITOR: to be told when people come and go."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Monitor
from chatroom.core.values.limits import MONITORED
from chatroom.core.values.names import Username
from chatroom.core.values.people import Person
from chatroom.core.values.replies import Monitored, Reply
from chatroom.wire.irc import caps
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.people import named
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.session import IRCVisit


def monitor(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Be told when people come and go."""
    word = line.params[0].upper()
    targets = line.params[1].split(",") if len(line.params) > 1 else []
    wrong = [target for target in targets if target and not named([target])]
    names = named([target for target in targets if target])

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        assert isinstance(reply, Monitored), "nothing else answers that"
        if word == "L":
            lines = [_list(session, "732", some) for some in caps.in_lines(reply.usernames)] if reply.usernames else []
            return [*lines, session.numeric("733", "End of the list")]
        lines = [*online(session, reply.online), *offline(session, reply.offline)]
        if reply.refused:
            most = str(MONITORED)
            lines.append(session.numeric("734", most, ",".join(reply.refused), "Your list is full"))
        return lines

    match word:
        case "+":
            command = Monitor(add=names)
        case "-":
            command = Monitor(remove=names)
        case "C":
            command = Monitor(clear=True)
        case "S":
            command = Monitor(status=True)
        case "L":
            command = Monitor()
        case _:
            usage = "MONITOR + <names>, - <names>, C, L or S"
            return local(call, line, session.numeric("400", "MONITOR", usage))
    if wrong and word == "+":
        return (
            *local(call, line, *offline_words(session, wrong)),
            *((request(call, line, command, write),) if names else ()),
        )
    return (request(call, line, command, write),)


def _list(session: IRCVisit, number: str, words: str) -> str:
    return f":{session.server.name} {number} {session.target} :{words.replace(' ', ',')}"


def online(session: IRCVisit, people: Sequence[Person]) -> Sequence[str]:
    """Tell that *people* are here."""
    return [_list(session, "730", some) for some in caps.in_lines(person.source for person in people)] if people else []


def offline(session: IRCVisit, usernames: Sequence[Username]) -> Sequence[str]:
    """Tell that nobody is called by *usernames*."""
    return offline_words(session, usernames)


def offline_words(session: IRCVisit, words: Sequence[str]) -> Sequence[str]:
    """Tell that nobody is called by *words*, whatever they are."""
    return [_list(session, "731", some) for some in caps.in_lines(words)] if words else []
