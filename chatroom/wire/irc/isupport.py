"""What the server tells of itself when somebody comes in: 005."""

from __future__ import annotations

from collections.abc import Iterator

from chatroom.core.values.limits import MONITORED
from chatroom.core.values.texts import MAX_REALNAME, MAX_TOPIC
from chatroom.wire.irc.session import IRCVisit

PER_LINE = 12
"""Tokens in one line."""

USERLEN = 10
"""Letters of an ident, at most, without the tilde before it."""

TARGETS = 4
"""Targets of one message, at most; every other command takes as many as a line holds."""

PAGE = 100
"""Messages of one answer to CHATHISTORY, at most."""

CONDITIONS = 8
"""Conditions of one LIST, at most."""


def tokens(session: IRCVisit) -> list[str]:
    """Return what the server can do, and its limits."""
    return [
        "ACCOUNTEXTBAN=a",
        f"AWAYLEN={MAX_TOPIC}",
        "BOT=B",
        "CASEMAPPING=ascii",
        "CHANLIMIT=#:100",
        "CHANMODES=beI,k,l,imnstCc",
        "CHANNELLEN=65",
        "CHANTYPES=#",
        f"CHATHISTORY={PAGE}",
        "ELIST=CMNTU",
        "EXCEPTS",
        "EXTBAN=,am",
        "INVEX",
        f"KICKLEN={MAX_TOPIC}",
        "MAXLIST=beI:100",
        f"MAXTARGETS={TARGETS}",
        "MODES=8",
        f"MONITOR={MONITORED}",
        "MSGREFTYPES=msgid,timestamp",
        f"NAMELEN={MAX_REALNAME}",
        f"NETWORK={session.server.network}",
        "NICKLEN=32",
        "PREFIX=(ov)@+",
        "SAFELIST",
        "SAFERATE",
        "STATUSMSG=@+",
        f"TARGMAX=JOIN:,PART:,KICK:,NAMES:,LIST:{CONDITIONS},WHOIS:,PRIVMSG:{TARGETS},NOTICE:{TARGETS},TAGMSG:",
        f"TOPICLEN={MAX_TOPIC}",
        f"USERLEN={USERLEN}",
        "UTF8MAPPING=rfc8265",
        "UTF8ONLY",
        "WHOX",
    ]


def lines(session: IRCVisit) -> Iterator[str]:
    """Yield the lines that tell them."""
    all_tokens = tokens(session)
    for start in range(0, len(all_tokens), PER_LINE):
        some = all_tokens[start : start + PER_LINE]
        yield session.numeric("005", *some, "are supported by this server")
