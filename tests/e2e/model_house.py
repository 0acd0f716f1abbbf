"""The house of the random model: one store, the lives of the server on it, and the people who come."""

from __future__ import annotations

import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.e2e.crash import check, exported
from tests.e2e.model_acts import step
from tests.e2e.model_cable import Cable, Recorder, SocketCable
from tests.e2e.model_people import ROOMS, Person, World
from tests.e2e.processes import LIMIT, TWISTD, UNLIMITED, Server, free_port, running
from tests.judging.history import Entry, Frame, Log, Note, entry, key

PEOPLE = 12
STEPS = (200, 1200)
"""How much is done in a life, at least and at most."""

RESTING = 0.3
"""The share of lives that come to rest before they end."""

GRACE = 1.1
"""Seconds for which seats are held; nothing else takes as long."""

OPTIONS = (
    *UNLIMITED,
    # What happens late is to happen often, and nothing of what was said to be removed.
    *("--grace", f"{GRACE}", "--linger", "0.3", "--keep-messages", "0", "--page", "20"),
    *("--max-rooms", "0", "--rooms-per-visitor", "0"),
)
ENDINGS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)


class House:
    """Lets people live on one store in *folder*, in as many lives of the server as are asked for.

    *chance* decides what they do and, after that many *steps*, when it ends; *twistd* may be a command that wraps the
    real one.
    """

    def __init__(
        self,
        folder: Path,
        chance: Random,
        *options: str,
        steps: tuple[int, int] = STEPS,
        twistd: Sequence[str | Path] = (TWISTD,),
    ) -> None:
        self.recorder = Recorder()
        self._folder = folder
        self._chance = chance
        self._options = (*OPTIONS, *options)
        self._steps = steps
        self._twistd = twistd
        self._port = free_port()
        self._world = World(self._connect)
        self._people = [Person(self._world, number, Random(chance.random())) for number in range(PEOPLE)]

    @property
    def notes(self) -> list[Note]:
        """The history."""
        return self.recorder.notes

    @property
    def done(self) -> Counter[str]:
        """How much was done of each kind."""
        return self._world.done

    def live(self, lives: int) -> list[Log]:
        """Live so often, the last time until all is at rest; return the logs that are left.

        Where all does not come to rest, that is the last time.
        """
        logs: list[Log] = []
        for life in range(1, lives + 1):
            with self._server() as server:
                self.recorder.began()
                for _ in range(self._chance.randint(*self._steps)):
                    self._step()
                last = life == lives
                if last or self._chance.random() < RESTING:
                    last = not self._rest() or last
                if last:
                    logs = self._read()
                self._end(server, signal.SIGTERM if last else self._chance.choice(ENDINGS))
            if last:
                break
        see_in_order(self._folder, self._options, logs, self._chance)
        return logs

    def _connect(self, small: bool) -> Cable:  # a callable of one argument
        return SocketCable(self.recorder, ("127.0.0.1", self._port), small=small)

    @contextmanager
    def _server(self) -> Iterator[Server]:
        where = f"tcp:{self._port}:interface=127.0.0.1"
        with running(self._folder, *self._options, port=where, twistd=self._twistd) as server:
            # What servers of a database say of the one before, which was killed.
            server.meant.append("has shown no sign of life")
            try:
                yield server
            except OSError as trouble:
                if (status := server.process.poll()) is None:
                    raise
                said = "\n".join(server.rest())
                raise AssertionError(f"the server ended by itself, with {status}, and said:\n{said}") from trouble

    def _step(self) -> None:
        step(self._chance.choice(self._people))
        self._pump(self._chance.choice((0, 0, 0, 0.001, 0.003)))

    def _pump(self, seconds: float) -> None:
        """Let everybody who is awake read, for what to come there are so many *seconds*."""
        pump(self._people, seconds)

    def _end(self, server: Server, number: signal.Signals) -> None:
        """End the server, and read what it has still sent."""
        for person in self._people:
            person.asleep = 0
        self.recorder.ended(number.name)
        self.done[number.name] += 1
        if number == signal.SIGKILL:
            server.kill()
        else:
            server.send_signal(number)
            self._wait(lambda: server.process.poll() is not None)
            server.ended_by(number)
        assert self._wait(self._is_empty), "a connection outlives the server"

    # At rest.

    def _rest(self) -> bool:
        """Let all be answered, shown and given up, and look round; tell whether it came to that."""
        for person in self._people:
            person.asleep = 0
        calm = rest(self._world, self._people, self.recorder, self._wait)
        self.done["rests"] += 1
        return calm

    def _wait(self, reached: Callable[[], bool]) -> bool:
        """Let everybody read until that is *reached*, and tell whether it was in time."""
        until = time.monotonic() + LIMIT
        while not (there := reached()) and time.monotonic() < until:
            self._pump(0.02)
        return there

    def _is_empty(self) -> bool:
        """Tell whether nobody is connected."""
        return is_empty(self._people)

    def _read(self) -> list[Log]:
        """Return the logs of all rooms."""
        return logs_left(self._world, self._people, self._wait)


