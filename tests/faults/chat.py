"""People, and several real servers over a primary and a standby: whatever becomes of all of these, a judge compares."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Lock

from typing_extensions import override

from chatroom.logs.nodes.following import LOOKS
from tests.e2e.model_acts import create, delete, rename, step, take_over
from tests.e2e.model_cable import Cable, Recorder, SocketCable
from tests.e2e.model_house import logs_left, pump, rest, see_in_order
from tests.e2e.model_people import Person, World
from tests.e2e.processes import TWISTD, UNLIMITED, Ended, Server
from tests.faults.clocks import Clock
from tests.faults.pair import Pair, Ways
from tests.judging.history import Frame, Log

NODES = 3
PEOPLE = 12
LEASE, GRACE = 2.0, 3.0
"""Seconds of a lease, and for which seats are held."""

PAUSE = 0.004
"""Seconds for which all read after each thing that somebody does."""

FOUND_OUT = 2 + LOOKS * LEASE / 6
"""Seconds until a server has looked at all rooms."""

PATIENCE = 90.0
"""Seconds in which all heals."""

OPTIONS = (
    *UNLIMITED,
    *("--lease", f"{LEASE}", "--grace", f"{GRACE}", "--linger", "0.3", "--keep-messages", "0", "--page", "20"),
    *("--max-rooms", "0", "--rooms-per-visitor", "0", "--room", "tea", "--room", "milk"),
)

MEANT = (
    "can't (store|hear|read)",
    "can (store|hear|read)",
    "has shown no sign of life",
    "takes this server for dead",
    "was not left in time",
    "the clock has jumped",
)
"""What servers say of such faults; that something is lost is not among it."""

AWAY = {"unavailable", "storage-failed"}

BUSY = (take_over, rename, delete, create)
"""What somebody begins just before a fault, now and then."""


class PatientPerson(Person):
    """Somebody who does not ask again at once where nothing can be done."""

    @override
    def _replied(self, cable: Cable, request: Frame, reply: Frame) -> None:
        super()._replied(cable, request, reply)
        if reply.get("code") in AWAY:
            self.asleep = self.chance.randint(5, 60)


class Node:
    """A server of the chat, one life of it after the other, with its own way to the engines and a clock of its own."""

    def __init__(self, chat: Chat, number: int, ways: Ways, clock: Clock | None) -> None:
        self.number = number
        self.ways = ways
        self.clock = clock
        self.life = 0
        self.server: Server | None = None
        self._chat = chat
        self._lock = Lock()

    def start(self) -> None:
        """Begin a life, as soon as the engine lets it: without one, a server ends at once."""
        wrapper = self.clock.wrapper if self.clock else ()
        until = time.monotonic() + PATIENCE
        while self.server is None:
            try:
                server = Server(self._chat.folder, *OPTIONS, "--store", self.ways.where, twistd=(*wrapper, TWISTD))
            except Ended as ended:
                self._chat.said.append(f"server {self.number}: {ended}")
                if time.monotonic() > until:
                    raise
                continue
            server.meant += MEANT
            with self._lock:
                self._chat.recorder.began(self.number)
                self.life = self._chat.recorder.life
                self.server = server

    def end(self, number: signal.Signals) -> None:
        """End its life by that signal."""
        with self._lock:
            server, self.server = self.server, None
            assert server
            self._chat.recorder.ended(number.name, self.number, self.life)
            if number == signal.SIGKILL:
                self._end(server.kill, server)
        if number != signal.SIGKILL:
            self._end(partial(server.stop, number), server)

    def _end(self, end: Callable[[], None], server: Server) -> None:
        try:
            end()
        finally:
            server.close()
            self._chat.keep(self.number, server)

    def send_signal(self, number: signal.Signals) -> None:
        """Send its process a signal."""
        assert self.server
        self.server.send_signal(number)

    def connect(self, small: bool) -> Cable:  # a callable of one argument
        """Connect to it, if it lives."""
        with self._lock:
            if self.server is None:
                raise OSError("nobody listens")
            return SocketCable(self._chat.recorder, self.server.address, self.number, self.life, small=small)


class Chat:
    """People, and nodes over a *pair* of engines; people do what they do as *chance* has it."""

    def __init__(
        self, folder: Path, chance: Random, pair: Pair, stack: ExitStack, clock: Callable[[], Clock | None]
    ) -> None:
        self.folder = folder
        self.pair = pair
        self.recorder = Recorder()
        self.world = World(self._connect, AWAY)
        self.asked = list[Event]()
        self.said = list[str]()
        self._chance = chance
        self._people = [PatientPerson(self.world, number, Random(chance.random())) for number in range(PEOPLE)]
        self.nodes = [Node(self, number, Ways(pair, stack), clock()) for number in range(NODES)]
        for node in self.nodes:
            stack.callback(self._close, node)
            node.start()

    @property
    def done(self) -> Counter[str]:
        """How much was done of each kind."""
        return self.world.done

    def keep(self, number: int, server: Server) -> None:
        """Keep what *server*, which is that *number* and has ended, has said."""
        self.said.append(f"server {number}, which listened on {server.address[1]}, said:\n{server.output}")

    def begin_something(self) -> None:
        """Wait until somebody has begun something that takes more than one step; for other threads."""
        begun = Event()
        self.asked.append(begun)
        begun.wait(5)

    def live(self, done: Callable[[], bool]) -> None:
        """Let people do what they like until *done*."""
        while not done():
            step(self._chance.choice(self._people))
            if self.asked:
                self._begin_something()
                self.asked.pop().set()
            pump(self._people, PAUSE)

    def heal(self) -> bool:
        """Let everybody be awake, and wait for no server that is gone; tell whether all servers go on in time."""
        for person in self._people:
            person.wake()
        return all(self._goes_on(node) for node in self.nodes)

    def _goes_on(self, node: Node) -> bool:
        """Let somebody come to *node* and go, as soon as that can be; tell whether it can in time."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            cable = node.connect(False)  # small
            cable.ask("login", username="probe")
            cable.ask("quit")
            cable.flush()
            frames = list[Frame]()
            while cable.open:
                frames += cable.receive()
            if any(frame["type"] == "welcome" for frame in frames):
                return True
            pump(self._people, 0.2)
        return False

    def rest(self) -> bool:
        """Let all come to rest; tell whether it did."""
        return rest(self.world, self._people, self.recorder, self._wait, self._settle)

    def _settle(self) -> None:
        """Let all servers find out what they have not been told of."""
        until = time.monotonic() + FOUND_OUT
        self._wait(lambda: time.monotonic() > until)

    def end(self) -> list[Log]:
        """End, all people first; return the logs of all rooms, and see that they are in order."""
        logs = logs_left(self.world, self._people, self._wait)
        for node in self.nodes:
            node.end(signal.SIGTERM)
        see_in_order(self.folder, (*OPTIONS, "--store", self.nodes[0].ways.where), logs, self._chance)
        return logs

    def complaints(self) -> list[str]:
        """End all servers, and return what is wrong with any."""
        found = []
        for node in self.nodes:
            if node.server:
                try:
                    node.server.kill()
                except AssertionError as complaint:
                    found.append(f"server {node.number}: {complaint}")
                self.keep(node.number, node.server)
        return found

    def _connect(self, small: bool) -> Cable:  # a callable of one argument
        return self._chance.choice(self.nodes).connect(small)

    def _begin_something(self) -> None:
        there = [person for person in self._people if person.cable and person.named]
        if there:
            person = self._chance.choice(there)
            assert person.cable
            self._chance.choice(BUSY)(person, person.cable)
            if person.cable:
                person.cable.flush()

    def _wait(self, reached: Callable[[], bool]) -> bool:
        """Let everybody read until that is *reached*, and tell whether it was in time."""
        until = time.monotonic() + PATIENCE
        while not (there := reached()) and time.monotonic() < until:
            for person in self._people:
                person.asleep = 0
            pump(self._people, 0.02)
        return there

    def _close(self, node: Node) -> None:
        if node.server:
            node.server.close()
