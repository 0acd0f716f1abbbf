"""The rule of one order: all who were level saw the same joins, leaves, renames and topics between two messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from tests.judging.history import Frame, key
from tests.judging.views import Stay, Told, Views, Violation, described

UNNUMBERED = {"joined", "left", "renamed", "topic-changed"}


class Piece(NamedTuple):
    """What *stay* was told between two messages.

    It is all since the first of them, or up to the second, only where the stay was level there as well.
    """

    stay: Stay
    from_start: bool
    to_end: bool
    place: int
    events: tuple[Frame, ...]


def judge_one_order(views: Views) -> Iterator[Violation]:
    """Say which two stays were told of what is no message in different orders."""
    together: dict[tuple[int, int, str, int], list[Piece]] = defaultdict(list)
    for stay in views.stays():
        where = stay.connection
        for seq, piece in pieces(stay):
            # What has no number does not outlast the server that told it.
            together[where.node, where.life, stay.epoch, seq].append(piece)
    for (*_, seq), told in together.items():
        for one, other in combinations(told, 2):
            first, second = seen_by_both(one, other)
            if not agree(one, first, other, second):
                yield Violation(
                    f"after {seq}, {one.stay} was told {listed(first)}, and {other.stay} {listed(second)}",
                    (one.place, other.place),
                )


def pieces(stay: Stay) -> Iterator[tuple[int, Piece]]:
    """Yield what *stay* was told while it surely was level, with the number of the message before."""
    for run in runs(stay):
        sure = run
        if not stay.was_left_in_order or run[-1] is not stay.shown[-1]:
            # It may have fallen behind, but not before the last of what only those are told who are level.
            last = max((index for index, told in enumerate(run) if told.frame["type"] in UNNUMBERED), default=0)
            sure = run[: last + 1]
        seq, from_start, place, events = sure[0].frame["seq"], False, sure[0].place, list[Frame]()
        for told in sure[1:]:
            if told.frame["type"] == "said":
                yield seq, Piece(stay, from_start, True, place, tuple(events))
                seq, from_start, place, events = told.frame["seq"], True, told.place, []
            elif told.frame["type"] in UNNUMBERED:
                events.append(told.frame)
        yield seq, Piece(stay, from_start, False, place, tuple(events))


def runs(stay: Stay) -> Iterator[list[Told]]:
    """Yield what *stay* was shown from each `level` up to the next."""
    run: list[Told] = []
    for told in stay.shown:
        if told.frame["type"] == "level":
            if run:
                yield run
            run = [told]
        elif run:
            run.append(told)
    if run:
        yield run


def seen_by_both(one: Piece, other: Piece) -> tuple[Sequence[Frame], Sequence[Frame]]:
    """Return the events of two pieces without the joins and leaves of the two, of which each is told only the other's.

    That a member left may be told by another connection of the same person, or of one who has its name now.
    """
    own = {key(name) for piece in (one, other) for _, name in piece.stay.connection.names}

    def shared(piece: Piece) -> list[Frame]:
        return [
            frame
            for frame in piece.events
            if frame["type"] not in {"joined", "left"} or key(frame["username"]) not in own
        ]

    return shared(one), shared(other)


def agree(one: Piece, first: Sequence[Frame], other: Piece, second: Sequence[Frame]) -> bool:
    """Tell whether *first* of *one* piece and *second* of the *other* can be parts of one order."""
    if one.from_start and one.to_end:
        return is_part(other, second, first)
    if other.from_start and other.to_end:
        return is_part(one, first, second)
    if one.from_start and other.from_start:
        shorter = min(len(first), len(second))
        return first[:shorter] == second[:shorter]
    if one.to_end and other.to_end:
        shorter = min(len(first), len(second))
        return first[len(first) - shorter :] == second[len(second) - shorter :]
    # Each may have missed what the other was told.
    return True


def is_part(piece: Piece, events: Sequence[Frame], whole: Sequence[Frame]) -> bool:
    """Tell whether the *events* of *piece* are that part of the *whole* that they should be."""
    if piece.from_start and piece.to_end:
        return events == whole
    if piece.from_start:
        return whole[: len(events)] == events
    if piece.to_end:
        return whole[len(whole) - len(events) :] == events
    starts = range(len(whole) - len(events) + 1)
    return any(whole[start : start + len(events)] == events for start in starts)


def listed(events: Sequence[Frame]) -> str:
    """Return *events* in few words."""
    return ", ".join(map(described, events)) or "nothing"