def pump(people: Sequence[Person], seconds: float) -> None:
    """Let all *people* read who are awake, for what to come there are so many *seconds*."""
    owners = {cable: person for person in people for cable in person.cables() if isinstance(cable, SocketCable)}
    readable, _, _ = select.select(list(owners), (), (), seconds)
    for cable in readable:
        owners[cable].read(cable)


def see_in_order(folder: Path, options: Sequence[str], logs: Sequence[Log], chance: Random) -> None:
    """See that the store of servers with *options* is in order, and that one of *logs* is exported as it was read."""
    check(folder, options)
    if logs:
        log = chance.choice(logs)
        kept = [Entry(*one) for one in exported(folder, options, log.room)]
        assert kept == list(log.entries), f"{log.room} is exported otherwise than it is read"


Wait = Callable[[Callable[[], bool]], bool]
"""Lets everybody read until its argument says so, and tells whether that was in time."""


def is_empty(people: Sequence[Person]) -> bool:
    """Tell whether none of *people* is connected."""
    return not any(person.cables() for person in people)


def is_calm(world: World, people: Sequence[Person]) -> bool:
    """Tell whether everybody has what was asked for, as far as one can know."""
    for person in people:
        if person.leaving or (person.cable and (person.cable.waiting or not person.named)):
            return False
        for place in person.places.values():
            if not place.level or place.seen < world.heads[place.epoch]:
                return False
    return True


def rest(
    world: World, people: Sequence[Person], recorder: Recorder, wait: Wait, settle: Callable[[], None] = lambda: None
) -> bool:
    """Let all be answered, shown and given up, and *settle*, and look round; tell whether it came to that."""
    auditor = Auditor(world)
    calm = wait(lambda: is_calm(world, people) and auditor.finds(people))
    if calm:
        settle()
        # What led to what the auditor found may still be on its way to the others; it comes before the pong.
        for person in people:
            if person.cable:
                person.cable.ask("ping")
                person.cable.flush()
        calm = wait(lambda: is_calm(world, people))
    recorder.rested()
    auditor.look()
    auditor.leave()
    return calm


def logs_left(world: World, people: Sequence[Person], wait: Wait) -> list[Log]:
    """Return the logs of all rooms, which are opened for it where they are closed; all others go before."""
    for person in people:
        person.quit()
    assert wait(lambda: is_empty(people)), "somebody can't go"
    auditor = Auditor(world)
    found = [log for room in ROOMS if (log := auditor.read(room))]
    auditor.leave()
    return found


class Auditor:
    """Somebody who looks round, waiting for every answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cable = world.connect(False)  # small
        self._name = "auditor"
        assert self._ask("login", username=self._name)["type"] == "welcome"

    def finds(self, people: Sequence[Person]) -> bool:
        """Tell whether those are listed who think that they are there, and nobody else."""
        there = {key(room): {one.name for one in people if key(room) in one.places} for room in ROOMS}
        online = {person.name for person in people if person.cable} | {self._name}
        if set(self._ask("who")["usernames"]) != online:
            return False
        rooms = {key(info["room"]): info["members"] for info in self._ask("list")["rooms"]}
        return rooms == {room: len(names) for room, names in there.items() if names or room in rooms}

    def look(self) -> None:
        """Look at everything there is to be seen; the judge will compare it."""
        self._ask("who")
        for info in self._ask("list")["rooms"]:
            self._ask("who", room=info["room"])

    def read(self, room: str) -> Log | None:
        """Return the log of *room*, if it is open or kept."""
        entered = self._ask("join", room=room)
        if entered["type"] == "error":
            assert entered["code"] == "no-such-room", entered
            return None
        entries: list[Entry] = []
        more = True
        while more:
            page = self._ask("history", room=room, after=len(entries))
            entries += map(entry, page["entries"])
            more = page["more"]
        self._ask("leave", room=room)
        return Log(room=entered["room"], epoch=entered["epoch"], entries=tuple(entries))

    def leave(self) -> None:
        """Go."""
        self._ask("quit")
        self._cable.close()

    def _ask(self, type: str, **fields: object) -> Frame:
        while (reply := self._answer(type, **fields))["type"] == "error" and reply["code"] in self._world.refusals:
            # The machine is so busy that a server has lost its database for a moment.
            pass
        return reply

    def _answer(self, type: str, **fields: object) -> Frame:
        request = self._cable.ask(type, **fields)
        self._cable.flush()
        while self._cable.open:
            for frame in self._cable.receive():
                if self._cable.replied(frame) is request:
                    return frame
        raise EOFError("the server closed before it answered the auditor")
