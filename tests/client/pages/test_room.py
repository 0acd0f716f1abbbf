"""The page of a room: talk, what is new, what waits, and the way to other rooms."""

from __future__ import annotations

import pytest

from chatroom.client.pages.help import HelpPage
from chatroom.client.pages.lines import Message, Pending, Skipped, Traffic
from chatroom.client.pages.lobby import LobbyPage
from chatroom.client.pages.views import Link
from chatroom.wire import answers, requests
from tests.client.pages.reader import Reader, at, entered, said

# Talking.


def test_what_is_entered_is_said_and_waits_until_it_comes_from_the_log(reader: Reader) -> None:
    asked = reader.enter("hello")
    assert asked == requests.Say(room="tea", text="hello", cid="1")
    assert reader.room_view.pending == [Pending("1", "alice", "hello")]
    assert reader.room_view.input.text == ""

    reader.hear(answers.Ok(room="tea", seq=1, at=at(1), cid="1"), asked)
    assert reader.room_view.pending == [Pending("1", "alice", "hello")]

    reader.hear_said("hello", speaker="alice")
    assert reader.room_view.pending == []
    assert reader.texts == ["alice: hello"]


def test_what_came_from_the_log_before_it_is_acknowledged_waits_no_longer(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.hear_said("hello", speaker="alice")
    reader.hear(answers.Ok(room="tea", seq=1, at=at(1), cid="1"), asked)

    assert reader.room_view.pending == []


def test_what_the_server_does_not_take_is_shown_with_the_reason(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.hear(answers.Error(code="storage-failed", message="It can't be stored.", cid="1"), asked)

    assert reader.room_view.pending == []
    assert reader.texts == ["! Not sent: hello\nIt can't be stored."]


def test_what_can_not_be_said_stays_in_the_line(reader: Reader) -> None:
    assert reader.enter("x" * 4001) is None

    assert reader.room_view.input.text == "x" * 4001
    assert reader.texts[0].startswith("! ")


def test_an_empty_line_says_nothing(reader: Reader) -> None:
    assert reader.enter("   ") is None
    assert reader.texts == []


def test_ctrl_c_drops_the_line_and_on_an_empty_one_says_how_to_leave(reader: Reader) -> None:
    reader.press("a draft", "ctrl c")
    assert (reader.room_view.input.text, reader.texts) == ("", [])

    reader.press("ctrl c")
    assert reader.texts == ["Write /quit to leave."]


def test_two_slashes_say_one(reader: Reader) -> None:
    assert reader.enter("//quit") == requests.Say(room="tea", text="/quit", cid="1")


def test_me_is_an_action(reader: Reader) -> None:
    assert reader.enter("/me waves") == requests.Say(room="tea", text="waves", action=True, cid="1")


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("/join coffee", requests.Join(room="coffee", backlog=100)),
        ("/j coffee", requests.Join(room="coffee", backlog=100)),
        ("/JOIN coffee", requests.Join(room="coffee", backlog=100)),
        ("/leave", requests.Leave(room="tea")),
        ("/leave TEA", requests.Leave(room="tea")),
        ("/create cake All about cake", requests.Create(room="cake", topic="All about cake")),
        ("/delete", requests.Delete(room="tea")),
        ("/msg bob how are you", requests.Tell(to="bob", text="how are you")),
        ("/nick alicia", requests.Rename(username="alicia")),
        ("/topic Tea only", requests.Topic(room="tea", topic="Tea only")),
        ("/who", requests.Who(room="tea")),
        ("/who coffee", requests.Who(room="coffee")),
        ("/quit", requests.Quit()),
    ],
)
def test_a_command_asks_the_server(reader: Reader, line: str, request_: requests.AnyRequest) -> None:
    assert reader.enter(line) == request_


def test_an_unknown_command_is_named_and_stays_in_the_line(reader: Reader) -> None:
    assert reader.enter("/dance now") is None

    assert "/dance" in reader.texts[0]
    assert reader.room_view.input.text == "/dance now"


def test_help_lists_every_command(reader: Reader) -> None:
    reader.enter("/help")

    assert isinstance(reader.page, HelpPage)
    shown = [name for _, lines in reader.page.display().groups for name, _ in lines]
    for command in ("/join room", "/me text", "/msg user text", "/nick name", "/topic [text]", "/who [room]", "/quit"):
        assert command in shown


def test_help_explains_one_command(reader: Reader) -> None:
    reader.enter("/help msg")

    assert reader.texts == ["/msg user text: say something to one person alone (also /tell, /query)"]


