"""What is pasted comes as one text, so that no line of it is sent by itself."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.mouse import Click, Wheel
from chatroom.client.drawing.paste import Paste, Pastes


def test_what_is_typed_comes_as_it_is() -> None:
    assert Pastes().feed(["a", "enter", "ctrl c"]) == ["a", "enter", "ctrl c"]


def test_what_is_pasted_comes_in_one_piece() -> None:
    keys = ["a", "begin paste", "b", "enter", "c", "tab", "end paste", "enter"]
    assert Pastes().feed(keys) == ["a", Paste("b\nc\t"), "enter"]


def test_a_line_that_ends_with_two_characters_ends_once() -> None:
    assert Pastes().feed(["begin paste", "a", "enter", "ctrl j", "b", "ctrl j", "ctrl j", "end paste"]) == [
        Paste("a\nb\n\n")
    ]


def test_what_is_no_text_is_left_out_of_it() -> None:
    assert Pastes().feed(["begin paste", "esc", "a", "ctrl x", "<255>", "meta b", "up", "end paste"]) == [Paste("a")]


def test_what_the_mouse_did_comes_in_its_turn() -> None:
    keys: list[str | tuple[str, int, int, int]]
    keys = ["a", ("mouse press", 1, 3, 5), ("mouse release", 0, 3, 5), "b", ("mouse press", 4, 0, 0)]
    assert Pastes().feed(keys) == ["a", Click(3, 5), "b", Wheel(up=True)]


def test_in_the_middle_of_a_paste_the_mouse_does_nothing() -> None:
    assert Pastes().feed(["begin paste", "a", ("mouse press", 1, 3, 5), "end paste"]) == [Paste("a")]


def test_a_new_size_in_the_middle_is_told_at_once() -> None:
    pastes = Pastes()
    assert pastes.feed(["begin paste", "a", "window resize"]) == ["window resize"]
    assert pastes.feed(["end paste"]) == [Paste("a")]


def test_the_focus_may_go_in_the_middle() -> None:
    pastes = Pastes()
    assert pastes.feed(["begin paste", "a", "focus out", "focus in"]) == ["focus out", "focus in"]
    assert pastes.feed(["b", "end paste"]) == [Paste("ab")]


def test_of_very_much_the_beginning_is_taken() -> None:
    pastes = Pastes()
    whole = ["begin paste", *"x" * 100_000, "end paste"]
    assert pastes.feed(whole) == [Paste("x" * 100_000)]
    assert pastes.feed(["begin paste", *"x" * 300_000, "enter"]) == []
    assert pastes.feed(["end paste", "a"]) == [Paste("x" * 100_000, whole=False), "a"]


def test_what_is_pasted_without_end_takes_no_more_memory() -> None:
    pastes = Pastes()
    tracemalloc.start()
    try:
        pastes.feed(["begin paste"])
        pastes.feed("x" * 500_000)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_an_end_without_a_beginning_is_nothing() -> None:
    assert Pastes().feed(["end paste", "a"]) == ["a"]


def test_if_the_end_is_lost_one_key_brings_the_keyboard_back() -> None:
    assert Pastes().feed(["begin paste", "a", "ctrl c", "b"]) == [Paste("a"), "b"]


def pieces(mark: str, cut: int) -> list[list[str]]:
    """Return the keys as which urwid takes *mark* if it comes in two pieces."""
    first, rest = mark[:cut], mark[cut:]
    return [["esc"] if cut == 1 else [f"meta {first[1]}", *first[2:]], [*rest]]


@pytest.mark.parametrize("cut", range(1, 6))
def test_an_end_in_two_pieces_is_one(cut: int) -> None:
    first, rest = pieces("\x1b[201~", cut)
    pastes = Pastes()
    assert pastes.feed(["begin paste", "a", "enter", *first]) == []
    assert pastes.feed([*rest, "b"]) == [Paste("a\n"), "b"]
    assert pastes.feed(["c"]) == ["c"]


@pytest.mark.parametrize("cut", range(1, 6))
def test_after_a_beginning_in_two_pieces_no_line_is_entered(cut: int) -> None:
    first, rest = pieces("\x1b[200~", cut)
    pastes = Pastes()
    assert pastes.feed(first) == first
    assert pastes.feed([*rest, "a", "enter", "b"]) == []
    assert pastes.feed(["end paste", "c"]) == [Paste("a\nb"), "c"]


def test_what_only_begins_like_a_mark_is_typed() -> None:
    keys = ["esc", "[", "2", "0", "a", "meta [", "2", "enter", "[", "2", "0", "0", "~"]
    assert Pastes().feed(keys) == keys
    assert Pastes().feed(["begin paste", "esc", *"[20x1~", "end paste"]) == [Paste("[20x1~")]


def test_a_second_one_does_not_drop_the_first() -> None:
    keys = ["begin paste", "a", "begin paste", "b", "end paste", "c"]
    assert Pastes().feed(keys) == [Paste("a"), Paste("b"), "c"]


def test_one_that_is_given_up_is_there_and_what_comes_late_enters_no_line() -> None:
    pastes = Pastes()
    assert pastes.give_up() == []
    pastes.feed(["begin paste", "a", "enter"])
    assert pastes.begun
    assert pastes.give_up() == [Paste("a\n")]
    assert not pastes.begun
    assert pastes.feed(["x"]) == ["x"]
    assert pastes.feed(["up", "up"]) == ["up", "up"]
    assert pastes.feed(["b", "enter", "c", "end paste"]) == [Paste("b\nc")]
    assert pastes.feed(["d", "enter"]) == ["d", "enter"]


@given(st.lists(st.sampled_from(["a", "b", " ", "tab", "enter", "begin paste", "end paste"])), st.data())
def test_it_does_not_matter_in_how_many_bursts_it_comes(keys: list[str], data: st.DataObject) -> None:
    at_once, bit_by_bit = Pastes(), Pastes()
    cut = data.draw(st.integers(0, len(keys)))
    assert bit_by_bit.feed(keys[:cut]) + bit_by_bit.feed(keys[cut:]) == at_once.feed(keys)
