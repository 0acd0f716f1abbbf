"""The order of requests, replies, and events of a room, with a log that answers late."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
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
    Tell,
    Topic,
    Who,
)
from chatroom.core.values.events import Left, Renamed, Told
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Entered, Members, Ok
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, gather, gather_late, kinds, said, seqs, stored
from tests.lateness import at_once


class ReplyTests(SynchronousTestCase):
    def test_a_reply_that_is_ready_waits_for_those_before_it(self) -> None:
        log, [alice] = gather_late("alice")
        alice.ask(Say(TEA, "one"))
        alice.ask(Ping())
        alice.ask(Say(TEA, "two"))
        assert alice.do(Who(TEA)) == []
        log.answer(1)
        assert kinds(alice.see()) == ["Stored", "Pong", "Said"]
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Members", "Said"]

    @at_once
    def test_a_say_holds_up_nothing_that_follows(self) -> None:
        _, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        alice.ask(Tell(BOB, "psst"))
        assert alice.visitor.is_free()
        assert bob.see() == [Told(ALICE, BOB, AT, "psst")]
        assert alice.see() == []

    @at_once
    def test_watching_begins_behind_its_reply(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        alice.ask(List(watch=True))
        alice.world.settle(5)
        bob.do(Topic(POND, "no such room"))
        bob.visitor.lost()
        alice.world.settle(5)
        assert alice.see() == []
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Rooms", "Said", "Left"]

    def test_what_others_ask_for_is_answered_meanwhile(self) -> None:
        _, [alice, bob] = gather_late("alice", "bob")
        alice.do(Say(TEA, "one"))
        alice.do(Leave(TEA))
        assert bob.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})]
        assert kinds(bob.do(Ping())) == ["Pong"]


class FreeTests(SynchronousTestCase):
    def test_whoever_waits_for_anything_but_a_say_takes_nothing(self) -> None:
        for command in (
            Leave(TEA),
            Topic(TEA, "Tea"),
            Rename(Username("anna")),
            Delete(TEA),
            Create(POND),
            History(TEA),
            Quit(),
        ):
            log, [alice, bob] = gather_late("alice", "bob")
            bob.ask(Say(TEA, "one"))
            alice.ask(command)
            assert not alice.visitor.is_free(), command
            assert bob.visitor.is_free(), command
            assert alice.connection.proceeded == 0, command
            while log.waiting:
                log.answer()
            alice.world.settle()
            gone = isinstance(command, Quit)
            assert alice.visitor.is_free() == (not gone), command
            assert alice.connection.proceeded == (not gone), command

    def test_a_connection_hears_only_when_it_has_asked_in_vain(self) -> None:
        log, [alice] = gather_late("alice")
        alice.ask(Say(TEA, "one"))
        alice.ask(Leave(TEA))
        log.answer()
        alice.world.settle()
        assert alice.connection.proceeded == 0

    def test_it_hears_once(self) -> None:
        log, [alice] = gather_late("alice")
        alice.ask(History(TEA))
        assert not alice.visitor.is_free()
        log.answer()
        alice.do(Ping())
        alice.do(Say(TEA, "one"))
        log.answer()
        assert alice.connection.proceeded == 1

    def test_so_many_messages_wait_together(self) -> None:
        log, [alice] = gather_late("alice", in_flight=3)
        for text in "123":
            assert alice.visitor.is_free()
            alice.ask(Say(TEA, text))
        assert not alice.visitor.is_free()
        assert alice.connection.proceeded == 0
        log.answer(1)
        assert alice.connection.proceeded == 1
        assert alice.visitor.is_free()
        log.answer()
        assert alice.connection.proceeded == 1
        assert seqs(alice.see()) == [1, 2, 3]

    def test_without_a_limit_any_number_waits(self) -> None:
        _, [alice] = gather_late("alice", in_flight=0)
        for _ in range(1000):
            alice.ask(Say(TEA, "hi"))
        assert alice.visitor.is_free()

    def test_it_is_256_unless_set(self) -> None:
        _, [alice] = gather_late("alice")
        for _ in range(256):
            assert alice.visitor.is_free()
            alice.ask(Say(TEA, "hi"))
        assert not alice.visitor.is_free()


class RoomOrderTests(SynchronousTestCase):
    """Joins, leaves, topics and names take effect behind the messages taken before them."""

    def test_joining(self) -> None:
        log, [alice] = gather_late("alice")
        bob = alice.world.enter("bob")
        alice.ask(Say(TEA, "one"))
        assert bob.do(Join(TEA)) == []
        assert alice.do(Who(TEA)) == []
        alice.ask(Say(TEA, "two"))
        log.answer(1)
        entered, level = bob.see()
        assert isinstance(entered, Entered)
        assert (entered.seq, entered.members) == (1, 2)
        assert kinds([level]) == ["Level"]
        assert kinds(alice.see()) == ["Stored", "Members", "Said", "Joined"]
        log.answer()
        assert bob.see() == [said(2, "alice", "two")]

    def test_leaving(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        bob.ask(Leave(TEA))
        alice.ask(Say(TEA, "two"))
        log.answer()
        assert kinds(bob.see()) == ["Said", "Ok"]
        assert [kind for kind in kinds(alice.see()) if kind != "Stored"] == ["Said", "Left", "Said"]

    def test_a_change_of_topic(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        bob.ask(Topic(TEA, "Coffee"))
        alice.ask(Say(TEA, "two"))
        assert alice.world.lobby.room(TEA, None).topic == ""
        log.answer()
        assert kinds(bob.see()) == ["Ok", "Said", "TopicChanged", "Said"]

    @at_once
    def test_a_change_of_name(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        anna = Username("anna")
        bob.ask(Say(TEA, "one"))
        alice.ask(Rename(anna))
        bob.ask(Say(TEA, "two"))
        assert alice.world.visit().refused(Login(anna)) == "username-taken"
        assert alice.world.enter("carol").do(Who(TEA)) == [
            Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})
        ]
        log.answer()
        ok = Ok(anna, event_follows=True)
        assert alice.see() == [said(1, "bob", "one"), ok, Renamed(TEA, ALICE, anna), said(2, "bob", "two")]

    @at_once
    def test_a_change_of_name_waits_for_every_room(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        log.prompt = True
        alice.do(Create(POND))
        bob.do(Join(POND))
        log.prompt = False
        alice.see()
        bob.ask(Say(TEA, "one"))
        bob.ask(Say(POND, "one"))
        anna = Username("anna")
        alice.ask(Rename(anna))
        log.answer(1)
        assert kinds(alice.see()) == ["Said"]
        assert kinds(alice.world.visit().do(Login(Username("nobody")))) == ["Welcome"]
        log.answer()
        sent = alice.see()
        assert kinds(sent) == ["Said", "Ok", "Renamed", "Renamed"]

    def test_a_name_that_is_claimed_is_free_again_when_the_claimer_is_lost(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        anna = Username("anna")
        bob.ask(Say(TEA, "one"))
        alice.ask(Rename(anna))
        alice.visitor.lost()
        log.answer()
        assert kinds(bob.see()) == ["Stored", "Said", "Left"]
        for name in (anna, ALICE):
            assert kinds(bob.world.visit().do(Login(name))) == ["Welcome"]

    def test_the_loss_of_a_visitor(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Say(TEA, "one"))
        bob.visitor.lost()
        alice.ask(Say(TEA, "two"))
        assert alice.world.visit().refused(Login(BOB)) == "username-taken"
        log.answer()
        assert alice.see() == [
            stored(2),
            said(1, "bob", "one"),
            Left(TEA, BOB, 1, 256, "lost"),
            said(2, "alice", "two"),
        ]
        assert kinds(alice.world.visit().do(Login(BOB))) == ["Welcome"]

    def test_a_failed_message_lets_what_waited_go_on(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        bob.ask(Leave(TEA))
        log.failing = True
        log.answer()
        assert kinds(bob.see()) == ["Ok"]
        assert kinds(alice.see()) == ["Refused", "Left"]

    def test_all_that_wait_have_their_turn_in_the_order_they_came(self) -> None:
        log, [alice, bob, dave] = gather_late("alice", "bob", "dave")
        carol = alice.world.enter("carol")
        alice.ask(Say(TEA, "one"))
        bob.ask(Topic(TEA, "Coffee"))
        carol.ask(Join(TEA))
        alice.ask(Say(TEA, "two"))
        dave.visitor.lost()
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Stored", "Said", "TopicChanged", "Joined", "Said", "Left"]
        log.answer()
        assert carol.see()[1:-1] == [said(2, "alice", "two")]

    def test_a_newcomer_behind_an_unanswered_message_misses_nothing(self) -> None:
        log, [alice] = gather_late("alice")
        log.prompt = True
        [bob] = gather(alice.world, "bob", room=POND)
        log.prompt = False
        bob.ask(Say(POND, "slow"))
        assert bob.do(Join(TEA)) == []
        assert kinds(alice.see()) == ["Joined"]
        alice.ask(Say(TEA, "one"))
        alice.do(Say(TEA, "two"))
        while log.waiting:
            log.answer()
            bob.world.settle()
        sent = [it for it in bob.see() if getattr(it, "room", None) == TEA]
        assert kinds(sent) == ["Entered", "Said", "Said", "Level"]

    def test_rooms_do_not_wait_for_each_other(self) -> None:
        _, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "slow"))
        carol = alice.world.enter("carol")
        bob.ask(Create(POND))
        carol.ask(Join(TEA))
        assert carol.see() == []
        dave = alice.world.enter("dave")
        assert dave.do(Who()) == [Members(None, (ALICE, BOB, CAROL, Username("dave")), more=False)]
