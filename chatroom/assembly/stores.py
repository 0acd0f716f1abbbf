"""The log that the options of a server name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from chatroom.core.values.limits import Limits
from chatroom.logs.memory.log import CLOSED, KEPT, MemoryLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.log import SQLiteLog
from chatroom.options.command_line import Options
from chatroom.options.kinds import DATABASE

if TYPE_CHECKING:
    from chatroom.logs.nodes.log import NodeLog
    from chatroom.logs.nodes.node import Node

KeptLog: TypeAlias = "SQLiteLog | NodeLog | MemoryLog"
"""A log, with all else that the core keeps."""


def open_log(options: Options, reactor: Any, wall: Callable[[], float], limits: Limits) -> KeptLog:
    """Return the log that *options* name."""
    if options["store"] == "memory":
        closed = CLOSED if options["keep-closed"] else 0
        return MemoryLog(
            partial(reactor.callLater, 0),
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


def node_of(log: KeptLog) -> Node | None:
    """Return the node as which a server keeps *log*, if several share it."""
    return None if isinstance(log, SQLiteLog | MemoryLog) else log.node


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
