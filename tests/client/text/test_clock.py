"""The forms in which the time of day is written."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.clock import MAX_COLUMNS, USUAL, BadForm, clock
from chatroom.wire.text.writing import columns

DAY = datetime(2026, 11, 20)  # noqa: DTZ001  # what is shown is in local time


def at(hour: int, minute: int = 5, second: int = 9) -> datetime:
    return DAY.replace(hour=hour, minute=minute, second=second)


@pytest.mark.parametrize(
    ("form", "morning", "evening", "wide"),
    [
        ("%H:%M", "09:05", "21:05", 5),
        ("%H:%M:%S", "09:05:09", "21:05:09", 8),
        ("%-H.%M", "9.05", "21.05", 5),
        ("%I:%M %p", "09:05 AM", "09:05 PM", 8),
        ("%-I:%M%p", "9:05AM", "9:05PM", 7),
        ("%I:%M:%S %p", "09:05:09 AM", "09:05:09 PM", 11),
        ("%-H時%M分", "9時05分", "21時05分", 8),
        ("[%H%%]", "[09%]", "[21%]", 5),
    ],
)
def test_a_form_has_parts_of_the_time_and_anything_between(form: str, morning: str, evening: str, wide: int) -> None:
    ours = clock(form)
    assert (ours.written(at(9)), ours.written(at(21)), ours.columns) == (morning, evening, wide)


@pytest.mark.parametrize(
    ("hour", "written"), [(0, "12 AM"), (1, "1 AM"), (11, "11 AM"), (12, "12 PM"), (13, "1 PM"), (23, "11 PM")]
)
def test_of_two_times_twelve_hours_the_first_is_the_twelfth(hour: int, written: str) -> None:
    assert clock("%-I %p").written(at(hour)) == written


def test_the_usual_one_is_what_its_form_says() -> None:
    assert clock(USUAL.form) == USUAL


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ("%H:%Q", "there is no %Q; a time is written by %H, %-H, %I, %-I, %M, %S, %p, %%"),
        ("%-M", "there is no %-M; "),
        ("%H:%", "there is no %; "),
        ("%-", "there is no %-; "),
        ("%d.%m. %H", "there is no %d; "),
        ("%H\t%M", "there is a character in it that can't be seen"),
        ("%H\u202e%M", "there is a character in it that can't be seen"),
        ("", '"" tells no time; write it like %H:%M'),
        ("HH:MM", '"HH:MM" tells no time; '),
        ("%p %%H", '"%p %%H" tells no time; '),
        ("%H:%M:%S o'clock", "a time takes at most 11 columns, and this one 16"),
        ("%-H時%M分%S秒", "a time takes at most 11 columns, and this one 12"),
    ],
)
def test_what_is_no_form_says_why(form: str, reason: str) -> None:
    with pytest.raises(BadForm) as error:
        clock(form)
    assert str(error.value).startswith(reason)


@given(
    st.lists(st.sampled_from(("%H", "%-H", "%I", "%-I", "%M", "%S", "%p", "%%", ":", " ", "時", "x")), max_size=6),
    st.times(),
)
def test_no_time_is_wider_than_it_says(parts: list[str], moment: time) -> None:
    try:
        ours = clock("".join(parts))
    except BadForm:
        return
    assert 0 < columns(ours.written(datetime.combine(DAY, moment))) <= ours.columns <= MAX_COLUMNS
