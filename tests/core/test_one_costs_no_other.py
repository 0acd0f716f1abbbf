"""What goes wrong with one of those who are shown something is nothing to the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twisted.internet.task import Clock
from typing_extensions import override

from chatroom.core.rooms.audience import Audience
from chatroom.core.tools.order import Order
from chatroom.core.tools.stats import Stats
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Appoint, Confide, Create, List
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Event, Removed, Tagged
from chatroom.core.values.names import Key
from tests.core.scenes import BOB, CAROL, POND, TEA, gather, kinds, said
from tests.fakes import FakeConnection, Person, World
from tests.lateness import at_once


class Choking(FakeConnection):
    """A connection that chokes on what is shown on it."""

    @override
    def show(self, batch: Batch) -> bool:
        raise ZeroDivisionError

    @override
    def notify(self, event: Event) -> None:
        raise ZeroDivisionError


class FakeReader:
    """A reader who notes what is done with it, and chokes on it if that is *broken*."""

    name = Key("alice")
    identity = b"alice"

    def __init__(self, *, broken: bool) -> None:
        self.connection = FakeConnection()
        self.cursor = 0
        self.noted: list[str] = []
        self._broken = broken

    def _note(self, what: str) -> None:
        self.noted.append(what)
        if self._broken:
            raise ZeroDivisionError

    def tell(self, event: Event) -> None:
        self._note("tell")

    def tag(self, tagged: Tagged) -> None:
        self._note("tag")

    def confide(self, confided: object) -> bool:
        raise AssertionError

    def put_out(self, removed: Removed) -> None:
        self._note("put out")

    def expel(
        self, removed: Removed, done: Callable[[ChatError | None], None], *, follower: bytes | None = None
    ) -> None:
        self._note("expel")

    def show(self, batch: Batch) -> bool:
        self._note("show")
        return True

    def read_on(self) -> None:
        self._note("read on")

    def evict(self, by: object) -> None:
        self._note("evict")

    def release(self) -> None:
        self._note("release")


REMOVED = Removed(TEA, BOB, "kicked", "")
TAGGED = Tagged(TEA, BOB, (("+typing", "active"),))


@pytest.mark.parametrize(
    ("happens", "noted"),
    [
        (lambda audience: audience.happened(said(1, "alice", "hello")), ["show"]),
        (lambda audience: audience.tell(Key("alice"), b"", TAGGED), ["tell"]),
        (lambda audience: audience.tag(TAGGED, None), ["tag"]),
        (lambda audience: audience.put_out(Key("alice"), REMOVED), ["put out"]),
        (lambda audience: audience.expel(b"alice", REMOVED), ["expel"]),
        (lambda audience: audience.deleted(BOB), ["evict", "release"]),
        (lambda audience: audience.behind.update(audience.readers), ["read on"]),
    ],
)
def test_one_reader_costs_no_other_what_happens(happens: Callable[[Audience], None], noted: list[str]) -> None:
    wheel = TimerWheel(Clock())
    audience = Audience(TEA, turn=Turn(lambda end: None), wheel=wheel, stats=Stats(), shown=0)
    readers = [FakeReader(broken=number == 1) for number in range(3)]
    audience.readers.update(dict.fromkeys(readers))
    happens(audience)
    audience.flush()
    assert [reader.noted for reader in readers] == [noted] * 3
    # It is a defect of ours, and ends that connection alone.
    assert [len(reader.connection.crashes) for reader in readers] == [0, len(noted), 0]


def choking(person: Person) -> Choking:
    """Let *person* have a connection that chokes."""
    connection = Choking()
    connection.tags = True
    person.visitor.connection = connection
    return connection


@at_once
def test_one_connection_costs_no_other_what_is_confided() -> None:
    alice, bob, carol = gather(World(), "alice", "bob", "carol")
    for username in (BOB, CAROL):
        alice.do(Appoint(TEA, username, "moderator"))
    carol.see()
    broken = choking(bob)
    alice.do(Confide(TEA, "hello"))
    assert broken.crashes
    assert kinds(carol.see()) == ["Confided"]


@at_once
def test_one_watcher_costs_no_other_the_news_of_rooms() -> None:
    world = World()
    one, two, three, alice = (world.enter(name) for name in ("one", "two", "three", "alice"))
    for watching in (one, two, three):
        watching.do(List(watch=True))
    two.visitor.connection.show = Choking().show  # type: ignore[method-assign]
    alice.do(Create(TEA))
    world.settle(1.1)
    assert two.connection.crashes
    assert [kinds(each.see()) for each in (one, three)] == [["RoomsChanged"]] * 2
    alice.do(Create(POND))
    world.settle(1.1)
    assert [kinds(each.see()) for each in (one, three)] == [["RoomsChanged"]] * 2


def test_one_connection_that_can_t_send_costs_no_other_its_output() -> None:
    ends, sent = list[Callable[[], None]](), list[int]()
    turn = Turn(ends.append)

    def send(number: int) -> Callable[[], None]:
        def send() -> None:
            sent.append(number)
            if number == 1:
                raise ZeroDivisionError

        return send

    for number in range(4):
        turn.send_at_end(send(number))
    with pytest.raises(ZeroDivisionError):
        ends.pop()()
    while ends:
        ends.pop()()
    assert sent == [0, 1, 2, 3]
    turn.send_at_end(send(4))
    ends.pop()()
    assert sent[4:] == [4]


def test_one_action_that_waited_costs_no_other_its_turn() -> None:
    order, done = Order(), list[int]()
    first, second = order.asks(), order.asks()

    def action(number: int) -> Callable[[], None]:
        def act() -> None:
            done.append(number)
            if number % 2:
                raise ZeroDivisionError

        return act

    for number in range(4):
        order.then(action(number))
    order.answered(first)
    with pytest.raises(ZeroDivisionError):
        order.answered(second)
    assert done == [0, 1, 2, 3]
    assert not order
    order.then(action(4))
    assert done[4:] == [4]
