"""Moments and queries, as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.moments import BadMoment, moment
from chatroom.client.text.query import Query, parse

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-20", "2026-11-20 00:00"),
        ("2026-1-2", "2026-01-02 00:00"),
        ("2026-11-19 14:30", "2026-11-19 14:30"),
        ("2026-11-19T14:30", "2026-11-19 14:30"),
        ("today", "2026-11-20 00:00"),
        ("Yesterday", "2026-11-19 00:00"),
        ("yesterday 9:05", "2026-11-19 09:05"),
        ("11:59", "2026-11-20 11:59"),
        ("12:00", "2026-11-20 12:00"),
        ("14:30", "2026-11-19 14:30"),
        ("thursday", "2026-11-19 00:00"),
        ("friday", "2026-11-13 00:00"),
        ("saturday", "2026-11-14 00:00"),
        ("tuesday 8:00", "2026-11-17 08:00"),
    ],
)
def test_a_day_is_its_beginning_and_a_time_the_last_one(text: str, when: str) -> None:
    assert f"{moment(text, FRIDAY):%Y-%m-%d %H:%M}" == when


@pytest.mark.parametrize(
    "text", ["", "tea", "2026", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", "25:00", "12:60", "today tea"]
)
def test_what_is_none_says_how_one_is_written(text: str) -> None:
    with pytest.raises(BadMoment, match="write it like 2026-11-20, yesterday, monday or 14:30"):
        moment(text, FRIDAY)


@given(st.text())
def test_any_other_text_is_none_and_no_failure(text: str) -> None:
    with suppress(BadMoment):
        moment(text, FRIDAY)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("kettle  on", Query("kettle on")),
        ("from:bob kettle", Query("kettle", "bob")),
        ("From:@bob", Query("", "bob")),
        ("since:2026-11-19 tea", Query("tea", since=datetime(2026, 11, 19))),  # noqa: DTZ001
        ("after:yesterday tea", Query("tea", since=datetime(2026, 11, 19))),  # noqa: DTZ001
        ("tea before:11:30", Query("tea", until=datetime(2026, 11, 20, 11, 30))),  # noqa: DTZ001
        ('"from:bob here" tea', Query('"from:bob here" tea')),
        ("say:from:bob from: x", Query("say:from:bob from: x")),
    ],
)
def test_a_query_has_words_and_who_said_them_when(text: str, query: Query) -> None:
    assert parse(text, FRIDAY) == query


def test_a_day_that_is_none_is_told() -> None:
    with pytest.raises(BadMoment, match="soon is no day"):
        parse("tea before:soon", FRIDAY)
