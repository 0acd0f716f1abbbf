"""Events as people read them: talk with the time of day, and a line for each new day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never

from msgspec.structs import replace

from chatroom.core.values.events import (
    Appointed,
    Bye,
    Called,
    Confided,
    Configured,
    Deleted,
    Described,
    Event,
    Gap,
    Invited,
    Joined,
    Left,
    Level,
    Marked,
    Memberships,
    Message,
    MessageKind,
    Missed,
    Muted,
    Notice,
    Offline,
    Online,
    OtherInvited,
    Presence,
    Redacted,
    Removed,
    Renamed,
    Reported,
    Rooms,
    RoomsChanged,
    Said,
    Slowed,
    Tagged,
    TakenBack,
    Told,
    TopicChanged,
    Unmuted,
)
from chatroom.core.values.limits import MOST_UNREAD
from chatroom.core.values.wording import appointed, because, configured, ending, taken_back, trusted
from chatroom.wire.text.quoting import quote
from chatroom.wire.text.writing import bye, head_count, message_count, written
from chatroom.wire.timestamps import day_and_time


class EventWriter:
    """Writes events for readers who were shown talk of *day* last, and returns the writer for them from then on."""

    __slots__ = ("day",)

    def __init__(self, day: str) -> None:
        self.day = day

    def __call__(self, events: Sequence[Event]) -> tuple[bytes, EventWriter]:
        """Write *events*."""
        day = self.day
        lines: list[str] = []
        for event in events:
            # A union would be made anew for each event.
            if isinstance(event, (Said, Told, Confided)):
                at = event.message.at if isinstance(event, Said) else event.at
                today, time = day_and_time(at)
                if today != day:
                    day = today
                    lines.append(f"* {day}")
                lines += _spoken(time, event)
            else:
                lines += _happened(event)
        return written(*lines), self if day == self.day else writer(day)


@lru_cache(maxsize=64)
def writer(day: str) -> EventWriter:
    """Return the writer of *day*: the same one for everybody, so that a batch is written once for all of them."""
    return EventWriter(day)


def numbered(entries: Sequence[Said]) -> bytes:
    """Write messages with their days and numbers, as those need who are to name one."""
    lines: list[str] = []
    for said in entries:
        day, time = day_and_time(said.message.at)
        lines += [f"#{said.seq} {day} {line}" for line in _said(time, said)]
    return written(*lines)


def placed(entries: Sequence[Said]) -> bytes:
    """Write messages of several rooms and talks, with their days."""
    lines: list[str] = []
    for said in entries:
        day, time = day_and_time(said.message.at)
        # With whom it was is told before, by whom behind.
        where = said.room if said.other is None else f"[{said.other}]"
        lines += _said(f"{day} {time} {where}", replace(said, other=None))
    return written(*lines)


def _said(time: str, said: Said) -> list[str]:
    message = said.message
    if not message.text:
        return [f"{time} * A message of {message.speaker} was taken back."]
    who = _who(message.speaker, message.kind, told=said.other is not None)
    lines = [f"{time} {who} {line}" for line in message.text.split("\n")]
    return [*_answered(f"{time} {who}", message.re, said.quoted), *lines]


def _answered(prefix: str, re: int | None, quoted: Message | None) -> list[str]:
    """Return the line before a message that answers another one, if it does."""
    return [] if re is None else [f"{prefix} > {quote(re, quoted)}"]


def _who(speaker: str, kind: MessageKind, *, told: bool) -> str:
    """Write who has said something, or *told* it to one person."""
    match kind:
        case "text":
            return f"[{speaker}]" if told else f"<{speaker}>"
        case "action":
            return f"[* {speaker}]" if told else f"* {speaker}"
        case "notice":
            return f"[-{speaker}-]" if told else f"-{speaker}-"
    assert_never(kind)


def _spoken(time: str, event: Said | Told | Confided) -> list[str]:
    match event:
        case Said():
            return _said(time, event)
        case Told():
            return _told(time, event)
    who = _who(f"{event.speaker} to {trusted(event.role, event.room)}", event.kind, told=True)
    return [f"{time} {who} {line}" for line in event.text.split("\n")]


def _told(time: str, told: Told) -> list[str]:
    who = _who(told.speaker, told.kind, told=True)
    lines = (f"{time} {who} {line}" for line in told.text.split("\n"))
    return [*_answered(f"{time} {who}", told.re, told.quoted), *lines]


def _happened(
    event: Redacted
    | Joined
    | Left
    | Removed
    | Muted
    | Unmuted
    | Reported
    | Appointed
    | Configured
    | Invited
    | OtherInvited
    | Presence
    | Renamed
    | Called
    | Memberships
    | Marked
    | Missed
    | Described
    | Online
    | Offline
    | TopicChanged
    | Level
    | Gap
    | Deleted
    | Tagged
    | TakenBack
    | Rooms
    | RoomsChanged
    | Slowed
    | Notice
    | Bye,
) -> list[str]:
    match event:
        case Redacted(_, seq, name, by, _, note):
            return [f"* {by} {taken_back(by, name, seq, note)}."]
        case Joined(room, name, members, capacity):
            return [f"* {name} joined {room} ({head_count(members, capacity)})."]
        case Left(room, name, members, capacity, "kicked" | "banned" as why, str(by), note):
            return [f"* {name} was {why} from {room} by {by}{because(note)} ({head_count(members, capacity)})."]
        case Left(room, name, members, capacity, note=note):
            return [f"* {name} left {room}{because(note)} ({head_count(members, capacity)})."]
        case Renamed(_, old, new):
            return [f"* {old} is now {new}."]
        case Called(_, new):
            return [f"* You are now {new}."]
        case Described():
            # Whoever wants to know asks.
            return []
        case Online(people):
            return [f"* {person.username} is here." for person in people]
        case Offline(usernames):
            return [f"* {name} is gone." for name in usernames]
        case TopicChanged(_, topic, by):
            return [f"* {by} set the topic: {topic}" if topic else f"* {by} removed the topic."]
        case Removed(room, by, why, note, until):
            return [f"* You were {why} from {room} by {by}{ending(until)}{because(note)}.", "* You are in the lobby."]
        case Muted(room, by, until, reason):
            return [f"* You were muted{f' in {room}' if room else ''} by {by}{ending(until)}{because(reason)}."]
        case Unmuted(room, by):
            return [f"* You may speak{f' in {room}' if room else ''} again, as {by} says."]
        case Reported(room, number, seq, by, reason, other):
            where = f"with {other}" if other else f"of {room}"
            return [f"* {by} reports message {seq} {where}{because(reason)}; /reports shows it (report {number})."]
        case Appointed(_, name, role, by):
            return [f"* {by} {appointed(name, role)}."]
        case Configured(room, by, tuning):
            return [f"* {by}: {sentence}." for sentence in configured(room, tuning)]
        case OtherInvited(room, username, by):
            return [f"* {by} invites {username} to {room}."]
        case Invited(room, by):
            return [f"* {by} invites you to {room}."]
        case Gap(room, first, last):
            return [f"* {message_count(last + 1 - first)} of {room} left out."]
        case TakenBack(other, seq, name, note):
            return [f"* {name} {taken_back(name, name, seq, note)}, in the talk with {other}."]
        case Deleted(room, by):
            return [f"* {by} deleted {room}. You are in the lobby."]
        case Slowed(rate):
            return [f"* Slower, please … What you sent waits, and is taken at {rate:g} a second; nothing is lost."]
        case Notice(text):
            return [f"* Notice: {line}" for line in text.split("\n")]
        case Bye(reason, _, note, until):
            return [bye(reason, note, until)]
        case Missed(talks, more, known):
            if not known:
                return ["* What you were told while you were away can't be looked up now; /unread lists it later."]
            lines = [
                f"* {message_count(count, MOST_UNREAD)} from {other} while you were away." for other, count in talks
            ]
            return [*lines, "* There are more; /unread lists them." if more else f"* /talk {talks[0][0]} shows them."]
        case Level() | Presence() | Memberships() | Marked() | Rooms() | RoomsChanged() | Tagged():
            return []
    assert_never(event)
