"""Runs: what somebody says within five minutes, under their name once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chatroom.client.views.lines import Line, MessageLine, Pending

_LENGTH = timedelta(minutes=5)

_FAR = 25
"""Lines that are looked back through for where somebody began to speak."""


def goes_on(line_at: Callable[[int], Line | None], index: int, read_to: int | None) -> bool:
    """Say whether the line *index* goes on with a run; another day begins another one, and so does what is new."""
    line = line_at(index)
    if not index or not isinstance(line, MessageLine | Pending) or not _is_said_on(line_at(index - 1), line):
        return False
    if isinstance(line, Pending):
        # It has no time yet; when it is said, that will be soon.
        return True
    times: list[datetime] = []
    for number in range(index, max(index - _FAR, 0), -1):
        before = line_at(number - 1)
        times.append(line.at)
        if not isinstance(before, MessageLine) or not _is_said_on(before, line) or _parts(before, line, read_to):
            return _is_within(times)
        line = before
    if index <= _FAR:
        return _is_within([*times, line.at])
    # Who speaks on and on has the clock for it, so that no line depends on all before it.
    return _five_minutes(times[0]) == _five_minutes(times[1])


def _parts(before: MessageLine, line: MessageLine, read_to: int | None) -> bool:
    """Say whether there is something between two lines of one person: a day, or where what is new begins."""
    if before.at.date() != line.at.date():
        return True
    return read_to is not None and not line.own and before.seq <= read_to < line.seq


def _is_said_on(before: Line | None, line: MessageLine | Pending) -> bool:
    """Say whether *line* and the one *before* it are words of one person, and *line* answers nobody.

    An action or a notice stands alone.
    """
    if not isinstance(before, MessageLine | Pending) or before.action or line.action or line.re is not None:
        return False
    if any(isinstance(each, MessageLine) and each.notice for each in (before, line)):
        return False
    return before.speaker == line.speaker


def _is_within(times: list[datetime]) -> bool:
    """Say whether the first of *times*, the newest, is in a run that one of the others has begun."""
    begun, within = times[-1], False
    for at in reversed(times[:-1]):
        within = timedelta(0) <= at - begun <= _LENGTH
        if not within:
            begun = at
    return within


def _five_minutes(at: datetime) -> tuple[int, int]:
    return at.hour, at.minute // 5
