"""The rules of one stay in a room: what it was shown is consecutive, complete, and its counts fit."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.judging.history import Frame, key
from tests.judging.messages import Logs, Messages, at, shown
from tests.judging.views import Stay, Views, Violation, described

BACKLOG = 50
"""How many messages a join with `after` gets that could not be resumed."""


def judge_replay(stay: Stay, logs: Logs) -> Iterator[Violation]:
    """Say where *stay* was shown another message than the next one, or was not level and was told of others."""
    entered, request = stay.entered.frame, stay.request.frame
    after = request.get("after")
    resumable = after is not None and request.get("epoch") == entered["epoch"] and after <= entered["seq"]
    if entered["resumed"] is not resumable:
        yield Violation(
            f"{stay}: resumed is {entered['resumed']} after {described(request)}",
            (stay.request.place, stay.entered.place),
        )
    following = first_of(stay)
    level = False
    for place, frame in stay.shown:
        match frame["type"]:
            case "said":
                if frame["seq"] != following:
                    yield Violation(
                        f"{stay} was shown {frame['seq']} when {following} was next", (stay.entered.place, place)
                    )
                following = frame["seq"] + 1
            case "gap":
                if not following == frame["first"] <= frame["last"]:
                    yield Violation(
                        f"{stay} was told of a gap from {frame['first']} to {frame['last']} when {following} was next",
                        (stay.entered.place, place),
                    )
                following = frame["last"] + 1
                if wrong := wrong_gap(stay, frame, logs):
                    yield Violation(f"{stay} was told of a gap {wrong}", (stay.entered.place, place))
            case "level":
                level = True
                if frame["seq"] != following - 1:
                    yield Violation(
                        f"{stay} is level at {frame['seq']} when {following} was next", (stay.entered.place, place)
                    )
            case "joined" | "left" | "presence" | "renamed" | "topic-changed" if not level:
                yield Violation(f"{stay} was told {described(frame)} before it was level", (stay.entered.place, place))


def first_of(stay: Stay) -> int:
    """Return the number of the first message that *stay* is to be shown."""
    entered, request = stay.entered.frame, stay.request.frame
    seq: int = entered["seq"]
    if request["type"] == "create":
        return seq + 1
    if entered["resumed"]:
        return int(request["after"]) + 1
    backlog: int = request.get("backlog", BACKLOG if "after" in request else 0)
    return max(0, seq - backlog) + 1


def wrong_gap(stay: Stay, gap: Frame, logs: Logs) -> str:
    """Return what is wrong with *gap*, if anything is."""
    if gap["kept"]:
        asked, seq = stay.request.frame.get("backlog"), stay.entered.frame["seq"]
        # What has been removed ends with the run; what is here now was here then.
        return "" if asked is not None and gap["last"] <= seq - asked else "of kept messages that it has not left out"
    if stay.epoch in logs and any(at(logs[stay.epoch], seq) for seq in range(gap["first"], gap["last"] + 1)):
        return f"from {gap['first']} to {gap['last']} as if they were not kept, and the log has them"
    return ""


def judge_counts(stay: Stay, ending: int | None) -> Iterator[Violation]:
    """Say where the members of a room were counted otherwise than who came and went, before the server was *ending*."""
    entered = stay.entered.frame
    capacity, members, told = entered["capacity"], None, stay.entered.place
    for place, frame in stay.shown:
        if ending is not None and place > ending:
            # Nobody is told of those who go because the server stops.
            return
        match frame["type"]:
            case "joined" | "left" if members is not None:
                expected = members + (1 if frame["type"] == "joined" else -1)
                if frame["members"] != expected:
                    yield Violation(
                        f"{stay}: {frame['username']} {frame['type']}, so that there should be {expected},"
                        f" not {frame['members']}",
                        (told, place),
                    )
                members, told = frame["members"], place
            case "joined" | "left" | "presence" | "level":
                members, told = frame["members"], place
        if capacity and members is not None and members > capacity:
            yield Violation(f"{stay}: {members} are in a room for {capacity}", (place,))


def judge_complete(views: Views, said: Messages) -> Iterator[Violation]:
    """Say who had not been shown, when it left or all was at rest, what was stored before."""
    known: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    seen = [(one.place, one.epoch, one.entry.seq) for one in shown(views)]
    for place, epoch, seq in sorted([*seen, *((place, epoch, seq) for _, epoch, seq, place in said.acknowledged())]):
        newest = known[views.history[place].clock, epoch]
        newest.append((place, max(seq, newest[-1][1] if newest else 0)))

    def missed(stay: Stay, place: int, end: int | None) -> Iterator[Violation]:
        """Say what *stay* had not been shown at its *end* that was known before *place*."""
        earlier = known[views.history[place].clock, stay.epoch]
        index = bisect_left(earlier, (place, 0))
        got = max([first_of(stay) - 1, *reached(stay, end)])
        if index and got < earlier[index - 1][1]:
            yield Violation(
                f"{stay} was shown up to {got}, and not {earlier[index - 1][1]}, which was stored before",
                (stay.entered.place, earlier[index - 1][0], place),
            )

    for stay in views.stays():
        if stay.left and stay.was_left_in_order:
            yield from missed(stay, stay.left.place, stay.end)
    for place, open_stays, _ in views.rests:
        for stays in open_stays.values():
            for stay in stays.values():
                if not any(frame["type"] == "level" for at, frame in stay.shown if at < place):
                    yield Violation(f"{stay} is not level though all is at rest", (stay.entered.place, place))
                yield from missed(stay, place, place)


def reached(stay: Stay, end: int | None) -> Iterator[int]:
    """Yield the numbers up to which *stay* was shown messages before *end*."""
    for place, frame in stay.shown:
        if end is None or place < end:
            match frame["type"]:
                case "said":
                    yield frame["seq"]
                case "gap":
                    yield frame["last"]


def judge_seats(views: Views) -> Iterator[Violation]:
    """Say which seat was held for somebody who had left the room, or never was there."""
    may_be: dict[str, dict[str, int]] = defaultdict(dict)
    # By another server, what was asked there before may happen after.
    unanswered: dict[str, Counter[str]] = defaultdict(Counter)
    gone: dict[str, dict[str, int]] = defaultdict(dict)
    moves = []
    for connection in views.connections.values():
        if len(views.clocks[connection.person]) > 1:
            # Nobody knows what of it came first.
            continue
        for request in connection.requests:
            moves.append((request.place, request, True))
            if request.reply:
                moves.append((request.reply.place, request, False))
    for place, request, asks in sorted(moves, key=lambda move: move[0]):
        person, room = request.connection.person, key(request.frame.get("room", ""))
        reply = request.reply.frame if request.reply and not asks else {}
        match request.type, reply.get("type"):
            case (("join" | "create"), None):
                may_be[person][room] = place
                unanswered[person][room] += 1
            case (("join" | "create"), _):
                unanswered[person][room] -= 1
                if reply["type"] == "entered":
                    may_be[person][room] = place
            case "leave", "ok":
                if may_be[person].get(room, place) < request.place:
                    gone[person][room] = place
            case "login", "welcome":
                for held in map(key, reply["rooms"]):
                    asked, left = may_be[person].get(held), gone[person].get(held, -1)
                    if asked is None:
                        yield Violation(f"a seat in {held} is held for {person}, who never joined it", (place,))
                    elif left > asked and not unanswered[person][held]:
                        yield Violation(f"a seat in {held} is held for {person}, who has left it", (left, place))
