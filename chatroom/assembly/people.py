"""Who is who at a server: accounts, what checks their passwords, and the lobby where all are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.application.service import MultiService

from chatroom.assembly.stores import KeptLog, node_of
from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.local_directory import LocalDirectory
from chatroom.core.ports import AccountStore, Hand, Passwords
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import RoomName
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.sqlite.log import SQLiteLog
from chatroom.options.command_line import Options
from chatroom.services.listening.room_ports import RoomPortService

if TYPE_CHECKING:
    from chatroom.logs.nodes.accounts import NodeAccounts
    from chatroom.logs.nodes.directory import NodeDirectory
    from chatroom.logs.nodes.node import Node
    from chatroom.services.passwords import OthersPasswords, ThreadedPasswords

CLOSING = 0.1
"""The part of ``--stop-timeout`` kept for closing the log, once the last visitor has gone."""


@dataclass(frozen=True)
class Community:
    """The *lobby*; its *accounts*, and what checks their *passwords*, unless all are guests.

    Of several servers that share a log, it has a directory *over_nodes*.
    """

    lobby: Lobby
    accounts: Accounts | None
    passwords: ThreadedPasswords | None
    over_nodes: NodeDirectory | None

    def restore(self, rooms: Sequence[RoomName]) -> None:
        """Have the accounts and rooms that are kept, and *rooms* of the operator."""
        if self.accounts:
            self.accounts.restore()
        self.lobby.restore(rooms)

    def limit(self, limits: Limits, options: Options) -> None:
        """Let *limits* hold from now on, and what *options* say of accounts."""
        self.lobby.limit(leaving(limits))
        if self.accounts:
            self.accounts.limit(options["password-least"], options["registrations"])

    def reach(self, hand: Hand) -> Hand:
        """Return a hold of the connections of all servers, of which *hand* has those to this one."""
        if self.over_nodes is None:
            return hand
        from chatroom.logs.nodes.hand import HandOverNodes

        return HandOverNodes(hand, self.over_nodes.calls)


def gather(
    options: Options,
    reactor: Any,
    wall: Callable[[], float],
    log: KeptLog,
    limits: Limits,
    wheel: TimerWheel,
    room_ports: RoomPortService,
    service: MultiService,
) -> Community:
    """Return the community of *log*; what passwords need to start belongs to *service*."""
    passwords = _passwords(options, reactor, service)
    accounts = _accounts(options, log, passwords, reactor, wall) if passwords else None
    known_operators = accounts.operators if accounts else ()
    node = node_of(log)
    over_nodes = None
    if node:
        from chatroom.logs.nodes.directory import NodeDirectory

        over_nodes = NodeDirectory(node, reactor, wheel, lambda: lobby, known_operators, limits.devices)
    lobby = Lobby(
        log=log,
        audit=log,
        directory=over_nodes or LocalDirectory(wheel, limits.devices, known_operators),
        turn=Turn(partial(reactor.callLater, 0), node.lease if node else None),
        wheel=wheel,
        wall=wall,
        limits=leaving(limits),
        room_ports=room_ports,
        accounts=accounts,
        follows=log,
        marks=log,
        talks=log,
        cloaks=log,
    )
    return Community(lobby, accounts, passwords, over_nodes)


def leaving(limits: Limits) -> Limits:
    """Return *limits* as they are for visitors: when all have gone, there is some time left to close the log."""
    return replace(limits, stop_timeout=limits.stop_timeout * (1 - CLOSING))


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
    options: Options, log: KeptLog, passwords: Passwords, reactor: Any, wall: Callable[[], float]
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
