"""Whatever visitors, connections and the log do, in any order: what the design promises holds."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from chatroom.core.commands import (
    Command,
    Create,
    Delete,
    History,
    Join,
    Leave,
    List,
    Login,
    Ping,
    Quit,
    Rename,
    Say,
    Search,
    Tell,
    Topic,
    Who,
)
from chatroom.core.names import RoomName, Username, key
from tests.core.critic import Critic, Ledger
from tests.fakes import World

PEOPLE = 4

rooms = st.sampled_from("tea Tea pond garden".split()).map(RoomName)
names = st.sampled_from("alice Alice bob carol dave erin frank".split()).map(Username)
people = st.integers(0, PEOPLE - 1)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(Join, rooms, st.integers(0, 5)),
    st.builds(Create, rooms, capacity=st.none() | st.integers(1, 3)),
    st.builds(Leave, rooms),
    st.builds(Topic, rooms, st.just("topic")),
    st.builds(Rename, names),
    st.builds(Tell, names, st.just("psst")),
    st.builds(List, watch=st.none() | st.booleans()),
    st.builds(Who, st.none() | rooms),
    st.builds(History, rooms, after=st.none() | st.integers(0, 3)),
    st.builds(Search, rooms, st.just("said")),
    st.just(Ping()),
)


class Chat(RuleBasedStateMachine):
    """Some people come, talk, move about and go, while their connections and the log are as slow as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.world = World()
        self.critics: list[Critic] = []
        self.said = 0
        self.abrupt = False

    @initialize(
        one_room=st.lists(st.booleans(), min_size=PEOPLE, max_size=PEOPLE),
        linger=st.sampled_from([2, 2, 0]),
        abrupt=st.booleans(),
    )
    def some_come(self, one_room: list[bool], linger: int, abrupt: bool) -> None:
        self.abrupt = abrupt
        self.world = World(
            log=self.ledger, linger=linger, max_rooms=3, room_capacity=3, rooms_per_visitor=2, in_flight=3, page=2
        )
        for alone, name in zip(one_room, ("alice", "bob", "carol", "dave"), strict=True):
            critic = Critic(self.world, self.ledger, one_room=alone)
            critic.ask(Login(Username(name)))
            critic.ask(List(watch=True))
            self.critics.append(critic)
        self.critics[0].ask(Create(RoomName("tea")))
        self.ledger.answer()
        self.say(0, 0, 3)
        self.ledger.answer()
        for critic in self.critics[1:]:
            critic.ask(Join(RoomName("tea")))
        self.world.settle()

    # What people do; what is possible and changes something is likelier than in :meth:`ask`.

    @rule(who=people, room=rooms, backlog=st.integers(0, 5), capacity=st.none() | st.integers(1, 3))
    def move(self, who: int, room: RoomName, backlog: int, capacity: int | None) -> None:
        if key(room) in self.critics[who].seats:
            self.critics[who].ask(Leave(room))
        elif key(room) in self.world.lobby.rooms:
            self.critics[who].ask(Join(room, backlog))
        else:
            self.critics[who].ask(Create(room, capacity=capacity))

    @rule(room=rooms)
    def delete(self, room: RoomName) -> None:
        for critic in self.critics:
            user = critic.visitor.user
            if user and critic.here and (found := self.world.lobby.rooms.get(key(room))) and found.owner is user:
                critic.ask(Delete(room))

    @rule(who=people, which=st.integers(0, 2), count=st.integers(1, 3))
    def say(self, who: int, which: int, count: int) -> None:
        seats = list(self.critics[who].seats.values())
        for _ in range(count if seats else 0):
            self.said += 1
            self.critics[who].ask(Say(seats[which % len(seats)].room, f"said {self.said}"))

    @rule(who=people, command=commands)
    def ask(self, who: int, command: Command) -> None:
        self.critics[who].ask(command)

    @rule(who=people, how=st.sampled_from(["quit", "is lost", "ends its input"]), name=names, one_room=st.booleans())
    def go_or_come(self, who: int, how: str, name: Username, one_room: bool) -> None:
        critic = self.critics[who]
        if not critic.here:
            self.critics[who] = Critic(self.world, self.ledger, one_room=one_room)
            self.critics[who].ask(Login(name))
        elif how == "quit":
            critic.ask(Quit())
        elif how == "is lost":
            critic.closed = True
            critic.visitor.lost()
        else:
            critic.finish()

    # What connections do.

    @rule(who=people, chokes=st.booleans())
    def be_busy_or_drain(self, who: int, chokes: bool) -> None:
        critic = self.critics[who]
        critic.chokes = chokes
        if critic.busy:
            critic.drain()
        else:
            critic.busy = True

    # What the log and the clock do.

    @precondition(lambda self: self.ledger.waiting)
    @rule(count=st.integers(1, 4), failing=st.sampled_from([False, False, False, True]))
    def answer(self, count: int, failing: bool) -> None:
        self.ledger.failing = failing
        self.ledger.answer(min(count, len(self.ledger.waiting)))
        self.ledger.failing = False

    @rule(seconds=st.sampled_from([0, 0, 0.6, 1.2]))
    def pass_time(self, seconds: float) -> None:
        self.world.settle(seconds)
        self.check_views()

    # What is always so.

    @invariant()
    def a_username_has_one_holder(self) -> None:
        users = self.world.lobby.users
        assert all(users[name] is user and key(user.username) == name for name, user in users.items())
        holders = [key(critic.name) for critic in self.critics if critic.here and critic.name]
        assert len(set(holders)) == len(holders)

    @invariant()
    def rooms_and_members_know_each_other(self) -> None:
        lobby = self.world.lobby
        assert len(lobby.rooms) <= 3
        for room in lobby.rooms.values():
            assert room.info().members == len(room.members) <= 3
            for user, member in room.members.items():
                assert user.rooms[room.key] is member
                assert lobby.users[user.key] is user
        for user in lobby.users.values():
            for name, member in user.rooms.items():
                assert lobby.rooms[name].members[user] is member

    @invariant()
    def people_of_one_room_are_in_one(self) -> None:
        for critic in self.critics:
            assert not critic.visitor.one_room or len(critic.seats) <= 1

    def check_views(self) -> None:
        """When a turn is over, whoever is level knows who is there."""
        for critic in self.critics:
            for name, seat in critic.seats.items() if critic.here and critic.visitor.user else ():
                member = critic.visitor.user.rooms.get(name) if critic.visitor.user else None
                if member and member.level:
                    assert seat.members == len(member.room.members)
                    assert seat.names == {user.username for user in member.room.members}
                    assert seat.seen == member.room.shown

    # And in the end.

    def calm(self) -> None:
        """Let all be answered and drained, and time pass until nothing happens any more."""
        for critic in self.critics:
            critic.chokes = False
        quiet = 0
        for _ in range(100):
            quiet = 0 if self.ledger.waiting else quiet + 1
            if quiet == 5:
                return
            self.ledger.answer()
            for critic in self.critics:
                critic.drain()
            self.world.settle(0.5)
        raise AssertionError("it never comes to rest")

    @override
    def teardown(self) -> None:
        if not self.abrupt:
            self.calm()
            self.all_is_well()
        self.stop()

    def all_is_well(self) -> None:
        self.check_views()
        lobby = self.world.lobby
        here = [critic for critic in self.critics if critic.here]
        assert {name: user.username for name, user in lobby.users.items()} == {
            key(critic.name): critic.name for critic in here if critic.name
        }
        for critic in here:
            assert not critic.unanswered
            assert not critic.untaken
            assert not critic.closed
            for seat in critic.seats.values():
                assert seat.level
                assert seat.seen == len(self.ledger.kept[seat.epoch])
        members = {(name, user.username) for name, room in lobby.rooms.items() for user in room.members}
        assert members == {(name, critic.name) for critic in here for name in critic.seats}
        for critic in here:
            if critic.rooms is not None:
                assert critic.rooms == {room.key: room.info() for room in lobby.rooms.values()}

    def stop(self) -> None:
        self.world.lobby.stopping = True
        for critic in self.critics:
            if critic.here:
                critic.visitor.stop()
        self.calm()
        assert all(critic.closed for critic in self.critics)
        assert self.world.lobby.users == {}


TestChat: Callable[[], None] = Chat.TestCase  # type: ignore[assignment]
# To explain takes longer than a test may.
Chat.TestCase.settings = settings(max_examples=200, stateful_step_count=50, phases=set(Phase) - {Phase.explain})
