"""Replies as people read them, where they are the same wherever the visitor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from chatroom.core.values.acts import acted
from chatroom.core.values.commands import Command, List
from chatroom.core.values.events import Bye, RoomInfo, Rooms, Said
from chatroom.core.values.limits import MOST_MENTIONS, MOST_UNREAD
from chatroom.core.values.marks import Unread
from chatroom.core.values.people import Known
from chatroom.core.values.replies import (
    AccountList,
    ActList,
    Authenticated,
    ConnectionList,
    Departed,
    DeviceList,
    Entered,
    Entries,
    IgnoredList,
    Kept,
    MarkKept,
    Members,
    Monitored,
    Ok,
    People,
    Pong,
    Refused,
    Registered,
    Reloaded,
    Reply,
    ReportList,
    RoomShown,
    SanctionList,
    Stored,
    TalkInfo,
    TalkList,
    UnreadList,
    Welcome,
)
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import tuned
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import other_of
from chatroom.core.values.wording import because, configured, ending
from chatroom.wire.text.writing import bye, columns, counted, head_count
from chatroom.wire.timestamps import day_and_time


def reply_lines(command: Command | None, reply: Reply) -> list[str]:
    """Return the lines of *reply* to *command*."""
    match reply:
        case Refused(error):
            return [f"! {error.code}: {error}"]
        case Welcome(name, rooms, motd=motd):
            said = [f"* {line}".rstrip() for line in motd.split("\n")] if motd else []
            return [*_hello(name, rooms or Rooms((), more=False)), *said]
        case RoomShown(info):
            return _rooms((info,), more=False)
        case Rooms(rooms, more):
            sought = command.match if isinstance(command, List) else ""
            if not rooms:
                none = f"No room has {sought} in its name." if sought else "No room is open; CREATE room opens one."
                return [f"* {none}"]
            return _rooms(rooms, more=more)
        case Entered(room=room, topic=topic, members=members, capacity=capacity, settings=settings, muted=muted):
            about = f" Topic: {topic}." if topic else ""
            where = f"You are in {room} ({head_count(members, capacity)})."
            how = "".join(f" {sentence[0].upper()}{sentence[1:]}." for sentence in configured(room, tuned(settings)))
            first = f"* {where}{about}{how} Type to talk, /help for commands, /leave for the lobby."
            return [first, *([f"* You are muted here{ending(muted.until)}{because(muted.reason)}."] if muted else [])]
        case Members(room, names, more, away=away):
            shown = (f"{name} (away: {away[name]})" if name in away else name for name in names)
            listed = ", ".join(shown) + (", …" if more else "")
            return [f"* In {room}: {listed or 'nobody'}." if room else f"* Online: {listed}."]
        case People(_, people):
            return [line for each in people for line in _known(each)]
        case Departed(departed):
            return [f"* {gone.person.username} was here until {_moment(gone.at)}." for gone in departed]
        case Monitored(usernames):
            return [f"* You are told of {', '.join(usernames)}." if usernames else "* You are told of nobody."]
        case Bye(reason):
            return [bye(reason)]
        case Pong() | MarkKept():
            return []
        case UnreadList(unread, more):
            return [*_unread(unread), *(["* There are more."] if more else [])] or ["* Nothing is unread."]
        case SanctionList(room, sanctions, more):
            lines = [
                f"*   {each.number}   {each.kind}   {_whom(each)}{f' in {placed.room}' if placed.room != room else ''}"
                f"{ending(each.until)}, by {each.by}{because(each.reason)}"
                for placed in sanctions
                for each in (placed.sanction,)
            ]
            return [*lines, *(["* There are more."] if more else [])] or [
                f"* Nobody is banned from {room or 'the server'}, or muted."
            ]
        case ReportList(reports, more):
            lines = [line for report in reports for line in _report(report)]
            return [*lines, *(["* There are more."] if more else [])] or ["* Nothing is reported."]
        case ActList(found, more):
            lines = [f"* {_moment(act.at)}   {act.by}   {acted(act)}" for act in found]
            return [*lines, *(["* There is more."] if more else [])] or ["* Nothing was done to anybody."]
        case ConnectionList(connections):
            return [f"*   {info.connection}   {info.username or '-'}   {info.peer}" for info in connections]
        case Registered(account):
            return [f"* {account} is yours now; nobody else can have that name. Keep the password safe."]
        case Authenticated(username):
            return [f"* You are logged in as {username}."]
        case Reloaded(changed, failed):
            return [f"* {sentence}." for sentence in (*changed, *failed)]
        case AccountList(accounts):
            return [f"*   {each.account}   {each.role}   {_moment(each.seen)}" for each in accounts]
        case DeviceList(devices, incomplete):
            lines = [
                f"*   {each.device}   {each.kind}   {each.door}   {each.host or '-'}   {_moment(each.seen)}"
                f"{f'   {each.client}' if each.client else ''}{'   (this one)' if each.current else ''}"
                for each in devices
            ]
            return [*lines, *(["* There may be more at a server that does not answer."] if incomplete else [])]
        case IgnoredList(usernames):
            return [f"* You ignore {', '.join(usernames)}."] if usernames else ["* You ignore nobody."]
        case TalkList(talks, more):
            lines = [line for talk in talks for line in _talk(talk)]
            return [*lines, *(["* There are more."] if more else [])] or ["* You have talked with nobody."]
        case Entries() | Ok() | Stored() | Kept():
            raise AssertionError("these are written elsewhere")
    assert_never(reply)


def _hello(name: str, open_rooms: Rooms) -> list[str]:
    match open_rooms:
        case Rooms(()):
            there = "no room is open"
        case Rooms((_,), False):
            there = "1 room is open"
        case Rooms(rooms, more):
            there = f"{'more than ' * more}{len(rooms)} rooms are open"
    return [
        f"* Hello {name}. You are in the lobby; {there}. HELP lists the commands.",
        *(_rooms(open_rooms.rooms, more=open_rooms.more) or ["* CREATE room opens one."]),
    ]


def _rooms(rooms: Sequence[RoomInfo], *, more: bool) -> list[str]:
    """Return a table of *rooms*."""
    counts = [head_count(room.members, room.capacity) for room in rooms]
    widest = max((columns(room.room) for room in rooms), default=0)
    longest = max(map(len, counts), default=0)
    lines = [
        f"*   {room.room}{' ' * (widest - columns(room.room))}   {count:>{longest}}   {room.topic}".rstrip()
        + _port(room)
        for room, count in zip(rooms, counts, strict=True)
    ]
    return [*lines, "* There are more; LIST word shows those with this word in their name."] if more else lines


def _unread(rooms: Sequence[Unread]) -> list[str]:
    """Return a table of *rooms* and talks in which something is unread."""
    names = [row.newest.room if row.newest.other is None else f"[{row.newest.other}]" for row in rooms]
    widest = max(map(columns, names), default=0)
    return [
        f"*   {name}{' ' * (widest - columns(name))}   {counted(row.unread, MOST_UNREAD)} new"
        + (f", {counted(row.mentions, MOST_MENTIONS)} for you" if row.mentions else "")
        for name, row in zip(names, rooms, strict=True)
    ]


def _known(known: Known) -> list[str]:
    """Return who somebody is, in a line or two."""
    person = known.person
    about = [
        *([f"registered as {person.account}"] if person.account else []),
        *(["an operator"] if known.operator else []),
        *(["a bot"] if person.bot else []),
        *(["connection lost"] if known.held else []),
        *([f"here since {_moment(known.since)}"] if known.since else ["at another server"]),
        *([f"in {', '.join(room for room, _ in known.rooms)}"] if known.rooms else []),
    ]
    name = f"{person.username} ({person.realname})" if person.realname else person.username
    away = [f"* {person.username} is away ({person.away})."] if person.away else []
    return [f"* {name}: {'; '.join(about)}.", *away]


def _report(report: KeptReport) -> list[str]:
    said = report.said
    about = f"* Report {report.number}, {_moment(report.at)}, by {report.by}{because(report.reason)}"
    where = f"with {other}" if (other := other_of(said.room)) else f"in {said.room}"
    done = f"; resolved by {report.resolver}{because(report.note)}" if report.resolver else ""
    return [
        f"{about}: message {said.seq} of {said.message.speaker} {where}{done}.",
        *(line for each in report.context for line in _copy(each, "*    ")),
        *_copy(said, "*  > "),
    ]


def _talk(talk: TalkInfo) -> list[str]:
    message, gone = talk.message, " (no account any more)" if talk.gone else ""
    first, *_ = message.text.split("\n")
    said = f"{message.speaker}: {first}" if first else f"a message of {message.speaker} was taken back"
    new = f"   {counted(talk.unread, MOST_UNREAD)} new" if talk.unread else ""
    return [f"*   {talk.other}{gone}   {_moment(message.at)}   {said}{new}"]


def _copy(said: Said, margin: str) -> list[str]:
    message = said.message
    text = message.text or "(taken back)"
    return [f"{margin}#{said.seq} {_moment(message.at)} <{message.speaker}> {line}" for line in text.split("\n")]


def _whom(sanction: Sanction) -> str:
    return sanction.network or sanction.mask or f"{sanction.username}{' and all from there' * sanction.everybody}"


def _moment(at: int) -> str:
    day, time = day_and_time(at)
    return f"{day} {time}"


def _port(room: RoomInfo) -> str:
    return f"   (port {room.port})" if room.port is not None else ""
