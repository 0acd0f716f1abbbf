"""Questions that a node asks the others, of what only they know: nothing of that is kept anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import StoreAway
from chatroom.core.values.events import Confided
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.core.values.people import Aspect, Person
from chatroom.logs.nodes.engine import Call, Nodes
from chatroom.logs.nodes.node import Node

WAIT = 2.0
"""Seconds until all nodes must have answered."""

MOST = 64
"""Questions that wait for answers, beyond which only operators may ask."""


class ListConnections(Struct, frozen=True, tag="connections"):
    """List the connections behind number *after* that match: :class:`~.replies.ConnectionList`."""

    match: str
    after: int


class HangUp(Struct, frozen=True, tag="hang-up"):
    """Hang up on a *connection* or somebody called *username*, with a *note*; was there any: ``bool``."""

    connection: int | None
    username: Username | None
    note: str


class Announce(Struct, frozen=True, tag="announce"):
    """Show everybody a notice with that *text*, *by* an operator: ``True``."""

    text: str
    by: Username


class ListDevices(Struct, frozen=True, tag="devices"):
    """List the connections of the account *person*, which is called *username*: :class:`~.replies.DeviceList`."""

    person: bytes
    username: Username


class FindPerson(Struct, frozen=True, tag="person"):
    """Find what *viewer*, known by that, may know of who is called *username*: :class:`~.people.Known`, or ``None``."""

    username: Username
    viewer: bytes


class ListPeople(Struct, frozen=True, tag="people"):
    """Find what is known of those who are called by *usernames*: a list of :class:`~.people.Known`."""

    usernames: tuple[Username, ...]


class TellOf(Struct, frozen=True, tag="described"):
    """Show those in *rooms* *what* is other than before of a *person*: ``True``."""

    person: Person
    what: tuple[Aspect, ...]
    rooms: tuple[RoomName, ...]


class TellTrusted(Struct, frozen=True, tag="confided"):
    """Show *confided* to those whom it is for, and to its *speaker*, who is known by that: their names' keys."""

    confided: Confided
    speaker: bytes


Question = ListConnections | HangUp | Announce | ListDevices | FindPerson | ListPeople | TellOf | TellTrusted

Q = TypeVar("Q", bound=Question)
T = TypeVar("T")


class AskedQuestion(Struct, frozen=True, tag="asked"):
    """The question with a *number*."""

    number: int
    question: Question


class Answered(Struct, frozen=True, tag="answered"):
    """The answer to the question with that *number*."""

    number: int
    answer: Raw


@dataclass(frozen=True, slots=True)
class Answers(Generic[T]):
    """What other nodes have answered, which are called by *names*, as is this one (*me*); some are *missing*."""

    me: int
    names: Mapping[int, str]
    found: Mapping[int, T]
    missing: tuple[str, ...]


@dataclass(eq=False, slots=True)
class _Waiting:
    """A question whose answers are of a *type*, and who wants to know them."""

    type: Any
    got: Callable[[Answers[Any]], None]
    overdue: Deadline
    asked: dict[int, str] | None = None
    found: dict[int, object] = field(default_factory=dict)


class Calls:
    """What *node* asks the others, and answers them. One that gives no answer in time is missing, and no more."""

    def __init__(self, node: Node, wheel: TimerWheel) -> None:
        self._node = node
        self._wheel = wheel
        self._numbers = count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._nodes = Nodes(0, {})
        self._answering: dict[type[Any], Callable[[Any, Callable[[Any], None]], None]] = {}
        node.called = self._called

    def answer(self, question: type[Q], answer: Callable[[Q, Callable[[T], None]], None]) -> None:
        """Let others who ask such a *question* be answered by what *answer* gives its second argument."""
        self._answering[question] = answer

    def ask(
        self,
        question: Callable[[int], Question | None],
        type: type[T],
        got: Callable[[Answers[T]], None],
        *,
        name: Key | None = None,
        bounded: bool = False,
    ) -> None:
        """Ask each other node the *question* for it, if there is one, and give *got* the answers, of that *type*.

        With *name* it is asked by somebody who is called so, and those nodes are asked where they have a seat. That is
        *bounded*: while too many wait, nobody is asked.
        """
        if self._node.closed or ((bounded or name is not None) and len(self._waiting) >= MOST):
            got(Answers(self._nodes.me, self._nodes.names, {}, self._others()))
            return
        number = next(self._numbers)
        overdue = self._wheel.call_later(WAIT, partial(self._end, number))
        self._waiting[number] = _Waiting(type, got, overdue)
        found = partial(self._found, number, question, is_all=name is None)
        self._node.inquire(partial(self._node.engine.nodes, name), found)

    def _found(
        self, number: int, question: Callable[[int], Question | None], nodes: Nodes | StoreAway, *, is_all: bool
    ) -> None:
        waiting = self._waiting.get(number)
        if waiting is None:
            # That took too long.
            return
        if isinstance(nodes, StoreAway):
            self._end(number)
            return
        if is_all:
            self._nodes = nodes
        others = {node: question(node) for node in nodes.names if node != nodes.me}
        waiting.asked = {node: nodes.names[node] for node, each in others.items() if each}
        texts = {node: _text(AskedQuestion(number, each)) for node, each in others.items() if each}
        if texts:
            self._call(texts)
        else:
            self._end(number)

    def _end(self, number: int) -> None:
        """Tell who waits what is known by now."""
        waiting = self._waiting.pop(number)
        waiting.overdue.cancel()
        if waiting.asked is None:
            missing = self._others()
        else:
            missing = tuple(name for node, name in sorted(waiting.asked.items()) if node not in waiting.found)
        waiting.got(Answers(*self._nodes, waiting.found, missing))

    def _others(self) -> tuple[str, ...]:
        """Return whom nobody can reach now: the other nodes, as far as they are known, or the engine."""
        names = tuple(name for node, name in sorted(self._nodes.names.items()) if node != self._nodes.me)
        return names or (self._node.engine.name,)

    def _called(self, call: Call) -> None:
        # A node of another version may ask for what is not known here, and misses the answer; or answer otherwise.
        with suppress(msgspec.MsgspecError):
            self._take(call, msgspec.json.decode(call.text, type=AskedQuestion | Answered))

    def _take(self, call: Call, heard: AskedQuestion | Answered) -> None:
        if isinstance(heard, Answered):
            self._answered(call.node, heard)
        elif answer := self._answering.get(type(heard.question)):
            answer(heard.question, partial(self._reply, call.node, heard.number))

    def _reply(self, node: int, number: int, answer: object) -> None:
        if not self._node.closed:
            self._call({node: _text(Answered(number, Raw(msgspec.json.encode(answer))))})

    def _call(self, texts: Mapping[int, str]) -> None:
        # What is lost is missing at the other end.
        self._node.inquire(partial(self._node.engine.call, texts), lambda result: None)

    def _answered(self, node: int, heard: Answered) -> None:
        waiting = self._waiting.get(heard.number)
        if waiting and waiting.asked and node in waiting.asked:
            waiting.found[node] = msgspec.json.decode(heard.answer, type=waiting.type)
            if waiting.found.keys() == waiting.asked.keys():
                self._end(heard.number)


def _text(it: AskedQuestion | Answered) -> str:
    return msgspec.json.encode(it).decode()
