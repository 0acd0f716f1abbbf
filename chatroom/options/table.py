"""The options of the server, in the order in which help shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from chatroom.core.values.limits import Limits
from chatroom.options.kinds import (
    ACCOUNTS,
    CHECKER,
    COUNT,
    ENDPOINT,
    ENDPOINTS,
    FILE,
    FLAG,
    LINE,
    NAMES,
    NETWORKS,
    NUMBER,
    ORIGINS,
    PLAIN,
    PORTS,
    ROOMS,
    ROWS,
    STORE,
    SYNC,
    TITLE,
    WEB,
    Kind,
)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a *kind*, with its *default* and what it is for.

    ``--show-limits`` shows those that are a *limit*; a file of settings has no place for those that are not *in_file*,
    and a running server reads from it again those that are *live*.
    """

    name: str
    kind: Kind
    default: Any
    purpose: str
    short: str | None = None
    limit: bool = False
    in_file: bool = True
    live: bool = False

    @property
    def about(self) -> str:
        """What help says: the purpose, with the default if there is one."""
        if isinstance(self.default, int | float):
            return f"{self.purpose} [{self.default:g}]"
        return f"{self.purpose} [{self.default}]" if self.default else self.purpose

    def parameter(self) -> list[object]:
        """Return its row in ``optParameters``; help is written by :attr:`about`."""
        return [self.name, self.short, self.default, "", partial(self.kind.read, self.name)]


_LIMITS = {limit.name: limit for limit in fields(Limits)}


def _limit(name: str, purpose: str, kind: Kind | None = None) -> Option:
    """Return the option that sets the field *name* of :class:`~.limits.Limits`, which has its default."""
    limit = _LIMITS[name.replace("-", "_")]
    kind = kind or (COUNT if limit.type == "int" else NUMBER)
    return Option(name, kind, limit.default, purpose, limit=True, live=True)


OPTIONS: Mapping[str, Sequence[Option]] = {
    "Server": (
        Option("name", TITLE, "chatroom", "the name that the server shows"),
        Option("motd", FILE, None, "a file with a text for all visitors; SIGHUP rereads it"),
        Option(
            "config",
            FILE,
            None,
            "a file of options in TOML; those on the command line go before it; SIGHUP rereads its limits",
            in_file=False,
        ),
        Option("log-json", FLAG, None, "log one JSON object a line"),
        Option("show-limits", FLAG, None, "print the limits that would hold, and exit", in_file=False),
    ),
    "Listening": (
        Option("port", ENDPOINT, "8080", "the port or endpoint to listen on (see below)", short="p"),
        Option("listen", ENDPOINTS, (), "one more port or endpoint; may be repeated"),
        Option(
            "certificate",
            FILE,
            None,
            "a file in PEM with a key, its certificate and the chain: every port speaks TLS with whoever begins so; "
            "SIGHUP rereads it",
        ),
        Option(
            "control",
            FILE,
            None,
            "the socket for who runs the server; none: without [the name of the store, with .control]",
        ),
        Option("room-ports", PORTS, range(0), "ports of which each room gets its own, like 9000-9063"),
        Option(
            "metrics",
            ENDPOINT,
            None,
            "the port or endpoint of /metrics, for Prometheus, and /healthz; a bare port is this machine's only",
        ),
    ),
    "Web": (
        Option("web", WEB, None, "on: browsers get a page on every port; off: they are turned away [on, if installed]"),
        Option("web-host", NAMES, (), "a name by which browsers reach the server; may be repeated"),
        Option(
            "web-origin",
            ORIGINS,
            (),
            "the address of the page as a proxy shows it, like https://chat.example.org; may be repeated",
        ),
        Option(
            "trust-proxy",
            NETWORKS,
            (),
            "an address or network of proxies whose X-Forwarded-For and -Proto are believed; may be repeated",
        ),
    ),
    "Rooms": (
        Option("room", ROOMS, (), "a room that is always open; may be repeated"),
        _limit("max-rooms", "rooms that may be open"),
        _limit("room-capacity", "members of a room"),
        _limit("rooms-per-visitor", "open rooms that one visitor has created"),
        _limit("linger", "seconds that an empty room stays open; 0 closes it at once"),
        _limit("page", "messages in a page of history", ROWS),
        _limit("search-timeout", "seconds that a search may take"),
    ),
    "Messages": (
        Option(
            "store",
            STORE,
            "chatroom.sqlite",
            "the file that keeps the messages, a postgresql:// database, or memory",
        ),
        Option("keep-messages", COUNT, 100_000, "messages of a room that are kept", limit=True),
        Option("keep-days", NUMBER, 0.0, "days that messages are kept", limit=True),
        Option("keep-closed", NUMBER, 7.0, "days that the log of a closed room is kept; 0: not at all", limit=True),
        Option("sync", SYNC, "full", "full: safe when the power fails; normal: faster", limit=True),
        Option(
            "lease",
            NUMBER,
            15.0,
            "seconds without a sign of life until other servers of the database take this one for dead",
            limit=True,
        ),
        Option("busy-timeout", NUMBER, 5.0, "seconds to wait while another program locks the file", limit=True),
    ),
    "Accounts": (
        Option(
            "accounts",
            ACCOUNTS,
            None,
            "optional: a name may be somebody's; required: only the operator makes accounts, and nobody else comes in; "
            "off: all are guests [optional; with a database of several servers off]",
        ),
        Option(
            "auth",
            CHECKER,
            None,
            "who checks passwords instead of the server: file:PATH, unix, or another checker of twisted.cred",
        ),
        Option("plain-passwords", PLAIN, "warn", "warn of a password over a connection without TLS, or take no such"),
        Option("password-least", COUNT, 8, "bytes of the shortest password", limit=True, live=True),
        Option("registrations", COUNT, 30, "accounts made in an hour from one host", limit=True, live=True),
        _limit("devices", "connections of one account"),
    ),
    "Connections": (
        _limit(
            "max-connections",
            "connections at a time; 0: as many as the process can hold, which is the most in any case",
        ),
        _limit("per-host", "connections from one host"),
        _limit(
            "heartbeat",
            "seconds of silence until a program is asked for a sign of life, and again until it is given up",
        ),
        _limit("stall-timeout", "seconds that a connection may take nothing of what waits for it"),
        _limit("user-timeout", "seconds until the kernel gives up a connection whose other end is dead"),
    ),
    "Visitors": (
        _limit("max-line", "bytes of the longest line", LINE),
        _limit("lines-per-turn", "lines read of one visitor before the others have a turn"),
        _limit("burst", "requests of one visitor that are taken at once"),
        _limit("rate", "requests of one visitor that are taken a second after that"),
        _limit("in-flight", "messages of one visitor that wait to be stored"),
        _limit("outbox", "bytes that may wait for a visitor who does not read"),
        _limit("first-line-timeout", "seconds to the first line"),
        _limit("login-timeout", "seconds to a username"),
        _limit("close-timeout", "seconds that a connection may take to close"),
        _limit("stop-timeout", "seconds for everybody to go when the server stops"),
        _limit("grace", "seconds for which a lost visitor's seats are held; 0: not at all"),
    ),
}

INFORMATION = (
    Option("version", FLAG, None, "print the version, and exit"),
    Option("help", FLAG, None, "print this, and exit"),
)
"""The options that every program has."""
