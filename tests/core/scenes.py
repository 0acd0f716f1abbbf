"""Scenes in which most tests of the core begin: people in a room, and short ways to say what they saw."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec.structs import replace

from chatroom.core.ports import NewRoom, Opened
from chatroom.core.values.commands import Command, Create, Join, Login, Pong, Say
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Described, Event, Message, Said
from chatroom.core.values.limits import TAIL_ROWS
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.people import Aspect
from chatroom.core.values.people import Person as Shown
from chatroom.core.values.replies import Reply, Stored
from chatroom.logs.memory.log import KEPT, MemoryLog
from tests.fakes import NOON, LateLog, Person, World

TEA, POND = RoomName("tea"), RoomName("pond")
ALICE, BOB, CAROL = Username("alice"), Username("bob"), Username("carol")

AT = int(NOON * 1000)
"""The time of every message, unless time passes."""

MANY = TAIL_ROWS + 1
"""Messages of which the first has to be read from the log."""


def session(name: str) -> bytes:
    """Return the session of somebody first called *name*."""
    return f"{name}'s".encode()


def gather(world: World, *names: str, room: RoomName = TEA, known: bool = False) -> list[Person]:
    """Return people called *names* in *room*, which the first creates; they have seen all events.

    *known* people have a session, and can :func:`come_back`.
    """
    people = [world.enter(name, session=session(name) if known else None) for name in names]
    for person in people:
        person.do(Join(room) if person is not people[0] else Create(room))
    for person in people:
        person.connection.take()
    return people


def gather_late(
    *names: str, room: RoomName = TEA, known: bool = False, **limits: float
) -> tuple[LateLog, list[Person]]:
    """Let people be in *room* as :func:`gather` does; return the log too, which answers only when told to from now."""
    log = LateLog(prompt=True)
    people = gather(World(log=log, **limits), *names, room=room, known=known)
    log.prompt = False
    return log, people


def come_back(world: World, name: str, *, called: str = "") -> Person:
    """Let the person first called *name* log in with their session on another connection, and as *called*."""
    person = world.visit()
    person.ask(Login(Username(called or name), session(name)))
    return person


def keeping(*texts: str, keep: int = KEPT) -> MemoryLog:
    """Return a log that keeps a closed room called tea, with messages *texts* of alice that only the log has."""
    log = MemoryLog(keep=keep)

    def opened(answer: Opened | ChatError | None) -> None:
        assert isinstance(answer, Opened)
        for text in texts:
            log.change(answer.log, Message(ALICE, text, AT), None, lambda _: None)
        log.close(answer.log)

    log.open(TEA, NewRoom(), opened)
    return log


def say_much(person: Person) -> None:
    """Let *person* say :data:`MANY` messages, and let the turn end."""
    for number in range(1, MANY + 1):
        person.ask(Say(TEA, str(number)))
    person.world.settle()


def said(seq: int, speaker: str, text: str, *, room: RoomName = TEA, at: int = AT) -> Said:
    """Return a message as members see it."""
    return Said(room, seq, Message(Username(speaker), text, at))


def stored(seq: int, *, room: RoomName = TEA, at: int = AT) -> Stored:
    """Return the reply to the speaker."""
    return Stored(room, seq, at)


def seqs(sent: Sequence[Reply | Event]) -> list[int]:
    """Return the numbers of the messages in *sent*."""
    return [it.seq for it in sent if isinstance(it, Said)]


ANYBODY = Shown(Username(""), "", "")
"""Whoever it is, where that is not the question."""


def described(room: RoomName | None, username: Username, *what: Aspect) -> Described:
    """Return the event for *what* is other than before of *username*, as :func:`vague` makes it."""
    return Described(room, username, ANYBODY, what)


def vague(sent: Sequence[Reply | Event]) -> list[Reply | Event]:
    """Return what was *sent*, without what people are like."""
    return [replace(each, person=ANYBODY, serial=0) if isinstance(each, Described) else each for each in sent]


def kinds(sent: Sequence[Reply | Event]) -> list[str]:
    """Return the names of the replies and events in *sent*."""
    return [type(it).__name__ for it in sent]


class Flood:
    """Commands that *person* has sent at once: they wait, as lines do at a front, until they can be taken."""

    def __init__(self, person: Person, *commands: Command) -> None:
        self.waiting = deque(commands)
        self._person = person
        self._proceeded = person.connection.proceeded
        self._take()

    def go_on(self, seconds: float) -> int:
        """Let time pass, and return the number of commands taken meanwhile."""
        before = len(self.waiting)
        for _ in range(round(seconds * 10)):
            self._person.world.settle(0.1)
            if self._person.connection.proceeded > self._proceeded:
                self._proceeded = self._person.connection.proceeded
                self._take()
        return before - len(self.waiting)

    def _take(self) -> None:
        while self.waiting and self._person.visitor.is_free():
            self._person.ask(self.waiting.popleft())


def affordable(person: Person) -> int:
    """Return the number of tokens that *person* has, by taking them all."""
    person.world.settle()
    return 1000 - len(Flood(person, *[Pong()] * 1000).waiting)
