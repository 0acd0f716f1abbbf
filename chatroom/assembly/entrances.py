"""The ways into a server: its ports, the doors beside lines, and the operator's socket."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from twisted.application.service import IService
from twisted.internet.protocol import ServerFactory

from chatroom.assembly.doors import FOR_BROWSERS, Doors, at_address
from chatroom.core.lobby import Lobby
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.limits import Limits
from chatroom.fronts.control import ControlFactory
from chatroom.fronts.factory import LineFactory, RoomFactory
from chatroom.fronts.guard.proxy_protocol import ProxiedFactory
from chatroom.options.command_line import Options
from chatroom.options.kinds import control_path
from chatroom.services.listening.control import ControlListener
from chatroom.services.listening.endpoints import PROXIED
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import Listener
from chatroom.services.listening.room_ports import RoomPortService
from chatroom.wire.frames.frames import Frames


class Addresses:
    """Where a server listens, as *options* say, with the ports of its rooms beside the first address."""

    def __init__(self, options: Options, reactor: Any) -> None:
        places = [("port", options["port"]), *(("listen", where) for where in options["listen"])]
        self.listen = [(where, _address(options, name, reactor, where)) for name, where in places]
        first = self.listen[0][1]
        if options["room-ports"] and not first.has_ports:
            options.refuse(
                "room-ports", f"--room-ports goes with a --port that is a port of TCP, not with {options['port']}"
            )
        self.room_ports = RoomPortService(first, options["room-ports"], soon=partial(reactor.callLater, 0))


class Entrances:
    """The ways into the *lobby*, at *addresses*."""

    def __init__(
        self, options: Options, reactor: Any, lobby: Lobby, limits: Limits, wheel: TimerWheel, addresses: Addresses
    ) -> None:
        accounted = ["accounts", "talks"] if lobby.accounts else []
        features = sorted([*accounted, "finding", "marks", "moderation", "redaction", "replies"])
        self._frames = Frames(options["name"], limits, features)
        self.factory = factory = LineFactory(
            lobby, server=options["name"], frames=self._frames, wheel=wheel, soon=partial(reactor.callLater, 0)
        )
        self._doors = Doors(options, factory, features)
        self.listeners = [
            Listener(address, _proxied(where.removeprefix(FOR_BROWSERS), factory, at_address(where, factory)), where)
            for where, address in addresses.listen
        ]
        addresses.room_ports.serve(lambda room: _proxied(options["port"], factory, RoomFactory(factory, room)))
        self._operators = None if options["control"] == "none" else ControlFactory(factory)
        self._control = _control(options, reactor, self._operators) if self._operators else None
        self.reloads = [*(listener.reload for listener in self.listeners), *self._doors.reloads]
        found = (*(address.certificate for _, address in addresses.listen), self._doors.certificate)
        self.certificates = [certificate for certificate in found if certificate]

    @property
    def services(self) -> list[IService]:
        """What listens, in the order in which it begins to."""
        return [*self.listeners, *([self._control] if self._control else [])]

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on."""
        self._frames.limit(limits)
        self._doors.limit(limits)
        self.factory.limit(limits)
        if self._operators:
            self._operators.limit(limits)

    async def stop(self) -> None:
        """Let all visitors go, and then the operators."""
        await self.factory.stop()
        if self._operators:
            await self._operators.stop()


def _address(options: Options, name: str, reactor: Any, where: str) -> ListenAddress:
    """Return the address that the option *name* gives as *where*."""
    try:
        return ListenAddress(reactor, where.removeprefix(FOR_BROWSERS))
    except ValueError as error:
        options.refuse(name, str(error))


def _proxied(where: str, factory: LineFactory, then: ServerFactory) -> ServerFactory:
    """Return the factory for *where*: *then*, behind the PROXY protocol if the endpoint asks for it."""
    return ProxiedFactory(factory, then) if where.startswith(PROXIED) else then


def _control(options: Options, reactor: Any, operators: ControlFactory) -> ControlListener:
    """Return the listener for *operators* that *options* describe."""
    named = options["control"]
    path = control_path(options["store"]) if named is None else Path(named)
    return ControlListener(reactor, path, operators, default=named is None)
