"""The capabilities that a client may ask for, each a bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SERVER_TIME = 1 << 0
MESSAGE_TAGS = 1 << 1
ACCOUNT_TAG = 1 << 2
BATCH = 1 << 3
MULTILINE = 1 << 4
EXTENDED_JOIN = 1 << 5
AWAY_NOTIFY = 1 << 6
ACCOUNT_NOTIFY = 1 << 7
SETNAME = 1 << 8
CHGHOST = 1 << 9
INVITE_NOTIFY = 1 << 10
REDACTION = 1 << 11
CAP_NOTIFY = 1 << 12
MULTI_PREFIX = 1 << 13
USERHOST_IN_NAMES = 1 << 14
ECHO_MESSAGE = 1 << 15
LABELED_RESPONSE = 1 << 16
CHATHISTORY = 1 << 17
STANDARD_REPLIES = 1 << 18
READ_MARKER = 1 << 19
NO_IMPLICIT_NAMES = 1 << 20
EXTENDED_ISUPPORT = 1 << 21
PRE_AWAY = 1 << 22
EXTENDED_MONITOR = 1 << 23
SEARCH = 1 << 24
SASL = 1 << 25
ACCOUNT_REGISTRATION = 1 << 26

IN_ROOMS = (1 << 12) - 1
"""Those that change what the members of a room are written."""

MULTILINE_BYTES, MULTILINE_LINES = 4000, 100
"""What a text of several lines may have, at most."""

BITS = {
    "server-time": SERVER_TIME,
    "message-tags": MESSAGE_TAGS,
    "batch": BATCH,
    "cap-notify": CAP_NOTIFY,
    "multi-prefix": MULTI_PREFIX,
    "userhost-in-names": USERHOST_IN_NAMES,
    "echo-message": ECHO_MESSAGE,
    "labeled-response": LABELED_RESPONSE,
    "draft/chathistory": CHATHISTORY,
    "draft/multiline": MULTILINE,
    "standard-replies": STANDARD_REPLIES,
    "draft/read-marker": READ_MARKER,
    "no-implicit-names": NO_IMPLICIT_NAMES,
    "draft/extended-isupport": EXTENDED_ISUPPORT,
    "soju.im/search": SEARCH,
    "draft/message-redaction": REDACTION,
    "extended-join": EXTENDED_JOIN,
    "account-tag": ACCOUNT_TAG,
    "invite-notify": INVITE_NOTIFY,
    "chghost": CHGHOST,
    "away-notify": AWAY_NOTIFY,
    "account-notify": ACCOUNT_NOTIFY,
    "setname": SETNAME,
    "draft/pre-away": PRE_AWAY,
    "extended-monitor": EXTENDED_MONITOR,
    "sasl": SASL,
    "draft/account-registration": ACCOUNT_REGISTRATION,
}
"""The capabilities that are offered, by their names, in the order in which they are listed."""

VALUES = {
    "draft/multiline": f"max-bytes={MULTILINE_BYTES},max-lines={MULTILINE_LINES}",
    "sasl": "PLAIN,EXTERNAL",
    "draft/account-registration": "before-connect",
}
"""What is told of some to clients who know version 302."""


def listed(version: int) -> list[str]:
    """Return the capabilities as a client is shown them who knows a *version* of the negotiation."""
    if version < 302:
        return list(BITS)
    return [f"{name}={VALUES[name]}" if name in VALUES else name for name in BITS]


def names(bits: int) -> list[str]:
    """Return the names of the capabilities that are *bits*."""
    return [name for name, bit in BITS.items() if bits & bit]


def asked_for(words: Iterable[str], bits: int) -> int | None:
    """Return the capabilities that are *bits* as *words* change them; nothing if one of them is not offered."""
    for word in words:
        bit = BITS.get(word.removeprefix("-"))
        if bit is None:
            return None
        bits = bits & ~bit if word.startswith("-") else bits | bit
    return bits


def in_lines(words: Iterable[str], room: int = 440) -> Iterator[str]:
    """Yield *words* in lines of at most so many bytes."""
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
