"""A search of all the rooms that somebody follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import LogId, Page, Searched
from chatroom.core.values.authors import Author
from chatroom.core.values.commands import (
    Command,
    Configure,
    Create,
    Delete,
    Impose,
    Join,
    Kick,
    Leave,
    Login,
    Quit,
    Redact,
    Register,
    Say,
    Search,
)
from chatroom.core.values.errors import SearchTooLong
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entries
from chatroom.core.values.rights import Tuning
from tests.core.scenes import BOB, CAROL, POND, TEA, affordable, gather, session
from tests.core.visit.accounts.test_accounts import SECRET, world
from tests.fakes import ForwardingLog, Person, World

GARDEN = RoomName("garden")


def found(person: Person, query: str = "tea", **more: Any) -> list[str]:
    """Return where *person* finds something, and its number there."""
    return places(person.do(Search(None, query, **more)))


def places(events: list[Any]) -> list[str]:
    [entries] = [event for event in events if isinstance(event, Entries)]
    assert entries.room is None
    assert not entries.more
    return [f"{said.room} {said.seq}" for said in entries.entries]


class HeldLog(ForwardingLog):
    """A log whose searches of all rooms are answered when the test says so."""

    in_hand = True

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[Callable[[Searched], None], Searched]] = []

    def answer(self, answer: Searched | None = None) -> None:
        """Answer the search by what it has found, or by another *answer*."""
        got, found = self.held.pop()
        got(answer or found)

    @override
    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        *,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None = None,
        since: int | None = None,
        until: int | None = None,
        viewer: bytes | None = None,
    ) -> None:
        def found(searched: Searched) -> None:
            self.held.append((got, searched))

        search = partial(self.log.search_all, author=author, since=since, until=until, viewer=viewer)
        search(logs, query, limit=limit, got=found)


class FindingTests(SynchronousTestCase):
    def people(self, here: World) -> tuple[Person, Person]:
        """Let alice and bob be in two rooms, and alice alone in a third one, where all has been said."""
        alice, bob = (here.enter(name, session=session(name)) for name in ("alice", "bob"))
        for room in (TEA, POND, GARDEN):
            alice.do(Create(room))
        for room in (TEA, POND):
            bob.do(Join(room))
        for text in ("cup of tea", "milk"):
            for room in (TEA, POND, GARDEN):
                here.settle(1)
                alice.do(Say(room, text))
        bob.do(Say(POND, "tea"))
        alice.connection.take()
        bob.connection.take()
        return alice, bob

    def test_all_rooms_that_one_follows_are_searched_in_the_order_of_time(self) -> None:
        alice, bob = self.people(world(follows=True))
        assert found(alice) == ["tea 1", "pond 1", "garden 1", "pond 3"]
        assert found(bob) == ["tea 1", "pond 1", "pond 3"]
        assert found(alice, newest_first=True) == ["pond 3", "garden 1", "pond 1", "tea 1"]
        assert found(alice, "", author=BOB) == ["pond 3"]
        assert found(alice, author=Username("nobody")) == []
        [entries] = alice.do(Search(None, "tea", limit=2))
        assert isinstance(entries, Entries)
        assert [said.room for said in entries.entries] == [GARDEN, POND]
        assert entries.more
        assert found(alice, until=entries.entries[0].message.at) == ["tea 1", "pond 1"]
        assert found(alice, since=entries.entries[0].message.at) == ["pond 3"]
        assert found(alice, since=entries.entries[1].message.at, until=entries.entries[0].message.at) == []
        assert alice.refused(Search(None, "")) == "query-invalid"

    def test_rooms_that_are_closed_are_searched_too_by_whoever_comes_back(self) -> None:
        here = world(follows=True, grace=0, linger=0)
        for person in self.people(here):
            person.do(Quit())
        here.settle(1)
        assert not here.lobby.rooms
        bob = here.enter("bob", session=session("bob"))
        assert found(bob) == ["tea 1", "pond 1", "pond 3"]
        assert found(here.enter("carol", session=session("carol"))) == []

    def test_a_guest_without_a_session_finds_what_was_said_where_they_are(self) -> None:
        here = world(follows=True)
        self.people(here)
        carol = here.enter("carol")
        carol.do(Join(POND))
        assert found(carol) == ["pond 1", "pond 3"]
        carol.do(Leave(POND))
        assert found(carol) == []

    def test_an_account_finds_it_in_the_rooms_of_all_its_connections(self) -> None:
        here = world(follows=True)
        self.people(here)
        carol = here.enter("carol")
        carol.do(Register(Password(SECRET)))
        carol.do(Join(TEA))
        other = here.visit()
        other.do(Login(CAROL, password=Password(SECRET)))
        assert found(other) == ["tea 1"]

    def test_who_was_put_out_finds_it_no_more(self) -> None:
        alice, bob = self.people(world(follows=True))
        alice.do(Kick(TEA, BOB))
        bob.connection.take()
        assert found(bob) == ["pond 1", "pond 3"]
        alice.do(Impose("ban", POND, BOB))
        bob.connection.take()
        assert found(bob) == []

    def test_in_a_private_room_those_find_it_who_may_come_in(self) -> None:
        here = world(follows=True, grace=0)
        alice, bob = self.people(here)
        bob.do(Quit())
        alice.do(Configure(TEA, Tuning(private=True)))
        alice.do(Configure(POND, Tuning(guests=False)))
        bob = here.enter("bob", session=session("bob"))
        assert found(bob) == []
        alice.do(Configure(POND, Tuning(guests=True)))
        assert found(bob) == ["pond 1", "pond 3"]

    def test_what_is_taken_back_is_not_found(self) -> None:
        alice, _ = self.people(world(follows=True))
        alice.do(Redact(TEA, seq=1))
        alice.connection.take()
        assert found(alice) == ["pond 1", "garden 1", "pond 3"]

    def test_what_becomes_of_rooms_during_the_search_counts(self) -> None:
        cases: list[tuple[Command, list[str]]] = [
            (Redact(POND, seq=1), ["tea 1", "pond 3"]),
            (Kick(POND, BOB), ["tea 1"]),
            (Impose("ban", POND, BOB), ["tea 1"]),
            (Delete(POND), ["tea 1"]),
            (Configure(POND, Tuning(private=True)), ["tea 1", "pond 1", "pond 3"]),
        ]
        for command, expected in cases:
            log = HeldLog()
            alice, bob = self.people(World(log=log, follows=True))
            bob.ask(Search(None, "tea"))
            alice.do(command)
            log.answer()
            assert places(bob.see()) == expected, command

    def test_so_does_what_becomes_of_a_room_in_which_they_are_not(self) -> None:
        cases: list[tuple[Command, list[str]]] = [
            (Redact(POND, seq=1), ["tea 1", "pond 3"]),
            (Impose("ban", POND, BOB), ["tea 1"]),
            (Configure(POND, Tuning(private=True)), ["tea 1"]),
        ]
        for is_open in (True, False):
            for command, expected in cases:
                log = HeldLog()
                here = World(log=log, follows=True, grace=0, linger=0)
                alice, bob = self.people(here)
                bob.do(Quit())
                if not is_open:
                    alice.do(Leave(POND))
                bob = here.enter("bob", session=session("bob"))
                bob.ask(Search(None, "tea"))
                if not is_open:
                    alice.do(Join(POND))
                alice.do(command)
                log.answer()
                assert places(bob.see()) == expected, command

    def test_the_time_that_it_takes_is_charged(self) -> None:
        for result in (Page([], more=False), SearchTooLong()):
            log = HeldLog()
            [alice] = gather(World(log=log, follows=True, burst=30), "alice", known=True)
            alice.world.settle(100)
            alice.ask(Search(None, "tea"))
            log.answer(Searched(result, 0.1))
            assert affordable(alice) == 30 - 6