def test_the_topic_is_shown_and_set(reader: Reader) -> None:
    reader.enter("/topic")
    assert reader.texts == ["The topic of tea: Tea and biscuits"]

    reader.hear(answers.TopicChanged(room="tea", topic="Milk", by="bob"))
    assert reader.room_view.topic == "Milk"
    assert reader.texts[-1] == "bob set the topic: Milk"


# Who is there.


def test_the_people_are_asked_for_when_the_replay_is_over(reader: Reader) -> None:
    assert reader.asked[-1] == requests.Who(room="tea")

    more = reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=True), reader.asked[-1])
    assert more == [requests.Who(room="tea", after="bob")]
    reader.hear(answers.Members(room="tea", usernames=["Carol"], more=False), more[0])

    assert reader.room_view.members == ("alice", "bob", "Carol")
    assert reader.texts == []


def test_the_people_come_and_go_in_one_line(reader: Reader) -> None:
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), reader.asked[-1])
    reader.hear(answers.Joined(room="tea", username="carol", members=3))
    reader.hear(answers.Joined(room="tea", username="dave", members=4))
    reader.hear(answers.Left(room="tea", username="bob", members=3, reason="quit"))

    assert reader.room_view.members == ("alice", "carol", "dave")
    assert reader.room_view.count == 3
    (line,) = reader.room_view.lines
    assert isinstance(line, Traffic)
    assert (line.joined, line.left) == (("carol", "dave"), ("bob",))


def test_who_came_and_went_again_leaves_no_line(reader: Reader) -> None:
    reader.hear(answers.Joined(room="tea", username="carol", members=2))
    reader.hear(answers.Left(room="tea", username="carol", members=1, reason="lost"))

    assert reader.texts == []


def test_what_is_said_ends_the_folding(reader: Reader) -> None:
    reader.hear(answers.Joined(room="tea", username="carol", members=2))
    reader.hear_said("hello")
    reader.hear(answers.Joined(room="tea", username="dave", members=3))

    assert [type(line) for line in reader.room_view.lines] == [Traffic, Message, Traffic]


def test_a_new_name_is_taken_up(reader: Reader) -> None:
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), reader.asked[-1])
    reader.hear(answers.Renamed(room="tea", from_="alice", to="alicia"))

    assert reader.room_view.members == ("alicia", "bob")
    assert reader.room_view.status.username == "alicia"


def test_who_is_written_out_when_one_asks(reader: Reader) -> None:
    asked = reader.enter("/who")
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), asked)

    assert reader.texts == ["In tea: alice, bob"]


def test_a_private_message_shows_both_ways(reader: Reader) -> None:
    asked = reader.enter("/msg bob psst")
    reader.hear(answers.Ok(), asked)
    reader.hear(answers.Told(from_="bob", to="alice", at=at(0), text="what?"))

    assert reader.texts == ["alice to bob: psst", "bob to alice: what?"]


# What is new.


def test_a_mention_is_known_in_any_case(reader: Reader) -> None:
    reader.hear_said("hello", "Alice: tea?", "malice")

    assert [line.mention for line in reader.room_view.lines if isinstance(line, Message)] == [False, True, False]


