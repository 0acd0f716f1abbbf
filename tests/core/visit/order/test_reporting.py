"""Messages are reported to those who moderate a room, who see to it."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.audit import Act
from chatroom.core.values.commands import (
    Appoint,
    Create,
    Delete,
    Impose,
    Join,
    Leave,
    Lift,
    ListSanctions,
    ReadAudit,
    ReadReports,
    Redact,
    Register,
    Rename,
    Report,
    Resolve,
    Say,
    SetRole,
)
from chatroom.core.values.events import Muted, Reported
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ActList, Entered, Ok, ReportList, SanctionList
from chatroom.core.values.reports import OPEN_REPORTS, KeptReport
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, gather, gather_late, kinds
from tests.fakes import FakePasswords, Person, World
from tests.lateness import at_once

DAVE = Username("dave")
SECRET = Password("correct horse")


def served(**how: Any) -> World:
    """Return a world that has opened its house."""
    world = World(**how)
    world.lobby.restore(())
    world.settle()
    return world


def told(number: int, seq: int, by: Username, reason: str = "why") -> Reported:
    return Reported(TEA, number, seq, by, reason)


def reports(person: Person, room: RoomName | None = TEA, *, resolved: bool = False) -> list[KeptReport]:
    """Return what *person* sees of the reports."""
    [found] = person.do(ReadReports(room, all=resolved))
    assert isinstance(found, ReportList)
    return [*found.reports]


def texts(report: KeptReport) -> list[tuple[int, str]]:
    """Return the number and the text of each message of *report*."""
    return [(said.seq, said.message.text) for said in (*report.context, report.said)]


class ReportTests(SynchronousTestCase):
    def test_moderators_who_are_there_are_told_and_see_it_with_what_was_said_before(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        for number in range(1, 9):
            bob.do(Say(TEA, f"text {number}"))
        alice.see()
        carol.see()
        assert carol.do(Report(TEA, "that is rude", 8)) == [Ok(TEA)]
        assert alice.see() == [told(1, 8, CAROL, "that is rude")]
        assert bob.see() == []
        [report] = reports(alice)
        assert texts(report) == [(seq, f"text {seq}") for seq in range(3, 9)]
        assert (report.number, report.by, report.reason, report.said.room) == (1, CAROL, "that is rude", TEA)
        assert (report.said.message.speaker, report.resolved) == (BOB, None)
        assert report.at >= AT

    def test_the_first_message_has_nothing_before_it(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        carol.do(Report(TEA, "why", 1))
        alice.see()
        assert texts(reports(alice)[0]) == [(1, "one")]

    def test_somebody_s_newest_is_reported_by_their_name(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        for text in ("one", "two", "three"):
            bob.do(Say(TEA, text))
        bob.do(Redact(TEA, 3))
        carol.see()
        alice.see()
        assert carol.do(Report(TEA, "why", username=BOB)) == [Ok(TEA)]
        assert alice.see() == [told(1, 2, CAROL)]
        assert carol.refused(Report(TEA, "why", username=DAVE)) == "no-such-message"

    def test_one_reports_a_message_once(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        alice.see()
        for _ in range(3):
            carol.see()
            assert carol.do(Report(TEA, "why", 1)) == [Ok(TEA)]
        bob.do(Report(TEA, "that was me", 1))
        assert alice.see() == [told(1, 1, CAROL), told(2, 1, BOB, "that was me")]
        alice.do(Resolve(1))
        carol.do(Report(TEA, "again", 1))
        assert [report.number for report in reports(alice)] == [2]

    def test_only_a_message_that_is_there_is_reported_by_somebody_who_is_there(self) -> None:
        world = served()
        _, bob, carol = gather(world, "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        bob.do(Redact(TEA, 1))
        carol.see()
        for seq in (1, 2):
            assert carol.refused(Report(TEA, "why", seq)) == "no-such-message"
        assert carol.refused(Report(POND, "why", 1)) == "no-such-room"
        carol.do(Leave(TEA))
        assert carol.refused(Report(TEA, "why", 1)) == "not-a-member"
        assert world.operator().refused(Report(TEA, "why", 1)) == "not-allowed"

    def test_a_room_has_so_many_open_ones_at_most(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        for number in range(OPEN_REPORTS + 1):
            bob.do(Say(TEA, f"{number}"))
        carol.see()
        for seq in range(1, OPEN_REPORTS + 1):
            assert carol.do(Report(TEA, "why", seq)) == [Ok(TEA)]
        assert carol.refused(Report(TEA, "why", OPEN_REPORTS + 1)) == "not-allowed"
        alice.see()
        alice.do(Resolve(50))
        assert carol.do(Report(TEA, "why", OPEN_REPORTS + 1)) == [Ok(TEA)]

    def test_they_come_in_pages(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        for number in range(40):
            bob.do(Say(TEA, f"{number}" * 1000))
        carol.see()
        for seq in range(1, 41):
            carol.do(Report(TEA, "why", seq))
        alice.see()
        before, found, more = None, list[int](), True
        while more:
            [page] = alice.do(ReadReports(TEA, before))
            assert isinstance(page, ReportList)
            assert len(page.reports) < 40
            found += [report.number for report in page.reports]
            before, more = found[-1], page.more
        assert found == [*range(40, 0, -1)]
        [page] = alice.do(ReadReports(TEA, limit=3))
        assert isinstance(page, ReportList)
        assert ([report.number for report in page.reports], page.more) == ([40, 39, 38], True)

    def test_what_is_taken_back_later_stays_in_the_report_of_it_and_in_no_other(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        for text in ("one", "two", "three"):
            bob.do(Say(TEA, text))
        carol.see()
        carol.do(Report(TEA, "why", 2))
        carol.do(Report(TEA, "why", 3))
        bob.do(Redact(TEA, 2))
        alice.see()
        three, two = reports(alice)
        assert texts(two) == [(1, "one"), (2, "two")]
        assert texts(three) == [(1, "one"), (2, ""), (3, "three")]

    def test_it_goes_by_who_had_said_it_and_under_the_name_of_then(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        bob.do(Rename(DAVE))
        carol.see()
        carol.do(Report(TEA, "why", username=BOB))
        alice.see()
        assert [report.said.message.speaker for report in reports(alice)] == [BOB]


class WhoTests(SynchronousTestCase):
    def test_those_about_moderators_are_for_operators_alone(self) -> None:
        world = served()
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.do(Say(TEA, "one"))
        alice.do(Say(TEA, "two"))
        alice.see(), bob.see(), carol.see()
        carol.do(Report(TEA, "why", 1))
        carol.do(Report(TEA, "why", 2))
        assert alice.see() == bob.see() == []
        assert reports(alice) == reports(bob) == []
        operator = world.operator()
        assert [report.number for report in reports(operator, None)] == [2, 1]
        assert [report.number for report in reports(operator)] == [2, 1]
        assert alice.refused(Resolve(1)) == "no-such-report"
        assert operator.do(Resolve(1)) == [Ok(TEA)]
        # Nor does the audit tell them.
        [found] = alice.do(ReadAudit(TEA))
        assert isinstance(found, ActList)
        assert [act.action for act in found.acts] == ["appoint"]
        [found] = operator.do(ReadAudit())
        assert isinstance(found, ActList)
        assert [act.action for act in found.acts] == ["resolve", "appoint"]

    def test_whoever_becomes_a_moderator_sees_no_more_of_those_about_them(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        carol.see()
        carol.do(Report(TEA, "why", 1))
        alice.do(Appoint(TEA, BOB, "moderator"))
        bob.see()
        assert reports(bob) == []
        assert bob.refused(Resolve(1)) == "no-such-report"

    def test_others_have_no_right_to_them(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        carol.see()
        carol.do(Report(TEA, "why", 1))
        alice.see()
        assert carol.refused(ReadReports(TEA)) == carol.refused(ReadReports()) == "not-allowed"
        assert alice.refused(ReadReports()) == "not-allowed"
        assert carol.refused(Resolve(1)) == carol.refused(Resolve(2)) == "no-such-report"

    def test_a_moderator_who_is_elsewhere_is_not_told_and_may_look(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        alice.do(Leave(TEA))
        bob.do(Say(TEA, "one"))
        carol.see()
        carol.do(Report(TEA, "why", 1))
        assert alice.see() == []
        assert [report.number for report in reports(alice)] == [1]
        assert alice.do(Resolve(1)) == [Ok(TEA)]

    def test_operators_are_told_wherever_they_are(self) -> None:
        world = served(passwords=FakePasswords())
        _, bob, carol = gather(world, "alice", "bob", "carol")
        dave = world.enter("dave")
        dave.do(Register(SECRET))
        world.operator().do(SetRole(DAVE, "operator"))
        bob.do(Say(TEA, "one"))
        carol.see()
        dave.see()
        carol.do(Report(TEA, "why", 1))
        assert dave.see() == [told(1, 1, CAROL)]
        assert dave.do(Resolve(1)) == [Ok(TEA)]


class ResolveTests(SynchronousTestCase):
    def test_a_resolved_one_is_shown_to_those_who_ask_for_all(self) -> None:
        alice, bob, carol = gather(served(), "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        carol.see()
        carol.do(Report(TEA, "why", 1))
        alice.see()
        assert alice.do(Resolve(1, "talked to bob")) == [Ok(TEA)]
        assert alice.do(Resolve(1, "twice")) == [Ok(TEA)]
        assert reports(alice) == []
        [report] = reports(alice, resolved=True)
        assert (report.resolver, report.note) == (ALICE, "talked to bob")
        assert (report.resolved or 0) >= AT
        [found] = alice.do(ReadAudit(TEA))
        assert isinstance(found, ActList)
        [act] = found.acts
        assert act == Act(act.at, ALICE, "resolve", TEA, BOB, seq=1, reason="talked to bob", number=act.number)
        assert alice.refused(Resolve(2)) == "no-such-report"

    def test_of_a_room_that_is_gone_operators_know(self) -> None:
        world = served()
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        bob.do(Say(TEA, "one"))
        carol.see()
        carol.do(Report(TEA, "why", 1))
        alice.do(Delete(TEA))
        alice.see()
        assert alice.refused(Resolve(1)) == "no-such-report"
        alice.do(Create(TEA))
        assert reports(alice) == []
        assert alice.refused(Resolve(1)) == "no-such-report"
        operator = world.operator()
        [report] = reports(operator, None)
        assert (report.said.room, report.said.message.text) == (TEA, "one")
        assert operator.do(Resolve(1)) == [Ok(TEA)]
        assert reports(operator, None) == []


class SanctionsTests(SynchronousTestCase):
    def test_operators_see_all_in_one_list_and_lift_each_by_its_number(self) -> None:
        world = served()
        alice, bob, _ = gather(world, "alice", "bob", "carol")
        operator = world.operator()
        alice.do(Impose("mute", TEA, BOB))
        operator.do(Impose("mute", None, CAROL))
        bob.do(Create(POND))
        bob.do(Impose("ban", POND, CAROL))
        [found] = operator.do(ListSanctions(None))
        assert isinstance(found, SanctionList)
        rows = [(each.room, each.sanction.kind, each.sanction.username) for each in found.sanctions]
        assert rows == [(POND, "ban", CAROL), (None, "mute", CAROL), (TEA, "mute", BOB)]
        numbers = [each.sanction.number for each in found.sanctions]
        assert operator.refused(Lift("mute", None, number=numbers[0])) == "no-such-sanction"
        assert operator.do(Lift("ban", None, number=numbers[0])) == [Ok(POND)]
        assert operator.do(Lift("mute", None, number=numbers[1])) == [Ok()]
        [found] = operator.do(ListSanctions(None, numbers[2] + 1))
        assert isinstance(found, SanctionList)
        assert [each.room for each in found.sanctions] == [TEA]

    def test_a_moderator_lifts_theirs_by_its_number_and_nobody_else_learns_of_it(self) -> None:
        world = served()
        alice, _, carol = gather(world, "alice", "bob", "carol")
        alice.do(Impose("mute", TEA, BOB))
        operator = world.operator()
        operator.do(Impose("mute", None, BOB))
        for number in (1, 2, 3):
            assert carol.refused(Lift("mute", None, number=number)) == "no-such-sanction"
        [found] = alice.do(ListSanctions(TEA))
        assert isinstance(found, SanctionList)
        [placed] = found.sanctions
        number = placed.sanction.number
        assert alice.refused(Lift("mute", None, number=number + 1)) == "no-such-sanction"
        assert alice.do(Lift("mute", None, number=number)) == [Ok(TEA)]
        assert alice.refused(Lift("mute", None, number=number)) == "no-such-sanction"


class MutedTests(SynchronousTestCase):
    def test_who_is_muted_in_a_room_keeps_their_name_while_they_are_there(self) -> None:
        alice, bob = gather(served(), "alice", "bob")
        alice.do(Impose("mute", TEA, BOB))
        bob.see()
        assert bob.refused(Rename(DAVE)) == "muted"
        bob.do(Leave(TEA))
        assert bob.do(Rename(DAVE)) == [Ok(DAVE)]

    @at_once
    def test_nor_who_is_muted_while_they_ask_for_another(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Impose("mute", TEA, BOB))
        bob.ask(Rename(DAVE))
        log.prompt = True
        log.answer(1)
        assert kinds(bob.see()) == ["Muted", "Refused"]

    def test_who_comes_in_is_told_of_it(self) -> None:
        alice, bob = gather(served(), "alice", "bob")
        alice.do(Impose("mute", TEA, BOB, 60, "loud"))
        bob.do(Leave(TEA))
        [entered] = [it for it in bob.do(Join(TEA)) if isinstance(it, Entered)]
        assert isinstance(entered.muted, Muted)
        assert (entered.muted.by, entered.muted.reason) == (ALICE, "loud")
        alice.do(Lift("mute", TEA, BOB))
        bob.do(Leave(TEA))
        [entered] = [it for it in bob.do(Join(TEA)) if isinstance(it, Entered)]
        assert entered.muted is None
