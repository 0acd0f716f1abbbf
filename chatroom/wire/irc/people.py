"""Asking about people: who is there, and who somebody is or was."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom import __version__
from chatroom.core.values.commands import Command, Who, WhoIs, WhoWas
from chatroom.core.values.errors import ChatError, UsernameInvalid
from chatroom.core.values.names import RoomName, Username, username
from chatroom.core.values.people import Known
from chatroom.core.values.replies import Departed, People, Reply
from chatroom.wire.irc import caps
from chatroom.wire.irc.channels import channel, is_channel, room_of
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.rooms import prefix
from chatroom.wire.irc.session import IRCVisit

WHOX = "tcuihsnfdlaor"
"""The fields that WHOX may ask for, in the order in which they are answered."""

END_OF_WHO = "End of WHO"


def who(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """List people: those in a room, or who fit a mask."""
    mask = line.params[0] if line.params and line.params[0] else "*"
    option = line.params[1] if len(line.params) > 1 else ""
    fields, _, token = option.partition("%")[2].partition(",") if "%" in option else ("", "", "")
    try:
        asks = _who(mask)
    except ChatError:
        return local(call, line, session.numeric("315", mask, END_OF_WHO))

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if not isinstance(reply, People):
            return [session.numeric("315", mask, END_OF_WHO)]
        row = _whox if fields else _row
        lines = [row(session, reply.room, known, fields, token[:3]) for known in reply.people]
        if reply.more and isinstance(asks, Who):
            onwards = Who(asks.room, after=reply.last, full=True, mask=asks.mask)
            session.further += (request(call, line, onwards, write),)
            return lines
        return [*lines, session.numeric("315", mask, END_OF_WHO)]

    return (request(call, line, asks, write),)


def _who(mask: str) -> Command:
    if is_channel(mask):
        return Who(room_of(mask), full=True)
    if mask in ("*", "0"):
        return Who(full=True)
    if "*" in mask or "?" in mask or "!" in mask or "@" in mask:
        return Who(full=True, mask=mask)
    return WhoIs((username(mask),))


def _flags(session: IRCVisit, known: Known, *, in_room: bool) -> str:
    """Return how somebody is: here or gone, an operator, a bot, and what they are in the room."""
    there = "G" if known.person.away is not None or known.held else "H"
    role = prefix(known.role) if in_room else ""
    return there + "*" * known.operator + "B" * known.person.bot + role


def _row(session: IRCVisit, room: RoomName | None, known: Known, fields: str, token: str) -> str:
    del fields, token
    person = known.person
    return session.numeric(
        "352",
        channel(room) if room else "*",
        person.ident,
        person.host,
        session.server.name,
        person.username,
        _flags(session, known, in_room=room is not None),
        f"0 {person.realname or person.username}",
    )


def _whox(session: IRCVisit, room: RoomName | None, known: Known, fields: str, token: str) -> str:
    person = known.person
    values = {
        "t": token or "0",
        "c": channel(room) if room else "*",
        "u": person.ident,
        "i": "255.255.255.255",
        "h": person.host,
        "s": session.server.name,
        "n": person.username,
        "f": _flags(session, known, in_room=room is not None),
        "d": "0",
        "l": "0",
        "a": person.account or "0",
        "o": "n/a",
        "r": person.realname or person.username,
    }
    return session.numeric("354", *(values[field] for field in WHOX if field in fields))


# WHOIS, and the like.


def whois(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell who somebody is."""
    # The one before may be a server, and there is but one.
    target = line.params[-1] if len(line.params) < 3 else line.params[1]
    if not target:
        return local(call, line, session.numeric("431", "Say whom you mean: WHOIS <name>"))
    return [request for name in target.split(",") for request in _whois(session, line, call, name)]


def _whois(session: IRCVisit, line: Line, call: LabeledResponse, name: str) -> Requests:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        end = session.numeric("318", name, "End of WHOIS")
        if not isinstance(reply, People):
            return [session.numeric("401", name, f"Nobody called {name} is here"), end]
        return [line for known in reply.people for line in _known(session, known)] + [end]

    try:
        return (request(call, line, WhoIs((username(name),)), write),)
    except UsernameInvalid:
        lines = (
            session.numeric("401", name or "*", f"Nobody called {name} is here"),
            session.numeric("318", name or "*", "End of WHOIS"),
        )
        return local(call, line, *lines)


def _known(session: IRCVisit, known: Known) -> Sequence[str]:
    person, name = known.person, known.person.username
    lines = [session.numeric("311", name, person.ident, person.host, "*", person.realname or name)]
    if known.rooms:
        words = [prefix(role) + channel(room) for room, role in known.rooms]
        lines += [f":{session.server.name} 319 {session.target} {name} :{some}" for some in caps.in_lines(words)]
    lines.append(session.numeric("312", name, session.server.name, f"chatroom {__version__}"))
    if known.operator:
        lines.append(session.numeric("313", name, "is an operator of the server"))
    if person.account:
        lines.append(session.numeric("330", name, person.account, "is logged in as"))
    if person.bot:
        lines.append(session.numeric("335", name, "is a bot"))
    if known.secure:
        lines.append(session.numeric("671", name, "is using a secure connection"))
    if person.away is not None:
        lines.append(session.numeric("301", name, person.away))
    if known.since:
        lines.append(session.numeric("317", name, "0", str(known.since // 1000), "seconds idle, here since"))
    return lines


def whowas(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell who was called by a name lately."""
    if not line.params or not line.params[0]:
        return local(call, line, session.numeric("431", "Say whom you mean: WHOWAS <name>"))
    name = line.params[0]
    most = line.params[1] if len(line.params) > 1 else ""

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        end = session.numeric("369", name, "End of WHOWAS")
        if not isinstance(reply, Departed):
            return [session.numeric("406", name, f"Nobody was called {name} lately"), end]
        lines: list[str] = []
        for gone in reply.people:
            person = gone.person
            about = person.username, person.ident, person.host, "*", person.realname or person.username
            lines.append(session.numeric("314", *about))
            lines.append(session.numeric("312", person.username, session.server.name, session.server.date(gone.at)))
        return [*lines, end]

    try:
        wanted = WhoWas(username(name), int(most[:4]) if most.isascii() and most.isdecimal() else 0)
    except UsernameInvalid:
        lines = (
            session.numeric("406", name, f"Nobody was called {name} lately"),
            session.numeric("369", name, "End of WHOWAS"),
        )
        return local(call, line, *lines)
    return (request(call, line, wanted, write),)


def named(words: Sequence[str]) -> tuple[Username, ...]:
    """Return those of *words* that can be names."""
    found = []
    for word in words:
        try:
            found.append(username(word))
        except UsernameInvalid:
            continue
    return tuple(found)


def userhost(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell where some people come from."""

    def row(known: Known) -> str:
        person = known.person
        sign = "+" if person.away is None else "-"
        return f"{person.username}{'*' * known.operator}={sign}{person.ident}@{person.host}"

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        people = reply.people if isinstance(reply, People) else ()
        return [f":{session.server.name} 302 {session.target} :{some}" for some in caps.in_lines(map(row, people))]

    return (request(call, line, WhoIs(named(line.params) or (session.nick,)), write),)


def ison(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell which of some people are here."""
    words = [word for param in line.params for word in param.split(" ") if word]

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        people = reply.people if isinstance(reply, People) else ()
        return [f":{session.server.name} 303 {session.target} :{' '.join(known.person.username for known in people)}"]

    names = named(words)
    return (request(call, line, WhoIs(names), write),) if names else local(call, line, session.numeric("303", ""))