def test_what_comes_in_a_room_that_one_does_not_look_at_is_counted(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear_said("one", "two")
    assert [(tab.room, tab.unread, tab.mentioned) for tab in reader.room_view.tabs] == [
        ("tea", 2, False),
        ("coffee", 0, False),
    ]

    reader.hear_said("alice?", first=3)
    assert reader.room_view.tabs[0].mentioned

    reader.press("meta 1")
    assert (reader.room_view.tabs[0].unread, reader.room_view.tabs[0].mentioned) == (0, False)


def test_a_line_stands_between_what_was_read_and_what_is_new(reader: Reader) -> None:
    reader.hear_said("read")
    assert reader.room_view.read_to is None
    reader.enter_room("coffee")
    reader.hear_said("new", first=2)
    reader.press("meta 1")

    assert reader.room_view.read_to == 1
    # It stays while one looks on, and moves when one goes.
    reader.hear_said("newer", first=3)
    assert reader.room_view.read_to == 1
    reader.press("meta 2", "meta 1")
    assert reader.room_view.read_to == 3


def test_what_is_replayed_on_entering_is_not_new(reader: Reader) -> None:
    reader.hear(entered("coffee", seq=2), requests.Join(room="coffee", backlog=100))
    reader.press("meta 1")
    reader.hear_said("old", "older", room="coffee")
    assert reader.room_view.tabs[1].unread == 0

    reader.hear(answers.Level(room="coffee", seq=2, members=1, topic=""))
    reader.hear_said("new", first=3, room="coffee")
    assert reader.room_view.tabs[1].unread == 1


def test_what_comes_while_one_reads_further_up_is_counted(reader: Reader) -> None:
    reader.hear_said("one")
    reader.room_page.conversation.follow(False)
    reader.hear_said("two", "three", first=2)
    assert reader.room_view.arrived == 2

    reader.room_page.conversation.follow(True)
    assert reader.room_view.arrived == 0


# Several rooms.


def test_a_command_that_leads_elsewhere_is_remembered_where_it_was_given(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.enter("/join tea")
    reader.press("up")
    assert reader.room_view.input.text == ""
    reader.enter("/join coffee")
    reader.press("up")
    assert reader.room_view.input.text == "/join tea"


def test_a_draft_and_the_lines_sent_belong_to_their_room(reader: Reader) -> None:
    reader.enter("for tea")
    reader.press("a draft")
    reader.enter_room("coffee")
    assert reader.room_view.input.text == ""
    reader.press("up")
    assert reader.room_view.input.text == ""

    reader.press("meta 1")
    assert reader.room_view.input.text == "a draft"
    reader.press("up")
    assert reader.room_view.input.text == "for tea"
    reader.press("down")
    assert reader.room_view.input.text == "a draft"


def test_keys_lead_from_room_to_room(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.enter_room("biscuits")

    def here(*keys: str) -> str:
        reader.press(*keys)
        return reader.room_view.room

    assert here("ctrl n") == "tea"
    assert here("ctrl n") == "coffee"
    assert here("ctrl p", "ctrl p") == "biscuits"
    assert here("meta 2") == "coffee"
    assert here("meta /") == "biscuits"
    assert here("meta 9") == "biscuits"


def test_the_most_urgent_room_comes_first(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.enter_room("biscuits")
    reader.hear_said("one", "two", "three", room="tea")
    reader.hear_said("alice!", room="coffee")

    reader.press("meta a")
    assert reader.room_view.room == "coffee"
    reader.press("meta a")
    assert reader.room_view.room == "tea"
    reader.press("meta a")
    assert reader.room_view.room == "tea"


def test_join_goes_to_a_room_that_one_is_in(reader: Reader) -> None:
    reader.enter_room("coffee")

    assert reader.enter("/join TEA") is None
    assert reader.room_view.room == "tea"


def test_who_leaves_a_room_is_in_the_one_before_or_in_the_lobby(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear(answers.Ok(), reader.enter("/leave"))
    assert reader.room_view.room == "tea"

    reader.hear(answers.Ok(), reader.enter("/leave"))
    assert isinstance(reader.page, LobbyPage)


def test_who_leaves_a_room_after_a_look_at_the_lobby_is_in_another_room(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.press("f2", "f2")
    reader.hear(answers.Ok(), reader.enter("/leave"))

    assert reader.room_view.room == "tea"


def test_a_deleted_room_is_gone_and_says_by_whom(reader: Reader) -> None:
    reader.hear(answers.Deleted(room="tea", by="bob"))

    assert reader.lobby_texts() == ["bob deleted tea."]


def test_what_one_goes_on_typing_when_a_room_ends_is_said_nowhere_else(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear(answers.Deleted(room="coffee", by="bob"))
    assert not isinstance(reader.enter("and then she said"), requests.Say)
    reader.press("esc", "esc")
    assert reader.room_view.room == "tea"
    assert reader.texts == []


def test_of_much_that_is_new_one_is_told_how_to_get_to_the_first(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear_said(*map(str, range(21)))
    reader.press("meta 1")
    assert reader.room_view.status.remark == "21 new, Alt+u goes to the first"
    reader.press("meta 2")
    reader.hear_said("hello", first=22)
    reader.press("meta 1")
    assert reader.room_view.status.remark == ""


def test_what_one_had_begun_to_write_in_a_room_that_ends_can_be_put_into_another_line(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.press("look: ")
    reader.paste("one\ntwo")
    reader.hear(answers.Deleted(room="coffee", by="bob"))
    assert reader.lobby_texts()[-2:] == [
        "bob deleted coffee.",
        "What you had begun to write there is kept: Ctrl+y puts it into a line.",
    ]

    reader.press("esc", "ctrl y")
    assert reader.room_view.input.text == "look: one\ntwo"


def test_what_waited_for_the_server_in_a_room_that_ends_is_told_with_the_reason(reader: Reader) -> None:
    asked = reader.enter("a last word")
    reader.hear(answers.Deleted(room="tea", by="bob"))
    reader.hear(answers.Error(code="no-such-room", message="There is no room called tea."), asked)
    assert reader.lobby_texts()[-1] == "! Not sent: a last word\nThere is no room called tea."


# Reading further up.


def test_older_messages_are_asked_for_once_and_put_before_the_others(reader: Reader) -> None:
    reader.enter_room("coffee", seq=9)
    reader.hear_said("ten", first=10, room="coffee")
    asked = reader.room_page.older()
    assert asked == requests.History(room="coffee", before=10, limit=100)
    assert reader.room_page.older() is None

    reader.hear(answers.Entries(room="coffee", entries=[_entry(8), _entry(9)], more=False), asked)

    assert reader.texts == ["bob: 8", "bob: 9", "bob: ten"]
    assert reader.room_view.complete
    assert reader.room_page.older() is None


def test_a_room_that_is_read_from_its_first_message_has_nothing_older(reader: Reader) -> None:
    reader.hear_said("one")

    assert reader.room_view.complete
    assert reader.room_page.older() is None


def test_a_page_that_failed_can_be_asked_for_again(reader: Reader) -> None:
    reader.enter_room("coffee", seq=9)
    reader.hear_said("ten", first=10, room="coffee")
    asked = reader.room_page.older()
    assert asked is not None
    reader.chat.failed(asked, "That was not done.")

    assert reader.room_page.older() == asked


def test_five_thousand_lines_are_kept_and_the_newest_come_back() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea", seq=9000)
    for seq in range(4000, 9001):
        reader.hear(said(seq, str(seq)))
    assert len(reader.room_view.lines) == 5000
    assert reader.texts[0] == "bob: 4001"

    reader.room_page.conversation.follow(False)
    asked = reader.room_page.older()
    reader.hear(answers.Entries(room="tea", entries=[_entry(seq) for seq in range(3901, 4001)], more=True), asked)
    assert len(reader.room_view.lines) == 5000
    assert (reader.texts[0], reader.texts[-1]) == ("bob: 3901", "bob: 8900")
    assert not reader.room_view.live

    # What comes now is not here, but counted; what is told is kept until the end is back.
    reader.hear(said(9001, "new"))
    reader.hear(answers.Told(from_="bob", to="alice", at=at(9001), text="psst"))
    assert reader.texts[-1] == "bob: 8900"
    assert reader.room_view.arrived == 1

    asked = reader.room_page.newest()
    reader.hear(answers.Entries(room="tea", entries=[_entry(9000), _entry(9001)], more=True), asked)
    assert reader.texts == ["bob: 9000", "bob: 9001", "bob to alice: psst"]
    assert reader.room_view.live


def test_the_end_is_also_reached_page_by_page() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea", seq=6000)
    for seq in range(1001, 6001):
        reader.hear(said(seq, str(seq)))
    asked = reader.room_page.older()
    reader.hear(answers.Entries(room="tea", entries=[_entry(1000)], more=True), asked)
    assert reader.texts[-1] == "bob: 5999"

    asked = reader.room_page.newer()
    assert asked == requests.History(room="tea", after=5999, limit=100)
    # Said after the page was read and before it came: then there is one more page to read.
    reader.hear(said(6001, "6001"))
    reader.hear(answers.Entries(room="tea", entries=[_entry(6000)], more=False), asked)
    assert not reader.room_view.live

    reader.hear(answers.Entries(room="tea", entries=[_entry(6001)], more=False), reader.room_page.newer())
    assert reader.room_view.live
    assert reader.texts[-1] == "bob: 6001"
    assert reader.room_page.newer() is None


# The connection.


def test_what_is_said_while_the_connection_is_lost_waits_in_sight(reader: Reader) -> None:
    reader.chat.linked(Link.LOST, "Connection lost, reconnecting in 3 s")
    reader.enter("one")
    reader.enter("two")

    assert [line.text for line in reader.room_view.pending if isinstance(line, Pending)] == ["one", "two"]
    assert reader.room_view.status.unsent == 2
    assert reader.room_view.status.news == "Connection lost, reconnecting in 3 s"


def test_what_was_missed_is_below_the_line(reader: Reader) -> None:
    reader.hear_said("one")
    reader.chat.linked(Link.LOST, "lost")
    reader.chat.linked(Link.ONLINE)
    reader.hear(entered("tea", seq=2, resumed=True))
    reader.hear_said("two", first=2)

    assert reader.texts == ["bob: one", "bob: two"]
    assert reader.room_view.read_to == 1


def test_a_room_entered_again_by_itself_does_not_take_one_there(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear(entered("tea", seq=0, resumed=True))

    assert reader.room_view.room == "coffee"


def test_another_log_is_read_anew(reader: Reader) -> None:
    reader.hear_said("one", "two")
    reader.hear(entered("tea", seq=1, resumed=False))
    reader.hear_said("first of all")

    assert reader.texts == ["The server has another log of this room now; it is read anew.", "bob: first of all"]


def test_a_hole_that_the_server_can_not_fill_is_shown(reader: Reader) -> None:
    reader.hear_said("one")
    reader.hear(answers.Gap(room="tea", first=2, last=9, kept=False))

    assert isinstance(reader.room_view.lines[-1], Skipped)


def test_who_is_not_let_in_again_knows_why(reader: Reader) -> None:
    reader.chat.shut_out("tea", "There is no room called tea.")
    reader.page = reader.page.change_state()

    assert reader.lobby_texts() == ["! You are not in tea any more: There is no room called tea."]


def test_junk_about_rooms_that_one_is_not_in_is_ignored(reader: Reader) -> None:
    reader.hear(said(1, "hello", room="elsewhere"))
    reader.hear(answers.Joined(room="elsewhere", username="x", members=1))
    reader.hear(answers.Level(room="elsewhere", seq=1, members=1, topic=""))
    reader.hear(answers.Ok())

    assert reader.texts == []


def test_a_time_that_is_none_loses_no_message(reader: Reader) -> None:
    reader.hear(answers.Said(room="tea", seq=1, at="yesterday", from_="bob", text="hello"))
    reader.hear(answers.Said(room="tea", seq=2, at="0001-01-01T00:00:00+14:00", from_="bob", text="again"))

    assert reader.texts == ["bob: hello", "bob: again"]


# Completion.


def test_tab_completes_those_one_addressed_last_then_those_who_spoke_then_the_others(reader: Reader) -> None:
    names = ["alice", "bea", "ben", "bob", "bruno"]
    reader.hear(answers.Members(room="tea", usernames=names, more=False), reader.asked[-1])
    reader.hear_said("hello", speaker="bruno")
    reader.hear(answers.Ok(), reader.enter("/msg bob psst"))

    reader.press("b", "tab")
    assert reader.room_view.input.text == "bob: "
    assert list(reader.room_view.input.hint) == ["bob", "bruno", "bea", "ben"]
    reader.press("tab")
    assert reader.room_view.input.text == "bruno: "
    reader.press("shift tab", "shift tab")
    assert reader.room_view.input.text == "ben: "
    reader.press("x")
    assert reader.room_view.input.text == "ben: x"
    assert reader.room_view.input.hint == ()


def test_tab_completes_commands_and_rooms(reader: Reader) -> None:
    reader.press("/jo", "tab")
    assert reader.room_view.input.text == "/join "
    reader.press("cof", "tab")
    assert reader.room_view.input.text.strip() == "/join coffee"


def test_who_is_addressed_in_a_message_is_completed_first(reader: Reader) -> None:
    reader.hear(answers.Members(room="tea", usernames=["alice", "bea", "bob"], more=False), reader.asked[-1])
    reader.enter("bob: hello")

    reader.press("b", "tab")
    assert reader.room_view.input.text == "bob: "


def _entry(seq: int) -> answers.Entry:
    return answers.Entry(seq=seq, at=at(seq), from_="bob", text=str(seq))


def test_who_is_let_into_a_room_by_its_port_reads_what_was_said_there() -> None:
    reader = Reader()
    reader.come_in()

    asked = reader.hear(entered("tea", seq=3))

    assert asked == [requests.Join(room="tea", backlog=100)]
    reader.hear(entered("tea", seq=3), asked[0])
    reader.hear_said("one", "two", "three")
    assert reader.texts[-1] == "bob: three"


def test_who_wanted_that_room_anyway_does_not_ask_twice() -> None:
    reader = Reader(wanted="Tea")
    reader.come_in()

    assert reader.hear(entered("tea")) == []


def test_who_came_back_for_other_rooms_does_not_stay_in_that_one() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("pond")

    assert reader.hear(entered("tea")) == [requests.Leave(room="tea")]
    assert reader.hear(entered("pond")) == []


def test_who_is_not_let_in_is_told_why() -> None:
    reader = Reader()
    reader.come_in()

    reader.hear(answers.Error(code="room-full", message="tea is full."))

    assert reader.lobby_texts()[-1] == "! tea is full."
