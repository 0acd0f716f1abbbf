"""Capabilities, and the changes of modes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.values.rights import Tuning
from chatroom.wire.irc import caps
from chatroom.wire.irc.changes import ModeChange, of_tuning, written

WORDS = st.lists(st.sampled_from([*caps.BITS]), unique=True)


@given(WORDS)
def test_what_is_asked_for_is_had_and_can_be_given_back(words: list[str]) -> None:
    bits = caps.asked_for(words, 0)
    assert bits is not None
    assert {*words} <= {*caps.names(bits)}
    assert caps.asked_for([f"-{word}" for word in words], bits) == 0


@given(WORDS, st.sampled_from(["sts", "", "-", "--batch", "BATCH", "batch=1"]), st.integers(0, 30))
def test_nothing_is_changed_if_a_word_is_not_known(words: list[str], wrong: str, place: int) -> None:
    assert caps.asked_for([*words[:place], wrong, *words[place:]], 0) is None


def test_each_name_has_a_bit_of_its_own() -> None:
    assert len({*caps.BITS.values()}) == len(caps.BITS)


def test_what_changes_what_is_written_to_rooms_is_within_the_mask() -> None:
    of_rooms = {
        "server-time",
        "message-tags",
        "account-tag",
        "batch",
        "draft/multiline",
        "extended-join",
        "away-notify",
    }
    of_rooms |= {"account-notify", "setname", "chghost", "invite-notify", "draft/message-redaction"}
    assert {*caps.names(caps.IN_ROOMS)} == of_rooms


def test_values_are_shown_to_who_knows_of_them() -> None:
    assert "sasl" in caps.listed(301)
    assert "sasl=PLAIN,EXTERNAL" in caps.listed(302)
    assert [word.partition("=")[0] for word in caps.listed(302)] == caps.listed(0)


@given(st.lists(st.text("ab", min_size=1, max_size=30)), st.integers(30, 90))
def test_words_are_put_into_lines_that_fit(words: list[str], room: int) -> None:
    lines = list(caps.in_lines(words, room))
    assert " ".join(lines).split() == words
    assert all(len(line) <= room for line in lines)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ([ModeChange(True, "m")], "+m"),
        ([ModeChange(True, "m"), ModeChange(True, "t"), ModeChange(False, "s")], "+mt-s"),
        ([ModeChange(False, "i"), ModeChange(True, "o", "bob")], "-i+o bob"),
        ([ModeChange(True, "o", "bob"), ModeChange(True, "v", "carol")], "+ov bob carol"),
        ([ModeChange(True, "k", "key"), ModeChange(False, "l"), ModeChange(True, "m")], "+k-l+m key"),
    ],
)
def test_changes_are_written_with_as_few_signs_as_can_be(changes: list[ModeChange], line: str) -> None:
    assert written(changes) == line


@pytest.mark.parametrize(
    ("tuning", "line"),
    [
        (Tuning(private=True), "+is"),
        (Tuning(private=False, hidden=True), "-i+s"),
        (Tuning(invite_only=True, locked=False), "+i-m"),
        (Tuning(topic_locked=True, keyed=True), "+tk *"),
        (Tuning(keyed=False), "-k *"),
        (Tuning(capacity=5), "+l 5"),
        (Tuning(capacity=0), "-l"),
        (Tuning(capacity=100), "-l"),
    ],
)
def test_what_was_set_is_written_as_modes(tuning: Tuning, line: str) -> None:
    assert written(of_tuning(tuning, 100, "")) == line


@pytest.mark.parametrize(("key", "shown"), [("white", "white"), (":white", "*"), ("", "*")])
def test_a_key_is_written_as_it_is_if_it_can_be_a_word(key: str, shown: str) -> None:
    assert written(of_tuning(Tuning(keyed=True), 0, key)) == f"+k {shown}"


def test_what_irc_has_no_mode_for_is_none() -> None:
    assert not of_tuning(Tuning(slow=5, guests=False), 0, "")
