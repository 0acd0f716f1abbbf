"""``twistd chatroom``: the options, and the server that they describe; the only module that knows all parts."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import Field, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred
from twisted.internet.protocol import ServerFactory
from twisted.python import usage
from typing_extensions import override

from chatroom.core.errors import ChatError
from chatroom.core.limits import Limits
from chatroom.core.lobby import Lobby
from chatroom.core.names import RoomName, key, room_name
from chatroom.core.turn import Turn
from chatroom.core.wheel import Wheel
from chatroom.fronts.factory import LineFactory, RoomFactory
from chatroom.fronts.introduction import Introductions
from chatroom.services.address import PROXIED, Address
from chatroom.services.collector import Collector
from chatroom.services.descriptors import connections, raise_limit
from chatroom.services.farewell import Farewell
from chatroom.services.listener import Listener
from chatroom.services.memory_log import CLOSED, KEPT, MemoryLog
from chatroom.services.rereading import Rereading
from chatroom.services.room_ports import RoomPorts
from chatroom.services.sqlite_keeper import Keep
from chatroom.services.sqlite_log import SQLiteLog
from chatroom.services.store import Store
from chatroom.wire.frames import Frames

if TYPE_CHECKING:
    from chatroom.services.exposition import Exposition

SERVER = "chatroom"
"""What the server calls itself."""

ABOUT = """\
A chat room server. People reach it with netcat, programs with one JSON object a line, on the same port. A limit of 0 \
is no limit, except where it says otherwise.
"""

HELP = {
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

PLACES = frozenset(("port", "listen", "room-ports", "metrics", "room", "store"))
"""The options that set no limit."""

ARGUMENTS = {
    "store": "FILE",
    "sync": "HOW",
    "port": "WHERE",
    "listen": "WHERE",
    "room-ports": "FIRST-LAST",
    "metrics": "WHERE",
    "room": "NAME",
}
"""What the options take that take no number."""

SHOWN = "print every limit that would hold, and exit"

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


def _option(limit: Field[Any]) -> str:
    return limit.name.replace("_", "-")


def _parameter(limit: Field[Any]) -> list[object]:
    """Return the row of the option that sets *limit*."""
    coerce = partial(_count if limit.type == "int" else _amount, _option(limit))
    return [_option(limit), None, limit.default, "", coerce]


class Options(usage.Options):
    """The options of ``twistd chatroom``; those for limits come from :class:`~chatroom.core.limits.Limits`."""

    optParameters = [
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

    optFlags = [["show-limits", None, SHOWN]]

    def __init__(self) -> None:
        super().__init__()
        self["listen"] = []
        self["room"] = []

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
        except usage.UsageError as error:
            why = str(error).removeprefix("Parameter type enforcement failed: ")
            _give_up(f"{why} (twistd chatroom --help lists the options)")
        if self["show-limits"]:
            print("\n".join(self._limit_lines()))
            sys.exit(0)

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
        parts += [f"  --{'show-limits':24}{SHOWN}", ""]
        return "\n".join([*parts, EXAMPLES])

    def _help(self, name: str, purpose: str) -> str:
        value = self[name]
        default = f" [{value:g}]" if isinstance(value, int | float) else f" [{value}]" if value else ""
        option = f"  --{name}={ARGUMENTS.get(name, 'N')}"
        return textwrap.fill(
            purpose + default, 79, initial_indent=f"{option:28}", subsequent_indent=" " * 28, break_on_hyphens=False
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


def makeService(options: Options) -> IService:
    """Return the server that *options* describe."""
    from twisted.internet import reactor

    raise_limit()
    # The reactor's own clock is the time of day; with that, a jump of the clock would fire or stop every timer.
    reactor.seconds = time.monotonic  # type: ignore[method-assign]
    return server(options, reactor, time.time)


def server(options: Options, reactor: Any, wall: Callable[[], float]) -> MultiService:
    """Return the server that *options* describe; *wall* is for the time of day, in seconds since 1970.

    *reactor* provides what Twisted's endpoints ask for, and :class:`~chatroom.core.ports.Clock`.
    """

    def soon(action: Callable[[], None]) -> None:
        reactor.callLater(0, action)

    limits = options.limits()
    limits = replace(limits, max_connections=connections(limits.max_connections, len(options["room-ports"])))
    wheel = Wheel(reactor)
    log = _log(options, reactor, soon, wall)
    addresses = [(where, _address(reactor, where)) for where in (options["port"], *options["listen"])]

    def introduced(where: str, factory: ServerFactory) -> ServerFactory:
        proxied = where.startswith(PROXIED)
        return Introductions(factory, wheel, limits.first_line_timeout) if proxied else factory

    def door(room: Callable[[], RoomName | None]) -> ServerFactory:
        return introduced(options["port"], RoomFactory(factory, room))

    _, first = addresses[0]
    if options["room-ports"] and not first.has_ports:
        _give_up(f"--room-ports goes with a --port that is a port of TCP, not with {options['port']}")
    doors = RoomPorts(first, options["room-ports"], factory=door, soon=soon)
    lobby = Lobby(log=log, turn=Turn(soon), wheel=wheel, wall=wall, limits=limits, doors=doors)
    frames = Frames(SERVER, limits)
    factory = LineFactory(lobby, server=SERVER, frames=frames, wheel=wheel, soon=soon)
    service = MultiService()
    listeners = [Listener(address, introduced(where, factory), where) for where, address in addresses]
    for listener in (*listeners, doors):
        listener.setServiceParent(service)

    exposition = None
    if options["metrics"] is not None:
        exposition = _exposition(options["metrics"], reactor, lobby, factory, log)
        exposition.setServiceParent(service)
        listeners.append(exposition)

    async def stop() -> None:
        await factory.stop()
        if isinstance(log, SQLiteLog):
            await log.stop()
        if exposition:
            await exposition.close()

    Farewell(reactor, lambda: Deferred.fromCoroutine(stop())).setServiceParent(service)
    Store(log, lambda: lobby.restore(options["room"])).setServiceParent(service)
    Rereading(reactor, [listener.renew for listener in listeners]).setServiceParent(service)
    Collector().setServiceParent(service)
    return service


def _address(reactor: Any, where: str) -> Address:
    try:
        return Address(reactor, where)
    except ValueError as error:
        _give_up(str(error))


def _log(
    options: Options, reactor: Any, soon: Callable[[Callable[[], None]], None], wall: Callable[[], float]
) -> SQLiteLog | MemoryLog:
    """Return the log that *options* name."""
    if options["store"] == "memory":
        closed = CLOSED if options["keep-closed"] else 0
        return MemoryLog(soon, min(options["keep-messages"] or KEPT, KEPT), closed)
    keep = Keep(options["keep-messages"], options["keep-days"], options["keep-closed"])
    return SQLiteLog(
        Path(options["store"]),
        clock=reactor,
        from_thread=reactor.callFromThread,
        wall=wall,
        sync=options["sync"],
        busy_timeout=options["busy-timeout"],
        keep=keep,
    )


def _exposition(where: str, reactor: Any, lobby: Lobby, factory: LineFactory, log: SQLiteLog | MemoryLog) -> Exposition:
    """Return what serves metrics *where* it was told to."""
    try:
        # Only here: who does not ask for metrics needs none of it.
        from chatroom.services.exposition import Exposition
    except ImportError as error:
        _give_up(f"--metrics needs more than is installed ({error}): pip install 'chatroom[metrics]'")
    try:
        return Exposition(reactor, where, lobby, factory, log if isinstance(log, SQLiteLog) else None)
    except ValueError as error:
        _give_up(str(error))


def _give_up(why: str) -> NoReturn:
    sys.exit(f"twistd chatroom: {why}")
