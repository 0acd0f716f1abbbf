"""The commands of IRC: a row each, from which ``HELP`` and the manual come."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from chatroom.core.values.commands import History, Local, MarkRead, ShowRoom, Who, WhoIs
from chatroom.core.values.errors import ChatError
from chatroom.wire.irc import (
    accounts,
    company,
    history,
    info,
    marking,
    modes,
    monitoring,
    people,
    profile,
    redaction,
    registration,
    rooms,
    searching,
    talk,
)
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import Asked
from chatroom.wire.irc.session import IRCVisit

Read = Callable[[IRCVisit, Line, LabeledResponse], Requests]
"""What reads a line with a command."""


class CommandRow(NamedTuple):
    """A command: what *read* returns for it, its fewest parameters (*least*), how it is written, and its *purpose*.

    An *early* one may come before one has a name.
    """

    read: Read
    least: int
    usage: str
    purpose: str
    early: bool = False


def help_of(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell how a command is written, or which there are."""
    subject = line.params[0] if line.params and line.params[0] else "*"
    if subject == "*":
        words = [" ".join(some) for some in _in_eights(sorted(COMMANDS))]
        texts = ["These are the commands; HELP <command> tells how one is written.", *words]
    elif row := COMMANDS.get(subject.upper()):
        texts = [f"{subject.upper()} {row.usage}".rstrip(), f"{row.purpose}."]
    else:
        return local(call, line, session.numeric("524", subject, "There is no help about that"))
    first, *others = texts
    lines = [session.numeric("704", subject, first), *(session.numeric("705", subject, text) for text in others)]
    return local(call, line, *lines, session.numeric("706", subject, "End of the help"))


def _in_eights(words: list[str]) -> list[list[str]]:
    return [words[start : start + 8] for start in range(0, len(words), 8)]


