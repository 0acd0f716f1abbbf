"""Who people are to others: what they say of themselves, and a host that is no address."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.people.people import MOST
from chatroom.core.ports import CloakStore
from chatroom.core.values.commands import Authenticate, Login, Quit, Register, Rename
from chatroom.core.values.names import Username
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Person, Profile, cloak
from tests.core.scenes import ALICE, BOB, CAROL
from tests.fakes import FakePasswords, World
from tests.fakes import Person as Visitor

SECRET = Password("correct horse")
HOST = "10.0.0.1"


def here(world: World, name: Username = ALICE) -> Person:
    """Return who is called *name*, or was lately."""
    found = world.lobby.people.find(name)
    assert found
    return found


def came(world: World, door: str = "text", *, host: str = HOST, **how: object) -> Visitor:
    """Let somebody come by a *door*."""
    visitor = world.visit(host=host)
    visitor.visitor.origin = ConnectionOrigin(host, door)
    visitor.do(Login(**{"username": ALICE, **how}))  # type: ignore[arg-type]
    return visitor


class PeopleTests(SynchronousTestCase):
    def test_who_says_nothing_of_themselves_is_somebody_from_somewhere(self) -> None:
        world = World()
        came(world)
        hidden = world.lobby.cloak(HOST.encode())
        assert here(world) == Person(ALICE, "~u", f"{hidden}.text")
        assert here(world).source == f"alice!~u@{hidden}.text"

    def test_a_profile_comes_with_the_login(self) -> None:
        world = World()
        came(world, "irc", profile=Profile("Alice Smith", "asmith", bot=True))
        found = here(world)
        assert (found.realname, found.ident, found.away, found.bot) == ("Alice Smith", "~asmith", None, True)
        assert found.host.endswith(".irc")

    def test_a_host_is_shown_as_a_cloak_that_is_the_same_for_all_from_there(self) -> None:
        world = World()
        came(world)
        came(world, username=BOB)
        came(world, username=CAROL, host="10.0.0.2")
        assert here(world).host == here(world, BOB).host != here(world, CAROL).host
        assert len(here(world).host.removesuffix(".text")) == 8
        assert HOST not in here(world).source

    def test_a_cloak_tells_nothing_without_its_secret(self) -> None:
        assert cloak(b"one", b"host") != cloak(b"another", b"host")
        assert cloak(b"one", b"host") == cloak(b"one", b"host") == "hcnjcswy"
        assert len(cloak(b"one", None)) == 8

    def test_who_has_gone_is_still_known_by_their_name(self) -> None:
        world = World()
        alice = came(world)
        before = here(world)
        alice.do(Quit())
        assert here(world) == before
        assert [gone.person for gone in world.lobby.people.were(ALICE)] == [before]
        assert world.lobby.people.find(BOB) is None
        assert world.lobby.people.were(BOB) == []

    def test_so_is_who_was_renamed_by_both_names(self) -> None:
        world = World()
        alice = came(world, profile=Profile(ident="a"))
        alice.do(Rename(BOB))
        assert (here(world).username, here(world, BOB).username) == (ALICE, BOB)
        assert here(world, BOB).source == here(world).source.replace("alice", "bob")

    def test_a_name_is_that_of_who_has_it_now(self) -> None:
        world = World()
        came(world, profile=Profile("first")).do(Quit())
        came(world, profile=Profile("second")).do(Quit())
        assert [gone.person.realname for gone in world.lobby.people.were(ALICE)] == ["second", "first"]
        came(world, profile=Profile("third"))
        assert here(world).realname == "third"

    def test_only_the_last_who_left_are_known(self) -> None:
        world = World()
        for _ in range(2):
            came(world).do(Quit())
        came(world, username=BOB).do(Quit())
        for number in range(MOST - 1):
            came(world, username=Username(f"guest{number}")).do(Quit())
        assert world.lobby.people.find(ALICE) is None
        assert world.lobby.people.find(BOB)
        assert world.lobby.people.were(ALICE) == []

    def test_an_account_is_shown(self) -> None:
        world = World(passwords=FakePasswords())
        alice = came(world)
        assert here(world).account is None
        alice.do(Register(SECRET))
        assert here(world).account == ALICE

    def test_a_further_connection_of_an_account_erases_nothing(self) -> None:
        world = World(passwords=FakePasswords())
        alice = came(world, profile=Profile("Alice"))
        alice.do(Register(SECRET))
        before = here(world)
        came(world, "irc", password=SECRET, profile=Profile("Another"))
        came(world, "irc", password=SECRET, host="10.0.0.2")
        assert here(world) == before
        alice.do(Quit())
        assert here(world).realname == "Alice"
        assert here(world).host.endswith(".irc")

    def test_one_says_it_for_an_account_that_has_said_nothing(self) -> None:
        world = World(passwords=FakePasswords())
        came(world).do(Register(SECRET))
        came(world, "irc", password=SECRET, profile=Profile("Alice"))
        assert here(world).realname == "Alice"

    def test_a_guest_who_turns_out_to_be_somebody_is_not_here_as_a_guest(self) -> None:
        world = World(passwords=FakePasswords())
        came(world).do(Register(SECRET))
        guest = came(world, "irc", username=BOB, profile=Profile("Alice"))
        guest.do(Authenticate(ALICE, SECRET))
        assert (here(world).realname, here(world).account) == ("Alice", ALICE)
        assert (here(world, BOB).realname, here(world, BOB).account) == ("Alice", None)
        assert here(world, BOB).username == BOB

    def test_who_comes_back_to_a_seat_from_elsewhere_is_from_there(self) -> None:
        world = World(grace=60)
        alice = came(world, session=b"session", profile=Profile("Alice"))
        alice.visitor.lost()
        assert here(world).host.endswith(".text")
        came(world, "irc", session=b"session", host="10.0.0.2")
        assert here(world).host == f"{world.lobby.cloak(b'10.0.0.2')}.irc"
        assert here(world).realname == "Alice"

    def test_the_secret_is_that_of_the_store(self) -> None:
        world = World()
        store: CloakStore = world.cloaks
        assert world.lobby.cloak(None) == cloak(store.cloak_key, None)
