"""What ``twistd chatroom`` can be told: its options, their defaults and their help."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from twisted.python import usage
from typing_extensions import override

from chatroom.core.errors import ChatError
from chatroom.core.limits import Limits
from chatroom.core.names import key, room_name
from chatroom.core.texts import title
from chatroom.services.descriptors import connections, raise_limit
from chatroom.services.settings import Kind, SettingsUnusable, read_settings

ABOUT = """\
A chat room server. People reach it with netcat, programs with one JSON object a line, on the same port. A limit of 0 \
is no limit, except where it says otherwise.
"""

HELP = {
    "Server": {
        "name": "what it calls itself",
        "motd": "a text for all who come; SIGHUP lets it be read again",
        "config": "options in TOML, each under its own name; what is given here as well counts from here",
        "log-json": "log an object of JSON a line",
        "show-limits": "print every limit that would hold, and exit",
    },
    "Listening": {
        "port": "where to listen: a port, or an endpoint (see below)",
        "listen": "listen there too; may be repeated",
        "room-ports": "the ports of which each room gets one of its own, like 9000-9063",
        "metrics": "serve metrics for Prometheus there, and /healthz; a bare port is this machine's only",
    },
    "Rooms": {
        "room": "a room that is always there; may be repeated",
        "max-rooms": "how many rooms may be open",
        "room-capacity": "how many members a room takes",
        "rooms-per-visitor": "how many open rooms one visitor may have created",
        "linger": "seconds that an empty room stays open; 0 closes it at once",
        "page": "how many messages a page of history has",
    },
    "Messages": {
        "store": "the file that keeps them, or memory",
        "keep-messages": "how many of a room are kept",
        "keep-days": "for how many days",
        "keep-closed": "days that the log of a closed room is kept; 0: not at all",
        "sync": "full: safe when the power fails; normal: faster",
        "busy-timeout": "seconds to wait where another program locks the file",
    },
    "Connections": {
        "max-connections": "how many there may be; 0: as many as the process can hold, which is the most in any case",
        "per-host": "how many from one host",
        "heartbeat": "seconds of silence until a program is asked for a sign of life, and until it is given up then",
        "stall-timeout": "seconds for which a connection may take nothing of what waits for it",
        "user-timeout": "seconds until the kernel gives up a connection whose other end is dead",
    },
    "Visitors": {
        "max-line": "bytes of the longest line that is taken",
        "lines-per-turn": "lines of one visitor before the others have a turn",
        "burst": "requests of one visitor that are taken at once",
        "rate": "requests of one visitor that are taken a second after that",
        "in-flight": "messages of one visitor that wait to be stored",
        "outbox": "bytes that may wait for a visitor who is told something",
        "first-line-timeout": "seconds to the first line",
        "login-timeout": "seconds to a username",
        "close-timeout": "seconds that a connection may take to close",
        "stop-timeout": "seconds for all to go when the server stops",
        "grace": "seconds for which a lost visitor's seats are held; 0: not at all",
    },
}
"""What each option is for, in the order in which ``--help`` shows them."""

PLACES = frozenset(
    ("name", "motd", "config", "log-json", "show-limits", "port", "listen", "room-ports", "metrics", "room", "store")
)
"""The options that set no limit."""

ARGUMENTS = {
    "name": "NAME",
    "motd": "FILE",
    "config": "FILE",
    "port": "WHERE",
    "listen": "WHERE",
    "room-ports": "FIRST-LAST",
    "metrics": "WHERE",
    "room": "NAME",
    "store": "FILE",
    "sync": "HOW",
}
"""What the options take that take no number."""

LISTS = ("listen", "room")
"""The options that may be repeated."""

FLAGS = ("log-json", "show-limits")
"""The options that take nothing."""

ONCE = ("config", "show-limits")
"""The options that have no place in a file of settings."""

EXAMPLES = """\
Examples:
  twistd -n chatroom --port 8080
  twistd -n chatroom --port tcp:8080:interface=127.0.0.1 --room lounge
  twistd -n chatroom --port ssl:8443:privateKey=key.pem:certKey=cert.pem
