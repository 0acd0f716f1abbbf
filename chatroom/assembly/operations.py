"""How a server is operated: metrics, what is read again while it runs, the operator's hand, and its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.application.service import IService
from twisted.internet.defer import Deferred

from chatroom.assembly.entrances import Entrances
from chatroom.assembly.people import CLOSING, Community
from chatroom.assembly.stores import KeptLog, node_of
from chatroom.core.lobby import Lobby
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.limits import Limits
from chatroom.fronts.hand import ConnectionsInHand
from chatroom.logs.memory.log import MemoryLog
from chatroom.options.command_line import Options
from chatroom.options.reloading import SettingsFile
from chatroom.services.listening.expiry import Expiry
from chatroom.services.operations.graceful_stop import GracefulStop
from chatroom.services.operations.motd import Motd, MotdUnusable
from chatroom.services.operations.reload import ReloadService

if TYPE_CHECKING:
    from chatroom.services.operations.metrics_http import MetricsHTTP


class Operations:
    """The operation of a server with these *people* and *entrances*; operators may set the level of its log.

    *limits* returns those that options set.
    """

    def __init__(
        self,
        options: Options,
        reactor: Any,
        wall: Callable[[], float],
        log: KeptLog,
        people: Community,
        entrances: Entrances,
        limits: Callable[[Options], Limits],
        set_log_level: Callable[[LogLevel], None] | None,
    ) -> None:
        self._reactor = reactor
        self._log = log
        self._people = people
        self._entrances = entrances
        self._limits = limits
        lobby, factory = people.lobby, entrances.factory
        certificates = [*entrances.certificates]
        expiry = Expiry(certificates, wall)
        self._metrics = (
            None if options["metrics"] is None else _metrics(options, reactor, lobby, entrances, log, expiry)
        )
        reloads = [*entrances.reloads]
        if self._metrics:
            reloads.append(self._metrics.reload)
            if self._metrics.certificate:
                certificates.append(self._metrics.certificate)
        reloads.append(expiry.reload)
        expiry.warn()
        if options["motd"] is not None:
            reloads.append(_motd(options, lobby).reload)
        if options["config"] is not None:
            reloads.append(SettingsFile(options, self._limit).reload)
        self._reload = ReloadService(reactor, reloads)
        hand = ConnectionsInHand(
            lobby, lambda: tuple(factory.connections), reload=self._reload.reload, set_log_level=set_log_level
        )
        lobby.hand = people.reach(hand)
        self.end = GracefulStop(reactor, lambda: Deferred.fromCoroutine(self._stop()))

    @property
    def services(self) -> list[IService]:
        """What serves operators, in the order in which it begins to."""
        return [*([self._metrics] if self._metrics else []), self._reload]

    def _limit(self, found: Options) -> None:
        """Let the limits *found* hold from now on."""
        limits = self._limits(found)
        self._people.limit(limits, found)
        self._entrances.limit(limits)
        self._log.limit(limits)

    async def _stop(self) -> None:
        """End: visitors, operators, passwords, marks, the log, and metrics, in this order."""
        began = self._reactor.seconds()
        people = self._people
        self._log.cancel_searches()
        await self._entrances.stop()
        if people.passwords:
            people.passwords.stop()
        people.lobby.marks.finish()
        if not isinstance(self._log, MemoryLog):
            timeout = people.lobby.limits.stop_timeout / (1 - CLOSING)
            left = began + timeout - self._reactor.seconds()
            await self._log.stop(max(left, timeout * CLOSING) if timeout else None)
        if self._metrics:
            await self._metrics.close()


def _motd(options: Options, lobby: Lobby) -> Motd:
    """Return the message of the day, shown to all visitors of *lobby*."""

    def show(text: str) -> None:
        lobby.motd = text

    try:
        return Motd(Path(options["motd"]), show)
    except MotdUnusable as error:
        options.refuse("motd", f"--motd: {error}")


def _metrics(
    options: Options, reactor: Any, lobby: Lobby, entrances: Entrances, log: KeptLog, expiry: Expiry
) -> MetricsHTTP:
    """Return the service of metrics that *options* describe; certificates have an *expiry*."""
    try:
        # Only here: who does not ask for metrics needs none of it.
        from chatroom.services.operations.metrics_http import MetricsHTTP
    except ImportError as error:
        options.give_up(
            f"--metrics needs more than is installed ({error}): in the folder of the sources, pip install '.[metrics]'"
        )
    try:
        commits = None if isinstance(log, MemoryLog) else log
        return MetricsHTTP(reactor, options["metrics"], lobby, entrances.factory, commits, node_of(log), expiry.ends)
    except ValueError as error:
        options.refuse("metrics", str(error))
