"""The screen of a room: talk, who is there, what is new, what waits, and completion."""

from __future__ import annotations

import re

import pytest

from chatroom.client.reducer import failing, leaving
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.views.lines import MessageLine, Pending, Skipped, Traffic
from chatroom.client.views.view import Connectivity, ListView
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, at, entered, said

# Talking.


def test_a_room_in_which_nothing_was_said_says_what_it_is_until_something_is(reader: Reader) -> None:
    told = ("Tea and biscuits", "bob created it.", "Say something; F1 helps.")
    assert tuple(reader.room_view.introduction) == told
    reader.enter("hello")
    assert not reader.room_view.introduction
    reader.hear_said("hello", speaker="alice")
    assert not reader.room_view.introduction


def come_in_late(*, ignored: bool, count: int) -> Reader:
    """Enter a room of which so many messages of bob's are kept, the last one with the number 90."""
    reader = Reader()
    reader.come_in()
    if ignored:
        reader.chat.preferences.ignore("bob")
    reader.enter("tea")
    reader.hear(entered(seq=90), requests.Join(room="tea"))
    reader.hear_said(*["hello"] * count, first=91 - count)
    assert not reader.room_view.complete
    reader.hear(answers.Level(room="tea", seq=90, members=1, topic=""))
    return reader


def test_where_all_that_is_loaded_is_hidden_it_is_known_that_it_is_there() -> None:
    view = come_in_late(ignored=True, count=3).room_view
    assert (view.lines, view.all_hidden, view.complete) == ([], True, False)
    assert not come_in_late(ignored=False, count=3).room_view.all_hidden


def test_a_room_of_which_nothing_is_kept_begins_where_one_comes_in() -> None:
    view = come_in_late(ignored=False, count=0).room_view
    assert (view.lines, view.all_hidden, view.complete) == ([], False, True)


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


def test_who_sends_too_much_is_told_so_and_not_for_what_the_client_asks_by_itself(reader: Reader) -> None:
    reader.hear(answers.Slowed(rate=5))
    assert reader.texts == []
    reader.enter("hello")
    reader.hear(answers.Slowed(rate=5))
    assert reader.texts == ["Slower, please: the server takes what you sent one after the other. Nothing is lost."]


def test_what_came_from_the_log_before_it_is_acknowledged_waits_no_longer(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.hear_said("hello", speaker="alice")
    reader.hear(answers.Ok(room="tea", seq=1, at=at(1), cid="1"), asked)

    assert reader.room_view.pending == []


def test_of_other_rooms_it_is_seen_that_something_is_begun_there(reader: Reader) -> None:
    reader.press("a draft")
    assert not any(tab.begun for tab in reader.room_view.tabs)
    reader.enter_room("coffee")
    assert [tab.begun for tab in reader.room_view.tabs] == [True, False]


def test_what_the_server_does_not_take_is_shown_with_the_reason(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.hear(answers.Error(code="storage-failed", message="It can't be stored.", cid="1"), asked)

    assert reader.room_view.pending == []
    assert reader.texts == ["! Not sent: hello\nIt can't be stored."]


@pytest.mark.parametrize("line", ["/me waves", "//me is how it is written"])
def test_it_is_in_the_line_again_unless_that_is_used(reader: Reader, line: str) -> None:
    error = answers.Error(code="slow-mode", message="Try again in 7 s.", cid="1", retry_after=7)
    reader.hear(error, reader.enter(line))
    reader.screen = reader.screen.change_state()
    assert reader.room_view.input.text == line
    asked = reader.enter(line)
    reader.press("another")
    reader.hear(error, asked)
    reader.screen = reader.screen.change_state()
    assert reader.room_view.input.text == "another"


def test_what_can_not_be_said_stays_in_the_line(reader: Reader) -> None:
    assert reader.enter("x" * 4001) is None

    assert reader.room_view.input.text == "x" * 4001
    assert reader.told[0].startswith("! ")


def test_an_empty_line_says_nothing(reader: Reader) -> None:
    assert reader.enter("   ") is None
    assert reader.texts == []


def test_ctrl_c_drops_the_line_and_on_an_empty_one_says_how_to_leave(reader: Reader) -> None:
    reader.press("a draft", "ctrl c")
    assert (reader.room_view.input.text, reader.told) == ("", [])

    reader.press("ctrl c")
    assert reader.told == ["Write /quit to leave."]


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
        ("/msg bob how are you", requests.Tell(to="bob", text="how are you", cid="1")),
        ("/nick alicia", requests.Rename(username="alicia")),
        ("/topic Tea only", requests.Topic(room="tea", topic="Tea only")),
        ("/away out to lunch", requests.Profile(away="out to lunch")),
        ("/away", requests.Profile(away="away")),
        ("/back", requests.Profile(away="")),
        ("/whois bob", requests.WhoIs(username="bob")),
        ("/who", requests.Who(room="tea")),
        ("/who coffee", requests.Who(room="coffee")),
        ("/quit", requests.Quit()),
    ],
)
def test_a_command_asks_the_server(reader: Reader, line: str, request_: requests.AnyRequest) -> None:
    assert reader.enter(line) == request_


