"""Typing: what the functions of readline do to a text of graphemes."""

from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.compose.editor import Editor
from chatroom.core.values import texts
from chatroom.core.values.errors import ChatError

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
FLAG = "\U0001f1e9\U0001f1ea"
E_ACUTE = "e\u0301"
GRAPHEMES = [FAMILY, THUMB, FLAG, E_ACUTE, "\u0915\u094d\u0937\u093f", "\u1112\u1161\u11ab", "\u2764\ufe0f"]

MOVEMENTS = "backward_char forward_char backward_word forward_word beginning_of_line end_of_line".split()
DELETIONS = "backward_delete_char delete_char".split()
KILLS = "backward_kill_word unix_word_rubout kill_word unix_line_discard kill_line".split()
LINES = "previous_line next_line".split()
FUNCTIONS = [*MOVEMENTS, *LINES, *DELETIONS, *KILLS, "yank", "transpose_chars", "undo", "redo"]

# Not st.text(), which would forget how likely each character is.
anything = st.lists(
    st.characters() | st.sampled_from(["a", "b_1", " ", "-", "\n", "\r", "\t", "\u0301", "\u200d", FLAG[0], *GRAPHEMES])
).map("".join)
functions = st.sampled_from(FUNCTIONS)


def editor(shown: str) -> Editor:
    """Return an editor of what is *shown*, with the cursor at the bar."""
    before, after = shown.split("|")
    return Editor(before + after, len(before))


def shown(editor: Editor) -> str:
    return f"{editor.text[: editor.cursor]}|{editor.text[editor.cursor :]}"


def after(shown_before: str, *called: str) -> str:
    edited = editor(shown_before)
    for name in called:
        getattr(edited, name)()
    return shown(edited)


@pytest.mark.parametrize(
    ("before", "function", "expected"),
    [
        ("ab|c", "backward_char", "a|bc"),
        ("|abc", "backward_char", "|abc"),
        ("ab|c", "forward_char", "abc|"),
        ("abc|", "forward_char", "abc|"),
        ("one, two!|", "backward_word", "one, |two!"),
        ("one, tw|o", "backward_word", "one, |two"),
        ("one |two", "backward_word", "|one two"),
        ("|, one", "backward_word", "|, one"),
        ("|, snake_case2-b", "forward_word", ", snake_case2|-b"),
        ("o|ne two", "forward_word", "one| two"),
        ("one|!", "forward_word", "one!|"),
        ("z\u00fcrich|", "backward_word", "|z\u00fcrich"),
        (f"cafe\u0301 {THUMB}|", "backward_word", f"|cafe\u0301 {THUMB}"),
        ("one| two", "beginning_of_line", "|one two"),
        ("one| two", "end_of_line", "one two|"),
        ("one\ntw|o\nthree", "beginning_of_line", "one\n|two\nthree"),
        ("one\ntw|o\nthree", "end_of_line", "one\ntwo|\nthree"),
        ("one\ntw|o", "previous_line", "on|e\ntwo"),
        ("o\ntw|o", "previous_line", "o|\ntwo"),
        ("one|", "previous_line", "one|"),
        ("\n|", "previous_line", "|\n"),
        (f"{FLAG}{FLAG}x\nab|c", "previous_line", f"{FLAG}{FLAG}|x\nabc"),
        ("on|e\ntwo\nx", "next_line", "one\ntw|o\nx"),
        ("one\ntwo|\nx", "next_line", "one\ntwo\nx|"),
        ("o|\n", "next_line", "o\n|"),
        ("one|", "next_line", "one|"),
        ("ab|c", "backward_delete_char", "a|c"),
        ("|abc", "backward_delete_char", "|abc"),
        ("a\n|b", "backward_delete_char", "a|b"),
        ("ab|c", "delete_char", "ab|"),
        ("abc|", "delete_char", "abc|"),
        ("one two-three|", "backward_kill_word", "one two-|"),
        ("one two-three |", "unix_word_rubout", "one |"),
        ("one two-th|ree", "unix_word_rubout", "one |ree"),
        ("one| two-three", "kill_word", "one|-three"),
        ("one t|wo", "unix_line_discard", "|wo"),
        ("one\nt|wo", "unix_line_discard", "one\n|wo"),
        ("one\n|two", "unix_line_discard", "one|two"),
        ("|one", "unix_line_discard", "|one"),
        ("o|ne\ntwo", "kill_line", "o|\ntwo"),
        ("one|\ntwo", "kill_line", "one|two"),
        ("one|", "kill_line", "one|"),
        ("a|bc", "transpose_chars", "ba|c"),
        ("abc|", "transpose_chars", "acb|"),
        ("|abc", "transpose_chars", "|abc"),
        ("a|", "transpose_chars", "a|"),
        ("ab|\nc", "transpose_chars", "ba|\nc"),
        ("a\n|b", "transpose_chars", "a\n|b"),
        (f"{FLAG}|{THUMB}", "transpose_chars", f"{THUMB}{FLAG}|"),
    ],
)
def test_each_function_does_what_that_of_readline_does(before: str, function: str, expected: str) -> None:
    assert after(before, function) == expected


