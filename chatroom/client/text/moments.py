"""Moments as people write them: a day, a time of day, yesterday."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)

_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""Years of which every day is one in any time zone."""

EXAMPLES = "2026-11-20, yesterday, monday or 14:30"


class BadMoment(Exception):
    """Text that is no moment; it says how one is written."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} is no day and no time; write it like {EXAMPLES}")


def moment(text: str, now: datetime) -> datetime:
    """Return when *text* is, on the clock on the wall: of a day its beginning, of a time alone the last one.

    :raises BadMoment: if it is none.
    """
    first, _, last = text.strip().lower().replace("t", " " if _DAY.match(text.strip()) else "t", 1).partition(" ")
    here = now.replace(tzinfo=None)
    try:
        if not last and (at := _time(first)):
            when = datetime.combine(here.date(), at)
            return when if when <= here else when - timedelta(days=1)
        day, at = _day(first, here.date()), _time(last) if last else time()
    except ValueError:
        raise BadMoment(text) from None
    if day is None or at is None:
        raise BadMoment(text)
    return datetime.combine(day, at)


def _day(text: str, today: date) -> date | None:
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    if text in _DAYS:
        # The last one that is over, or today's own name a week ago.
        return today - timedelta(days=(today.weekday() - _DAYS.index(text) - 1) % 7 + 1)
    if written := _DAY.fullmatch(text):
        day = date(*map(int, written.groups()))
        return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
    return None


def _time(text: str) -> time | None:
    written = _TIME.fullmatch(text)
    return time(int(written[1]), int(written[2])) if written else None
