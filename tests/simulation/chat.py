"""A chat of several nodes in one process: whatever becomes of them and of their engine is decided by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from traceback import format_exception
from typing import Any

from typing_extensions import override

from chatroom.core.people.directory import Directory
from chatroom.core.ports import Log
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import RoomName
from chatroom.logs.nodes.directory import NodeDirectory
from chatroom.logs.nodes.log import NodeLog
from tests.e2e.model_acts import step
from tests.e2e.model_cable import Cable, Recorder
from tests.e2e.model_house import logs_left, rest
from tests.e2e.model_people import Person
from tests.e2e.model_people import World as People
from tests.fakes import NOON, FakePasswords
from tests.fronts.house import House, Peer
from tests.judging.history import Log as KeptLog
from tests.judging.history import Lost, Note
from tests.judging.judge import excerpt, judge
from tests.judging.views import Violation
from tests.simulation.wires import Standby, TroubledEngine, Wires
from tests.simulation.world import World

Store = Callable[[int], World]
"""What makes the store of a chat, given the time."""

LEASE, GRACE = 2.0, 3.0
"""Seconds of a lease, and for which seats are held: much happens in them."""

HOUR = 3600
"""Seconds by which the clock of the engine is turned."""

LONG = 60.0
"""Seconds in which all heals."""

PAUSES = [0.001, 0.001, 0.005, 0.02, 0.05, 0.3]
"""Seconds that pass at once."""

FRAMES = 4
"""The last frames of a traceback, which show where something was raised."""

ROOMS = ["tea", "milk", "pond", "Garden"]
"""The names of rooms; few, so that people meet."""

PERMANENT = [*map(RoomName, ROOMS[:2])]
"""The rooms that each node opens."""

OPTIONS: dict[str, Any] = {
    "burst": 0,
    "grace": GRACE,
    "linger": 0.5,
    "max_rooms": 0,
    "rooms_per_visitor": 0,
    "per_host": 0,
    "heartbeat": 0,
    "page": 20,
}


class NodeHouse(House):
    """A server that is a node of the chat in *store*."""

    def __init__(self, store: World, wires: Wires, number: int, life: int) -> None:
        self._store = store
        self._wires = wires
        self.number = number
        self.life = life
        self.asleep = 0.0
        super().__init__(passwords=FakePasswords(), follows=True, **OPTIONS)
        node = self.log.node
        self.turn.gate = node.lease
        node.when_fenced.append(self.factory.begin_anew)
        node.when_joined = lambda: self.lobby.restore(PERMANENT)
        self.lobby.restore(PERMANENT)

    @override
    def parts(self, log: Log | None, limits: Limits, *, shared: bool) -> tuple[Log, Directory]:
        self.engine = TroubledEngine(self._store, self._wires)
        self.log = NodeLog(self.engine, clock=self.clock, wall=self.wall, limits=limits, lease=LEASE)
        if self._make_accounts:
            self._make_accounts(self.log.node)
        self.log.start()
        operators = self.accounts.operators if self.accounts else ()
        return self.log, NodeDirectory(
            self.log.node, self.clock, self.wheel, lambda: self.lobby, operators, limits.devices
        )

    def arrive(self) -> bool:
        """Let what was sent arrive; tell whether there was anything."""
        self._peers = [peer for peer in self._peers if not peer.closed]
        return bool(sum(peer.arrive() for peer in self._peers))

    def pass_time(self, seconds: float) -> None:
        """Let *seconds* pass here."""
        self.clock.advance(seconds)

    def go_on(self) -> None:
        """Let what was sent arrive, and what is due happen."""
        self.arrive()
        self.pass_time(0)

    @property
    def unread(self) -> bool:
        """Whether something was sent."""
        return any(peer.unread for peer in self._peers)

    @property
    def due(self) -> bool:
        """Whether something is to happen here now."""
        now = self.clock.seconds()
        return any(call.getTime() <= now for call in self.clock.getDelayedCalls())


class WireCable(Cable):
    """A connection to *house*, of which *chat* is told when somebody waits for it."""

    def __init__(self, recorder: Recorder, chat: Chat, house: NodeHouse) -> None:
        self._peer: Peer = house.connect()
        self._chat = chat
        super().__init__(recorder, house.number, house.life)

    @override
    def send(self, data: bytes) -> None:
        self._peer._sent.append(data)

    @property
    def has_come(self) -> bool:
        """Whether there is something to read."""
        return bool(self._peer.wire.value()) or self._peer.closed

    @override
    def take(self) -> bytes | None:
        wire = self._peer.wire
        if not self.open:
            # Who has gone reads nothing more.
            return None
        if not self.has_come:
            self._chat.go_on()
        data: bytes = wire.value()
        wire.clear()
        return None if self._peer.closed and not data else data

    @override
    def end_output(self) -> None:
        self._peer._sent.append(None)

    @override
    def hang_up(self, *, hard: bool) -> None:
        self._peer.vanish()


class Chat:
    """People, and nodes that may be killed, sleep, or lose their engine; all as *chance* has it."""

    def __init__(self, chance: Random, nodes: int, people: int, store: Store = World) -> None:
        self.chance = chance
        self.time = 0.0
        self.store = store(int(NOON * 1000))
        self._standby = Standby(self.store)
        self._turned = 0
        # Little, so that nodes have to catch up.
        self.store.fit = 2
        self.some_node_lacked_something = False
        self.recorder = Recorder(lambda: self.time)
        self.world = People(self._connect, {"unavailable", "storage-failed"}, ROOMS)
        self.houses: list[NodeHouse] = []
        for number in range(nodes):
            self.houses.append(self._house(number))
        self.people = [Person(self.world, number, chance) for number in range(people)]

    @property
    def notes(self) -> Sequence[Note]:
        """The history."""
        return self.recorder.notes

    @property
    def done(self) -> Counter[str]:
        """How much was done of each kind."""
        return self.world.done

    def _house(self, number: int) -> NodeHouse:
        self.recorder.began(number)
        house = NodeHouse(self.store, Wires(self.chance, self._standby), number, self.recorder.life)
        house.clock.rightNow = self.time
        return house

    def _connect(self, small: bool) -> Cable:  # a callable of one argument
        awake = [house for house in self.houses if not house.asleep]
        if not awake:
            raise OSError("nobody listens")
        return WireCable(self.recorder, self, self.chance.choice(awake))

    # What happens.

    def live(self, steps: int, trouble: float, loss: float, waits: float) -> None:
        """Let so many steps be taken.

        Faults come with the probability *trouble*, with *loss* that something is lost, with *waits* that commits wait.
        """
        if self.chance.random() < 0.5:
            self._begin()
        for house in self.houses:
            house._wires.trouble = trouble / 4
        for _ in range(steps):
            if self.chance.random() < trouble:
                self._fault()
            if loss and self.chance.random() < loss:
                self._lose()
            if waits and self.chance.random() < waits:
                self._wait()
            step(self.chance.choice(self.people))
            for _ in range(self.chance.randrange(24)):
                self._happen()
            self._read()

    def _begin(self) -> None:
        """Let all come, and into rooms that are there."""
        for person in self.people:
            person.come()
            assert person.cable
            person.join(person.cable, self.chance.choice(PERMANENT))
            person.cable.flush()
        self.settle(0.05)

    def _fault(self) -> None:
        house = self.chance.choice(self.houses)
        match self.chance.randrange(6):
            case 0:
                self._kill(house)
            case 1 | 2:
                house.asleep = self.time + self.chance.choice([0.5, LEASE, 2 * LEASE, 4 * LEASE])
                self.done["sleeps"] += 1
            case 3:
                house._wires.cut = not house._wires.cut
                self.done["cuts"] += 1
            case 4:
                for other in self.houses:
                    other._wires.cut = True
                self.done["engine away"] += 1
            case 5:
                for other in self.houses:
                    other._wires.cut = False

    def _lose(self) -> None:
        """Let a standby fall behind, or promote the one that is behind."""
        if self._standby.is_behind:
            self.done["losses"] += 1
            self._promote()
        else:
            self._standby.fall_behind(asleep=False)

    def _wait(self) -> None:
        """Let commits wait for the standby, or end that in one way or the other; or turn the clock of the engine."""
        self._turned = self.chance.choice([-HOUR, 0, HOUR])
        if not self._standby.sleeps:
            self.done["sleeps of the standby"] += 1
            self._standby.fall_behind(asleep=True)
            return
        match self.chance.randrange(3):
            case 0:
                self._standby.wake()
            case 1:
                self.done["waits ended"] += 1
                self._standby.give_up()
            case 2:
                self.done["promotions"] += 1
                self._promote()

    def _promote(self) -> None:
        """Promote the standby, and note what that makes void, if it lacks what a node has been told."""
        epochs = {life.epoch for life in self.store.logs.values()}
        # Those that have not noticed an earlier loss were told nothing since; and where all begins anew, nobody was.
        others = [house for house in self.houses if not (house.engine.lacks_something or house.log.node._joining)]
        self._standby.promote()
        # That a server has just become a node may be all that is lost.
        self.some_node_lacked_something |= any(house.engine.lacks_something for house in self.houses)
        if any(house.engine.lacks_something for house in others):
            self.recorder.lost(epochs | {life.epoch for life in self.store.logs.values()})

    def _kill(self, house: NodeHouse) -> None:
        """End a node without a word, and start it anew; but none that may be the only one to know of a loss."""
        if house.engine.lacks_something:
            return
        self.done["kills"] += 1
        self.recorder.ended("SIGKILL", house.number, house.life)
        for peer in house._peers:
            peer.wire.connected = False
        if self._standby.sleeps:
            # Who begins waits for it too.
            self._standby.wake()
        self.store.listeners.pop(house.engine.node, None)
        self.houses[self.houses.index(house)] = self._house(house.number)

    def _happen(self) -> None:
        """Let something happen: time pass, an engine answer, a hint arrive."""
        possible = (
            [] if self.chance.random() < 0.1 else [what for house in self.houses for what in self._possible(house)]
        )
        if possible:
            self.chance.choice(possible)()
        else:
            self.pass_time(self.chance.choice(PAUSES))

    def _possible(self, house: NodeHouse) -> Iterator[Callable[[], object]]:
        """Generate what can happen at *house*."""
        if house.asleep:
            return
        if house._wires.can_call:
            yield partial(self.call, house)
        if house._wires.answers:
            yield partial(self.answer, house)
        if house._wires.hints:
            yield partial(self.hear, house)
        if house.unread or house.due:
            yield house.go_on

    def call(self, house: NodeHouse) -> None:
        """Let the engine do the next thing that *house* asked for."""
        self.store.now = int((NOON + self.time + self._turned) * 1000)
        house._wires.call()

    def answer(self, house: NodeHouse) -> None:
        """Let the next answer of the engine arrive at *house*, if one is on its way."""
        if house._wires.answers:
            house._wires.answers.popleft()()
        house.pass_time(0)

    def hear(self, house: NodeHouse) -> None:
        """Let some hint arrive at *house*."""
        hints = house._wires.hints
        hints.pop(self.chance.randrange(len(hints)))()

    def pass_time(self, seconds: float) -> None:
        """Let *seconds* pass, for all who are awake."""
        self.time += seconds
        for house in self.houses:
            if house.asleep <= self.time:
                house.asleep = 0.0
                house.pass_time(self.time - house.clock.seconds())

    def _read(self) -> None:
        for person in self.people:
            for cable in person.cables():
                assert isinstance(cable, WireCable)
                if cable.has_come:
                    person.read(cable)

    def go_on(self) -> None:
        """Let all that is on its way arrive, and some time pass."""
        for _ in range(200):
            busy = False
            for house in self.houses:
                if house.asleep:
                    continue
                while house.due:
                    house.pass_time(0)
                    busy = True
                while house._wires.can_call or house._wires.answers:
                    if house._wires.can_call:
                        self.call(house)
                    self.answer(house)
                    busy = True
                while house._wires.hints:
                    house._wires.hints.pop(0)()
                    busy = True
                busy = house.arrive() or busy
            if not busy:
                break
        self.pass_time(0.005)

    # At rest.

    def heal(self) -> None:
        """Let everything heal: all are awake, and no wire is cut."""
        for house in self.houses:
            house._wires.cut = False
            house._wires.trouble = 0
            house.asleep = 0.0
        self._turned = 0
        self._standby.wake()
        for person in self.people:
            person.wake()
        self.pass_time(0)
        self.settle(4 * LEASE + 2 * GRACE)

    def settle(self, seconds: float) -> None:
        """Let all that is on its way arrive, again and again, for so many *seconds*."""
        until = self.time + seconds
        while self.time < until:
            for _ in range(5):
                self.go_on()
                self._read()
            self.pass_time(0.3)

    def rest(self) -> bool:
        """Let all come to rest; tell whether it did."""
        return rest(self.world, self.people, self.recorder, self._until)

    def _until(self, reached: Callable[[], bool]) -> bool:
        until = self.time + LONG
        while not (there := reached()) and self.time < until:
            self.settle(0.3)
        return there

    def logs(self) -> list[KeptLog]:
        """Return the logs of all rooms; all people go before."""
        return logs_left(self.world, self.people, self._until)


@dataclass(frozen=True)
class Schedule:
    """What a *seed* decides: so many *steps*, in which faults come with the probability *trouble*.

    With that of *loss* a standby falls behind, or is promoted though it is. With that of *waits* the engine's clock is
    turned, and commits wait for a standby, or do so no longer: perhaps it was promoted, without what was not told of.
    """

    seed: int
    steps: int = 80
    trouble: float = 0.04
    loss: float = 0.0
    waits: float = 0.0

    @property
    def command(self) -> str:
        """What runs this one alone."""
        how = f"--steps {self.steps} --trouble {self.trouble} --loss {self.loss} --waits {self.waits}"
        return f"python -m tests.simulation --schedules 1 --seed {self.seed} {how}"

    def run(self, store: Store = World, *, strict: bool = False) -> tuple[Chat, list[Violation]]:
        """Let a chat live, heal and rest, and judge what people saw; where it is *strict*, nothing may be lost."""
        chance = Random(self.seed)
        chat = Chat(chance, chance.randint(2, 5), chance.randint(2, 8), store)
        try:
            chat.live(self.steps, self.trouble, self.loss, self.waits)
            chat.heal()
            calm = chat.rest()
            violations = judge(chat.notes, chat.logs(), losses=self.loss > 0 and not strict)
        except Exception as trouble:
            # A defect shows here, or something never came.
            raised = "".join(format_exception(trouble, limit=-FRAMES)).strip()
            return chat, [Violation(raised, (len(chat.notes) - 1,))]
        last = len(chat.notes) - 1
        if not calm:
            violations.append(Violation("it does not come to rest", (last,)))
        if not self.loss and any(isinstance(note, Lost) for note in chat.notes):
            violations.append(Violation("a standby lacks what was told", (last,)))
        if chat.store.renumbered and not chat.some_node_lacked_something:
            violations.append(Violation("rooms have begun new epochs, though nothing was lost", (last,)))
        return chat, violations

    def shrunk(self, store: Store = World) -> Schedule:
        """Return the schedule with the fewest steps that fails likewise, for this one does."""
        fails = (replace(self, steps=steps) for steps in range(self.steps))
        return next((shorter for shorter in fails if shorter.run(store)[1]), self)


def first_failing(schedules: Iterable[Schedule], store: Store = World) -> str | None:
    """Return what is wrong with the first of *schedules* in which a promise is broken, as short as it can be told."""
    for schedule in schedules:
        if schedule.run(store)[1]:
            shortest = schedule.shrunk(store)
            chat, violations = shortest.run(store)
            lines = [violations[0].sentence, *excerpt(chat.notes, violations[0])]
            return "\n".join([f"{shortest}:", *lines, f"Again: {shortest.command}"])
    return None
