"""The way in: what a client says before it has a name, and how it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256

from msgspec.structs import replace

from chatroom import __version__
from chatroom.core.values.commands import Authenticate, Local, Login, MarkRead, Ping, Pong, Quit, Rename, Request
from chatroom.core.values.errors import ChatError, UsernameInvalid
from chatroom.core.values.names import RoomName, Username, key, username
from chatroom.core.values.passwords import password as to_password
from chatroom.core.values.people import Profile
from chatroom.core.values.replies import Authenticated, Ok, Refused, Reply, Welcome
from chatroom.core.values.texts import MAX_REALNAME
from chatroom.wire.irc import caps, isupport
from chatroom.wire.irc.fitting import fitting
from chatroom.wire.irc.joining import entering
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.numerics import BY_CODE
from chatroom.wire.irc.requests import Write, request
from chatroom.wire.irc.session import IRCVisit

_NOT_OF_AN_IDENT = re.compile(r"[^A-Za-z0-9._-]")

NO_IDENT = "u"
"""The ident of somebody of whose login name no letter can be one of an ident."""

CLIENT = "IRC"
"""What a client is called among the devices of an account."""

Requests = Sequence[Request]
"""What a line asks for."""


def local(call: LabeledResponse, line: Line, *lines: str) -> Requests:
    """Answer, in turn, with *lines* that are known already."""
    return (request(call, line, Local(None), lambda session, reply: lines),)


def asked(call: LabeledResponse, line: Line, write: Write) -> Requests:
    """Answer, in turn, with what *write* returns then."""
    return (request(call, line, Local(None), write),)


# CAP.


def cap(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Negotiate capabilities."""
    word = line.params[0].upper() if line.params else ""
    arguments = line.params[1].split() if len(line.params) > 1 else []
    if word == "LS":
        return _cap_ls(session, line, call)
    if word == "LIST":
        some = list(caps.in_lines(caps.names(session.caps)))
        return local(call, line, *_cap_lines(session, "LIST", some))
    if word == "REQ":
        return _cap_req(session, line, call, arguments)
    if word == "END":
        session.negotiating = False
        given_up = session.sasl is not None
        session.sasl = None
        aborted = local(call, line, session.numeric("906", "You have not logged in")) if given_up else ()
        return (*aborted, *_come_in(session, line, call))
    shown = line.params[0] if line.params else "*"
    return local(
        call, line, session.numeric("410", shown, "There is no such subcommand of CAP; LS lists what there is")
    )