COMMANDS: dict[str, CommandRow] = {
    "CAP": CommandRow(
        registration.cap, 0, "LS 302 | LIST | REQ :<words> | END", "Agree on what both sides can do", early=True
    ),
    "PASS": CommandRow(registration.password, 1, "<secret>", "Be known again by a secret of your own", early=True),
    "NICK": CommandRow(registration.nick, 0, "<name>", "Take a name", early=True),
    "USER": CommandRow(registration.user, 4, "<ident> 0 * :<real name>", "Say who you are", early=True),
    "WEBIRC": CommandRow(
        registration.ignored, 0, "…", "Nothing: who comes by a proxy is told by its own protocol", early=True
    ),
    "PROTOCTL": CommandRow(registration.ignored, 0, "…", "Nothing: CAP is for that", early=True),
    "PING": CommandRow(
        registration.ping, 0, "<token>", "Be answered by PONG when all you caused before is over", early=True
    ),
    "PONG": CommandRow(registration.pong, 0, "<token>", "Answer a PING", early=True),
    "QUIT": CommandRow(registration.quit, 0, ":<text>", "Go", early=True),
    "ISUPPORT": CommandRow(info.tokens, 0, "", "Be told again what the server can do", early=True),
    "JOIN": CommandRow(
        rooms.join, 1, "#<room>[,#<room>] [<key>[,<key>]] | 0", "Enter rooms, which are made if there are none"
    ),
    "PART": CommandRow(rooms.part, 1, "#<room>[,#<room>] [:<text>]", "Leave rooms"),
    "NAMES": CommandRow(rooms.names, 0, "#<room>[,#<room>]", "List who is in a room"),
    "TOPIC": CommandRow(rooms.topic, 1, "#<room> [:<topic>]", "Tell or set what a room is about"),
    "LIST": CommandRow(rooms.list_rooms, 0, "[<mask>[,<mask>]][,<n][,>n]", "List the rooms"),
    "KICK": CommandRow(company.kick, 2, "#<room> <name>[,<name>] [:<reason>]", "Put somebody out of a room"),
    "INVITE": CommandRow(
        company.invite, 0, "[<name> #<room>]", "Ask somebody into a room, or be told where you were asked to come"
    ),
    "PRIVMSG": CommandRow(talk.message, 0, "<target>[,<target>] :<text>", "Say something to a room or to somebody"),
    "NOTICE": CommandRow(talk.message, 0, "<target>[,<target>] :<text>", "Say what nobody should answer"),
    "TAGMSG": CommandRow(talk.tagmsg, 1, "<target>[,<target>]", "Show tags alone: that you type, or like a message"),
    "BATCH": CommandRow(
        talk.batch, 1, "+<word> draft/multiline <target> | -<word>", "Begin or end a text of several lines", early=True
    ),
    "CHATHISTORY": CommandRow(
        history.chathistory, 1, "LATEST|BEFORE|AFTER|AROUND|BETWEEN <target> <message> … <limit>", "Read what was said"
    ),
    "SEARCH": CommandRow(searching.search, 1, "in=#<room>;text=<words>;from=<name>;limit=<n>", "Find what was said"),
    "MARKREAD": CommandRow(marking.markread, 0, "<target> [timestamp=<time>]", "Tell or set how far you have read"),
    "REDACT": CommandRow(redaction.redact, 2, "<target> <msgid> [:<reason>]", "Take a message back"),
    "AWAY": CommandRow(profile.away, 0, "[:<why>]", "Say that you are away, or back", early=True),
    "SETNAME": CommandRow(profile.setname, 1, ":<real name>", "Take another real name"),
    "WHO": CommandRow(people.who, 0, "#<room> | <mask> [%<fields>[,<token>]]", "List people"),
    "WHOIS": CommandRow(people.whois, 1, "<name>[,<name>]", "Be told who somebody is"),
    "WHOWAS": CommandRow(people.whowas, 0, "<name> [<n>]", "Be told who had a name lately"),
    "USERHOST": CommandRow(people.userhost, 1, "<name> …", "Be told where people come from, by cloaks"),
    "ISON": CommandRow(people.ison, 1, "<name> …", "Be told which of some people are here"),
    "MONITOR": CommandRow(
        monitoring.monitor, 1, "+ <names> | - <names> | C | L | S", "Be told when people come and go"
    ),
    "MODE": CommandRow(modes.mode, 1, "#<room> | <yourself> [<changes> …]", "Tell or change how a room is, or you are"),
    "AUTHENTICATE": CommandRow(
        accounts.authenticate, 1, "PLAIN | EXTERNAL | <base64> | *", "Log in by SASL", early=True
    ),
    "REGISTER": CommandRow(accounts.register, 3, "* * <password>", "Make your name your own", early=True),
    "VERIFY": CommandRow(accounts.verify, 0, "<account> <code>", "Nothing: nothing has to be verified", early=True),
    "OPER": CommandRow(accounts.oper, 2, "<name> <password>", "Be an operator, by the password of one's account"),
    "KILL": CommandRow(accounts.kill, 1, "<name> [:<reason>]", "Hang up on somebody; for operators"),
    "WALLOPS": CommandRow(accounts.wallops, 1, ":<text>", "Show a text to everybody; for operators"),
    "LUSERS": CommandRow(info.lusers, 0, "", "Count people and rooms"),
    "MOTD": CommandRow(info.motd, 0, "", "Be told what the operator has to say"),
    "VERSION": CommandRow(info.version, 0, "", "Be told what runs here"),
    "TIME": CommandRow(info.time, 0, "", "Be told the time"),
    "ADMIN": CommandRow(info.admin, 0, "", "Be told who runs the server"),
    "INFO": CommandRow(info.info, 0, "", "Be told what kind of server this is"),
    "LINKS": CommandRow(info.links, 0, "", "Be told nothing: a chat is one, however many servers it has"),
    "MAP": CommandRow(info.map_of, 0, "", "Be told the one server that there is"),
    "STATS": CommandRow(info.stats, 0, "[<letter>]", "Be told nothing: the operator has metrics"),
    "USERS": CommandRow(info.users_of, 0, "", "Be told nothing: it is about logins to a machine"),
    "KNOCK": CommandRow(info.knock, 1, "#<room>", "Be told how one gets in where only the invited do"),
    "NS": CommandRow(talk.service("nickserv"), 0, "<text>", "Say something to NickServ"),
    "NICKSERV": CommandRow(talk.service("nickserv"), 0, "<text>", "The same"),
    "CS": CommandRow(talk.service("chanserv"), 0, "<text>", "Say something to ChanServ, as DROP #<room>"),
    "CHANSERV": CommandRow(talk.service("chanserv"), 0, "<text>", "The same"),
    "HELP": CommandRow(help_of, 0, "[<command>]", "Be told how a command is written"),
    "HELPOP": CommandRow(help_of, 0, "[<command>]", "The same"),
}


GRANTED = frozenset((ShowRoom, Who, WhoIs, MarkRead, History, Local))
"""What a client asks by itself when it comes into a room."""


def requests(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Return what *line* asks for."""
    if (session.multiline and line.command not in ("BATCH", "PONG", "PING")) or "batch" in line.tags:
        if session.multiline:
            return talk.more(session, line, call)
        return local(call, line, session.fail("BATCH", "MULTILINE_INVALID", "No text has begun"))
    row = COMMANDS.get(line.command)
    if not session.registered and (row is None or not row.early):
        return local(call, line, session.numeric("451", "Say who you are first: NICK and USER"))
    if row is None:
        return local(
            call, line, session.numeric("421", line.command, "There is no such command; HELP lists those there are")
        )
    if len(line.params) < row.least:
        usage = f"That needs more: {line.command} {row.usage}"
        return local(call, line, session.numeric("461", line.command, usage))
    try:
        asked = row.read(session, line, call)
        if 0 < len(asked) <= session.purse and {type(request.command) for request in asked} <= GRANTED:
            session.purse -= len(asked)
            return tuple(replace(request, granted=True) for request in asked)
        return asked
    except ChatError as error:
        return local(call, line, *refused(session, Asked(call, line), None, error))
