"""What is unread to somebody: in rooms and talks, in one answer or in their list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import FoundUnread, KeptTalk, LogId, Page, UnreadPage, WantedUnread
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.search.tokenize import tokenize
from chatroom.core.tools.paging import page
from chatroom.core.values.commands import ListUnread
from chatroom.core.values.commands import Talks as ListTalks
from chatroom.core.values.errors import ChatError, NoAccount, NotAllowed
from chatroom.core.values.events import Missed, Said, erased
from chatroom.core.values.limits import TOKEN_SECONDS, UNREAD_ROOMS
from chatroom.core.values.marks import Unread
from chatroom.core.values.replies import TalkInfo, TalkList, UnreadList
from chatroom.core.values.talks import account_with, is_talk
from chatroom.core.values.texts import written_size
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.own_talks import PAGE, Mine
from chatroom.core.visit.talk.readable import Readable, readable

ROW = 200
"""Bytes for which all else of a talk counts in a list."""

TOLD = 10
"""Talks of which somebody is told at their login, at most."""


async def list_unread(ask: Ask, command: ListUnread) -> UnreadList:
    """Find the rooms and talks in which something is unread to the visitor; the time it takes is charged."""
    lobby, seat = ask.lobby, ask.seat
    await ask.answer.first()
    lobby.marks.mark_shown(seat)
    opened = {room.log_id: (room, room.redactions.count) for room in lobby.rooms.values()}
    rooms = await readable(lobby, seat)
    found = await _look(lobby, seat, command.before, rooms=rooms)
    rows, more = page(_as_now(lobby, seat, found, opened, rooms), UNREAD_ROOMS, _size)
    seat.visitor.charge_for(text for row in rows for text in _texts(row))
    return UnreadList(tuple(rows), more or found.more)


async def list_talks(ask: Ask, command: ListTalks) -> TalkList:
    """Return a page of one's talks, the newest first, with how much is unread in each."""
    lobby, seat = ask.lobby, ask.seat
    mine = Mine(lobby, seat)
    found = await mine.newest(command.before, PAGE + 1)
    some, more = page(found, PAGE, _size_of_talk)
    if more:
        # One goes on by the time: what has the same as the first that is left out comes with that.
        left_out = found[len(some)].message.at
        some = [kept for kept in some if kept.message.at > left_out] or some
    looked = await _look(lobby, seat, only=frozenset(kept.log for kept in some), named=False)
    mine.stay()
    unread = {log: row.unread for log, row in looked.rooms}
    marks = lobby.marks.of(seat)
    seat.visitor.charge_for(kept.message.text for kept in some)

    def info(kept: KeptTalk) -> TalkInfo:
        name = mine.name(kept.other, kept.name)
        seq = marks.seq(kept.log)
        gone = mine.accounts.get(kept.other) is None
        return TalkInfo(name or kept.message.speaker, kept.seq, kept.message, gone, seq, unread.get(kept.log, 0))

    return TalkList(tuple(map(info, some)), more)


async def tell_missed(lobby: Lobby, seat: Seat) -> None:
    """Show to the user of *seat*, who has just logged in, what was told meanwhile, if they read by hand."""
    if seat.connection.reads and seat.user.has_account and (missed := await _missed(lobby, seat)):
        seat.notify(missed)


async def _missed(lobby: Lobby, seat: Seat) -> Missed | None:
    """Find what has been told to the user of *seat* and is unread; ``None`` if nothing is."""
    try:
        mine = Mine(lobby, seat)
        kept = await mine.newest()
        found = await _look(lobby, seat, only=frozenset(each.log for each in kept), named=False)
        mine.stay()
    except (NotAllowed, NoAccount):
        return None
    except ChatError:
        return Missed((), known=False)
    names = {each.log: mine.name(each.other, each.name) or each.message.speaker for each in kept}
    marks = lobby.marks.of(seat)
    talks = [(names[log], row.unread) for log, row in found.rooms if marks.seq(log) < row.newest.seq]
    return Missed(tuple(talks[:TOLD]), more=len(talks) > TOLD) if talks else None


async def _look(
    lobby: Lobby,
    seat: Seat,
    before: int | None = None,
    *,
    rooms: Iterable[LogId] = (),
    only: frozenset[LogId] | None = None,
    named: bool = True,
) -> UnreadPage:
    """Look for what is unread to the user of *seat* in their talks, and in *rooms*; or in *only* some of all these.

    If wanted, it is looked for where they are *named*, too.
    """
    store = lobby.mark_store
    if store is None or only == frozenset():
        return UnreadPage((), more=False)
    await when(partial(lobby.marks.when_known, seat))
    wanted = WantedUnread(
        seat.identity,
        tokenize(seat.username) if named else "",
        frozenset(rooms),
        {log: mark.seq for log, mark in lobby.marks.of(seat).by_log.items()},
        before=before,
        only=only,
    )
    found: FoundUnread = await Later(partial(store.unread, wanted))
    seat.visitor.charge(int(found.seconds / TOKEN_SECONDS))
    if isinstance(found.result, ChatError):
        raise found.result
    # Whoever has an account no more has none of its talks.
    rows = [(log, row) for log, row in found.result.rooms if seat.identity == wanted.person or not _of_talk(row)]
    return UnreadPage(rows, found.result.more)


def _as_now(
    lobby: Lobby, seat: Seat, found: UnreadPage, opened: Mapping[LogId, tuple[Room, int]], rooms: Readable
) -> Iterator[Unread]:
    """Yield the rooms and talks that were *found* as they are now, unless those *rooms* may not be read any more.

    Some were *opened* here before; then there were so many redactions in each.
    """
    marks = lobby.marks.of(seat)
    for log, row in found.rooms:
        if marks.seq(log) >= row.newest.seq:
            continue
        if _of_talk(row):
            yield _as_talk(lobby, seat, row)
            continue
        if rooms.still(log):
            yield _without_redacted(*opened[log], row) if log in opened else row


def _of_talk(row: Unread) -> bool:
    return is_talk(row.newest.room)


def _as_talk(lobby: Lobby, seat: Seat, row: Unread) -> Unread:
    """Return *row*, a talk, with the name of whom the user of *seat* talks with there."""
    other = account_with(seat.identity, row.newest.room)
    name = Mine(lobby, seat).name(other, row.newest.other) or row.newest.message.speaker
    newest = replace(row.newest, other=name)
    row = replace(row, newest=newest, mention=row.mention and replace(row.mention, other=name))
    talk = lobby.talks.find(newest.room) if lobby.talks else None
    # What was taken back since it was opened is so now.
    return _without_redacted(talk, talk.redactions.before, row) if talk else row


def _without_redacted(there: Transcript, known: int, row: Unread) -> Unread:
    """Return *row* without the texts that were taken back since so many redactions were *known* *there*."""

    def as_now(said: Said) -> Said:
        now = there.redactions.applied(Page([(said.seq, said.message)], more=False), known)
        message = now.entries[0][1] if now else erased(said.message)
        return replace(said, message=message)

    mention = row.mention and as_now(row.mention)
    return replace(row, newest=as_now(row.newest), mention=mention if mention and mention.message.text else None)


def _texts(row: Unread) -> Iterator[str]:
    yield row.newest.message.text
    if row.mention:
        yield row.mention.message.text


def _size(row: Unread) -> int:
    return sum(map(written_size, _texts(row)))


def _size_of_talk(kept: KeptTalk) -> int:
    return ROW + written_size(kept.message.text)