def _cap_ls(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    version = line.params[1] if len(line.params) > 1 else ""
    if not session.registered:
        session.negotiating = True
    if version.isdecimal() and version.isascii():
        # It never knows less than it did.
        session.version = max(session.version, int(version[:6]))
        if session.version >= 302:
            session.caps |= caps.CAP_NOTIFY
    some = list(caps.in_lines(caps.listed(session.version)))
    return local(call, line, *_cap_lines(session, "LS", some))


def _cap_lines(session: IRCVisit, word: str, some: Sequence[str]) -> Sequence[str]:
    *first, last = some
    several = session.version >= 302
    lines = [f":{session.server.name} CAP {session.target} {word} {'* ' * several}:{each}" for each in first]
    return [*lines, f":{session.server.name} CAP {session.target} {word} :{last}"]


def _cap_req(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    if not session.registered:
        session.negotiating = True
    now = caps.asked_for(words, session.caps)
    if now is not None and session.version >= 302:
        now |= caps.CAP_NOTIFY
    answer = "NAK" if now is None else "ACK"
    if now is not None:
        session.caps = now
    return local(call, line, f":{session.server.name} CAP {session.target} {answer} :{' '.join(words)}")


# Names.


def nick(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Take a name, or another one."""
    if not line.params or not line.params[0]:
        return local(call, line, session.numeric("431", "Say by what name you want to be called"))
    text = line.params[0]
    try:
        name = username(text)
    except UsernameInvalid as error:
        return local(call, line, session.numeric("432", *_word(text), str(error)))
    if session.registered:
        return (request(call, line, Rename(name), partial(_renamed, call=call)),)
    session.wanted = name
    return _come_in(session, line, call)


def _renamed(session: IRCVisit, reply: Reply, call: LabeledResponse) -> Sequence[str]:
    """Tell who has another name now, unless that comes with what happens in their rooms."""
    if isinstance(reply, Refused):
        number = BY_CODE.get(reply.error.code, "432")
        return [session.numeric(number, getattr(reply.error, "username", "*"), str(reply.error))]
    assert isinstance(reply, Ok)
    if reply.name != (session.renaming or [session.nick])[-1]:
        session.renaming.append(Username(reply.name))
    # A room that has not told yet that they came tells that first, and what else has happened.
    if not (reply.event_follows or session.arriving):
        return session.renamed()
    if session.renaming:
        session.labels.wait(call, "NICK", key(session.renaming[-1]))
    return []


def _word(text: str) -> Sequence[str]:
    """Return *text* as a word of a reply, as far as it can be one."""
    return (text,) if text and " " not in text and not text.startswith(":") else ("*",)


def user(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Say who one is."""
    if session.registered:
        return local(call, line, session.numeric("462", "You are in already"))
    ident = line.params[0]
    realname = line.params[3]
    if not ident or not realname:
        return local(call, line, session.numeric("461", "USER", "Say who you are: USER <ident> 0 * :<real name>"))
    # A client takes it from the login of its user, who may never have chosen it, and can't ask for another one.
    session.user = _NOT_OF_AN_IDENT.sub("", ident)[: isupport.USERLEN] or NO_IDENT
    session.realname = fitting(realname, MAX_REALNAME).strip()
    return _come_in(session, line, call)


def password(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Keep what makes the client known again."""
    if session.registered:
        return local(call, line, session.numeric("462", "You are in already"))
    session.secret = line.params[0]
    return answered(session, line, call)


def _come_in(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Log in, if all is said that has to be."""
    if session.registered or session.negotiating or not (session.wanted and session.user):
        return answered(session, line, call)
    name = username(session.wanted)
    profile = Profile(session.realname, session.user, session.away or None)
    account, colon, secret = session.secret.partition(":")
    if session.account or not session.secret:
        again = session.recalled = session.replays and not session.account
        return (request(call, line, Login(name, profile=profile, client=CLIENT, again=again), welcomed),)
    if colon:
        try:
            shows = Authenticate(username(account), to_password(secret), client=CLIENT)
        except ChatError as error:
            return local(call, line, session.numeric("464", str(error)))
        return (request(call, line, shows, _shown), request(call, line, Login(name, profile=profile), welcomed))
    known = known_by(session)
    return (request(call, line, Login(name, known, profile=profile, client=CLIENT, guessable=True), welcomed),)


def known_by(session: IRCVisit) -> bytes:
    """Return by what somebody is known again who has given a secret of their own: it is worth nothing elsewhere."""
    return sha256(f"irc {key(session.wanted)} {session.secret}".encode()).digest()


def _shown(session: IRCVisit, reply: Reply) -> Sequence[str]:
    """Tell who has shown at the door that an account is theirs, if they have not."""
    if isinstance(reply, Refused):
        return [session.numeric("464", str(reply.error))]
    assert isinstance(reply, Authenticated), "or it is refused"
    session.account = reply.username
    return [session.numeric("900", "*", reply.username, f"You are {reply.username}")]


def answered(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Answer with nothing; who has given the line a label is told that it has come."""
    return local(call, line) if call.label is not None else ()


def welcomed(session: IRCVisit, reply: Reply) -> Sequence[str]:
    """Tell who has come in all that a client wants to know first."""
    if not isinstance(reply, Welcome):
        assert isinstance(reply, Refused)
        return _not_welcomed(session, reply.error)
    session.registered = True
    session.nick = reply.username
    if reply.account:
        session.account = reply.username
    server = session.server
    # Of a seat that was held, it is in rooms already.
    session.further += tuple(Request(entering(session, room)) for room in reply.rooms)
    return [
        session.numeric("001", f"Welcome to {server.network}, {session.mask}"),
        session.numeric("002", f"Your host is {server.name}, running chatroom {__version__}"),
        session.numeric("003", f"This server runs since {server.created}"),
        session.numeric("004", server.name, f"chatroom-{__version__}", "Biw", "CIbceiklmnostv", "Ibeklov"),
        *isupport.lines(session),
        *users(session),
        *message_of_the_day(session),
    ]


def _not_welcomed(session: IRCVisit, error: ChatError) -> Sequence[str]:
    if error.code == "too-many-tries":
        return [session.numeric("464", str(error))]
    wanted, session.wanted = session.wanted, ""
    number = {"username-taken": "433", "password-required": "433"}.get(error.code, "432")
    if error.code == "password-required":
        how = "log in by SASL, or choose another"
        return [session.numeric(number, wanted, f"{wanted} is registered; {how}")]
    return [session.numeric(number, wanted, str(error))]


def users(session: IRCVisit, *, counted: bool = False) -> Sequence[str]:
    """Tell how many there are, also of those who have to be *counted*."""
    now = session.server.counts()
    users, most = str(now.users), str(now.most)
    lines = [session.numeric("251", f"There are {users} users and 0 invisible on 1 server")]
    if counted:
        unknown, operators = session.server.counted()
        lines.append(session.numeric("252", str(operators), "operators"))
        lines.append(session.numeric("253", str(unknown), "connections without a name"))
    return [
        *lines,
        session.numeric("254", str(now.rooms), "rooms"),
        session.numeric("255", f"I have {users} clients and 0 servers"),
        session.numeric("265", users, most, f"{users} users here, {most} at most"),
        session.numeric("266", users, most, f"{users} users in all, {most} at most"),
    ]


def message_of_the_day(session: IRCVisit) -> Sequence[str]:
    """Tell what the operator has to say to all who come in."""
    if not session.server.motd:
        return [session.numeric("422", "There is no message of the day")]
    return [
        session.numeric("375", f"- {session.server.name} Message of the day -"),
        *(session.numeric("372", f"- {line}") for line in session.server.motd.split("\n")),
        session.numeric("376", "End of the message of the day"),
    ]


# Signs of life, and the end.


def ping(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Give a sign of life behind all that was caused before."""
    if not line.params or not line.params[0]:
        return local(call, line, session.numeric("409", "Say what is to come back: PING <token>"))
    token = line.params[0]

    def pong(session: IRCVisit, reply: Reply) -> Sequence[str]:
        return [f":{session.server.name} PONG {session.server.name} :{token}"]

    return (request(call, line, Ping(shown=True), pong),)


def pong(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Take a sign of life, which nobody answers; one of ours shows what has come."""
    if not (session.asked and line.params and line.params[-1] == session.asked[0]):
        return (*answered(session, line, call), Request(Pong()))
    _, shown = session.asked
    session.asked = None
    return (*answered(session, line, call), Request(Pong(), granted=True), *_read(session, line, call, shown))


def _read(session: IRCVisit, line: Line, call: LabeledResponse, shown: Mapping[RoomName, int]) -> Requests:
    """Mark what was *shown* and has come; that is granted, as the server has asked for it."""
    read: list[Request] = []
    for room, seq in shown.items():
        if room in session.rooms.values() and session.confirmed.get(room, 0) < seq:
            session.confirmed[room] = seq
            marks = request(call, line, MarkRead(room, seq), lambda session, reply: ())
            read.append(replace(marks, granted=True))
    return read


def quit(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:  # noqa: A001
    """Go."""
    text = line.params[0] if line.params else ""
    return (
        *_read(session, line, call, session.shown),
        request(call, line, Quit(fitting(text)), goodbye),
    )


def goodbye(session: IRCVisit, reply: Reply) -> Sequence[str]:
    """Say that the connection is over."""
    del reply
    return [f"ERROR :Closing link: {session.target} (Quit)"]


def ignored(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Do nothing: it is for other kinds of servers."""
    return answered(session, line, call)
