"""Which page of a room's log somebody asks for."""

from __future__ import annotations

from functools import partial

from chatroom.core.ports import Page
from chatroom.core.rooms.pages import Pages
from chatroom.core.values.commands import History
from chatroom.core.visit.later import Later


async def read(pages: Pages, command: History) -> Page:
    """Return the page that *command* asks for: by a number, or by a time."""
    if command.around is not None:
        return await Later(partial(pages.around, command.around, limit=command.limit))
    before, after = command.before, command.after
    if command.since is not None:
        after = await Later(partial(pages.upto, command.since))
    elif command.until is not None:
        before = 1 + await Later(partial(pages.upto, command.until - 1))
    return await Later(partial(pages.page, after=after, before=before, limit=command.limit))
