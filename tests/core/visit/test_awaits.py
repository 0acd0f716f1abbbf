"""Commands that wait, each led through all moments of its waiting, with every incident that can happen there.

After any incident, all names, seats, counts and places are as they were before anybody came.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from typing_extensions import override

from chatroom.core.values.commands import (
    Command,
    Create,
    Delete,
    History,
    Join,
    Leave,
    List,
    ListUnread,
    Login,
    MarkRead,
    Quit,
    Rename,
    Say,
    Search,
    Tell,
    Topic,
    Who,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Members, Welcome
from chatroom.core.visit.visitor import Visitor
from tests.core.scenes import ALICE, BOB, POND, TEA, come_back, keeping, session
from tests.fakes import LateLog, Person, World

GRACE, LINGER = 30, 300
CELLAR, GARDEN = RoomName("cellar"), RoomName("garden")
ALICIA = Username("alicia")


class BreakingLog(LateLog):
    """A late log that raises a defect for each question while it is *broken*."""

    broken = False

    @override
    def forward(self, question: str, ask: Callable[[], None], failed: Callable[..., None] | None = None) -> None:
        if self.broken and failed:
            raise ZeroDivisionError
        super().forward(question, ask, failed)


class Scene:
    """Alice and bob by the pond, where messages of both are not stored yet, and alice can't be shown anything.

    The pond is carol's to delete, or alice's if she asks for that; the cellar is carol's, and a room called tea is
    closed. As a *person*, alice has no session, and is in one room at a time.
    """

    def __init__(self, waits: Waits, *, person: bool) -> None:
        self.log = BreakingLog(keeping("of old"), prompt=True)
        self.world = World(log=self.log, grace=GRACE, linger=LINGER, follows=True)
        self.places = 0
        self.people: list[Person] = []
        self.alice = self.come("alice", person=person)
        self.bob, self.carol = self.come("bob"), self.come("carol")
        self.carol.do(Create(CELLAR))
        for who, command in (
            (self.alice if isinstance(waits.command, Delete) else self.carol, Create(POND)),
            (self.bob, Join(POND)),
            (self.alice, Join(POND)),
        ):
            who.do(command)
        self.log.prompt = False
        self.alice.connection.busy = True
        self.bob.ask(Say(POND, "one"))
        self.alice.ask(Say(POND, "two"))
        waits.begin(self)

    def come(self, name: str, *, person: bool = False) -> Person:
        """Let somebody come, who takes a place of the admission."""
        visitor = self.world.enter(name, session=None if person else session(name), one_room=person)
        self.arrived(visitor)
        return visitor

    def arrived(self, person: Person) -> None:
        """Note that *person* has a place of the admission."""
        self.places += 1
        self.people.append(person)

    def step(self) -> bool:
        """Let the next thing happen for which somebody waits, and return whether there was one."""
        if self.world.is_late and self.world.end_turn():
            return True
        if self.log.waiting:
            self.log.answer(1)
        elif self.alice.connection.busy:
            self.drain()
        else:
            return False
        if not self.world.is_late:
            self.world.settle()
        return True

    def drain(self) -> None:
        """Let alice's connection take more."""
        self.alice.connection.busy = False
        self.alice.visitor.drained()

    def end(self) -> None:
        """Let everything happen that still has to, and everybody go who is still here."""
        self.log.broken = self.log.failing = False
        while self.step():
            pass
        for person in self.people:
            if person.connection.crashes:
                person.visitor.lost()
            self.agree()
            if not person.visitor.gone:
                person.ask(Quit())
                self.world.settle()
            if not person.visitor.gone:
                # They have to read first, or something has to let them go on.
                person.connection.busy = False
                person.visitor.drained()
                self.world.settle()
            while self.step():
                pass
            person.visitor.lost()
            person.visitor.when_over(self.left)
        self.world.settle(GRACE + 1)
        while self.step():
            pass

    def left(self) -> None:
        """Note that a place of the admission is free again."""
        self.places -= 1

    def agree(self) -> None:
        """Check that all counts and indexes of users and rooms agree."""
        for room in self.world.lobby.rooms.values():
            readers = room.audience.readers
            assert room.info().members == len(readers)
            for member in room.members.after(None):
                [seat] = self.world.lobby.users[member.key].seats
                assert seat.rooms[room.key] in readers
            assert set(room.audience.behind) <= set(readers)
        for user in self.world.lobby.users.values():
            [seat] = user.seats
            assert all(reader.is_in for reader in seat.rooms.values())
            assert all(self.world.lobby.rooms[room] is reader.room for room, reader in seat.rooms.items())


