"""Moderation, as it is shown and asked for in a room."""

from __future__ import annotations

import pytest

from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader


@pytest.fixture
def reader() -> Reader:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    who = requests.Who(room="tea")
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False, roles={"bob": "owner"}), who)
    return reader


def left(**more: str) -> answers.Left:
    return answers.Left(room="tea", username="bob", members=1, reason="kicked", by="carol", **more)


def test_who_is_put_out_is_in_the_lobby_and_told_why(reader: Reader) -> None:
    reader.press("half a line")
    reader.hear(answers.Removed(room="tea", by="bob", why="kicked", note="enough"))
    assert reader.lobby_texts() == [
        "You were kicked from tea by bob (enough).",
        "What you had begun there is kept: in a room, Ctrl+y puts it back.",
    ]


def test_when_others_are_put_out_all_are_told_and_they_are_gone(reader: Reader) -> None:
    reader.hear(left(note="enough"))
    assert reader.texts == ["bob was kicked from tea by carol (enough)."]
    assert (list(reader.room_view.members), dict(reader.room_view.roles)) == (["alice"], {})
    assert reader.room_view.count == 1


def test_roles_are_known_and_go_with_the_names(reader: Reader) -> None:
    assert reader.room_view.roles == {"bob": "owner"}
    reader.hear(answers.Appointed(room="tea", username="alice", role="moderator", by="bob"))
    reader.hear(answers.Renamed(room="tea", from_="bob", to="ben"))
    assert reader.room_view.roles == {"ben": "owner", "alice": "moderator"}
    reader.hear(answers.Appointed(room="tea", username="alice", role="owner", by="ben"))
    assert reader.room_view.roles == {"ben": "moderator", "alice": "owner"}
    reader.hear(answers.Appointed(room="tea", username="ben", role="member", by="alice"))
    assert reader.room_view.roles == {"alice": "owner"}
    told = ["bob made alice a moderator.", "ben made alice the owner.", "alice took the role of ben back."]
    assert [text for text in reader.texts if "Traffic" not in text] == told


def test_operators_stay_operators_whoever_owns_the_room(reader: Reader) -> None:
    who = requests.Who(room="tea")
    roles = {"bob": "owner", "dan": "operator"}
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob", "dan"], more=False, roles=roles), who)
    reader.hear(answers.Appointed(room="tea", username="alice", role="owner", by="bob"))
    assert reader.room_view.roles == {"alice": "owner", "bob": "moderator", "dan": "operator"}


def test_who_had_a_role_and_comes_again_is_asked_for(reader: Reader) -> None:
    who = [requests.Who(room="tea")]
    assert reader.hear(answers.Joined(room="tea", username="carol", members=3)) == []
    reader.hear(answers.Left(room="tea", username="bob", members=2, reason="left"))
    assert reader.room_view.roles == {}
    assert reader.hear(answers.Joined(room="tea", username="bob", members=3)) == who
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob", "carol"], more=False), who[0])
    assert reader.room_view.roles == {}
    reader.hear(answers.Left(room="tea", username="bob", members=2, reason="left"))
    assert reader.hear(answers.Joined(room="tea", username="bob", members=3)) == []


def test_who_comes_in_with_a_role_has_it(reader: Reader) -> None:
    reader.hear(answers.Left(room="tea", username="bob", members=1, reason="left"))
    assert reader.hear(answers.Joined(room="tea", username="bob", members=2, role="moderator")) == []
    assert reader.hear(answers.Joined(room="tea", username="dan", members=3, role="operator")) == []
    assert reader.room_view.roles == {"bob": "moderator", "dan": "operator"}


def test_those_who_were_asked_for_are_marked(reader: Reader) -> None:
    asked = reader.enter("/who")
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False, roles={"bob": "owner"}), asked)
    assert reader.told == ["In tea: alice, ~bob"]


