"""The tables of the manual of IRC: ``python -m tools.irc_tables [--check] FILE`` writes or compares them."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import cast

from chatroom.wire.irc import caps, isupport
from chatroom.wire.irc.commands import COMMANDS
from chatroom.wire.irc.numerics import BY_CODE
from chatroom.wire.irc.session import IRCVisit
from tools.generated import as_code, filled, keep

CAPABILITIES = {
    "server-time": "all that is said and happens has its time",
    "message-tags": "a message has a `msgid`; tags of clients come through: `+typing`, `+draft/react`, `+reply`",
    "batch": "what belongs together comes together",
    "cap-notify": "you would be told of capabilities that come and go; none does",
    "multi-prefix": "all roles of a member are shown; here a member has one",
    "userhost-in-names": "`NAMES` shows where people come from",
    "echo-message": "you are shown what you say, as it is kept, and in its place",
    "labeled-response": "an answer has the label of what it answers",
    "draft/chathistory": "`CHATHISTORY`; nothing is shown unasked when you join",
    "draft/multiline": "a text of several lines is one message",
    "standard-replies": "what has no numeric is told by `FAIL`, `WARN` and `NOTE`",
    "draft/read-marker": "`MARKREAD`: what you have read, the same for all your clients",
    "no-implicit-names": "no list of names when you join",
    "draft/extended-isupport": "`ISUPPORT` before you have a name",
    "soju.im/search": "`SEARCH`",
    "draft/message-redaction": "`REDACT`, and being told of what others take back",
    "extended-join": "`JOIN` tells the account and the real name",
    "account-tag": "each message has its speaker's account",
    "invite-notify": "you are told whom moderators invite",
    "chghost": "you would be told of hosts that change; none does",
    "away-notify": "you are told who goes away, and comes back",
    "account-notify": "you are told who logs in",
    "setname": "`SETNAME`, and being told of others' real names",
    "draft/pre-away": "`AWAY` before you have a name",
    "extended-monitor": "of people on your `MONITOR` list you are told the same as of those in your rooms",
    "sasl": "`AUTHENTICATE`",
    "draft/account-registration": "`REGISTER`",
}
"""What each capability brings."""


def commands() -> str:
    """Return the table of the commands."""
    rows = [(as_code(f"{name} {row.usage}".rstrip()), row.purpose) for name, row in COMMANDS.items()]
    return _table(("command", ""), rows)


def capabilities() -> str:
    """Return the table of the capabilities."""
    rows = [
        (as_code(f"{name}={caps.VALUES[name]}" if name in caps.VALUES else name), CAPABILITIES[name])
        for name in caps.BITS
    ]
    return _table(("capability", ""), rows)


def tokens() -> str:
    """Return what 005 tells, of a server called chatroom."""
    session = cast(IRCVisit, SimpleNamespace(server=SimpleNamespace(network="chatroom")))
    return "```\n" + "\n".join(caps.in_lines(isupport.tokens(session), 100)) + "\n```\n"


def numerics() -> str:
    """Return the table of the numerics of errors."""
    found: dict[str, list[str]] = {}
    for code, number in BY_CODE.items():
        found.setdefault(number, []).append(f"`{code}`")
    return _table(("numeric", "error"), [(number, ", ".join(found[number])) for number in sorted(found)])


def manual(text: str) -> str:
    """Return the manual *text* with its tables as the code says them."""
    tables = {"commands": commands(), "capabilities": capabilities(), "tokens": tokens(), "numerics": numerics()}
    return filled(text, tables)


def main(arguments: list[str]) -> str | None:
    """Write the tables, or return a mistake in the present ones."""
    return keep(arguments, manual, target="manual", usage=__doc__)


def _table(titles: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    return "\n".join([f"| {titles[0]} | {titles[1]} |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
