"""The command line of ``twistd chatroom``, with the file of settings and the help."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from getopt import GetoptError, getopt
from itertools import chain
from pathlib import Path
from typing import NoReturn, Self

from twisted.python import usage
from typing_extensions import override

from chatroom import __version__
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import key
from chatroom.options.settings import SettingsUnusable, read_settings
from chatroom.options.table import INFORMATION, OPTIONS, Option
from chatroom.programs.standard_output import show
from chatroom.programs.suggestion import suggestion
from chatroom.services.operations.fd_limit import connections, raise_limit

ABOUT = """\
A chat room server. People reach it with netcat, programs with one JSON object a line, on the same port. A limit of 0 \
is no limit, except where it says otherwise.
"""

EXAMPLES = """\
twistd -n chatroom --port 8080
twistd -n chatroom --port tcp:8080:interface=127.0.0.1 --room lounge
twistd -n chatroom --port 8080 --certificate server.pem
"""


def parameters(options: Iterable[Option]) -> list[list[object]]:
    """Return ``optParameters`` for *options*; repeatable ones have methods instead."""
    return [option.parameter() for option in options if not (option.kind.is_flag or option.kind.is_list)]


def flags(options: Iterable[Option]) -> list[list[object]]:
    """Return ``optFlags`` for *options*."""
    return [[option.name, option.short, ""] for option in options if option.kind.is_flag]


class Options(usage.Options):
    """The options of ``twistd chatroom``: those in :data:`~chatroom.options.table.OPTIONS`."""

    command = "twistd chatroom"
    """The command that starts the server, for help and complaints."""

    examples = EXAMPLES
    ending = ""
    table: Mapping[str, Sequence[Option]] = OPTIONS

    optParameters = parameters(chain.from_iterable(OPTIONS.values()))
    optFlags = flags(chain.from_iterable(OPTIONS.values()))

    def __init__(self) -> None:
        super().__init__()
        self._in_file: dict[str, str] = {}
        self._arguments: Sequence[str] = ()
        self._config = Path()
        self._options = {option.name: option for options in self.table.values() for option in options}
        for option in self._options.values():
            if option.kind.is_list:
                self[option.name] = [*option.default]

    @override
    def opt_version(self) -> NoReturn:
        """Print the version, and exit."""
        show(f"chatroom {__version__}\n", self.command)

    @override
    def opt_help(self) -> NoReturn:
        """Print the help, and exit."""
        show(f"{self}\n", self.command)

    def opt_listen(self, where: str) -> None:
        """Add an address to listen on."""
        self._add("listen", where)

    def opt_room(self, name: str) -> None:
        """Add a room that is always open."""
        rooms = self["room"]
        self._add("room", name)
        if key(rooms[-1]) in map(key, rooms[:-1]):
            del rooms[-1]

    def opt_web_host(self, name: str) -> None:
        """Add a name of the server."""
        self._add("web-host", name)

    def opt_web_origin(self, address: str) -> None:
        """Add an address of the page."""
        self._add("web-origin", address)

    def opt_trust_proxy(self, network: str) -> None:
        """Add a network of proxies."""
        self._add("trust-proxy", network)

    def _add(self, name: str, text: str) -> None:
        try:
            self[name].append(self._options[name].kind.read(name, text))
        except ValueError as error:
            raise usage.UsageError(str(error)) from error

    @override
    def parseOptions(self, options: list[str] | None = None) -> None:
        """Read *options*; a mistake in them ends the program with one line."""
        try:
            self.read(sys.argv[1:] if options is None else options)
        except usage.UsageError as error:
            self.give_up(f"{self._reason(error)} ({self.command} --help lists the options)")
        except SettingsUnusable as error:
            self.give_up(str(error))
        if self["show-limits"]:
            show("".join(f"{line}\n" for line in self._limit_lines()), self.command)

    def read(self, arguments: Sequence[str], config: Path | None = None) -> None:
        """Read *arguments*, and the file of settings that they name, which is at *config* if that is known.

        :raises twisted.python.usage.UsageError: if there is a mistake in the arguments.
        :raises SettingsUnusable: if there is one in the file.
        """
        super().parseOptions([*arguments])
        self._arguments = arguments
        given = self._given()
        if given.count("port") > 1:
            raise usage.UsageError("--port is given twice; name the other place by --listen")
        if self["config"] is not None:
            path = config or Path(self["config"])
            # It stays that of the start, wherever the server goes to work.
            self._config = path.absolute()
            self._read_config(path, given)

    def read_again(self) -> Self:
        """Return the options as they are with the file of settings as it is now.

        :raises SettingsUnusable: if it is of no use.
        """
        again = type(self)()
        again.read(self._arguments, self._config)
        return again

    def _given(self) -> list[str]:
        """Return the options on the command line by their full names."""
        found, _ = getopt([*self._arguments], self.shortOpt, self.longOpt)
        return [self.synonyms[name.lstrip("-")] for name, _ in found]

    def _read_config(self, path: Path, given: Collection[str]) -> None:
        """Apply the settings in the file at *path*, but for options *given* on the command line."""
        notations = {option.name: option.kind.notation for option in self._options.values() if option.in_file}
        for setting in read_settings(path, notations):
            if setting.name not in given:
                self._in_file[setting.name] = setting.where
                try:
                    super().parseOptions(setting.arguments)
                except usage.UsageError as error:
                    raise SettingsUnusable(f"{setting.where}: {self._reason(error).removeprefix('--')}") from error

    def _reason(self, error: usage.UsageError) -> str:
        """Return the reason of *error*, for a person."""
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
        """Return the text of ``--help``."""
        parts = ["", textwrap.fill(ABOUT, 79), ""]
        for group, options in {**self.table, "Help": INFORMATION}.items():
            parts += [f"{group}:", *map(_help, options), ""]
        return "\n".join([*parts, "Examples:", textwrap.indent(self.examples, "  ") + self.ending])

    def _limit_lines(self) -> Iterator[str]:
        """Return a line for each limit, as a file of settings has it, with its purpose."""
        raise_limit()
        values = {**self, "max-connections": connections(self["max-connections"], len(self["room-ports"]))}
        for group, options in self.table.items():
            limits = [option for option in options if option.limit]
            if limits:
                yield f"# {group}"
            for option in limits:
                value = values[option.name]
                shown = f'"{value}"' if isinstance(value, str) else f"{value:.15g}"
                yield f"{option.name} = {shown}".ljust(28) + f"# {option.purpose}"

    @property
    def all(self) -> Collection[Option]:
        """All options."""
        return self._options.values()

    def where(self, name: str) -> str:
        """Return where the file of settings has the option *name*; if it has it not, which file that is."""
        return self._in_file.get(name, str(self._config))

    def limits(self) -> Limits:
        """Return the limits as they were set."""
        return Limits(**{limit.name: self[limit.name.replace("_", "-")] for limit in fields(Limits)})

    def refuse(self, name: str, why: str) -> NoReturn:
        """End the program because of the value of the option *name*; if a file has it, say where."""
        where = self._in_file.get(name)
        self.give_up(f"{where}: {why.removeprefix('--')}" if where else why)

    def give_up(self, why: str) -> NoReturn:
        """End the program, which can't start, with one line and status 1."""
        sys.exit(f"{self.command}: {why}")


def _help(option: Option) -> str:
    argument = option.kind.argument
    term = f"  --{option.name}={argument}" if argument else f"  --{option.name}"
    return textwrap.fill(
        option.about, 79, initial_indent=f"{term:28}", subsequent_indent=" " * 28, break_on_hyphens=False
    )
