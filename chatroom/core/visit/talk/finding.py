"""What was said in all the rooms that somebody follows, and told in their talks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import LogId, Page
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.talk import Talk
from chatroom.core.values import talks
from chatroom.core.values.commands import Search
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Said
from chatroom.core.values.limits import NAMES_A_TOKEN, TOKEN_SECONDS
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Entries
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.looking_back import search
from chatroom.core.visit.talk.own_talks import Mine
from chatroom.core.visit.talk.readable import Readable, open_here, readable
from chatroom.core.visit.talk.spoken import author_of

TALKS = 1_000
"""Talks that are searched, at most: the newest."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where is searched: the log of a room called *name*, or of a talk with an *other*, up to number *seq*.

    If it is *open* here, so many messages were *redacted* there before.
    """

    name: RoomName
    seq: int
    open: Room | Talk | None = None
    redacted: int = 0
    other: Username | None = None


async def find(ask: Ask, command: Search) -> Entries:
    """Search a room, a talk, or else all that the visitor may read; the time that it takes is charged."""
    if command.room is None and command.other is None:
        return await _search_all(ask.lobby, ask.seat, command, ask.answer)
    return await search(ask, command)


async def _search_all(lobby: Lobby, seat: Seat, command: Search, answer: Answer) -> Entries:
    """Search all rooms that the user may read, and their talks."""
    await answer.first()
    author = await author_of(lobby, command)
    person = seat.identity
    talks = await _talks(lobby, seat)
    rooms = await readable(lobby, seat)
    places = talks | {log: _place(lobby, rooms, log) for log in rooms}
    seat.visitor.charge(len(places) // NAMES_A_TOKEN)
    everywhere = partial(
        lobby.search_all,
        logs={log: place.seq for log, place in places.items()},
        query=command.query,
        limit=command.limit,
        author=author,
        since=command.since,
        until=command.until,
        viewer=person,
    )
    found = await Later(everywhere)
    seat.visitor.charge(int(found.seconds / TOKEN_SECONDS))
    if isinstance(found.result, ChatError):
        raise found.result
    if seat.identity != person:
        # Whoever has no account any more has none of its talks.
        places = {log: place for log, place in places.items() if place.other is None}
    said = _shown(lobby, rooms, places, found.result)
    seat.visitor.charge_for(event.message.text for event in said)
    return Entries(None, tuple(reversed(said) if command.newest_first else said), found.result.more)


def _place(lobby: Lobby, rooms: Readable, log: LogId) -> _Place:
    """Return the room of *log*, one of the *rooms* that may be read."""
    name = rooms.name(log)
    room = open_here(lobby, log, name)
    return _Place(name, rooms.seq(log), room, room.redactions.count if room else 0)


async def _talks(lobby: Lobby, seat: Seat) -> dict[LogId, _Place]:
    """Return the newest talks of the user, if they have an account."""
    if lobby.talks is None or not seat.user.has_account:
        return {}
    mine = Mine(lobby, seat)
    places = {}
    for kept in await mine.newest(limit=TALKS):
        name = talks.place(mine.id, kept.other)
        talk = lobby.talks.find(name)
        redacted = talk.redactions.count if talk else 0
        other = mine.name(kept.other, kept.name) or kept.message.speaker
        places[kept.log] = _Place(name, kept.seq, talk, redacted, other=other)
    return places


def _shown(lobby: Lobby, rooms: Readable, places: dict[LogId, _Place], page: Page) -> list[Said]:
    """Return what was found, but for what the user is not to see any more."""
    hidden: dict[LogId, set[int] | None] = {}
    said = []
    for log, (seq, message) in zip(page.logs, page.entries, strict=True):
        if log not in hidden:
            hidden[log] = _hidden(lobby, rooms, log, places[log]) if log in places else None
        numbers = hidden[log]
        if numbers is not None and seq not in numbers:
            said.append(Said(places[log].name, seq, message, other=places[log].other))
    return said


def _hidden(lobby: Lobby, rooms: Readable, log: LogId, place: _Place) -> set[int] | None:
    """Return the messages of *log* that were taken back during the search; ``None`` if all of it is to be hidden."""
    if place.other is None and not rooms.still(log):
        return None
    there, known = place.open, place.redacted
    if there is None:
        if place.other is None:
            there = open_here(lobby, log, place.name)
        elif lobby.talks:
            there = lobby.talks.find(place.name)
        if there is None:
            return set()
        known = there.redactions.before
    later = there.redactions.behind(known)
    return None if later is None else {redaction.seq for redaction in later}
