"""Runs: what somebody says within five minutes, under their name once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chatroom.client.views.lines import Line, Message, Pending

_LENGTH = timedelta(minutes=5)

_FAR = 50
"""Lines that are looked back through for where somebody began to speak."""


def goes_on(line_at: Callable[[int], Line | None], index: int, parted: Callable[[int], bool]) -> bool:
    """Say whether the line *index* goes on with a run; one that is *parted* from the one above it begins another."""
    line = line_at(index)
    if not index or not isinstance(line, Message | Pending) or not _is_said_on(line_at(index - 1), line):
        return False
    if isinstance(line, Pending):
        # It has no time yet; when it is said, that will be soon.
        return True
    if parted(index):
        return False
    times = [line.at]
    for number in range(index - 1, max(index - _FAR, 0) - 1, -1):
        before = line_at(number)
        assert isinstance(before, Message), "only what is said goes on with what is said"
        times.append(before.at)
        if not _is_said_on(line_at(number - 1) if number else None, before) or parted(number):
            return _is_within(times)
    # Who speaks on and on has the clock for it, so that no line depends on all before it.
    return _five_minutes(times[0]) == _five_minutes(times[1])


def _is_said_on(before: Line | None, line: Message | Pending) -> bool:
    """Say whether *line* and the one *before* it are words of one person, and no actions."""
    if not isinstance(before, Message | Pending) or before.action or line.action:
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
