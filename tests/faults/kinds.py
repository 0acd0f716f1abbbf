"""The faults: what becomes of engines, of servers, and of the ways between them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from random import Random

import psycopg

from tests.engine import Engine
from tests.faults.chat import LEASE, Chat, Node

HOUR = 3600.0


class Hand:
    """Whoever brings trouble to *chat*, as *chance* has it."""

    def __init__(self, chat: Chat, chance: Random) -> None:
        self.chat = chat
        self.pair = chat.pair
        self.chance = chance

    def node(self) -> Node:
        """Return one of the nodes."""
        return self.chance.choice(self.chat.nodes)

    def pause(self, least: float, most: float) -> None:
        """Let some time pass."""
        time.sleep(self.chance.uniform(least, most))

    def fell(self, engine: Engine) -> None:
        """Kill *engine*, and start it again."""
        engine.stop(signal.SIGKILL)
        self.pause(0, 2)
        engine.start()

    def lull(self, *engines: Engine) -> None:
        """Let *engines* sleep."""
        for engine in engines:
            engine.send_signal(signal.SIGSTOP)
        self.pause(0.2, 2 * LEASE)
        for engine in engines:
            engine.send_signal(signal.SIGCONT)


# Of the engines.


def kill_primary(hand: Hand) -> None:
    """Kill the primary, and start it again."""
    hand.fell(hand.pair.primary)


def fail_over(hand: Hand) -> None:
    """Kill the primary, promote the standby, and make another one."""
    hand.pair.primary.stop(signal.SIGKILL)
    hand.pause(0, 1)
    hand.pair.promote()
    hand.pause(0, 2)
    hand.pair.renew()


def hang(hand: Hand) -> None:
    """Let the primary hang, promote the standby, and let the primary wake for a while, as if it still were one."""
    hand.pair.primary.send_signal(signal.SIGSTOP)
    hand.pair.promote()
    hand.pause(0, 4 * LEASE)
    hand.pair.standby.send_signal(signal.SIGCONT)
    hand.pause(0, 1)
    hand.pair.renew()


def sleep_primary(hand: Hand) -> None:
    """Let the primary sleep."""
    hand.lull(hand.pair.primary)


def kill_standby(hand: Hand) -> None:
    """Kill the standby, and start it again."""
    hand.fell(hand.pair.standby)


def sleep_standby(hand: Hand) -> None:
    """Let the standby sleep: no commit ends."""
    hand.lull(hand.pair.standby)


def sleep_both(hand: Hand) -> None:
    """Let both sleep."""
    hand.lull(*hand.pair.engines)


def end_sessions(hand: Hand) -> None:
    """End sessions with the primary, or what they are doing, in the middle of commits that wait too."""
    for _ in range(hand.chance.randint(1, 20)):
        end = hand.chance.choice(["pg_terminate_backend", "pg_cancel_backend"])
        one = "SELECT pid FROM pg_stat_activity WHERE usename = 'chat' AND state = 'active' ORDER BY random() LIMIT 1"
        # It may have been killed by the other hand, or be about to start.
        with suppress(psycopg.OperationalError):
            hand.pair.primary.execute(f"SELECT {end}(pid) FROM ({one}) AS one")
        hand.pause(0, 0.1)


def fill_disk(hand: Hand) -> None:
    """Let the disk of the primary be full."""
    hand.pair.primary.fill_disk()
    hand.pause(0.2, LEASE)
    hand.pair.primary.free_disk()


def turn_engine_clock(hand: Hand) -> None:
    """Set the clock of the engines."""
    assert hand.pair.clock
    hand.pair.clock.set(hand.chance.choice([-HOUR, 0, HOUR]))


# Of the servers, and of their ways to the engines.


def kill_node(hand: Hand) -> None:
    """Kill a server, and start it again."""
    node = hand.node()
    node.end(signal.SIGKILL)
    hand.pause(0, 2 * LEASE)
    node.start()


def stop_node(hand: Hand) -> None:
    """Stop a server in order, and start it again."""
    node = hand.node()
    node.end(signal.SIGTERM)
    node.start()


def sleep_node(hand: Hand) -> None:
    """Let a server sleep."""
    node = hand.node()
    node.send_signal(signal.SIGSTOP)
    hand.pause(0.1, 2 * LEASE)
    node.send_signal(signal.SIGCONT)


def cut(hand: Hand) -> None:
    """Cut a server off from the engines."""
    node = hand.node()
    for proxy in node.ways.proxies:
        proxy.refuse()
    hand.pause(0, 2 * LEASE)
    for proxy in node.ways.proxies:
        proxy.accept()


def cut_for_a_moment(hand: Hand) -> None:
    """Cut the connections of a server to the engines."""
    for proxy in hand.node().ways.proxies:
        proxy.cut(reset=hand.chance.random() < 0.5)


def cut_one_way(hand: Hand) -> None:
    """Let nothing of what a server sends arrive at the engines, or nothing of what they answer, and then cut."""
    node = hand.node()
    there = hand.chance.random() < 0.5
    for proxy in node.ways.proxies:
        proxy.stall(there=there, back=not there)
    hand.pause(0.1, 2 * LEASE)
    for proxy in node.ways.proxies:
        if hand.chance.random() < 0.5:
            proxy.cut()
        proxy.go_on()


def turn_clock(hand: Hand) -> None:
    """Set the clock of a server."""
    clock = hand.node().clock
    assert clock
    clock.set(hand.chance.choice([-HOUR, 0, HOUR]))


Fault = Callable[[Hand], None]

OF_ENGINES: dict[Fault, int] = {
    kill_primary: 3,
    fail_over: 4,
    hang: 2,
    sleep_primary: 2,
    kill_standby: 2,
    sleep_standby: 2,
    sleep_both: 1,
    end_sessions: 3,
    fill_disk: 1,
    turn_engine_clock: 1,
}
OF_SERVERS: dict[Fault, int] = {
    kill_node: 4,
    stop_node: 1,
    sleep_node: 4,
    cut: 3,
    cut_for_a_moment: 2,
    cut_one_way: 3,
    turn_clock: 1,
}
ON_LINUX = {fill_disk}
WITH_CLOCKS = {turn_engine_clock, turn_clock}
