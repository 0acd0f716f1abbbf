"""``twistd chatroom``: the server that its options describe; the only module that knows all parts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from twisted.application.service import IService, MultiService
from twisted.logger import Logger

from chatroom import __version__
from chatroom.assembly.entrances import Addresses, Entrances
from chatroom.assembly.operations import Operations
from chatroom.assembly.people import gather
from chatroom.assembly.stores import node_of, open_log
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.limits import Limits
from chatroom.logs.log_service import LogService
from chatroom.options.command_line import Options
from chatroom.programs.early_signals import hold
from chatroom.services.listening.together import Together
from chatroom.services.operations.fd_limit import connections, raise_limit
from chatroom.services.operations.gc_tuning import GCTuning
from chatroom.services.operations.process_files import obstacle
from chatroom.services.operations.server_log import Logged, Threshold, observer

__all__ = ["Options", "makeService", "server"]  # twistd asks for the first two


def makeService(options: Options) -> IService:
    """Return the server that *options* describe."""
    from twisted.internet import reactor

    # From here on, until it runs and its services and the reactor have set handlers of their own.
    reactor.callWhenRunning(hold().release)
    if options.parent and (trouble := obstacle(options.parent)):
        options.give_up(trouble)
    Logger().info("chatroom {version}", version=__version__)
    raise_limit()
    # The reactor's own clock is the time of day; with that, a jump of the clock would fire or stop every timer.
    reactor.seconds = time.monotonic  # type: ignore[method-assign]
    # What --logger names goes before whatever we would make.
    ours = options.parent and (options["log-json"] or not options.parent["logger"])
    if not ours:
        return server(options, reactor, time.time)
    threshold = Threshold()
    return _logged(server(options, reactor, time.time, threshold.set), options, reactor, threshold)


def server(
    options: Options,
    reactor: Any,
    wall: Callable[[], float],
    set_log_level: Callable[[LogLevel], None] | None = None,
) -> MultiService:
    """Return the server that *options* describe; *wall* is for the time of day, in seconds since 1970.

    *reactor* provides what Twisted's endpoints ask for, and :class:`~chatroom.core.ports.Clock`. Operators set the
    level of the log by *set_log_level*, if the log is ours.
    """
    limits_of = partial(_limits, len(options["room-ports"]))
    limits = limits_of(options)
    service = Together()
    wheel = TimerWheel(reactor)
    log = open_log(options, reactor, wall, limits)
    addresses = Addresses(options, reactor)
    people = gather(options, reactor, wall, log, limits, wheel, addresses.room_ports, service)
    entrances = Entrances(options, reactor, people.lobby, limits, wheel, addresses)
    operations = Operations(options, reactor, wall, log, people, entrances, limits_of, set_log_level)
    if node := node_of(log):
        node.when_fenced.append(entrances.factory.begin_anew)
        node.when_joined = lambda: people.lobby.restore(options["room"])
    services: list[IService] = [
        operations.end,
        # In this order: a room that is open gets its port when the store is ours, and only then anybody is let in.
        addresses.room_ports,
        LogService(log, lambda: people.restore(options["room"])),
        *entrances.services,
        *operations.services,
        GCTuning(),
    ]
    for each in services:
        each.setServiceParent(service)
    return service


def _limits(ports: int, options: Options) -> Limits:
    """Return the limits that *options* set, with no more connections than there can be beside *ports*."""
    limits = options.limits()
    return replace(limits, max_connections=connections(limits.max_connections, ports))


def _logged(service: IService, options: Options, reactor: Any, threshold: Threshold) -> IService:
    """Return *service* in one that lets twistd write its log as *options* say, to where it would write it."""
    assert options.parent is not None  # those of twistd itself
    try:
        to = observer(options.parent, reactor.callFromThread, threshold, as_json=bool(options["log-json"]))
    except ValueError as error:
        options.give_up(str(error))
    except OSError as error:
        options.give_up(f"can't log to {error.filename} ({error.strerror})")
    return Logged(service, to)
