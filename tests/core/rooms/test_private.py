"""Private rooms: for those who may not come in there is none of that name, whatever they ask."""

from __future__ import annotations

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.audit import Act
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
    Login,
    Quit,
    ReadAudit,
    Redact,
    Register,
    Rename,
    Say,
    Search,
    SetRole,
    Topic,
    Unregister,
    Who,
)
from chatroom.core.values.errors import NoSuchRoom, NotAllowed, RoomExists
from chatroom.core.values.events import Configured, Invited, Joined, OtherInvited, RoomInfo, Rooms, RoomsChanged
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList, Entered, Ok, Refused, Welcome
from chatroom.core.values.rights import Settings, Tuning
from chatroom.core.visit.order.moderation import ADMITTED
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, come_back, gather, gather_late, kinds
from tests.fakes import FakePasswords, FakeRoomPorts, LateLog, Person, World
from tests.lateness import at_once, one_server

SECRET = Password("correct horse")
HIDE, SHOW = Configure(TEA, Tuning(private=True)), Configure(TEA, Tuning(private=False))
TYPED = RoomName("Tea")
"""How a stranger writes the name: an answer tells nobody how it is written."""

NAMING: tuple[Command, ...] = (
    Join(TYPED),
    Leave(TYPED),
    Leave(TYPED, everywhere=True),
    Delete(TYPED),
    Say(TYPED, "hi"),
    Topic(TYPED, "Tea"),
    Who(TYPED),
    History(TYPED),
    Search(TYPED, "hi"),
    Kick(TYPED, ALICE),
    Appoint(TYPED, CAROL, "owner"),
    Configure(TYPED, Tuning(slow=1)),
    Configure(TYPED, Tuning(private=False)),
    Invite(TYPED, CAROL),
    Impose("mute", TYPED, ALICE),
    Impose("ban", TYPED, ALICE),
    Lift("ban", TYPED, ALICE),
    ListSanctions(TYPED),
    Redact(TYPED, 1),
    Redact(TYPED, username=ALICE, seconds=60),
    ReadAudit(TYPED),
)
"""Each request that names a room, but for that which makes one."""


def hidden(*names: str) -> list[Person]:
    """Return people called *names* in a private room, and carol, who is not in."""
    world = World(passwords=FakePasswords())
    people = gather(world, *names)
    people[0].do(HIDE)
    carol = world.enter("carol")
    carol.do(Register(SECRET))
    for person in people:
        person.see()
    return [*people, carol]


def info(members: int, *, private: bool = True) -> RoomInfo:
    return RoomInfo(TEA, "", members, 256, settings=Settings(invite_only=private, hidden=private), created=AT)


def listed(person: Person) -> list[RoomName]:
    """Return the names of the rooms that *person* is shown."""
    [rooms] = person.do(List())
    return [room.room for room in cast("Rooms", rooms).rooms]


def why(person: Person, command: Command) -> str:
    """Return the sentence with which *command* is refused."""
    [refused] = person.do(command)
    assert isinstance(refused, Refused)
    return str(refused.error)