@pytest.mark.parametrize("grapheme", GRAPHEMES)
def test_a_grapheme_is_one_step_and_goes_as_a_whole(grapheme: str) -> None:
    assert after(f"a{grapheme}|b", "backward_char") == f"a|{grapheme}b"
    assert after(f"a|{grapheme}b", "forward_char") == f"a{grapheme}|b"
    assert after(f"a{grapheme}|b", "backward_delete_char") == "a|b"
    assert after(f"a|{grapheme}b", "delete_char") == "a|b"


def test_flags_side_by_side_go_one_at_a_time() -> None:
    assert after(f"{FLAG * 3}|", "backward_delete_char") == f"{FLAG * 2}|"
    assert after(f"{FLAG * 3}|", "backward_char", "backward_char") == f"{FLAG}|{FLAG * 2}"


def test_what_is_typed_stands_before_the_cursor() -> None:
    edited = editor("he|o")
    edited.insert("ll")
    assert shown(edited) == "hell|o"


def test_an_accent_joins_the_letter_before_it() -> None:
    edited = editor("cafe|s")
    edited.insert("\u0301")
    assert shown(edited) == "cafe\u0301|s"


def test_the_cursor_is_never_inside_of_what_joins_around_it() -> None:
    assert after(f"{FLAG[0]}x|{FLAG[1]}", "backward_delete_char") == f"{FLAG}|"
    edited = editor(f"|{FLAG[1]}")
    edited.insert(FLAG[0])
    assert shown(edited) == f"{FLAG}|"
    assert shown(Editor(f"a{E_ACUTE}b", 2)) == f"a{E_ACUTE}|b"


def test_what_no_message_may_hold_is_not_typed() -> None:
    edited = Editor()
    edited.insert("a\x1b[31m\x00\x7f\x9b\u2028\u202e\ud800b\ufffd")
    assert edited.text == "a[31mb\ufffd"


def test_a_tab_becomes_a_space_and_every_end_of_line_a_line_feed() -> None:
    edited = Editor()
    edited.insert("a\tb\r\nc\rd\ne")
    assert edited.text == "a b\nc\nd\ne"


def test_taking_the_text_leaves_nothing() -> None:
    edited = editor("hel|lo")
    assert edited.take() == "hello"
    assert shown(edited) == "|"


def test_a_text_that_replaces_another_has_the_cursor_at_its_end_or_where_one_says() -> None:
    edited = editor("draft|")
    edited.replace("recalled")
    assert shown(edited) == "recalled|"
    edited.replace("recalled", 2)
    assert shown(edited) == "re|called"


def test_what_was_killed_last_can_be_put_in_again() -> None:
    assert after("one two|", "unix_word_rubout", "beginning_of_line", "yank") == "two|one "
    assert after("one|", "unix_line_discard", "yank", "yank") == "oneone|"


def test_what_is_killed_without_a_break_is_put_in_together() -> None:
    assert after("one two three|", "unix_word_rubout", "unix_word_rubout", "yank") == "one two three|"
    assert after("|one two three", "kill_word", "kill_word", "end_of_line", "yank") == " threeone two|"
    assert after("one| two", "backward_kill_word", "kill_line", "yank") == "one two|"


def test_after_anything_else_a_kill_begins_anew() -> None:
    assert after("one two|", "unix_word_rubout", "backward_char", "kill_line", "yank") == "one |"
    assert after("one two|x", "unix_word_rubout", "delete_char", "unix_word_rubout", "yank") == "one |"


