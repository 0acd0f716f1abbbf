"""Going to a place in a room, and back to where one was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.keys.actions import Action
from chatroom.client.navigation.message import go
from chatroom.client.reducer import failing
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.views.lines import MessageLine
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, entered, entry, rooms, said

NEWEST = 1000
MENTIONS = (10, 480, 990)
"""What bob says of alice; 901 and what follows is what she has when she comes in."""


class Log:
    """A reader in the room tea, and the server's log of it."""

    def __init__(self, mentions: tuple[int, ...] = MENTIONS, *, first: int = 1) -> None:
        self.newest = NEWEST
        self.first = first
        self.mentions = mentions
        self.reader = Reader()
        self.reader.come_in()
        self.reader.hear(answers.Rooms(rooms=rooms("coffee", "tea"), more=False), requests.List(watch=True))
        self.reader.hear(entered("tea", seq=NEWEST), requests.Join(room="tea", backlog=100))
        for seq in range(NEWEST - 99, NEWEST + 1):
            self.reader.hear(said(seq, self.text(seq)))
        self.reader.hear(answers.Level(room="tea", seq=NEWEST, members=1, topic=""))

    def text(self, seq: int) -> str:
        return f"alice, see {seq}" if seq in self.mentions else f"number {seq}"

    def answer(self, request: AnyRequest | None, limit: int = 100) -> None:
        """Answer *request*, and those that follow, with pages of at most *limit* messages."""
        most = limit
        while request is not None:
            if isinstance(request, requests.History) and isinstance(request.limit, int):
                limit = min(most, request.limit)
            match request:
                case requests.History(after=int(after)):
                    seqs = range(max(after + 1, self.first), min(after + limit, self.newest) + 1)
                    more = after + limit < self.newest
                case requests.History():
                    end = request.before if isinstance(request.before, int) else self.newest + 1
                    end = min(end, self.newest + 1)
                    seqs = range(max(end - limit, self.first), end)
                    more = end - limit > self.first
                case requests.Search():
                    assert request.query == '"alice"'
                    end = request.before if isinstance(request.before, int) else self.newest + 1
                    found = [seq for seq in reversed(self.mentions) if seq < end]
                    self.hear(request, found[:1], more=len(found) > 1)
                    request = self.reader.asked[-1] if self.asks else None
                    continue
                case _:
                    raise AssertionError(request)
            self.hear(request, seqs, more=more)
            request = self.reader.asked[-1] if self.asks else None

    def hear(self, request: AnyRequest, seqs: object, *, more: bool) -> None:
        entries = [entry(seq, self.text(seq)) for seq in seqs]  # type: ignore[attr-defined]
        self.asks = bool(self.reader.hear(answers.Entries(room="tea", entries=entries, more=more), request))

    def go(self, seq: int) -> None:
        chat = self.reader.chat
        self.answer(go(chat, chat.conversations["tea"], seq))
        self.reader.screen = self.reader.screen.change_state()

    @property
    def seqs(self) -> list[int]:
        """The numbers of the messages that are shown."""
        return [line.seq for line in self.reader.room_view.lines if isinstance(line, MessageLine)]

    @property
    def anchor(self) -> int | None:
        anchor = self.reader.room_view.anchor
        assert anchor is not None
        return anchor.seq


@pytest.fixture
def log() -> Log:
    return Log()


def test_what_is_here_already_is_only_looked_at(log: Log) -> None:
    log.go(950)
    assert (log.anchor, log.reader.room_view.emphasized) == (950, 950)
    assert log.seqs == list(range(901, 1001))


def test_what_is_not_here_is_fetched_with_what_was_said_around_it(log: Log) -> None:
    log.go(500)
    assert (log.anchor, log.reader.room_view.emphasized) == (500, 500)
    assert (log.seqs[0], log.seqs[-1]) == (451, 550)
    assert not log.reader.room_view.live
    assert log.reader.chat.remark == "Esc leads back"


def test_however_short_the_pages_are_the_message_is_among_them(log: Log) -> None:
    chat = log.reader.chat
    log.answer(go(chat, chat.conversations["tea"], 500), limit=3)
    assert log.seqs == [498, 499, 500, 501, 502, 503]


def test_what_is_said_meanwhile_comes_where_the_talk_goes_on(log: Log) -> None:
    log.go(500)
    log.reader.hear(said(1001, "meanwhile"))
    assert log.seqs[-1] == 550
    assert log.reader.room_view.arrived == 1
    log.reader.press("esc")
    assert log.seqs == list(range(901, 1002))


def test_esc_leads_back_to_the_end_and_then_drops_the_line_again(log: Log) -> None:
    log.go(500)
    log.reader.press("a draft", "esc")
    assert log.seqs[0] == 451
    log.reader.press("esc")
    assert (log.anchor, log.seqs[-1], log.reader.chat.remark) == (None, 1000, "")
    assert log.reader.room_screen.conversation.reading.following