class HidingTests(SynchronousTestCase):
    def test_who_is_in_stays_in_and_is_told(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        told = Configured(TEA, ALICE, Tuning(private=True))
        assert alice.do(HIDE) == [Ok(TEA, event_follows=True), told]
        assert bob.see() == [told]
        assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        assert listed(bob) == [TEA]

    def test_for_all_others_there_is_none_whatever_they_ask(self) -> None:
        alice, bob, carol = hidden("alice", "bob")
        alice.do(Say(TEA, "hi"))
        for command in NAMING:
            [refused] = carol.do(command)
            assert isinstance(refused, Refused), command
            assert isinstance(refused.error, NoSuchRoom), command
            assert refused.error.room == TYPED
        assert listed(carol) == []
        assert kinds(bob.see()) == ["Said"]

    def test_the_same_is_answered_of_a_room_that_is_not_there(self) -> None:
        carol = World(passwords=FakePasswords()).enter("carol")
        assert [carol.refused(command) for command in NAMING] == ["no-such-room"] * len(NAMING)

    def test_that_the_name_is_taken_is_all_that_can_be_learnt(self) -> None:
        _, carol = hidden("alice")
        [refused] = carol.do(Create(TYPED))
        assert isinstance(refused, Refused)
        assert isinstance(refused.error, RoomExists)
        assert refused.error.room == TYPED

    def test_a_ban_a_full_room_and_missing_guests_are_nobody_s_to_know(self) -> None:
        alice, carol = hidden("alice")
        alice.do(Impose("ban", TEA, CAROL))
        alice.do(Configure(TEA, Tuning(capacity=1, guests=False)))
        assert carol.refused(Join(TEA)) == "no-such-room"
        stranger = alice.world.enter("stranger")
        assert stranger.refused(Join(TEA)) == "no-such-room"

    def test_who_was_in_may_come_back(self) -> None:
        alice, bob, _ = hidden("alice", "bob")
        bob.do(Leave(TEA))
        assert listed(bob) == [TEA]
        [entered, _] = bob.do(Join(TEA))
        assert cast("Entered", entered).settings == Settings(invite_only=True, hidden=True)
        assert alice.see()[-1] == Joined(TEA, BOB, 2, 256)

    def test_who_had_left_before_may_not(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Leave(TEA))
        alice.do(HIDE)
        assert bob.refused(Join(TEA)) == "no-such-room"

    def test_who_was_lost_comes_back_by_their_session_and_also_later(self) -> None:
        world = World(grace=10)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        alice.do(HIDE)
        bob = come_back(world, "bob")
        bob.see()
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"
        bob.visitor.lost()
        world.settle(11)
        bob = come_back(world, "bob")
        bob.see()
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"

    def test_who_takes_another_name_is_known_by_it(self) -> None:
        _, bob, _ = hidden("alice", "bob")
        bob.do(Rename(Username("bert")))
        bob.do(Leave(TEA))
        stranger = bob.world.enter("bob")
        assert stranger.refused(Join(TEA)) == "no-such-room"
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"

    def test_a_name_that_is_changed_meanwhile_keeps_nobody_out(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(HIDE)
        bob.ask(Rename(Username("bert")))
        alice.world.settle()
        log.answer()
        alice.world.settle()
        bob.do(Leave(TEA))
        log.prompt = True
        log.answer()
        assert kinds(bob.do(Join(TEA)))[0] == "Entered"

    def test_who_makes_the_name_their_own_stays_known(self) -> None:
        _, bob, _ = hidden("alice", "bob")
        bob.do(Register(SECRET))
        bob.do(Leave(TEA))
        bob.world.enter("dora")
        bob.visitor.lost()
        again = bob.world.enter("bob", password=SECRET)
        assert kinds(again.do(Join(TEA)))[0] == "Entered"

    def test_who_gives_up_their_account_stays_in_and_may_not_come_back(self) -> None:
        _, bob, _ = hidden("alice", "bob")
        bob.do(Register(SECRET))
        bob.do(Unregister(SECRET))
        assert kinds(bob.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        bob.do(Leave(TEA))
        assert bob.refused(Join(TEA)) == "no-such-room"

    def test_it_is_for_the_owner_to_say(self) -> None:
        alice, bob, _ = hidden("alice", "bob")
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        assert why(bob, SHOW) == "Only the owner of tea may say whether it is private; alice created it."
        alice.do(SHOW)
        bob.see()
        assert bob.refused(HIDE) == "not-allowed"
        assert kinds(alice.world.operator().do(HIDE)) == ["Ok"]

    def test_when_it_is_no_longer_private_all_may_come_and_nobody_is_remembered(self) -> None:
        alice, bob, carol = hidden("alice", "bob")
        bob.do(Leave(TEA))
        alice.do(SHOW)
        assert listed(carol) == [TEA]
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"
        carol.do(Leave(TEA))
        alice.do(HIDE)
        assert bob.refused(Join(TEA)) == carol.refused(Join(TEA)) == "no-such-room"

    def test_who_has_a_role_may_always_come_in(self) -> None:
        alice, carol = hidden("alice")
        alice.do(Appoint(TEA, CAROL, "moderator"))
        assert listed(carol) == [TEA]
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"
        # Who was never admitted stays when the role is taken back, and may not come again.
        alice.do(Appoint(TEA, CAROL, "member"))
        carol.see()
        assert kinds(carol.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        carol.do(Leave(TEA))
        assert carol.refused(Join(TEA)) == "no-such-room"

    def test_kicks_and_bans_end_it(self) -> None:
        alice, bob, carol = hidden("alice", "bob")
        alice.do(Invite(TEA, CAROL))
        carol.see()
        alice.do(Kick(TEA, BOB))
        bob.see()
        assert bob.refused(Join(TEA)) == "no-such-room"
        alice.do(Impose("ban", TEA, CAROL))
        assert carol.refused(Join(TEA)) == "no-such-room"
        alice.do(Lift("ban", TEA, CAROL))
        assert carol.refused(Join(TEA)) == "no-such-room"
        assert listed(carol) == listed(bob) == []

    def test_operators_see_and_enter_all_and_are_noted(self) -> None:
        alice, carol = hidden("alice")
        operator = alice.world.operator()
        operator.do(SetRole(CAROL, "operator"))
        assert listed(carol) == listed(operator) == [TEA]
        assert kinds(operator.do(Who(TEA))) == ["Members"]
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"
        [acts] = alice.do(ReadAudit(TEA))[-1:]
        assert [(act.action, act.by) for act in cast("ActList", acts).acts] == [("join", CAROL), ("configure", ALICE)]
        # Who has come in, or is invited, is no stranger.
        carol.do(Leave(TEA))
        alice.do(SHOW)
        carol.do(Join(TEA))
        alice.do(HIDE)
        carol.do(Leave(TEA))
        carol.do(Join(TEA))
        [acts] = alice.do(ReadAudit(TEA))[-1:]
        assert [act.action for act in cast("ActList", acts).acts].count("join") == 1

    def test_an_operator_who_can_t_be_noted_does_not_come_in(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log, passwords=FakePasswords())
        [alice] = gather(world, "alice")
        alice.do(HIDE)
        carol = world.enter("carol")
        carol.do(Register(SECRET))
        world.operator().do(SetRole(CAROL, "operator"))
        log.prompt = False
        carol.ask(Join(TEA))
        world.settle()
        log.failing = True
        log.answer()
        assert kinds(carol.see()) == ["Refused"]
        assert alice.see() == []

    def test_a_room_that_becomes_private_while_somebody_comes_is_none_for_them(self) -> None:
        log, [alice] = gather_late("alice")
        carol = alice.world.enter("carol")
        alice.ask(HIDE)
        carol.ask(Join(TYPED))
        alice.world.settle()
        log.answer()
        [refused] = carol.see()
        assert isinstance(refused, Refused)
        assert cast("NoSuchRoom", refused.error).room == TYPED
        assert kinds(alice.see()) == ["Ok", "Configured"]

    def test_rights_are_looked_at_again_when_it_has_become_private(self) -> None:
        for command in (Configure(TEA, Tuning(slow=5)), Redact(TEA, 1), Kick(TEA, ALICE)):
            log, [alice, bob] = gather_late("alice", "bob")
            log.prompt = True
            alice.do(Say(TEA, "hi"))
            alice.do(Appoint(TEA, BOB, "moderator"))
            bob.do(Leave(TEA))
            alice.do(HIDE)
            log.prompt = False
            alice.ask(Appoint(TEA, BOB, "member"))
            alice.world.settle()
            bob.see()
            bob.ask(command)
            for _ in range(3):
                alice.world.settle()
                log.answer()
            assert [cast("Refused", it).error.code for it in bob.see()] == ["no-such-room"], command

    def test_a_closed_one_is_kept_and_nobody_makes_it_anew(self) -> None:
        log = MemoryLog()
        world = World(log=log, linger=0, passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(HIDE)
        for person in (alice, bob):
            person.do(Leave(TEA))
        assert not world.lobby.rooms
        carol = world.enter("carol")
        assert carol.refused(Create(TYPED, "Mine")) == "room-exists"
        assert carol.refused(Join(TYPED)) == "no-such-room"
        assert alice.refused(Create(TEA)) == "room-exists"
        [entered, _] = bob.do(Join(TEA))
        assert (cast("Entered", entered).topic, cast("Entered", entered).settings) == (
            "",
            Settings(invite_only=True, hidden=True),
        )

    def test_a_full_server_does_not_say_that_there_is_one(self) -> None:
        world = World(linger=0, max_rooms=1)
        [alice] = gather(world, "alice")
        alice.do(HIDE)
        alice.do(Leave(TEA))
        gather(world, "dora", room=POND)
        carol = world.enter("carol")
        assert carol.refused(Join(TYPED)) == "no-such-room"

    @one_server
    def test_its_port_leads_nobody_else_in(self) -> None:
        world = World(FakeRoomPorts(9001))
        [alice] = gather(world, "alice")
        alice.do(HIDE)
        carol = world.visit(entry=Join(TEA))
        sent = carol.do(Login(CAROL))
        assert kinds(sent) == ["Welcome", "Refused"]
        assert cast("Refused", sent[1]).error.code == "no-such-room"

    def test_the_list_of_a_login_leaves_it_out(self) -> None:
        alice, _ = hidden("alice")
        stranger = alice.world.visit()
        [welcome] = stranger.do(Login(Username("dora"), look=True))
        assert cast("Welcome", welcome).open_rooms == Rooms((), more=False)

    def test_a_room_of_very_many_can_t_become_private(self) -> None:
        [alice] = gather(World(passwords=FakePasswords()), "alice")
        alice.world.lobby.room(TEA, None).standing.admitted.update(number.to_bytes(4) for number in range(ADMITTED))
        assert why(alice, HIDE) == "A room of more than 10,000 people can't become invite-only."


class WatchingTests(SynchronousTestCase):
    def test_who_may_not_know_of_it_any_more_is_told_that_it_is_closed(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        watching = alice.world.enter("watching")
        for person in (bob, watching):
            person.do(List(watch=True))
        alice.do(HIDE)
        alice.world.settle(1.1)
        assert watching.see() == [RoomsChanged((), (TEA,))]
        assert bob.see()[-1] == RoomsChanged((info(2),), ())
        alice.do(SHOW)
        alice.world.settle(1.1)
        assert watching.see() == [RoomsChanged((info(2, private=False),), ())]

    def test_what_happens_there_is_not_told_them(self) -> None:
        alice, bob, _ = hidden("alice", "bob")
        watching = alice.world.enter("watching")
        assert watching.do(List(watch=True)) == [Rooms((), more=False)]
        bob.do(List(watch=True))
        alice.do(Topic(TEA, "Tea"))
        alice.world.settle(1.1)
        assert kinds(bob.see()) == ["TopicChanged", "RoomsChanged"]
        alice.do(Delete(TEA))
        alice.world.settle(1.1)
        assert bob.see()[-1] == RoomsChanged((), (TEA,))
        assert watching.see() == []

    @one_server
    def test_one_that_was_made_and_hidden_at_once_was_never_there(self) -> None:
        world = World()
        alice, early = world.enter("alice"), world.enter("early")
        early.do(List(watch=True))
        alice.do(Create(TEA))
        late = world.enter("late")
        assert late.do(List(watch=True)) == [Rooms((info(1, private=False),), more=False)]
        alice.do(HIDE)
        world.settle(1.1)
        assert early.see() == []
        assert late.see() == [RoomsChanged((), (TEA,))]

    def test_who_is_invited_is_shown_it_until_that_is_taken_back(self) -> None:
        alice, carol = hidden("alice")
        carol.do(List(watch=True))
        alice.do(Invite(TEA, CAROL))
        alice.world.settle(1.1)
        assert carol.see() == [Invited(TEA, ALICE), RoomsChanged((info(1),), ())]
        alice.do(Impose("ban", TEA, CAROL))
        alice.world.settle(1.1)
        assert carol.see() == [RoomsChanged((), (TEA,))]
        alice.do(Topic(TEA, "Tea"))
        alice.world.settle(1.1)
        assert carol.see() == []

    def test_who_gets_a_role_is_shown_it_too(self) -> None:
        alice, carol = hidden("alice")
        carol.do(List(watch=True))
        alice.do(Appoint(TEA, CAROL, "moderator"))
        alice.world.settle(1.1)
        assert carol.see() == [RoomsChanged((info(1),), ())]

    @at_once
    def test_who_fell_behind_is_shown_what_they_may_know_of(self) -> None:
        alice, bob, carol = hidden("alice", "bob")
        for person in (bob, carol):
            person.do(List(watch=True))
            person.connection.busy = True
        alice.do(Topic(TEA, "Tea"))
        alice.do(Create(POND))
        alice.world.settle(1.1)
        for person in (bob, carol):
            person.connection.busy = False
            person.visitor.drained()
        rooms = [[room.room for room in it.rooms] for it in carol.see() if isinstance(it, Rooms)]
        assert rooms == [[POND]]
        rooms = [[room.room for room in it.rooms] for it in bob.see() if isinstance(it, Rooms)]
        assert rooms == [[POND, TEA]]

    @at_once
    def test_what_was_shown_to_who_fell_behind_is_taken_from_them_too(self) -> None:
        alice, carol = hidden("alice")
        carol.do(List(watch=True))
        carol.connection.busy = True
        alice.do(Create(POND))
        alice.world.settle(1.1)
        alice.do(Invite(TEA, CAROL))
        carol.connection.busy = False
        carol.visitor.drained()
        [rooms] = [[room.room for room in it.rooms] for it in carol.see() if isinstance(it, Rooms)]
        assert rooms == [POND, TEA]
        alice.do(Impose("ban", TEA, CAROL))
        alice.world.settle(1.1)
        assert carol.see() == [RoomsChanged((), (TEA,))]


class InviteTests(SynchronousTestCase):
    def test_who_is_invited_is_told_over_all_connections_and_may_come_in(self) -> None:
        alice, carol = hidden("alice")
        other = alice.world.enter("carol", password=SECRET)
        assert alice.do(Invite(TEA, Username("CAROL"))) == [Ok(TEA)]
        assert carol.see() == other.see() == [Invited(TEA, ALICE)]
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"
        assert alice.see() == [Joined(TEA, CAROL, 2, 256)]

    def test_who_is_away_may_come_in_later(self) -> None:
        alice, carol = hidden("alice")
        carol.visitor.lost()
        assert alice.do(Invite(TEA, CAROL)) == [Ok(TEA)]
        carol = alice.world.enter("carol", password=SECRET)
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"

    def test_an_invitation_lasts_though_it_is_private_only_later(self) -> None:
        alice, carol = hidden("alice")
        alice.do(SHOW)
        alice.do(Invite(TEA, CAROL))
        assert carol.see() == [Invited(TEA, ALICE)]
        alice.do(HIDE)
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"

    def test_it_holds_for_the_account_whatever_it_is_called(self) -> None:
        alice, carol = hidden("alice")
        alice.do(Invite(TEA, CAROL))
        carol.do(Rename(Username("cleo")))
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"

    def test_whom_one_asks_for_by_an_earlier_name_is_found(self) -> None:
        alice, carol = hidden("alice")
        carol.do(Rename(Username("cleo")))
        assert alice.do(Invite(TEA, CAROL)) == [Ok(TEA)]
        assert carol.see() == [Invited(TEA, ALICE)]

    def test_a_guest_is_invited_as_who_they_are_now(self) -> None:
        alice, _ = hidden("alice")
        guest = alice.world.enter("bob")
        assert alice.do(Invite(TEA, BOB)) == [Ok(TEA)]
        assert guest.see() == [Invited(TEA, ALICE)]
        guest.do(Rename(Username("ben")))
        assert kinds(guest.do(Join(TEA)))[0] == "Entered"
        guest.do(Quit())
        assert alice.world.enter("ben").refused(Join(TEA)) == "no-such-room"

    def test_strangers_can_t_be_invited(self) -> None:
        alice, _ = hidden("alice")
        assert alice.refused(Invite(TEA, Username("nobody"))) == "no-such-user"

    def test_who_is_in_tells_others_of_a_room_that_all_may_enter(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob")
        carol, dora = world.enter("carol"), world.enter("dora")
        assert bob.do(Invite(TEA, CAROL)) == [Ok(TEA)]
        assert carol.see() == [Invited(TEA, BOB)]
        # Who moderates is told, and nothing is kept.
        assert alice.see() == [OtherInvited(TEA, CAROL, BOB)]
        alice.do(HIDE)
        assert carol.refused(Join(TEA)) == "no-such-room"
        [acts] = alice.do(ReadAudit(TEA))
        assert [act.action for act in cast("ActList", acts).acts] == ["configure"]
        alice.do(SHOW)
        assert dora.refused(Invite(TEA, CAROL)) == "not-a-member"
        bob.see()
        assert bob.refused(Invite(TEA, BOB)) == "not-allowed"
        assert bob.refused(Invite(TEA, ALICE)) == "already-a-member"

    def test_where_only_the_invited_come_in_moderators_invite(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        carol = alice.world.enter("carol")
        alice.do(Configure(TEA, Tuning(invite_only=True)))
        bob.see()
        assert bob.refused(Invite(TEA, CAROL)) == "not-allowed"
        assert alice.do(Invite(TEA, CAROL)) == [Ok(TEA)]
        carol.see()
        assert kinds(carol.do(Join(TEA)))[0] == "Entered"

    def test_moderators_invite_also_from_the_lobby(self) -> None:
        alice, bob, carol = hidden("alice", "bob")
        assert why(bob, Invite(TEA, CAROL)) == "Only the moderators of tea may do that."
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.do(Leave(TEA))
        assert bob.do(Invite(TEA, CAROL)) == [Ok(TEA)]
        assert carol.see() == [Invited(TEA, BOB)]
        assert alice.world.operator().do(Invite(TEA, CAROL)) == [Ok(TEA)]

    def test_not_oneself_nor_whom_one_may_not_act_on(self) -> None:
        alice, carol = hidden("alice")
        alice.do(Appoint(TEA, CAROL, "moderator"))
        alice.do(Register(SECRET))
        assert why(alice, Invite(TEA, ALICE)) == "That can't be done to oneself."
        assert why(carol, Invite(TEA, ALICE)) == "alice is the owner of tea and outranks you."

    def test_who_is_banned_is_not_invited(self) -> None:
        alice, carol = hidden("alice")
        alice.do(Impose("ban", TEA, CAROL))
        assert why(alice, Invite(TEA, CAROL)) == "carol is banned from tea; lift that first."
        assert carol.see() == []

    def test_so_many_and_no_more(self) -> None:
        alice, carol = hidden("alice")
        admitted = alice.world.lobby.room(TEA, None).standing.admitted
        admitted.update(number.to_bytes(4) for number in range(ADMITTED))
        [refused] = alice.do(Invite(TEA, CAROL))
        assert isinstance(cast("Refused", refused).error, NotAllowed)
        assert carol.see() == []

    def test_it_is_kept_who_invited_whom(self) -> None:
        alice, _ = hidden("alice")
        alice.do(Invite(TEA, CAROL))
        [acts] = alice.do(ReadAudit(TEA))
        newest = cast("ActList", acts).acts[0]
        assert newest == Act(newest.at, ALICE, "invite", TEA, CAROL, number=newest.number)

    def test_nobody_is_told_before_it_is_safe(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log, passwords=FakePasswords())
        [alice] = gather(world, "alice")
        carol = world.enter("carol")
        carol.do(Register(SECRET))
        log.prompt = False
        alice.ask(Invite(TEA, CAROL))
        world.settle()
        assert carol.see() == alice.see() == []
        log.failing = True
        log.answer()
        assert kinds(alice.see()) == ["Refused"]
        assert carol.see() == []


class ListedMeanwhileTests(SynchronousTestCase):
    def test_a_list_that_waits_behind_another_reply_is_as_of_its_end(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        bob.do(Create(POND))
        log.prompt = False
        alice.ask(HIDE)
        bob.ask(Say(POND, "anybody here?"))
        bob.ask(List())
        while log.waiting:
            log.answer()
            world.settle()
        [rooms] = [each for each in bob.see() if isinstance(each, Rooms)]
        assert [info.room for info in rooms.rooms] == [POND]
