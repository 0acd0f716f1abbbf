"""``twistd chatroom``: the options, and the server that they describe; the only module that knows all parts."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import Field, fields
from typing import Any, NoReturn

from twisted.application.service import IService, MultiService
from twisted.python import usage
from typing_extensions import override

from chatroom.core.errors import ChatError
from chatroom.core.limits import Limits
from chatroom.core.lobby import Lobby
from chatroom.core.names import room_name
from chatroom.core.turn import Turn
from chatroom.core.wheel import Wheel
from chatroom.fronts.line import LineFactory
from chatroom.services.farewell import Farewell
from chatroom.services.listener import Listener, endpoint
from chatroom.services.memory_log import MemoryLog
from chatroom.wire.frames import Frames

SERVER = "chatroom"
"""What the server calls itself."""

HELP = {
    "max_rooms": "rooms open at a time",
    "room_capacity": "members of a room",
    "rooms_per_visitor": "open rooms that one visitor has created",
    "linger": "seconds until an empty room is closed; 0: at once",
    "max_line": "bytes in a line from a visitor",
    "lines_per_turn": "lines taken from one visitor before the others have their turn",
    "in_flight": "messages of one visitor that wait to be stored, until it is read on",
    "page": "messages in a page of history",
    "first_line_timeout": "seconds to the first line of a visitor",
    "login_timeout": "seconds to its username",
    "close_timeout": "seconds for a connection to close by itself",
    "stop_timeout": "seconds for all visitors to go when the server stops",
}


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("it takes a whole number from 0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < 1e9:
        raise ValueError("it takes a number of seconds from 0")
    return seconds


def _limit(limit: Field[Any]) -> list[object]:
    """Return the row of the option for *limit*."""
    coerce: Callable[[str], float] = _number if limit.type == "int" else _seconds
    return [_option(limit), None, limit.default, HELP[limit.name], coerce]


def _option(limit: Field[Any]) -> str:
    return limit.name.replace("_", "-")


class Options(usage.Options):
    """The options of ``twistd chatroom``; those for limits come from :class:`~chatroom.core.limits.Limits`."""

    synopsis = "[options]"
    longdesc = (
        "A chat room server. Visitors reach it by netcat, programs by one JSON object a line, on the same port. "
        "Without any option it listens on port 8080. A limit of 0 is none."
    )
    optParameters = [
        ["port", "p", "8080", "where to listen: a port number, or an endpoint as in tcp:8080:interface=127.0.0.1"],
        *map(_limit, fields(Limits)),
    ]
    compData = usage.Completions(optActions={"port": usage.CompleteNetInterfaces()})

    def __init__(self) -> None:
        super().__init__()
        self["listen"] = []
        self["room"] = []

    def opt_listen(self, where: str) -> None:
        """Listen there too, written as for --port. May be repeated."""
        self["listen"].append(where)

    def opt_room(self, name: str) -> None:
        """A room that is there from the start and always. May be repeated."""
        try:
            self["room"].append(room_name(name))
        except ChatError as error:
            raise usage.UsageError(f"--room {name}: {error}") from None

    @override
    def parseOptions(self, options: list[str] | None = None) -> None:
        """Read *options*; whatever is wrong with them ends the program with one line."""
        try:
            super().parseOptions(options)
        except usage.UsageError as error:
            _give_up(f"{error} (twistd chatroom --help lists the options)")

    @override
    def parseArgs(self, *args: str) -> None:
        """Take no arguments."""
        if args:
            raise usage.UsageError(f"{args[0]} is no option")

    def limits(self) -> Limits:
        """Return the limits as they were set."""
        return Limits(**{limit.name: self[_option(limit)] for limit in fields(Limits)})


def makeService(options: Options) -> IService:
    """Return the server that *options* describe."""
    from twisted.internet import reactor

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
    wheel = Wheel(reactor)
    lobby = Lobby(log=MemoryLog(), turn=Turn(soon), wheel=wheel, wall=wall, limits=limits)
    for name in options["room"]:
        lobby.open_permanently(name, lambda _: None)
    frames = Frames(SERVER, limits)
    factory = LineFactory(lobby, server=SERVER, frames=frames, wheel=wheel, soon=soon, wall=wall)
    service = MultiService()
    for where in (options["port"], *options["listen"]):
        try:
            Listener(endpoint(reactor, where), factory, where).setServiceParent(service)
        except ValueError as error:
            _give_up(str(error))
    Farewell(factory.stop).setServiceParent(service)
    return service


def _give_up(why: str) -> NoReturn:
    sys.exit(f"twistd chatroom: {why}")
