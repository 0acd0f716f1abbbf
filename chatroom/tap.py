"""``twistd chatroom``: the server that its options describe; the only module that knows all parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred
from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger

from chatroom import __version__
from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.local_directory import LocalDirectory
from chatroom.core.ports import AccountStore, Hand, Passwords
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.limits import Limits
from chatroom.doors import FOR_BROWSERS, Doors, at_address
from chatroom.fronts.control import ControlFactory
from chatroom.fronts.factory import LineFactory, RoomFactory
from chatroom.fronts.guard.proxy_protocol import ProxiedFactory
from chatroom.fronts.hand import ConnectionsInHand
from chatroom.logs.log_service import LogService
from chatroom.logs.memory.log import CLOSED, KEPT, MemoryLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.log import SQLiteLog
from chatroom.options.command_line import Options
from chatroom.options.kinds import DATABASE, control_path
from chatroom.options.reloading import SettingsFile
from chatroom.programs.early_signals import hold
from chatroom.services.listening.control import ControlListener
from chatroom.services.listening.endpoints import PROXIED
from chatroom.services.listening.expiry import Expiry
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import Listener
from chatroom.services.listening.room_ports import RoomPortService
from chatroom.services.listening.together import Together
from chatroom.services.operations.fd_limit import connections, raise_limit
from chatroom.services.operations.gc_tuning import GCTuning
from chatroom.services.operations.graceful_stop import GracefulStop
from chatroom.services.operations.motd import Motd, MotdUnusable
from chatroom.services.operations.process_files import obstacle
from chatroom.services.operations.reload import ReloadService
from chatroom.services.operations.server_log import Logged, Threshold, observer
from chatroom.wire.frames.frames import Frames

if TYPE_CHECKING:
    from chatroom.logs.nodes.accounts import NodeAccounts
    from chatroom.logs.nodes.directory import NodeDirectory
    from chatroom.logs.nodes.log import NodeLog
    from chatroom.logs.nodes.node import Node
    from chatroom.services.operations.metrics_http import MetricsHTTP
    from chatroom.services.passwords import OthersPasswords, ThreadedPasswords

__all__ = ["Options", "makeService", "server"]  # twistd asks for the first two

CLOSING = 0.1
"""The part of ``--stop-timeout`` kept for closing the log, once the last visitor has gone."""


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
    soon = partial(reactor.callLater, 0)
    ports = len(options["room-ports"])
    limits = _limits(options, ports)
    wheel = TimerWheel(reactor)
    log = _log(options, reactor, soon, wall, limits)
    places = [("port", options["port"]), *(("listen", where) for where in options["listen"])]
    addresses = [(where, _address(options, name, reactor, where.removeprefix(FOR_BROWSERS))) for name, where in places]
    room_ports = _room_ports(options, addresses[0][1], soon)
    node = None if isinstance(log, SQLiteLog | MemoryLog) else log.node
    service = Together()
    passwords = _passwords(options, reactor, service)
    accounts = _accounts(options, log, passwords, reactor, wall) if passwords else None
    known_operators = accounts.operators if accounts else ()
    shared = _node_directory(node, reactor, wheel, lambda: lobby, known_operators, limits.devices) if node else None
    directory = shared or LocalDirectory(wheel, limits.devices, known_operators)
    lobby = Lobby(
        log=log,
        audit=log,
        directory=directory,
        turn=Turn(soon, node.lease if node else None),
        wheel=wheel,
        wall=wall,
        limits=_leaving(limits),
        room_ports=room_ports,
        accounts=accounts,
        follows=log,
        marks=log,
        talks=log,
        cloaks=log,
    )
    accounted = ["accounts", "talks"] if accounts else []
    features = sorted([*accounted, "finding", "marks", "moderation", "redaction", "replies"])
    frames = Frames(options["name"], limits, features)
    factory = LineFactory(lobby, server=options["name"], frames=frames, wheel=wheel, soon=soon)
    doors = Doors(options, factory, features)
    if node:
        node.when_fenced.append(factory.begin_anew)
        node.when_joined = lambda: lobby.restore(options["room"])
    room_ports.serve(lambda room: _proxied(options["port"], factory, RoomFactory(factory, room)))
    operators = None if options["control"] == "none" else ControlFactory(factory)
    certificates = [found for found in (*(each.certificate for _, each in addresses), doors.certificate) if found]
    expiry = Expiry(certificates, wall)
    metrics = None if options["metrics"] is None else _metrics(options, reactor, lobby, factory, log, node, expiry)

    listeners = [
        Listener(address, _proxied(where.removeprefix(FOR_BROWSERS), factory, at_address(where, factory)), where)
        for where, address in addresses
    ]
    reloads = [*(listener.reload for listener in listeners), *doors.reloads]
    if metrics:
        reloads.append(metrics.reload)
        certificates += [metrics.certificate] if metrics.certificate else []
    reloads.append(expiry.reload)
    expiry.warn()
    if options["motd"] is not None:
        reloads.append(_motd(options, lobby).reload)

    def limit(found: Options) -> None:
        """Let the limits *found* hold from now on."""
        limits = _limits(found, ports)
        lobby.limit(_leaving(limits))
        frames.limit(limits)
        doors.limit(limits)
        factory.limit(limits)
        if operators:
            operators.limit(limits)
        if accounts:
            accounts.limit(found["password-least"], found["registrations"])
        log.limit(limits)

    if options["config"] is not None:
        reloads.append(SettingsFile(options, limit).reload)
    reload = ReloadService(reactor, reloads)
    hand = ConnectionsInHand(
        lobby, lambda: tuple(factory.connections), reload=reload.reload, set_log_level=set_log_level
    )
    lobby.hand = _hand_over_nodes(hand, shared) if shared else hand

    def started() -> None:
        if accounts:
            accounts.restore()
        lobby.restore(options["room"])

    async def stop() -> None:
        began = reactor.seconds()
        log.cancel_searches()
        await factory.stop()
        if operators:
            await operators.stop()
        if passwords:
            passwords.stop()
        lobby.marks.finish()
        if not isinstance(log, MemoryLog):
            timeout = lobby.limits.stop_timeout / (1 - CLOSING)
            left = began + timeout - reactor.seconds()
            await log.stop(max(left, timeout * CLOSING) if timeout else None)
        if metrics:
            await metrics.close()

    GracefulStop(reactor, lambda: Deferred.fromCoroutine(stop())).setServiceParent(service)
    # In this order: a room that is open gets its port when the store is ours, and only then anybody is let in.
    room_ports.setServiceParent(service)
    LogService(log, started).setServiceParent(service)
    for listening in listeners:
        listening.setServiceParent(service)
    if operators:
        _control(options, reactor, operators).setServiceParent(service)
    if metrics:
        metrics.setServiceParent(service)
    reload.setServiceParent(service)
    GCTuning().setServiceParent(service)
    return service


def _limits(options: Options, ports: int) -> Limits:
    """Return the limits that *options* set, with no more connections than there can be beside *ports*."""
    limits = options.limits()
    return replace(limits, max_connections=connections(limits.max_connections, ports))


def _leaving(limits: Limits) -> Limits:
    """Return *limits* as they are for visitors: when all have gone, there is some time left to close the log."""
    return replace(limits, stop_timeout=limits.stop_timeout * (1 - CLOSING))


def _proxied(where: str, factory: LineFactory, then: ServerFactory) -> ServerFactory:
    """Return the factory for *where*: *then*, behind the PROXY protocol if the endpoint asks for it."""
    return ProxiedFactory(factory, then) if where.startswith(PROXIED) else then


def _room_ports(
    options: Options, first: ListenAddress, soon: Callable[[Callable[[], None]], object]
) -> RoomPortService:
    """Return the ports of rooms, beside the *first* address."""
    if options["room-ports"] and not first.has_ports:
        options.refuse(
            "room-ports", f"--room-ports goes with a --port that is a port of TCP, not with {options['port']}"
        )
    return RoomPortService(first, options["room-ports"], soon=soon)


def _address(options: Options, name: str, reactor: Any, where: str) -> ListenAddress:
    """Return the address that the option *name* gives as *where*."""
    try:
        return ListenAddress(reactor, where)
    except ValueError as error:
        options.refuse(name, str(error))


def _log(
    options: Options,
    reactor: Any,
    soon: Callable[[Callable[[], None]], object],
    wall: Callable[[], float],
    limits: Limits,
) -> SQLiteLog | NodeLog | MemoryLog:
    """Return the log that *options* name."""
    if options["store"] == "memory":
        closed = CLOSED if options["keep-closed"] else 0
        return MemoryLog(
            soon,
            min(options["keep-messages"] or KEPT, KEPT),
            closed,
            search_timeout=options["search-timeout"],
            seconds=reactor.seconds,
        )
    retention = Retention(options["keep-messages"], options["keep-days"], options["keep-closed"])
    if options["store"].startswith(DATABASE):
        return _node_log(options, reactor, wall, retention, limits)
    return SQLiteLog(
        Path(options["store"]),
        clock=reactor,
        from_thread=reactor.callFromThread,
        wall=wall,
        sync=options["sync"],
        busy_timeout=options["busy-timeout"],
        search_timeout=options["search-timeout"],
        retention=retention,
    )


def _passwords(options: Options, reactor: Any, service: MultiService) -> ThreadedPasswords | None:
    """Return what checks passwords, unless all are guests; what it needs to start belongs to *service*."""
    if options["accounts"] == "off":
        if options["auth"] is not None:
            options.refuse("auth", "--auth goes with accounts, not with --accounts off")
        return None
    # Only here: who has no accounts needs none of it.
    from chatroom.services.passwords import PromptPasswords, ThreadedPasswords

    checks = PromptPasswords() if options["auth"] is None else _others_passwords(options, service)
    return ThreadedPasswords(reactor, checks)


def _others_passwords(options: Options, service: MultiService) -> OthersPasswords:
    """Return what asks the checker that *options* name; a file of passwords is looked at with *service*."""
    from chatroom.services.checkers import CheckerUnusable, checker
    from chatroom.services.passwords import OthersPasswords

    try:
        found, file = checker(options["auth"])
    except CheckerUnusable as error:
        options.refuse("auth", f"--auth {options['auth']}: {error}")
    if file:
        file.setServiceParent(service)
    return OthersPasswords(found)


def _accounts(
    options: Options,
    log: SQLiteLog | NodeLog | MemoryLog,
    passwords: Passwords,
    reactor: Any,
    wall: Callable[[], float],
) -> Accounts:
    """Return the accounts in *log*."""
    shared = None
    if isinstance(log, SQLiteLog | MemoryLog):
        store: AccountStore = log
    else:
        store = shared = _node_accounts(log.node, reactor)
    accounts = Accounts(
        store,
        passwords,
        now=lambda: int(wall() * 1000),
        seconds=reactor.seconds,
        least=options["password-least"],
        registrations=options["registrations"],
        # Who lets others check passwords means everybody to have one, unless they say otherwise.
        required=options["accounts"] == "required" or (options["auth"] is not None and options["accounts"] is None),
        plain=options["plain-passwords"] == "warn",
        others=shared,
    )
    if shared:
        shared.heard = accounts.heard
    return accounts


def _node_accounts(node: Node, reactor: Any) -> NodeAccounts:
    """Return the accounts of all servers, as far as *node* knows them."""
    from chatroom.logs.nodes.accounts import NodeAccounts

    return NodeAccounts(node, reactor)


def _node_log(
    options: Options, reactor: Any, wall: Callable[[], float], retention: Retention, limits: Limits
) -> NodeLog:
    """Return the log in the database that *options* name."""
    if options["room-ports"]:
        # Each server would have others.
        options.refuse("room-ports", "--room-ports goes with a --store of one server, not with a database of several")
    if options["lease"] < 1:
        options.refuse("lease", "--lease is a second or more: others look as often")
    try:
        # Only here: who has no database needs none of it.
        from chatroom.logs.nodes.log import NodeLog
        from chatroom.logs.postgres.engine import PostgresEngine
    except ImportError as error:
        options.give_up(
            f"--store postgresql://… needs more than is installed ({error}): in the folder of the sources, "
            "pip install '.[postgres]'"
        )
    try:
        engine = PostgresEngine(
            options["store"],
            from_thread=reactor.callFromThread,
            seconds=reactor.seconds,
            search_timeout=options["search-timeout"],
            retention=retention,
        )
    except ValueError as error:
        options.refuse("store", f"--store: {error}")
    return NodeLog(engine, clock=reactor, wall=wall, retention=retention, lease=options["lease"], limits=limits)


def _node_directory(
    node: Node, reactor: Any, wheel: TimerWheel, lobby: Callable[[], Lobby], operators: Container[bytes], most: int
) -> NodeDirectory:
    """Return the directory of *node*, whose rooms are in the *lobby*; *operators* may know of all rooms.

    Of one account there are *most* connections.
    """
    from chatroom.logs.nodes.directory import NodeDirectory

    return NodeDirectory(node, reactor, wheel, lobby, operators, most)


def _hand_over_nodes(hand: Hand, directory: NodeDirectory) -> Hand:
    """Return a hold of the connections of all servers, of which *hand* has those to this one."""
    from chatroom.logs.nodes.hand import HandOverNodes

    return HandOverNodes(hand, directory.calls)


def _control(options: Options, reactor: Any, operators: ControlFactory) -> ControlListener:
    """Return the listener for *operators* that *options* describe."""
    named = options["control"]
    path = control_path(options["store"]) if named is None else Path(named)
    return ControlListener(reactor, path, operators, default=named is None)


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


def _motd(options: Options, lobby: Lobby) -> Motd:
    """Return the message of the day, shown to all visitors of *lobby*."""

    def show(text: str) -> None:
        lobby.motd = text

    try:
        return Motd(Path(options["motd"]), show)
    except MotdUnusable as error:
        options.refuse("motd", f"--motd: {error}")


def _metrics(
    options: Options,
    reactor: Any,
    lobby: Lobby,
    factory: LineFactory,
    log: SQLiteLog | NodeLog | MemoryLog,
    node: Node | None,
    expiry: Expiry,
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
        return MetricsHTTP(reactor, options["metrics"], lobby, factory, commits, node, expiry.ends)
    except ValueError as error:
        options.refuse("metrics", str(error))
