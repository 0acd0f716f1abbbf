"""Reports: somebody lets the moderators of a room know of a message, who look at it and see to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.tools.paging import page
from chatroom.core.values.changes import Reported, Resolved
from chatroom.core.values.commands import ReadReports, Report, Resolve
from chatroom.core.values.errors import NoSuchReport, NoSuchRoom, NotAMember
from chatroom.core.values.limits import MAX_ROWS
from chatroom.core.values.replies import Ok, Reply, ReportList
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import Rank
from chatroom.core.values.talks import is_talk
from chatroom.core.values.texts import written_size
from chatroom.core.visit.later import Later
from chatroom.core.visit.rights import Actor, know_of, operate, privileged
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.readable import may_read
from chatroom.core.visit.talk.spoken import author_called, newest
from chatroom.core.visit.talk.telling import report_told
from chatroom.core.visit.waiting import in_turn

ROW = 300
"""Bytes for which all else of a report counts in a list."""

ENTRY = 120
"""Bytes for which all else of a message counts there."""


async def report(ask: Ask, command: Report) -> Reply:
    """Keep a message for those who moderate the room, or of a talk for operators."""
    lobby, seat, actor = ask.lobby, ask.seat, ask.actor
    if command.other is not None:
        return Ok(await report_told(lobby, seat, command.other, command))
    assert command.room is not None, "what is in no room is in a talk"
    room = lobby.room(command.room, actor.viewer)

    def stay() -> None:
        know_of(actor.viewer, room, room.name)
        if not (seat.is_in(room.key) and may_read(seat, room.key, room.standing)):
            raise NotAMember(room.name)

    user = seat.user
    stay()
    await ask.answer.first()
    # What was said before is to be found.
    await in_turn([room])
    seq = command.seq
    if seq is None:
        assert command.username is not None, "a message has a number, or is somebody's newest"
        author, _ = await author_called(lobby, command.username)
        stay()
        seq, _ = await newest(room, author, command.username, ask.charge)
    await Later(lobby.house.when_open)
    stay()
    reported = Reported(room.log_id, room.name, seq, user.username, user.identity, command.reason)
    await Later(partial(lobby.house.report, reported, actor.seat))
    return Ok(room.name)


async def list_reports(ask: Ask, command: ReadReports) -> ReportList:
    """Return a page of the reports of messages in a room, or for operators of all there are."""
    lobby, actor = ask.lobby, ask.actor
    log = None
    hidden = frozenset[bytes]()
    if command.room is not None:
        room: Room = await Later(partial(lobby.reach, command.room, actor.viewer))
        ask.rule.allow(actor, room)
        log = room.log_id
        if actor.rank(room) < Rank.OPERATOR:
            hidden = privileged(lobby, room)
    else:
        operate(actor)
    limit = min(command.limit or MAX_ROWS, MAX_ROWS)
    read = partial(lobby.audit.reports, log, but=hidden, resolved=command.all, before=command.before, limit=limit + 1)
    found: Sequence[KeptReport] = await Later(lambda got: read(got=got))
    some, more = page(found, limit, _size)
    return ReportList(tuple(some), more)


def _size(report: KeptReport) -> int:
    texts = (
        report.said.room,
        report.said.message.speaker,
        report.by,
        report.reason,
        report.resolver or "",
        report.note,
    )
    said = sum(ENTRY + written_size(each.message.text) for each in (report.said, *report.context))
    return sum(len(text.encode()) for text in texts) + said + ROW


async def resolve(ask: Ask, command: Resolve) -> Reply:
    """Note that a report is seen to; who may not know of it is told that there is none."""
    lobby, actor = ask.lobby, ask.actor
    number = command.number
    read = partial(lobby.audit.reports, None, but=(), resolved=True, before=number + 1, limit=1)
    found: Sequence[KeptReport] = await Later(lambda got: read(got=got))
    if not found or found[0].number != number:
        raise NoSuchReport(number)
    kept = found[0]
    room = await _room_of(lobby, kept)
    _see(lobby, actor, kept, room)
    await ask.answer.first()
    await Later(lobby.house.when_open)
    _see(lobby, actor, kept, room)
    # The audit of a room shows moderators nothing of a report that is about one of them.
    log = room.log_id if room and not room.standing.moderates(kept.about) else None
    said = kept.said
    resolved = Resolved(number, actor.username, log, said.room, said.seq, said.message.speaker, command.note)
    await Later(partial(lobby.house.resolve, resolved, actor.seat))
    return Ok(said.room)


async def _room_of(lobby: Lobby, kept: KeptReport) -> Room | None:
    """Return the room in which the message was said, if it is there still; a talk is none."""
    if is_talk(kept.said.room):
        return None
    try:
        room: Room = await Later(partial(lobby.open_kept, kept.said.room))
    except NoSuchRoom:
        return None
    return room if room.log_id == kept.log else None


def _see(lobby: Lobby, actor: Actor, kept: KeptReport, room: Room | None) -> None:
    """Raise an error if *actor* may not see a report that is *kept*."""
    if actor.operates:
        return
    if room is None or actor.rank(room) < Rank.MODERATOR or room.standing.moderates(kept.about):
        raise NoSuchReport(kept.number)