def test_esc_leads_back_to_where_one_read(log: Log) -> None:
    log.reader.room_screen.conversation.reading.follow(False, 930)
    log.go(500)
    log.go(50)
    log.reader.press("esc")
    assert (log.anchor, log.reader.room_view.emphasized) == (930, None)
    assert log.seqs[-1] == 1000


def test_esc_leads_back_to_the_room_where_one_was(log: Log) -> None:
    log.reader.enter_room("coffee")
    log.go(500)
    assert log.reader.room_view.room == "tea"
    log.reader.press("esc")
    assert log.reader.room_view.room == "coffee"
    log.reader.press("meta 1")
    assert log.seqs[-1] == 1000


def test_esc_leads_back_to_the_lobby(log: Log) -> None:
    log.reader.press("f2")
    log.go(500)
    log.reader.press("esc")
    assert isinstance(log.reader.screen, LobbyScreen)


def test_who_has_read_on_to_the_end_is_not_led_back(log: Log) -> None:
    log.reader.enter_room("coffee")
    log.go(990)
    log.reader.room_screen.conversation.reading.follow(True)
    log.reader.press("esc")
    assert log.reader.room_view.room == "tea"


def test_the_mark_goes_with_the_next_key(log: Log) -> None:
    log.go(500)
    log.reader.press("x")
    assert (log.reader.room_view.emphasized, log.reader.chat.remark, log.anchor) == (None, "", 500)


def test_reading_on_both_windows_become_one(log: Log) -> None:
    log.go(700)
    for _ in range(2):
        assert not log.reader.room_view.live
        log.answer(log.reader.room_screen.newer())
    assert log.seqs == list(range(651, 1001))
    assert log.reader.room_view.live
    log.reader.hear(said(1001, "on"))
    assert log.seqs[-1] == 1001


def test_what_is_older_than_a_place_is_fetched_too(log: Log) -> None:
    log.go(140)
    log.answer(log.reader.room_screen.older())
    assert log.seqs[0] == 1
    assert log.reader.room_view.complete


def test_an_older_page_that_was_asked_for_before_is_not_put_elsewhere(log: Log) -> None:
    asked = log.reader.room_screen.older()
    log.go(500)
    log.answer(asked)
    assert (log.seqs[0], log.seqs[-1]) == (451, 550)


def test_where_the_server_has_another_log_it_is_read_anew(log: Log) -> None:
    log.go(500)
    log.reader.hear(entered("tea", seq=3))
    log.reader.hear(said(4, "new"))
    assert log.seqs == [4]


def test_what_is_kept_no_more_is_not_gone_to() -> None:
    log = Log(first=600)
    log.go(500)
    assert log.seqs[-1] == 1000
    assert log.reader.chat.remark == "The server does not keep that message any more."


def test_without_a_connection_one_stays_and_is_told_why(log: Log) -> None:
    chat = log.reader.chat
    asked = go(chat, chat.conversations["tea"], 500)
    assert asked is not None
    assert chat.remark == "looking …"
    failing.failed(chat, asked, "That was not done: not connected.")
    assert (chat.remark, log.seqs[-1]) == ("That was not done: not connected.", 1000)


def test_who_goes_on_to_another_place_is_not_brought_to_the_first(log: Log) -> None:
    chat = log.reader.chat
    first = go(chat, chat.conversations["tea"], 500)
    log.go(950)
    log.answer(first)
    assert (log.anchor, log.seqs[-1]) == (950, 1000)


def test_a_room_that_was_left_is_not_gone_to(log: Log) -> None:
    conversation = log.reader.room_screen.conversation
    log.reader.hear(answers.Deleted(room="tea", by="bob"))
    assert go(log.reader.chat, conversation, 500) is None
    assert log.reader.chat.current is None


# What is new.


def test_alt_u_leads_to_what_is_new_however_far_that_is(log: Log) -> None:
    log.reader.room_screen.conversation.news.read_to = 300
    log.answer(log.reader.press("meta u"))
    assert (log.anchor, log.reader.room_view.emphasized) == (301, None)
    assert {300, 301} <= set(log.seqs)


@pytest.mark.parametrize("read_to", [None, 1000])
def test_where_nothing_is_new_it_says_so(log: Log, read_to: int | None) -> None:
    log.reader.room_screen.conversation.news.read_to = read_to
    assert log.reader.press("meta u") is None
    assert log.reader.chat.remark == "Nothing is new here"


# Mentions.


def test_alt_p_goes_through_the_mentions_beyond_what_is_here(log: Log) -> None:
    seen = []
    for _ in MENTIONS:
        log.answer(log.reader.press("meta p"))
        seen.append(log.anchor)
    assert seen == [990, 480, 10]
    log.answer(log.reader.press("meta p"))
    assert (log.anchor, log.reader.chat.remark) == (10, "No earlier mention")


