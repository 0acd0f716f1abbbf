"""The rules of messages: what was acknowledged or shown is in the log, once, and in the order in which it was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.judging.history import Entry, Log, entry, key
from tests.judging.views import Request, Views, Violation

Logs = Mapping[str, Log]
"""The logs that are left when a run is over, by epoch."""

Name = tuple[str, str, str]
"""By which a message is known again: the person, the room, and the ``cid`` (or, without one, the request)."""


class Shown(NamedTuple):
    """A message, as a connection was shown it."""

    place: int
    epoch: str
    entry: Entry


def shown(views: Views) -> Iterator[Shown]:
    """Yield every message that any connection was shown, live, in a replay or in a page."""
    for stay in views.stays():
        for place, frame in stay.shown:
            if frame["type"] == "said":
                yield Shown(place, stay.epoch, entry(frame))
    for request in views.requests():
        if request.reply and request.stay and request.reply.frame["type"] == "entries":
            for frame in request.reply.frame["entries"]:
                yield Shown(request.reply.place, request.stay.epoch, entry(frame))


def name(request: Request) -> Name:
    """Return by what the message of a `say` is known again."""
    cid = request.frame.get("cid")
    unique = f"cid {cid}" if cid is not None else f"request {request.place}"
    return request.connection.person, key(request.frame["room"]), unique


class Messages:
    """The `say`s of *views*: the first of each message, and the acknowledged ones in order of their replies.

    Of a message that was said by several clocks nobody knows the first.
    """

    def __init__(self, views: Views) -> None:
        self.views = views
        self.first: dict[Name, Request] = {}
        self.stored: list[Request] = []
        self.nodes: dict[Name, set[int]] = defaultdict(set)
        """Over which nodes each message was said."""
        for request in sorted(views.requests(), key=lambda one: one.place):
            if request.type == "say":
                self.nodes[name(request)].add(request.connection.node)
                if len(views.clocks[request.connection.person]) == 1:
                    self.first.setdefault(name(request), request)
                if request.reply and request.reply.frame["type"] == "ok" and request.stay:
                    self.stored.append(request)
        self.stored.sort(key=lambda one: one.reply.place if one.reply else 0)

    def acknowledged(self) -> Iterator[tuple[Request, str, int, int]]:
        """Yield each acknowledged `say` with the epoch, the number, and the place of its `ok`."""
        for request in self.stored:
            assert request.stay
            assert request.reply
            yield request, request.stay.epoch, request.reply.frame["seq"], request.reply.place


def judge_log(log: Log, said: Messages) -> Iterator[Violation]:
    """Say what is wrong with *log* itself: numbers that are left out, and what nobody said, or not so often."""
    for one, other in zip(log.entries, log.entries[1:], strict=False):
        if other.seq != one.seq + 1:
            yield Violation(f"the log of {log.room} has {other.seq} after {one.seq}", ())
    asked: dict[str, dict[Name, int]] = defaultdict(dict)
    for request in said.views.requests():
        if request.type == "say" and key(request.frame["room"]) == key(log.room):
            asked[request.frame["text"]].setdefault(name(request), request.place)
    found: dict[str, list[int]] = defaultdict(list)
    for one in log.entries:
        found[one.text].append(one.seq)
    for text, seqs in found.items():
        if len(seqs) > len(asked[text]):
            yield Violation(
                f"the log of {log.room} has {text!r} at {listed(seqs)}, which was said {len(asked[text])} times",
                tuple(asked[text].values()),
            )


def listed(numbers: list[int]) -> str:
    """Return *numbers* as a person writes them."""
    return " and ".join(map(str, numbers))


def judge_meanings(views: Views, logs: Logs) -> Iterator[Violation]:
    """Say what was shown otherwise than before, or than the log has it."""
    meant: dict[tuple[str, int], Shown] = {}
    for one in sorted(shown(views), key=lambda one: one.place):
        first = meant.setdefault((one.epoch, one.entry.seq), one)
        if one.entry != first.entry:
            yield Violation(
                f"number {one.entry.seq} was shown as {one.entry} and before as {first.entry}", (first.place, one.place)
            )
        elif one is first and one.epoch in logs and (kept := at(logs[one.epoch], one.entry.seq)) != one.entry:
            yield Violation(
                f"{one.entry} was shown, and the log of {logs[one.epoch].room} has {kept or 'nothing'} there",
                (one.place,),
            )


def judge_acknowledged(said: Messages, logs: Logs) -> Iterator[Violation]:
    """Say which acknowledged message is not in the log as it was said, and which got two numbers."""
    numbers: dict[tuple[str, Name], tuple[int, int]] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for request in said.views.requests():
        if request.type in {"login", "rename"}:
            # Whether it was granted may not have been heard.
            names[request.connection.person].add(request.frame["username"])
    for request, epoch, seq, place in said.acknowledged():
        number, before = numbers.setdefault((epoch, name(request)), (seq, place))
        if number != seq:
            yield Violation(f"{told(request)} was acknowledged as {seq} and before as {number}", (before, place))
        if epoch in logs:
            kept = at(logs[epoch], seq)
            assert request.reply
            if kept is None:
                yield Violation(f"{told(request)} was acknowledged as {seq}, and is not in the log", (place,))
            elif (kept.text, kept.at) != (request.frame["text"], request.reply.frame["at"]):
                yield Violation(f"{told(request)} was acknowledged as {seq}, and the log has {kept} there", (place,))
            elif kept.speaker not in names[request.connection.person]:
                yield Violation(f"{told(request)} is in the log as {kept.speaker}'s, who is somebody else", (place,))


def judge_order(said: Messages) -> Iterator[Violation]:
    """Say which message has a smaller number than one that was acknowledged, or asked on its way, before it was said.

    Only what was said the first time counts: a message that is sent again keeps its number.
    """
    views = said.views
    numbers: dict[tuple[str, Name], tuple[int, int]] = {}
    for request, epoch, seq, place in said.acknowledged():
        numbers.setdefault((epoch, name(request)), (seq, place))
    known = sorted((place, epoch, seq) for (epoch, _), (seq, place) in numbers.items())
    newest: dict[tuple[int, str], tuple[int, int]] = {}
    spoken: dict[tuple[int, str], tuple[int, int]] = {}
    index = 0
    firsts = [(said.first[name_].place, epoch, name_) for epoch, name_ in numbers if name_ in said.first]
    for asked, epoch, name_ in sorted(firsts):
        while index < len(known) and known[index][0] < asked:
            place, where, number = known[index]
            clock = views.history[place].clock
            newest[clock, where] = max(newest.get((clock, where), (0, 0)), (number, place))
            index += 1
        first = said.first[name_]
        seq, stored = numbers[epoch, name_]
        number, before = newest.get((first.connection.clock, epoch), (0, 0))
        if number > seq:
            yield Violation(
                f"{told(first)} was said after {number} had been acknowledged, and is {seq}", (before, asked, stored)
            )
        if not is_its_number(first, epoch, seq) or len(said.nodes[name_]) > 1:
            # It was refused at first, or may have been, or was in a room that was deleted since; or it was sent again
            # over another node, and that was faster.
            continue
        number, before = spoken.get((first.connection.number, epoch), (0, 0))
        if number > seq:
            yield Violation(
                f"{told(first)} was said after what is {number}, by the same connection, and is {seq}",
                (before, asked, stored),
            )
        spoken[first.connection.number, epoch] = max((number, before), (seq, asked))


def is_its_number(request: Request, epoch: str, seq: int) -> bool:
    """Tell whether *request* was acknowledged as *seq* of *epoch*."""
    return bool(
        request.reply and request.stay and request.stay.epoch == epoch and request.reply.frame.get("seq") == seq
    )


def judge_reply_first(said: Messages) -> Iterator[Violation]:
    """Say whose message was shown to its speaker before the `ok`, unless it was also sent over another node."""
    for request, _, seq, place in said.acknowledged():
        once = len(said.nodes[name(request)]) == 1
        if once and said.first.get(name(request)) is request and request.seen >= seq:
            yield Violation(f"{told(request)} was shown as {seq} before its ok", (request.place, place))


def judge_deleted(views: Views, logs: Logs) -> Iterator[Violation]:
    """Say which log is gone though nobody deleted the room, and which is there though somebody did."""
    asked = {key(request.frame["room"]) for request in views.requests() if request.type == "delete"}
    deleted: dict[str, int] = {}
    for request in views.requests():
        if request.type == "delete" and request.reply and request.reply.frame["type"] == "ok" and request.stay:
            deleted.setdefault(request.stay.epoch, request.reply.place)
    for stay in views.stays():
        if stay.shown and stay.shown[-1].frame["type"] == "deleted":
            deleted.setdefault(stay.epoch, stay.shown[-1].place)
        if stay.epoch not in logs and key(stay.room) not in asked:
            yield Violation(
                f"the log of {stay.room} is gone, of epoch {stay.epoch}, which nobody deleted", (stay.entered.place,)
            )
    for epoch, place in deleted.items():
        if epoch in logs:
            yield Violation(f"the log of {logs[epoch].room} is there, which was deleted", (place,))


def at(log: Log, seq: int) -> Entry | None:
    """Return the message number *seq* of *log*, if it is there."""
    if not log.entries:
        return None
    index = seq - log.entries[0].seq
    return log.entries[index] if 0 <= index < len(log.entries) else None


def told(request: Request) -> str:
    """Return in a few words what is said."""
    text = request.frame["text"]
    return f"{text if len(text) <= 40 else text[:40] + '…'!r} of connection {request.connection.number}"
