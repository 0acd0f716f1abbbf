"""What ``twistd chatroom`` can be told: its options, their defaults and their help."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import Field, fields
from functools import partial
from getopt import GetoptError, getopt
from pathlib import Path
from typing import Any, NoReturn

from twisted.python import usage
from typing_extensions import override

from chatroom import __version__
from chatroom.core.errors import ChatError
from chatroom.core.limits import Limits
from chatroom.core.names import key, room_name
from chatroom.services.descriptors import connections, raise_limit
from chatroom.services.settings import Kind, SettingsUnusable, read_settings, suggestion
from chatroom.values import amount, count, ports, server_name, store, sync

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
        "search-timeout": "seconds that a search may take",
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

OTHERS = {"version": "print which version it is, and exit", "help": "print this, and exit"}
"""What every program can be asked."""

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

ENDPOINTS = ("port", "listen", "metrics")
"""The options that take an endpoint, or a bare port."""

ONCE = ("config", "show-limits")
"""The options that have no place in a file of settings."""

EXAMPLES = """\
twistd -n chatroom --port 8080
twistd -n chatroom --port tcp:8080:interface=127.0.0.1 --room lounge
twistd -n chatroom --port ssl:8443:privateKey=key.pem:certKey=cert.pem
"""


def _option(limit: Field[Any]) -> str:
    return limit.name.replace("_", "-")


def _parameter(limit: Field[Any]) -> list[object]:
    """Return the row of the option that sets *limit*."""
    coerce = partial(count if limit.type == "int" else amount, _option(limit))
    return [_option(limit), None, limit.default, "", coerce]


def _kind(name: str) -> Kind:
    if name in FLAGS:
        return "flag"
    if name in ENDPOINTS:
        return "endpoints" if name in LISTS else "endpoint"
    return "texts" if name in LISTS else "text" if name in ARGUMENTS else "number"


def default(values: Options, name: str) -> str:
    """Return what the help of the option *name* says of its default, which is among *values*."""
    value = values.get(name)
    if name in values.flags or not (value or isinstance(value, int | float)):
        return ""
    return f" [{value:g}]" if isinstance(value, int | float) else f" [{value}]"


class Options(usage.Options):
    """The options of ``twistd chatroom``; those for limits come from :class:`~chatroom.core.limits.Limits`."""

    command = "twistd chatroom"
    """What one types to start the server: help and complaints say it."""

    examples = EXAMPLES
    ending = ""
    groups: Mapping[str, Mapping[str, str]] = HELP
    arguments: Mapping[str, str] = ARGUMENTS
    flags: Collection[str] = FLAGS

    optParameters = [
        ["name", None, "chatroom", "", server_name],
        ["motd", None, None, ""],
        ["config", None, None, ""],
        ["port", "p", "8080", ""],
        ["room-ports", None, range(0), "", ports],
        ["metrics", None, None, ""],
        ["store", None, "chatroom.sqlite", "", store],
        ["sync", None, "full", "", sync],
        ["busy-timeout", None, 5.0, "", partial(amount, "busy-timeout")],
        ["keep-messages", None, 100_000, "", partial(count, "keep-messages")],
        ["keep-days", None, 0.0, "", partial(amount, "keep-days")],
        ["keep-closed", None, 7.0, "", partial(amount, "keep-closed")],
        *map(_parameter, fields(Limits)),
    ]

    optFlags = [[name, None, ""] for name in FLAGS]

    def __init__(self) -> None:
        super().__init__()
        self._in_file: dict[str, str] = {}
        for name in LISTS:
            self[name] = []

    @override
    def opt_version(self) -> NoReturn:
        """Print which version it is, and exit."""
        print(f"chatroom {__version__}")
        sys.exit(0)

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
            given = self._given(options)
            if given.count("port") > 1:
                raise usage.UsageError("--port is given twice; name the other place by --listen")
            if self["config"] is not None:
                self._read_config(Path(self["config"]), given)
        except usage.UsageError as error:
            self.give_up(f"{self._reason(error)} ({self.command} --help lists the options)")
        except SettingsUnusable as error:
            self.give_up(str(error))
        if self["show-limits"]:
            print("\n".join(self._limit_lines()))
            sys.exit(0)

    def _given(self, options: list[str] | None) -> list[str]:
        """Return the options among *options* by their full names."""
        found, _ = getopt(sys.argv[1:] if options is None else options, self.shortOpt, self.longOpt)
        return [self.synonyms[name.lstrip("-")] for name, _ in found]

    def _read_config(self, path: Path, given: Collection[str]) -> None:
        """Set what the file at *path* says, but for what is *given* on the command line as well."""
        kinds = {name: _kind(name) for options in HELP.values() for name in options if name not in ONCE}
        for setting in read_settings(path, kinds):
            if setting.name not in given:
                self._in_file[setting.name] = setting.where
                try:
                    super().parseOptions(setting.arguments)
                except usage.UsageError as error:
                    raise SettingsUnusable(f"{setting.where}: {self._reason(error).removeprefix('--')}") from error

    def _reason(self, error: usage.UsageError) -> str:
        """Say for a person what is wrong."""
        match error.__context__:
            case GetoptError(opt=str(name)) if name and not any(known.startswith(name) for known in self.longOpt):
                dashes, names = ("--", [known.rstrip("=") for known in self.longOpt]) if len(name) > 1 else ("-", [])
                return f"there is no option {dashes}{name}{suggestion(name, names, dashes)}"
        return str(error).removeprefix("Parameter type enforcement failed: ")

    @override
    def parseArgs(self, *args: str) -> None:
        """Take no arguments."""
        if args:
            advice = f"; write --port {args[0]}" if args[0].isdecimal() else ""
            raise usage.UsageError(f"{args[0]} is no option{advice}")

    @override
    def getUsage(self, width: int | None = None) -> str:
        """Return what ``--help`` shows."""
        parts = ["", textwrap.fill(ABOUT, 79), ""]
        for group, options in {**self.groups, "Help": OTHERS}.items():
            parts += [f"{group}:", *(self._help(name, purpose) for name, purpose in options.items()), ""]
        return "\n".join([*parts, "Examples:", textwrap.indent(self.examples, "  ") + self.ending])

    def _help(self, name: str, purpose: str) -> str:
        alone = name in self.flags or name in OTHERS
        option = f"  --{name}" if alone else f"  --{name}={self.arguments.get(name, 'N')}"
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

    def refuse(self, name: str, why: str) -> NoReturn:
        """End the program because of what the option *name* was set to; if that was in a file, say where."""
        where = self._in_file.get(name)
        self.give_up(f"{where}: {why.removeprefix('--')}" if where else why)

    def give_up(self, why: str) -> NoReturn:
        """End the program, which can't start, with one line and status 1."""
        sys.exit(f"{self.command}: {why}")