def test_an_unknown_command_is_named_and_stays_in_the_line(reader: Reader) -> None:
    assert reader.enter("/dance now") is None

    assert "/dance" in reader.told[0]
    assert reader.room_view.input.text == "/dance now"


def test_help_lists_every_command(reader: Reader) -> None:
    reader.enter("/help")

    assert isinstance(reader.screen, HelpScreen)
    shown = [name for _, lines in reader.screen.view().groups for name, _ in lines]
    for command in (
        "/join room [key]",
        "/me text",
        "/msg user [text]",
        "/nick name",
        "/topic [text]",
        "/who [room]",
        "/quit [text]",
    ):
        assert command in shown


@pytest.mark.parametrize(("about", "listed"), [("moderating", "/kick user [why]"), ("Accounts", "/devices")])
def test_help_lists_the_commands_about_something_alone(reader: Reader, about: str, listed: str) -> None:
    reader.enter(f"/help {about}")

    assert isinstance(reader.screen, HelpScreen)
    ((title, lines),) = reader.screen.view().groups
    assert title == about.capitalize()
    assert listed in [name for name, _ in lines]
    assert "/join room" not in [name for name, _ in lines]


def test_help_explains_one_command(reader: Reader) -> None:
    reader.enter("/help query")

    assert reader.told == ["/query user [text]: go to the page of a talk, and say something there (also /talk)"]


def test_the_topic_is_shown_and_set(reader: Reader) -> None:
    reader.enter("/topic")
    assert reader.told == ["The topic of tea: Tea and biscuits"]

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


def test_the_last_word_of_who_goes_is_told(reader: Reader) -> None:
    reader.hear(answers.Joined(room="tea", username="bob", members=2))
    reader.hear(said(1, "hello"))
    reader.hear(answers.Left(room="tea", username="bob", members=1, reason="quit", note="see you"))

    assert reader.texts[-1] == "bob left (see you)."


def test_one_goes_with_a_last_word(reader: Reader) -> None:
    assert reader.enter("/leave see you all") == requests.Leave(room="tea", note="see you all")
    assert reader.enter("/leave Tea see you") == requests.Leave(room="tea", note="see you")
    assert reader.enter("/leave coffee") == requests.Leave(room="coffee")
    assert reader.enter("/quit to bed") == requests.Quit(note="to bed")


def test_who_is_away_is_told_to_who_asks_or_tells_them_something(reader: Reader) -> None:
    asked = reader.enter("/who")
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False, away={"bob": "lunch"}), asked)
    assert reader.told == ["In tea: alice, bob (away: lunch)"]
    asked = reader.enter("/msg bob are you there?")
    reader.hear(answers.Ok(away="lunch"), asked)
    assert "bob is away (lunch)." in reader.told


def test_one_s_own_absence_is_confirmed(reader: Reader) -> None:
    reader.hear(answers.Ok(), reader.enter("/away lunch"))
    assert reader.told == ["You are away (lunch); /back ends it."]
    reader.hear(answers.Ok(), reader.enter("/back"))
    assert reader.told[-1] == "You are back."


def test_who_somebody_is_is_told_in_a_line(reader: Reader) -> None:
    bob = answers.Person(
        username="bob",
        host="abc.irc",
        realname="Bob",
        account="bob",
        away="lunch",
        bot=True,
        operator=True,
        held=True,
        since="2026-11-20T12:00:00.000Z",
        rooms=[answers.PersonsRoom(room="tea"), answers.PersonsRoom(room="den", role="owner")],
    )
    reader.hear(answers.People(people=[bob], more=False), reader.enter("/whois bob"))
    [line] = reader.told
    assert re.fullmatch(
        r"bob \(Bob\): registered as bob; an operator; a bot; connection lost; here since 2026-11-2\d \d\d:\d\d;"
        r" in tea, den\. Away: lunch\.",
        line,
    )


def test_what_others_say_of_themselves_and_who_comes_and_goes_is_not_shown(reader: Reader) -> None:
    for event in (
        answers.Profile(room="tea", username="bob", away="lunch"),
        answers.Profile(username="alice", away="lunch"),
        answers.Online(usernames=["bob"]),
        answers.Offline(usernames=["bob"]),
    ):
        assert reader.hear(event) == []
    assert reader.texts == reader.told == []


