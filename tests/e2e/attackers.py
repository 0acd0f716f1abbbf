"""Connections that send mutated lines in pieces of every size, and end in every way there is."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from random import Random

from chatroom.admin.control_client import connected
from tests.e2e.mutants import BY_CLIENTS, BY_OPERATORS, entrance, in_messages, mutant, web_entrance
from tests.e2e.mutants_irc import irc_entrance
from tests.e2e.processes import LIMIT

AT_ONCE = 32
"""Connections that there are at any time."""

LARGEST = 65536
"""Bytes of the largest piece that is sent."""

IRC_SHARE = 0.4
"""How many of those who are no operators come by IRC."""

PATIENCE = 1.0
"""Seconds for which one who does not read goes on to send, when the server reads it no longer."""


Door = tuple[str, int] | str
"""The address of a server, or the path of its control socket."""


class Attacker:
    """A connection that sends so many *lines*, unless the server closes it before; *name* is new, and used or not.

    By a control socket it is an operator's.
    """

    def __init__(self, door: Door, name: str, lines: int, chance: Random) -> None:
        operator = isinstance(door, str)
        if isinstance(door, str):
            self.socket = connected(Path(door), LIMIT)
        else:
            self.socket = socket.create_connection(door, LIMIT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.answers = 0
        self.closed_by_server = False
        self._chance = chance
        irc = not operator and chance.random() < IRC_SHARE
        before = b"" if operator else irc_entrance(name, chance) if irc else entrance(name, chance)
        theirs = BY_OPERATORS if operator else BY_CLIENTS if irc else ()
        mutants = [mutant(chance, theirs=theirs) for _ in range(lines)]
        if operator or chance.random() < 0.75:
            sent = before + b"".join(mutants)
        elif irc:
            sent = web_entrance(chance, irc=True) + in_messages([*before.splitlines(True), *mutants], chance)
        else:
            sent = web_entrance(chance) + in_messages([before, *mutants], chance)
        self._unsent = memoryview(sent)
        self.lines = lines
        self._largest = chance.choices((1, 10, 1000, LARGEST), (1, 4, 10, 10))[0]
        self._reads = chance.random() < 0.95
        self._half_closes = self._reads and chance.random() < 0.8
        self._since = time.monotonic()

    @property
    def sent(self) -> int:
        """How many of its lines have been sent."""
        return self.lines - min(self.lines, bytes(self._unsent).count(b"\n"))

    @property
    def events(self) -> int:
        """What it waits for."""
        return (selectors.EVENT_READ if self._reads else 0) | (selectors.EVENT_WRITE if self._unsent else 0)

    def read(self) -> bool:
        """Take what has come; return whether the connection lives."""
        try:
            data = self.socket.recv(LARGEST)
        except ConnectionError:
            data = b""
        self.answers += data.count(b"\n")
        self._since = time.monotonic()
        self.closed_by_server = not data and bool(self._unsent)
        return bool(data)

    def write(self) -> bool:
        """Send a few pieces; return whether the connection lives."""
        try:
            for _ in range(64):
                if not self._unsent:
                    break
                size = self._chance.randint(1, self._largest)
                self._unsent = self._unsent[self.socket.send(self._unsent[:size]) :]
                self._since = time.monotonic()
                if size > 1000:
                    break
            if self._unsent:
                return True
            if self._half_closes:
                # The server has to answer everything, and close.
                self.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return True
        except OSError:
            # Who was banned is put out while they send.
            self.closed_by_server = True
            return False
        return self._half_closes

    def is_stuck(self) -> bool:
        """Whether nothing happens any longer, as is right for one who does not read."""
        silent = time.monotonic() - self._since
        assert silent < LIMIT or not self._reads, "the server does not read one who reads, or does not close"
        return silent > PATIENCE and not self._reads

    def end(self) -> None:
        """Be gone, at once or as a machine is that knows nothing of it any longer."""
        if self._chance.random() < 0.5:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def attack(doors: Sequence[Door], seed: str, lines: int) -> Counter[str]:
    """Send so many lines to any of *doors*; return what came of it."""
    chance = Random(seed)
    names = (f"m{seed}-{number}" for number in count())
    came: Counter[str] = Counter()
    with selectors.DefaultSelector() as selector:
        while lines > 0 or selector.get_map():
            while lines > 0 and len(selector.get_map()) < AT_ONCE:
                attacker = Attacker(
                    chance.choice(doors), next(names), min(lines, chance.choice((1, 10, 100, 300))), chance
                )
                lines -= attacker.lines
                selector.register(attacker.socket, attacker.events, attacker)
            ready = {key.fd: events for key, events in selector.select(PATIENCE)}
            for key in list(selector.get_map().values()):
                attacker = key.data
                events = ready.get(key.fd, 0)
                alive = not attacker.is_stuck()
                if alive and events & selectors.EVENT_READ:
                    alive = attacker.read()
                if alive and events & selectors.EVENT_WRITE:
                    alive = attacker.write()
                if alive and attacker.events:
                    if attacker.events != key.events:
                        selector.modify(attacker.socket, attacker.events, attacker)
                    continue
                selector.unregister(attacker.socket)
                attacker.end()
                came["connections"] += 1
                came["closed by the server"] += attacker.closed_by_server
                came["lines"] += attacker.sent
                came["answers"] += attacker.answers
                # What could not be sent is sent by another.
                lines += attacker.lines - attacker.sent
    return came
