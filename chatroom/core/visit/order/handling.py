"""What operators do with the server and its connections, whether they have a name or not."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from chatroom.core.ports import Missing
from chatroom.core.values import audit
from chatroom.core.values.commands import Connections, Disconnect, Notify, Reload, SetLogLevel
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Notice
from chatroom.core.values.replies import ConnectionList, Ok, Reply
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask

Act = Connections | Disconnect | Notify | Reload | SetLogLevel
"""What operators ask for that is in no room."""


async def handle(ask: Ask, command: Act) -> Reply | None:
    """Do what *command* says."""
    lobby, by, answer = ask.lobby, ask.actor.username, ask.answer
    hand = lobby.hand
    assert hand is not None, "whoever puts a server together gives it a hand"
    match command:
        case Connections(match, after):
            found: ConnectionList = await Later(partial(hand.connections, match, after))
            return found
        case Disconnect(connection, username, reason):
            missing: Missing = await Later(partial(hand.disconnect, connection, username, reason))
            act = audit.Act(lobby.now(), by, "disconnect", username=username, connection=connection, reason=reason)
            await Later(partial(lobby.audit.note, act))
            return Ok(missing=missing)
        case Notify(text):
            notice = Notice(text, by)
            # All have to be told above all where nothing can be stored.
            with suppress(StorageFailed):
                act = audit.Act(lobby.now(), by, "notice", reason=text.replace("\n", " "))
                await Later(partial(lobby.audit.note, act))
            missing = await Later(partial(hand.notify_others, notice))
            # Who says it may be told too.
            await answer.sent(Ok(missing=missing))
            hand.notify(notice)
            return None
        case Reload():
            return hand.reload()
        case SetLogLevel(level):
            hand.set_log_level(level)
            return Ok()