class Waits(NamedTuple):
    """A command that waits, or a way to *part*, by alice."""

    what: str
    command: Command | None
    part: Callable[[Visitor], None] = Visitor.finish
    person: bool = False

    def begin(self, scene: Scene) -> None:
        """Let alice ask for it."""
        if isinstance(self.command, Login):
            # She comes herself, over another connection.
            scene.arrived(come_back(scene.world, "alice"))
        elif self.command:
            scene.alice.ask(self.command)
        else:
            self.part(scene.alice.visitor)


COMMANDS = [
    Waits("login", Login(ALICE, session("alice"))),
    Waits("join", Join(CELLAR)),
    Waits("join a closed room", Join(TEA)),
    Waits("join in place of another", Join(CELLAR), person=True),
    Waits("join a closed room in place of another", Join(TEA), person=True),
    Waits("create", Create(GARDEN)),
    Waits("create in place of another", Create(GARDEN), person=True),
    Waits("leave", Leave(POND)),
    Waits("leave as a person", Leave(POND), person=True),
    Waits("delete", Delete(POND)),
    Waits("topic", Topic(POND, "Ducks")),
    Waits("answer somebody's newest message", Say(POND, "three", re=BOB)),
    Waits("history", History(POND)),
    Waits("search", Search(POND, "one")),
    Waits("search everywhere", Search(None, "one")),
    Waits("mark", MarkRead(POND, 1)),
    Waits("mark by a time", MarkRead(POND, at=1)),
    Waits("unread", ListUnread()),
    Waits("nick", Rename(ALICIA)),
    Waits("nick as a person", Rename(ALICIA), person=True),
    Waits("watch", List(watch=True)),
    Waits("tell oneself", Tell(ALICE, "note")),
    Waits("quit", Quit()),
    Waits("quit as a person", Quit(), person=True),
    Waits("finish", None),
    Waits("stop", None, Visitor.stop),
]


def lost(scene: Scene) -> None:
    scene.alice.visitor.lost()


def stopped(scene: Scene) -> None:
    scene.world.lobby.stopping = True
    for person in scene.people:
        if not person.visitor.gone:
            person.visitor.stop()


def replaced(scene: Scene) -> None:
    scene.arrived(come_back(scene.world, "alice"))


def deleted(scene: Scene) -> None:
    if not scene.carol.visitor.gone:
        scene.carol.ask(Delete(POND))


def raises(scene: Scene) -> None:
    scene.log.broken = True
    scene.step()
    scene.log.broken = False


def fails(scene: Scene) -> None:
    scene.log.failing = True
    scene.step()
    scene.log.failing = False


def at_once(scene: Scene) -> None:
    while scene.log.waiting:
        scene.log.answer(1)
    scene.log.prompt = True


def late(scene: Scene) -> None:
    scene.world.settle(0.1)


INCIDENTS = [lost, stopped, replaced, deleted, raises, fails, at_once, late]


@pytest.mark.parametrize("incident", INCIDENTS)
@pytest.mark.parametrize("waits", COMMANDS, ids=lambda waits: waits.what)
def test_afterwards_all_is_as_before(waits: Waits, incident: Callable[[Scene], None]) -> None:
    moment = 0
    more = True
    while more:
        scene = Scene(waits, person=waits.person)
        more = all(scene.step() for _ in range(moment))
        incident(scene)
        scene.end()
        assert scene.places == 0
        assert_nobody_is_left(scene.world)
        # A server that stops finds its rooms open when it starts again.
        assert scene.world.lobby.stopping or closed(scene.world)
        moment += 1


def closed(world: World) -> bool:
    """Return whether no room is open, some time after they were left."""
    world.settle(LINGER + 1)
    return not world.lobby.rooms


def assert_nobody_is_left(world: World) -> None:
    """Check that all names and seats are free, and that all rooms are empty."""
    lobby = world.lobby
    assert dict(lobby.users) == {}
    assert [room.info().members for room in lobby.rooms.values()] == [0] * len(lobby.rooms)
    # Nobody has that session any more.
    erin = come_back(world, "alice", called="erin")
    [welcome] = erin.see()
    assert isinstance(welcome, Welcome)
    assert (welcome.username, welcome.resumed, welcome.rooms) == ("erin", False, ())
    erin.do(Quit())
    dave = world.enter("dave")
    for name in (ALICIA, ALICE):
        [welcome] = world.visit().do(Login(name))
        assert isinstance(welcome, Welcome)
    [online] = dave.do(Who())
    assert online == Members(None, (ALICE, ALICIA, Username("dave")), more=False)
