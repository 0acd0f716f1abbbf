"""The judge: what in a history breaks a promise, by rules that know nothing of sockets and processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.judging.history import Asked, History, Log, Note, OfConnection, Received, Went
from tests.judging.messages import (
    Messages,
    judge_acknowledged,
    judge_deleted,
    judge_log,
    judge_meanings,
    judge_order,
    judge_reply_first,
)
from tests.judging.names import judge_holders, judge_rests
from tests.judging.order import judge_one_order
from tests.judging.stays import judge_complete, judge_counts, judge_replay, judge_seats
from tests.judging.views import Views, Violation, described

BEFORE = 8
"""Notes of each connection that are shown before one that tells of a violation."""


def judge(history: History, logs: Iterable[Log], *, losses: bool = False) -> list[Violation]:
    """Return what is wrong in *history*, where *logs* are what is left in the end of all rooms, closed ones too.

    Where there are *losses*, for a standby was promoted that was behind, names, seats and rooms may have been lost; but
    within an epoch no number means two things, and nothing is missing or there twice, until the epoch is void.
    """
    views = Views(history)
    return [*views.violations, *_judge(views, {log.epoch: log for log in logs}, losses=losses)]


def _judge(views: Views, logs: dict[str, Log], *, losses: bool) -> Iterator[Violation]:
    said = Messages(views)
    for log in logs.values():
        yield from judge_log(log, said)
        if log.epoch in views.void:
            yield Violation(f"the log of {log.room} has not begun a new epoch, though something of it was lost", ())
    yield from judge_meanings(views, logs)
    yield from judge_acknowledged(said, logs)
    yield from judge_order(said)
    yield from judge_reply_first(said)
    for stay in views.stays():
        yield from judge_replay(stay, logs)
        yield from judge_counts(stay, views.ending(stay.connection))
    yield from judge_complete(views, said)
    if losses:
        return
    yield from judge_deleted(views, logs)
    yield from judge_seats(views)
    yield from judge_one_order(views)
    yield from judge_holders(views)
    yield from judge_rests(views)


def excerpt(history: History, violation: Violation) -> list[str]:
    """Return the part of *history* that matters for *violation*: what its connections did just before, and it."""
    chosen: set[int] = set()
    for place in violation.places:
        note = history[place]
        chosen.add(place)
        if isinstance(note, OfConnection):
            own = (
                index
                for index in range(place - 1, -1, -1)
                if isinstance(other := history[index], OfConnection) and other.connection == note.connection
            )
            chosen.update(index for index, _ in zip(own, range(BEFORE), strict=False))
    return [f"{'*' if place in violation.places else ' '} {line(history[place])}" for place in sorted(chosen)]


def line(note: Note) -> str:
    """Return *note* in few words; what was asked has an arrow to the right."""
    when = f"{note.at:.4f} life {note.life}"
    match note:
        case Asked():
            return f"{when}, connection {note.connection} > {described(note.frame)}"
        case Received():
            return f"{when}, connection {note.connection} < {described(note.frame)}"
        case Went():
            return f"{when}, connection {note.connection} {note.how}"
        case OfConnection():
            return f"{when}, connection {note.connection} came"
        case _:
            return f"{when} {type(note).__name__.lower()}"