def test_killing_nothing_forgets_nothing() -> None:
    assert after("one|", "unix_line_discard", "kill_line", "yank") == "one|"
    assert after("one|", "unix_line_discard", "beginning_of_line", "kill_line", "yank") == "one|"


def test_what_was_killed_outlives_the_text() -> None:
    edited = editor("one|")
    edited.unix_line_discard()
    edited.take()
    edited.yank()
    assert shown(edited) == "one|"


def on_boundaries(edited: Editor) -> bool:
    return edited.cursor in {0, *(found.end() for found in regex.finditer(r"\X", edited.text))}


@given(anything, st.lists(functions | st.tuples(anything)))
def test_the_text_stays_valid_and_the_cursor_between_graphemes(text: str, done: list[str | tuple[str]]) -> None:
    edited = Editor(text)
    for what in done:
        if isinstance(what, str):
            getattr(edited, what)()
        else:
            edited.insert(*what)
        assert on_boundaries(edited)
    try:
        said = texts.message(edited.text)
    except ChatError:
        said = ""
    assert edited.text == said


@given(anything, st.integers(0, 20))
def test_a_cursor_may_be_asked_for_anywhere(text: str, cursor: int) -> None:
    edited = Editor(text, cursor)
    assert on_boundaries(edited)
    assert edited.text.replace("\n", "") == Editor(text).text.replace("\n", "")


@given(anything, st.lists(functions, max_size=5), st.sampled_from([*MOVEMENTS, *LINES]))
def test_moving_changes_no_text(text: str, done: list[str], movement: str) -> None:
    edited = Editor(text)
    for function in done:
        getattr(edited, function)()
    before = edited.text
    getattr(edited, movement)()
    assert edited.text == before


class Model:
    """An editor of letters, spaces and full stops in one line, in the most obvious way."""

    def __init__(self) -> None:
        self.before = self.after = ""

    def insert(self, text: str) -> None:
        self.before += text

    def backward_char(self) -> None:
        self.before, self.after = self.before[:-1], self.before[-1:] + self.after

    def forward_char(self) -> None:
        self.before, self.after = self.before + self.after[:1], self.after[1:]

    def backward_word(self) -> None:
        while self.before and not self.before[-1].isalnum():
            self.backward_char()
        while self.before and self.before[-1].isalnum():
            self.backward_char()

    def forward_word(self) -> None:
        while self.after and not self.after[0].isalnum():
            self.forward_char()
        while self.after and self.after[0].isalnum():
            self.forward_char()

    def beginning_of_line(self) -> None:
        self.before, self.after = "", self.before + self.after

    def end_of_line(self) -> None:
        self.before, self.after = self.before + self.after, ""

    def backward_delete_char(self) -> None:
        self.before = self.before[:-1]

    def delete_char(self) -> None:
        self.after = self.after[1:]

    def backward_kill_word(self) -> None:
        after = self.after
        self.backward_word()
        self.after = after

    def kill_word(self) -> None:
        before = self.before
        self.forward_word()
        self.before = before

    def unix_word_rubout(self) -> None:
        self.before = regex.sub(r"[^ ]* *$", "", self.before, count=1)

    def unix_line_discard(self) -> None:
        self.before = ""

    def kill_line(self) -> None:
        self.after = ""

    def transpose_chars(self) -> None:
        if len(self.before) > 1 and not self.after:
            self.backward_char()
        if self.before:
            self.before, self.after = self.before[:-1] + self.after[:1] + self.before[-1], self.after[1:]


@given(
    st.lists(
        st.sampled_from([f for f in FUNCTIONS if f not in ("yank", "undo", "redo", *LINES)])
        | st.tuples(st.text("ab .", max_size=8))
    )
)
def test_in_plain_letters_it_agrees_with_the_obvious_model(done: list[str | tuple[str]]) -> None:
    edited, model = Editor(), Model()
    for what in done:
        for each in (edited, model):
            if isinstance(what, str):
                getattr(each, what)()
            else:
                each.insert(*what)
        assert shown(edited) == f"{model.before}|{model.after}"


@pytest.mark.parametrize("unit", ["a", "\u0301", FLAG, FAMILY, "\n", "a "])
def test_the_longest_texts_are_edited_at_once(unit: str) -> None:
    edited = Editor(unit * (4000 // len(unit.encode())))
    began = time.process_time()
    for function in FUNCTIONS:
        getattr(edited, function)()
    assert time.process_time() - began < 1