def test_settings_are_told(reader: Reader) -> None:
    reader.hear(answers.Configured(room="tea", by="bob", slow=10, locked=True, capacity=5))
    reader.hear(answers.Configured(room="tea", by="bob", slow=0, locked=False))
    assert reader.texts == [
        "bob: one message every 10 s.",
        "bob: tea is locked, and only moderators speak.",
        "bob: up to 5 in tea.",
        "bob: as many messages as one likes.",
        "bob: all may speak in tea.",
    ]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/kick bob that is enough", requests.Kick(room="tea", username="bob", reason="that is enough")),
        ("/kick bob", requests.Kick(room="tea", username="bob")),
        ("/mute bob", requests.Mute(room="tea", username="bob")),
        ("/mute bob 10m loud", requests.Mute(room="tea", username="bob", seconds=600, reason="loud")),
        ("/ban bob 1d", requests.Ban(room="tea", username="bob", seconds=86400)),
        ("/ban bob ten times", requests.Ban(room="tea", username="bob", reason="ten times")),
        ("/unmute bob", requests.Unmute(room="tea", username="bob")),
        ("/unban bob", requests.Unban(room="tea", username="bob")),
        ("/bans", requests.Sanctions(room="tea")),
        ("/ban *!*@x44jbhya.* 1d spam", requests.Ban(room="tea", mask="*!*@x44jbhya.*", seconds=86400, reason="spam")),
        ("/mute account:bob", requests.Mute(room="tea", account="bob")),
        ("/unban bob!*", requests.Unban(room="tea", mask="bob!*")),
        ("/exempt bob 1d", requests.Exempt(room="tea", mask="bob", seconds=86400)),
        ("/unexempt account:bob", requests.Unexempt(room="tea", account="bob")),
        ("/invite *!*@*.irc", requests.Invite(room="tea", mask="*!*@*.irc")),
        ("/invite bob", requests.Invite(room="tea", username="bob")),
        ("/uninvite bob", requests.Uninvite(room="tea", mask="bob")),
        ("/op bob", requests.Appoint(room="tea", username="bob", role="moderator")),
        ("/deop bob", requests.Appoint(room="tea", username="bob", role="member")),
        ("/owner bob", requests.Appoint(room="tea", username="bob", role="owner")),
        ("/slow 5m", requests.Configure(room="tea", slow=300)),
        ("/lock", requests.Configure(room="tea", locked=True)),
        ("/unlock", requests.Configure(room="tea", locked=False)),
    ],
)
def test_moderators_have_commands(reader: Reader, line: str, asked: AnyRequest) -> None:
    assert reader.enter(line) == asked


def test_what_is_no_time_and_what_lacks_a_name_is_told(reader: Reader) -> None:
    for line, why in (
        ("/mute bob 10min", "10min is no time; write one like 30s, 10m, 2h, 1d or 4w."),
        ("/slow", "Write /slow time: "),
        ("/slow 2d", "2d is too long; the most is 1 day."),
    ):
        assert reader.enter(line) is None
        assert reader.told[-1].startswith(f"! {why}")
    assert reader.enter("/kick") is None
    assert reader.told[-1].startswith("! Write /kick user [why]: ")


def test_what_moderators_asked_for_is_answered(reader: Reader) -> None:
    reader.hear(answers.Ok(), reader.enter("/mute bob 10m"))
    reader.hear(answers.Ok(), reader.enter("/ban bob"))
    reader.hear(answers.Ok(), reader.enter("/unmute bob"))
    reader.hear(answers.Ok(), reader.enter("/unban bob"))
    reader.hear(answers.Ok(), reader.enter("/ban *!*@*.irc"))
    reader.hear(answers.Ok(), reader.enter("/exempt account:bob 2h"))
    reader.hear(answers.Ok(), reader.enter("/unexempt account:bob"))
    reader.hear(answers.Ok(), reader.enter("/invite *!*@*.irc"))
    reader.hear(answers.Ok(), reader.enter("/uninvite *!*@*.irc"))
    assert reader.told == [
        "You muted bob for 10 minutes.",
        "You banned bob.",
        "bob may speak again.",
        "bob may come in again.",
        "You banned *!*@*.irc.",
        "You exempt account:bob for 2 hours.",
        "account:bob is exempt no more.",
        "You invited *!*@*.irc to tea.",
        "*!*@*.irc is invited no more.",
    ]


def test_sanctions_are_listed(reader: Reader) -> None:
    at = "2026-11-20T12:00:00.000Z"
    mute = answers.Sanction(
        sanction=1, kind="mute", by="alice", at=at, room="tea", username="bob", until=at, reason="loud"
    )
    ban = answers.Sanction(sanction=2, kind="ban", by="alice", at=at, room="tea", username="carol", host=True)
    reader.hear(answers.Sanctions(sanctions=[ban, mute], more=True), reader.enter("/bans"))
    reader.hear(answers.Sanctions(sanctions=[], more=False), reader.enter("/bans"))
    listed, none = reader.told
    first, second, more = listed.split("\n")
    assert first == "carol, and all from there, is banned by alice"
    assert second.startswith("bob is muted until 2026-11-20 ")
    assert second.endswith(" by alice (loud)")
    assert (more, none) == ("There are more.", "Nobody is banned from tea, or muted.")


def test_who_is_muted_is_told(reader: Reader) -> None:
    at = "2026-11-20T12:00:00.000Z"
    reader.hear(answers.Sanctioned(kind="mute", by="bob", room="tea", until=at, reason="loud"))
    reader.hear(answers.Sanctioned(kind="mute", by="bob", room="tea"))
    reader.hear(answers.Lifted(kind="mute", by="bob", room="tea"))
    first, *more = reader.texts
    assert first.startswith("bob has muted you until 2026-11-20 ")
    assert first.endswith(" (loud).")
    assert more == ["bob has muted you.", "bob lets you speak again."]
