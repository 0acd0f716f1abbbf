"""What is left out is what is not to be seen, however the lines change."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.model.line_filter import LineFilter
from chatroom.client.model.preferences import Preferences
from chatroom.client.model.window import Window
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Private, Traffic

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PEOPLE = st.sampled_from(["alice", "bob", "Bob"])
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(MessageLine, st.integers(1, 9), st.just(NOON), PEOPLE, st.just("hi"), st.booleans(), st.booleans()),
    st.builds(Private, st.just(NOON), PEOPLE, PEOPLE, st.just("hi"), st.booleans()),
    st.builds(Traffic, st.just(NOON), st.tuples(st.sampled_from(["carol", "dave"])), quiet=st.booleans()),
    st.just(NoticeLine(NOON, "hello")),
)
STEPS = st.one_of(
    st.tuples(st.just("add"), LINES),
    st.tuples(st.just("replace"), LINES),
    st.tuples(st.just("older"), LINES),
    st.sampled_from([("forget", None), ("quiet", None), ("ignore", None), ("unignore", None)]),
)


@given(st.lists(STEPS, max_size=30))
def test_no_more_and_no_less_is_left_out_than_is_to_be(steps: list[tuple[str, Line]]) -> None:
    preferences = Preferences()
    line_filter = LineFilter(preferences, quiet=True)
    lines: list[Line] = []
    for what, line in steps:
        match what:
            case "add":
                lines.append(line)
            case "replace":
                lines[-1:] = [line]
            case "older":
                lines.insert(0, line)
            case "forget":
                del lines[:2]
            case "quiet":
                line_filter.quiet = not line_filter.quiet
            case "ignore":
                preferences.ignore("bob")
            case "unignore":
                preferences.unignore("BOB")
        strangers = [line for line in lines if isinstance(line, Traffic) and line.quiet and line_filter.quiet]
        ignored = [
            line
            for line in lines
            if isinstance(line, MessageLine | Private) and not line.own and line.speaker.lower() in preferences.ignored
        ]
        shown = list(line_filter.shown(lines))
        seen = [line for line in lines if line not in strangers and line not in ignored]
        assert [line for line in shown if not isinstance(line, Traffic)] == [
            line for line in seen if not isinstance(line, Traffic)
        ]
        assert comings(shown) == comings(seen)
        assert not any(isinstance(one, Traffic) and isinstance(other, Traffic) for one, other in pairwise(shown))
        assert line_filter.hidden == len(strangers)
        assert shown == LineFilter(preferences, quiet=line_filter.quiet).shown(lines)


def comings(lines: list[Line]) -> set[str]:
    """Return who came."""
    return {name for line in lines if isinstance(line, Traffic) for name in line.joined}


def test_who_comes_again_after_the_server_has_forgotten_them_is_named_once() -> None:
    window = Window()
    for traffic in (Traffic(NOON, joined=("bob",)), Traffic(NOON, joined=("carol",)), Traffic(NOON, joined=("bob",))):
        window.add_traffic(traffic)
    assert window.lines == [Traffic(NOON, joined=("bob", "carol"))]
    window.add_traffic(Traffic(NOON, left=("dave",)))
    window.add_traffic(Traffic(NOON, left=("dave", "carol")))
    assert window.lines == [Traffic(NOON, joined=("bob",), left=("dave",))]


def test_who_went_as_a_friend_and_came_back_as_a_stranger_is_back() -> None:
    lines: list[Line] = [Traffic(NOON, left=("bob",)), Traffic(NOON, joined=("bob",), quiet=True)]
    assert LineFilter(Preferences(), quiet=True).shown(lines) == lines[:1]
    assert LineFilter(Preferences(), quiet=False).shown(lines) == []
