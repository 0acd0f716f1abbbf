"""What those who have rights read of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chatroom.core.rooms.room import Room
from chatroom.core.tools.paging import page
from chatroom.core.values.audit import Act
from chatroom.core.values.commands import ReadAudit
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.replies import ActList
from chatroom.core.visit.later import Later
from chatroom.core.visit.rights import operate
from chatroom.core.visit.rule import Ask

ROW = 200
"""Bytes for which all else of an act counts in a list."""


async def list_acts(ask: Ask, command: ReadAudit) -> ActList:
    """Return a page of what was done in a room, or for operators anywhere."""
    lobby, actor = ask.lobby, ask.actor
    log = None
    if command.room is not None:
        room: Room = await Later(partial(lobby.reach, command.room, actor.viewer))
        ask.rule.allow(actor, room)
        log = room.log_id
    else:
        operate(actor)
    limit = min(command.limit or PAGE_NAMES, PAGE_NAMES)
    read = lobby.audit.audit
    found: Sequence[Act] = await Later(lambda got: read(log, before=command.before, limit=limit + 1, got=got))
    some, more = page(found, limit, _size)
    return ActList(tuple(some), more)


def _size(act: Act) -> int:
    texts = (act.room or "", act.username or "", act.by, act.reason)
    return sum(len(text.encode()) for text in texts) + ROW
