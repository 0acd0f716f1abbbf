"""What the server tells of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from chatroom import __version__
from chatroom.core.values.replies import Reply
from chatroom.wire.irc import isupport
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.registration import Requests, asked, local, message_of_the_day, users
from chatroom.wire.irc.session import IRCVisit


def _is_other(session: IRCVisit, line: Line) -> bool:
    """Return whether another server is asked for; there is none."""
    return bool(line.params and line.params[0]) and line.params[0].lower() not in (
        session.server.name.lower(),
        session.nick.lower(),
        "*",
    )


def _here(session: IRCVisit, line: Line, call: LabeledResponse, *lines: str) -> Requests:
    if _is_other(session, line):
        return local(call, line, session.numeric("402", line.params[0], "There is no such server"))
    return local(call, line, *lines)


def lusers(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Count people and rooms."""
    return asked(call, line, lambda session, reply: users(session, counted=True))


def motd(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell what the operator has to say."""
    return _here(session, line, call, *message_of_the_day(session))


def version(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell what runs here."""
    shown = session.numeric("351", f"chatroom-{__version__}", session.server.name, "https://ircv3.net/irc/")
    return _here(session, line, call, shown, *isupport.lines(session))


def time(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell the time."""
    seconds = session.server.now() // 1000
    spoken = datetime.fromtimestamp(seconds, UTC).strftime("%A %B %d %Y -- %H:%M:%S UTC")
    return _here(session, line, call, session.numeric("391", session.server.name, spoken))


def admin(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell who runs the server."""
    lines = [
        session.numeric("256", session.server.name, "Administrative info"),
        session.numeric("257", session.server.network),
        session.numeric("258", "chatroom"),
        session.numeric("259", "The message of the day may tell how to reach whoever runs it (MOTD)"),
    ]
    return _here(session, line, call, *lines)


def info(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell what kind of server this is."""
    lines = [
        session.numeric(
            "371", f"chatroom {__version__}: rooms that are logs, by netcat, browser, its own client and IRC"
        ),
        session.numeric("371", f"This one runs since {session.server.created}"),
        session.numeric("374", "End of the info"),
    ]
    return _here(session, line, call, *lines)


def links(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """List no servers: however many a chat has, to its users it is one."""
    return local(call, line, session.numeric("365", "*", "End of the links"))


def map_of(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell the one server that there is to its users."""
    return local(call, line, session.numeric("015", session.server.name), session.numeric("017", "End of the map"))


def stats(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell nothing: the operator has metrics."""
    letter = line.params[0] if line.params and line.params[0] else "*"
    return local(call, line, session.numeric("219", letter, "End of the statistics; the operator has more"))


def users_of(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell nothing: it is about logins to a machine."""
    return local(call, line, session.numeric("446", "There is no USERS here; WHO lists people, LUSERS counts them"))


def knock(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell how one gets in where only the invited do."""
    said = "Nobody hears you knock; ask a member to invite you"
    return local(call, line, session.numeric("480", line.params[0], said))


def tokens(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell again what the server can do."""

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        return list(isupport.lines(session))

    return asked(call, line, write)
