"""Accounts: to make one, to show that one is one's own, and what operators do."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Mapping, Sequence

from chatroom.core.values import texts
from chatroom.core.values.commands import (
    Authenticate,
    ChangePassword,
    Command,
    Devices,
    Disconnect,
    Notify,
    Operate,
    Register,
    Trust,
    Unregister,
)
from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import key, username
from chatroom.core.values.passwords import password
from chatroom.core.values.replies import Authenticated, DeviceList, Refused, Registered, Reply
from chatroom.wire.irc import caps
from chatroom.wire.irc.fitting import fitting, unformatted
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import Asked, request
from chatroom.wire.irc.session import IRCVisit, Sasl

MECHANISMS = "PLAIN,EXTERNAL"
"""The ways of SASL: by a password, and by the certificate that the connection has shown in TLS."""

PIECE = 400
"""Characters of base64 in one line; one that is shorter is the last."""

MOST = 4 * PIECE
"""Characters of base64 in all, at most."""

SERVICE = "NickServ"
"""Who is told what makes an account, where a client knows nothing else: it is nobody."""

REGISTER = "REGISTER"


# SASL.


def authenticate(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Show by SASL that an account is one's own."""
    word = line.params[0]
    if session.account:
        return local(call, line, session.numeric("907", "You are logged in already"))
    if not session.has(caps.SASL):
        return local(call, line, session.numeric("904", "Ask for the capability sasl first"))
    if session.sasl is None:
        mechanism = word.upper()
        if mechanism not in _READERS:
            available = session.numeric("908", MECHANISMS, "are the mechanisms that there are")
            return local(call, line, available, session.numeric("904", "That mechanism is none of them"))
        session.sasl = Sasl(mechanism)
        return local(call, line, "AUTHENTICATE +")
    if word == "*":
        session.sasl = None
        return local(call, line, session.numeric("906", "You have not logged in"))
    if len(word) > PIECE:
        session.sasl = None
        return local(call, line, session.numeric("905", "That is too long"))
    session.sasl.written += "" if word == "+" else word
    if len(session.sasl.written) > MOST:
        session.sasl = None
        return local(call, line, session.numeric("905", "That is too long"))
    if len(word) == PIECE:
        return ()
    done, session.sasl = session.sasl, None
    try:
        command = _READERS[done.mechanism](b64decode(done.written, validate=True).decode())
    except (Error, ValueError, ChatError):
        return local(call, line, session.numeric("904", f"That is not how {done.mechanism} is written"))
    return (request(call, line, command, _shown),)


def _plain(written: str) -> Command:
    """Return the request that is *written* as PLAIN is (RFC 4616).

    :raises ValueError: if it is written otherwise.
    :raises chatroom.core.values.errors.ChatError: if nobody can have such a name or password.
    """
    for_whom, who, secret = written.split("\0")
    name = username(who)
    if for_whom and key(username(for_whom)) != key(name):
        raise ValueError("nobody logs in for another one")
    return Authenticate(name, password(secret), client="IRC")


def _external(written: str) -> Command:
    """Return the request that is *written* as EXTERNAL is (RFC 4422): for whom one comes, or nothing."""
    return Authenticate(username(written) if written else None, client="IRC", certificate=True)


_READERS: Mapping[str, Callable[[str], Command]] = {"PLAIN": _plain, "EXTERNAL": _external}


def _shown(session: IRCVisit, reply: Reply) -> Sequence[str]:
    if isinstance(reply, Refused):
        return [session.numeric("904", str(reply.error))]
    assert isinstance(reply, Authenticated), "or it is refused"
    return logged_in(session, reply, session.numeric("903", "You are logged in"))


def logged_in(session: IRCVisit, reply: Authenticated, *further: str) -> Sequence[str]:
    """Tell whose account it is, what is *further* to be told, and at last that one has another name by it."""
    name = session.account = reply.username
    lines = [session.numeric("900", session.mask if session.registered else "*", name, f"You are {name}"), *further]
    if session.registered and session.nick != name:
        person = session.server.person(name)
        lines.append(f":{session.nick}!{person.ident}@{person.host} NICK {name}")
        session.called(name)
    return lines


# An account of one's own.


