"""Taking back: step by step to where one began, and forward again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.compose.editor import Editor
from chatroom.client.compose.undo import Undo
from tests.client.compose.test_editor import FUNCTIONS, anything, editor, on_boundaries, shown


def typed(edited: Editor, keys: str) -> Editor:
    """Type *keys* one by one."""
    for key in keys:
        edited.insert(key)
    return edited


def taken_back(edited: Editor) -> list[str]:
    """Return what comes, one after the other, when everything is taken back."""
    states = [shown(edited)]
    while True:
        edited.undo()
        if shown(edited) == states[-1]:
            return states
        states.append(shown(edited))


def test_what_is_typed_goes_word_by_word() -> None:
    assert taken_back(typed(Editor(), "one two  three")) == ["one two  three|", "one two  |", "one |", "|"]


def test_what_is_rubbed_out_in_one_go_comes_back_in_one() -> None:
    edited = typed(Editor(), "one")
    for _ in range(3):
        edited.backward_delete_char()
    assert taken_back(edited) == ["|", "one|", "|"]


def test_typing_elsewhere_is_another_step() -> None:
    edited = typed(Editor(), "ab")
    edited.backward_char()
    typed(edited, "c")
    assert taken_back(edited) == ["ac|b", "a|b", "|"]


def test_each_kill_yank_and_paste_is_a_step() -> None:
    edited = editor("one two|")
    edited.unix_word_rubout()
    edited.unix_word_rubout()
    edited.yank()
    edited.yank()
    edited.insert("pasted\ntext")
    assert taken_back(edited) == [
        "one twoone twopasted\ntext|",
        "one twoone two|",
        "one two|",
        "|",
        "one |",
        "one two|",
    ]


def test_replacements_that_are_one_step_go_together() -> None:
    edited = typed(Editor(), "al")
    edited.replace("alan: ", step="complete")
    edited.replace("albert: ", step="complete")
    assert taken_back(edited) == ["albert: |", "al|", "|"]


def test_what_was_taken_back_is_done_again_until_something_else_is() -> None:
    edited = typed(Editor(), "one two")
    edited.undo()
    edited.undo()
    edited.redo()
    assert shown(edited) == "one |"
    edited.redo()
    edited.redo()
    assert shown(edited) == "one two|"
    edited.undo()
    typed(edited, "x")
    edited.redo()
    assert shown(edited) == "one x|"


def test_from_a_line_that_was_sent_no_way_leads_back() -> None:
    edited = typed(Editor(), "sent")
    edited.take()
    edited.undo()
    assert shown(edited) == "|"


def test_what_is_kept_for_it_is_bounded() -> None:
    undo = Undo()
    for number in range(1000):
        undo.changed((str(number), 0), "")
    kept = []
    while (state := undo.back(("end", 0))) != ("end", 0):
        kept.append(state[0])
    assert kept == [str(number) for number in range(999, 799, -1)]

    for number in range(10):
        undo.changed((str(number) * 100_000, 0), "")
    assert undo.back(("", 0))[0][0] == "9"
    assert undo.back(("", 0))[0][0] == "8"
    assert undo.back(("", 0)) == ("", 0)


steps = st.lists(st.sampled_from(FUNCTIONS) | st.tuples(anything), max_size=30)


@given(anything, steps)
def test_whatever_was_done_undo_leads_back_and_redo_forward(text: str, done: list[str | tuple[str]]) -> None:
    edited = Editor(text)
    begun = edited.text
    for what in done:
        if isinstance(what, str):
            getattr(edited, what)()
        else:
            edited.insert(*what)
    ended = edited.text
    for _ in range(len(done)):
        edited.redo()
        assert on_boundaries(edited)
    last = edited.text
    for _ in range(2 * len(done)):
        edited.undo()
        assert on_boundaries(edited)
    assert edited.text == begun
    for _ in range(2 * len(done)):
        edited.redo()
        assert on_boundaries(edited)
    assert edited.text == last
    assert ended == last or "undo" in done