def test_who_came_and_went_again_leaves_no_line(reader: Reader) -> None:
    reader.hear(answers.Joined(room="tea", username="carol", members=2))
    reader.hear(answers.Left(room="tea", username="carol", members=1, reason="lost"))

    assert reader.texts == []


def test_what_is_said_ends_the_folding(reader: Reader) -> None:
    reader.hear(answers.Joined(room="tea", username="carol", members=2))
    reader.hear_said("hello")
    reader.hear(answers.Joined(room="tea", username="dave", members=3))

    assert [type(line) for line in reader.room_view.lines] == [Traffic, MessageLine, Traffic]


def test_a_new_name_is_taken_up(reader: Reader) -> None:
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), reader.asked[-1])
    reader.hear(answers.Renamed(room="tea", from_="alice", to="alicia"))

    assert reader.room_view.members == ("alicia", "bob")
    assert reader.room_view.status.username == "alicia"


def test_who_is_written_out_when_one_asks(reader: Reader) -> None:
    asked = reader.enter("/who")
    reader.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), asked)

    assert reader.told == ["In tea: alice, bob"]


# What is new.


def test_a_mention_is_known_in_any_case(reader: Reader) -> None:
    reader.hear_said("hello", "Alice: tea?", "malice")

    assert [line.mention for line in reader.room_view.lines if isinstance(line, MessageLine)] == [False, True, False]


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
    reader.room_screen.conversation.reading.follow(False)
    reader.hear_said("two", "three", first=2)
    assert reader.room_view.arrived == 2

    reader.room_screen.conversation.reading.follow(True)
    assert reader.room_view.arrived == 0


# The connection.


def test_what_is_said_while_the_connection_is_lost_waits_in_sight(reader: Reader) -> None:
    reader.chat.connection_changed(Connectivity.LOST, "Connection lost, reconnecting in 3 s")
    reader.enter("one")
    reader.enter("two")

    assert [line.text for line in reader.room_view.pending if isinstance(line, Pending)] == ["one", "two"]
    assert reader.room_view.status.unsent == 2
    assert reader.room_view.status.news == "Connection lost, reconnecting in 3 s"


def test_what_was_missed_is_below_the_line(reader: Reader) -> None:
    reader.hear_said("one")
    reader.chat.connection_changed(Connectivity.LOST, "lost")
    reader.chat.connection_changed(Connectivity.ONLINE)
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
    leaving.shut_out(reader.chat, "tea", "There is no room called tea.")
    reader.screen = reader.screen.change_state()

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


def test_a_room_that_is_not_there_is_offered_to_be_opened(reader: Reader) -> None:
    refused = answers.Error(code="no-such-room", message="There is no room called cake.", room="cake")
    reader.hear(refused, reader.enter("/join cake"))
    assert reader.told[-1] == "! There is no room called cake. /create cake opens it."
    full = answers.Error(code="room-full", message="cake is full.", room="cake")
    reader.hear(full, reader.enter("/join cake"))
    assert reader.told[-1] == "! cake is full."


def test_a_private_message_that_was_lost_comes_back_into_the_line(reader: Reader) -> None:
    asked = reader.enter("/msg bob it is late")
    assert asked is not None
    failing.failed(reader.chat, asked, "That was not done: the connection broke.")
    reader.screen = reader.screen.change_state()
    assert reader.room_view.input.text == "/msg bob it is late"


def test_a_private_message_that_comes_back_is_not_put_before_a_paste(reader: Reader) -> None:
    asked = reader.enter("/msg bob it is late")
    assert asked is not None
    reader.paste("one\ntwo")
    reader.hear(answers.Error(code="no-such-user", message="Nobody called bob is here."), asked)
    assert reader.room_view.input.text == ""
    assert reader.press("enter") == requests.Say(room="tea", text="one\ntwo", cid="2")


# Who is who.


def test_people_have_their_hues_in_the_room_in_lists_and_in_the_lobby() -> None:
    reader = Reader(hues={"Bob": 2})
    reader.come_in()
    assert reader.lobby_view.hues == {"bob": 2}
    reader.enter_room("tea")
    reader.hear_said("the kettle is on", speaker="bob")
    reader.hear_said("thanks", first=2, speaker="carol")
    hues = reader.room_view.hues
    assert hues["bob"] == 2
    assert hues["carol"] != 2
    for key in ("f3", "f4", "ctrl s"):
        reader.press(key)
        view = reader.screen.view()
        assert isinstance(view, ListView)
        assert view.hues == {"tea": hues}