def register(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Make the name one's own."""
    wanted, _, secret = line.params[:3]
    name = session.nick if session.registered else session.wanted
    if not name or name == "*":
        return local(call, line, session.fail(REGISTER, "NEED_NICK", wanted, "Say first by what name: NICK <name>"))
    if wanted != "*" and wanted.lower() != name.lower():
        said = "The account is called as you are; take that name first"
        return local(call, line, session.fail(REGISTER, "ACCOUNT_NAME_MUST_BE_NICK", wanted, said))

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return [_not_registered(session, name, reply.error)]
        assert isinstance(reply, Registered), "or it is refused"
        session.account = reply.account
        return [session.says(REGISTER, "SUCCESS", reply.account, f"{reply.account} is yours now")]

    try:
        new = password(secret)
        command = Register(new) if session.registered else Register(new, username(name))
    except ChatError as error:
        return local(call, line, _not_registered(session, name, error))
    return (request(call, line, command, write),)


def _not_registered(session: IRCVisit, name: str, error: ChatError) -> str:
    codes = {
        "account-exists": "ACCOUNT_EXISTS",
        "username-taken": "ACCOUNT_EXISTS",
        "password-required": "ACCOUNT_EXISTS",
        "password-invalid": "WEAK_PASSWORD",
        "username-invalid": "BAD_ACCOUNT_NAME",
    }
    return session.fail(REGISTER, codes.get(error.code, "TEMPORARILY_UNAVAILABLE"), name, str(error))


def verify(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Say that nothing is to be verified."""
    name = line.params[0] if line.params else "*"
    return local(call, line, session.fail("VERIFY", "INVALID_CODE", name, "Nothing has to be verified here"))


# What is told to NickServ.


def nickserv(session: IRCVisit, line: Line, call: LabeledResponse, text: str) -> Requests:
    """Do what somebody asks a service for, who is used to that."""
    word, *words = text.split() or ["HELP"]
    try:
        row = _SERVICE.get(word.upper())
        command = row[1](session, words) if row and len(words) >= row[0] else None
        if command is None:
            return local(call, line, *(_answer(session, each) for each in HELP))
        return (request(call, line, command, _served),)
    except ChatError as error:
        return local(call, line, _answer(session, str(error)))


HELP = (
    "IDENTIFY [<account>] <password> logs you in; SASL does that before anybody sees you.",
    "REGISTER <password> makes your name yours.",
    "PASSWD <old> <new> changes your password.",
    "DROP <password> gives up your account.",
    "CERT ADD lets the certificate that your client has shown in TLS log you in.",
    "SESSIONS lists your devices.",
)
"""What it can be told."""

_SERVICE: dict[str, tuple[int, Callable[[IRCVisit, Sequence[str]], Command | None]]] = {
    "IDENTIFY": (
        1,
        lambda session, words: Authenticate(
            username(words[0]) if len(words) > 1 else session.nick, password(words[-1]), client="IRC"
        ),
    ),
    "REGISTER": (1, lambda session, words: Register(password(words[0]))),
    "PASSWD": (2, lambda session, words: ChangePassword(password(words[0]), password(words[1]))),
    "DROP": (1, lambda session, words: Unregister(password(words[0]))),
    "CERT": (1, lambda session, words: Trust() if words[0].upper() == "ADD" else None),
    "SESSIONS": (0, lambda session, words: Devices()),
}


def _served(session: IRCVisit, reply: Reply) -> Sequence[str]:
    match reply:
        case Refused(error):
            return [_answer(session, str(error))]
        case Authenticated():
            return logged_in(session, reply)
        case Registered(account):
            session.account = account
            return [_answer(session, f"{account} is yours now.")]
        case DeviceList(devices):
            rows = [f"{each.device}: {each.client or each.door} from {each.host}" for each in devices]
            return [_answer(session, row) for row in rows]
    return [_answer(session, "Done.")]


def _answer(session: IRCVisit, text: str) -> str:
    return f":{SERVICE}!{SERVICE}@{session.server.name} NOTICE {session.target} :{text}"


# What operators do.


def oper(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Be an operator from now on."""

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return [session.numeric("464", str(reply.error))]
        session.modes = "".join(sorted({*session.modes, "o"}))
        return [f":{session.nick} MODE {session.nick} :+o", session.numeric("381", "You are an operator now")]

    try:
        command = Operate(username(line.params[0]), password(line.params[1]))
    except ChatError as error:
        return local(call, line, session.numeric("464", str(error)))
    return (request(call, line, command, write),)


def kill(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Hang up on somebody."""
    name = username(line.params[0])
    why = fitting(line.params[1]) if len(line.params) > 1 else ""
    return (request(call, line, Disconnect(username=name, reason=why), _by_operator(call, line)),)


def wallops(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Show a text to everybody."""
    return (request(call, line, Notify(texts.message(unformatted(line.params[0]))), _by_operator(call, line)),)


def _by_operator(call: LabeledResponse, line: Line) -> Callable[[IRCVisit, Reply], Sequence[str]]:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            if reply.error.code == "not-allowed":
                return [session.numeric("481", str(reply.error))]
            return refused(session, Asked(call, line), None, reply.error)
        return []

    return write
