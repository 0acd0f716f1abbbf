"""Messages that are reported: how one asks for it, and what those are shown who moderate."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chatroom.client.views.view import RoomView, Status
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, at, entered, said


@pytest.fixture
def reader() -> Reader:
    """Alice, who looks at tea."""
    reader = Reader()
    reader.come_in(features=["moderation"])
    reader.enter_room("tea")
    return reader


def rows(reader: Reader) -> list[str]:
    view = reader.screen.view()
    assert isinstance(view, RoomView)
    assert view.menu
    return [choice.words for choice in view.menu.choices]


def restraint(reader: Reader) -> str:
    """Return what the bar says that keeps one from speaking."""
    status = reader.screen.view().status
    assert isinstance(status, Status)
    return status.restraint


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("/report bob that is rude", requests.Report(room="tea", seq=2, reason="that is rude")),
        ("/report 812 that is rude", requests.Report(room="tea", seq=812, reason="that is rude")),
        ("/reports", requests.Reports(room="tea", limit=5)),
        ("/reports ALL", requests.Reports(room="tea", limit=5, all=True)),
        ("/resolve 7", requests.Resolve(report=7)),
        ("/resolve 7 talked to bob", requests.Resolve(report=7, note="talked to bob")),
    ],
)
def test_it_is_asked_for_by_commands(reader: Reader, typed: str, request_: AnyRequest) -> None:
    reader.hear_said("one", "two")
    assert reader.enter(typed) == request_


@pytest.mark.parametrize("typed", ["/report", "/report bob", "/resolve", "/resolve bob", "/reports some"])
def test_what_is_not_all_there_is_not_asked_for(reader: Reader, typed: str) -> None:
    reader.hear_said("one")
    assert reader.enter(typed) is None


def test_nothing_of_somebody_is_not_reported(reader: Reader) -> None:
    assert reader.enter("/report carol rude") is None
    assert "! Nothing that carol said here is left to report." in reader.told


def test_the_menu_of_a_message_of_others_asks_why(reader: Reader) -> None:
    reader.hear_said("buy my milk")
    reader.press("meta x", "enter")
    assert reader.press(*["down"] * rows(reader).index("report …"), "enter") is None
    assert reader.press("rude", "enter") == requests.Report(room="tea", seq=1, reason="rude")


def test_ones_own_is_not_offered(reader: Reader) -> None:
    reader.hear(said(1, "hello", speaker="alice"))
    reader.press("meta x", "enter")
    assert "report …" not in rows(reader)


def test_what_was_done_is_told(reader: Reader) -> None:
    reader.hear_said("one")
    reader.hear(answers.Ok(), reader.enter("/report bob rude"))
    reader.hear(answers.Ok(), reader.enter("/resolve 7"))
    assert reader.told[-2:] == ["Those who moderate tea are told.", "Report 7 is seen to."]


def test_who_moderates_is_told_in_the_room_or_wherever_they_are(reader: Reader) -> None:
    reader.hear(answers.Reported(room="tea", report=7, seq=3, by="carol", reason="rude"))
    reader.hear(answers.Reported(room="pond", report=8, seq=1, by="bob", reason="loud"))
    assert "carol reports message 3 of tea (rude); /reports shows it (report 7)." in reader.texts
    assert "bob reports message 1 of pond (loud); /reports shows it (report 8)." in reader.texts


def test_an_operator_is_told_of_talks_too(reader: Reader) -> None:
    reader.hear(answers.Reported(with_="bob", report=7, seq=3, by="carol", reason="rude"))
    assert "carol reports message 3 with bob (rude); /reports shows it (report 7)." in reader.texts
    reader.hear(answers.Redacted(with_="bob", seq=3, from_="bob", by="bob"))
    reader.hear(answers.Told(from_="bob", to="alice", at=at(1), text="hi", with_="bob", seq=4))
    assert "@bob" in [tab.room for tab in reader.room_view.tabs]


def test_they_are_listed_with_what_was_said_before(reader: Reader) -> None:
    before = [
        answers.Message(seq=1, at=at(1), from_="alice", text="one\ntwo"),
        answers.Message(seq=2, at=at(2), from_="bob", text="", redacted=True),
    ]
    report = answers.Report(
        report=7,
        room="tea",
        seq=3,
        from_="bob",
        by="carol",
        at=at(9),
        reason="rude",
        said=at(3),
        text="three",
        context=before,
    )
    done = answers.Report(
        report=6,
        room="tea",
        seq=3,
        from_="bob",
        by="alice",
        at=at(9),
        reason="rude",
        said=at(3),
        text="three",
        context=[],
        resolved=at(9),
        resolver="dave",
        note="seen",
    )
    reader.hear(answers.Reports(reports=[report, done], more=True), reader.enter("/reports"))
    reader.hear(answers.Reports(reports=[], more=False), reader.enter("/reports"))
    listed, nothing = reader.told
    assert listed.split("\n") == [
        "7: message 3 of bob in tea, as carol reports (rude)",
        "   2026-11-20 12:01 alice: one / two",
        "   2026-11-20 12:02 bob: (taken back)",
        " > 2026-11-20 12:03 bob: three",
        "6: message 3 of bob in tea, as alice reports (rude); seen to by dave (seen)",
        " > 2026-11-20 12:03 bob: three",
        "There are more.",
    ]
    assert nothing == "Nothing is reported in tea."


def test_who_comes_in_muted_sees_it_in_the_bar(reader: Reader) -> None:
    muted = replace(entered("pond"), muted=answers.Mute(by="bob", reason="loud"))
    reader.hear(muted, requests.Join(room="pond"))
    reader.screen = reader.screen.change_state()
    assert restraint(reader) == "muted (loud)"
    reader.hear(entered("pond"), requests.Join(room="pond"))
    assert restraint(reader) == ""


def a_report(number: int) -> answers.Report:
    """Return an open report as it is listed."""
    return answers.Report(
        report=number,
        room="tea",
        seq=number,
        from_="bob",
        by="carol",
        at=at(9),
        reason="rude",
        said=at(3),
        text="three",
        context=[],
    )


def open_reports(reader: Reader) -> str:
    """Return what the bar says about reports."""
    status = reader.screen.view().status
    assert isinstance(status, Status)
    return status.reports


def moderate(reader: Reader, *reports: answers.Report, more: bool = False) -> None:
    """Let alice be seen among the people as a moderator, and the client be answered about *reports*."""
    who = requests.Who(room="tea")
    people = answers.Members(room="tea", usernames=["alice", "bob"], more=False, roles={"alice": "moderator"})
    [asked] = reader.hear(people, who)
    assert asked == requests.Reports(room="tea", limit=20)
    reader.hear(answers.Reports(reports=[*reports], more=more), asked)


def test_who_comes_in_and_moderates_sees_how_many_are_open(reader: Reader) -> None:
    told = reader.texts
    moderate(reader, a_report(8), a_report(7))
    assert (open_reports(reader), reader.texts) == ("2 open reports", told)
    reader.press("f2")
    assert open_reports(reader) == "2 open reports"


def test_it_is_asked_once_in_a_stay_and_of_moderators_alone(reader: Reader) -> None:
    who = requests.Who(room="tea")
    nobody = answers.Members(room="tea", usernames=["alice", "bob"], more=False, roles={"bob": "owner"})
    assert reader.hear(nobody, who) == []
    moderate(reader)
    people = answers.Members(room="tea", usernames=["alice"], more=False, roles={"alice": "moderator"})
    assert reader.hear(people, who) == []
    assert open_reports(reader) == ""


def test_one_more_counts_until_it_is_resolved(reader: Reader) -> None:
    moderate(reader)
    reader.hear(answers.Reported(room="tea", report=7, seq=3, by="carol", reason="rude"))
    assert open_reports(reader) == "1 open report"
    reader.hear(answers.Ok(), reader.enter("/resolve 7"))
    assert open_reports(reader) == ""


def test_those_that_others_have_resolved_go_when_they_are_listed(reader: Reader) -> None:
    moderate(reader, a_report(9), a_report(8), a_report(7), more=True)
    assert open_reports(reader) == "3+ open reports"
    listed = [replace(a_report(9), resolved=at(10), resolver="dave"), a_report(8)]
    reader.hear(answers.Reports(reports=listed, more=True), reader.enter("/reports all"))
    assert open_reports(reader) == "2+ open reports"
    reader.hear(answers.Reports(reports=[], more=False), reader.enter("/reports"))
    assert open_reports(reader) == ""


def test_who_moderates_no_more_or_leaves_has_none(reader: Reader) -> None:
    appointed = answers.Appointed(room="tea", username="alice", role="member", by="bob")
    moderate(reader, a_report(7))
    reader.hear(appointed)
    assert open_reports(reader) == ""
    [asked] = reader.hear(replace(appointed, role="moderator"))
    reader.hear(answers.Reports(reports=[a_report(7)], more=False), asked)
    assert open_reports(reader) == "1 open report"
    reader.hear(answers.Ok(), reader.enter("/leave"))
    assert open_reports(reader) == ""


def test_who_is_not_shown_them_after_all_is_told_nothing(reader: Reader) -> None:
    told = reader.texts
    appointed = answers.Appointed(room="tea", username="alice", role="moderator", by="bob")
    [asked] = reader.hear(appointed)
    reader.hear(answers.Error(code="not-allowed", message="That is for moderators."), asked)
    assert [text for text in reader.texts if text not in told] == ["bob made alice a moderator."]


def test_after_a_new_connection_they_are_asked_for_again(reader: Reader) -> None:
    moderate(reader, a_report(7))
    reader.come_in(features=["moderation"])
    assert open_reports(reader) == ""
    moderate(reader, a_report(7))
    assert open_reports(reader) == "1 open report"
