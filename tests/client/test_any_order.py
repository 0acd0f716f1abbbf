"""Whatever the server says, in whatever order: it is drawn soundly, and what is typed stays as it was typed."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.actions import Action
from chatroom.client.model.preferences import Interest
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.overlay import Overlay
from chatroom.client.screens.room import RoomScreen
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent
from tests.client.drawing.test_any_view import is_sound
from tests.client.drawing.test_rows import ANY_TEXT
from tests.client.drawing.views import SIZES
from tests.client.reader import LIMITS, Reader

ROOMS = st.sampled_from(["tea", "coffee", "日本"])
NAMES = st.one_of(st.sampled_from(["alice", "bob", "carol"]), ANY_TEXT)
TEXTS = st.one_of(ANY_TEXT, st.just("alice: https://example.org\nsecond line"))
TIMES = st.sampled_from(["2026-11-20T12:00:00.000Z", "2026-11-21T23:59:59.999Z", "never", "9999-12-31T23:59:59.999Z"])
SEQS = st.integers(0, 30)
COUNTS = st.integers(0, 600)
INFOS = st.lists(st.builds(answers.RoomInfo, room=ROOMS, topic=TEXTS, members=COUNTS, capacity=COUNTS), max_size=3)
NAME_LISTS = st.lists(NAMES, max_size=4)
FLAGS = st.booleans()
ENTRIES = st.lists(st.builds(answers.Message, seq=SEQS, at=TIMES, from_=NAMES, text=TEXTS, redacted=FLAGS), max_size=4)

EVENTS: dict[type, st.SearchStrategy[AnyEvent]] = {
    answers.Said: st.builds(answers.Said, room=ROOMS, seq=SEQS, at=TIMES, from_=NAMES, text=TEXTS, action=FLAGS),
    answers.Redacted: st.builds(
        answers.Redacted, room=ROOMS, seq=SEQS, from_=NAMES, by=NAMES, redactions=COUNTS, note=TEXTS | st.just(UNSET)
    ),
    answers.Joined: st.builds(answers.Joined, room=ROOMS, username=NAMES, members=COUNTS),
    answers.Left: st.builds(answers.Left, room=ROOMS, username=NAMES, members=COUNTS, reason=TEXTS, by=NAMES),
    answers.Sanctioned: st.builds(
        answers.Sanctioned,
        kind=TEXTS,
        room=ROOMS | st.just(UNSET),
        by=NAMES,
        until=TIMES | st.just(UNSET),
        reason=TEXTS,
    ),
    answers.Lifted: st.builds(answers.Lifted, kind=TEXTS, room=ROOMS | st.just(UNSET), by=NAMES),
    answers.Appointed: st.builds(
        answers.Appointed, room=ROOMS, username=NAMES, role=st.sampled_from(["owner", "moderator", "member"]), by=NAMES
    ),
    answers.Configured: st.builds(
        answers.Configured,
        room=ROOMS,
        by=NAMES,
        slow=COUNTS,
        locked=FLAGS,
        guests=FLAGS,
        private=FLAGS,
        capacity=COUNTS | st.just(UNSET),
    ),
    answers.Invited: st.builds(answers.Invited, room=ROOMS, by=NAMES),
    answers.OtherInvited: st.builds(answers.OtherInvited, room=ROOMS, username=NAMES, by=NAMES),
    answers.Presence: st.builds(answers.Presence, room=ROOMS, members=COUNTS),
    answers.Memberships: st.builds(answers.Memberships, rooms=st.lists(ROOMS, max_size=2)),
    answers.Marked: st.builds(answers.Marked, room=ROOMS, seq=SEQS, marked_at=TIMES),
    answers.Renamed: st.builds(answers.Renamed, room=ROOMS | st.just(UNSET), from_=NAMES, to=NAMES),
    answers.Profile: st.builds(
        answers.Profile, room=ROOMS | st.just(UNSET), username=NAMES, away=TEXTS | st.just(UNSET), realname=TEXTS
    ),
    answers.Online: st.builds(answers.Online, usernames=NAME_LISTS),
    answers.Offline: st.builds(answers.Offline, usernames=NAME_LISTS),
    answers.TopicChanged: st.builds(answers.TopicChanged, room=ROOMS, topic=TEXTS, by=NAMES),
    answers.Level: st.builds(answers.Level, room=ROOMS, seq=SEQS, members=COUNTS, topic=TEXTS),
    answers.Gap: st.builds(answers.Gap, room=ROOMS, first=SEQS, last=SEQS, kept=FLAGS),
    answers.Told: st.builds(answers.Told, from_=NAMES, to=NAMES, at=TIMES, text=TEXTS),
    answers.RoomsChanged: st.builds(answers.RoomsChanged, rooms=INFOS, closed=st.lists(ROOMS, max_size=2)),
    answers.Reported: st.builds(answers.Reported, room=ROOMS, report=COUNTS, seq=SEQS, by=NAMES, reason=TEXTS),
    answers.Slowed: st.builds(answers.Slowed, rate=st.floats(0, 10)),
    answers.Notice: st.builds(answers.Notice, text=TEXTS, by=NAMES),
}
ANY_EVENT = st.one_of(*EVENTS.values())
REPLIES = st.one_of(
    st.tuples(
        st.builds(
            answers.Entered,
            room=ROOMS,
            topic=TEXTS,
            members=COUNTS,
            capacity=COUNTS,
            epoch=TEXTS,
            seq=SEQS,
            resumed=FLAGS,
            muted=st.just(UNSET) | st.builds(answers.Mute, by=NAMES, until=TIMES | st.just(UNSET), reason=TEXTS),
        ),
        st.none(),
    ),
    st.tuples(st.builds(answers.Rooms, rooms=INFOS, more=FLAGS), st.none() | st.builds(requests.List)),
    st.tuples(
        st.builds(answers.Members, room=ROOMS, usernames=NAME_LISTS, more=FLAGS), st.builds(requests.Who, room=ROOMS)
    ),
    st.tuples(
        st.builds(
            answers.People,
            people=st.lists(
                st.builds(
                    answers.Person,
                    username=NAMES,
                    host=TEXTS,
                    realname=TEXTS | st.just(UNSET),
                    away=TEXTS | st.just(UNSET),
                    since=TIMES | st.just(UNSET),
                    rooms=st.just(UNSET) | st.lists(st.builds(answers.PersonsRoom, room=ROOMS), max_size=2),
                ),
                max_size=3,
            ),
            more=FLAGS,
        ),
        st.builds(requests.WhoIs, username=NAMES),
    ),
    st.tuples(
        st.builds(answers.Entries, room=ROOMS, entries=ENTRIES, more=FLAGS),
        st.builds(requests.History, room=ROOMS, before=SEQS) | st.builds(requests.History, room=ROOMS, after=SEQS),
    ),
    st.tuples(st.builds(answers.Error, code=TEXTS, message=TEXTS), st.builds(requests.Topic, room=ROOMS, topic=TEXTS)),
    st.tuples(
        st.builds(
            answers.Devices,
            devices=st.lists(
                st.builds(
                    answers.Device,
                    device=COUNTS,
                    kind=TEXTS,
                    created=TIMES,
                    seen=TIMES,
                    current=FLAGS,
                    door=TEXTS,
                    host=TEXTS,
                    client=TEXTS | st.just(UNSET),
                ),
                max_size=3,
            ),
            more=FLAGS,
        ),
        st.builds(requests.Devices),
    ),
    st.tuples(
        st.builds(answers.Ok),
        st.builds(requests.Revoke, device=COUNTS) | st.builds(requests.Unregister, password=TEXTS),
    ),
    st.tuples(
        st.builds(answers.Ok, account=TEXTS | st.just(UNSET), username=NAMES | st.just(UNSET)),
        st.builds(requests.Authenticate, username=NAMES, password=TEXTS),
    ),
    st.tuples(
        st.builds(
            answers.Audit,
            audit=st.lists(
                st.builds(
                    answers.Act,
                    entry=COUNTS,
                    at=TIMES,
                    by=NAMES,
                    action=TEXTS,
                    room=ROOMS | st.just(UNSET),
                    username=NAMES | st.just(UNSET),
                    connection=COUNTS | st.just(UNSET),
                    seq=SEQS | st.just(UNSET),
                    until=TIMES | st.just(UNSET),
                    role=TEXTS | st.just(UNSET),
                    slow=COUNTS | st.just(UNSET),
                    guests=FLAGS | st.just(UNSET),
                ),
                max_size=3,
            ),
            more=FLAGS,
        ),
        st.builds(requests.Audit, room=ROOMS),
    ),
    st.tuples(
        st.builds(
            answers.Reports,
            reports=st.lists(
                st.builds(
                    answers.Report,
                    report=COUNTS,
                    room=ROOMS,
                    seq=SEQS,
                    from_=NAMES,
                    by=NAMES,
                    at=TIMES,
                    reason=TEXTS,
                    said=TIMES,
                    text=TEXTS,
                    context=st.lists(
                        st.builds(answers.Message, seq=SEQS, at=TIMES, from_=NAMES, text=TEXTS), max_size=2
                    ),
                    resolver=NAMES | st.just(UNSET),
                    note=TEXTS | st.just(UNSET),
                ),
                max_size=3,
            ),
            more=FLAGS,
        ),
        st.builds(requests.Reports, room=ROOMS),
    ),
    st.tuples(st.builds(answers.Ok), st.builds(requests.Report, room=ROOMS, seq=SEQS, reason=TEXTS)),
    st.tuples(st.builds(answers.Ok), st.builds(requests.Resolve, report=COUNTS)),
    st.tuples(
        st.builds(answers.Ok, count=COUNTS | st.just(UNSET)),
        st.builds(requests.Redact, room=ROOMS, username=NAMES, seconds=COUNTS),
    ),
    st.tuples(st.builds(answers.Ok, seq=SEQS), st.builds(requests.Say, room=ROOMS, text=TEXTS, cid=TEXTS)),
    st.tuples(
        st.builds(
            answers.Welcome,
            username=NAMES,
            server=TEXTS,
            protocol=st.just(1),
            resumed=FLAGS,
            rooms=st.just([]),
            heartbeat=st.just(60.0),
            limits=st.just(LIMITS),
        ),
        st.none(),
    ),
)
STEPS = st.one_of(
    ANY_EVENT.map(lambda event: ("event", event)),
    REPLIES.map(lambda reply: ("reply", reply)),
    st.sampled_from("abcäあ ").map(lambda key: ("type", key)),
    st.sampled_from(list(Connectivity)).map(lambda link: ("link", link)),
    SIZES.map(lambda size: ("size", size)),
    st.sampled_from(["page_up", "page_down", "top", "end"]).map(lambda how: ("scroll", how)),
    FLAGS.map(lambda focused: ("focus", focused)),
    FLAGS.map(lambda quiet: ("quiet", quiet)),
    NAMES.map(lambda name: ("ignore", name)),
    NAMES.map(lambda name: ("unignore", name)),
    st.tuples(ROOMS, st.sampled_from(Interest)).map(lambda told: ("interest", told)),
)


@given(st.lists(STEPS, max_size=25))
def test_what_is_typed_stays_and_what_comes_is_drawn(steps: list[tuple[str, Any]]) -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("coffee")
    reader.enter_room("tea")
    widget = ViewWidget()
    columns, height = 100, 30
    typed = ""

    for what, value in steps:
        match what:
            case "event":
                reader.hear(value)
            case "reply":
                reader.hear(*value)
            case "type":
                typed += value
                reader.press(value)
            case "link":
                reader.chat.connection_changed(value, "news")
            case "focus":
                reader.chat.focus(value)
            case "quiet":
                reader.chat.line_filter.quiet = value
            case "ignore":
                reader.chat.preferences.ignore(value)
            case "unignore":
                reader.chat.preferences.unignore(value)
            case "interest":
                reader.chat.preferences.take(*value)
            case "size":
                columns, height = value
            case "scroll":
                widget.scroll(value)
                reader.room_screen.conversation.reading.follow(widget.following)
        widget.show(reader.room_view)

        assert is_sound(widget.render((columns, height)), columns, height)
        assert reader.room_view.input.text == typed
        assert reader.room_view.input.cursor == len(typed)


PASTES = st.sampled_from(["one", "one\ntwo\n", "é" * 2001, "/quit\n\x1b[2J"]).map(lambda text: ("paste", text))


def test_every_event_is_among_them_that_leaves_one_in_the_room() -> None:
    # A ping is the connection's.
    assert set(EVENTS) == {*get_args(AnyEvent)} - {answers.Ping, answers.Deleted, answers.Removed}


@given(
    st.lists(st.tuples(st.sampled_from([*Action, "a", "/", "é"]) | PASTES, st.none() | ANY_EVENT), max_size=40),
    st.booleans(),
)
def test_no_key_and_no_event_brings_a_page_down(steps: list[tuple[Any, Any]], asked_for_a_password: bool) -> None:
    reader = Reader()
    reader.come_in(features=["accounts"])
    reader.enter_room("coffee")
    reader.enter_room("tea")
    if asked_for_a_password:
        reader.enter("/register")

    for key, event in steps:
        if isinstance(key, tuple):
            reader.screen.paste(key[1])
        elif isinstance(key, Action):
            asked = reader.screen.act(key)
            assert not isinstance(asked, requests.Say) or key in (Action.SUBMIT, Action.YANK)
        else:
            reader.screen.type(key)
        reader.screen = reader.screen.change_state()
        if event is not None:
            reader.hear(event)
        assert isinstance(reader.screen, (RoomScreen, LobbyScreen, Overlay))
        assert is_sound(_drawn(reader), 80, 24)


def _drawn(reader: Reader) -> Any:
    widget = ViewWidget()
    widget.show(reader.screen.view())
    return widget.render((80, 24))