"""


def _count(option: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"--{option} takes a whole number from 0, not {text}")
    return int(text)


def _amount(option: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < 1e9:
        raise ValueError(f"--{option} takes a number from 0, not {text}")
    return seconds


def _sync(text: str) -> str:
    if text not in {"full", "normal"}:
        raise ValueError(f"--sync takes full or normal, not {text}")
    return text


def _ports(text: str) -> range:
    first, _, last = text.partition("-")
    if first.isdecimal() and last.isdecimal() and len(text) < 12 and 0 < int(first) <= int(last) < 65536:
        return range(int(first), int(last) + 1)
    raise ValueError(f"--room-ports takes the first and the last port, like 9000-9063, not {text}")


def _name(text: str) -> str:
    try:
        return title(text)
    except ChatError as error:
        raise ValueError(f"--name: {error}") from None


def _option(limit: Field[Any]) -> str:
    return limit.name.replace("_", "-")


def _parameter(limit: Field[Any]) -> list[object]:
    """Return the row of the option that sets *limit*."""
    coerce = partial(_count if limit.type == "int" else _amount, _option(limit))
    return [_option(limit), None, limit.default, "", coerce]


def _kind(name: str) -> Kind:
    if name in FLAGS:
        return "flag"
    return "texts" if name in LISTS else "text" if name in ARGUMENTS else "number"


def _reason(error: usage.UsageError) -> str:
    return str(error).removeprefix("Parameter type enforcement failed: ")


def argument(name: str) -> str:
    """Return what stands for the argument of the option *name* in its help."""
    return ARGUMENTS.get(name, "N")


def default(values: Mapping[str, Any], name: str) -> str:
    """Return what the help of the option *name* says of its default, which is among *values*."""
    value = values[name]
    if name in FLAGS or not (value or isinstance(value, int | float)):
        return ""
    return f" [{value:g}]" if isinstance(value, int | float) else f" [{value}]"


class Options(usage.Options):
    """The options of ``twistd chatroom``; those for limits come from :class:`~chatroom.core.limits.Limits`."""

    optParameters = [
        ["name", None, "chatroom", "", _name],
        ["motd", None, None, ""],
        ["config", None, None, ""],
        ["port", "p", "8080", ""],
        ["room-ports", None, range(0), "", _ports],
        ["metrics", None, None, ""],
        ["store", None, "chatroom.sqlite", ""],
        ["sync", None, "full", "", _sync],
        ["busy-timeout", None, 5.0, "", partial(_amount, "busy-timeout")],
        ["keep-messages", None, 100_000, "", partial(_count, "keep-messages")],
        ["keep-days", None, 0.0, "", partial(_amount, "keep-days")],
        ["keep-closed", None, 7.0, "", partial(_amount, "keep-closed")],
        *map(_parameter, fields(Limits)),
    ]

    optFlags = [[name, None, ""] for name in FLAGS]

    def __init__(self) -> None:
        super().__init__()
        for name in LISTS:
            self[name] = []

    def opt_listen(self, where: str) -> None:
        """Listen there too."""
        self["listen"].append(where)

    def opt_room(self, name: str) -> None:
        """Have this room from the start and always."""
        try:
            room = room_name(name)
        except ChatError as error:
            raise usage.UsageError(f"--room {name}: {error}") from None
        if key(room) not in map(key, self["room"]):
            self["room"].append(room)

    @override
    def parseOptions(self, options: list[str] | None = None) -> None:
        """Read *options*; whatever is wrong with them ends the program with one line."""
        try:
            super().parseOptions(options)
            if self["config"] is not None:
                self._read_config(Path(self["config"]))
                super().parseOptions(options)
        except usage.UsageError as error:
            give_up(f"{_reason(error)} (twistd chatroom --help lists the options)")
        except SettingsUnusable as error:
            give_up(str(error))
        if self["show-limits"]:
            print("\n".join(self._limit_lines()))
            sys.exit(0)

    def _read_config(self, path: Path) -> None:
        """Set what the file at *path* says; the command line, which is read anew afterwards, goes before it."""
        commanded = [name for name in LISTS if self[name]]
        for name in LISTS:
            self[name] = []
        kinds = {name: _kind(name) for options in HELP.values() for name in options if name not in ONCE}
        for setting in read_settings(path, kinds):
            if setting.name not in commanded:
                try:
                    super().parseOptions(setting.arguments)
                except usage.UsageError as error:
                    raise SettingsUnusable(f"{setting.where}: {_reason(error).removeprefix('--')}") from error

    @override
    def parseArgs(self, *args: str) -> None:
        """Take no arguments."""
        if args:
            raise usage.UsageError(f"{args[0]} is no option")

    @override
    def getUsage(self, width: int | None = None) -> str:
        """Return what ``--help`` shows."""
        parts = ["", textwrap.fill(ABOUT, 79), ""]
        for group, options in HELP.items():
            parts += [f"{group}:", *(self._help(name, purpose) for name, purpose in options.items()), ""]
        return "\n".join([*parts, EXAMPLES])

    def _help(self, name: str, purpose: str) -> str:
        option = f"  --{name}" if name in FLAGS else f"  --{name}={argument(name)}"
        about = purpose + default(self, name)
        return textwrap.fill(
            about, 79, initial_indent=f"{option:28}", subsequent_indent=" " * 28, break_on_hyphens=False
        )

    def _limit_lines(self) -> Iterator[str]:
        """Return every limit with its value and what it is for, each as one can write it in a file of settings."""
        raise_limit()
        values = {**self, "max-connections": connections(self["max-connections"], len(self["room-ports"]))}
        for group, options in HELP.items():
            limits = [(name, purpose) for name, purpose in options.items() if name not in PLACES]
            if limits:
                yield f"# {group}"
            for name, purpose in limits:
                value = values[name]
                shown = f'"{value}"' if isinstance(value, str) else f"{value:.15g}"
                yield f"{name} = {shown}".ljust(28) + f"# {purpose}"

    def limits(self) -> Limits:
        """Return the limits as they were set."""
        return Limits(**{limit.name: self[_option(limit)] for limit in fields(Limits)})


def give_up(why: str) -> NoReturn:
    """End the program, which can't start, with one line and status 1."""
    sys.exit(f"twistd chatroom: {why}")
