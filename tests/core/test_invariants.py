"""The promises of the design hold whatever visitors, connections and the log do, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from chatroom.core.people.user import User
from chatroom.core.rooms.reader import Reader
from chatroom.core.values.commands import (
    Appoint,
    Command,
    Configure,
    Create,
    Delete,
    History,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListSanctions,
    ListUnread,
    Login,
    MarkRead,
    Ping,
    Quit,
    ReadAudit,
    ReadReports,
    Redact,
    Rename,
    Report,
    Resolve,
    Say,
    Search,
    Tell,
    Topic,
    Who,
)
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.rights import Tuning
from tests.core.critic import Critic, Ledger, Memory
from tests.examples import examples
from tests.fakes import NOON, World

PEOPLE = 4

rooms = st.sampled_from("tea Tea pond garden".split()).map(RoomName)
names = st.sampled_from("alice Alice bob carol dave erin frank".split()).map(Username)
people = st.integers(0, PEOPLE - 1)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(Join, rooms, st.none() | st.integers(0, 5), st.none() | st.integers(0, 5)),
    st.builds(Create, rooms, capacity=st.none() | st.integers(1, 3)),
    st.builds(Leave, rooms),
    st.builds(Topic, rooms, st.sampled_from(["topic", "another"])),
    st.builds(Rename, names),
    st.builds(Kick, rooms, names),
    st.builds(Impose, st.just("ban"), rooms, names),
    st.builds(ListSanctions, rooms),
    st.builds(Redact, rooms, st.integers(1, 5)),
    st.builds(Redact, rooms),
    st.builds(Redact, rooms, username=names, seconds=st.just(60)),
    st.builds(ReadAudit, rooms),
    st.builds(Report, rooms, st.just("why"), st.integers(1, 5)),
    st.builds(Report, rooms, st.just("why"), username=names),
    st.builds(Resolve, st.integers(1, 5)),
    st.builds(ReadReports, rooms, all=st.booleans()),
    st.builds(Configure, rooms, st.builds(Tuning, capacity=st.integers(0, 3))),
    st.builds(Configure, rooms, st.builds(Tuning, private=st.booleans())),
    st.builds(Invite, rooms, names),
    st.builds(Tell, names, st.just("psst")),
    st.builds(List, watch=st.none() | st.booleans()),
    st.builds(Who, st.none() | rooms),
    st.builds(MarkRead, rooms, st.integers(0, 9)),
    st.builds(MarkRead, rooms, at=st.sampled_from([0, int(NOON * 1000) + 1000, 10**15])),
    st.just(ListUnread()),
    st.builds(History, rooms, after=st.none() | st.integers(0, 3)),
    st.builds(Search, st.none() | rooms, st.just("said")),
    st.just(Ping()),
)


def readers(user: User) -> Iterator[tuple[Key, Reader]]:
    """Return the readers of *user* by all seats, with the keys of their rooms."""
    for seat in user.seats:
        yield from seat.rooms.items()


class Chat(RuleBasedStateMachine):
    """People who come, talk, move about and go, while their connections and the log are as slow as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.world = World()
        self.critics: list[Critic] = []
        self.memories: list[Memory | None] = []
        self.replaced: list[Critic] = []
        self.said = 0
        self.insiders: dict[str, tuple[int, set[bytes]]] = {}
        self.abrupt = False

    @initialize(
        known=st.lists(st.sampled_from([True, True, False]), min_size=PEOPLE, max_size=PEOPLE),
        linger=st.sampled_from([2, 2, 0]),
        grace=st.sampled_from([3, 1, 0]),
        abrupt=st.booleans(),
    )
    def some_come(self, known: list[bool], linger: int, grace: int, abrupt: bool) -> None:
        self.abrupt = abrupt
        self.world = World(
            follows=True,
            log=self.ledger,
            linger=linger,
            grace=grace,
            max_rooms=3,
            room_capacity=3,
            rooms_per_visitor=2,
            in_flight=3,
            page=2,
        )
        for who, name in enumerate(("alice", "bob", "carol", "dave")):
            self.memories.append(Memory(name.encode()) if known[who] else None)
            self.critics.append(self.come(who, Username(name)))
            self.critics[who].ask(List(watch=True))
        self.critics[0].ask(Create(RoomName("tea")))
        self.answer_all()
        self.say(0, 0, 3)
        self.answer_all()
        for critic in self.critics[1:]:
            critic.ask(Join(RoomName("tea")))
        self.world.settle()

    def answer_all(self) -> None:
        """Let the log answer all questions, which come some turns later where answers are late."""
        if self.world.is_late:
            self.world.settle()
        self.ledger.answer()
        if self.world.is_late:
            self.world.settle()

    def come(self, who: int, name: Username) -> Critic:
        """Let somebody connect, with a session or else in one room at a time."""
        memory = self.memories[who]
        critic = Critic(self.world, self.ledger, one_room=not memory and who % 2 == 0, memory=memory)
        critic.ask(Login(name, memory.session if memory else None))
        return critic

    # Actions of people; possible ones that change something are likelier than in :meth:`ask`.

    @rule(who=people, room=rooms, backlog=st.none() | st.integers(0, 5), capacity=st.none() | st.integers(1, 3))
    def move(self, who: int, room: RoomName, backlog: int | None, capacity: int | None) -> None:
        if key(room) in self.critics[who].seats:
            self.critics[who].ask(Leave(room))
        elif key(room) in self.world.lobby.rooms:
            self.critics[who].join(room, backlog)
        else:
            self.critics[who].ask(Create(room, capacity=capacity))

    @rule(room=rooms)
    def delete(self, room: RoomName) -> None:
        for critic in self.critics:
            seat = critic.visitor.seat
            if (
                seat
                and critic.here
                and (found := self.world.lobby.rooms.get(key(room)))
                and found.standing.owner == seat.user.identity
            ):
                critic.ask(Delete(room))

    @rule(room=rooms, private=st.sampled_from([True, True, False]))
    def hide_or_show(self, room: RoomName, private: bool) -> None:
        for critic in self.critics:
            seat, found = critic.visitor.seat, self.world.lobby.rooms.get(key(room))
            if seat and critic.here and found and found.standing.owner == seat.identity:
                critic.ask(Configure(room, Tuning(private=private)))
        for critic in self.critics:
            if key(room) not in critic.seats:
                critic.ask(List())
                critic.ask(Who(room))

    @rule(room=rooms, whom=names, role=st.sampled_from(["moderator", "owner", "member", ""]))
    def moderate(self, room: RoomName, whom: Username, role: Literal["moderator", "owner", "member", ""]) -> None:
        for critic in self.critics:
            seat, found = critic.visitor.seat, self.world.lobby.rooms.get(key(room))
            if seat and critic.here and found and found.standing.rank(seat.user.identity):
                critic.ask(Appoint(room, whom, role) if role else Kick(room, whom, "why"))

    @rule(room=rooms, whom=names, how=st.sampled_from(["mute", "ban", "lift"]), seconds=st.none() | st.just(1))
    def sanction(
        self, room: RoomName, whom: Username, how: Literal["mute", "ban", "lift"], seconds: int | None
    ) -> None:
        for critic in self.critics:
            seat, found = critic.visitor.seat, self.world.lobby.rooms.get(key(room))
            if seat and critic.here and found and found.standing.rank(seat.user.identity):
                critic.ask(Impose(how, room, whom, seconds) if how != "lift" else Lift("ban", room, whom))

    @rule(who=people, which=st.integers(0, 2), back=st.integers(0, 4))
    def take_back(self, who: int, which: int, back: int) -> None:
        if seats := list(self.critics[who].seats.values()):
            seat = seats[which % len(seats)]
            self.critics[who].ask(Redact(seat.room, max(1, seat.seen - back)))

    @rule(who=people, which=st.integers(0, 2), count=st.integers(1, 3))
    def say(self, who: int, which: int, count: int) -> None:
        seats = list(self.critics[who].seats.values())
        for _ in range(count if seats else 0):
            self.said += 1
            cid = f"c{self.said}" if self.said % 4 else None
            # Of those some are there, in memory or only in the log, and some are not.
            re = self.said % 6 or None
            self.critics[who].ask(Say(seats[which % len(seats)].room, f"said {self.said}", cid=cid, re=re))

    @rule(who=people)
    def read_on_and_send_again(self, who: int) -> None:
        critic = self.critics[who]
        for held in list(critic.held):
            critic.join(RoomName(held), None)
        critic.send_again()

    @rule(who=people, command=commands)
    def ask(self, who: int, command: Command) -> None:
        self.critics[who].ask(command)

    @rule(
        who=people,
        how=st.sampled_from(["quits", "is lost", "is lost", "is replaced", "ends its input"]),
        name=names,
        missed=st.integers(0, 2),
    )
    def go_or_come(self, who: int, how: str, name: Username, missed: int) -> None:
        critic = self.critics[who]
        if not critic.here:
            self.critics[who] = self.come(who, name)
        elif how == "quits":
            critic.ask(Quit())
        elif how == "is lost":
            critic.closed = True
            critic.visitor.lost()
            if critic.memory:
                critic.memory.forget(missed)
        elif how == "ends its input":
            critic.finish()
        elif critic.memory and critic.name:
            critic.replaced = True
            self.replaced.append(critic)
            self.critics[who] = self.come(who, name)

    # Actions of connections.

    @rule(who=people, chokes=st.booleans())
    def be_busy_or_drain(self, who: int, chokes: bool) -> None:
        critic = self.critics[who]
        critic.chokes = chokes
        if critic.busy:
            critic.drain()
        else:
            critic.busy = True

    # Actions of the log and the clock.

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

    # Invariants.

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
            assert room.info().members == len(room.members) == len(room.audience.readers) <= 3
            for member in room.members.after(None):
                user = lobby.users[member.key]
                assert user.username == member.username
                assert any(room.key in seat.rooms for seat in user.seats)
        for user in lobby.users.values():
            for name, reader in readers(user):
                assert lobby.rooms[name] is reader.room
                assert reader.is_in

    @invariant()
    def nobody_is_where_they_are_banned_from(self) -> None:
        for room in self.world.lobby.rooms.values():
            for member in room.members.after(None):
                user = self.world.lobby.users[member.key]
                assert room.standing.ban_of(user.username, user.identity, user.host) is None

    @invariant()
    def nobody_comes_into_a_private_room_who_was_not_in_when_it_became_so_and_has_no_role(self) -> None:
        for room in self.world.lobby.rooms.values():
            inside = {self.world.lobby.users[member.key].identity for member in room.members.after(None)}
            hidden = self.ledger.hidden[room.epoch]
            times, before = self.insiders.get(room.epoch, (hidden, inside))
            if not room.is_private or times != hidden:
                before = inside
            # Whoever is put out may not come back, unless they have a role.
            before = (before - self.ledger.put_out_persons.pop(room.epoch, set())) | self.ledger.admitted[room.epoch]
            if room.is_private:
                assert all(person in before or room.standing.rank(person) for person in inside)
            # Whoever loses a role stays in; and who leaves as it becomes private was in.
            self.insiders[room.epoch] = hidden, before | inside

    @invariant()
    def people_of_one_room_are_in_one(self) -> None:
        for critic in self.critics:
            assert not critic.one_room or len(critic.seats) <= 1

    def check_views(self) -> None:
        """Check that level members know all members when a turn is over."""
        for critic in self.critics:
            rooms = critic.visitor.seat.rooms if critic.visitor.seat and critic.here else {}
            for name, seat in critic.seats.items():
                reader = rooms.get(name)
                if reader and reader.level:
                    assert seat.members == len(reader.room.members)
                    assert seat.names == {member.username for member in reader.room.members.after(None)}
                    assert seat.seen == reader.room.audience.shown
                    assert not self.ledger.left_with(seat.epoch, seat.copies)

    # The end.

    def calm(self) -> None:
        """Let all questions be answered, all connections drained, and time pass until nothing happens any more."""
        everybody = [*self.critics, *self.replaced]
        for critic in everybody:
            critic.chokes = False
        quiet = 0
        for _ in range(100):
            quiet = 0 if self.ledger.waiting else quiet + 1
            if quiet == 5:
                return
            self.ledger.answer()
            for critic in everybody:
                critic.drain()
            self.world.settle(0.5)
        raise AssertionError("it never comes to rest")

    @override
    def teardown(self) -> None:
        if not self.abrupt:
            self.calm()
            self.all_come_back()
            self.all_is_well()
        self.stop()

    def all_come_back(self) -> None:
        """Let lost people read on, and send unacknowledged messages again; the seats that are left are given up."""
        for who, critic in enumerate(self.critics):
            if not critic.here and critic.memory and self.world.lobby.users:
                self.critics[who] = self.come(who, critic.name or Username("nobody"))
        self.calm()
        for critic in self.critics:
            for room in critic.memory.read if critic.memory and critic.name else ():
                if room not in critic.seats:
                    critic.join(RoomName(room), None)
        self.calm()
        for critic in self.critics:
            critic.send_again()
        self.calm()
        self.world.settle(5)
        self.calm()

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
            for say in critic.memory.unacknowledged.values() if critic.memory else ():
                assert key(say.room) not in critic.seats
        assert all(critic.closed and not critic.visitor.is_free() for critic in self.replaced)
        for kept in self.ledger.kept.values():
            texts = [message.text for message in kept if message.text]
            assert len({*texts}) == len(texts)
        for room in lobby.rooms.values():
            assert room.topic == self.ledger.topics.get(room.epoch, "")
        members = {(name, user.username) for name, room in lobby.rooms.items() for user in room.members.after(None)}
        assert members == {(name, critic.name) for critic in here for name in critic.seats}
        for critic in here:
            if critic.rooms is not None:
                viewer = critic.visitor.seat
                shown = [room for room in lobby.rooms.values() if room.is_shown_to(viewer)]
                assert critic.rooms == {room.key: room.info() for room in shown}

    def stop(self) -> None:
        self.world.lobby.stopping = True
        for critic in (*self.critics, *self.replaced):
            if critic.here:
                critic.visitor.stop()
        self.calm()
        assert all(critic.closed for critic in (*self.critics, *self.replaced))
        assert not any(seat.is_taken for user in self.world.lobby.users.values() for seat in user.seats)


TestChat: Callable[[], None] = Chat.TestCase  # type: ignore[assignment]
# Explaining takes longer than a test may.
Chat.TestCase.settings = examples(200, stateful_step_count=50)
