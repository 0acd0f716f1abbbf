"""What was said in a room or in a talk: read page by page, or searched."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import Page
from chatroom.core.rooms.pages import Pages
from chatroom.core.rooms.talk import Talk
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.search.query import phrases
from chatroom.core.tools.paging import row_limit
from chatroom.core.values.commands import History, Search
from chatroom.core.values.errors import ChatError
from chatroom.core.values.limits import TOKEN_SECONDS
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Entries
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.own_talks import Mine
from chatroom.core.visit.talk.spoken import author_of
from chatroom.core.visit.waiting import still_in


async def history(ask: Ask, command: History) -> Entries:
    """Read the page of the log that *command* asks for, of a room or of a talk."""
    if command.other is not None:
        return await _history_with(ask.lobby, ask.seat, command.other, command, ask.answer)
    reader = ask.reader(command.room)
    await ask.answer.first()
    room = still_in(reader).room
    return _entries(ask.seat, room, await _page(room.pages, command))


async def _history_with(lobby: Lobby, seat: Seat, other: Username, command: History, answer: Answer) -> Entries:
    """Read such a page of one's talk with *other*; with whom one has never talked it is empty."""
    mine = Mine(lobby, seat)
    await answer.first()
    talk, name = await mine.with_(other)
    if talk is None:
        return Entries(None, (), more=False, other=name)
    if command.unread:
        await when(partial(lobby.marks.when_known, seat))
        beyond = talk.head - lobby.marks.of(seat).seq(talk.log_id)
        command = replace(command, limit=min(max(beyond, command.limit or 0), row_limit(None, talk.pages.most)))
    found = await _page(talk.pages, command, mine.id)
    mine.stay()
    if found.entries and seat.connection.reads:
        # By hand they read what they are shown.
        seq, newest = found.entries[-1]
        lobby.marks.move(seat, talk.name, talk.log_id, Mark(seq, newest.at))
    return _told(_entries(seat, talk, found), name)


async def search(ask: Ask, command: Search) -> Entries:
    """Search the log of a room or of a talk; the time that it takes is charged."""
    if command.other is not None:
        return await _search_with(ask.lobby, ask.seat, command.other, command, ask.answer)
    reader = ask.reader(command.room)
    await ask.answer.first()
    return await _search(ask.lobby, ask.seat, command, lambda: still_in(reader).room)


async def _search_with(lobby: Lobby, seat: Seat, other: Username, command: Search, answer: Answer) -> Entries:
    """Search one's talk with *other* likewise."""
    mine = Mine(lobby, seat)
    # Whatever can't be searched for is refused, also where there is nothing.
    phrases(command.query, none=command.author is not None)
    await answer.first()
    talk, name = await mine.with_(other)
    if talk is None:
        return Entries(None, (), more=False, other=name)

    def still() -> Talk:
        mine.stay()
        return talk

    found = await _search(lobby, seat, command, still, mine.id)
    mine.stay()
    return _told(found, name)


async def _search(
    lobby: Lobby, seat: Seat, command: Search, still: Callable[[], Transcript], viewer: bytes | None = None
) -> Entries:
    """Search what *still* returns, which raises an error if that is not the visitor's any more.

    What is withheld from them as *viewer* is not found.
    """
    author = await author_of(lobby, command)
    pages, before, after = still().pages, command.before, 0
    if command.since is not None:
        after = await Later(partial(pages.upto, command.since))
    if command.until is not None:
        until = 1 + await Later(partial(pages.upto, command.until - 1))
        before = until if before is None else min(before, until)
    place = still()
    whose = partial(pages.search, author=author, viewer=viewer)
    found = await Later(partial(whose, query=command.query, before=before, limit=command.limit, after=after))
    seat.visitor.charge(int(found.seconds / TOKEN_SECONDS))
    if isinstance(found.result, ChatError):
        raise found.result
    return _entries(seat, place, found.result, backwards=command.newest_first)


async def _page(pages: Pages, command: History, viewer: bytes | None = None) -> Page:
    """Return the page that *command* asks for, by a number or by a time, as far as it is for a *viewer*."""
    if command.around is not None:
        return await Later(partial(pages.around, command.around, limit=command.limit, viewer=viewer))
    before, after = command.before, command.after
    if command.since is not None:
        after = await Later(partial(pages.upto, command.since))
    elif command.until is not None:
        before = 1 + await Later(partial(pages.upto, command.until - 1))
    return await Later(partial(pages.page, after=after, before=before, limit=command.limit, viewer=viewer))


def _entries(seat: Seat, room: Transcript, page: Page, *, backwards: bool = False) -> Entries:
    said = room.said(page.entries, seat.identity)
    seat.visitor.charge_for(event.message.text for event in said)
    return Entries(room.name, tuple(reversed(said) if backwards else said), page.more, page.more_before)


def _told(entries: Entries, other: Username) -> Entries:
    """Return *entries* as those of the talk with an *other*."""
    return replace(
        entries, room=None, other=other, entries=tuple(replace(said, other=other) for said in entries.entries)
    )
