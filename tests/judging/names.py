"""The rules of names: one has one holder at a time, and at rest those are there who should be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.judging.history import Asked, Frame, Received, key
from tests.judging.views import Connection, Request, Stay, Views, Violation

LOOKING = {"who", "list", "ping"}
"""Requests after which all is still at rest."""


class Holding(NamedTuple):
    """A time for which *person* surely was called by a name, from one place in the history to another."""

    first: int
    last: int
    person: str
    connection: int


def judge_holders(views: Views) -> Iterator[Violation]:
    """Say which name two people had at one time."""
    held: dict[tuple[str, int], list[Holding]] = defaultdict(list)
    logins: dict[str, list[int]] = defaultdict(list)
    for request in views.requests():
        if request.type == "login":
            logins[request.connection.person].append(request.place)
    for connection in views.connections.values():
        if len(views.clocks[connection.person]) > 1:
            # It may have been taken over at any time.
            continue
        for name, holding in holdings(connection, views, logins[connection.person]):
            held[key(name), connection.clock].append(holding)
    for (name, _), times in held.items():
        times.sort()
        for index, one in enumerate(times):
            for other in times[index + 1 :]:
                if other.first > one.last:
                    break
                if other.person != one.person:
                    yield Violation(
                        f"connections {one.connection} and {other.connection} were both called {name}",
                        (one.first, other.first),
                    )


def holdings(connection: Connection, views: Views, logins: list[int]) -> Iterator[tuple[str, Holding]]:
    """Yield the names that *connection* surely had: not while it asks for another or to go, and not once it is over.

    It may be over for the server when its person comes again, as one of *logins* shows; and where there are several of
    them, for the others when its own can't reach the store. It is not, when it asks for what is answered from there.
    """
    turns: list[tuple[int, Request]] = []
    for request in connection.requests:
        if request.type in {"login", "rename", "quit"}:
            turns += [(request.place, request), *([(request.reply.place, request)] if request.reply else [])]
    ends = [views.ending(connection), connection.went, connection.bye and connection.bye.place]
    ends += [place for place in logins if connection.names and place > connection.names[0][0]]
    over = min((place for place in ends if place is not None), default=len(views.history))
    if len(views.nodes) > 1:
        over = min(over, max(certain(connection, views), default=0) + 1)
    names = dict(connection.names)
    name, pending = "", 0
    since: int | None = None
    for place, request in sorted(turns, key=lambda turn: turn[0]):
        if since is not None and since < over:
            yield name, Holding(since, min(place, over), connection.person, connection.number)
        pending += 1 if place == request.place else -1
        name = names.get(place, name)
        since = place if name and not pending else None
    if since is not None and since < over:
        yield name, Holding(since, over, connection.person, connection.number)


def certain(connection: Connection, views: Views) -> Iterator[int]:
    """Yield where all knew of *connection*: at rest, and where it asked for what was answered from the store."""
    for request in connection.requests:
        if request.reply and request.reply.frame["type"] not in {"error", "pong", "bye"}:
            yield request.place
    for place, stays, _ in views.rests:
        if connection.number in stays:
            yield place


def judge_rests(views: Views) -> Iterator[Violation]:
    """Say where at rest somebody was missing in a list, or in it and not there, and where counts or topics differed."""
    for place, stays, names in views.rests:
        there: dict[str, list[Stay]] = defaultdict(list)
        for of_one in stays.values():
            for stay in of_one.values():
                there[key(stay.room)].append(stay)
        for reply_place, request, reply in looks(views, place):
            room = request.get("room")
            if reply["type"] == "members" and not reply["more"] and "after" not in request:
                expected = sorted(
                    [names[stay.connection.number] for stay in there[key(room)]] if room else list(names.values())
                )
                if sorted(reply["usernames"]) != expected:
                    yield Violation(
                        f"at rest there are {', '.join(reply['usernames'])} {f'in {room}' if room else 'online'},"
                        f" and should be {', '.join(expected)}",
                        (place, reply_place),
                    )
            elif reply["type"] == "rooms":
                for listed in reply["rooms"]:
                    yield from judge_listed(listed, there[key(listed["room"])], (place, reply_place))


def judge_listed(listed: Frame, there: list[Stay], places: tuple[int, ...]) -> Iterator[Violation]:
    """Say where a room is *listed* otherwise than those who are *there* know it."""
    if listed["members"] != len(there):
        yield Violation(f"at rest {listed['room']} is listed with {listed['members']}, and {len(there)} are in", places)
    for stay in there:
        members, topic = known(stay, places[0])
        for what, value in (("members", members), ("topic", topic)):
            if value is not None and value != listed[what]:
                yield Violation(
                    f"at rest {stay} knows of {what} {value!r}, and it is listed with {listed[what]!r}", places
                )


def known(stay: Stay, place: int) -> tuple[int | None, str | None]:
    """Return how many members, and which topic, *stay* knows of at *place*."""
    members: int | None = None
    topic: str | None = None
    for _, frame in filter(lambda told: told.place < place, stay.shown):
        if frame["type"] in {"level", "joined", "left", "presence"}:
            members = frame["members"]
        if frame["type"] in {"level", "topic-changed"}:
            topic = frame["topic"]
    return members, topic


def looks(views: Views, rest: int) -> Iterator[tuple[int, Frame, Frame]]:
    """Yield the replies to those who looked round at *rest*, each with its place and the request."""
    asked: dict[tuple[int, object], Frame] = {}
    for place in range(rest + 1, len(views.history)):
        match note := views.history[place]:
            case Asked() if note.frame["type"] in LOOKING:
                asked[note.connection, note.frame["id"]] = note.frame
            case Received() if request := asked.pop((note.connection, note.frame.get("id")), None):
                yield place, request, note.frame
            case Received():
                continue
            case _:
                return
