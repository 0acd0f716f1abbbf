"""Writing in a room: several lines, pastes, and what was sent before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.pieces import MAX_PIECES, pieces
from chatroom.client.views.lines import Pending
from chatroom.client.views.view import Pasted
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, rooms


def line(reader: Reader) -> str:
    """Return the line that is typed, with a bar where the cursor is."""
    typed = reader.room_view.input
    return f"{typed.text[: typed.cursor]}|{typed.text[typed.cursor :]}"


def say(text: str, cid: str = "1", room: str = "tea") -> requests.Say:
    return requests.Say(room=room, text=text, cid=cid)


# The keys of readline.


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["ctrl a"], "|one two-three"),
        (["home"], "|one two-three"),
        (["ctrl a", "ctrl e"], "one two-three|"),
        (["ctrl b"], "one two-thre|e"),
        (["left"], "one two-thre|e"),
        (["ctrl a", "ctrl f"], "o|ne two-three"),
        (["ctrl a", "right"], "o|ne two-three"),
        (["meta b"], "one two-|three"),
        (["ctrl left"], "one two-|three"),
        (["ctrl a", "meta f"], "one| two-three"),
        (["ctrl a", "ctrl right"], "one| two-three"),
        (["ctrl w"], "one |"),
        (["meta backspace"], "one two-|"),
        (["ctrl a", "meta d"], "| two-three"),
        (["ctrl u"], "|"),
        (["meta b", "ctrl k"], "one two-|"),
        (["ctrl w", "ctrl a", "ctrl y"], "two-three|one "),
        (["ctrl t"], "one two-three|"),
        (["home", "right", "ctrl t"], "no|e two-three"),
        (["ctrl d"], "one two-three|"),
        (["ctrl a", "ctrl d"], "|ne two-three"),
        (["ctrl h"], "one two-thre|"),
        (["ctrl w", "ctrl _"], "one two-three|"),
        (["ctrl w", "ctrl _", "meta _"], "one |"),
    ],
)
def test_the_keys_of_readline_do_what_they_do_there(reader: Reader, keys: list[str], expected: str) -> None:
    reader.press("one two-three", *keys)
    assert line(reader) == expected


def test_what_was_cut_in_one_room_can_be_put_into_another(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.press("in the wrong room", "ctrl w", "ctrl w", "meta 1", "ctrl y")
    assert line(reader) == "wrong room|"
    reader.press("ctrl w", "meta 2", "ctrl w", "meta 1", "ctrl y")
    assert line(reader) == "wrong the |"


# Several lines.


@pytest.mark.parametrize("key", ["meta enter", "ctrl j", "shift enter", "ctrl enter"])
def test_a_message_of_several_lines_is_sent_by_enter(reader: Reader, key: str) -> None:
    assert reader.press("one", key, "two") is None
    assert line(reader) == "one\ntwo|"
    assert reader.press("enter") == say("one\ntwo")


def test_the_arrows_go_from_line_to_line_before_they_go_to_what_was_sent(reader: Reader) -> None:
    reader.enter("sent")
    reader.press("one", "ctrl j", "two", "up")
    assert line(reader) == "one|\ntwo"
    reader.press("down")
    assert line(reader) == "one\ntwo|"
    reader.press("up", "up")
    assert line(reader) == "sent|"
    reader.press("down")
    assert line(reader) == "one\ntwo|"
    reader.press("down")
    assert line(reader) == "one\ntwo|"


def test_the_keys_for_a_line_stay_in_theirs(reader: Reader) -> None:
    reader.press("one", "ctrl j", "two", "ctrl j", "three", "up", "ctrl a", "x", "ctrl e", "y")
    assert line(reader) == "one\nxtwoy|\nthree"


# Taking back.


def test_a_line_that_was_dropped_can_be_had_again(reader: Reader) -> None:
    reader.press("a draft", "esc", "ctrl _")
    assert line(reader) == "a draft|"


def test_a_line_taken_from_the_history_gives_the_draft_back(reader: Reader) -> None:
    reader.enter("sent")
    reader.press("a draft", "up", "ctrl _")
    assert line(reader) == "a draft|"


def test_a_completion_is_taken_back_at_once_however_often_one_pressed_tab(reader: Reader) -> None:
    reader.press("/l", "tab", "tab", "ctrl _")
    assert line(reader) == "/l|"


# Pasting.


def test_one_line_goes_where_the_cursor_is_and_its_end_sends_nothing(reader: Reader) -> None:
    reader.press("ac", "left")
    reader.paste("b\n")
    assert line(reader) == "ab|c"
    assert reader.room_view.pasted is None
    assert reader.asked[-1] == requests.Who(room="tea")


def test_several_lines_wait_and_what_is_typed_stays(reader: Reader) -> None:
    reader.press("look: ")
    reader.paste("one\ttab\r\ntwo\n\n")

    assert reader.room_view.pasted == Pasted(["one tab", "two"], len("look: one tab\ntwo"), 4000)
    assert line(reader) == "look: |"
    assert not any(isinstance(asked, requests.Say) for asked in reader.asked)


@pytest.mark.parametrize("key", ["enter", "ctrl y"])
def test_they_are_sent_as_one_message_with_what_is_typed_around_them(reader: Reader, key: str) -> None:
    reader.press("look: ")
    reader.paste("one\ntwo\n")

    assert reader.press(key) == say("look: one\ntwo")
    assert reader.room_view.pasted is None
    assert line(reader) == "|"
    reader.press("up")
    assert line(reader) == "look: one\ntwo|"


def test_they_are_put_into_the_line_to_be_edited(reader: Reader) -> None:
    reader.press("look: , see", *["left"] * 5)
    reader.paste("one\ntwo\n")

    assert reader.press("ctrl e") is None
    assert reader.room_view.pasted is None
    assert line(reader) == "look: one\ntwo, see|"


def test_whoever_types_on_edits(reader: Reader) -> None:
    reader.paste("one\ntwo\n")
    reader.press("three")
    assert line(reader) == "one\ntwothree|"
    assert reader.press("enter") == say("one\ntwothree")


def test_another_paste_comes_behind_the_first(reader: Reader) -> None:
    reader.paste("one\ntwo\n")
    reader.paste("three\nfour\n")
    assert line(reader) == "one\ntwo|"
    assert reader.press("enter") == say("one\ntwothree\nfour")


@pytest.mark.parametrize("key", ["esc", "ctrl c", "ctrl g"])
def test_they_are_dropped_and_can_be_put_back(reader: Reader, key: str) -> None:
    reader.press("draft")
    reader.paste("one\ntwo\n")

    assert reader.press(key) is None
    assert reader.room_view.pasted is None
    assert line(reader) == "draft|"
    reader.press("ctrl y")
    assert line(reader) == "draftone\ntwo|"


def test_what_is_pasted_is_no_command(reader: Reader) -> None:
    reader.paste("/quit\n/quit")
    assert reader.press("enter") == say("/quit\n/quit")


def test_behind_a_command_it_is_its_text(reader: Reader) -> None:
    reader.press("/msg bob ")
    reader.paste("one\ntwo")
    assert reader.press("enter") == requests.Tell(to="bob", text="one\ntwo", cid="1")


def test_too_much_for_a_message_is_sent_in_pieces_or_edited(reader: Reader) -> None:
    reader.press("abc")
    reader.paste("é" * 1999)
    assert reader.room_view.pasted is None
    reader.press("ctrl _")
    reader.paste("é" * 1999 + "\n\n\n")
    reader.press("ctrl u")
    reader.paste("é\n" * 1500)
    pasted = reader.room_view.pasted
    assert pasted is not None
    assert (len(pasted.lines), pasted.size, pasted.most, pasted.pieces) == (1500, 4499, 4000, 4)

    reader.press("ctrl e")
    assert len(reader.room_view.input.text) == 2999


def test_the_pieces_are_sent_in_order_with_what_is_typed_around_them(reader: Reader) -> None:
    before = len(reader.asked)
    reader.press("look: , see", *["left"] * 5)
    reader.paste("\n".join(f"/line {number}" for number in range(1000)))
    reader.press("enter")

    sent = reader.asked[before:]
    texts = [asked.text for asked in sent if isinstance(asked, requests.Say)]
    assert [text.count("\n") + 1 for text in texts] == [400, 400, 200]
    assert (texts[0][:13], texts[2][-14:]) == ("look: /line 0", "/line 999, see")
    assert "\n".join(texts) == "look: " + "\n".join(f"/line {number}" for number in range(1000)) + ", see"
    assert line(reader) == "|"
    assert [pending.text for pending in reader.room_view.pending if isinstance(pending, Pending)] == texts
    reader.press("up")
    assert reader.room_view.input.text == f"/{texts[2]}"


def test_a_command_is_not_sent_in_pieces(reader: Reader) -> None:
    reader.press("/msg bob ")
    reader.paste("x\n" * 500)
    pasted = reader.room_view.pasted
    assert pasted is not None
    assert pasted.pieces == 0
    assert reader.press("enter") is None
    assert reader.room_view.pasted == pasted
    reader.press("esc", "esc", "//msg bob ")
    reader.paste("x\n" * 500)
    assert reader.press("enter") == say("/msg bob " + "\n".join("x" * 400))


def test_a_whole_file_is_not_sent_at_all(reader: Reader) -> None:
    reader.paste("x" * 4000 * (MAX_PIECES + 1))
    pasted = reader.room_view.pasted
    assert pasted is not None
    assert pasted.pieces == 0
    assert reader.press("enter") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo", ["one\ntwo"]),
        ("\n".join("x" * 401), ["\n".join("x" * 400), "x"]),
        ("a" * 3000 + "\n" + "b" * 999 + "\n" + "c", ["a" * 3000 + "\n" + "b" * 999, "c"]),
        ("a" * 3000 + "\n" + "b" * 1000, ["a" * 3000, "b" * 1000]),
        ("a" * 4001, ["a" * 4000, "a"]),
        ("a" * 3990 + " " + "b" * 20, ["a" * 3990 + " ", "b" * 20]),
        ("é" * 2001, ["é" * 2000, "é"]),
        # What stands in one cell stays together.
        ("x" * 3998 + "e\u0301" * 2, ["x" * 3998, "e\u0301" * 2]),
        ("one" + "\n" * 900 + "two", ["one", "two"]),
        (" \n" * 900, []),
    ],
)
def test_pieces_end_where_lines_do_if_they_can(text: str, expected: list[str]) -> None:
    assert list(pieces(text)) == expected


@given(st.text(st.sampled_from("ab é\u0301\n茶🍵"), max_size=200).map(lambda text: text * 60))
def test_no_piece_is_too_much_and_nothing_is_lost(text: str) -> None:
    found = pieces(text)
    assert all(len(piece.encode()) <= 4000 and piece.count("\n") < 400 for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_one_line_that_is_too_long_waits_too(reader: Reader) -> None:
    reader.paste("x" * 4001)
    assert reader.room_view.pasted == Pasted(["x" * 4001], 4001, 4000, 2)
    reader.press("esc")
    assert line(reader) == "|"


def test_it_waits_in_the_room_into_which_it_was_pasted(reader: Reader) -> None:
    reader.paste("one\ntwo\n")
    reader.enter_room("coffee")
    assert reader.room_view.pasted is None
    reader.press("hello")
    assert reader.press("enter") == say("hello", room="coffee")

    reader.press("meta 1")
    assert reader.room_view.pasted is not None
    assert reader.press("enter") == say("one\ntwo", cid="2")


def test_empty_lines_are_nothing(reader: Reader) -> None:
    reader.paste("\n\n")
    assert reader.room_view.pasted is None
    assert line(reader) == "|"


def test_where_there_is_one_line_the_first_is_taken() -> None:
    reader = Reader()
    reader.paste("\nalice\nbob\n")
    assert reader.username_view.input.text == "alice"
    reader.come_in()
    reader.paste("tea\ncoffee\n")
    assert reader.lobby_view.input.text == "tea"


# What was sent before.


def test_the_lines_of_all_rooms_can_be_gone_through(reader: Reader) -> None:
    reader.enter("for tea")
    reader.enter_room("coffee")
    reader.enter("for coffee")
    reader.press("draft", "ctrl up", "ctrl up")
    assert line(reader) == "for tea|"
    reader.press("ctrl down", "ctrl down")
    assert line(reader) == "draft|"


@pytest.fixture
def talker(reader: Reader) -> Reader:
    """Somebody who has said a few things."""
    for said in ("hello bob", "Tea?", "hello carol", "bye"):
        reader.enter(said)
    return reader


def prompt(reader: Reader) -> tuple[str, str]:
    return reader.room_view.input.prompt, line(reader)


def test_a_line_is_searched_while_one_types(talker: Reader) -> None:
    talker.press("draft", "ctrl r")
    assert prompt(talker) == ("(search) ", "draft|")
    talker.press("h")
    assert prompt(talker) == ("(search: h) ", "|hello carol")
    talker.press("b")
    assert prompt(talker) == ("(no match: hb) ", "|hello carol")
    talker.press("backspace", "e")
    assert prompt(talker) == ("(search: he) ", "|hello carol")
    talker.press("ctrl r")
    assert prompt(talker) == ("(search: he) ", "|hello bob")
    talker.press("up")
    assert prompt(talker) == ("(no match: he) ", "|hello bob")
    talker.press("down")
    assert prompt(talker) == ("(search: he) ", "|hello carol")


def test_more_words_go_on_from_the_line_that_was_found_and_fewer_begin_anew(talker: Reader) -> None:
    talker.press("ctrl r", "h", "ctrl r", "e")
    assert prompt(talker) == ("(search: he) ", "|hello bob")
    talker.press("backspace")
    assert prompt(talker) == ("(search: h) ", "|hello carol")
    talker.press("backspace")
    assert prompt(talker) == ("(search) ", "|")


def test_upper_and_lower_case_are_the_same_to_it(talker: Reader) -> None:
    talker.press("ctrl r", "tea")
    assert prompt(talker) == ("(search: tea) ", "|Tea?")


def test_enter_takes_what_was_found_and_sends_nothing(talker: Reader) -> None:
    asked = list(talker.asked)
    talker.press("draft", "ctrl r", "bob", "enter")
    assert prompt(talker) == ("> ", "hello bob|")
    assert talker.asked == asked
    talker.press("ctrl _")
    assert line(talker) == "draft|"


@pytest.mark.parametrize("key", ["esc", "ctrl g", "ctrl c"])
def test_one_may_give_up(talker: Reader, key: str) -> None:
    talker.press("draft", "left", "ctrl r", "bob", key)
    assert prompt(talker) == ("> ", "draf|t")


def test_any_other_key_of_the_line_takes_it_and_does_what_it_does(talker: Reader) -> None:
    talker.press("ctrl r", "bob", "ctrl a", "x")
    assert line(talker) == "x|hello bob"


def test_an_empty_search_goes_through_all_lines_once(talker: Reader) -> None:
    talker.enter("hello bob")
    talker.press("ctrl r")
    found = []
    for _ in range(5):
        talker.press("ctrl r")
        found.append(line(talker))
    assert found == ["|hello bob", "|bye", "|hello carol", "|Tea?", "|Tea?"]


def test_a_search_stays_in_its_room(talker: Reader) -> None:
    talker.press("ctrl r", "bob")
    talker.enter_room("coffee")
    assert prompt(talker) == ("> ", "|")
    talker.press("meta 1")
    assert prompt(talker) == ("(search: bob) ", "hello |bob")


def test_what_is_found_in_another_room_is_found_too(talker: Reader) -> None:
    talker.enter_room("coffee")
    talker.press("ctrl r", "bye", "enter")
    assert line(talker) == "bye|"


def test_a_paste_is_what_is_searched(talker: Reader) -> None:
    talker.press("ctrl r")
    talker.paste("carol\n")
    assert prompt(talker) == ("(search: carol) ", "hello |carol")


# What commands want.


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/topic ", "/topic Tea and biscuits |"),
        ("/topic te", "/topic Tea and biscuits |"),
        ("/nick ", "/nick alice |"),
        ("/leave ", "/leave tea |"),
        ("/part t", "/part tea |"),
        ("/j ", "/j biscuits |"),
        ("/join ", "/join biscuits |"),
        ("/join te", "/join tea |"),
        ("/delete ", "/delete |"),
        ("/who ", "/who tea |"),
        ("/help to", "/help topic |"),
        ("/help moder", "/help moderating |"),
        ("/rooms co", "/rooms coffee |"),
        ("/lobby ", "/lobby |"),
        ("/quit ", "/quit |"),
    ],
)
def test_tab_offers_what_the_command_is_about(reader: Reader, typed: str, expected: str) -> None:
    reader.press(typed, "tab")
    assert line(reader) == expected


def test_rooms_of_ones_own_are_those_to_delete(reader: Reader) -> None:
    reader.enter_room("cake", request=requests.Create(room="cake", topic=""))
    reader.press("meta 1", "/delete ", "tab")
    assert line(reader) == "/delete cake |"


def test_the_rooms_to_enter_come_before_those_one_is_in(reader: Reader) -> None:
    reader.press("/join ", "tab")
    assert list(reader.room_view.input.hint) == ["biscuits", "coffee", "tea"]
    reader.press("shift tab")
    assert line(reader) == "/join tea |"


def test_the_lobby_knows_the_same_words() -> None:
    reader = Reader()
    reader.come_in()
    reader.press("/nick ", "tab")
    assert reader.lobby_view.input.text == "/nick alice "


# The rooms.


def test_the_rooms_are_listed_with_what_is_new_in_them(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear_said("one", "alice!")
    reader.enter("/rooms")

    assert reader.told[-1].split("\n") == [
        "1 tea · 1 person · 2 new @ · Tea and biscuits",
        "2 coffee · 1 person · you are here",
        "biscuits · 3 people · about biscuits",
    ]


def test_the_rooms_can_be_those_with_a_part_in_their_name(reader: Reader) -> None:
    reader.enter("/rooms cof")
    reader.enter("/rooms nothing")
    assert reader.told == ["coffee · 3 people · about coffee", "No room has nothing in its name."]


def test_a_room_that_one_has_just_opened_is_listed_before_the_server_lists_it(reader: Reader) -> None:
    reader.enter_room("cake", request=requests.Create(room="cake", topic=""))
    reader.enter("/rooms CA")
    assert reader.told == ["2 cake · 1 person · you are here"]


def test_of_many_rooms_the_first_are_listed(reader: Reader) -> None:
    names = [f"room{number:03}" for number in range(60)]
    reader.hear(answers.Rooms(rooms=rooms(*names), more=False), requests.List(watch=True))
    reader.enter("/rooms")
    lines = reader.told[-1].split("\n")
    assert len(lines) == 52
    assert lines[-1] == "and 10 more: /lobby shows them all"