def test_who_is_ignored_mentions_nobody(log: Log) -> None:
    log.reader.enter("/ignore bob")
    log.answer(log.reader.press("meta p"))
    assert log.reader.room_view.anchor is None
    assert log.reader.chat.remark == "No earlier mention"


def test_alt_n_goes_through_them_the_other_way(log: Log) -> None:
    log.go(10)
    seen = []
    for _ in range(2):
        log.answer(log.reader.press("meta n"))
        seen.append(log.anchor)
    assert seen == [480, 990]
    log.answer(log.reader.press("meta n"))
    assert (log.anchor, log.reader.chat.remark) == (990, "No later mention")


def test_among_those_that_are_here_the_next_one_is_taken() -> None:
    log = Log(mentions=(910, 920, 990))
    seen = []
    for key in ("meta p", "meta p", "meta p", "meta n"):
        assert log.reader.press(key) is None
        seen.append(log.anchor)
    assert seen == [990, 920, 910, 920]


def test_the_server_is_asked_no_further_than_where_one_is() -> None:
    log = Log(mentions=(3, 5, 10, 480, 990))
    log.go(10)
    log.answer(log.reader.press("meta n"))
    asked = [request.before for request in log.reader.asked if isinstance(request, requests.Search)]
    assert asked == [901, 480]


def test_where_all_is_here_the_server_is_not_asked() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.hear_said("alice?", "one")
    assert reader.press("meta p", "meta p") is None
    assert reader.chat.remark == "No earlier mention"


def test_at_the_end_there_is_no_later_mention_and_nobody_is_asked(log: Log) -> None:
    assert log.reader.press("meta n") is None
    assert log.reader.chat.remark == "No later mention"


def test_a_mention_is_looked_for_from_where_one_reads(log: Log) -> None:
    log.reader.room_screen.conversation.reading.follow(False, 980)
    log.answer(log.reader.press("meta p"))
    assert log.anchor == 480


def test_where_nobody_mentions_one_it_says_so() -> None:
    log = Log(mentions=())
    log.answer(log.reader.press("meta p"))
    assert log.reader.chat.remark == "No earlier mention"


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["older", "newer", "end", "esc", "said", "meta p", "meta n"]), st.integers(1, NEWEST)
        ),
        max_size=12,
    ),
    st.integers(2, 150),
)
def test_wherever_one_goes_no_message_is_left_out_or_doubled(steps: list[str | int], limit: int) -> None:
    log = Log()
    for step in steps:
        match step:
            case int():
                chat = log.reader.chat
                log.answer(go(chat, chat.conversations["tea"], step), limit)
                assert step in log.seqs
            case "older":
                log.answer(log.reader.room_screen.older(), limit)
            case "newer":
                log.answer(log.reader.room_screen.newer(), limit)
            case "end":
                log.answer(log.reader.room_screen.newest(), limit)
                assert log.seqs[-1] == log.newest
            case "said":
                log.newest += 1
                log.reader.hear(said(log.newest, log.text(log.newest)))
            case key:
                log.answer(log.reader.press(key), limit)
        assert log.seqs == list(range(log.seqs[0], log.seqs[-1] + 1))
        if log.reader.room_view.live:
            assert log.seqs[-1] == log.newest


# What is new, and was not seen.


@pytest.fixture
def busy(log: Log) -> Log:
    """One who looks at coffee while something is new in tea."""
    log.reader.enter_room("coffee")
    log.reader.hear(said(1001, "so it is"))
    log.reader.hear(said(1002, "isn't it, alice?"))
    log.newest = 1002
    return log


def new(log: Log) -> tuple[int, bool, int | None]:
    tea = log.reader.chat.conversations["tea"]
    return tea.unread, tea.mentioned, tea.news.read_to


@pytest.mark.parametrize("key", ["esc", "meta 2", "f2"])
def test_what_is_new_is_still_new_after_a_look_at_something_older(busy: Log, key: str) -> None:
    busy.go(480)
    assert new(busy) == (0, False, 1000)
    busy.reader.hear(said(1003, "and more"))
    busy.answer(busy.reader.press(key))
    assert new(busy) == (3, True, 1000)
    busy.reader.screen.act(Action.ROOM_1)
    assert new(busy)[0] == 0


def test_it_is_not_for_who_has_been_at_the_end_or_counted_it_as_read(busy: Log) -> None:
    busy.go(480)
    busy.answer(busy.reader.room_screen.newest())
    busy.reader.press("meta 2")
    assert new(busy) == (0, False, 1002)

    busy.reader.hear(said(1003, "and more"))
    busy.go(480)
    busy.reader.press("meta U", "meta 2")
    assert new(busy) == (0, False, 1003)
