"""Usernames: given, refused, changed, and free again."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Command,
    Create,
    Delete,
    History,
    Join,
    Leave,
    List,
    Local,
    Login,
    Ping,
    Pong,
    Quit,
    Rename,
    Request,
    Say,
    Search,
    Tell,
    Topic,
    Who,
)
from chatroom.core.values.errors import BadFrame, TextInvalid, UsernameInvalid
from chatroom.core.values.events import Bye, Renamed, Rooms
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Members, Ok, Refused, Welcome
from chatroom.core.values.replies import Pong as PongReply
from tests.core.scenes import ALICE, BOB, POND, TEA, gather, kinds, said, stored
from tests.fakes import Person, World

EVERYTHING_ELSE: list[Command] = [
    Rename(BOB),
    List(),
    Create(TEA),
    Join(TEA),
    Leave(TEA),
    Delete(TEA),
    Say(TEA, "hi"),
    Tell(BOB, "hi"),
    Who(),
    Topic(TEA, "Tea"),
    History(TEA),
    Search(TEA, "hi"),
]


def online(person: Person) -> list[str]:
    [members] = person.do(Who())
    assert isinstance(members, Members)
    return list(members.usernames)


class LoginTests(SynchronousTestCase):
    def test_who_gives_a_username_is_welcome(self) -> None:
        assert World().visit().do(Login(ALICE)) == [Welcome(ALICE, None)]

    def test_all_who_come_are_told_what_the_operator_has_to_say(self) -> None:
        world = World()
        world.lobby.motd = "Tea is at five."
        assert world.visit().do(Login(ALICE)) == [Welcome(ALICE, None, motd="Tea is at five.")]

    def test_a_person_is_shown_the_rooms_at_once(self) -> None:
        world = World()
        gather(world, "alice")
        [welcome] = world.visit(one_room=True).do(Login(BOB))
        assert isinstance(welcome, Welcome)
        assert welcome.open_rooms == Rooms((world.lobby.room(TEA, None).info(),), more=False)

    def test_nothing_else_is_done_for_the_nameless(self) -> None:
        nobody = World().visit()
        assert {nobody.refused(command) for command in EVERYTHING_ELSE} == {"not-logged-in"}

    def test_the_nameless_can_ask_for_help_and_signs_of_life_and_leave(self) -> None:
        nobody = World().visit()
        assert nobody.do(Local(None)) == [Ok()]
        assert nobody.do(Ping()) == [PongReply()]
        assert nobody.do(Pong()) == []
        assert nobody.do(Quit()) == [Bye("quit")]
        assert nobody.connection.closed

    def test_one_logs_in_only_once(self) -> None:
        alice = World().enter("alice")
        assert alice.refused(Login(BOB)) == "already-logged-in"
        assert online(alice) == ["alice"]

    def test_a_username_has_one_holder(self) -> None:
        world = World()
        world.enter("alice")
        other = world.visit()
        assert other.refused(Login(ALICE)) == "username-taken"
        [refused] = other.do(Login(Username("ALICE")))
        assert isinstance(refused, Refused)
        assert str(refused.error) == "alice is in use; choose another."
        assert kinds(other.do(Login(BOB))) == ["Welcome"]

    def test_a_username_is_free_when_its_holder_has_gone(self) -> None:
        world = World()
        first, second, third = world.enter("alice"), world.visit(), world.visit()
        first.do(Quit())
        assert kinds(second.do(Login(ALICE))) == ["Welcome"]
        second.visitor.lost()
        assert kinds(third.do(Login(ALICE))) == ["Welcome"]

    def test_who_fails_ten_times_to_give_a_username_is_disconnected(self) -> None:
        world = World()
        world.enter("alice")
        nobody = world.visit()
        for error in (UsernameInvalid("No"), TextInvalid("No")):
            for _ in range(3):
                nobody.visitor.refuse(Request(), error)
        nobody.see()
        assert [nobody.refused(Login(ALICE)) for _ in range(3)] == ["username-taken"] * 3
        assert not nobody.connection.closed
        refused, bye = nobody.do(Login(ALICE))
        assert isinstance(refused, Refused)
        assert bye == Bye("too-many-tries")
        assert nobody.connection.closed
        assert not nobody.visitor.is_free()

    def test_other_mistakes_do_not_count(self) -> None:
        nobody = World().visit()
        for _ in range(20):
            nobody.do(Who())
            nobody.visitor.refuse(Request(), BadFrame("No"))
        assert not nobody.connection.closed

    def test_nor_do_mistakes_of_the_named(self) -> None:
        alice = World().enter("alice")
        for _ in range(20):
            alice.visitor.refuse(Request(), UsernameInvalid("No"))
        assert not alice.connection.closed

    def test_what_can_not_be_read_is_refused_in_its_turn(self) -> None:
        alice = World().enter("alice")
        error = BadFrame("No")
        alice.visitor.refuse(Request(None, 7), error)
        assert alice.connection.replies[-1][0].id == 7
        assert [it.error for it in alice.see() if isinstance(it, Refused)] == [error]


class RenameTests(SynchronousTestCase):
    def test_in_the_lobby_only_the_renamed_is_told(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("bob")
        assert alice.do(Rename(Username("anna"))) == [Ok("anna", event_follows=False)]
        assert bob.see() == []
        assert online(bob) == ["anna", "bob"]

    def test_every_shared_room_is_told_once_after_the_reply(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(Create(POND))
        bob.do(Join(POND))
        alice.see()
        anna = Username("anna")
        reply, *renamed = alice.do(Rename(anna))
        assert reply == Ok("anna", event_follows=True)
        assert set(renamed) == set(bob.see()) == {Renamed(TEA, ALICE, anna), Renamed(POND, ALICE, anna)}
        assert len(renamed) == 2

    def test_the_new_name_speaks_from_then_on(self) -> None:
        [alice] = gather(World(), "alice")
        alice.do(Say(TEA, "one"))
        alice.do(Rename(Username("anna")))
        assert alice.do(Say(TEA, "two")) == [stored(2), said(2, "anna", "two")]
        assert alice.do(Who(TEA)) == [Members(TEA, (Username("anna"),), more=False, roles={Username("anna"): "owner"})]

    def test_a_change_of_case_only_is_allowed(self) -> None:
        alice = World().enter("alice")
        assert kinds(alice.do(Rename(Username("Alice")))) == ["Ok"]
        assert online(alice) == ["Alice"]
        assert alice.world.visit().refused(Login(ALICE)) == "username-taken"

    def test_to_be_called_as_one_is_tells_nobody_anything(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert alice.do(Rename(ALICE)) == [Ok("alice", event_follows=False)]
        assert bob.see() == []

    def test_a_name_in_use_is_refused(self) -> None:
        world = World()
        alice, _ = world.enter("alice"), world.enter("bob")
        assert alice.refused(Rename(Username("BOB"))) == "username-taken"
        assert online(alice) == ["alice", "bob"]

    def test_the_old_name_is_free(self) -> None:
        world = World()
        alice = world.enter("alice")
        alice.do(Rename(BOB))
        other = world.enter("alice")
        assert online(other) == ["alice", "bob"]
        assert other.refused(Rename(BOB)) == "username-taken"
        alice.do(Rename(Username("anna")))
        assert kinds(other.do(Rename(BOB))) == ["Ok"]
