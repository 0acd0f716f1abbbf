"""Moments in rooms for which commands wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.tools.order import when_all
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import NotAMember
from chatroom.core.visit.later import Later, when

PATIENCE = 10.0
"""Seconds for which an answer waits, at most, that is to come after all that was caused before."""


def in_turn(rooms: Iterable[Transcript]) -> Later[None]:
    """Wait until all messages taken before in each of *rooms*, or talks, are stored or refused."""
    return when(partial(when_all, [room.in_turn for room in rooms]))


def still_in(reader: Reader) -> Reader:
    """Return *reader* after a wait.

    :raises chatroom.core.values.errors.NotAMember: if the room was deleted meanwhile, or its user put out.
    """
    if not reader.is_in:
        raise NotAMember(reader.room.name)
    return reader


async def shown(readers: Sequence[Reader]) -> None:
    """Wait until all messages taken until now have been shown to *readers*, who are all one user."""
    await in_turn([reader.room for reader in readers])
    while behind := _behind(readers):
        await when(behind.when_level)


async def shown_in_time(readers: Sequence[Reader], wheel: TimerWheel) -> None:
    """Wait for that likewise, but no longer than :data:`PATIENCE`, and until all else that happened there is shown."""
    until = wheel.seconds() + PATIENCE
    await in_turn([reader.room for reader in readers])
    while (behind := _behind(readers)) and (left := until - wheel.seconds()) > 0:
        await when(partial(_level_or_late, behind, wheel, left))
    for reader in readers:
        reader.room.audience.flush()


def _behind(readers: Sequence[Reader]) -> Reader | None:
    """Return one of *readers* who has not been shown all messages."""
    for reader in readers:
        reader.room.audience.flush_messages()
    return next((reader for reader in readers if reader.is_behind), None)


def _level_or_late(reader: Reader, wheel: TimerWheel, seconds: float, action: Callable[[], None]) -> None:
    """Call *action* when *reader* is level, or in so many *seconds*: once."""
    waiting = [action]

    def reached() -> None:
        while waiting:
            deadline.cancel()
            waiting.pop()()

    deadline = wheel.call_later(seconds, reached)
    reader.when_level(reached)
